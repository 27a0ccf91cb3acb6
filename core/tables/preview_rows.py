"""Which rows of a table a preview shows, their numbers, and which of them are no points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from core.tables.columns import two_columns, with_notation
from core.tables.layout import Layout, Row
from core.tables.notations.dates import Dates
from core.tables.reading import RowMark
from core.tables.sample import Sample, block_of

_LATER_ROWS = 20  # of the middle, and of the end


def shown_rows(sample: Sample) -> list[Row]:
    """The first rows, some of the middle and the last."""
    return [row for _first, rows in _parts(sample) for row in rows]


def marked_rows(
    sample: Sample, columns: tuple[int, int] | None = None, dates: Dates | None = None
) -> tuple[RowMark, ...]:
    """What is to be said of each of the rows that are shown, when two columns become x and y.

    Of dates in x `dates` says how they were read.
    """
    layout = sample.layout
    if columns is not None and dates is not None:
        layout = with_notation(layout, columns[0], replace(dates, open_orders=()))
    marks: list[RowMark] = []
    for first, rows in _parts(sample):
        for index, row in enumerate(rows):
            mark = RowMark(first + index + 1, after_gap=bool(first) and index == 0)
            reason = "" if columns is None else _reason(row, layout, columns)
            if columns is not None and reason:
                mark = replace(mark, reason=reason, spoilt=_spoilt(row, layout, columns))
            marks.append(mark)
    return tuple(marks)


def _parts(sample: Sample) -> Iterator[tuple[int, Sequence[Row]]]:
    """The parts of the table that are shown, with the number of rows before each."""
    yield 0, sample.rows
    end = len(sample.rows)
    for number, part in enumerate(sample.later, 1):
        is_last = number == len(sample.later)
        cut = max(len(part.rows) - _LATER_ROWS, 0) if is_last else 0
        first, rows = part.first + cut, part.rows[cut : cut + _LATER_ROWS]
        known = max(end - first, 0)
        if known < len(rows):
            yield first + known, rows[known:]
            end = first + len(rows)


def _reason(row: Row, layout: Layout, columns: tuple[int, int]) -> str:
    """Why a row is no point; "" where it is one."""
    pair = two_columns(layout, columns, lambda used, wanted: [block_of([row], wanted, used)])
    return next(iter(pair.left_out.because), "")


def _spoilt(row: Row, layout: Layout, columns: tuple[int, int]) -> frozenset[int]:
    """The columns in which a row has no number."""
    return frozenset(column for column in columns if not _has_number(row, layout, column))


def _has_number(row: Row, layout: Layout, column: int) -> bool:
    found = layout.notation(column).read([row[column] if column < len(row) else None])
    return bool(np.isfinite(found.values).all())
