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
    """What multiplies an update made with a rate of 1; `made` steps were made before."""
    of_its_own = OF_THEIR_OWN.get(fit.taken.settings.optimizer)
    return rates if of_its_own is None else of_its_own(fit, rates, made)


def _adagrad(fit: Fit, rates: Floats, made: int) -> Floats:
    """Its rate decay, as its class in torch.optim has it."""
    decay: float = fit.optimizer.param_groups[0]["lr_decay"]
    return rates / (1 + (made + np.arange(len(rates), dtype=np.float64)) * decay)


def _rprop(_fit: Fit, rates: Floats, _made: int) -> Floats:
    """Its steps have sizes of their own, which only begin at the learning rate."""
    return np.ones_like(rates)


def _asgd(fit: Fit, rates: Floats, made: int) -> Floats:
    """Its eta, as its class in torch.optim has it."""
    kept = float(fit.optimizer.state[fit.parameters[0]]["eta"])
    numbers = made + np.arange(1, len(rates), dtype=np.float64)
    return np.concatenate([[kept], asgd_eta(fit.optimizer.param_groups[0], rates[:-1], numbers)])


OF_THEIR_OWN = {"adagrad": _adagrad, "rprop": _rprop, "asgd": _asgd}


def asgd_eta(group: dict[str, float], rates: Floats, numbers: Floats) -> Floats:
    """The rate that ASGD finds at the end of step number `numbers`, for the next one."""
    return rates / (1 + group["lambd"] * rates * numbers) ** group["alpha"]
