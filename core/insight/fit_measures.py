"""How well a fit fits the points it was trained on, and those it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.insight.measures import mae, r_squared, rmse

Floats = NDArray[np.float64]


class Measures(NamedTuple):
    """R², and the root mean square and the mean absolute difference in the units of y; None: not defined."""

    r2: float | None
    rmse: float | None
    mae: float | None


def measures(
    points: Points, held_out: NDArray[np.bool_] | None, predict: Callable[[Floats], Floats]
) -> tuple[Measures, Measures | None]:
    """Of the training points, and of those where `held_out` `[N]` is True; None where there are none."""
    predicted = predict(points.x)
    if held_out is None or not held_out.any():
        return _measured(points.y, predicted), None
    training = ~held_out
    return (
        _measured(points.y[training], predicted[training]),
        _measured(points.y[held_out], predicted[held_out]),
    )


def _measured(y: Floats, predicted: Floats) -> Measures:
    return Measures(r_squared(y, predicted), rmse(y, predicted), mae(y, predicted))
