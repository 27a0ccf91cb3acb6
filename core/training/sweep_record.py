"""What many runs left behind: their losses, as many as a screen can show, and where each was lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_KEPT = 1000  # losses of each run; of a longer one those of every second, third … step


class SweepRecord:
    """The losses of every `stride`-th step of R runs that make `steps` steps, beginning with the first.

    `diverged_at` `[R]` is the step that cannot be counted, since its loss or what it made of the parameters
    is not finite; 0 for a run without one. One thread notes, any thread may read.
    """

    def __init__(self, runs: int, steps: int) -> None:
        self.stride = -(-steps // MOST_KEPT)
        self.diverged_at = np.zeros(runs, dtype=np.intp)
        self._losses = np.full((-(-steps // self.stride), runs), np.nan)

    def note(self, first: int, losses: Floats, broken: Flags) -> None:
        """Note the losses `[k, R]` of the steps behind step `first`; at least one.

        `broken` `[k, R]` says which began with parameters that are not finite, and so were lost one earlier.
        """
        lost = ~np.isfinite(losses) | broken
        newly = np.flatnonzero(lost.any(axis=0) & (self.diverged_at == 0))
        rows = lost[:, newly].argmax(axis=0)
        self.diverged_at[newly] = np.maximum(first + 1 + rows - broken[rows, newly], 1)
        skipped = -first % self.stride
        kept = losses[skipped :: self.stride]
        place = (first + skipped) // self.stride
        self._losses[place : place + len(kept)] = kept

    def losses(self, step: int) -> Floats:
        """The losses `[R, k]` of the steps up to `step`."""
        return self._losses[: -(-step // self.stride)].T
