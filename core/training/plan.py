"""What is planned for a run: which points and settings hold from which step on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import torch

from core.training.fit import Wanted


class Part(NamedTuple):
    """From behind step `since` on, `wanted` holds."""

    since: int
    wanted: Wanted


class Place(NamedTuple):
    """A step of a run, as the fit stands there: the next part of the plan, and the gradients of the step.

    `gradient_unit` is that of their loss, as the fit has it.
    """

    step: int
    next: int
    taken: Wanted
    state: bytes
    gradients: list[torch.Tensor | None]
    gradient_unit: float


def same(one: Wanted, other: Wanted) -> bool:
    """Whether a step would be the same with both; the engine that makes it only rounds in its own way."""
    if one.points is not other.points:
        return False
    return (
        one.settings == other.settings
        or replace(one.settings, engine=other.settings.engine) == other.settings
    )


def measure(wanted: Wanted) -> tuple[object, ...]:
    """What decides whether losses can be compared."""
    settings = wanted.settings
    return (
        id(wanted.points),
        settings.loss,
        settings.values("loss"),
        settings.validation,
        settings.validation_seed,
    )


def size_of(plan: Sequence[Part]) -> int:
    """Bytes of the points of all parts, each counted once."""
    points = {id(part.wanted.points): part.wanted.points for part in plan}
    return sum(p.x.nbytes + p.y.nbytes for p in points.values())
