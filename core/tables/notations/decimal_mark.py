"""Which decimal mark the numbers of a table have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.tables.cells import Cell
from core.tables.notations.spelling import cleaned, spelled
from core.tables.notations.units import is_currency

_THOUSANDS = re.compile(r"\D*[1-9]\d{0,2}([.,])\d{3}(?:\D.*)?")  # it may also be a number with three decimals
_IN_THREES = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_TENS = re.compile(r"\D*\d\d")
_BELOW_THOUSAND = re.compile(r"[+-]?\d{1,3}")
_HUNDREDS = 3  # digits
_DIGIT = re.compile(r"\d")
_FEWEST = 2  # amounts of money that show how all are written


def propose_decimal(columns: Iterable[Sequence[Cell]], separator: str | None) -> str:
    """The decimal mark under which the most cells of some columns are numbers.

    "1,234" alone can be both; it is read as 1.234 unless commas part the cells, a point is used somewhere, or
    the column shows that it writes thousands like that.
    """
    texts = [[cleaned(cell) for cell in column if isinstance(cell, str)] for column in columns]
    thousands = [_thousands_mark(column) for column in texts]

    def numbers(decimal: str) -> list[str]:
        possible = [column for column, mark in zip(texts, thousands, strict=True) if mark != decimal]
        return [text for column in possible for text in column if spelled(text, decimal) is not None]

    by_point = numbers(".")
    if len(by_point) == sum(map(len, texts)) and not any("," in text for text in by_point):
        return "."  # as it would be, and nearly always is, without the slow search for other notations
    by_comma = numbers(",")
    if len(by_point) != len(by_comma):
        return "." if len(by_point) > len(by_comma) else ","
    return "," if any("," in text for text in by_comma) and separator != "," else "."


def thousands_or_decimals(cells: Iterable[Cell]) -> str:
    """A cell of a column in which each is as 12.500, which is 12,500 in German; "" of another column."""
    texts = [cleaned(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
    is_open = len(texts) >= _FEWEST and all(map(_IN_THREES.fullmatch, texts))
    return texts[0] if is_open else ""


def _thousands_mark(texts: Sequence[str]) -> str:
    """The mark that parts thousands in a column, where that is sure although no cell has another mark.

    It is for amounts of money with three digits behind each mark, and for a comma that all numbers from a
    thousand on have and none below: 987 and 1,234.
    """
    matches = {text: _THOUSANDS.fullmatch(text) for text in texts if _DIGIT.search(text)}
    marks = {found[1] for found in matches.values() if found}
    if len(marks) != 1:
        return ""
    mark = marks.pop()
    marked = [text for text, found in matches.items() if found]
    others = [text for text, found in matches.items() if not found]
    if any(mark in text for text in others):
        return ""
    if len(marked) >= _FEWEST and all(map(_is_money, marked)) and any(map(_TENS.match, marked)):
        return mark
    from_hundreds = any(len(text) >= _HUNDREDS for text in others)
    below = all(map(_BELOW_THOUSAND.fullmatch, others))
    return mark if mark == "," and from_hundreds and below else ""


def _is_money(text: str) -> bool:
    """Whether a number has a currency beside it."""
    found = spelled(text, ".")
    return found is not None and is_currency(found.unit)
