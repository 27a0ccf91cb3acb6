"""Rows that no table has: an optimizer and a loss of which the program knows nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from torch import Tensor, nn

from core.choices import FIELDS, LOSSES, OPTIMIZERS
from core.choices.choice import Choice, Parameter
from core.choices.losses import Loss
from core.choices.optimizers import Optimizer


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
FOURTH = Loss("fourth", "Fourth power", "tests.odd_rows.FourthPower", order=4)


@contextmanager
def odd_rows() -> Iterator[None]:
    """As long as this is open, each of the two tables has a row that is new to the program."""
    with ExitStack() as stack:
        for field, table, row in (("optimizer", OPTIMIZERS, ADAFACTOR), ("loss", LOSSES, FOURTH)):
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
