"""When a fit has arrived: the test of the gradient that says so, whatever the units of the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.insight.scaling import standard_scaling

Floats = NDArray[np.float64]

TOLERANCE = 5e-6
SMALLEST_VARIANCE = 1e-12  # beside the largest; what is below it is rounding


class Convergence:
    """Whether the gradient of a full batch is nothing beside the loss that one deviation of y makes.

    A gradient alone says little: where x lies far from 0, or where powers of x go together, it is tiny long
    before the fit is there. So it is taken with respect to the weights of decorrelated inputs, of mean 0
    and variance 1. In those the squared error of a line or a polynomial is equally curved in every
    direction, and so a gradient below the tolerance means a fit as near as that to the least squares.

    `inputs` `[N, P]` are what the first layer takes, `targets` `[N]` those of training. `deviation` is the
    standard deviation of the targets; where they are all equal, their size.
    """

    def __init__(self, inputs: Floats, targets: Floats) -> None:
        scaling = standard_scaling(inputs, targets)
        columns = scaling.x_in(inputs)
        variances, axes = np.linalg.eigh(columns.T @ columns / len(columns))
        kept = variances > SMALLEST_VARIANCE * variances.max()
        self._centre = scaling.x_mean
        self._decorrelate = axes[:, kept] / np.sqrt(variances[kept]) / scaling.x_scale[:, None]
        self.deviation = scaling.y_scale if np.ptp(targets) else float(np.abs(targets).max()) or 1.0

    def reached(self, gradients: Sequence[Floats], typical_loss: float) -> bool:
        """Whether a fit with these gradients (weight, bias, weight, bias, ...) has arrived.

        `typical_loss` is the loss of residuals as large as `deviation`.
        """
        weight, bias, *rest = gradients
        layers = [(weight - np.outer(bias, self._centre)) @ self._decorrelate, bias, *rest]
        layers[-2:] = [gradient * self.deviation for gradient in layers[-2:]]
        pull = max(float(np.abs(gradient).max(initial=0.0)) for gradient in layers)
        return pull <= TOLERANCE * typical_loss
