"""What a sweep has come to: frozen, for the eye."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.training.sweep_plan import SweepPlan

Floats = NDArray[np.float64]


class SweepView(NamedTuple):
    """R runs behind `step` steps each.

    `values` `[R]` are the values that are swept. `losses` `[R, k]` are those of every `stride`-th step,
    beginning with the first, of its batch. `standing` `[R]` are the losses of all training points now, of
    those held out where there are any; infinite for a run that has diverged. All in the units of the data.
    `diverged_at` `[R]` is the step whose loss could not be computed, 0 for the other runs. `curves` `[R, M]`
    are what each run predicts at the M places that were asked for, in the units of the data, NaN for a
    diverged run. `starts` `[R, P]` are the start values, in the units of the data and the order in which
    Settings have them.
    """

    plan: SweepPlan
    values: Floats
    step: int
    losses: Floats
    stride: int
    standing: Floats
    diverged_at: NDArray[np.intp]
    curves: Floats
    starts: Floats

    @property
    def best(self) -> int | None:
        """The run with the lowest loss; None where all have diverged, or none has made a step."""
        if self.step == 0 or not np.isfinite(self.standing).any():
            return None
        return int(np.argmin(self.standing))

    @property
    def complete(self) -> bool:
        """Whether all steps are made."""
        return self.step >= self.plan.steps
