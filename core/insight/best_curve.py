"""The best curve by the chosen loss, to compare a fit with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Line, Polynomial
from core.insight.optimum import optimum

Floats = NDArray[np.float64]


def best_curve(
    points: Points, settings: Settings, stop: Callable[[], bool] = bool
) -> Callable[[Floats], Floats] | None:
    """The best curve over `points`: of the polynomial for a polynomial, else the best line.

    None for fewer than two points, for a constant x, for numbers too large to square, and for more than one
    feature. Raises Cancelled once `stop` says so.
    """
    if not has_curve(points):
        return None
    polynomial = settings.model == "polynomial"
    curve = Polynomial(settings.values("model")) if polynomial else Line({})
    best = optimum(points, curve, settings, stop)
    return None if best is None else best.predict


def has_curve(points: Points) -> bool:
    """Whether a curve over x can be compared with: two places at least, on one axis."""
    return len(points) > 1 and points.x.shape[1] == 1 and not points.stands_at_one_x
