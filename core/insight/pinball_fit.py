"""The fit with the least mean absolute error, or of a quantile, by a linear programme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.insight.best_fit import BestFit, Cancelled, Stop, free_directions, orthogonal
from core.insight.interior_point import interior_point
from core.insight.residual_losses import Pinball

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FIRST_ROUND = 2_000  # points that decide at first; the others are taken to lie on their side of the fit
NEARLY = 1e-6  # of the loss: the gap where their sides are as good as known
MORE = 2  # times as many decide, where some of the others lie on the other side
FAR = 1e4  # times the typical residual: a point beyond is on its side for now
CERTAIN = 1e-13  # of the loss: a smaller gap is nothing but rounding
MOST_ROUNDS = 60
INSIDE = 1e-9  # of the range of the weights; nearer to a bound they are at it
MET = 1e-12  # standard deviations of y, and of the largest residual; nearer to a point, the fit meets it


def pinball_fit(columns: Floats, y: Floats, loss: Pinball, stop: Stop) -> BestFit:
    """The best fit in the space of `columns` Q `[N, R]`, QᵀQ = N, to y `[N]` of standard deviation 1.

    The dual problem, to find weights u between the slopes of the loss with Qᵀu = 0 and the largest uᵀy, is a
    linear programme (R. Koenker and G. Bassett 1978, "Regression Quantiles"), solved by HiGHS. Of many points
    only those near the fit decide; the weights of the others are the slopes of their side, and are certain
    where their residuals come out on that side (S. Portnoy and R. Koenker 1997, "The Gaussian Hare and the
    Laplacian Tortoise"). Each round begins at the residuals of the one before, so that points far away take
    no digits from the others. Ends where the gap to what no fit can beat vanishes. Raises Cancelled where
    `stop` says so.
    """
    most, best = FIRST_ROUND, np.inf
    place, weights = columns.T @ y / len(y), np.zeros(len(y))
    if len(y) > FIRST_ROUND:
        place, weights = interior_point(columns, y, loss, NEARLY, stop)
    kept = place
    for _round in range(MOST_ROUNDS):
        if stop():
            raise Cancelled
        residual = y - columns @ place
        step, dual = _round_of(columns, residual, loss, most)
        place = place + step
        residual = y - columns @ place
        gap = float(np.mean(loss.gap(residual, dual)))
        if gap < best:
            best, kept, weights = gap, place, dual
        elif most >= len(y):
            break
        if best <= CERTAIN * loss.mean(residual):
            break
        most *= MORE
    return BestFit(kept, weights, _free(columns, y - columns @ kept, weights, loss))


def _round_of(columns: Floats, residual: Floats, loss: Pinball, most: int) -> tuple[Floats, Floats]:
    """A step `[R]` that is best for the `most` points nearest to the fit, and the weights `[N]` of all.

    No step, and weights that certify nothing, where the others cannot all be on their side of any fit.
    """
    size = np.abs(residual)
    deciding = np.zeros(len(size), dtype=bool)
    deciding[np.argpartition(size, most - 1)[:most] if most < len(size) else slice(None)] = True
    typical = float(np.median(size[deciding])) or float(size[deciding].mean()) or 1.0
    if most < len(size) or size.max() > FAR * FAR * typical:
        deciding &= size <= FAR * typical
    weights = np.where(deciding, 0.0, loss.slope(residual))
    found = _programme(columns[deciding], residual[deciding] / typical, columns.T @ weights, loss)
    if found is None:
        return np.zeros(columns.shape[1]), np.zeros(len(size))
    step, weights[deciding] = typical * found[0], found[1]
    return _polished(columns, residual, step, weights, loss)


def _programme(
    columns: Floats, residual: Floats, others: Floats, loss: Pinball
) -> tuple[Floats, Floats] | None:
    """The step `[R]` and the weights `[n]` of the deciding points; None where there are none."""
    from scipy.optimize import linprog

    found = linprog(
        -residual,
        A_eq=columns.T,
        b_eq=-others,
        bounds=(loss.low, loss.high),
        method="highs-ds",
        options={"presolve": False},
    )
    if found.status != 0:
        return None
    return -np.asarray(found.eqlin.marginals), np.asarray(found.x)


def _polished(
    columns: Floats, residual: Floats, step: Floats, weights: Floats, loss: Pinball
) -> tuple[Floats, Floats]:
    """The same to all digits: the fit meets the points whose weights are inside the bounds."""
    inside = _inside(weights, loss)
    rows = columns[inside]
    if len(rows):
        step = step + np.linalg.lstsq(rows, residual[inside] - rows @ step, rcond=None)[0]
        weights = weights.copy()
        weights[inside] -= np.linalg.lstsq(rows.T, columns.T @ weights, rcond=None)[0]
    return step, orthogonal(columns, np.clip(weights, loss.low, loss.high), loss)


def _inside(weights: Floats, loss: Pinball) -> Mask:
    margin = INSIDE * (loss.high - loss.low)
    return np.asarray((weights > loss.low + margin) & (weights < loss.high - margin))


def _free(columns: Floats, residual: Floats, weights: Floats, loss: Pinball) -> int:
    """The directions in which no point that is not met changes its side."""
    inside = _inside(weights, loss)
    met = ~inside & (np.abs(residual) <= MET)
    outward = columns[met] * -np.sign(weights[met])[:, None]
    return free_directions(columns[inside], outward)
