"""Numbers as people read them."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.insight.measures import r_squared
from core.insight.numbers import MINUS, significant, superscript, typed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2.31, "2.310"),
        (-0.42, "−0.4200"),
        (0.0, "0.000"),
        (1.0, "1.000"),
        (10.0, "10.00"),
        (1234.0, "1234"),
        (12345.0, "12345"),
        (61320000.0, "6.132×10⁷"),
        (0.0001234, "0.0001234"),
        (0.00001234, "1.234×10⁻⁵"),
        (-1e-12, "−1.000×10⁻¹²"),
        (9.99999, "10.00"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_a_number_has_four_significant_digits(value: float, shown: str) -> None:
    assert significant(value) == shown


@given(st.floats(-1e300, 1e300), st.integers(2, 8))
def test_what_is_shown_is_the_number_rounded(value: float, digits: int) -> None:
    assume(abs(value) > 1e-300)
    mantissa, _times, power = significant(value, digits).replace(MINUS, "-").partition("×10")
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or 0)
    assert float(f"{mantissa}e{exponent}") == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))


def test_a_power_is_written_small() -> None:
    assert superscript(-1207) == "⁻¹²⁰⁷"


def test_r_squared_is_the_squared_correlation_of_a_least_squares_line() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(0, 1, 50)
    y = 2 * x + rng.normal(0, 1, 50)
    w, b = np.polyfit(x, y, 1)
    predicted = w * x + b
    assert r_squared(y, predicted) == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def test_r_squared_of_the_mean_is_0_and_of_something_worse_is_below() -> None:
    y = np.array([1.0, 2.0, 3.0])
    assert r_squared(y, np.full(3, 2.0)) == pytest.approx(0)
    assert r_squared(y, np.full(3, 9.0)) == pytest.approx(1 - 149 / 2)


def test_r_squared_is_left_out_where_it_means_nothing() -> None:
    assert r_squared(np.empty(0), np.empty(0)) is None
    assert r_squared(np.array([1.0]), np.array([1.0])) is None
    assert r_squared(np.array([2.0, 2.0]), np.array([1.0, 3.0])) is None
    assert r_squared(np.array([1.0, 2.0]), np.array([math.inf, 2.0])) is None
    assert r_squared(np.array([1.0, 2.0]), np.array([1e200, 2.0])) is None


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (8.1e-7, None, "8.1e-7"),
        (1e-300, None, "1e-300"),
        (0.01, None, "0.01"),
        (3.0, None, "3"),
        (1e16, None, "1e16"),
        (8.123456e-7, 2, "8.1e-7"),
        (0.0123456, 4, "0.01235"),
    ],
)
def test_a_number_is_written_as_people_type_it(value: float, digits: int | None, text: str) -> None:
    assert typed(value, digits) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_typed_is_read_back(value: float) -> None:
    assert float(typed(value)) == value
