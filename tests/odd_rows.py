"""Rows that no table has: a model, an optimizer and a loss of which the program knows nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from core.choices import FIELDS, LOSSES, MODELS, OPTIMIZERS
from core.choices.choice import Choice, Parameter
from core.choices.losses import Loss
from core.choices.models import Model
from core.choices.optimizers import Optimizer


class Bent(nn.Module):
    """Two lines that meet at a place of their own; an `if` decides whether a batch sees the second one."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.slope = nn.Linear(inputs, 1, bias=False)
        self.place = nn.Parameter(torch.full((inputs,), 0.25))

    def forward(self, x: Tensor) -> Tensor:
        away = x - self.place
        if bool((away > 0).any()):
            away = away + 0.5 * away.relu()
        out: Tensor = self.slope(away)
        return out


class FourthPower(nn.Module):
    """The mean of the fourth powers of the residuals."""

    def forward(self, predictions: Tensor, targets: Tensor) -> Tensor:
        return ((predictions - targets) ** 4).mean()


ADAFACTOR = Optimizer(
    "adafactor",
    "Adafactor",
    "torch.optim.Adafactor",
    (Parameter("weight_decay", "Weight decay", 0.0, minimum=0, maximum=1),),
    learning_rate=1e-2,
)
BENT = Model("bent", "Bent line", "tests.odd_rows.Bent")
FOURTH = Loss("fourth", "Fourth power", "tests.odd_rows.FourthPower", order=4)


@contextmanager
def odd_rows() -> Iterator[None]:
    """As long as this is open, each of the three tables has a row that is new to the program."""
    with ExitStack() as stack:
        for field, table, row in (
            ("optimizer", OPTIMIZERS, ADAFACTOR),
            ("model", MODELS, BENT),
            ("loss", LOSSES, FOURTH),
        ):
            stack.enter_context(_with(table, row.key, row))
            stack.enter_context(_with(FIELDS[field].words, row.key, row.label))
        yield


@contextmanager
def _with(table: Mapping[str, Choice] | Mapping[str, str], key: str, row: object) -> Iterator[None]:
    (rows,) = gc.get_referents(table)  # which nobody else can write to
    rows[key] = row
    try:
        yield
    finally:
        del rows[key]
