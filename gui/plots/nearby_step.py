"""Finds the step of a run whose fitted curve passes nearest to a place, quickly however long the run was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import Curve
from core.insight.scaling import Scaling
from core.training.path import Way

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

MOST = 2_000  # steps looked at first, spaced evenly
FEWEST = 8  # of a model so large that even these take a while
WORK = 200_000  # parameters looked at, first and then again: about a millisecond in all
GAPS = 16  # between the steps looked at first, that are looked into
ALIKE = 0.02  # of the reach; what is no further apart is equally near to the eye


class NearbyStep:
    """Knows the curves of a run by their parameters; x and y are in the units of the data."""

    def __init__(self, way: Way, curve: Curve, scaling: Scaling) -> None:
        self.way = way
        self._curve = curve
        self._scaling = scaling

    def find(self, x: float, y: float, reach: float) -> int | None:
        """The kept step whose curve at x is nearest to y, within `reach`; of equally near ones the newest."""
        numbers = self.way.numbers
        room = max(WORK // numbers.shape[1], FEWEST)
        count = min(len(numbers), MOST, room)
        rows = np.linspace(0, len(numbers) - 1, count).round().astype(np.intp)
        away = self._away(rows, x, y)
        if count < len(numbers):
            between = _between(rows, away, room)
            rows = np.concatenate((rows, between))
            away = np.concatenate((away, self._away(between, x, y)))
        distance = np.abs(away)
        least = float(distance.min())
        if not least <= reach:
            return None
        return int(rows[distance <= least + ALIKE * reach].max()) * self.way.stride

    def _away(self, rows: Rows, x: float, y: float) -> Floats:
        """How far above y the curves of some rows of the way are at x; infinite where they are nowhere."""
        heights = self._curve.predict_all(self.way.numbers[rows], self._scaling, np.array([x]))
        return np.where(np.isfinite(heights), heights - y, np.inf)


def _between(rows: Rows, away: Floats, most: int) -> Rows:
    """At most `most` of the rows between those looked at: where the curve passed y, or came nearest to it.

    Of such gaps the newest count first.
    """
    ends = np.sign(away)
    nearest = np.minimum(np.abs(away[:-1]), np.abs(away[1:]))
    score = np.where(ends[:-1] != ends[1:], 0.0, nearest)
    newest_first = -np.arange(len(score))
    gaps = np.lexsort((newest_first, score))[:GAPS]
    found = np.concatenate([np.arange(rows[gap] + 1, rows[gap + 1]) for gap in gaps])
    return found[:: -(-len(found) // most) or 1]
