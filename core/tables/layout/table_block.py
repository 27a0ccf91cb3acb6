"""Where in some rows the table is: the longest run whose cells are of the same kinds, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.tables.layout.kinds import MISSING, TEXT, Kinds, is_counted

_MOST_SHAPES = 12  # of rows, by how many there are, that are tried as the shape of the table
_JUDGED_COLUMNS = 64  # a wider table is told by its first ones
_WORTH = (0.02, 0.2, 1.0)  # of a row in a table with so many columns of numbers; a fit needs two
_VAGUE = 0.2  # of a row that has a number where a shape has a text


@dataclass(frozen=True)
class TableBlock:
    """The rows from `first` to before `end`, which have `width` cells of the `shape`, kinds by column.

    `worth` is about the number of rows that are so, less where there are no two columns of numbers.
    """

    first: int
    end: int
    width: int
    shape: Kinds
    worth: float

    @property
    def row_worth(self) -> float:
        """How much one whole row counts."""
        return _row_worth(self.shape)


def find_block(rows: Sequence[Kinds]) -> TableBlock:
    """The block of the rows, given as the kinds of their cells, that is most worth a table."""
    blocks = [_longest_run(rows, width, shape) for width, shape in _shapes(rows)]
    nothing = TableBlock(0, len(rows), max(map(len, rows), default=0), (), 0.0)  # where all cells are empty
    block = max(blocks, key=lambda block: block.worth, default=nothing)
    end = block.end
    while end < len(rows) and is_odd_row(rows[end], block.width, block.shape):
        end += 1
    return replace(block, end=end)


def fits(row: Kinds, width: int, shape: Kinds) -> bool:
    """Whether no cell of a row is of another kind than its column; a column of text takes any."""
    if any(row[width:]):
        return False
    return all(
        kind in (MISSING, wanted) or wanted in (MISSING, TEXT)
        for kind, wanted in zip(row, shape, strict=False)
    )


def is_odd_row(row: Kinds, width: int, shape: Kinds) -> bool:
    """Whether a row that does not fit is data all the same: its numbers are there, or the first of them."""
    alike = [kind == wanted and is_counted(kind) for kind, wanted in zip(row, shape, strict=False)]
    begins = len(row) >= width > 0 and alike[0]
    is_pair = len(row) == width == 2 and any(alike)  # of x and y, so that it is left out by its own reason
    return begins or is_pair or has_all_numbers(row, shape)


def has_all_numbers(row: Kinds, shape: Kinds) -> bool:
    """Whether a row has a number wherever the table has a column of numbers."""
    wanted = [column for column, kind in enumerate(shape) if is_counted(kind)]
    return bool(wanted) and all(row[column : column + 1] == shape[column : column + 1] for column in wanted)


def _shapes(rows: Sequence[Kinds]) -> list[tuple[int, Kinds]]:
    """The widths and the kinds of columns that a table in these rows could have."""
    found = Counter((len(row), row[:_JUDGED_COLUMNS]) for row in rows if any(row))
    common = [key for key, _count in found.most_common(_MOST_SHAPES)]
    return list(dict.fromkeys((width, _completed(shape, width, common)) for width, shape in common))


def _completed(shape: Kinds, width: int, others: Sequence[tuple[int, Kinds]]) -> Kinds:
    """A shape in which missing cells have the kinds that other rows have there, if these agree with it."""
    kinds = list(shape)
    for other_width, other in others:
        pairs = list(zip(kinds, other, strict=False))
        if other_width == width and all(MISSING in pair or pair[0] == pair[1] for pair in pairs):
            kinds = [mine or theirs for mine, theirs in pairs]
    return tuple(kinds)


def _longest_run(rows: Sequence[Kinds], width: int, shape: Kinds) -> TableBlock:
    """The run in which most rows are of a shape, after those that are not have been taken off."""
    counted = [column for column, kind in enumerate(shape) if is_counted(kind)]
    best, best_sum, start, total = (0, 0), 0.0, 0, 0.0
    agreement = {row: _agreement(row, width, shape, counted) for row in set(rows)}
    for index, row in enumerate(rows):
        if total <= 0:
            total, start = 0.0, index
        total += agreement[row]
        if total >= best_sum and total > 0:
            best, best_sum = (start, index + 1), total
    return TableBlock(*best, width, shape, best_sum * _row_worth(shape))


def _agreement(row: Kinds, width: int, shape: Kinds, counted: Sequence[int]) -> float:
    """1 for a row that has all of a shape, less where some are missing, -1 where one is of another kind."""
    if not fits(row, width, shape):
        return -1.0
    if len(row) < width or not any(row):
        return 0.0  # it may be of the table, and says nothing for it
    if not counted:
        return 1.0
    share = sum(1 for column in counted if row[column]) / len(counted)
    is_vague = any(is_counted(kind) for kind, wanted in zip(row, shape, strict=False) if wanted == TEXT)
    return share * _VAGUE if is_vague else share


def _row_worth(shape: Kinds) -> float:
    return _WORTH[min(sum(map(is_counted, shape)), len(_WORTH) - 1)]
