"""The best fit and the distance to it, against numpy's own fits and against losses written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.curves import Curve, Line, Polynomial
from core.insight.optimum import Optimum, optimum, training_points
from core.insight.scaling import Scaling, no_scaling, standard_scaling
from core.training import Snapshot

Floats = NDArray[np.float64]

X = np.linspace(-2, 5, 30)
POINTS = Points(X, np.cos(X) * 3 + 10)


def best(points: Points, curve: Curve | None = None) -> Optimum:
    found = optimum(points, curve or Line({}))
    assert found is not None
    return found


def run_at(numbers: list[float], curve: Curve | None = None, scaling: Scaling | None = None) -> Snapshot:
    """A snapshot with these parameters in the units of the data."""
    curve, scaling = curve or Line({}), scaling or no_scaling(1)
    arrays = tuple(curve.from_data_units(numbers, scaling))
    return Snapshot(1, 1, 1, 0.0, arrays, curve, scaling, "cpu", 0.1)


@pytest.mark.parametrize("degree", [1, 2, 3, 6])
def test_the_parameters_are_those_of_polyfit(degree: int) -> None:
    found = best(POINTS, Polynomial({"degree": degree}))
    expected = np.polyfit(X, POINTS.y, degree)
    np.testing.assert_allclose(found.parameters["w"], expected[-2::-1], rtol=1e-6)
    assert found.parameters["b"] == pytest.approx(expected[-1], rel=1e-6)
    assert found.loss == pytest.approx(np.mean((np.polyval(expected, X) - POINTS.y) ** 2))
    np.testing.assert_allclose(found.predict(X), np.polyval(expected, X))


def test_a_line_has_a_slope_and_an_intercept() -> None:
    w, b = np.polyfit(X, POINTS.y, 1)
    assert best(POINTS).parameters == {"w": pytest.approx(w), "b": pytest.approx(b)}


def test_several_columns_of_x_are_fitted_too() -> None:
    x = np.random.default_rng(1).normal(size=(20, 3))
    found = best(Points(x, x @ [1.0, -2.0, 0.5] + 4), Line({}, 3))
    np.testing.assert_allclose(found.parameters["w"], [1.0, -2.0, 0.5])
    assert found.parameters["b"] == pytest.approx(4)


@given(st.floats(-20, 20), st.floats(-20, 20), st.booleans())
def test_the_excess_is_how_far_the_loss_lies_above_the_lowest(w: float, b: float, standardise: bool) -> None:
    found = best(POINTS)
    scaling = standard_scaling(POINTS.x, POINTS.y) if standardise else no_scaling(1)
    distance = found.distance(run_at([w, b], scaling=scaling))
    loss = np.mean((w * X + b - POINTS.y) ** 2)
    assert distance.excess == pytest.approx(loss - found.loss, rel=1e-7, abs=1e-9)
    assert distance.rms == pytest.approx(np.sqrt(distance.excess))
    assert distance.relative == pytest.approx(distance.excess / found.loss)
    best_w, best_b = np.polyfit(X, POINTS.y, 1)
    assert distance.parameters == pytest.approx(np.hypot(w - best_w, b - best_b), rel=1e-7, abs=1e-9)


def test_very_near_the_optimum_the_distance_keeps_its_digits() -> None:
    found = best(POINTS)
    w, b = (float(np.asarray(value)) for value in found.parameters.values())
    distance = found.distance(run_at([w, b + 1e-9]))
    assert distance.excess == pytest.approx(1e-18, rel=1e-4)  # the losses themselves differ in no digit


@pytest.mark.parametrize(
    ("points", "curve", "free"),
    [
        (Points([3.0, 3.0, 3.0], [1.0, 2.0, 6.0]), Line({}), 1),
        (Points([3.0], [1.0]), Line({}), 1),
        (Points([0.0, 1.0, 2.0], [1.0, 0.0, 5.0]), Polynomial({"degree": 5}), 3),
    ],
)
def test_where_many_parameters_are_as_good_it_says_how_many_directions_are_free(
    points: Points, curve: Curve, free: int
) -> None:
    found = best(points, curve)
    assert found.free == free
    assert not found.unique
    assert found.distance(run_at([0.0] * curve.count(), curve)).parameters is None
    distinct = {float(x): points.y[points.x[:, 0] == x].mean() for x in points.x[:, 0]}
    expected = np.mean((points.y - [distinct[float(x)] for x in points.x[:, 0]]) ** 2)
    assert found.loss == pytest.approx(expected, abs=1e-12)


def test_other_parameters_that_are_as_good_are_at_no_distance() -> None:
    found = best(Points([3.0, 3.0, 3.0], [1.0, 2.0, 6.0]))
    assert found.distance(run_at([7.0, 3.0 - 21.0])).rms == pytest.approx(0, abs=1e-12)


def test_a_fit_through_all_points_has_no_loss_to_compare_with() -> None:
    distance = best(Points([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])).distance(run_at([2.0, 1.5]))
    assert distance.relative is None
    assert distance.rms == pytest.approx(0.5)


def test_large_years_and_sales_are_no_hindrance() -> None:
    x = np.arange(1900.0, 2000.0)
    found = best(Points(x, 3e8 + 2e5 * (x - 1950)))
    assert found.unique
    assert found.parameters["w"] == pytest.approx(2e5)


def test_without_points_there_is_no_best_fit() -> None:
    assert optimum(Points(), Line({})) is None


def test_held_out_points_are_no_training_points() -> None:
    training = training_points(POINTS, Settings(validation=0.2))
    assert len(training) == 24
    assert set(training.x[:, 0]) < set(X)
    assert training_points(POINTS, Settings()) is POINTS
