"""The decomposition in pieces, against that of numpy, and how much of it keeps other threads waiting."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight import tall_qr
from core.insight.theory import theory

Floats = NDArray[np.float64]
ROWS = tall_qr.NUMBERS // 4  # of a piece with four columns


@pytest.mark.parametrize(
    "shape", [(0, 3), (2, 4), (50, 1), (ROWS, 4), (ROWS + 1, 4), (3 * ROWS + 2, 4)], ids=str
)
def test_it_is_the_decomposition_of_numpy_however_many_pieces_it_takes(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).normal(size=shape) * 10.0 ** np.arange(shape[1])
    columns, triangle = tall_qr.tall_qr(matrix)
    expected = np.linalg.qr(matrix)
    signs = np.sign(np.sum(columns * expected.Q, axis=0))  # each column may point the other way
    np.testing.assert_allclose(columns * signs, expected.Q, atol=1e-12)
    np.testing.assert_allclose(triangle * signs[:, None], expected.R, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(columns.T @ columns, np.eye(len(triangle)), atol=1e-12)
    np.testing.assert_allclose(
        np.abs(tall_qr.tall_triangle(matrix)), np.abs(expected.R), rtol=1e-9, atol=1e-9
    )


def test_the_theory_of_many_points_takes_no_large_piece_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as numpy is at a piece, no other thread moves, and neither does the window."""
    whole, largest = np.linalg.qr, 0

    def noted(matrix: Floats, mode: str = "reduced") -> object:
        nonlocal largest
        largest = max(largest, matrix.size)
        return whole(matrix, mode)  # type: ignore[call-overload]

    x = np.linspace(-1, 1, 200_000)
    monkeypatch.setattr(np.linalg, "qr", noted)
    found = theory(Points(x, x**2), Settings(model="polynomial").with_option("polynomial.degree", 5))
    assert found.optimum is not None
    assert 0 < largest <= 2 * tall_qr.NUMBERS
