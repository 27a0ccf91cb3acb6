"""What one cell says of a day, and of a time of that day."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from core.tables.notations.clocks import LONGEST, clock_behind, clock_of, span
from core.tables.notations.days import Days, day_of

_SHORTEST = 6  # characters of a cell with a day

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(.*)")


class Stamp(NamedTuple):
    """A cell with a day: which one it is in every order, and the seconds since midnight.

    `timed` tells whether a time is written, `offset` how far its clock is ahead of UTC, in seconds, or None.
    """

    days: Days
    seconds: float
    timed: bool = False
    offset: float | None = None


def stamp(text: str) -> Stamp | None:
    """The day, and the time if there is one, in a cell that is cleaned; None where it has no day."""
    if text[4:5] == "-" == text[7:8]:  # as programs write it, and much quicker
        try:
            return _of_datetime(datetime.fromisoformat(text.replace(",", ".")), len(text) > len("2024-05-01"))
        except ValueError:
            pass
    if not _SHORTEST <= len(text) <= LONGEST:
        return None
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, rest = compact.groups()
        return stamp(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{rest}")
    first, _space, rest = text.partition(" ")
    days = day_of(first)
    if days is None:
        return _in_words(text)
    clock = clock_of(rest.lstrip()) if rest else None
    if rest and clock is None:
        return _in_words(text)
    return Stamp(days, 0.0) if clock is None else Stamp(days, clock.seconds, True, clock.offset)


def _in_words(text: str) -> Stamp | None:
    """The day and the time in a cell whose day may have blanks in it, or none behind it."""
    days = day_of(text)
    if days is not None:
        return Stamp(days, 0.0)
    parts = clock_behind(text)
    days = None if parts is None else day_of(parts[0].rstrip(" ,"))
    return None if parts is None or days is None else Stamp(days, parts[1].seconds, True, parts[1].offset)


def is_moment(text: str) -> bool:
    """Whether a cell that is cleaned has a date, a time or a duration."""
    return stamp(text) is not None or span(text) is not None


def _of_datetime(moment: datetime, timed: bool) -> Stamp:
    """What the standard library has read."""
    days = moment.toordinal()
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    ahead = moment.utcoffset()
    return Stamp((days, days, days), seconds, timed, None if ahead is None else ahead.total_seconds())
