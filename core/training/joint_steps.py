"""The steps of an optimizer for many runs at once, by which all their parameters are those of one."""

from __future__ import annotations

from inspect import signature

import numpy as np
import torch
from numpy.typing import NDArray

from core.choices.named import named
from core.experiment.settings import Settings
from core.training.stack import Stack

Floats = NDArray[np.float64]


class JointSteps:
    """For an optimizer whose step is proportional: it takes all runs at a learning rate of 1.

    Each run then goes its own rate's share of the way.
    """

    def __init__(self, settings: Settings, stack: Stack) -> None:
        row = settings.row("optimizer")
        kind = named(row.runs)
        arguments = row.arguments(settings.values("optimizer"))
        if "fused" in signature(kind).parameters and stack.numbers.device.type == "cpu":
            arguments["fused"] = True  # which is quicker
        self._numbers = stack.numbers
        self._optimizer: torch.optim.Optimizer = kind([stack.numbers], lr=1.0, **arguments)

    def set_rates(self, rates: Floats) -> None:
        """From the next step on the runs go at `rates` `[R]`."""
        column = torch.tensor(rates[:, None])
        self._lengths = column.to(self._numbers)

    def step(self, gradient: torch.Tensor, before: torch.Tensor) -> None:
        """Take the runs, which are at `before` `[R, P]`, on by their `gradient` `[R, P]`."""
        self._numbers.grad = gradient
        self._optimizer.step()
        torch.lerp(before, self._numbers, self._lengths, out=self._numbers)
