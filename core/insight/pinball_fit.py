"""The fit with the least mean absolute error, or of a quantile, by a linear programme."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.insight.best_fit import BestFit, Cancelled, Stop, free_directions, orthogonal
from core.insight.interior_point import InteriorPoint
from core.insight.residual_losses import Pinball

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEW = 1_000  # points, for which the linear programme is solved as it is
MANY = 20_000  # points; of more, some of them lead near the fit
NEARLY = 1e-6  # of the loss: the gap at which the sides of most points are known
MORE = 2  # times as many decide, where some of the others lie on the other side
FAR = 1e4  # times the typical residual: a point beyond is taken to be on its side
CERTAIN = 1e-13  # of the loss: a smaller gap is nothing but rounding
SOME_ROUNDS, MOST_ROUNDS = 3, 6  # from a beginning that only some points led to, and from a better one
INSIDE = 1e-9  # of the range of the weights; nearer to a bound they are at it
CLEARLY = 1e-3  # of it: so far inside, a weight that is nearly right is not at a bound
MET = 1e-12  # of y, in standard deviations: a point so near to the fit is met by it


class PinballFit:
    """The best fit in the space of `columns` Q `[N, R]`, QᵀQ = N, to y `[N]` of standard deviation 1.

    The dual problem, to find weights u between the slopes of the loss with Qᵀu = 0 and the largest uᵀy, is a
    linear programme (R. Koenker and G. Bassett 1978, "Regression Quantiles"), solved by HiGHS. Of many points
    only those near the fit decide; the weights of the others are the slopes of their side, and that is right
    where their residuals come out on that side (S. Portnoy and R. Koenker 1997, "The Gaussian Hare and the
    Laplacian Tortoise"); so some of many points are found by an interior-point method on not so many.
    """

    def __init__(self, loss: Pinball, stop: Stop) -> None:
        self._loss = loss
        self._stop = stop

    def best(self, columns: Floats, y: Floats) -> BestFit:
        """The fit, with weights that prove it. Raises Cancelled where `stop` says so."""
        nothing = np.zeros(columns.shape[1]), np.zeros(len(y))
        place, weights = self._solve(columns, y, nothing[0]) or nothing
        weights = orthogonal(columns, weights, self._loss)
        return BestFit(place, weights, self._free(columns, y - columns @ place, weights, y))

    def _solve(self, columns: Floats, y: Floats, others: Floats) -> tuple[Floats, Floats] | None:
        """z `[R]` and weights `[n]` with Qᵀu = -others, round by round until the gap vanishes; None for none.

        Each round begins at the residuals of the one before, so that points far away take no digits from the
        others.
        """
        best, kept = np.inf, None
        for place, known, rounds in self._beginnings(columns, y, others):
            most, far = FEW if len(y) <= MANY else MANY, FAR
            for _round in range(rounds):
                residual = y - columns @ place
                found = self._round(columns, residual, known, others, most, far)
                if found is not None:
                    place, weights = place + found[0], found[1]
                    residual = y - columns @ place
                    gap = float(np.mean(self._loss.gap(residual, weights)))
                    if gap < best:
                        best, kept = gap, (place, weights)
                    if best <= CERTAIN * self._loss.mean(residual):
                        return kept
                elif rounds < MOST_ROUNDS:
                    break
                most, far = MORE * most, FAR * far
        return kept

    def _beginnings(self, columns: Floats, y: Floats, others: Floats) -> Iterator[tuple[Floats, Floats, int]]:
        """A z `[R]` to begin at, weights `[n]` as far as they are known there, and for how many rounds.

        The least squares of few points, nearly the best fit of more, and of very many that of some at first.
        """
        none = np.full(len(y), self._loss.high)  # at a bound, and so not known
        if len(y) <= FEW:
            least_squares: Floats = np.linalg.lstsq(columns, y, rcond=None)[0].astype(np.float64)
            yield least_squares, none, MOST_ROUNDS
            return
        every = -(-len(y) // MANY)
        if every > 1:
            some = columns[::every], y[::every], others / every
            found = InteriorPoint(some[0], some[1], self._loss, some[2]).solve(NEARLY, self._stop)
            if found is not None:
                yield found[0], none, SOME_ROUNDS
        found = InteriorPoint(columns, y, self._loss, others).solve(NEARLY, self._stop)
        if found is not None:
            yield *found, MOST_ROUNDS
        elif not others.any():
            yield columns.T @ y / len(y), none, MOST_ROUNDS

    def _round(
        self, columns: Floats, residual: Floats, known: Floats, others: Floats, most: int, far: float
    ) -> tuple[Floats, Floats] | None:
        """A step `[R]` that is best for the `most` points nearest to the fit, and the weights `[n]` of all.

        The other points keep weights that are `known` to be between the bounds, since the fit meets them.
        None where the rest cannot all be on their side of any fit.
        """
        if self._stop():
            raise Cancelled
        size = np.abs(residual)
        deciding = np.ones(len(size), dtype=bool)
        if most < len(size):
            # How far a residual is from another sign, if all places z near this one are equally likely.
            away = size / np.sqrt(np.einsum("nr,nr->n", columns, columns))
            deciding[np.argpartition(away, most)[most:]] = False
        typical = float(np.median(size[deciding])) or float(size.mean()) or 1.0
        deciding &= size <= far * typical
        kept = np.where(self._inside(known, CLEARLY), known, self._loss.slope(residual))
        weights = np.where(deciding, 0.0, kept)
        inner = columns[deciding], residual[deciding] / typical, others + columns.T @ weights
        count = len(inner[1])
        found = self._programme(*inner) if count <= FEW or count == len(size) else self._solve(*inner)
        if found is None:
            return None
        step, weights[deciding] = typical * found[0], found[1]
        return self._polished(columns, residual, step, weights, others)

    def _programme(self, columns: Floats, y: Floats, others: Floats) -> tuple[Floats, Floats] | None:
        """z `[R]` and weights `[n]` with Qᵀu = -others; None where there are none."""
        from scipy.optimize import linprog

        found = linprog(
            -y,
            A_eq=columns.T,
            b_eq=-others,
            bounds=(self._loss.low, self._loss.high),
            method="highs-ds",
            options={"presolve": False},
        )
        if found.status != 0:
            return None
        return -np.asarray(found.eqlin.marginals), np.asarray(found.x)

    def _polished(
        self, columns: Floats, residual: Floats, step: Floats, weights: Floats, others: Floats
    ) -> tuple[Floats, Floats]:
        """The same to all digits: the fit meets the points whose weights are inside the bounds."""
        inside = self._inside(weights)
        rows = columns[inside]
        if len(rows):
            step = step + np.linalg.lstsq(rows, residual[inside] - rows @ step, rcond=None)[0]
            missing = columns.T @ weights + others
            weights[inside] -= np.linalg.lstsq(rows.T, missing, rcond=None)[0]
        return step, np.clip(weights, self._loss.low, self._loss.high)

    def _inside(self, weights: Floats, share: float = INSIDE) -> Mask:
        margin = share * (self._loss.high - self._loss.low)
        return np.asarray((weights > self._loss.low + margin) & (weights < self._loss.high - margin))

    def _free(self, columns: Floats, residual: Floats, weights: Floats, y: Floats) -> int:
        """The directions in which no point that is not met changes its side."""
        inside = self._inside(weights)
        met = ~inside & (np.abs(residual) <= MET * (1 + np.abs(y)))
        outward = columns[met] * -np.sign(weights[met])[:, None]
        return free_directions(columns[inside], outward)
