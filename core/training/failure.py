"""Why a run ends at a step behind which there is none: what was no finite number there."""

from __future__ import annotations

import math
from typing import NamedTuple

DIVERGED, NAN = "diverged", "nan"  # why such a run ends


class Failure(NamedTuple):
    """The first thing in step `step`, which does not count, that was not finite.

    `cause` is one of "loss", "gradient", "state" (what the optimizer keeps), "variance" (that of the
    gradient, by which centred RMSprop divides, is `least`, below 0, and has no root), "division" (of 0 by 0,
    as there is no epsilon) and "parameters" (all before them was finite). `grew` says whether the loss had
    grown before: then the numbers have become too large in the end, whatever it was that broke first.
    """

    step: int
    cause: str
    grew: bool
    least: float = math.nan

    @property
    def reason(self) -> str:
        """Why the run ends: "diverged" where numbers grew too large, "nan" where one is not a number."""
        if self.cause in ("variance", "division"):
            return NAN
        return DIVERGED if self.grew or self.cause in ("loss", "parameters") else NAN
