"""The losses that torch.nn does not have; predictions and targets `[N, 1]`, the mean over N."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class LogCoshLoss(nn.Module):
    """The mean of s² log cosh(r / s) over the residuals r, with s = `scale`.

    About r² / 2 for small residuals and s |r| for large ones. Written as |r| / s + softplus(-2 |r| / s)
    - log 2, which does not overflow.
    """

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss, a scalar."""
        size = ((prediction - target) / self.scale).abs()
        return self.scale**2 * (size + functional.softplus(-2.0 * size) - math.log(2.0)).mean()


class QuantileLoss(nn.Module):
    """The pinball loss (Koenker and Bassett 1978): the mean of max(q r, (q - 1) r), r = y - ŷ."""

    def __init__(self, quantile: float = 0.5) -> None:
        super().__init__()
        self.quantile = quantile

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss, a scalar."""
        residual = target - prediction
        return torch.maximum(self.quantile * residual, (self.quantile - 1.0) * residual).mean()
