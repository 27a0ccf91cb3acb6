"""The steps of any optimizer for many runs, each of which is a parameter group of its own."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.choices.named import named
from core.experiment.settings import Settings
from core.training.stack import Stack

Floats = NDArray[np.float64]


class SeparateSteps:
    """For an optimizer of which nothing is known: each run has its own tensors, state and learning rate."""

    def __init__(self, settings: Settings, stack: Stack) -> None:
        row = settings.row("optimizer")
        self._gradients = torch.zeros_like(stack.numbers)
        groups = []
        for numbers, gradients in zip(
            stack.parts_of(stack.numbers), stack.parts_of(self._gradients), strict=True
        ):
            for number, gradient in zip(numbers, gradients, strict=True):
                number.grad = gradient
            groups.append({"params": numbers})
        arguments = row.arguments(settings.values("optimizer"))
        self._optimizer: torch.optim.Optimizer = named(row.runs)(
            groups, lr=settings.learning_rate, **arguments
        )

    def set_rates(self, rates: Floats) -> None:
        """From the next step on the runs go at `rates` `[R]`."""
        for group, rate in zip(self._optimizer.param_groups, rates.tolist(), strict=True):
            group["lr"] = rate

    def step(self, gradient: torch.Tensor, _before: torch.Tensor) -> None:
        """Take the runs on by their `gradient` `[R, P]`."""
        self._gradients.copy_(gradient)
        self._optimizer.step()
