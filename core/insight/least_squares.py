"""The least-squares solution, in closed form, to compare a fit with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.scaling import standard_scaling

Floats = NDArray[np.float64]


def least_squares(points: Points, settings: Settings) -> Callable[[Floats], Floats] | None:
    """The curve of least squares: of the polynomial for a polynomial, else of the line.

    Solved in float64 by a rank-aware solver (numpy's lstsq) on standardised x. None for fewer than two
    points, for a constant x, for numbers too large to square, and for more than one feature.
    """
    if len(points) < 2 or points.x.shape[1] != 1:
        return None
    degree = int(str(settings.values("model")["degree"])) if settings.model == "polynomial" else 1
    scaling = standard_scaling(points.x, points.y)
    x, y = scaling.x_in(points.x)[:, 0], scaling.y_in(points.y)
    if np.ptp(x) == 0 or not np.isfinite(scaling.y_scale):
        return None
    solution = np.linalg.lstsq(np.vander(x, degree + 1), y, rcond=None)[0]

    def predict(at: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return scaling.y_out(np.polyval(solution, scaling.x_in(np.asarray(at).reshape(-1, 1))[:, 0]))

    return predict
