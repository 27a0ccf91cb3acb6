"""How well a fit fits the points it was trained on, and those it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.choices import LOSSES
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.measures import mae, r_squared, rmse

Floats = NDArray[np.float64]


class Measures(NamedTuple):
    """How well a model fits so many `points`: the loss, R², and RMSE and MAE in the units of y.

    The loss is the chosen one, of these points, without any penalty, in the units of the data. None where a
    number is not defined or not finite.
    """

    points: int
    loss: float | None
    r2: float | None
    rmse: float | None
    mae: float | None


def measures(
    points: Points,
    settings: Settings,
    held_out: NDArray[np.bool_] | None,
    predict: Callable[[Floats], Floats],
) -> tuple[Measures, Measures | None]:
    """Of the training points, and of those where `held_out` `[N]` is True; None where there are none.

    All in float64, and of one and the same fit, which `predict` is. One that meets every such point in the
    run's own precision is exact, as it is for torch.
    """
    predicted = predict(points.x)
    if held_out is None or not held_out.any():
        return _measured(settings, points.y, predicted), None
    training = ~held_out
    return (
        _measured(settings, points.y[training], predicted[training]),
        _measured(settings, points.y[held_out], predicted[held_out]),
    )


def _meets(predicted: Floats, y: Floats, dtype: np.dtype[np.floating]) -> bool:
    """Whether no number of `dtype` tells the predictions `[N]` from y `[N]`."""
    with np.errstate(over="ignore"):  # what is beyond float32 is infinite there, and met by nothing
        met = predicted.astype(dtype)
        return bool(np.isfinite(met).all() and (met == y.astype(dtype)).all())


def _measured(settings: Settings, y: Floats, predicted: Floats) -> Measures:
    if _meets(predicted, y, np.dtype(settings.dtype)):
        predicted = y
    loss = _loss(settings, y, predicted)
    return Measures(len(y), loss, r_squared(y, predicted), rmse(y, predicted), mae(y, predicted))


def _loss(settings: Settings, y: Floats, predicted: Floats) -> float | None:
    """The chosen loss of these points, without any penalty; None where it is not finite."""
    import torch

    from core.choices.named import named

    row = LOSSES[settings.loss]
    loss = named(row.runs)(**row.arguments(settings.values("loss")))
    value = float(loss(torch.tensor(predicted), torch.tensor(y)))
    return value if np.isfinite(value) else None
