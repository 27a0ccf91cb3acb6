"""The step whose curve passes nearest: against a look at every step, and without looking at every step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.insight.curves import Curve, Line, Network, Polynomial
from core.insight.scaling import Scaling, no_scaling
from core.training.path import Way
from gui.plots.nearby_step import GAPS, MOST, WORK, NearbyStep

Floats = NDArray[np.float64]

SCALED = Scaling(np.array([3.0]), np.array([2.0]), -5.0, 7.0)
NETWORK = Network({"layers": 2, "width": 8, "activation": "tanh"})
LONG = 1_000_000


class Watched(Line):
    """A line that counts the parameters it is asked about."""

    def __init__(self) -> None:
        super().__init__({})
        self.asked = 0

    def predict_all(self, numbers: NDArray[Any], scaling: Scaling, x: Floats) -> Floats:
        self.asked += numbers.size
        return super().predict_all(numbers, scaling, x)


def way_of(numbers: Any, stride: int = 1) -> Way:
    rows = np.asarray(numbers)
    return Way(rows, stride, (len(rows) - 1) * stride)


def heights(way: Way, curve: Curve, scaling: Scaling, x: float) -> Floats:
    """The height of the curve of every kept step at x, one after the other."""
    bounds = np.cumsum([int(np.prod(shape)) for shape in curve.shapes()])[:-1]
    shapes = curve.shapes()
    rows = [np.split(row, bounds) for row in way.numbers]
    arrays = [[part.reshape(shape) for part, shape in zip(row, shapes, strict=True)] for row in rows]
    return np.array([curve.predict(each, scaling, np.array([x]))[0] for each in arrays])


def descent(count: int, halving: float) -> Floats:
    """w and b on their way from (0, 0) to (2, 1), half of it every so many steps."""
    left = 0.5 ** (np.arange(count) / halving)
    return np.column_stack((2 - 2 * left, 1 - left))


@pytest.mark.parametrize(
    "curve", [Line({}), Polynomial({"degree": 3}), NETWORK], ids=lambda c: type(c).__name__
)
@pytest.mark.parametrize("stride", [1, 4])
@given(x=st.floats(-4, 10), y=st.floats(-30, 20))
def test_it_is_the_nearest_of_all(curve: Curve, stride: int, x: float, y: float) -> None:
    numbers = np.random.default_rng(1).normal(0, 1, (60, curve.count()))
    way = way_of(numbers, stride)
    away = np.abs(heights(way, curve, SCALED, x) - y)
    found = NearbyStep(way, curve, SCALED).find(x, y, 0.5)
    if away.min() > 0.5 + 1e-9:
        assert found is None
    elif away.min() < 0.5 - 1e-9:
        assert found is not None
        assert found % stride == 0
        assert away[found // stride] <= away.min() + 0.02 * 0.5 + 1e-9


def test_of_a_run_that_has_arrived_it_is_the_newest() -> None:
    way = way_of(descent(1500, 20), 2)
    assert NearbyStep(way, Line({}), no_scaling(1)).find(1.0, 3.0, 0.1) == 2998


@pytest.mark.parametrize("step", [0, 3, 40, 777, 3_001, 250_000])
def test_in_a_run_of_a_million_steps_it_finds_the_one_whose_line_passes_there(step: int) -> None:
    way = way_of(descent(LONG, 40_000))
    x = 1.5
    y = float(way.numbers[step] @ [x, 1.0])
    assert NearbyStep(way, Line({}), no_scaling(1)).find(x, y, 1e-4) == pytest.approx(step, abs=3)


def test_a_run_that_went_past_the_cursor_between_two_looks_is_found() -> None:
    left = 0.5 ** (np.arange(LONG) / 20.0)  # it has arrived before the second step that is looked at first
    way = way_of(np.column_stack((2 - 2 * left, 1 - left)))
    assert NearbyStep(way, Line({}), no_scaling(1)).find(0.0, float(way.numbers[30, 1]), 1e-3) == 30


def test_a_leap_over_the_cursor_is_looked_into_before_a_rest_that_was_nearer() -> None:
    levels = np.full(LONG, 2.0)
    levels[:500] = np.linspace(-9, 9, 500)
    way = way_of(np.column_stack((np.zeros(LONG), levels)))
    assert NearbyStep(way, Line({}), no_scaling(1)).find(0.0, float(levels[265]), 1e-3) == 265


@pytest.mark.parametrize("count", [500, MOST + 1, LONG])
def test_however_long_the_run_it_looks_at_few_steps(count: int) -> None:
    line = Watched()
    NearbyStep(way_of(descent(count, count / 9)), line, no_scaling(1)).find(0.0, 0.5, 0.1)
    assert line.asked <= 2 * (MOST + GAPS * (LONG / MOST + 1))
    assert line.asked <= 2 * WORK


def test_nowhere_near_there_is_none() -> None:
    assert NearbyStep(way_of(descent(90, 9)), Line({}), no_scaling(1)).find(0.0, 7.0, 0.5) is None


@pytest.mark.parametrize("size", [np.inf, -np.inf, np.nan, 1e308])
def test_steps_that_diverged_are_never_near(size: float) -> None:
    numbers = np.vstack((descent(40, 9), np.full((3_000, 2), size)))
    nearby = NearbyStep(way_of(numbers), Line({}), no_scaling(1))
    assert nearby.find(0.0, float(numbers[20, 1]), 1e-3) == 20
    assert nearby.find(0.0, 50.0, 1.0) is None


def test_a_run_that_has_only_begun_has_its_start() -> None:
    assert NearbyStep(way_of([[2.0, 1.0]]), Line({}), no_scaling(1)).find(1.0, 3.0, 0.1) == 0
