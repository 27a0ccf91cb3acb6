"""Lines of equal loss: at round losses, and at their height by the formula of a bowl."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.contours import contour_levels, contours
from core.insight.landscape import Landscape, landscape
from core.insight.objective import Objective
from core.insight.plane import Plane, line_plane
from core.training import Trainer

Floats = NDArray[np.float64]

MOST_LEVELS = 16
PLANE = Plane(np.zeros(2), np.eye(2), ("w", "b"))
U, V = np.linspace(-2.0, 3.0, 120), np.linspace(-4.0, 1.0, 90)


def bowl(u: Floats, v: Floats, bottom: float) -> Floats:
    """A tilted bowl whose lowest loss is `bottom`, at (0.5, -1)."""
    across, up = u - 0.5, v + 1.0
    return np.asarray(3.0 * across**2 + 2.0 * across * up + up**2 + bottom)


def landscape_of(losses: Floats, u: Floats = U, v: Floats = V) -> Landscape:
    return Landscape(PLANE, u, v, losses, 1, 1)


def bowl_landscape(bottom: float) -> Landscape:
    return landscape_of(bowl(*np.meshgrid(U, V), bottom))


def round_number(level: float) -> bool:
    """Whether it is 1, 2 or 5 times a power of ten."""
    return f"{level:.12e}"[:14] in ("1.000000000000", "2.000000000000", "5.000000000000")


# --- levels -------------------------------------------------------------------------------------------------


@given(st.floats(-300, 300), st.floats(1e-6, 12))
def test_levels_lie_between_the_least_and_the_highest_loss_and_are_evenly_spaced(
    high: float, decades: float
) -> None:
    losses = np.logspace(max(high - decades, -306), high, 500).reshape(20, 25)
    levels = contour_levels(losses)
    assert 6 <= len(levels) <= MOST_LEVELS
    assert losses.min() < levels.min()
    assert levels.max() < losses.max()
    assert (np.diff(levels) > 0).all()
    ratios = np.diff(np.log10(levels))
    if not all(round_number(level) for level in levels):
        assert ratios == pytest.approx(np.full(len(ratios), ratios.mean()), rel=1e-3)


@pytest.mark.parametrize(
    ("least", "highest", "expected"),
    [
        (0.15, 60.0, [0.2, 0.5, 1, 2, 5, 10, 20, 50]),
        (3.0, 300.0, [5, 10, 20, 50, 100, 200]),
        (1.0, 1000.0, [2, 5, 10, 20, 50, 100, 200, 500]),
        (1e-9, 3e4, [0.1, 1, 10, 100, 1e3, 1e4]),
    ],
)
def test_levels_are_round_numbers_where_there_are_enough(
    least: float, highest: float, expected: list[float]
) -> None:
    levels = contour_levels(np.array([[least, highest], [highest, highest]]))
    assert levels == pytest.approx(expected, rel=1e-12)


def test_a_narrow_landscape_has_levels_of_equal_ratios() -> None:
    levels = contour_levels(np.linspace(70.0, 71.0, 100).reshape(10, 10))
    assert len(levels) >= 6
    assert levels[1:] / levels[:-1] == pytest.approx(
        np.full(len(levels) - 1, levels[1] / levels[0]), rel=1e-9
    )


def test_a_fit_that_meets_every_point_still_has_a_lowest_level() -> None:
    levels = contour_levels(np.array([[0.0, 1e-30], [1e-3, 40.0]]))
    assert levels.min() > 1e-6
    assert levels.max() < 40.0


# --- lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bottom", [0.3, 5.0, 1000.0])
def test_every_place_of_a_contour_has_its_loss(bottom: float) -> None:
    found = contours(bowl_landscape(bottom))
    assert [contour.level for contour in found] == contour_levels(bowl_landscape(bottom).losses).tolist()
    # A straight line between two cells of log10(loss) is off by h² / 8 of its second derivative at most,
    # and that is at most |f''| / f + f'² / f², with f' and f'' those of the bowl, along an axis.
    for contour in found:
        places = np.concatenate(contour.lines)
        across, up = places[:, 0] - 0.5, places[:, 1] + 1.0
        step_u, step_v = U[1] - U[0], V[1] - V[0]
        slopes = (np.abs(6 * across + 2 * up) + 6 * step_u, np.abs(2 * across + 2 * up) + 2 * step_v)
        least = contour.level * 0.5  # in the two cells about it
        bends = [6.0 / least + slopes[0] ** 2 / least**2, 2.0 / least + slopes[1] ** 2 / least**2]
        bound = np.maximum(step_u**2 * bends[0], step_v**2 * bends[1]) / 8 / math.log(10)
        off = np.abs(np.log10(bowl(*places.T, bottom)) - math.log10(contour.level))
        assert (off <= bound + 1e-12).all()
        assert off.max() < 0.02


def test_contours_of_a_bowl_inside_the_plane_close_and_lie_within_each_other() -> None:
    found = contours(bowl_landscape(0.3))
    inner = [contour for contour in found if contour.level < 2.0]
    assert len(inner) >= 2
    reaches = []
    for contour in inner:
        (line,) = contour.lines
        assert line.shape[1] == 2
        assert line[0] == pytest.approx(line[-1])
        reaches.append(np.abs(line - (0.5, -1.0)).max())
    assert reaches == sorted(reaches)


def test_u_and_v_are_not_exchanged() -> None:
    across, _up = np.meshgrid(U, V)
    for contour in contours(landscape_of(np.exp(across))):
        for line in contour.lines:
            assert line[:, 0] == pytest.approx(np.full(len(line), math.log(contour.level)), abs=1e-9)
            assert sorted(line[[0, -1], 1]) == pytest.approx([-4.0, 1.0])


def test_contours_of_a_run_go_around_its_least_squares() -> None:
    x = np.linspace(-1.0, 3.0, 40)
    points = Points(x, 2.0 * x - 1.0 + np.sin(7.0 * x))
    settings = Settings()
    trainer = Trainer(points, settings)
    objective = Objective(points, settings, trainer.curve, trainer.scaling)
    w, b = np.polyfit(x, points.y, 1)
    plane = line_plane(trainer.curve, trainer.scaling)
    found = contours(landscape(objective, plane, (w - 2, w + 2), (b - 3, b + 3)))
    assert found
    for contour in found:
        for line in contour.lines:
            losses = np.mean((line[:, :1] * x + line[:, 1:] - points.y) ** 2, axis=1)
            assert losses == pytest.approx(np.full(len(line), contour.level), rel=0.02)
    assert found[0].lines[0].mean(axis=0) == pytest.approx([w, b], abs=0.3)


# --- where there is little or nothing to draw ---------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, 1e-300, 2.5, 1e300, np.inf])
def test_a_flat_landscape_has_no_contours(value: float) -> None:
    assert contours(landscape_of(np.full((90, 120), value))) == ()


@pytest.mark.parametrize("value", [3.0, 0.7, 1e-12, 1e200])
def test_rounding_has_no_contours(value: float) -> None:
    rounding = np.random.default_rng(0).integers(-3, 4, (90, 120)) * np.spacing(value)
    assert len(contours(landscape_of(value + rounding))) == 0


@pytest.mark.parametrize("infinite", [0.1, 0.9, 0.999])
@pytest.mark.parametrize("zero", [0.0, 0.2])
def test_where_it_is_infinite_or_zero_there_are_no_lines(infinite: float, zero: float) -> None:
    losses = bowl(*np.meshgrid(U, V), 0.0)
    rng = np.random.default_rng(1)
    losses[rng.random(losses.shape) < infinite] = np.inf
    losses[rng.random(losses.shape) < zero] = 0.0
    for contour in contours(landscape_of(losses)):
        assert math.isfinite(contour.level)
        for line in contour.lines:
            assert np.isfinite(line).all()


@pytest.mark.parametrize("highest", [1e-320, 1e-300, 1e300, 1.2e308, 1.7e308])
@pytest.mark.parametrize("decades", [0.5, 3.0, 9.0])
def test_losses_at_the_ends_of_what_numbers_can_hold_have_finite_levels(
    highest: float, decades: float
) -> None:
    shape = bowl(*np.meshgrid(U, V), 10.0**-decades)
    losses = highest * (shape / shape.max())
    found = contours(landscape_of(losses))
    assert len(found) <= MOST_LEVELS
    for contour in found:
        assert losses.min() < contour.level < losses.max()
        assert all(np.isfinite(line).all() for line in contour.lines)


def test_the_smallest_of_landscapes_have_contours_too() -> None:
    corner = landscape_of(
        np.array([[1.0, 100.0], [100.0, 10_000.0]]), np.array([0.0, 1.0]), np.array([0.0, 2.0])
    )
    found = contours(corner)
    assert found[0].level == 2.0
    assert all(len(contour.lines) == 1 for contour in found)
