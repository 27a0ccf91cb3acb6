"""How far each of some coming steps goes: the learning rate, as the optimizer and its schedule turn it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.training.fit import Fit

Floats = NDArray[np.float64]


def chosen_rates(fit: Fit, steps: int) -> Floats:
    """The learning rates `[steps]` that the coming steps take; the schedule of `fit` moves on behind them."""
    group = fit.optimizer.param_groups[0]
    if fit.schedule is None:
        return np.full(steps, group["lr"])
    rates = np.empty(steps)
    for step in range(steps):
        rates[step] = group["lr"]
        fit.step_schedule()
    return rates


def lengths(fit: Fit, rates: Floats, made: int) -> Floats:
    """What multiplies an update made with a rate of 1; `made` steps were made before.

    Adagrad's rate decay and ASGD's eta are those of their classes in torch.optim. Rprop's steps have sizes of
    their own, which only begin at the learning rate.
    """
    key = fit.taken.settings.optimizer
    if key == "rprop":
        return np.ones_like(rates)
    group = fit.optimizer.param_groups[0]
    numbers = made + np.arange(len(rates), dtype=np.float64)
    if key == "adagrad":
        decay: float = group["lr_decay"]
        return rates / (1 + numbers * decay)
    if key == "asgd":
        kept = float(fit.optimizer.state[fit.parameters[0]]["eta"])
        return np.concatenate([[kept], asgd_eta(group, rates[:-1], numbers[1:])])
    return rates


def asgd_eta(group: dict[str, float], rates: Floats, numbers: Floats) -> Floats:
    """The rate that ASGD finds at the end of step number `numbers`, for the next one."""
    return rates / (1 + group["lambd"] * rates * numbers) ** group["alpha"]
