"""What an optimizer keeps from step to step, in the order in which compiled code carries it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from core.experiment.settings import Settings

STEP = "step"
OF_THE_RATE = {"asgd": ("eta", "mu")}  # found from the count of steps, so that they need not be carried


class State(NamedTuple):
    """The tensor `name` that an optimizer keeps for its parameter number `place`."""

    place: int
    name: str


def carried_states(optimizer: torch.optim.Optimizer, settings: Settings) -> tuple[State, ...]:
    """All that is carried but the count of steps; the optimizer must have made a step."""
    apart = (STEP, *OF_THE_RATE.get(settings.optimizer, ()))
    return tuple(
        State(place, name)
        for place, parameter in enumerate(optimizer.param_groups[0]["params"])
        for name, value in sorted(optimizer.state.get(parameter, {}).items())
        if isinstance(value, Tensor) and name not in apart
    )


def as_carried(value: Tensor) -> Tensor:
    """A state as it is carried: a single number in double precision, since little errors of it add up."""
    return value.to(torch.float64) if value.dim() == 0 else value


def flat(values: Sequence[Tensor]) -> Tensor:
    """All numbers in a row."""
    return torch.cat([value.reshape(-1) for value in values])
