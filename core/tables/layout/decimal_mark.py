"""Which decimal mark the numbers of a table have."""

from __future__ import annotations

from collections.abc import Sequence

from core.tables.cells import is_missing, number
from core.tables.layout.kinds import Row


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
