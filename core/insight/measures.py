"""How well a fit fits, in numbers."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def r_squared(y: Floats, predicted: Floats) -> float | None:
    """The coefficient of determination 1 - SS_res / SS_tot; y and predicted `[N]`.

    None where it is not defined (fewer than two points, or all y equal) or not finite.
    """
    with np.errstate(all="ignore"):
        total = float(np.sum((y - y.mean()) ** 2)) if len(y) > 1 else 0.0
        if total == 0:
            return None
        value = 1.0 - float(np.sum((y - predicted) ** 2)) / total
    return value if np.isfinite(value) else None


def rmse(y: Floats, predicted: Floats) -> float | None:
    """The root of the mean squared residual, in the units of y; y and predicted `[N]`.

    None where there are no points, or where it is not finite. Squares of residuals that are very large or
    very small are no hindrance.
    """
    with np.errstate(all="ignore"):
        residuals = np.abs(y - predicted)
        largest = float(residuals.max(initial=0.0))
        if not len(y) or not np.isfinite(largest):
            return None
        return largest * float(np.sqrt(np.mean((residuals / (largest or 1.0)) ** 2)))


def mae(y: Floats, predicted: Floats) -> float | None:
    """The mean absolute residual, in the units of y; y and predicted `[N]`.

    None where there are no points, or where it is not finite.
    """
    with np.errstate(all="ignore"):
        value = float(np.mean(np.abs(y - predicted))) if len(y) else np.nan
    return value if np.isfinite(value) else None
