"""What crosses the border of this package: how to read a table, what was found in it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.experiment.points import Points
from core.problem import Problem
from core.tables.notations.units import named_with
from core.texts import N_, _

if TYPE_CHECKING:
    from core.tables.notations.notation import Notation

SEPARATORS = {
    ",": N_("Comma ,"),
    ";": N_("Semicolon ;"),
    "\t": N_("Tab"),
    "|": N_("Bar |"),
    " ": N_("Spaces"),
    "，": N_("Full-width comma ，"),
}
_NEVER_SEPARATORS = frozenset('0123456789"\r\n\0')
DECIMALS = {".": N_("Point 1.5"), ",": N_("Comma 1,5")}
ENCODINGS = {
    "utf-8": N_("UTF-8"),
    "utf-16": N_("UTF-16"),
    "utf-16-le": N_("UTF-16, without a mark"),
    "utf-16-be": N_("UTF-16, big-endian"),
    "utf-32": N_("UTF-32"),
    "gb18030": N_("Chinese (GB 18030)"),
    "big5": N_("Chinese (Big5)"),
    "shift_jis": N_("Japanese (Shift JIS)"),
    "cp1251": N_("Cyrillic (Windows 1251)"),
    "cp1252": N_("Western (Windows 1252)"),
    "latin-1": N_("Western (Latin 1)"),
}
DATE_ORDERS = {
    "dmy": N_("day/month/year"),
    "mdy": N_("month/day/year"),
    "ymd": N_("year/month/day"),
}

# Why a row was left out; the keys of ReadPoints.dropped_because.
MISSING = "missing"
NOT_A_NUMBER = "not_a_number"
NOT_A_DATE = "not_a_date"
ERROR_CELL = "error_cell"
NO_RESULT = "no_result"
OTHER_NOTATION = "other_notation"
STRAY_QUOTE = "stray_quotation_mark"
NOT_FINITE = "not_finite"
TOO_MANY_CELLS = "too_many_cells"
BEHIND = "behind_the_table"


class Cancelled(Problem):
    """The person stopped the reading; nothing went wrong and nothing was changed."""


class Changed(Problem):
    """The file of a table is no longer the one that was opened."""


@dataclass(frozen=True)
class Reading:
    """How to read a table; None leaves a choice to what the table looks like.

    `separator` is any one character, of which SEPARATORS has the usual ones, `decimal` a key of DECIMALS,
    `encoding` of ENCODINGS, `date_order` of DATE_ORDERS. `x` and `y` are column names, or positions counted
    from 0.
    """

    header: bool | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    x: str | int | None = None
    y: str | int | None = None
    date_order: str | None = None


def check_reading(reading: Reading, name: str, is_text: bool) -> None:
    """Problem for a choice that no table can be read by, or not the one called `name`."""
    if reading.separator is not None:
        check_separator(reading.separator)
    for value, table in (
        (reading.decimal, DECIMALS),
        (reading.encoding, ENCODINGS),
        (reading.date_order, DATE_ORDERS),
    ):
        if value is not None and value not in table:
            text = _("{value} is not a way to read a table; choose one of {known}.")
            raise Problem(text.format(value=repr(value), known=" ".join(map(repr, table))))
    if is_text and reading.sheet is not None:
        text = _("{name} is a text and has no sheets; leave the sheet out.")
        raise Problem(text.format(name=name))
    if not is_text and (reading.separator is not None or reading.encoding is not None):
        text = _("{name} is a workbook, which has neither a separator nor an encoding; leave them out.")
        raise Problem(text.format(name=name))


def check_separator(text: str) -> None:
    """Problem for what cannot stand between two cells of a row."""
    if len(text) != 1 or text in _NEVER_SEPARATORS:
        sentence = _("A separator is one character, and no digit, quotation mark or line end; not {value}.")
        raise Problem(sentence.format(value=repr(text[:20])))


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, and how its numbers are written; None for a column of text.

    `counts_rows` says that its numbers only count the rows, `is_named` that the table has its name,
    `is_empty` that the rows which were looked at have nothing in it, `is_sparse` that most have no number.
    """

    name: str
    notation: Notation | None
    counts_rows: bool = False
    is_named: bool = True
    is_empty: bool = False
    is_sparse: bool = False

    @property
    def numeric(self) -> bool:
        """Whether most of its cells are numbers."""
        return self.notation is not None

    @property
    def has_times(self) -> bool:
        """Whether its cells are dates, times or durations, which can be x alone."""
        return self.notation is not None and self.notation.has_times

    @property
    def unit(self) -> str:
        """The unit that the cells have; "" where they have none."""
        return self.notation.unit if self.notation else ""

    @property
    def title(self) -> str:
        """The name, and the unit, where the name does not hold it already."""
        return named_with(self.name, self.unit)


@dataclass(frozen=True)
class RowMark:
    """What is to be said of one row of a preview.

    `number` counts the data rows from 1. A row that is left out has a `reason`, a key as in
    Preview.dropped_because, and the columns whose cells are `spoilt`. Other rows stand before it that are not
    shown where it is `after_gap`.
    """

    number: int
    reason: str = ""
    spoilt: frozenset[int] = frozenset()
    after_gap: bool = False


@dataclass(frozen=True)
class Preview:
    """The first, the middle and the last rows of a table, and what would be read from it.

    `reading` has every None filled in by the proposal that was used, and `x` and `y` as positions, as far as
    they could be found. `rows` are data rows as text, each with its mark in `marks`. `whole` says that the
    table has no more rows than were looked at; `row_count` and `dropped_because` count the first ones.
    `problem` is the sentence that says why no points can be read like this, or "".
    """

    reading: Reading
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[RowMark, ...]
    row_count: int
    whole: bool
    is_text: bool
    sheets: tuple[str, ...] = ()
    dropped_because: Mapping[str, int] = field(default_factory=dict)
    summary: str = ""
    problem: str = ""

    @property
    def dropped(self) -> int:
        """How many of the rows looked at would be left out."""
        return sum(self.dropped_because.values())


@dataclass(frozen=True)
class ReadPoints:
    """The points of a table, and what a person should know about them.

    `dropped_because` maps MISSING, NOT_A_NUMBER, NOT_A_DATE, ERROR_CELL, NO_RESULT, STRAY_QUOTE,
    OTHER_NOTATION, NOT_FINITE, TOO_MANY_CELLS and BEHIND to numbers of rows.
    `proposes_standardise` says that the scale is far from 1. `message` tells all of it. `x` and `y` are their
    columns in the table. The dates could also be read by `open_date_orders`, keys of DATE_ORDERS.
    """

    points: Points
    x: Column
    y: Column
    dropped_because: Mapping[str, int]
    proposes_standardise: bool
    message: str
    reading: Reading
    open_date_orders: tuple[str, ...] = ()

    @property
    def dropped(self) -> int:
        """How many rows were left out."""
        return sum(self.dropped_because.values())
