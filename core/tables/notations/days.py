"""What a text says of a day, as people and programs write it."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from core.tables.reading import DATE_ORDERS

ORDERS = tuple(DATE_ORDERS)  # of day, month and year where they are three numbers
_PIVOT = 69  # two digits from here on are years of the last century, as POSIX has it
_REMEMBERED = 100_000  # texts; a long column has the same days again and again

Days = tuple[int | None, int | None, int | None]  # the day by each of ORDERS, counted as date.toordinal does

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner jan janvier janv gennaio enero janeiro januari 一月",
            "february februar feber feb février fevrier févr fevr febbraio febrero fevereiro februari 二月",
            "march märz maerz mar mär mrz mars marzo março maart mrt 三月",
            "april apr avril avr aprile abril 四月",
            "may mai maggio mayo maio mei 五月",
            "june juni jun juin giugno junio junho 六月",
            "july juli jul juillet juil luglio julio julho 七月",
            "august aug août aout agosto augustus 八月",
            "september sept sep septembre settembre septiembre setembro 九月",
            "october oktober oct okt octobre ottobre octubre outubro 十月",
            "november nov novembre noviembre novembro 十一月",
            "december dezember dec dez décembre decembre déc dicembre diciembre dezembro 十二月",
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
