"""The fit with the least absolute, quantile or Huber loss to several digits, by an interior-point method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.insight.best_fit import Cancelled, Stop
from core.insight.residual_losses import Knee, Pinball

Floats = NDArray[np.float64]

MOST_STEPS = 60
WITHIN = 0.9995  # of the way to the nearest bound
CLOSED = 1e-10  # per point: so little is missing where the weights are orthogonal
LIFT = 1e-14  # of the mean of a matrix's diagonal, where it is singular
SIDES = np.array([[1.0], [-1.0]])  # the upper and the lower bound


@dataclass
class _Place:
    """z `[R]`, the weights u `[N]`, their distances to the bounds and the prices of these, all above 0.

    Or a step from one such place to another.
    """

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


class InteriorPoint:
    """Mehrotra's predictor and corrector for the dual problem of a fit.

    That is the largest uᵀy - s |u|² / 2 with Qᵀu = -`others` and u between the bounds; s is the scale of
    Huber's loss, or 0, and `others` `[R]` the sum of the weights of other points, times their rows of Q
    (S. Portnoy and R. Koenker 1997, "The Gaussian Hare and the Laplacian Tortoise", section 4).
    """

    def __init__(self, columns: Floats, y: Floats, loss: Pinball | Knee, others: Floats) -> None:
        self._columns = columns
        self._y = y
        self._loss = loss
        self._others = others
        self._scale = loss.scale if isinstance(loss, Knee) else 0.0
        self._now = self._start()

    def solve(self, share: float, stop: Stop) -> tuple[Floats, Floats] | None:
        """z `[R]` and weights `[N]` whose gap is about that share of the loss; None where there are none.

        Raises Cancelled where `stop` says so.
        """
        for _step in range(MOST_STEPS):
            if stop():
                raise Cancelled
            residual = self._y - self._columns @ self._now.z
            missing = self._columns.T @ self._now.u + self._others
            gap = float(np.mean(self._now.rooms * self._now.prices)) * len(SIDES)
            closed = float(np.abs(missing).max(initial=0.0)) <= CLOSED * len(residual)
            if closed and gap <= share * self._loss.mean(residual):
                return self._now.z, self._now.u
            if not np.isfinite(gap):
                break
            self._advance(residual, missing)
        return None

    def _start(self) -> _Place:
        """At the least squares, with weights of 0."""
        z = self._columns.T @ self._y / len(self._y)
        residual = self._y - self._columns @ z
        u = np.zeros(len(residual))
        rooms = np.array((self._loss.high - u, u - self._loss.low))
        usual = float(np.mean(np.abs(residual))) or 1.0
        return _Place(z, u, rooms, np.maximum((residual, -residual), 0.0) + usual)

    def _advance(self, residual: Floats, missing: Floats) -> None:
        """One step: how far would one without a centre get, and then one that aims so near to the centre."""
        now, columns = self._now, self._columns
        width = 1 / (self._scale + (now.prices / now.rooms).sum(axis=0))
        matrix = columns.T @ (columns * width[:, None])
        matrix += LIFT * np.trace(matrix) / max(len(matrix), 1) * np.eye(len(matrix))

        def towards(aim: Floats | float) -> _Place:
            wanted = residual - self._scale * now.u - (SIDES * aim / now.rooms).sum(axis=0)
            z = np.linalg.solve(matrix, columns.T @ (width * wanted) + missing)
            u = width * (wanted - columns @ z)
            rooms = -SIDES * u
            return _Place(z, u, rooms, (aim - now.prices * rooms) / now.rooms - now.prices)

        centre = float(np.mean(now.rooms * now.prices))
        first = towards(0.0)
        reached = now.moved(first, *self._lengths(first, 1.0))
        aim = centre * (float(np.mean(reached.rooms * reached.prices)) / centre) ** 3
        step = towards(aim - first.rooms * first.prices)
        self._now = now.moved(step, *self._lengths(step, WITHIN))

    def _lengths(self, step: _Place, within: float) -> tuple[float, float]:
        """How long the steps of the weights and of the prices can be; with a scale they are coupled."""
        primal, dual = (
            min(1.0, within / max(float(np.max(-change / value)), within))
            for change, value in ((step.rooms, self._now.rooms), (step.prices, self._now.prices))
        )
        return (min(primal, dual),) * 2 if self._scale else (primal, dual)
