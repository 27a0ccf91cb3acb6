"""The rates that torch.optim.ASGD makes by itself of those it is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.experiment.settings import Settings

Floats = NDArray[np.float64]


def as_asgd_keeps(rates: Floats) -> Floats:
    """The rates as it has them, which rounds them on the way."""
    rounded: Floats = rates.astype(np.float32).astype(np.float64)
    return rounded


def decayed(rates: Floats, settings: Settings, step: int) -> Floats:
    """What it takes at the step behind `step`, where at that one it was given `rates`."""
    values = settings.values("optimizer")
    lambd, alpha = float(str(values["lambd"])), float(str(values["alpha"]))
    return as_asgd_keeps(rates / (1 + lambd * rates * step) ** alpha)
