"""How a table is laid out, by its rows: where it is among them, its names, and what its columns hold."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core.problem import Problem
from core.tables.cells import Cell, is_missing
from core.tables.layout.heading import Heading, find_heading
from core.tables.layout.kinds import TEXT, Kinds, Row, cells_in, is_counted, kind_of, kinds_of
from core.tables.layout.labels import Labelled, labels_of, without_label
from core.tables.layout.names import different_names
from core.tables.layout.numbers_as_names import names_by_years
from core.tables.layout.row_numbers import counts_rows
from core.tables.layout.sideways import is_on_its_side, lying_rows, turned
from core.tables.layout.table_block import TableBlock, find_block, fits, is_odd_row
from core.tables.limits import check_columns
from core.tables.notations.decimal_mark import propose_decimal
from core.tables.notations.notation import Notation, Numbers, notation_of
from core.tables.reading import Column, Reading
from core.texts import _, n_

_JUDGED = 100  # rows at the beginning of a long table, and as many from further down, that tell its columns


@dataclass(frozen=True)
class Layout:
    """How some rows were understood as a table.

    `reading` has every None filled in but x and y. The data are the rows from `first` to before `end`; what
    stands behind them are notes. `shape` has the kinds of cells by column. `lying` are the rows that had to
    be turned, if any: then `first` and `end` count the rows that came of it. So many rows
    `above` are another table.
    """

    reading: Reading
    columns: tuple[Column, ...]
    first: int
    end: int
    shape: Kinds = ()
    lying: range | None = None
    above: int = 0

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def decimal(self) -> str:
        return self.reading.decimal or "."

    def notation(self, column: int) -> Notation:
        """How a column writes its numbers; as the table does, where the rows given do not tell."""
        return self.columns[column].notation or Numbers(self.decimal)

    def data(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of data among the rows that were understood."""
        if self.lying is not None:
            rows = turned([rows[index] for index in self.lying])
        return rows[self.first : self.end]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about how the rows were understood, where a person may be surprised."""
        lying = "" if self.lying is None else _("The table lies on its side; its rows are read as columns.")
        text = n_(
            "{count} row of another table above this one is left out.",
            "{count} rows of another table above this one are left out.",
            self.above,
        )
        above = text.format(count=f"{self.above:,}") if self.above else ""
        return tuple(filter(None, (lying, above)))

    def is_of_table(self, row: Row) -> bool:
        """Whether a row, from the table or from behind it, has cells of the kinds that the columns hold."""
        kinds = kinds_of(row)
        counted = any(map(is_counted, kinds)) or not any(map(is_counted, self.shape))
        fitting = counted and fits(kinds, self.width, self.shape)
        return fitting or is_odd_row(kinds, self.width, self.shape)

    def count_behind(self, rows: Sequence[Row]) -> int:
        """How many of the last of some rows are none of the table."""
        return sum(1 for _row in itertools.takewhile(lambda row: not self.is_of_table(row), reversed(rows)))

    def open_columns(self) -> list[int]:
        """The columns with a name that are empty in all rows which were looked at."""
        return [index for index, column in enumerate(self.columns) if column.is_named and column.is_empty]

    def with_cells(self, cells: Mapping[int, Sequence[Cell]]) -> Layout:
        """The layout with some columns judged by other cells."""
        columns = list(self.columns)
        for index, some in cells.items():
            columns[index] = replace(columns[index], notation=notation_of(some, self.decimal))
        return replace(self, columns=tuple(columns))

    def behind(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows behind the table."""
        return rows[self.end if self.lying is None else self.lying.stop :]


def understand(
    rows: Sequence[Row],
    reading: Reading,
    comment_names: Sequence[str] = (),
    whole: bool = False,
    further: Sequence[Row] = (),
    parted: Collection[int] = (),
) -> Layout:
    """The layout of a table that begins with `rows`, as `reading` asks and else as they look.

    `comment_names` are names found in a comment before the table, for one without others. Only a table that
    is `whole` can be turned. `further` are rows from far down, by which the columns are judged too. The rows
    `parted` from those before them by an empty line may be the names of another table.
    """
    kinds = [kinds_of(row) for row in rows]
    block = find_block(kinds)
    if starts := _other_names(rows, kinds, block, parted):
        block = _larger_part(kinds, starts[0])
    above = starts[0] if starts and block.first >= starts[0] else 0
    heading = find_heading(rows, block, reading.header)
    if whole and reading.header is None:
        lying = lying_rows(kinds)
        named = heading.names_row is not None and heading.names_row < block.first
        by_years = heading.names_row is not None and names_by_years(rows[heading.names_row])
        if not named and not by_years and is_on_its_side(kinds, lying, block):
            has_names = TEXT in kinds[lying[0]]
            upright = understand(turned([rows[index] for index in lying]), replace(reading, header=has_names))
            return replace(upright, lying=lying)
    names: Sequence[str] = heading.names
    if reading.header is None and heading.names_row is None and len(comment_names) == block.width:
        names = comment_names
    _check_whole_numbers(rows, block, heading, reading)
    decimal, columns = _columns(rows[heading.first : block.end], further, names, block, reading)
    understood = replace(reading, header=heading.names_row is not None, decimal=decimal)
    return Layout(understood, columns, heading.first, block.end, block.shape, above=above)


def _check_whole_numbers(rows: Sequence[Row], block: TableBlock, heading: Heading, reading: Reading) -> None:
    """Problem where commas have torn decimals from their numbers: two columns of digits for each name."""
    if reading.separator != "," or reading.header is not None or heading.names_row is None:
        return
    names = rows[heading.names_row]
    cells = [str(cell) for row in rows[heading.first : block.end] for cell in row[1::2]]
    if 2 * len(names) == block.width and not any(map(is_missing, names)) and all(map(str.isdigit, cells)):
        text = _(
            "There are {columns} columns under {names} names: commas seem to stand between cells and before "
            "decimals; save the table with semicolons between its cells."
        )
        raise Problem(text.format(columns=block.width, names=len(names)))


def _columns(
    head: Sequence[Row], further: Sequence[Row], names: Sequence[str], block: TableBlock, reading: Reading
) -> tuple[str, tuple[Column, ...]]:
    """The decimal mark of a table and its columns, by its first rows and by some from far down."""
    width = max(block.width, len(names))
    check_columns(width)
    data = head
    if further:
        further = [row for row in further if fits(kinds_of(row), width, block.shape)]
        data = [*head[:_JUDGED], *further[: _JUDGED // 2], *further[-_JUDGED // 2 :]]
    labels = labels_of(block.shape, width)
    cells = [without_label(cells_in(data, column), label) for column, label in enumerate(labels)]
    decimal = reading.decimal or propose_decimal(cells, reading.separator)
    written = [*names, *[""] * width]
    return decimal, tuple(
        Column(
            name,
            _notation(cells[index], labels[index], decimal),
            counts_rows=any(written) and counts_rows(written[index], cells_in(head, index)),
            is_named=bool(written[index]),
            is_empty=all(map(is_missing, cells[index])),
            is_sparse=_is_sparse(cells_in(data, index)),
        )
        for index, name in enumerate(different_names(names or labels, width))
    )


def _other_names(
    rows: Sequence[Row], kinds: Sequence[Kinds], block: TableBlock, parted: Collection[int]
) -> list[int]:
    """The rows in a block that have names behind an empty line: there another table begins."""
    names = [kinds[index] == (TEXT,) * block.width and len(set(rows[index])) > 1 for index in parted]
    inside = [index for index, is_names in zip(parted, names, strict=True) if is_names]
    has_numbers = any(map(is_counted, block.shape))
    return sorted(index for index in inside if has_numbers and block.first < index < block.end)


def _larger_part(kinds: Sequence[Kinds], start: int) -> TableBlock:
    """The better of the blocks before and from a row on."""
    before, after = find_block(kinds[:start]), find_block(kinds[start:])
    if before.worth >= after.worth:
        return before
    return replace(after, first=after.first + start, end=after.end + start)


def _is_sparse(cells: Sequence[Cell]) -> bool:
    """Whether fewer than half of some cells are numbers or dates."""
    return 2 * sum(is_counted(kind_of(cell)) for cell in cells) < len(cells)


def _notation(cells: Sequence[Cell], label: str, decimal: str) -> Notation | None:
    """How a column writes its numbers, behind a label or without one."""
    notation = notation_of(cells, decimal)
    return Labelled(label, notation) if notation is not None and label else notation
