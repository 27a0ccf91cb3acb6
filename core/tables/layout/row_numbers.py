"""Columns that only count the rows, which nobody wants as x."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.tables.cells import Cell, is_missing, number

_NAMES = re.compile(
    r"no|num|number|nr|nummer|lfd|lfdnr|id|idx|index|row|rownumber|rows|zeile|obs|observation|sno|"
    r"srno|slno|serial|serialno|serialnumber|pos|position|unnamed|unnamed0|record|recno|trial|versuch|"
    r"messung|messungnr|nº|№|#|n°|序号|编号|行号|序|次数|组别|实验序号|测量序号|实验次数|测量次数"
)
_IGNORED = str.maketrans(dict.fromkeys(" .:_-()/\t"))
_FEWEST = 2  # rows that show that a column counts


def counts_rows(name: str, cells: Sequence[Cell]) -> bool:
    """Whether a column, "" where it has no name, is called as row numbers are and counts 0 or 1, 2, 3."""
    plain = name.casefold().translate(_IGNORED)
    if plain and not _NAMES.fullmatch(plain):
        return False
    values = [number(cell) for cell in cells if not is_missing(cell)]
    if len(values) < _FEWEST or values[0] not in (0, 1):
        return False
    return values == [values[0] + index for index in range(len(values))]
