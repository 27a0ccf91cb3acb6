"""The learning rates that many runs take at each step, as their schedule has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.choices import SCHEDULES
from core.choices.named import named
from core.experiment.settings import Settings

Floats = NDArray[np.float64]


class StepRates:
    """`now` `[R]` are the rates of the next step of runs that were given `rates` `[R]`.

    Every schedule of PyTorch that does not look at the loss makes of each rate a times the rate plus b, with
    the same a and b for all, so that the lowest and the highest rate tell the others. One that looks at the
    loss is there for each run.
    """

    def __init__(self, settings: Settings, rates: Floats) -> None:
        row = SCHEDULES[settings.schedule]
        self.constant = not row.runs
        self.measured = row.measured
        self.now = self._rates = rates
        self._settings = settings
        self._row = row
        followed = rates if row.measured else np.array(sorted({rates.min(), rates.max()}))
        self._low, self._width = float(rates.min()), float(np.ptp(rates))
        self._schedules = [] if self.constant else [self._schedule(float(rate)) for rate in followed]
        self._take()

    def step(self, losses: Floats | None = None) -> None:
        """Go on to the next step; a measured schedule looks at the losses `[R]` of this one."""
        row = self._row
        for place, schedule in enumerate(self._schedules):
            if row.measured:
                assert losses is not None
                schedule.step(float(losses[place]))
            elif not row.length or schedule.last_epoch < self._length() - 1:
                schedule.step()
        self._take()

    def _take(self) -> None:
        """Read off the rates."""
        found = [schedule.optimizer.param_groups[0]["lr"] for schedule in self._schedules]
        if self.measured:
            self.now = np.array(found)
        elif len(found) == 1:
            self.now = np.full(len(self._rates), found[0])
        elif found:
            slope = (found[1] - found[0]) / self._width
            self.now = found[0] + slope * (self._rates - self._low)

    def _schedule(self, rate: float) -> Any:
        """The schedule of a run that is given `rate`."""
        row, settings = self._row, self._settings
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
        given = {row.rate_argument: rate} if row.rate_argument else {}
        arguments = row.arguments(settings.values("schedule"))
        schedule = named(row.runs)(optimizer, **arguments, **row.fixed, **given)
        optimizer.step()  # without a gradient, which does nothing; without a step PyTorch would warn
        return schedule

    def _length(self) -> int:
        return int(str(self._settings.values("schedule")[self._row.length]))
