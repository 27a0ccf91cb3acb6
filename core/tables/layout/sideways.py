"""Tables on their side: each row is a variable, its name first, and the columns are the points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from core.tables.layout.kinds import MISSING, TEXT, Kinds, Row, is_counted
from core.tables.layout.table_block import TableBlock, find_block

_FEWEST_POINTS = 2


def lying_rows(rows: Sequence[Kinds]) -> range:
    """The longest run of rows that each begin with as many texts and then have values of one kind."""
    best = range(0)
    start = 0
    for index in range(len(rows)):
        if _texts_before(rows[index]) == 0 or _texts_before(rows[index]) != _texts_before(rows[start]):
            start = index
        if _texts_before(rows[index]) and index + 1 - start > len(best):
            best = range(start, index + 1)
    return best


def turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of some rows as rows."""
    return list(zip_longest(*rows))


def is_on_its_side(kinds: Sequence[Kinds], lying: range, upright: TableBlock) -> bool:
    """Whether the rows of `lying`, turned, are a better table than the block that was found upright."""
    texts = _texts_before(kinds[lying[0]]) if lying else 0
    standing = list(zip_longest(*(kinds[row] for row in lying), fillvalue=MISSING))
    if len(lying) < 2 or len(standing) - texts < _FEWEST_POINTS:
        return False
    block = find_block(standing)
    as_many = len(block.shape) == len(lying) and all(map(is_counted, block.shape))
    return as_many and block.worth + texts > upright.worth


def _texts_before(row: Kinds) -> int:
    """How many texts, one or two, stand before values and nothing else; 0 for another row."""
    values = [kind for kind in row if kind not in (TEXT, MISSING)]
    texts = row.index(values[0]) if values else 0
    same = len(set(values)) == 1 and TEXT not in row[texts:] and set(row[:texts]) == {TEXT}
    return texts if same and texts <= 2 and len(values) >= _FEWEST_POINTS else 0
