"""Shifting and scaling, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.insight.scaling import no_scaling, standard_scaling

numbers = st.floats(-1e6, 1e6)
columns = arrays(np.float64, st.tuples(st.integers(2, 20), st.integers(1, 3)), elements=numbers)


@given(columns, st.data())
def test_what_varies_gets_mean_0_and_deviation_1(
    x: np.ndarray[tuple[int, int], np.dtype[np.float64]], data: st.DataObject
) -> None:
    y = data.draw(arrays(np.float64, len(x), elements=numbers))
    scaling = standard_scaling(x, y)
    for values, scaled in [*zip(x.T, scaling.x_in(x).T, strict=True), (y, scaling.y_in(y))]:
        if values.std() > 1e-6 * np.abs(values).max():
            assert scaled.mean() == pytest.approx(0, abs=1e-6)
            assert scaled.std() == pytest.approx(1, rel=1e-6)


@given(arrays(np.float64, 9, elements=numbers))
def test_y_comes_back(y: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    scaling = standard_scaling(np.zeros((9, 1)), y)
    np.testing.assert_allclose(scaling.y_out(scaling.y_in(y)), y, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("value", [0.0, 5.0, 0.1, 1e300])
def test_what_is_constant_is_shifted_to_0_and_not_scaled(value: float) -> None:
    scaling = standard_scaling(np.full((7, 1), value), np.full(7, value))
    assert scaling.x_in(np.full((7, 1), value)) == pytest.approx(0, abs=1e-12 * value)
    assert scaling.y_in(np.full(7, value)) == pytest.approx(0, abs=1e-12 * value)
    assert (scaling.x_scale[0], scaling.y_scale) == (1, 1)


def test_numbers_whose_squares_overflow_are_scaled_all_the_same() -> None:
    y = np.array([-1e300, 0.0, 1e300])
    assert standard_scaling(y[:, None], y).y_in(y) == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])


def test_a_small_spread_far_from_0_is_not_lost() -> None:
    x = 1e9 + np.array([0.0, 1.0, 2.0])
    assert standard_scaling(x[:, None], x).y_in(x) == pytest.approx([-(1.5**0.5), 0, 1.5**0.5], rel=1e-6)


def test_no_points_are_no_reason_to_fail() -> None:
    scaling = standard_scaling(np.empty((0, 2)), np.empty(0))
    assert (scaling.x_scale.tolist(), scaling.y_scale) == ([1, 1], 1)


def test_no_scaling_changes_nothing() -> None:
    x, y = np.random.default_rng(1).normal(3, 2, (5, 2)), np.arange(5.0)
    scaling = no_scaling(2)
    assert np.array_equal(scaling.x_in(x), x)
    assert np.array_equal(scaling.y_out(scaling.y_in(y)), y)


def test_what_no_number_can_hold_is_infinite_once_it_is_scaled() -> None:
    y = np.array([1e308, 1.7e308])
    assert standard_scaling(y[:, None], y).y_in(np.array([-1e308])) == [-np.inf]
