"""How the cells of one column are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from core.tables.cells import Cell, Part, as_float, example, is_error, is_missing
from core.tables.notations.dates import dates_of
from core.tables.notations.decimal_mark import propose_decimal
from core.tables.notations.numbers import Numbers, is_number
from core.tables.notations.spelling import Spelling, cleaned, spelled
from core.tables.notations.units import is_currency, scale_of, unit_key
from core.tables.reading import DECIMALS

__all__ = ["Notation", "Numbers", "notation_of", "ways_to_write"]

_SHOWN_WAYS = 2
_PLAIN = ("", False)  # no unit, and certain: numbers alone, which only texts beside them make unreadable
_HALVES_OF_A_DAY = {"am", "pm", "a.m", "p.m"}  # but 150 pm are picometres


class Notation(Protocol):
    """One way to write numbers, which a whole column uses; frozen and comparable."""

    @property
    def unit(self) -> str:
        """What the numbers are counted in, for the name of the column; "" where the cells do not say."""

    @property
    def is_plain(self) -> bool:
        """Whether a cell that Python's float() would take, with this decimal mark, is that number."""

    @property
    def has_times(self) -> bool:
        """Whether it is one of dates, times or durations, which can be x alone."""

    def read(self, cells: Iterable[Cell]) -> Part:
        """The numbers in some cells of the column."""

    def remark(self, title: str) -> str:
        """The sentence about how a column with this title was read; "" where nobody is surprised."""


def notation_of(cells: Sequence[Cell], decimal: str | None) -> Notation | None:
    """How a column is written, by most of its cells that are neither empty nor a word for missing.

    `decimal` is the decimal mark of the table, None where it is not known. None for a column of text, for one
    that is empty, and for one without a notation of its own, such as 10 cm and 1 m.
    """
    numbers = _numbers_of(cells, decimal or propose_decimal([cells], None))
    if numbers is None or unit_key(numbers.beside).lower() in _HALVES_OF_A_DAY:
        return dates_of(cells) or numbers
    return numbers


def _numbers_of(cells: Sequence[Cell], decimal: str) -> Numbers | None:
    """How a column writes numbers; None for one of texts, or of dates."""
    found = [_spelling(cell, decimal) for cell in cells]
    others = [cell for cell, spelling in zip(cells, found, strict=True) if spelling is None]
    texts = [cell for cell in others if not is_missing(cell) and not is_error(cell)]
    spellings = [each for each in found if each is not None and each.value == each.value]
    ways = Counter((unit_key(each.unit), each.uncertain) for each in spellings)
    (unit, uncertain), count = ways.most_common(1)[0] if ways else (("", False), 0)
    if 2 * count <= len(spellings) or count < len(texts):
        return None
    used = [each for each in spellings if (unit_key(each.unit), each.uncertain) == (unit, uncertain)]
    beside = Counter(each.unit for each in used).most_common(1)[0][0]
    if count == 1 < len(cells) and beside and not is_currency(beside) and not scale_of(beside):
        return None  # a note such as "3 times" in a column that is empty else
    signs = Counter(each.negative for each in used if each.negative)
    negative = max(signs, key=lambda sign: (signs[sign], sign == "-"), default="")
    return Numbers(decimal, beside, negative, uncertain)


def ways_to_write(cells: Sequence[Cell]) -> list[str]:
    """One cell of each common way to write numbers in a column without a notation; none for one of texts."""
    filled = [cell for cell in cells if not is_missing(cell)]
    ways: dict[tuple[str, bool] | None, list[Cell]] = {}
    for cell in filter(is_number, filled):
        found = next(filter(None, (_spelling(cell, decimal) for decimal in DECIMALS)), None)
        ways.setdefault(found and (unit_key(found.unit), found.uncertain), []).append(cell)
    commonest = sorted(ways.values(), key=len, reverse=True)[:_SHOWN_WAYS]
    is_text = 2 * sum(map(len, commonest)) <= len(filled) or set(ways) <= {_PLAIN}
    return [] if is_text else [example(some[0]) for some in commonest]


def _spelling(cell: Cell, decimal: str) -> Spelling | None:
    """How the number in a cell is spelled; None where there is none."""
    if isinstance(cell, str):
        return spelled(cleaned(cell), decimal)
    return None if cell is None or isinstance(cell, bool) else Spelling(as_float(cell))
