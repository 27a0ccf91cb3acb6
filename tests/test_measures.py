"""How well a fit fits, against the definitions written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.insight.measures import mae, r_squared, rmse

NUMBERS = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20)


@given(NUMBERS)
def test_rmse_and_mae_are_what_their_names_say(pairs: list[tuple[float, float]]) -> None:
    y, predicted = np.array(pairs).T
    residuals = [a - b for a, b in pairs]
    assert rmse(y, predicted) == pytest.approx(math.sqrt(math.fsum(r * r for r in residuals) / len(pairs)))
    assert mae(y, predicted) == pytest.approx(math.fsum(map(abs, residuals)) / len(pairs))


def test_the_mean_explains_nothing_and_a_perfect_fit_everything() -> None:
    y = np.array([1.0, 2.0, 6.0])
    assert r_squared(y, np.full(3, y.mean())) == pytest.approx(0)
    assert (r_squared(y, y), rmse(y, y), mae(y, y)) == (1, 0, 0)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_residuals_that_cannot_be_squared_have_a_root_mean_square(size: float) -> None:
    assert rmse(np.array([3.0, 4.0]) * size, np.zeros(2)) == pytest.approx(math.sqrt(12.5) * size)


@pytest.mark.parametrize("measure", [r_squared, rmse, mae])
@pytest.mark.parametrize("predicted", [np.empty(0), np.array([1.0, np.inf]), np.array([1.0, np.nan])])
def test_what_is_not_defined_is_not_a_number(measure: object, predicted: np.ndarray) -> None:
    assert callable(measure)
    assert measure(np.arange(float(len(predicted))), predicted) is None
