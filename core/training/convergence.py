"""When a fit has arrived: the test of the gradient that says so, whatever the units of the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]

TOLERANCE = 5e-6
SMALLEST_VARIANCE = 1e-12  # beside the largest; what is below it is rounding
SMALLEST_SPREAD = 1e-15  # beside the mean; a column that spreads less is constant


class Convergence:
    """Whether the gradient of a full batch is nothing beside the loss that one deviation of y makes.

    A gradient alone says little: where x lies far from 0, or where powers of x go together, it is tiny long
    before the fit is there. So it is taken with respect to the weights of decorrelated inputs, of mean 0
    and variance 1. In those the squared error of a line or a polynomial is equally curved in every
    direction, and so a gradient below the tolerance means a fit as near as that to the least squares.

    Of a model that is not `layered` nothing is known but the gradient, which is taken as it is.

    `inputs` `[N, P]` are what the first layer takes, `targets` `[N, 1]` those of training. `deviation` is the
    standard deviation of the targets; where they are all equal, their size. An exported program does the same
    in the same order.
    """

    def __init__(self, inputs: Tensor, targets: Tensor, layered: bool = True) -> None:
        self._layered = layered
        columns = inputs.cpu().double()
        self._centre, spread = columns.mean(dim=0), columns.std(dim=0, correction=0)
        spread = spread.where(spread > SMALLEST_SPREAD * self._centre.abs(), 1.0)
        columns = (columns - self._centre) / spread
        variances, axes = torch.linalg.eigh(columns.T @ columns / len(columns))
        kept = variances > SMALLEST_VARIANCE * variances[-1]
        self._axes = axes[:, kept] / variances[kept].sqrt() / spread[:, None]
        self.deviation = deviation(targets)

    def reached(self, gradients: Sequence[Floats], typical_loss: float) -> bool:
        """Whether a fit with these gradients (weight, bias, weight, bias, ...) has arrived.

        `typical_loss` is the loss of residuals as large as `deviation`.
        """
        layers = list(map(torch.as_tensor, gradients))
        if self._layered:
            layers[0] = (layers[0] - torch.outer(layers[1], self._centre)) @ self._axes
            layers[-2:] = [gradient * self.deviation for gradient in layers[-2:]]
        pull = max(float(gradient.abs().max().item()) for gradient in layers if gradient.numel())
        return pull <= TOLERANCE * typical_loss


def deviation(targets: Tensor) -> float:
    """The standard deviation of `targets`; where they are all equal, their size, or 1."""
    y = targets.cpu().double()
    if y.min() == y.max():
        return y.abs().max().item() or 1.0
    return y.std(correction=0).item()
