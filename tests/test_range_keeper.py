"""The kept range: grows in rounded steps, never shrinks while running, respects the person."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.range_keeper import LIMIT, RangeKeeper, nice_step, roomy

finite = st.floats(allow_nan=False, allow_infinity=False)
usual = st.floats(min_value=-1e9, max_value=1e9)


def shown(keeper):
    return keeper.low, keeper.high


@given(usual, usual)
def test_the_view_always_holds_the_data(one, other):
    keeper = RangeKeeper(-3, 3)
    keeper.follow(min(one, other), max(one, other))
    assert keeper.low <= min(one, other) <= max(one, other) <= keeper.high


@given(st.lists(st.tuples(usual, usual), max_size=20))
def test_the_range_never_shrinks_while_running(history):
    keeper = RangeKeeper(-3, 3)
    keeper.running = True
    for one, other in history:
        before = shown(keeper)
        keeper.follow(min(one, other), max(one, other))
        assert keeper.low <= before[0]
        assert keeper.high >= before[1]


def test_nothing_moves_for_data_inside():
    keeper = RangeKeeper(-3, 3)
    keeper.follow(-2.999, 2.999)
    assert shown(keeper) == (-3, 3)


def test_a_slow_drift_moves_the_range_only_a_few_times():
    keeper = RangeKeeper(0, 1)
    keeper.running = True
    ranges = set()
    for frame in range(6000):
        keeper.follow(-frame / 1000, 1)
        ranges.add(shown(keeper))
    assert len(ranges) < 25


@given(st.floats(min_value=-1e5, max_value=1e5), st.floats(min_value=1e-3, max_value=1e6))
def test_a_fit_leaves_a_margin_and_wastes_less_than_half(low, width):
    high = low + width
    keeper = RangeKeeper(-3, 3)
    keeper.fit(low, high)
    assert keeper.low < low
    assert keeper.high > high
    assert keeper.high - keeper.low < 2 * (high - low)


def test_the_limits_of_a_fit_are_round():
    assert roomy(0.13, 9.87) == (-1.0, 11.0)


def test_a_chosen_range_stays_until_the_next_fit():
    keeper = RangeKeeper(-3, 3)
    keeper.hold(0, 1)
    keeper.follow(-100, 100)
    assert shown(keeper) == (0, 1)
    keeper.fit(-100, 100)
    assert keeper.low < -100 < 100 < keeper.high


def test_the_range_goes_home_when_an_outlier_has_gone_and_nothing_runs():
    keeper = RangeKeeper(-3, 3)
    keeper.follow(-1, 500)
    keeper.follow(-1, 1)
    assert shown(keeper) == (-3, 3)


@given(finite, finite)
def test_any_numbers_give_a_range_that_can_be_drawn(one, other):
    low, high = roomy(min(one, other), max(one, other))
    assert -LIMIT <= low < high <= LIMIT
    assert math.isfinite(high - low)


@given(finite, finite)
def test_a_range_held_at_any_numbers_can_be_drawn(one, other):
    keeper = RangeKeeper(-3, 3)
    keeper.hold(min(one, other), max(one, other))
    assert -LIMIT <= keeper.low < keeper.high <= LIMIT


@pytest.mark.parametrize(
    ("least", "step"),
    [(0.9, 1), (1, 1), (1.1, 2), (2.5, 5), (7, 10), (0.03, 0.05), (1100, 2000), (1e-7, 1e-7)],
)
def test_a_nice_step_is_the_next_of_1_2_5(least, step):
    assert nice_step(least) == pytest.approx(step)
