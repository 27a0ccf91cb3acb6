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
