"""What a landscape must hold: start, goal and path, and of a run without end as much as can be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gui.plots.landscape_range import AWAY, landscape_room, places_to_hold, runs_away, steps_in_sight

Floats = NDArray[np.float64]

START, GOAL = np.array([0.1, -0.3]), np.array([2.0, 1.0])
ANGLE = np.linspace(0.0, 40.0, 200)[:, None]


def spiral(factor: float, steps: int = 200) -> Floats:
    """A way from START that turns around GOAL, and is `factor` times as far away with each step."""
    turn = np.hstack((np.cos(2.5 * np.arange(steps)[:, None]), np.sin(2.5 * np.arange(steps)[:, None])))
    with np.errstate(over="ignore", invalid="ignore"):
        path: Floats = GOAL + np.hypot(*(GOAL - START)) * factor ** np.arange(steps)[:, None] * turn
    path[0] = START
    return path


WAYS = {
    "arrives": spiral(0.9),
    "swings": START + 1e4 * np.hstack((np.arange(200)[:, None] % 2, np.zeros((200, 1)))),
    "drifts": START + np.hstack((np.arange(200.0)[:, None], -3.0 * np.arange(200.0)[:, None])),
    "speeds up": START + np.hstack((np.arange(200.0)[:, None] ** 2, np.zeros((200, 1)))),
    "stands still": np.tile(START, (200, 1)),
    "only its start": START[None],
}


def box(places: Floats) -> Floats:
    """The least and the most along both axes `[2, 2]`."""
    return np.array([places.min(axis=0), places.max(axis=0)])


@pytest.mark.parametrize("way", WAYS)
def test_a_run_that_does_not_grow_without_end_is_held_as_a_whole(way: str) -> None:
    path = WAYS[way]
    assert not runs_away(path)
    assert (box(places_to_hold(START, None, path, False)) == box(path)).all()
    near = np.clip(path, START - AWAY, START + AWAY)
    assert (box(places_to_hold(START, None, path, True)) == box(near)).all()
    held = places_to_hold(START, GOAL, path, False)
    assert (box(held) == box(np.vstack((path, GOAL)))).all()


@pytest.mark.parametrize("factor", [1.05, 1.3, 3.0, 30.0, 1e6])
@pytest.mark.parametrize("goal", [GOAL, None], ids=["goal", "no goal"])
def test_of_a_run_without_end_its_beginning_is_held_where_start_and_goal_are_apart(
    factor: float, goal: Floats | None
) -> None:
    path = spiral(factor, 4_000)
    assert not np.isfinite(path).all() or np.abs(path).max() > 1e80
    assert runs_away(path)
    held = places_to_hold(START, goal, path, True)
    assert np.isfinite(held).all()
    least, most = box(held)
    assert (least <= START).all()
    assert (most >= START).all()
    wide = np.ptp(held, axis=0)
    if goal is not None:
        assert (least <= goal).all()
        assert (most >= goal).all()
        assert (np.abs(GOAL - START) > wide / 50).all()  # 6 pixels and more of 300
    early = path[:2] if factor < 8 else path[:1]
    assert (least <= early.min(axis=0)).all()
    assert (most >= early.max(axis=0)).all()


def test_before_it_is_known_to_be_gone_all_of_it_is_held() -> None:
    path = spiral(1.3, 60)
    assert (box(places_to_hold(START, GOAL, path, False)) == box(np.vstack((path, START, GOAL)))).all()


@pytest.mark.parametrize("leap", [1e3, 1e30, 1e200])
@pytest.mark.parametrize("reach", [[np.inf, np.inf], [0.5, 1e12]], ids=["no reach", "reach"])
def test_of_a_leap_beyond_all_bounds_its_beginning_is_held_where_no_goal_is_known(
    leap: float, reach: list[float]
) -> None:
    path = START + np.array([[0.0, 0.0], [leap, -2.0 * leap], [np.inf, np.nan]])
    held = places_to_hold(START, None, path, True, np.array(reach))
    least, most = box(held)
    assert (least <= START).all()
    assert (most >= START).all()
    far = 100.0 * np.where(np.isfinite(reach), reach, 1.0)
    assert np.ptp(held, axis=0) == pytest.approx(np.minimum(far, [leap, 2.0 * leap]))


@given(
    st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 2), min_size=1, max_size=30),
    st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 2),
    st.booleans(),
)
def test_whatever_comes_only_places_that_can_be_drawn_are_held(
    path: list[tuple[float, float]], goal: tuple[float, float], gone: bool
) -> None:
    held = places_to_hold(START, np.array(goal), np.array(path), gone)
    assert (np.abs(held) <= 1e300).all()
    assert (held == START).all(axis=1).any()


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=50))
def test_at_least_its_start_is_in_sight_and_no_more_than_there_is(away: list[float]) -> None:
    steps = steps_in_sight(np.abs(away))
    assert 1 <= steps <= len(away)
    assert np.isfinite(away[1:steps]).all()


def test_far_from_zero_a_view_is_as_wide_as_the_fit_needs() -> None:
    least, most = landscape_room(1e6 - 0.2, 1e6 + 0.3, reach=1.0)
    assert 2.0 <= most - least <= 5.0
    least, most = landscape_room(1e6, 1e6, reach=1.0)
    assert 2.0 <= most - least <= 5.0


def test_near_zero_a_parameter_that_moves_nothing_widens_no_view() -> None:
    assert landscape_room(0.1, 0.3, reach=1e12) == landscape_room(0.1, 0.3)


def test_a_first_step_that_leaps_is_out_of_sight_and_a_long_one_is_not() -> None:
    assert steps_in_sight(np.array([0.0, 1e30]), own=3.0) == 1
    assert steps_in_sight(np.array([0.0, 1e30, 1e60]), own=3.0) == 1
    assert steps_in_sight(np.array([0.0, 50.0]), own=3.0) == 2
    assert steps_in_sight(np.array([0.0, 1e30, 2e30]), own=3.0) == 3


@given(low=st.floats(-1e200, 1e200), wide=st.floats(0, 1e200))
def test_there_is_room_about_anything(low: float, wide: float) -> None:
    least, most = landscape_room(low, low + wide)
    assert least < low <= low + wide < most
