"""Where a table is in what a file holds, and what its columns are."""

from core.tables.layout.kinds import Row
from core.tables.layout.lines import (
    TO_A_REGULAR_ONE,
    RowReader,
    are_stamped,
    are_wrapped,
    split,
    unstamped,
    unwrapped,
    with_separator_behind_stamp,
)
from core.tables.layout.names import needs_mark
from core.tables.layout.separators import propose_separator
from core.tables.layout.understood import Layout, understand

__all__ = [
    "TO_A_REGULAR_ONE",
    "Layout",
    "Row",
    "RowReader",
    "are_stamped",
    "are_wrapped",
    "needs_mark",
    "propose_separator",
    "split",
    "understand",
    "unstamped",
    "unwrapped",
    "with_separator_behind_stamp",
]
