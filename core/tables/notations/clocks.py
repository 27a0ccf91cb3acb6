"""What a text says of a time of day or a duration, as people and programs write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.experiment.time_scale import DAY
from core.tables.notations.durations import parts_of_period

LONGEST = 64  # characters of a cell that is looked at
_REMEMBERED = 100_000  # texts; a long column has the same times again and again


class Clock(NamedTuple):
    """A time of day in seconds since midnight; its clock is `offset` seconds ahead of UTC, None if unsaid."""

    seconds: float
    offset: float | None


class Span(NamedTuple):
    """A cell with a time and no day, in seconds.

    `certain` where it cannot be a time of day, `parts` of them parted by colons; `if_minutes` is what two
    parts are as minutes and seconds.
    """

    seconds: float
    certain: bool
    parts: int
    if_minutes: float


_MORNING, _AFTERNOON = ("上午", "凌晨", "早上", "清晨"), ("下午", "晚上", "傍晚", "中午")
_BEFORE = "|".join(_MORNING + _AFTERNOON)
_OFFSET = r"(?:\s*(Z|UTC|GMT|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?"
_TIME = re.compile(
    rf"(?:^|(?<=[\d日号])[T:]|[\s,]\s*|(?<=[日号年月]))(?:({_BEFORE})\s*)?"
    r"(\d{1,2})(?:[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,12}))?)?[分秒]?)?"
    rf"\s*([ap]\.?\s?m\.?|uhr)?{_OFFSET}$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"([-+])?(\d{1,6}):(\d{2})(?::(\d{2}))?(?:[.,](\d{1,12}))?")
_WITH_DAYS = re.compile(r"(-)?(\d{1,6})\s*(?:days?|d|Tage?|天|日)[,\s]*\+?(\d+:.*)", re.IGNORECASE)


@lru_cache(_REMEMBERED)
def clock_of(text: str) -> Clock | None:
    """The time of day that a text says and nothing else; None for anything else."""
    return _clock_in(_TIME.match(text))


def clock_behind(text: str) -> tuple[str, Clock] | None:
    """The time of day with which a text ends, behind what stands before it; None where there is none."""
    found = _TIME.search(text)
    clock = _clock_in(found)
    return None if found is None or clock is None or found.start() == 0 else (text[: found.start()], clock)


def span(text: str) -> Span | None:
    """The time of day or the duration in a cell that is cleaned; None for anything else."""
    return _span(text) if len(text) <= LONGEST else None


@lru_cache(_REMEMBERED)
def _span(text: str) -> Span | None:
    if found := _CLOCK.fullmatch(text):
        return _numbers_between_colons(found)
    if found := _WITH_DAYS.fullmatch(text):
        rest = span(found[3])
        whole = float(found[2]) * DAY * (-1 if found[1] else 1)
        return None if rest is None else Span(whole + rest.seconds, True, 3, 0.0)
    if period := parts_of_period(text):
        is_negative, seconds, digits = period
        total = seconds + _fraction(digits)
        return Span(-total if is_negative else total, True, 3, 0.0)
    clock = clock_of(text)
    return None if clock is None or clock.offset is not None else Span(clock.seconds, False, 3, clock.seconds)


def _clock_in(found: re.Match[str] | None) -> Clock | None:
    """The time of day that was found, where it is more than a number and on a clock."""
    seconds = _time_of_day(found) if found is not None and _says_time(found) else None
    return None if found is None or seconds is None else Clock(seconds, _offset(found[7]))


def _says_time(found: re.Match[str]) -> bool:
    """Whether it is more than a number: it has minutes, or says which half of the day it is."""
    return found[3] is not None or found[1] is not None or (found[6] or "").lower().startswith(("a", "p"))


def _time_of_day(found: re.Match[str]) -> float | None:
    """The seconds since midnight of a time; None for one that no clock shows."""
    half, hour, minute = (found[1] or found[6] or "").lower(), int(found[2]), int(found[3] or 0)
    second = int(found[4] or 0) + _fraction(found[5])
    if half.startswith("p") or half in _AFTERNOON:
        hour += 12 if hour < 12 else 0
    elif (half.startswith("a") or half in _MORNING) and hour == 12:
        hour = 0
    seconds = hour * 3600 + minute * 60 + second
    return seconds if minute < 60 and second < 61 and seconds <= DAY else None  # 61: a leap second


def _numbers_between_colons(found: re.Match[str]) -> Span | None:
    """A time or duration of numbers between colons."""
    sign, first, second, third, digits = found.groups()
    one, two, fraction = float(first), float(second), _fraction(digits)
    if third is None and digits is not None:  # only seconds have a fraction
        total = minutes = one * 60 + two + fraction
        certain, parts = True, 2
    else:
        total = one * 3600 + two * 60 + float(third or 0) + fraction
        minutes = one * 60 + two if third is None else total
        certain, parts = sign is not None or total >= DAY, 2 if third is None else 3
    if two >= 60 or float(third or 0) >= 61:
        return None
    way = -1 if sign == "-" else 1
    return Span(way * total, certain, parts, way * minutes)


def _fraction(digits: str | None) -> float:
    return float(f"0.{digits}") if digits else 0.0


def _offset(text: str | None) -> float | None:
    """The seconds that a clock is ahead of UTC; None where it does not say."""
    if text is None:
        return None
    digits = text[1:].replace(":", "")
    if not digits.isdigit():
        return 0.0  # Z, UTC, GMT
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return float(-seconds if text[0] == "-" else seconds)
