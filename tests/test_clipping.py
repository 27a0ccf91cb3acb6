"""What of a line is in sight: against many places along it, and in fractions where floats lose all digits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gui.plots.clipping import LOST, Legs, legs_within

Floats = NDArray[np.float64]

WIDE, HIGH = 30.0, 20.0
NEAR = st.tuples(st.floats(-90, 90), st.floats(-90, 90))


def legs(*corners: tuple[float, float]) -> Legs:
    return legs_within(np.array(corners), WIDE, HIGH)


@given(begin=NEAR, end=NEAR)
def test_of_a_leg_it_is_the_part_whose_places_lie_inside(
    begin: tuple[float, float], end: tuple[float, float]
) -> None:
    share = np.linspace(0.0, 1.0, 2_001)[:, None]
    places = (1 - share) * begin + share * end
    inside = places[((places >= 0) & (places <= [WIDE, HIGH])).all(axis=1)]
    found = legs(begin, end)
    step = float(np.hypot(*(np.array(end) - begin))) / 2_000
    if len(inside) > 1:
        assert found.begin[0] == pytest.approx(inside[0], abs=step + 1e-9)
        assert found.end[0] == pytest.approx(inside[-1], abs=step + 1e-9)
    else:
        assert found.lengths().sum() <= 2 * step + 1e-9


@given(
    near=st.tuples(st.floats(1, 29), st.floats(1, 19)),
    far=st.tuples(*[st.floats(-1, 1).filter(lambda share: abs(share) > 1e-3)] * 2),
    power=st.integers(2, 140),
)
def test_a_leg_that_comes_from_beyond_all_bounds_keeps_its_direction(
    near: tuple[float, float], far: tuple[float, float], power: int
) -> None:
    away = (far[0] * 10.0**power, far[1] * 10.0**power)
    move = [Fraction(b) - Fraction(a) for a, b in zip(near, away, strict=True)]
    ends = [
        ((Fraction(size) if part > 0 else Fraction(0)) - Fraction(at)) / part
        for at, part, size in zip(near, move, (WIDE, HIGH), strict=True)
    ]
    share = min(*ends, Fraction(1))
    edge = [float(Fraction(at) + share * part) for at, part in zip(near, move, strict=True)]
    there, back = legs(near, away), legs(away, near)
    assert there.begin[0] == pytest.approx(near)
    assert there.end[0] == pytest.approx(edge, abs=1e-6)
    assert back.begin[0] == pytest.approx(edge, abs=1e-6)
    assert back.end[0] == pytest.approx(near)


def test_what_stays_inside_is_one_line_and_what_leaves_is_parted() -> None:
    found = legs((1, 1), (2, 2), (3, 1), (90, 1), (90, 5), (3, 5), (4, 6))
    assert found.joined.tolist() == [False, True, True, False, True]
    corners, leads = found.corners()
    assert corners.tolist() == [[1, 1], [2, 2], [3, 1], [30, 1], [30, 5], [3, 5], [4, 6]]
    assert leads.tolist() == [1, 1, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("away", [(np.nan, 1.0), (np.inf, 1.0), (-np.inf, np.nan)])
def test_there_is_no_leg_to_what_is_beyond_all_numbers(away: tuple[float, float]) -> None:
    found = legs((1, 1), (2, 2), away, (3, 3), (4, 4))
    assert found.begin.tolist() == [[1, 1], [3, 3]]


def test_of_legs_between_places_without_digits_none_is_drawn() -> None:
    assert not len(legs((-WIDE * LOST * 2, 3), (WIDE * LOST * 2, 3)).begin)
    assert len(legs((-WIDE * LOST / 2, 3), (WIDE * LOST * 2, 3)).begin) == 1


@pytest.mark.parametrize("corners", [np.empty((0, 2)), np.ones((1, 2)), np.full((3, 2), 99.0)])
def test_where_nothing_is_in_sight_there_are_no_corners(corners: Floats) -> None:
    found = legs_within(corners, WIDE, HIGH).both_ends(10.0)
    assert len(found.begin) == len(found.corners()[0]) == 0


def test_too_long_a_line_keeps_both_its_ends() -> None:
    found = legs(*[(1.0 + 20.0 * (turn % 2), 5.0) for turn in range(101)])
    kept = found.both_ends(200.0)
    assert kept.lengths().sum() == pytest.approx(200.0)
    assert kept.joined.tolist() == [False, *[True] * 4, False, *[True] * 4]
    assert found.both_ends(2_000.0) is found
