"""The QR decomposition of a matrix with many rows, in pieces, between which other threads may run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NUMBERS = 2**15  # in a piece: about a millisecond, in which np.linalg.qr lets no other thread of Python run
LEAST_SHAPE = 8  # rows of a piece for each of its columns, or there would be little left to do for each


def tall_qr(matrix: Floats) -> tuple[Floats, Floats]:
    """Q `[N, K]` with orthonormal columns, and the upper triangle R `[K, P]`, of a `matrix` `[N, P]`.

    K is the smaller of N and P. The triangles of the pieces are decomposed once more: J. Demmel, L. Grigori,
    M. Hoemmen and J. Langou 2012, "Communication-optimal parallel and sequential QR and LU factorizations".
    """
    parts = [np.linalg.qr(piece) for piece in _pieces(matrix)]
    if len(parts) == 1:
        return parts[0].Q, parts[0].R
    turn, triangle = np.linalg.qr(np.concatenate([part.R for part in parts]))
    ends = np.cumsum([len(part.R) for part in parts])[:-1]
    turned = (part.Q @ own for part, own in zip(parts, np.split(turn, ends), strict=True))
    return np.concatenate(list(turned)), triangle


def tall_triangle(matrix: Floats) -> Floats:
    """R alone of tall_qr, which takes half the time."""
    parts = [np.asarray(np.linalg.qr(piece, mode="r"), dtype=np.float64) for piece in _pieces(matrix)]
    return parts[0] if len(parts) == 1 else tall_triangle(np.concatenate(parts))


def _pieces(matrix: Floats) -> Iterator[Floats]:
    """The rows of `matrix`, so many at a time; of a small one all."""
    columns = max(1, matrix.shape[1])
    rows = max(NUMBERS // columns, LEAST_SHAPE * columns)
    for start in range(0, max(1, len(matrix)), rows):
        yield matrix[start : start + rows]
