"""Numbers as people read them: a few significant digits, always of the same width."""

import math
from decimal import Decimal

DIGITS = 4
ENOUGH = 17  # digits, with which every float64 is told from every other
SHORT = 7  # characters, which are read as they are
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MINUS = "−"


def superscript(number: int) -> str:
    """`number` as a power is written."""
    return str(number).translate(SUPERSCRIPTS)


def typed(value: float, digits: int | None = None) -> str:
    """`value` as people type it: 0.01, 8.1e-7; with so many `digits`, or as many as reading it back takes."""
    text = repr(float(value)).removesuffix(".0") if digits is None else f"{value:.{digits}g}"
    mantissa, mark, power = text.partition("e")
    return mantissa + (f"e{int(power)}" if mark else "")


def significant(value: float, digits: int = DIGITS) -> str:
    """`value` with `digits` significant digits, trailing zeros kept: 2.310, 0.4200, 6.132×10⁷."""
    if not math.isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞" if value < 0 else "–"
    shown, power = _decimal(value, digits)
    return (f"{shown}×10{superscript(power)}" if power else shown).replace("-", MINUS)


def rounded(value: float, digits: int = DIGITS) -> float:
    """The number that `significant` shows for `value`; what is not finite stays as it is."""
    if not math.isfinite(value):
        return value
    shown, power = _decimal(value, digits)
    return float(f"{shown}e{power}")


def in_full(value: float) -> str:
    """`value`, finite, in as many digits as lead back to it, as short as that goes."""
    digits = next((count for count in range(1, ENOUGH) if rounded(value, count) == value), ENOUGH)
    plain = f"{Decimal(repr(float(value))):f}".removesuffix(".0").replace("-", MINUS)
    return plain if len(plain) <= SHORT else min(plain, significant(value, digits), key=len)


def _decimal(value: float, digits: int) -> tuple[str, int]:
    """`value` in digits, and the power of ten that stands behind them; 0 for none."""
    if value == 0:
        return f"{0:.{digits - 1}f}", 0
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if -4 <= exponent <= digits:
        return f"{value:.{max(0, digits - 1 - exponent)}f}", 0
    return mantissa, exponent


def told_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers in as few significant digits as tell them apart, where they are not the same."""
    texts = significant(one), significant(other)
    for digits in range(DIGITS + 1, ENOUGH + 1):
        if one == other or texts[0] != texts[1]:
            break
        texts = significant(one, digits), significant(other, digits)
    return texts
