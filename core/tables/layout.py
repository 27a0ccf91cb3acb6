"""What a table looks like by its first rows: separator, decimal mark, header, names and kinds of columns."""

from __future__ import annotations

import _csv
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.problem import Problem
from core.tables.cells import Cell, is_missing, number
from core.tables.limits import MAX_NAME, check_columns
from core.tables.notation import Notation, Numbers, notation_of
from core.tables.reading import DECIMALS, Column, Reading
from core.texts import _

Row = Sequence[Cell]

# In the order of preference where two explain a table equally well: a comma may also be a decimal mark, and a
# space may stand in a text.
_BY_PREFERENCE = ("\t", ";", "|", ",", " ")
_ESCAPED = ("=", "+", "-", "@", "#", "<", "'", "\t", "\r")


@dataclass(frozen=True)
class Layout:
    """How the first rows of a table were understood.

    `reading` has every None filled in but x and y. `first` is the number of the first data row among the rows
    given, and `width` the number of columns.
    """

    reading: Reading
    columns: tuple[Column, ...]
    first: int

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def decimal(self) -> str:
        return self.reading.decimal or "."

    def notation(self, column: int) -> Notation:
        """How a column writes its numbers; as the table does, where the rows given do not tell."""
        return self.columns[column].notation or Numbers(self.decimal)


def split(lines: Iterable[str], separator: str) -> list[tuple[list[str], int]]:
    """The rows in some lines, each with the number of lines up to its end; blank lines are no rows."""
    rows = []
    reader = row_reader(lines, separator)
    try:
        for row in reader:
            if not is_blank(row):
                rows.append((row, reader.line_num))
    except csv.Error as error:
        text = _("A cell of the table is too long; look whether a quotation mark is missing.")
        raise Problem(text) from error
    return rows


def row_reader(lines: Iterable[str], separator: str) -> _csv.Reader:
    """A reader of the cells in some lines; a separator of one space stands for any run of blanks."""
    if separator == " ":
        lines = (line.replace("\t", " ").strip(" ") for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)


def is_blank(row: Row) -> bool:
    """Whether a row is a blank line."""
    return not row or (len(row) == 1 and isinstance(row[0], str) and not row[0].strip())


def propose_separator(lines: Sequence[str], decimal: str | None) -> str:
    """The separator that makes the most regular table with the most numbers of some lines."""
    scores = {separator: _score(lines, separator, decimal) for separator in _BY_PREFERENCE}
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best] > 0 else ","


def _score(lines: Sequence[str], separator: str, decimal: str | None) -> float:
    """How well a separator explains some lines: the share of rows of equal width and of numbers in them."""
    rows = [row for row, _line in split(lines, separator)]
    width = _usual_width(rows)
    if width < 2:
        return 0.0
    regular = [row for row in rows if len(row) == width]
    cells = [cell for row in regular for cell in row if not is_missing(cell)]
    marks = [decimal] if decimal else list(DECIMALS)
    numbers = max(sum(number(cell, mark) is not None for cell in cells) for mark in marks)
    return len(regular) / len(rows) * (0.1 + numbers / max(len(cells), 1))


def _usual_width(rows: Sequence[Row]) -> int:
    """The most frequent number of cells in a row; the greater one of equals."""
    widths = Counter(len(row) for row in rows)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def understand(rows: Sequence[Row], reading: Reading, comment_names: Sequence[str] = ()) -> Layout:
    """The layout of a table that begins with `rows`, as `reading` asks and else as they look.

    `comment_names` are names found in a comment before the table, for one without a header.
    """
    width = _usual_width(rows)
    start = _start(rows, width)
    rest = rows[start:]
    decimal = reading.decimal or propose_decimal(rest, reading.separator)
    header = _is_header(rest, decimal) if reading.header is None else reading.header and bool(rest)
    names: Row = ()
    if header:
        names = rest[0]
    elif reading.header is None and len(comment_names) == width:
        names = comment_names
    width = max(width, len(names))
    check_columns(width)
    data = rest[1:] if header else rest
    columns = tuple(
        Column(name, notation_of([row[index] for row in data if index < len(row)], decimal))
        for index, name in enumerate(_names(names, width))
    )
    return Layout(replace(reading, header=header, decimal=decimal), columns, start + header)


def propose_decimal(rows: Sequence[Row], separator: str | None) -> str:
    """The decimal mark under which the most cells are numbers.

    "1,234" alone can be both; it is read as 1.234 unless commas part the cells or a point is used somewhere.
    """
    texts = [cell for row in rows for cell in row if isinstance(cell, str) and not is_missing(cell)]
    point = sum(number(text, ".") is not None for text in texts)
    comma = sum(number(text, ",") is not None for text in texts)
    if point != comma:
        return "." if point > comma else ","
    doubtful = [text for text in texts if "," in text and number(text, ",") is not None]
    return "," if doubtful and separator != "," else "."


def _start(rows: Sequence[Row], width: int) -> int:
    """The number of title rows above a table of `width` columns: those with one text and nothing else."""
    for index, row in enumerate(rows):
        filled = [cell for cell in row if not is_missing(cell)]
        if width < 2 or len(filled) != 1 or not _is_text(filled[0]):
            return index
    return 0


def _is_header(rows: Sequence[Row], decimal: str) -> bool:
    """Whether the first row names the columns: it has a text and no number."""
    if not rows:
        return False
    cells = [cell for cell in rows[0] if not is_missing(cell)]
    return any(map(_is_text, cells)) and all(
        number(cell, mark) is None for cell in cells for mark in (decimal, ".")
    )


def _is_text(cell: Cell) -> bool:
    """Whether a cell has a text that is no number in any notation."""
    return isinstance(cell, str) and all(number(cell, mark) is None for mark in DECIMALS)


def _names(cells: Row, width: int) -> list[str]:
    """Different names for `width` columns, from the cells of the header as far as they go."""
    defaults = ["x", "y"] if width == 2 and not cells else []
    names: list[str] = []
    taken: Counter[str] = Counter()
    for index in range(width):
        name = _name(cells[index]) if index < len(cells) else ""
        name = name or (defaults[index] if defaults else _("column {number}").format(number=index + 1))
        taken[name] += 1
        while taken[name] > 1:
            name = f"{name} ({taken[name]})"
            taken[name] += 1
        names.append(name)
    return names


def _name(cell: Cell) -> str:
    """A column name on one line, without the apostrophe that marks a text for spreadsheets."""
    name = " ".join("" if cell is None else str(cell).split())[:MAX_NAME].strip()
    return name[1:] if needs_mark(name[1:]) and name.startswith("'") else name


def needs_mark(name: str) -> bool:
    """Whether a spreadsheet, or this package, would take a column name for something else."""
    return (
        name.startswith(_ESCAPED)
        or is_missing(name)
        or any(number(name, mark) is not None for mark in DECIMALS)
    )
