"""The least-squares solution, in closed form, to compare a fit with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Line, Polynomial
from core.insight.optimum import optimum

Floats = NDArray[np.float64]


def least_squares(points: Points, settings: Settings) -> Callable[[Floats], Floats] | None:
    """The curve of least squares: of the polynomial for a polynomial, else of the line.

    None for fewer than two points, for a constant x, for numbers too large to square, and for more than one
    feature.
    """
    if len(points) < 2 or points.x.shape[1] != 1 or points.x.min() == points.x.max():
        return None
    polynomial = settings.model == "polynomial"
    best = optimum(points, Polynomial(settings.values("model")) if polynomial else Line({}))
    return None if best is None else best.predict
