"""The least-squares solution, in closed form, to compare a fit with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Line, Polynomial
from core.insight.optimum import optimum, training_points

Floats = NDArray[np.float64]


def least_squares(points: Points, settings: Settings) -> Callable[[Floats], Floats] | None:
    """The curve of least squares: of the polynomial for a polynomial, else of the line.

    Of the training points alone, which is what the fit can come to. None for fewer than two of them, for a
    constant x, for numbers too large to square, and for more than one feature.
    """
    training = training_points(points, settings)
    if len(training) < 2 or training.x.shape[1] != 1 or training.x.min() == training.x.max():
        return None
    polynomial = settings.model == "polynomial"
    best = optimum(training, Polynomial(settings.values("model")) if polynomial else Line({}))
    return None if best is None else best.predict
