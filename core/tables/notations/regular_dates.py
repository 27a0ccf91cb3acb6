"""Dates and times whose digits stand in the same places in every cell, read all at once; they are usual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Floats
from core.experiment.time_scale import DAY
from core.tables.cells import Cell

Numbers = NDArray[np.int64]

_TIME = r"(?P<hour>00):(?P<minute>00)(?::(?P<second>00)(?:[.,](?P<fraction>0{1,9}))?)?"
_SHAPE = re.compile(  # every digit as 0
    r"(?:(?P<year>0000)(?P<mark>[-/.])(?P<month>00)(?P=mark)(?P<day>00)"
    r"|(?P<day_2>00)\.(?P<month_2>00)\.(?P<year_2>0000)"
    r"|(?P<one>00)(?P<mark_3>[-/])(?P<two>00)(?P=mark_3)(?P<last>0000))"
    rf"(?:[T ]{_TIME})?"
)
_CLOCK_SHAPE = re.compile(r"(?P<hour>00):(?P<minute>00):(?P<second>00)(?:[.,](?P<fraction>0{1,9}))?")
_CERTAIN = ("year", "month", "day"), ("year_2", "month_2", "day_2")
_NAMES = {
    "dmy": (*_CERTAIN, ("last", "two", "one")),
    "mdy": (*_CERTAIN, ("last", "one", "two")),
    "ymd": _CERTAIN,
}
_DIGIT = re.compile(r"\d")
_ZERO = ord("0")
_DIGITS = 9  # of a fraction of a second
_EPOCH = date(1970, 1, 1).toordinal()


def regular_moments(cells: Sequence[Cell], order: str, zero: int) -> Floats | None:
    """The seconds `[N]` since midnight of the day `zero`, NaN where a cell is None.

    None where not all cells are alike, or one is no date: then each has to be looked at.
    """
    found = _fields(cells, _SHAPE)
    parts, missing = found if found is not None else ({}, np.empty(0, dtype=np.bool_))
    names = next((names for names in _NAMES[order] if names[0] in parts), None)
    if names is None:
        return None
    year, month, day = (parts[name] for name in names)
    if not _within(year, 1, 9999) or not _within(month, 1, 12) or not _within(day, 1, 31):
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    clock = _clock(parts, most_hours=23)
    if clock is None or (days.astype("datetime64[M]") != months).any():
        return None
    values = (days.astype(np.int64) + (_EPOCH - zero)) * DAY + clock
    values[missing] = np.nan
    return values


def regular_clocks(cells: Sequence[Cell]) -> Floats | None:
    """The seconds `[N]` of times or durations below 100 hours, NaN where a cell is None; None as above."""
    found = _fields(cells, _CLOCK_SHAPE)
    if found is None:
        return None
    values = _clock(found[0], most_hours=99)
    if values is not None:
        values[found[1]] = np.nan
    return values


def _fields(
    cells: Sequence[Cell], shape: re.Pattern[str]
) -> tuple[dict[str, Numbers], NDArray[np.bool_]] | None:
    """The numbers in each named place of a shape, and which cells are None; None where they have another."""
    missing = np.array([cell is None for cell in cells], dtype=np.bool_)
    first = next((cell for cell in cells if cell is not None), None)
    if not isinstance(first, str) or not first.isascii():
        return None
    places = shape.fullmatch(_DIGIT.sub("0", first))
    if places is None:
        return None
    try:
        texts = np.array([first if cell is None else cell for cell in cells], dtype=f"S{len(first) + 1}")
    except UnicodeEncodeError:
        return None
    letters = texts.view(np.uint8).reshape(len(texts), -1)
    pattern = letters[0]
    is_digit = letters - _ZERO <= 9  # unsigned, so that what is below is far above
    if ((letters != pattern) & ~(is_digit & is_digit[0])).any():
        return None
    spans = {name: places.span(name) for name, text in places.groupdict().items() if _is_number(text)}
    parts = {name: _number(letters[:, start:end]) for name, (start, end) in spans.items()}
    if "fraction" in parts:
        start, end = spans["fraction"]
        parts["fraction"] *= 10 ** (_DIGITS - (end - start))
    return parts, missing


def _is_number(text: str | None) -> bool:
    return text is not None and text[0] == "0"


def _number(digits: NDArray[np.uint8]) -> Numbers:
    """The number that each row of digits makes."""
    total = np.zeros(len(digits), dtype=np.int64)
    for column in range(digits.shape[1]):
        total = total * 10 + (digits[:, column] - _ZERO)
    return total


def _clock(parts: dict[str, Numbers], most_hours: int) -> Floats | None:
    """The seconds since midnight; None where one is on no clock."""
    if "hour" not in parts:
        return np.zeros(len(next(iter(parts.values()))))
    nothing = np.zeros_like(parts["hour"])
    second = parts.get("second", nothing)
    if not (
        _within(parts["hour"], 0, most_hours) and _within(parts["minute"], 0, 59) and _within(second, 0, 59)
    ):
        return None
    fraction = parts.get("fraction", nothing) / 10**_DIGITS
    seconds: Floats = parts["hour"] * 3600 + parts["minute"] * 60 + (second + fraction)
    return seconds


def _within(numbers: Numbers, least: int, most: int) -> bool:
    return bool(((numbers >= least) & (numbers <= most)).all())
