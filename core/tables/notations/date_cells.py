"""What one cell says of a day and of a time, as people and programs write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from core.tables.reading import DATE_ORDERS

ORDERS = tuple(DATE_ORDERS)  # of day, month and year where they are three numbers
DAY = 86_400.0  # seconds
LONGEST = 64  # characters of a cell that is looked at
_PIVOT = 69  # two digits from here on are years of the last century, as POSIX has it
_REMEMBERED = 100_000  # texts; a long column has the same days and times again and again

Days = tuple[int | None, int | None, int | None]  # the day by each of ORDERS, counted as date.toordinal does


class Stamp(NamedTuple):
    """A cell with a day: which one it is in every order, and the seconds since midnight.

    `timed` tells whether a time is written, `offset` how far its clock is ahead of UTC, in seconds, or None.
    """

    days: Days
    seconds: float
    timed: bool = False
    offset: float | None = None


class Span(NamedTuple):
    """A cell with a time and no day, in seconds.

    `certain` where it cannot be a time of day, `parts` of them parted by colons; `if_minutes` is what two
    parts are as minutes and seconds.
    """

    seconds: float
    certain: bool
    parts: int
    if_minutes: float


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner jan 一月",
            "february februar feber feb 二月",
            "march märz maerz mar mär mrz 三月",
            "april apr 四月",
            "may mai 五月",
            "june juni jun 六月",
            "july juli jul 七月",
            "august aug 八月",
            "september sept sep 九月",
            "october oktober oct okt 十月",
            "november nov 十一月",
            "december dezember dec dez 十二月",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTHS |= {f"{number}月": number for number in range(1, 13)}
_WEEKDAYS = {
    name
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "mon tue tues wed thu thur thurs fri sat sun",
        "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
        "mo di mi do fr sa so",
    )
    for name in names.split()
}
_CHINESE_WEEKDAY = re.compile(r"[(\s]*(?:星期|周|礼拜)[一二三四五六日天]\)?\s*")
_WORD = r"([^\W\d_]+|\d{1,2}月|十?[一二三四五六七八九十]月)\.?"

_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.:])(\d{1,2})\2(\d{1,2})|(\d{4})年\s?(\d{1,2})月(?:\s?(\d{1,2})[日号]?)?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})|(\d{2})年(\d{1,2})月(\d{1,2})[日号]")
_DAY_NAME = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-./\s]*{_WORD}[-/,\s]*(\d{{4}}|\d{{2}})", re.IGNORECASE)
_NAME_DAY = re.compile(rf"{_WORD}[-/\s]*(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[-/\s]+)(\d{{4}})", re.IGNORECASE)
_YEAR_NAME = re.compile(rf"(\d{{4}})[-/,\s]*{_WORD}(?:[-/\s]*(\d{{1,2}}))?", re.IGNORECASE)
_NAME_YEAR = re.compile(rf"{_WORD}[-/,\s]*'?(\d{{4}}|\d{{2}})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})|(\d{1,2})/(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(.*)")

_MORNING, _AFTERNOON = ("上午", "凌晨", "早上", "清晨"), ("下午", "晚上", "傍晚", "中午")
_BEFORE = "|".join(_MORNING + _AFTERNOON)
_OFFSET = r"(?:\s*(Z|UTC|GMT|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?"
_TIME = re.compile(
    rf"(?:^|(?<=[\d日号])[T:]|[\s,]\s*|(?<=[日号年月]))(?:({_BEFORE})\s*)?"
    r"(\d{1,2})(?:[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,12}))?)?[分秒]?)?"
    rf"\s*([ap]\.?\s?m\.?|uhr)?{_OFFSET}$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"([-+\u2212])?(\d{1,6}):(\d{2})(?::(\d{2}))?(?:[.,](\d{1,12}))?")
_WITH_DAYS = re.compile(r"([-\u2212])?(\d{1,6})\s*(?:days?|d|Tage?|天|日)[,\s]*\+?(\d+:.*)", re.IGNORECASE)
_PERIOD = re.compile(
    r"([-+\u2212])?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?)?", re.IGNORECASE
)


def stamp(text: str) -> Stamp | None:
    """The day, and the time if there is one, in a cell that is cleaned; None where it has no day."""
    if text[4:5] == "-" == text[7:8]:  # as programs write it, and much quicker
        try:
            return _of_datetime(datetime.fromisoformat(text.replace(",", ".")), len(text) > len("2024-05-01"))
        except ValueError:
            pass
    if not 6 <= len(text) <= LONGEST:
        return None
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, rest = compact.groups()
        return stamp(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{rest}")
    first, _space, rest = text.partition(" ")
    days = day_of(first)
    if days is None:
        return _in_words(text)
    clock = _clock_of(rest.lstrip()) if rest else None
    if rest and clock is None:
        return _in_words(text)
    return Stamp(days, 0.0) if clock is None else Stamp(days, clock[0], True, clock[1])


def _in_words(text: str) -> Stamp | None:
    """The day and the time in a cell whose day may have blanks in it, or none behind it."""
    days = day_of(text)
    if days is not None:
        return Stamp(days, 0.0)
    found = _TIME.search(text)
    if found is None or found.start() == 0 or not _says_time(found):
        return None
    days, seconds = day_of(text[: found.start()].rstrip(" ,")), _time_of_day(found)
    if days is None or seconds is None:
        return None
    return Stamp(days, seconds, True, _offset(found[7]))


@lru_cache(_REMEMBERED)
def _clock_of(text: str) -> tuple[float, float | None] | None:
    """The seconds since midnight that a text says, and the offset from UTC; None where it is no time."""
    found = _TIME.match(text)
    if found is None or not _says_time(found):
        return None
    seconds = _time_of_day(found)
    return None if seconds is None else (seconds, _offset(found[7]))


def is_moment(text: str) -> bool:
    """Whether a cell that is cleaned has a date, a time or a duration."""
    return stamp(text) is not None or span(text) is not None


@lru_cache(_REMEMBERED)
def span(text: str) -> Span | None:
    """The time of day or the duration in a cell that is cleaned; None for anything else."""
    if len(text) > LONGEST:
        return None
    if found := _CLOCK.fullmatch(text):
        return _clock(found)
    if (found := _WITH_DAYS.fullmatch(text)) is not None:
        rest = span(found[3])
        whole = float(found[2]) * DAY * (-1 if found[1] else 1)
        return None if rest is None else Span(whole + rest.seconds, True, 3, 0.0)
    if len(text) > 2 and (found := _PERIOD.fullmatch(text)):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:5])
        total = days * DAY + hours * 3600 + minutes * 60 + seconds + _fraction(found[6])
        return Span(-total if _is_minus(found[1]) else total, True, 3, 0.0)
    clock = _clock_of(text)
    return None if clock is None or clock[1] is not None else Span(clock[0], False, 3, clock[0])


@lru_cache(_REMEMBERED)
def day_of(text: str) -> Days | None:
    """The day that a text names, in each of ORDERS; None where it names none in any."""
    text = _without_weekday(text)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.group(1, 3, 4) if found[1] else found.group(5, 6, 7)
        return _one(int(year), int(month), int(day or 1))
    if found := _YEAR_LAST.fullmatch(text):
        if found[5]:
            return _one(_full(found[5]), int(found[6]), int(found[7]))
        return _in_orders(found[1], found[3], found[4], found[2])
    if found := _MONTH.fullmatch(text):
        return _one(int(found[1] or found[4]), int(found[2] or found[3]), 1)
    return _with_name(text)


def _with_name(text: str) -> Days | None:
    """The day in a text with the name of its month."""
    for pattern, (year, month, day) in (
        (_DAY_NAME, (3, 2, 1)),
        (_NAME_DAY, (3, 1, 2)),
        (_YEAR_NAME, (1, 2, 3)),
        (_NAME_YEAR, (2, 1, 0)),
    ):
        found = pattern.fullmatch(text)
        number = _MONTHS.get(found[month].lower()) if found else None
        if found and number:
            return _one(_full(found[year]), number, int(found[day] or 1) if day else 1)
    return None


def _in_orders(first: str, second: str, last: str, mark: str) -> Days | None:
    """The day of three numbers; points stand between day, month and year in this order alone."""
    dmy = _ordinal(_full(last), int(second), int(first))
    if mark == ".":
        return None if dmy is None else (dmy, dmy, dmy)
    mdy = _ordinal(_full(last), int(first), int(second))
    ymd = _ordinal(_full(first), int(second), int(last)) if len(last) == len(first) == 2 else None
    return None if dmy is mdy is ymd is None else (dmy, mdy, ymd)


def _one(year: int, month: int, day: int) -> Days | None:
    """A day that is the same in every order."""
    found = _ordinal(year, month, day)
    return None if found is None else (found, found, found)


def _ordinal(year: int, month: int, day: int) -> int | None:
    """The number of a day; None for one that the calendar has not."""
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


def _full(year: str) -> int:
    """The year that four digits say, or two."""
    number = int(year)
    if len(year) > 2:
        return number
    return number + (1900 if number >= _PIVOT else 2000)


def _without_weekday(text: str) -> str:
    """A text without the name of a day of the week before or behind it."""
    if "周" in text or "星期" in text or "礼拜" in text:
        return _CHINESE_WEEKDAY.sub("", text)
    first, _space, rest = text.partition(" ")
    return rest.lstrip() if first.rstrip(".,").lower() in _WEEKDAYS else text


def _of_datetime(moment: datetime, timed: bool) -> Stamp:
    """What the standard library has read."""
    days = moment.toordinal()
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    ahead = moment.utcoffset()
    return Stamp((days, days, days), seconds, timed, None if ahead is None else ahead.total_seconds())


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


def _clock(found: re.Match[str]) -> Span | None:
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
    way = -1 if _is_minus(sign) else 1
    return Span(way * total, certain, parts, way * minutes)


def _fraction(digits: str | None) -> float:
    return float(f"0.{digits}") if digits else 0.0


def _is_minus(sign: str | None) -> bool:
    return sign in ("-", "\u2212")


def _offset(text: str | None) -> float | None:
    """The seconds that a clock is ahead of UTC; None where it does not say."""
    if text is None:
        return None
    digits = text[1:].replace(":", "")
    if not digits.isdigit():
        return 0.0  # Z, UTC, GMT
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return float(-seconds if _is_minus(text[0]) else seconds)
