"""The rows in the lines of a text."""

from __future__ import annotations

import _csv
import csv
from collections.abc import Iterable

from core.problem import Problem
from core.tables.layout.kinds import Row
from core.texts import _


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
