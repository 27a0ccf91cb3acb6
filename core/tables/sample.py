"""The first rows of a table, and the blocks in which the rest comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from core.tables.cells import Cell, Part, is_missing
from core.tables.layout import Layout, Row
from core.tables.limits import DECIDING
from core.tables.reading import Reading
from core.tables.source import Cancel, Progress

Mend = Callable[[Iterable[str]], Iterable[str]]  # makes rows of lines that have something around them


@dataclass(frozen=True)
class Excerpt:
    """Some data rows from further down a table; so many stand before them, which takes time to count."""

    rows: Sequence[Row]
    count_before: Callable[[], int]

    @cached_property
    def first(self) -> int:
        """How many data rows stand before these, counted by lines."""
        return self.count_before()


@dataclass(frozen=True)
class Sample:
    """The first data rows; `whole` when there are no more, `skip` lines or rows stand before them.

    `later` are rows from further down, around the middle and at the end of a table that is not whole. `notes`
    are sentences about the table that a person should know beside how many points it has. So many rows stand
    `behind` the table and are none of it; they begin `stop` bytes of a text, or rows of a sheet, from its
    beginning, None for its end. The lines of a text are rows behind `mend`. `is_ascii` says
    that its letters were taken for ASCII, as the first are; then `blocks` raises NotAscii where one is not.
    """

    layout: Layout
    rows: Sequence[Row]
    whole: bool
    skip: int
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    behind: int = 0
    later: tuple[Excerpt, ...] = ()
    stop: int | None = None
    mend: Mend | None = None
    is_ascii: bool = False


@dataclass(frozen=True)
class Block:
    """Some rows of two columns; `too_many_cells` rows were left out, and `behind` rows behind the table."""

    x: Part
    y: Part
    too_many_cells: int = 0
    behind: int = 0

    def __len__(self) -> int:
        """How many rows it took from the table."""
        return len(self.x.values) + self.too_many_cells + self.behind


class Table(Protocol):
    """What can be opened: a text or a workbook."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def is_text(self) -> bool:
        """Whether it has an encoding and a separator; a workbook has sheets instead."""

    def sample(self, reading: Reading, in_haste: bool = False) -> Sample:
        """The first rows, understood as `reading` asks; `in_haste`, what is likely may be left untested."""

    def blocks(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterable[Block]:
        """The cells of two columns, from the first data row to the last."""


def block_of(rows: Sequence[Row], columns: tuple[int, int], layout: Layout, behind: int = 0) -> Block:
    """Two columns of some rows, without the rows that have more cells than the table has columns.

    So many rows stand `behind` them that are none of the table.
    """
    fitting = [row for row in rows if not any(not is_missing(cell) for cell in row[layout.width :])]
    x, y = (
        layout.notation(column).read([row[column] if column < len(row) else None for row in fitting])
        for column in columns
    )
    return Block(x, y, too_many_cells=len(rows) - len(fitting), behind=behind)


def decided(sample: Sample, rows: Callable[[Sequence[int]], Generator[Sequence[Cell]]]) -> Sample:
    """A sample in which columns that are empty as far as it goes are judged by all rows.

    `rows` gives the cells of some columns, row by row.
    """
    columns = sample.layout.open_columns()
    if not columns:
        return sample
    cells: dict[int, list[Cell]] = {column: [] for column in columns}
    with closing(rows(columns)) as found:
        for row in found:
            for column, cell in zip(columns, row, strict=True):
                if not is_missing(cell) and len(cells[column]) < DECIDING:
                    cells[column].append(cell)
            if min(map(len, cells.values())) == DECIDING:
                break
    return replace(sample, layout=sample.layout.with_cells(cells))
