"""Where the ticks of an axis are, and what they say."""

import math

import numpy as np

from gui.plots.range_keeper import nice_step

Ticks = list[tuple[float, str]]  # positions on the axis and their labels

PLAIN = range(-4, 6)  # decimal exponents that read well without a power of ten
DECADE = (1.0, 2.0, 5.0)
GROUPED = 10_000  # an axis that comes so far sets thousands apart; below are also years
NARROW = 0.7  # decades; a logarithmic axis shorter than this has ticks at equal distances
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def linear_ticks(low: float, high: float, most: int) -> Ticks:
    """At most `most` + 1 ticks at rounded distances."""
    step = nice_step((high - low) / max(most, 1))
    first, last = math.ceil(low / step), math.floor(high / step)
    values = [index * step for index in range(first, min(last, first + most) + 1)]
    farthest = max(abs(low), abs(high))
    plain = _exponent(farthest) in PLAIN and _exponent(step) in PLAIN
    return [(value, number(value, step, plain, grouped=farthest >= GROUPED)) for value in values]


def log_ticks(low: float, high: float, most: int) -> Ticks:
    """Ticks for an axis of log10(value), labelled with the value; `low` and `high` are logarithms."""
    if high - low < NARROW:
        ticks = linear_ticks(10.0**low, 10.0**high, most)
        return [(math.log10(float(value)), text) for value, text in ticks if value > 0]
    stride = max(1, math.ceil((high - low) / max(most, 1)))
    exponents = range(math.floor(low / stride) * stride, math.ceil(high) + 1, stride)
    in_decade = DECADE if (high - low) * len(DECADE) <= most else DECADE[:1]
    plain = all(exponent in PLAIN for exponent in (math.floor(low), math.ceil(high)))
    ticks = [
        (exponent + math.log10(mantissa), _power(mantissa, exponent, plain))
        for exponent in exponents
        for mantissa in in_decade
    ]
    return [tick for tick in ticks if low <= tick[0] <= high]


def log_hairlines(low: float, high: float) -> list[float]:
    """The positions of 2, 3 … 9 in each decade, as logarithms; none where they would crowd."""
    if not NARROW <= high - low <= 5:
        return []
    decades = np.arange(math.floor(low), math.ceil(high))
    lines = (decades[:, None] + np.log10(np.arange(2, 10))).ravel()
    return [float(line) for line in lines if low <= line <= high]


def number(value: float, step: float, plain: bool = True, grouped: bool = False) -> str:
    """`value` with the digits that `step` tells apart: 1250 or 0.05, or 1.25·10⁻⁷ when not `plain`."""
    if value == 0:
        return "0"
    if plain:
        grouping = "," if grouped else ""
        return f"{value:{grouping}.{max(0, -_exponent(step))}f}".replace("-", "−")
    digits = max(0, _exponent(value) - _exponent(step))
    mantissa, exponent = f"{value:.{min(digits, 15)}e}".split("e")
    return f"{mantissa}·10{_superscript(int(exponent))}".replace("-", "−")


def _power(mantissa: float, exponent: int, plain: bool) -> str:
    """mantissa · 10^exponent as text."""
    if plain:
        value = mantissa * 10.0**exponent
        return number(value, 10.0**exponent, grouped=value >= GROUPED)
    power = f"10{_superscript(exponent)}"
    return power if mantissa == 1 else f"{mantissa:g}·{power}"


def _superscript(exponent: int) -> str:
    return str(exponent).translate(SUPERSCRIPTS)


def _exponent(value: float) -> int:
    """The decimal exponent of `value`, forgiving the last bit of a rounded step."""
    return math.floor(math.log10(abs(value)) + 1e-9) if value else 0
