"""Finds out why a step led to no finite number, from what it left behind, before that is cleared."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from core.training.failure import Failure
from core.training.fit import Fit


def failure_of(fit: Fit, step: int, grew: bool) -> Failure:
    """What went wrong in the step that `fit` has just made."""
    if not math.isfinite(fit.loss):
        return Failure(step, "loss", grew)
    if not all(p.grad is None or _finite(p.grad) for p in fit.parameters):
        return Failure(step, "gradient", grew)
    least = min(_variances(fit), default=0.0)
    if least < 0:
        return Failure(step, "variance", grew, least)
    if not all(map(_finite, _kept(fit))):
        return Failure(step, "state", grew)
    undefined = any(bool(torch.isnan(parameter).any()) for parameter in fit.parameters)
    return Failure(step, "division" if undefined and _no_epsilon(fit) else "parameters", grew)


def _variances(fit: Fit) -> Iterator[float]:
    """The least variance of the gradient of each parameter that is lost, rounded as torch.optim.RMSprop does.

    Written in another way, the difference may round to another side of 0.
    """
    for parameter in fit.parameters:
        state = fit.optimizer.state.get(parameter, {})
        lost = torch.isnan(parameter)
        if "grad_avg" in state and bool(lost.any()):
            mean = state["grad_avg"]
            yield float(state["square_avg"].addcmul(mean, mean, value=-1)[lost].min().item())


def _kept(fit: Fit) -> Iterator[Tensor]:
    """What the optimizer keeps for the parameters."""
    for parameter in fit.parameters:
        yield from (v for v in fit.optimizer.state.get(parameter, {}).values() if isinstance(v, Tensor))


def _no_epsilon(fit: Fit) -> bool:
    return fit.optimizer.param_groups[0].get("eps") == 0


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())
