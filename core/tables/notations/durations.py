"""Durations as a clock shows them, also those of more than a day."""

from __future__ import annotations

import re
from datetime import timedelta

_PERIOD = re.compile(
    r"([+-])?P(?=T?\d)(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:[.,](\d{1,12}))?S)?)?",
    re.IGNORECASE,
)


def clock(duration: timedelta) -> str:
    """Hours, minutes and seconds of a duration, as 25:30:00 or -0:00:01.5."""
    size = abs(duration)
    seconds = size.days * 86_400 + size.seconds
    return _shown(duration < timedelta(0), seconds, f"{size.microseconds:06}")


def clock_of_period(text: str) -> str:
    """What a clock shows of a duration in ISO 8601, as PT25H30M; the text itself where it is none."""
    found = parts_of_period(text)
    return text if found is None else _shown(*found)


def parts_of_period(text: str) -> tuple[bool, int, str] | None:
    """Whether a duration in ISO 8601 is negative, its whole seconds, and the digits of its fraction."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
    return found[1] == "-", ((days * 24 + hours) * 60 + minutes) * 60 + seconds, found[6] or ""


def _shown(is_negative: bool, seconds: int, digits: str) -> str:
    """A clock with so many seconds and the digits of a fraction."""
    fraction = digits.rstrip("0")
    sign, point = "-" if is_negative else "", "." if fraction else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{fraction}"
