"""The best line of a few points by trial: by absolute errors some line through two of them is the best."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def absolute(residual: Floats) -> Floats:
    """What the mean absolute error is the mean of."""
    return np.abs(residual)


def tilted(quantile: float) -> Callable[[Floats], Floats]:
    """What the quantile loss is the mean of."""
    return lambda residual: np.maximum(quantile * residual, (quantile - 1) * residual)


def best_line(
    x: Floats, y: Floats, cost: Callable[[Floats], Floats] = absolute
) -> tuple[float, float, float]:
    """The least mean cost of all lines through two points with different x, and its slope and intercept."""
    found = []
    for i, j in combinations(range(len(x)), 2):
        if x[i] != x[j]:
            slope = (y[i] - y[j]) / (x[i] - x[j])
            intercept = y[i] - slope * x[i]
            found.append((float(np.mean(cost(y - slope * x - intercept))), float(slope), float(intercept)))
    return min(found)
