"""The rows of a sheet as a person sees them: with errors, formulas, and merged cells in all their places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from core.tables.workbooks.sheet_facts import Range, SheetFacts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_Cells = list[object]
_MOST_CELLS = 100_000_000  # of the rectangle around all; calamine takes more memory than there is for as many


class SheetRows:
    """Iterates over the rows of `sheet` that have anything in them; all are equally long.

    `left` is the column of the sheet in which they begin, `height` how many rows there are at most. Raises
    MemoryError where cells are too far apart.
    """

    def __init__(self, sheet: CalamineSheet, facts: SheetFacts) -> None:
        self._sheet = sheet
        self._told = facts.told
        first, last = sheet.start, sheet.end
        columns = [column for row in facts.told.values() for column in row]
        if first is not None and last is not None:
            columns += [first[1], last[1]]
        self.left = min(columns, default=0)
        self._width = max(columns, default=-1) + 1 - self.left
        self._shift = first[1] - self.left if first else 0
        self.height = max([last[0] + 1 if last else 0, *(row + 1 for row in facts.told)])
        if self._width * self.height > _MOST_CELLS:
            raise MemoryError
        self._merged = _by_first_row(facts.merged, self.left, self._width)

    def __iter__(self) -> Iterator[_Cells]:
        """The rows; what a merged range says is in each of its cells, but a title stands once."""
        empty: _Cells = [""] * self._width
        if not self._told and not self._merged:  # as a rule, and quicker
            return (cells for cells in self._padded() if cells != empty)
        return self._told_and_filled(empty)

    def _told_and_filled(self, empty: _Cells) -> Iterator[_Cells]:
        """The rows with what is known beside their values."""
        open_cells: dict[int, tuple[int, object]] = {}
        for index, cells in enumerate(self._padded()):
            if index in self._told:
                for column, text in self._told[index].items():
                    cells[column - self.left] = text
            if cells == empty:
                continue
            if index in self._merged or open_cells:
                self._fill(index, cells, open_cells)
            yield cells

    def _padded(self) -> Iterator[_Cells]:
        """All rows from the first of the sheet, as wide as the widest."""
        rows: Iterator[_Cells] = map(list, self._sheet.iter_rows() if self._sheet.height else ())
        before, behind = [""] * self._shift, [""] * (self._width - self._shift - self._sheet.width)
        if before or behind:
            rows = ([*before, *cells, *behind] for cells in rows)
        more = range(self._sheet.total_height, self.height)
        return itertools.chain(rows, ([""] * self._width for _row in more))

    def _fill(self, index: int, cells: _Cells, open_cells: dict[int, tuple[int, object]]) -> None:
        """Write what merged ranges say into their cells of one row.

        `open_cells` has, by column, the last row and the content of the ranges that reach into this row.
        """
        for column, (last, content) in list(open_cells.items()):
            if last < index:
                del open_cells[column]
            elif cells[column] == "":
                cells[column] = content
        here = self._merged.get(index, ())
        is_filled = [cell != "" for cell in cells] if here else []
        for merged in here:
            content = cells[merged.first]
            if content == "":
                continue
            is_title = not any(is_filled[: merged.first]) and not any(is_filled[merged.last + 1 :])
            end = merged.last + 1 if merged.is_alone and not is_title else merged.first + 1
            cells[merged.first : end] = [content] * (end - merged.first)
            if merged.last_row > index:
                open_cells.update(dict.fromkeys(range(merged.first, end), (merged.last_row, content)))


class _Merged(NamedTuple):
    """A merged range that begins in a row: its first and last column, and its last row.

    One that `is_alone` has no neighbour above or below over the same columns; where it has, the cells were
    merged for their looks, and the columns beside the first are no columns of the table.
    """

    first: int
    last: int
    last_row: int
    is_alone: bool


def _by_first_row(ranges: list[Range], left: int, width: int) -> dict[int, list[_Merged]]:
    """The merged ranges by their first row, as far as there are columns."""
    begins = {(first[0], first[1], last[1]) for first, last in ranges}
    ends = {(last[0], first[1], last[1]) for first, last in ranges}
    found: dict[int, list[_Merged]] = {}
    for (row, column), (last_row, last_column) in ranges:
        is_alone = (last_row + 1, column, last_column) not in begins and (
            row - 1,
            column,
            last_column,
        ) not in ends
        first, last = column - left, min(last_column - left, width - 1)
        if 0 <= first <= last:
            found.setdefault(row, []).append(_Merged(first, last, last_row, is_alone))
    return found
