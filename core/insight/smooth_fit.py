"""The fit with the least Huber, smooth L1 or log-cosh loss, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.insight.best_fit import BestFit, Cancelled, Stop, free_directions, orthogonal
from core.insight.interior_point import InteriorPoint
from core.insight.pinball_fit import PinballFit
from core.insight.residual_losses import Knee, Pinball, SmoothLoss

Floats = NDArray[np.float64]

MANY = 20_000  # points; of more, some of them lead near the fit
COARSE, FINE = 1e-9, 1e-15  # of the loss: the gap at which Newton's method begins, and where it ends
SHARP = 1e-6  # standard deviations of y: below it a scale hardly differs from none
MOST_STEPS = 60  # of Newton's method
MOST_TRIES = 60  # along one line
LEVEL = 0.01  # of the slope at the beginning of a line: where it is level
FLAT = 1e-12  # of the mean bend: a direction below it counts as flat
LEAST = 1e-13  # standard deviations of y; a finer scale is nothing but rounding
AT_BOUND = 1e-9  # of a weight, and of the scale


def smooth_fit(columns: Floats, y: Floats, loss: SmoothLoss, stop: Stop) -> BestFit:
    """The best fit in the space of `columns` Q `[N, R]`, QᵀQ = N, to y `[N]` of standard deviation 1.

    An interior-point method leads near the best Huber loss of this scale, for some of the points where they
    are many, and Newton's method, with an exact line search, does the rest. From a very small scale to none
    at all it is but a step, and none at all is an exact matter. Raises Cancelled where `stop` says so.
    """
    loss = loss.with_scale(max(loss.scale, LEAST))
    place, weights = _beginning(columns, y, loss, stop)
    place, weights = _descend(columns, y, loss, place, weights, stop)
    return BestFit(place, weights, _free(columns, y - columns @ place, weights, loss))


def _beginning(columns: Floats, y: Floats, loss: SmoothLoss, stop: Stop) -> tuple[Floats, Floats]:
    """z `[R]` near the best fit, and weights `[N]` that certify as much as is known."""
    if loss.scale < SHARP:
        found = PinballFit(Pinball(loss.low, loss.high), stop).best(columns, y)
        return found.place, found.weights
    some = slice(None, None, -(-len(y) // MANY))
    inner = InteriorPoint(columns[some], y[some], Knee(loss.scale), np.zeros(columns.shape[1]))
    place, _weights = inner.solve(COARSE, stop) or (columns.T @ y / len(y), None)
    return place, np.zeros(len(y))


def _descend(
    columns: Floats, y: Floats, loss: SmoothLoss, place: Floats, weights: Floats, stop: Stop
) -> tuple[Floats, Floats]:
    """z `[R]` and weights `[N]` by Newton's method from `place`, until the gap is nothing but rounding."""
    best, kept = float(np.mean(loss.gap(y - columns @ place, weights))), place
    for _step in range(MOST_STEPS):
        if stop():
            raise Cancelled
        residual = y - columns @ place
        slope = loss.slope(residual)
        dual = orthogonal(columns, slope, loss)
        gap = float(np.mean(loss.gap(residual, dual)))
        if gap < best:
            best, kept, weights = gap, place, dual
        if best <= FINE * loss.mean(residual):
            break
        direction = _direction(columns, residual, slope, loss)
        place = place + _length(residual, columns @ direction, loss) * direction
    return kept, weights


def _direction(columns: Floats, residual: Floats, slope: Floats, loss: SmoothLoss) -> Floats:
    """Newton's step `[R]`; along flat directions a long one."""
    bend = loss.bend(residual)
    hessian = columns.T @ (columns * bend[:, None]) / len(columns)
    lift = FLAT * max(float(np.trace(hessian)), FLAT)
    pull = loss.scale * (columns.T @ slope) / len(columns)
    return np.asarray(np.linalg.solve(hessian + lift * np.eye(len(hessian)), pull), dtype=np.float64)


def _length(residual: Floats, change: Floats, loss: SmoothLoss) -> float:
    """The length at which the loss of residual - length change is least: a root of its slope, by Illinois."""

    def slope(length: float) -> float:
        return -float(np.mean(loss.slope(residual - length * change) * change))

    low, at_low = 0.0, slope(0.0)
    start, high = at_low, 1.0
    at_high = slope(high)
    for _try in range(MOST_TRIES):
        if at_high >= 0 or abs(at_high) <= LEVEL * abs(start):
            break
        low, at_low, high = high, at_high, 2 * high
        at_high = slope(high)
    for _try in range(MOST_TRIES):
        if abs(at_high) <= LEVEL * abs(start) or at_high <= at_low:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        value = slope(middle)
        if value * at_high <= 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = middle, value
    return high


def _free(columns: Floats, residual: Floats, weights: Floats, loss: SmoothLoss) -> int:
    """The directions in which no residual leaves the part where the loss is straight."""
    if not isinstance(loss, Knee):
        return 0  # strictly convex
    inside = np.abs(weights) < 1 - AT_BOUND
    at_knee = ~inside & (np.abs(residual) <= (1 + AT_BOUND) * loss.scale)
    outward = columns[at_knee] * -np.sign(residual[at_knee])[:, None]
    return free_directions(columns[inside], outward)
