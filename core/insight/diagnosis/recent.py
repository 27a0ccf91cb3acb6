"""The newest part of a series of losses: whether it falls, rises, swings or stands still, and how fast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.training.history import Series

Floats = NDArray[np.float64]

WINDOW = 201  # numbers of the series, and so 200 steps between them; what came before is past
SWING = 1.01  # a loss that turns by less than this factor does not swing
SMALLEST = 1e-300  # so that nothing takes the logarithm of 0


@dataclass(frozen=True, eq=False)
class Recent:
    """The last numbers of a series, `[m]`, each the least and the greatest of `stride` steps; all finite."""

    low: Floats
    high: Floats
    stride: int

    @property
    def steps(self) -> int:
        """How many steps lie between the first number and the last."""
        return max(len(self.low) - 1, 0) * self.stride

    @property
    def first(self) -> float:
        """The oldest loss."""
        return float(self.high[0])

    @property
    def newest(self) -> float:
        """The newest loss."""
        return float(self.low[-1])

    def newest_or(self, other: float) -> float:
        """The newest loss, or, where there is none, `other`."""
        return self.newest if len(self.low) else other

    @cached_property
    def rises(self) -> int:
        """How many numbers at the end are each greater than the one before."""
        falls = np.flatnonzero(np.diff(self.high) <= 0)
        return len(self.high) - 1 - (int(falls[-1]) + 1 if len(falls) else 0)

    @cached_property
    def swings(self) -> int:
        """How many times the loss has risen again after it fell."""
        rises = self.high[1:] > SWING * self.low[:-1]
        falls = self.low[1:] < self.high[:-1] / SWING
        if self.stride > 1:
            return int(np.count_nonzero(rises & falls))
        moves = np.where(rises, 1, np.where(falls, -1, 0))
        moves = moves[moves != 0]
        return int(np.count_nonzero((moves[1:] == 1) & (moves[:-1] == -1)))

    @cached_property
    def swing(self) -> float:
        """The factor by which the loss rises again, on average over its swings."""
        with np.errstate(over="ignore", divide="ignore"):
            jumps = self.high[1:] / np.maximum(self.low[:-1], SMALLEST)
        jumps = jumps[jumps > SWING]
        return float(np.exp(np.log(np.minimum(jumps, 1 / SMALLEST)).mean())) if len(jumps) else 1.0

    @cached_property
    def pace(self) -> tuple[float, float]:
        """The slope of the logarithm of the loss a step, and what is left over: (slope, scatter).

        By least squares; the scatter is the standard deviation of the logarithm about the line.
        """
        if len(self.low) < 2:
            return 0.0, 0.0
        logs = np.log(np.maximum(np.sqrt(self.low) * np.sqrt(self.high), SMALLEST))
        steps = np.arange(len(logs)) - (len(logs) - 1) / 2
        slope = float(steps @ logs / (steps @ steps))
        left = logs - logs.mean() - slope * steps
        return slope / self.stride, float(np.sqrt(np.mean(left**2)))

    @property
    def change(self) -> float:
        """What the logarithm of the loss changes over the whole, along the line through it."""
        return self.pace[0] * self.steps

    @property
    def halving(self) -> float:
        """How many steps the loss takes to halve at this pace; infinite where it does not fall."""
        slope = self.pace[0]
        return math.log(2) / -slope if slope < 0 else math.inf

    def falls(self, sureness: float = 4.0) -> bool:
        """Whether the loss falls by more than chance would have it, `sureness` standard errors."""
        slope, scatter = self.pace
        error = scatter / math.sqrt(max(len(self.low), 1) / 12) / max(self.steps, 1)
        return slope < -sureness * error

    def above(self, floor: float) -> Recent:
        """What the losses lie above `floor`, where they do; the distance to the least that is possible."""
        return Recent(
            np.maximum(self.low - floor, SMALLEST), np.maximum(self.high - floor, SMALLEST), self.stride
        )

    def newest_part(self, count: int) -> Recent:
        """The last `count` numbers."""
        return Recent(self.low[-count:], self.high[-count:], self.stride)


def recent(series: Series, step: int, window: int = WINDOW, since: int = 0) -> Recent:
    """The newest numbers of `series` about the steps behind `since` up to `step`, if they are finite."""
    part, first = series.upto(max(step, 0)), -(-since // series.stride)
    low, high = part.low[first:][-window:], part.high[first:][-window:]
    kept = np.isfinite(low) & np.isfinite(high)
    return Recent(low[kept], high[kept], part.stride)
