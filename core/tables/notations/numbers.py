"""How a column writes numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.tables.cells import Cell, Part, as_float, is_error, is_missing, part_of
from core.tables.notations.spelling import LONGEST, cleaned, plain_value, spelled
from core.tables.notations.units import scale_of, unit_key
from core.tables.reading import DECIMALS, OTHER_NOTATION
from core.texts import _

# What people write around a number that is no more than about right, or has a note.
_MARKS = re.compile(
    r"^(?:[<>≤≥~≈=*]{1,2}|ca\.?|about|approx\.?|约|大约|etwa)\s*|\s*(?:[*†‡§¶#!?+]+|[\[(][^\[\]()]*[\])])$"
)


@dataclass(frozen=True)
class Numbers:
    """Numbers with a decimal mark, a key of DECIMALS, and any thousands separators that go with it.

    `beside` is what stands before or behind each of them: a unit, a currency, "%". `negative` is how they say
    that they are negative, as in a Spelling; "" where none of the cells looked at is, then each way counts.
    `uncertain` says that each has an uncertainty, which is not read. A spreadsheet shows them with
    `shown_with` beside, which is not in the cells.
    """

    decimal: str = "."
    beside: str = ""
    negative: str = ""
    uncertain: bool = False
    shown_with: str = ""

    has_times = False

    @property
    def unit(self) -> str:
        """What stands beside the numbers, but for what is a factor, as % is."""
        return "" if scale_of(self.beside) else self.beside

    @property
    def is_plain(self) -> bool:
        return not self.beside and not self.uncertain and self.negative in ("", "-")

    def read(self, cells: Iterable[Cell]) -> Part:
        """The numbers in some cells of the column; a cell in another notation is none."""
        cells = list(cells)
        if self.is_plain and set(map(type, cells)) == {float}:
            return Part(np.array(cells, dtype=np.float64), np.zeros(len(cells), dtype=np.bool_))
        found = [self._value(cell) for cell in cells]
        values = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
        odd = [
            index for index, value in enumerate(found) if value is None and not self._is_missing(cells[index])
        ]
        return part_of(values, cells, odd, {OTHER_NOTATION: is_number})

    def remark(self, title: str) -> str:
        """What a person should know about how the numbers were read."""
        sign = self.beside or self.shown_with
        if scale_of(sign):
            text = _("In “{title}”, 50 {sign} is read as {value}.")
            return text.format(title=title, sign=sign, value=f"{50 * 10.0 ** scale_of(sign):g}")
        if self.negative == "()":
            return _("In “{title}”, (5) is read as -5.").format(title=title)
        if self.uncertain:
            return _("In “{title}”, the uncertainties are not read.").format(title=title)
        return ""

    def _value(self, cell: Cell) -> float | None:
        """The number in a cell; None where there is none in this notation."""
        if isinstance(cell, str):
            text = cleaned(cell)
            value = self._at_once(text)
            return self._by_its_parts(text) if value is None else value
        if cell is None or isinstance(cell, bool) or self.beside or self.uncertain:
            return None
        return as_float(cell)

    def _at_once(self, text: str) -> float | None:
        """The number in a text that is written as most are; None where one has to look closer."""
        bare = self._bare(text)
        if not bare or self.uncertain:
            return None
        negative, digits = _sign_of(bare)
        value = plain_value(digits, self.decimal, scale_of(self.beside))
        if value is None or not negative:
            return value
        return -value if self.negative in ("", negative) else None

    def _bare(self, text: str) -> str | None:
        """A text without what stands beside its number, also in parentheses; None where that is missing."""
        if not self.beside:
            return text
        enclosed = text[:1] == "(" and text[-1:] == ")"
        inside = text[1:-1] if enclosed else text
        if inside.endswith(self.beside):
            bare = inside[: -len(self.beside)].rstrip()
        elif inside.startswith(self.beside):
            bare = inside[len(self.beside) :].lstrip()
        else:
            return None
        return f"({bare})" if enclosed else bare

    def _by_its_parts(self, text: str) -> float | None:
        """The number in a text that may be written in any way that belongs to this notation."""
        found = spelled(text, self.decimal)
        if found is None or (unit_key(found.unit), found.uncertain) != (
            unit_key(self.beside),
            self.uncertain,
        ):
            return None
        return found.value if not found.negative or self.negative in ("", found.negative) else None

    def _is_missing(self, cell: Cell) -> bool:
        """Whether a cell says that there is no value, perhaps with what stands beside the others."""
        if is_missing(cell) or is_error(cell):
            return not is_error(cell)
        return isinstance(cell, str) and is_missing(self._bare(cleaned(cell)) or "no")


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number in some notation, with any decimal mark, if only about right as ~3 is."""
    if not isinstance(cell, str):
        return not isinstance(cell, bool) and cell is not None
    text = cleaned(cell)
    without_marks = _MARKS.sub("", text) if len(text) <= LONGEST else text
    return any(
        spelled(candidate, decimal) is not None for candidate in {text, without_marks} for decimal in DECIMALS
    )


def _sign_of(text: str) -> tuple[str, str]:
    """How a number says that it is negative, as in a Spelling, and what is left; "" where it is not clear."""
    if text[0] == "-":
        return ("-", text[1:]) if text[1:2] not in "+-" else ("", "")
    if text[-1] == ")":
        return ("()", text[1:-1]) if text[0] == "(" and text[1].isdigit() else ("", "")
    if text[-1] == "-":
        return ("5-", text[:-1]) if text[0].isdigit() and text[-2].isdigit() else ("", "")
    return "", text
