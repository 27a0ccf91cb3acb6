"""Columns that only count the rows, or identify them, which nobody wants as x."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.tables.cells import Cell, is_missing, number

_NAMES = re.compile(
    r"no|num|number|nr|nummer|lfd|lfdnr|id|idx|index|row|rownumber|rows|zeile|obs|observation|sno|"
    r"srno|slno|serial|serialno|serialnumber|pos|position|unnamed|unnamed0|record|recno|trial|versuch|"
    r"messung|messungnr|sample|student|subject|participant|person|patient|probe|proband|schüler|schülerin|"
    r"nº|№|#|n°|mesuren°|序号|编号|行号|序|次数|组别|实验序号|测量序号|实验次数|测量次数|样本|样品|学生"
)
_IDENTIFIERS = re.compile(
    r"(?:student|user|subject|participant|person|patient|sample|case|kunden|matrikel)(?:id|nr|no|n°|nummer)|"
    r"matrikel|学号|工号|准考证号"
)
_IGNORED = str.maketrans(dict.fromkeys(" .:_-()/\t"))
_FEWEST = 2  # rows that show that a column counts


def counts_rows(name: str, cells: Sequence[Cell]) -> bool:
    """Whether a column only tells rows apart: it counts 0 or 1, 2, 3, or has a different number in each.

    It must have no name or one of row numbers, in the second case one of identifiers.
    """
    plain = name.casefold().translate(_IGNORED)
    if _IDENTIFIERS.fullmatch(plain) and _are_different(cells):
        return True
    if plain and not _NAMES.fullmatch(plain):
        return False
    values = [number(cell) for cell in cells if not is_missing(cell)]
    if len(values) < _FEWEST or values[0] not in (0, 1):
        return False
    return values == [values[0] + index for index in range(len(values))]


def _are_different(cells: Sequence[Cell]) -> bool:
    """Whether all cells are whole numbers, each another."""
    values = [number(cell) for cell in cells if not is_missing(cell)]
    are_whole = all(value is not None and value % 1 == 0 for value in values)
    return len(values) >= _FEWEST and are_whole and len(set(values)) == len(values)
