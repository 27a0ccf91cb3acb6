"""Which separator makes a table of some lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.tables.layout.kinds import MISSING, TEXT, is_counted, kind_of, kinds_of
from core.tables.layout.lines import WIDE, split
from core.tables.layout.table_block import TableBlock, find_block

# In the order of preference where two explain a table equally well: a comma may also be a decimal mark, and a
# space may stand in a text.
_BY_PREFERENCE = ("\t", ";", "；", "|", "，", ",", " ", WIDE)
_DECIMAL_COMMA = re.compile(r"(?<![\d,])\d[\d.]{0,30},\d+(?![\d,])")
_NAMED = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_TORN = 0.1  # the worth of a table in which a column of text is several columns to another separator
_JUDGED_ROWS = 50  # of such a column


def propose_separator(lines: Sequence[str]) -> str:
    """The separator that the first line names, or else the one under which the lines are most a table."""
    if lines and (named := _NAMED.fullmatch(lines[0])):
        return named[1]
    found = [separator for separator in _BY_PREFERENCE if any(separator in line for line in lines)]
    worth = {separator: _worth(lines, separator, found) for separator in found}
    best = max(found, key=lambda separator: worth[separator], default=",")
    return best if worth.get(best, 0.0) > 0 else ","


def _worth(lines: Sequence[str], separator: str, others: Sequence[str]) -> float:
    """How much of a table some lines are under a separator; 0 where it parts nothing."""
    rows = [row for row, _line in split(lines, separator)]
    kinds = [kinds_of(row) for row in rows]
    block = find_block(kinds)
    if block.width < 2:
        return 0.0
    worth = block.worth
    if block.first > 0 and len(rows[block.first - 1]) == block.width and TEXT in kinds[block.first - 1]:
        worth += block.row_worth  # the names of its columns, as a rule
    is_torn = _is_torn(rows, block, [other for other in others if other not in (separator, WIDE)])
    return worth * _TORN if is_torn else worth


def _is_torn(rows: Sequence[Sequence[str]], block: TableBlock, others: Sequence[str]) -> bool:
    """Whether another separator would part all cells of a column of text into equally many."""
    for column in (column for column, kind in enumerate(block.shape) if kind == TEXT):
        cells = [row[column] for row in rows[block.first : block.end] if column < len(row)]
        cells = [cell for cell in cells if kind_of(cell) != MISSING][:_JUDGED_ROWS]
        if len(cells) > 1 and any(_parts(cells, other) for other in others):
            return True
    return False


def _parts(cells: Sequence[str], separator: str) -> bool:
    """Whether a separator parts each of some texts into equally many; a space, only into numbers."""
    if separator == ",":
        cells = [_DECIMAL_COMMA.sub("0", cell) for cell in cells]
    if separator == " ":
        rows = [cell.split() for cell in cells]
        if not all(kind_of(cell) == MISSING or is_counted(kind_of(cell)) for row in rows for cell in row):
            return False
        counts = {len(row) for row in rows}
    else:
        counts = {cell.count(separator) + 1 for cell in cells}
    return len(counts) == 1 and min(counts) > 1
