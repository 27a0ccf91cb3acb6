"""Where a table is in what a file holds, and what its columns are."""

from core.tables.layout.kinds import Row
from core.tables.layout.lines import is_blank, row_reader, split
from core.tables.layout.names import needs_mark
from core.tables.layout.separators import propose_separator
from core.tables.layout.understood import Layout, understand

__all__ = [
    "Layout",
    "Row",
    "is_blank",
    "needs_mark",
    "propose_separator",
    "row_reader",
    "split",
    "understand",
]
