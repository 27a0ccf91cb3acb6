"""The losses that torch.nn does not have, against their definitions."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.training.losses import LogCoshLoss, QuantileLoss

residuals = st.lists(st.floats(-20, 20), min_size=1, max_size=20)
scales = st.floats(0.1, 10)


def column(values: list[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> Tensor:
    """Numbers as predictions or targets, `[N, 1]`."""
    return torch.tensor(np.asarray(values), dtype=torch.float64).reshape(-1, 1)


@given(residuals, scales)
def test_log_cosh_is_the_mean_of_its_definition(values: list[float], scale: float) -> None:
    expected = np.mean([scale**2 * math.log(math.cosh(r / scale)) for r in values])
    found = LogCoshLoss(scale)(column(values), torch.zeros(len(values), 1)).item()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12 * scale**2)


@pytest.mark.parametrize("residual", [1e4, -1e4, 1e15])
def test_log_cosh_does_not_overflow_where_cosh_does(residual: float) -> None:
    found = LogCoshLoss(1.0)(column([residual]), column([0.0])).item()
    assert found == pytest.approx(abs(residual) - math.log(2), rel=1e-12)


@given(st.floats(-50, 50), scales)
def test_the_slope_of_log_cosh_is_a_hyperbolic_tangent(residual: float, scale: float) -> None:
    prediction = column([residual]).requires_grad_()
    LogCoshLoss(scale)(prediction, column([0.0])).backward()
    assert prediction.grad is not None
    assert prediction.grad.item() == pytest.approx(scale * math.tanh(residual / scale), rel=1e-9, abs=1e-12)


def test_log_cosh_is_flat_where_the_prediction_is_right() -> None:
    prediction = column([3.0]).requires_grad_()
    LogCoshLoss()(prediction, column([3.0])).backward()
    assert prediction.grad is not None
    assert prediction.grad.item() == 0


@given(residuals, st.floats(0.01, 0.99))
def test_the_quantile_loss_weighs_what_lies_above_and_below(values: list[float], quantile: float) -> None:
    weights = [quantile if r > 0 else 1 - quantile for r in values]
    expected = np.mean(np.abs(values) * weights)
    found = QuantileLoss(quantile)(torch.zeros(len(values), 1), column(values)).item()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_the_best_constant_for_the_quantile_loss_is_the_quantile(quantile: float) -> None:
    values = np.random.default_rng(2).normal(0, 1, 101)
    loss = QuantileLoss(quantile)
    losses = [loss(torch.full((101, 1), v, dtype=torch.float64), column(values)).item() for v in values]
    assert values[int(np.argmin(losses))] == pytest.approx(np.quantile(values, quantile))
