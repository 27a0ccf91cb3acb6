"""The fit with the least absolute, quantile or Huber loss to several digits, by an interior-point method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.insight.best_fit import Cancelled, Stop, orthogonal
from core.insight.residual_losses import Knee, Pinball

Floats = NDArray[np.float64]

MOST_STEPS = 100
WITHIN = 0.9995  # of the way to the nearest bound
LIFT = 1e-14  # of the mean of a matrix's diagonal, where it is singular


@dataclass
class _Place:
    """z `[R]`, the weights u `[N]`, their distances to the bounds and the prices of these, all above 0."""

    z: Floats
    u: Floats
    rooms: Floats  # [2, N], to the upper and to the lower bound
    prices: Floats  # [2, N]

    def moved(self, step: _Place, primal: float, dual: float) -> _Place:
        return _Place(
            self.z + dual * step.z,
            self.u + primal * step.u,
            self.rooms + primal * step.rooms,
            self.prices + dual * step.prices,
        )


def interior_point(
    columns: Floats, y: Floats, loss: Pinball | Knee, share: float, stop: Stop
) -> tuple[Floats, Floats]:
    """z `[R]` and weights `[N]` whose gap is that share of the loss, or as small as it gets.

    Mehrotra's predictor and corrector for the dual problem, the largest uᵀy - s |u|² / 2 with Qᵀu = 0 and u
    between the bounds; s is the scale of Huber's loss, or 0 (S. Portnoy and R. Koenker 1997, "The Gaussian
    Hare and the Laplacian Tortoise", section 4). Raises Cancelled where `stop` says so.
    """
    scale = loss.scale if isinstance(loss, Knee) else 0.0
    now = _start(columns, y, loss)
    best, kept = np.inf, (now.z, now.u)
    for _step in range(MOST_STEPS):
        if stop():
            raise Cancelled
        residual = y - columns @ now.z
        weights = orthogonal(columns, now.u, loss)
        gap = float(np.mean(loss.gap(residual, weights)))
        if gap < best:
            best, kept = gap, (now.z, weights)
        if not best > share * loss.mean(residual) or not np.isfinite(gap):
            break
        now = _step_from(columns, residual, scale, now)
    return kept


def _start(columns: Floats, y: Floats, loss: Pinball | Knee) -> _Place:
    """At the least squares, with weights of 0."""
    z = columns.T @ y / len(y)
    residual = y - columns @ z
    u = np.zeros(len(y))
    rooms = np.array((loss.high - u, u - loss.low))
    usual = float(np.mean(np.abs(residual))) or 1.0
    return _Place(z, u, rooms, np.maximum((residual, -residual), 0.0) + usual)


def _step_from(columns: Floats, residual: Floats, scale: float, now: _Place) -> _Place:
    """One step: how far would one without a centre get, and then one that aims so near to the centre."""
    width = 1 / (scale + (now.prices / now.rooms).sum(axis=0))
    matrix = columns.T @ (columns * width[:, None])
    matrix += LIFT * np.trace(matrix) / max(len(matrix), 1) * np.eye(len(matrix))
    centre = float(np.mean(now.rooms * now.prices))

    def solved(aim: Floats | float) -> _Place:
        wanted = residual - scale * now.u - (aim / now.rooms * SIDES).sum(axis=0)
        z = np.linalg.solve(matrix, columns.T @ (width * wanted + now.u))
        u = width * (wanted - columns @ z)
        rooms = -SIDES * u
        return _Place(z, u, rooms, (aim - now.prices * rooms) / now.rooms - now.prices)

    first = solved(0.0)
    primal, dual = _lengths(now, first, scale, 1.0)
    reached = now.moved(first, primal, dual)
    aim = centre * (float(np.mean(reached.rooms * reached.prices)) / centre) ** 3
    step = solved(aim - first.rooms * first.prices)
    return now.moved(step, *_lengths(now, step, scale, WITHIN))


SIDES = np.array([[1.0], [-1.0]])  # the upper and the lower bound


def _lengths(now: _Place, step: _Place, scale: float, within: float) -> tuple[float, float]:
    """How long the steps of the weights and of the prices can be; with a scale they are coupled."""
    primal, dual = (
        min(1.0, within / max(float(np.max(-change / value)), 1e-300))
        for change, value in ((step.rooms, now.rooms), (step.prices, now.prices))
    )
    return (min(primal, dual),) * 2 if scale else (primal, dual)
