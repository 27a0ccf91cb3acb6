"""Numbers as people read them: a few significant digits, always of the same width."""

import math

DIGITS = 4
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
    if value == 0:
        return f"{0:.{digits - 1}f}"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if -4 <= exponent <= digits:
        shown = f"{value:.{max(0, digits - 1 - exponent)}f}"
    else:
        shown = f"{mantissa}×10{superscript(exponent)}"
    return shown.replace("-", MINUS)
