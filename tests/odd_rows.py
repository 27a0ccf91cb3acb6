"""Rows that no table has: a model, an optimizer and a loss of which the program knows nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from core.choices.choice import Parameter, Row
from core.choices.losses import Loss
from core.choices.models import Model
from core.choices.optimizers import Optimizer

ADAFACTOR = Optimizer(
    "adafactor",
    "Adafactor",
    "torch.optim.Adafactor",
    (Parameter("weight_decay", "Weight decay", 0.0, minimum=0, maximum=1),),
    learning_rate=1e-2,
)


@contextmanager
def added(table: Mapping[str, Row], row: Row) -> Iterator[None]:
    """As long as this is open, `table` has `row` too."""
    (rows,) = gc.get_referents(table)
    rows[row.key] = row
    try:
        yield
    finally:
        del rows[row.key]
