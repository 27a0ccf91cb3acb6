"""The losses that torch.nn does not have; predictions and targets `[N, 1]`, the mean over N."""

import torch
from torch import Tensor, nn


class LogCoshLoss(nn.Module):
    """The mean of s² log cosh(r / s) over the residuals r, with s = `scale`.

    About r² / 2 for small residuals and s |r| for large ones. With z = |r| / s it is written as
    log1p(2 sinh²(z / 2)), which, unlike z + softplus(-2 z) - log 2, keeps all its digits for small z. Before
    sinh overflows it goes on as a straight line, which log cosh z is from there on to the last digit.
    """

    STRAIGHT_FROM = 20.0  # e⁻⁴⁰, what is then left out, is beyond the digits of float64

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss, a scalar."""
        size = ((prediction - target) / self.scale).abs()
        curve = torch.log1p(2.0 * torch.sinh(size.clamp(max=self.STRAIGHT_FROM) / 2.0) ** 2)
        line = torch.relu(size - self.STRAIGHT_FROM)
        return self.scale**2 * (curve + line).mean()


class QuantileLoss(nn.Module):
    """The pinball loss (Koenker and Bassett 1978): the mean of max(q r, (q - 1) r), r = y - ŷ."""

    def __init__(self, quantile: float = 0.5) -> None:
        super().__init__()
        self.quantile = quantile

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss, a scalar."""
        residual = target - prediction
        return torch.maximum(self.quantile * residual, (self.quantile - 1.0) * residual).mean()
