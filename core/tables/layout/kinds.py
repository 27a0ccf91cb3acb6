"""What a cell looks like, before it is known how its column is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.tables.cells import Cell, is_error, is_formula, is_missing
from core.tables.notations.date_cells import is_moment
from core.tables.notations.numbers import is_number
from core.tables.notations.spelling import cleaned

Row = Sequence[Cell]
Kinds = tuple[str, ...]  # of the cells of one row

MISSING, NUMBER, DATE, TEXT = "", "number", "date", "text"
_LABEL = "label "  # and then the label itself, which is the same all down a column

_REMEMBERED = 50_000  # cells; the same ones are looked at under each separator
_LONGEST_REMEMBERED = 200  # characters, or a table of notes would stay in memory
_LABELLED = re.compile(r"([^\W\d][^:：=,，;|\t]{0,30}?)\s*[:：=]\s*(\S.*)")
_LAST_OF_NUMBER = "0123456789."
_RULE = re.compile(r"[-=+:_]{2,}|[═─┼]+")  # between the names and the rows, or below them


def cells_in(rows: Iterable[Row], column: int) -> list[Cell]:
    """The cells of a column, in the rows that reach it."""
    return [row[column] for row in rows if column < len(row)]


def kinds_of(row: Row) -> Kinds:
    """The kinds of the cells of a row."""
    return tuple(map(kind_of, row))


def kind_of(cell: Cell) -> str:
    """MISSING, NUMBER, DATE or TEXT; for a number behind a label, a kind that names the label."""
    if isinstance(cell, str):
        return _known_kind(cell) if len(cell) <= _LONGEST_REMEMBERED else _kind_of_text(cell)
    if cell is None or cell != cell:
        return MISSING
    return MISSING if isinstance(cell, bool) else NUMBER  # an answer says nothing about where a table is


def is_rule(cell: Cell) -> bool:
    """Whether a cell is a ruled line."""
    return isinstance(cell, str) and _RULE.fullmatch(cell.strip()) is not None


def is_counted(kind: str) -> bool:
    """Whether a cell of this kind has something that can be x or y."""
    return kind not in (MISSING, TEXT)


def labelled(text: str) -> tuple[str, str]:
    """The label and the rest of a cell as "Temp:21.5"; no label where it has none."""
    match = _LABELLED.fullmatch(text.strip())
    return (match[1], match[2]) if match else ("", text)


def label_in(kind: str) -> str:
    """The label that a kind names; "" where it is not of that kind."""
    return kind.removeprefix(_LABEL) if kind.startswith(_LABEL) else ""


def _kind_of_text(text: str) -> str:
    if is_float(text):
        return NUMBER
    text = cleaned(text)
    if is_missing(text) or is_error(text) or is_rule(text):
        return MISSING
    if is_moment(text):
        return DATE
    if is_number(text) or is_formula(text):  # which would have a number, were it calculated
        return NUMBER
    label, rest = labelled(text)
    return _LABEL + label if label and is_number(rest) else TEXT


_known_kind = lru_cache(_REMEMBERED)(_kind_of_text)


def is_float(text: str) -> bool:
    """Whether Python and a person take a text for a finite number; most numbers are told by this."""
    try:
        float(text)
    except ValueError:
        return False
    return text.strip()[-1] in _LAST_OF_NUMBER and "_" not in text
