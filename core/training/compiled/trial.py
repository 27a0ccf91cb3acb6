"""Holds the first steps that code makes against the same steps made one by one, before any of it counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.training.compiled.kind import LEAST

Numbers = NDArray[Any]

WAY, ROUNDING = (
    0.05,
    1e-4,
)  # how far apart they may be: of the way that was gone, and of the largest parameter


class Trial:
    """A compiler may have faults of its own, and no number of them may be shown: so code is tried first."""

    def __init__(self) -> None:
        self.passed = False
        self.end: int | None = None  # the step behind which is compared
        self._before = self._after = np.empty(0)

    def is_under_way(self, step: int) -> bool:
        """Whether the steps behind `step` lead to the comparison."""
        return self.end is not None and self.end - LEAST <= step < self.end

    def begin(self, step: int, before: Numbers, after: Numbers) -> None:
        """From the parameters `before` `[P]` behind `step`, LEAST steps of code came to `after` `[P]`."""
        self.end, self._before, self._after = step + LEAST, before, after

    def fails(self, found: Numbers) -> bool:
        """Whether single steps have come to other parameters, `found` `[P]`, behind step `end`."""
        near = WAY * np.abs(found - self._before).max() + ROUNDING * np.abs(found).max()
        self.passed = not np.abs(found - self._after).max() > near  # what is not a number ends the run anyway
        return not self.passed
