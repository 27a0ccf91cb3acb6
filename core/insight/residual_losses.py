"""The losses as functions of residuals, in float64, with what certifies that a fit is their best one.

A loss here is the mean of φ(r) over the residuals r = y - ŷ, convex, in a normal form whose slopes are of
the order of 1; `in_data_units` leads to the value that training shows. Its conjugate is
φ*(u) = max over r of (u r - φ(r)), and φ(r) + φ*(u) - u r, the `gap`, is never negative and 0 for u = φ'(r)
(Fenchel and Young). If the weights u are orthogonal to everything that the model can do, then the mean of the
gaps is how far the loss of a fit lies above a value that no fit can beat (S. Boyd and L. Vandenberghe 2004,
"Convex Optimization", section 5.5.1).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from core.experiment.settings import Settings

Floats = NDArray[np.float64]

LOG_2 = math.log(2.0)
LEAST_SCALE = 1e-200  # a smaller one would divide by zero, and is no different from it
NEAR = 1.0  # scales; so near to each other, two residuals are compared by their difference


class ResidualLoss(ABC):
    """φ, as arrays `[N]` of residuals and weights; the weights φ' lie between `low` and `high`."""

    low, high = -math.inf, math.inf

    def __init__(self, *units: float) -> None:
        self._units = units

    @abstractmethod
    def value(self, residual: Floats) -> Floats:
        """φ(r)."""

    @abstractmethod
    def slope(self, residual: Floats) -> Floats:
        """φ'(r)."""

    @abstractmethod
    def gap(self, residual: Floats, weight: Floats) -> Floats:
        """φ(r) + φ*(u) - u r, written so that it keeps its digits where it is small."""

    def mean(self, residual: Floats) -> float:
        """The mean of φ(r)."""
        return float(np.mean(self.value(residual)))

    def in_data_units(self, mean: float) -> float:
        """A mean of φ as the loss that training shows, in the units of the data."""
        return math.prod((mean, *self._units))


class Squares(ResidualLoss):
    """r²."""

    def value(self, residual: Floats) -> Floats:
        return residual**2

    def slope(self, residual: Floats) -> Floats:
        return 2 * residual

    def gap(self, residual: Floats, weight: Floats) -> Floats:
        return (residual - weight / 2) ** 2


class Pinball(ResidualLoss):
    """`low` r below 0 and `high` r above."""

    def __init__(self, low: float, high: float, *units: float) -> None:
        super().__init__(*units)
        self.low, self.high = low, high

    def value(self, residual: Floats) -> Floats:
        return np.maximum(self.low * residual, self.high * residual)

    def slope(self, residual: Floats) -> Floats:
        return np.where(residual > 0, self.high, np.where(residual < 0, self.low, 0.0))

    def gap(self, residual: Floats, weight: Floats) -> Floats:
        up, down = np.maximum(residual, 0.0), np.maximum(-residual, 0.0)
        return (self.high - weight) * up + (weight - self.low) * down


class SmoothLoss(ResidualLoss):
    """Like r² / (2 s) where |r| is well below the scale s, like |r| well above."""

    low, high = -1.0, 1.0

    def __init__(self, scale: float, *units: float) -> None:
        super().__init__(*units)
        self.scale = max(scale, LEAST_SCALE)

    @abstractmethod
    def bend(self, residual: Floats) -> Floats:
        """s φ''(r), between 0 and 1."""

    @abstractmethod
    def with_scale(self, scale: float) -> SmoothLoss:
        """φ of another scale."""


class Knee(SmoothLoss):
    """r² / (2 s) up to s, |r| - s / 2 from there on (P. J. Huber 1964)."""

    def value(self, residual: Floats) -> Floats:
        size = np.abs(residual)
        inside = np.minimum(size, self.scale)
        return size - inside + inside * (inside / self.scale) / 2

    def slope(self, residual: Floats) -> Floats:
        slope: Floats = np.clip(residual / self.scale, -1.0, 1.0)
        return slope

    def bend(self, residual: Floats) -> Floats:
        return (np.abs(residual) < self.scale).astype(np.float64)

    def gap(self, residual: Floats, weight: Floats) -> Floats:
        beyond = np.maximum(np.abs(residual) - self.scale, 0.0)
        missing = self.slope(residual) - weight
        gap: Floats = self.scale * missing**2 / 2 + beyond * np.abs(missing)
        return gap

    def with_scale(self, scale: float) -> Knee:
        return Knee(scale)


class LogCosh(SmoothLoss):
    """s log cosh(r / s); its conjugate is s times the entropy of the weight."""

    def value(self, residual: Floats) -> Floats:
        return self.scale * _log_cosh(residual / self.scale)

    def slope(self, residual: Floats) -> Floats:
        slope: Floats = np.tanh(residual / self.scale)
        return slope

    def bend(self, residual: Floats) -> Floats:
        decay = np.exp(-2 * np.abs(residual / self.scale))
        bend: Floats = 4 * decay / (1 + decay) ** 2
        return bend

    def gap(self, residual: Floats, weight: Floats) -> Floats:
        ratio = residual / self.scale
        with np.errstate(divide="ignore"):
            apart = ratio - np.arctanh(weight)
        near = np.abs(apart) < NEAR
        short = np.where(near, apart, 0.0)
        from_near = np.log1p(2 * np.sinh(short / 2) ** 2 + weight * np.sinh(short)) - weight * short
        size = np.abs(ratio)
        from_far = size - weight * ratio + np.log1p(np.exp(-2 * size)) - LOG_2 + _entropy(weight)
        return self.scale * np.maximum(np.where(near, from_near, from_far), 0.0)

    def with_scale(self, scale: float) -> LogCosh:
        return LogCosh(scale)


def residual_loss(settings: Settings, y_scale: float) -> Squares | Pinball | SmoothLoss | None:
    """The loss that `settings` choose, of residuals in units of `y_scale`; or None."""
    values = settings.values("loss")
    if settings.loss == "mae":
        return Pinball(-1.0, 1.0, y_scale)
    if settings.loss == "quantile":
        quantile = float(str(values["quantile"]))
        return Pinball(quantile - 1.0, quantile, y_scale)
    if settings.loss == "huber":
        delta = float(str(values["delta"]))
        return Knee(delta / y_scale, y_scale, delta)
    if settings.loss == "smooth_l1":
        return Knee(float(str(values["beta"])) / y_scale, y_scale)
    if settings.loss == "log_cosh":
        scale = float(str(values["scale"]))
        return LogCosh(scale / y_scale, y_scale, scale)
    return Squares(y_scale, y_scale) if settings.loss == "mse" else None


def _log_cosh(ratio: Floats) -> Floats:
    """log cosh, with all its digits for small and for large numbers."""
    size = np.abs(ratio)
    small = np.minimum(size, NEAR)
    from_small = np.log1p(2 * np.sinh(small / 2) ** 2)
    from_large = size + np.log1p(np.exp(-2 * size)) - LOG_2
    return np.asarray(np.where(size < NEAR, from_small, from_large), dtype=np.float64)


def _entropy(weight: Floats) -> Floats:
    """The conjugate of log cosh: ½ (1 + u) log(1 + u) + ½ (1 - u) log(1 - u)."""
    total = np.zeros_like(weight)
    for side in (1 + weight, 1 - weight):
        total += side * np.log(np.where(side > 0, side, 1.0)) / 2
    return total
