"""How data are shifted and scaled for training, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
beyond = np.errstate(over="ignore")


@dataclass(frozen=True, eq=False)
class Scaling:
    """x' = (x - x_mean) / x_scale per feature, y' = (y - y_mean) / y_scale; in data units.

    What is too large for a number on one of the sides is infinite there.
    """

    x_mean: Floats
    x_scale: Floats
    y_mean: float
    y_scale: float

    @beyond
    def x_in(self, x: Floats) -> Floats:
        """x `[N, F]` as training sees it."""
        return (x - self.x_mean) / self.x_scale

    @beyond
    def y_in(self, y: Floats) -> Floats:
        """y `[N]` as training sees it."""
        return (y - self.y_mean) / self.y_scale

    @beyond
    def y_out(self, y: Floats) -> Floats:
        """What a model trained on scaled data predicts, in the units of the data."""
        return y * self.y_scale + self.y_mean

    def changes_nothing(self) -> bool:
        """Whether training sees the data as they are."""
        is_plain = self.y_mean == 0 and self.y_scale == 1
        return is_plain and bool(np.all(self.x_mean == 0) and np.all(self.x_scale == 1))

    def inverse(self) -> Scaling:
        """The scaling that takes back what this one does."""
        return Scaling(
            -self.x_mean / self.x_scale, 1 / self.x_scale, -self.y_mean / self.y_scale, 1 / self.y_scale
        )

    def seen_from(self, mean: Floats, scale: float) -> Scaling:
        """The scaling of u = (x - mean) / scale that leads to the same numbers as this one of x."""
        return replace(self, x_mean=(self.x_mean - mean) / scale, x_scale=self.x_scale / scale)


def no_scaling(features: int) -> Scaling:
    """The scaling that changes nothing, for `features` columns of x."""
    return Scaling(np.zeros(features), np.ones(features), 0.0, 1.0)


def standard_scaling(x: Floats, y: Floats) -> Scaling:
    """The scaling to mean 0 and standard deviation 1 of the population; x `[N, F]`, y `[N]`.

    A constant column keeps its scale.
    """
    x_stats = [_mean_and_deviation(column) for column in x.T]
    y_mean, y_scale = _mean_and_deviation(y)
    return Scaling(
        np.array([mean for mean, _scale in x_stats]),
        np.array([scale for _mean, scale in x_stats]),
        y_mean,
        y_scale,
    )


def _mean_and_deviation(values: Floats) -> tuple[float, float]:
    """Mean and standard deviation; in units of the largest value, lest squares of 1e300 overflow."""
    largest = float(np.abs(values).max(initial=0.0)) or 1.0
    small = values / largest
    mean = float(small.mean()) if len(values) else 0.0
    deviation = float(np.sqrt(np.mean((small - mean) ** 2))) if len(values) else 0.0
    if deviation <= 4 * np.finfo(np.float64).eps * abs(mean):
        return mean * largest, 1.0
    return mean * largest, deviation * largest
