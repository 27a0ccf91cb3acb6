"""How the cells of one column write their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.tables.cells import Cell, Part, part
from core.tables.dates import dates_of


class Notation(Protocol):
    """One way to write numbers, which a whole column uses; frozen and comparable."""

    @property
    def unit(self) -> str:
        """What the numbers are counted in, for the name of the column; "" where the cells do not say."""

    @property
    def is_plain(self) -> bool:
        """Whether a cell that Python's float() would take, with this decimal mark, is that number."""

    def read(self, cells: Iterable[Cell]) -> Part:
        """The numbers in some cells of the column."""


@dataclass(frozen=True)
class Numbers:
    """Numbers with a decimal mark, a key of DECIMALS, and any thousands separators that go with it."""

    decimal: str = "."
    unit: str = ""

    @property
    def is_plain(self) -> bool:
        return True

    def read(self, cells: Iterable[Cell]) -> Part:
        """The numbers in some cells of the column."""
        return part(cells, self.decimal)


def notation_of(cells: Sequence[Cell], decimal: str | None) -> Notation | None:
    """How a column writes its numbers, by most of its cells that are neither empty nor a word for missing.

    `decimal` is the decimal mark of the table, None where it is not known. None for a column of text, and for
    one that is empty.
    """
    plain = Numbers(decimal or ".")
    found = plain.read(cells)
    numbers = int((found.values == found.values).sum())
    return plain if numbers > 0 and numbers >= int(found.text.sum()) else dates_of(cells)
