"""Columns that are named by numbers: by years, or by what differs from one to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, nan

from core.tables.cells import Cell, number
from core.tables.layout.kinds import NUMBER, TEXT, Row, cells_in, is_counted, kinds_of
from core.tables.layout.table_block import TableBlock
from core.tables.reading import DECIMALS

_YEARS = range(1500, 2200)
_YEAR_WORDS = re.compile(
    "years?|yr|jahre?|année|año|anno?|dat(?:e|um)|time|年[份度]?|日期|时间", re.IGNORECASE
)


def names_by_numbers(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row of a text and then rising whole numbers names columns by them: years, or what differs.

    What is no year differs from the numbers below it, which have decimals, by even steps or by being far from
    them. The texts stand above texts, or all other cells are such numbers too.
    """
    row, kinds = rows[index], kinds_of(rows[index])
    if len(row) != block.width or is_counted(kinds[0]) or set(kinds[1:]) - {NUMBER, TEXT}:
        return False
    columns = [column for column, kind in enumerate(kinds) if kind == NUMBER]
    values = [_value(row[column]) for column in columns]
    below = [_values(rows[index + 1 : block.end], column) for column in columns]
    steps = {later - sooner for sooner, later in pairwise(values)}
    if not steps or not any(below) or min(steps) <= 0 or any(value % 1 for value in values):
        return False
    if all(value in _YEARS for value in values):
        return not any(value in _YEARS for some in below for value in some)
    has_decimals = all(any(value % 1 for value in some) for some in below)
    is_far = all(
        value > max(some) or value < min(some) for value, some in zip(values, below, strict=True) if some
    )
    return has_decimals and ((len(values) > 2 and len(steps) == 1) or is_far)


def names_by_years(row: Row) -> bool:
    """Whether a row of names has years for the columns, behind something that is not called a year."""
    values = [number(cell) for cell, kind in zip(row, kinds_of(row), strict=True) if kind == NUMBER]
    first = str(row[0]).strip() if row else ""
    return len(values) > 1 and all(value in _YEARS for value in values) and not _YEAR_WORDS.fullmatch(first)


def _value(cell: Cell) -> float:
    """The finite number in a cell, with either decimal mark; NaN where there is none."""
    found = (number(cell, mark) for mark in DECIMALS)
    return next((value for value in found if value is not None and isfinite(value)), nan)


def _values(rows: Sequence[Row], column: int) -> list[float]:
    """The finite numbers in a column of some rows."""
    values = [_value(cell) for cell in cells_in(rows, column)]
    return [value for value in values if isfinite(value)]
