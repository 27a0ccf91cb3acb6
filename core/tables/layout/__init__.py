"""Where a table is in what a file holds, and what its columns are."""

from core.tables.layout.kinds import Row
from core.tables.layout.lines import TO_A_REGULAR_ONE, RowReader, are_wrapped, split, unwrapped
from core.tables.layout.names import needs_mark
from core.tables.layout.separators import propose_separator
from core.tables.layout.understood import Layout, understand

__all__ = [
    "TO_A_REGULAR_ONE",
    "Layout",
    "Row",
    "RowReader",
    "are_wrapped",
    "needs_mark",
    "propose_separator",
    "split",
    "understand",
    "unwrapped",
]
