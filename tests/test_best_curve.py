"""The dashed curve of comparison, against numpy's own fits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.best_curve import best_curve

Floats = NDArray[np.float64]

AT = np.linspace(-3.0, 7.0, 40)
POINTS = Points(np.linspace(-2, 5, 30), np.cos(np.linspace(-2, 5, 30)) * 3 + 10)
LINE = Settings()


def curve(points: Points, settings: Settings = LINE, at: Floats = AT) -> Floats:
    """y of the least squares at `at`."""
    found = best_curve(points, settings)
    assert found is not None
    return found(at)


@pytest.mark.parametrize("model", ["line", "mlp"])
def test_a_line_is_that_of_polyfit_and_a_network_is_compared_with_it_too(model: str) -> None:
    expected = np.polyval(np.polyfit(POINTS.x[:, 0], POINTS.y, 1), AT)
    np.testing.assert_allclose(curve(POINTS, Settings(model=model)), expected, rtol=1e-9)


@pytest.mark.parametrize("degree", [1, 2, 3, 6, 9])
def test_a_polynomial_is_that_of_polyfit(degree: int) -> None:
    settings = Settings(model="polynomial", options={"polynomial.degree": degree})
    expected = np.polyval(np.polyfit(POINTS.x[:, 0], POINTS.y, degree), AT)
    np.testing.assert_allclose(curve(POINTS, settings), expected, rtol=1e-6)


def test_years_and_large_numbers_lose_no_digits() -> None:
    x = np.arange(1900.0, 2000.0)
    far = Points(x, 3e8 + 2e5 * (x - 1950))
    np.testing.assert_allclose(curve(far, at=x), far.y, rtol=1e-12)


@given(arrays(np.float64, (2, 12), elements=st.floats(-100, 100)))
def test_no_other_line_is_nearer(values: Floats) -> None:
    x, y = values
    found = best_curve(Points(x, y), LINE)
    if found is None:
        assert np.ptp(x) < 1e-9
        return
    residuals = y - found(x)
    best = np.sum(residuals**2)
    for w, b in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        assert best <= np.sum((residuals - w * x - b) ** 2) + 1e-6


def test_a_polynomial_through_fewer_points_than_it_has_powers_meets_them_all() -> None:
    points = Points([0.0, 1.0, 3.0], [1.0, 0.0, 5.0])
    settings = Settings(model="polynomial", options={"polynomial.degree": 8})
    np.testing.assert_allclose(curve(points, settings, points.x[:, 0]), points.y, atol=1e-9)


@pytest.mark.parametrize(
    "points",
    [
        Points(),
        Points([1.0], [2.0]),
        Points([3.0, 3.0, 3.0], [1.0, 2.0, 3.0]),
        Points([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0]),
    ],
)
def test_where_no_line_is_the_best_there_is_none(points: Points) -> None:
    assert best_curve(points, LINE) is None


@pytest.mark.parametrize("size", [1e-300, 1e-20, 1e20, 1e150, 1e300])
def test_no_size_of_numbers_is_too_much(size: float) -> None:
    points = Points(np.array([0.0, 1.0, 2.0]) * size, np.array([1.0, 3.0, 5.0]) * size)
    np.testing.assert_allclose(curve(points, at=points.x[:, 0]), points.y, rtol=1e-9)
