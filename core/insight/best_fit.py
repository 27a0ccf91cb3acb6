"""The fit with the least loss: ŷ = Q z for an orthonormal basis Q of what a model can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.insight.residual_losses import ResidualLoss
from core.insight.tall_qr import tall_qr, tall_triangle

Floats = NDArray[np.float64]
RISE = 1e-7  # of a direction's length: what rises less is the tolerance of the linear programme

Stop = Callable[[], bool]


class Cancelled(Exception):
    """Nobody wants the fit any more."""


class BestFit(NamedTuple):
    """`place` z `[R]`; `weights` `[N]` that are orthogonal to Q and as good as φ'(r), which certify it.

    `free` is the number of directions in which z may go, at least a little way, at the same loss.
    """

    place: Floats
    weights: Floats
    free: int


class Basis:
    """Columns Q `[N, R]` with QᵀQ = N that span the columns of `design` `[N, P]`, R of them independent."""

    def __init__(self, design: Floats) -> None:
        orthonormal, triangle = tall_qr(design)
        left, sizes, right = np.linalg.svd(triangle)
        least = float(np.finfo(np.float64).eps) * max(design.shape) * float(sizes.max(initial=0.0))
        self.rank = int(np.sum(sizes > least))
        self._stretch = np.sqrt(len(design))
        self.columns: Floats = orthonormal @ left[:, : self.rank] * self._stretch
        self._back = right[: self.rank].T / sizes[: self.rank]

    def solution(self, place: Floats) -> Floats:
        """The shortest x `[P]` with design x = Q z."""
        solution: Floats = self._back @ (place * self._stretch)
        return solution


def orthogonal(columns: Floats, weights: Floats, loss: ResidualLoss) -> Floats:
    """The weights nearest to `weights` that are orthogonal to Q, shrunk into the bounds of `loss`."""
    weights = weights - columns @ (columns.T @ weights) / len(columns)
    beyond = max(float(weights.max(initial=0.0)) / loss.high, float(weights.min(initial=0.0)) / loss.low, 1.0)
    return weights / beyond


def free_directions(held: Floats, one_sided: Floats) -> int:
    """The dimension of the cone of directions d `[R]` with held d = 0 and one_sided d >= 0.

    `held` and `one_sided` are `[n, R]`. A linear programme finds which of the latter can rise above 0 at all.
    """
    flat = _null_space(held)
    free = int(flat.shape[1])
    if not free or not len(one_sided):
        return free
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, hstack

    rows = one_sided @ flat
    count = len(rows)
    found = linprog(
        np.concatenate((np.zeros(free), -np.ones(count))),
        A_ub=hstack((-rows, eye_array(count))),
        b_ub=np.zeros(count),
        bounds=[(-1.0, 1.0)] * free + [(0.0, 1.0)] * count,
        method="highs-ds",
    )
    rises = found.x[free:] if found.status == 0 else np.zeros(count)
    return int(_null_space(rows[rises <= RISE]).shape[1])


def _null_space(rows: Floats) -> Floats:
    """Orthonormal directions `[R, k]` that `rows` `[n, R]` do not see."""
    width = rows.shape[1]
    if not len(rows):
        return np.eye(width)
    _left, sizes, right = np.linalg.svd(tall_triangle(rows))
    least = float(np.finfo(np.float64).eps) * max(rows.shape) * float(sizes.max(initial=0.0))
    return np.asarray(right[int(np.sum(sizes > least)) :].T, dtype=np.float64)
