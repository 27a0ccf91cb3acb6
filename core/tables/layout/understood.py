"""How a table is laid out, by its rows: where it is among them, its names, and what its columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.tables.cells import Cell
from core.tables.decimal_mark import propose_decimal
from core.tables.layout.kinds import Row, kinds_of
from core.tables.layout.labels import Labelled, labels_of, without_label
from core.tables.layout.names import different_names, find_heading, names_by_years
from core.tables.layout.row_numbers import counts_rows
from core.tables.layout.sideways import is_on_its_side, lying_rows, turned
from core.tables.layout.table_block import find_block
from core.tables.limits import check_columns
from core.tables.notation import Notation, Numbers, notation_of
from core.tables.reading import Column, Reading
from core.texts import _


@dataclass(frozen=True)
class Layout:
    """How some rows were understood as a table.

    `reading` has every None filled in but x and y. The data are the rows from `first` to before `end`; what
    stands behind them are notes. `lying` are the rows that had to be turned, if any: then `first` and `end`
    count the rows that came of it.
    """

    reading: Reading
    columns: tuple[Column, ...]
    first: int
    end: int
    lying: range | None = None

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
        return () if self.lying is None else (_("The table lies on its side; its rows are read as columns."),)

    def behind(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows behind the table."""
        return rows[self.end if self.lying is None else self.lying.stop :]


def understand(
    rows: Sequence[Row], reading: Reading, comment_names: Sequence[str] = (), whole: bool = False
) -> Layout:
    """The layout of a table that begins with `rows`, as `reading` asks and else as they look.

    `comment_names` are names found in a comment before the table, for one without others. Only a table that
    is `whole` can be turned.
    """
    kinds = [kinds_of(row) for row in rows]
    block = find_block(kinds)
    heading = find_heading(rows, block, reading.header)
    if whole and reading.header is None:
        lying = lying_rows(kinds)
        named = heading.names_row is not None and heading.names_row < block.first
        by_years = heading.names_row is not None and names_by_years(rows[heading.names_row])
        if not named and not by_years and is_on_its_side(kinds, lying, block):
            upright = understand(turned([rows[index] for index in lying]), replace(reading, header=True))
            return replace(upright, lying=lying)
    names: Sequence[str] = heading.names
    if reading.header is None and heading.names_row is None and len(comment_names) == block.width:
        names = comment_names
    width = max(block.width, len(names))
    check_columns(width)
    data = rows[heading.first : block.end]
    labels = labels_of(block.shape, width)
    cells = [
        without_label((row[column] for row in data if column < len(row)), label)
        for column, label in enumerate(labels)
    ]
    decimal = reading.decimal or propose_decimal(cells, reading.separator)
    written = [*names, *[""] * width][:width]
    abouts = zip(different_names(names or labels, width), written, labels, cells, strict=True)
    columns = tuple(_column(*about, decimal) for about in abouts)
    header = heading.names_row is not None
    return Layout(replace(reading, header=header, decimal=decimal), columns, heading.first, block.end)


def _column(name: str, written: str, label: str, cells: Sequence[Cell], decimal: str) -> Column:
    """A column with a name, or one made up for it where none is `written`, and these cells."""
    notation = notation_of(cells, decimal)
    if notation is not None and label:
        notation = Labelled(label, notation)
    return Column(name, notation, counts_rows(written, cells))
