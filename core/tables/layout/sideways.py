"""Tables on their side: each row is a variable, its name first, and the columns are the points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from core.tables.layout.kinds import MISSING, TEXT, Kinds, Row, is_counted
from core.tables.layout.table_block import TableBlock, find_block

_FEWEST_POINTS = 2
_MOST_TEXTS = 2  # a name, and perhaps its unit
_WIDE = 2  # so many times as many columns as rows has a table on its side that has no names


def lying_rows(rows: Sequence[Kinds]) -> range:
    """The longest run of equally long rows that begin with as many texts and then have values of one kind."""
    best = range(0)
    start = 0
    for index, row in enumerate(rows):
        if _beginning(row) is None or _beginning(row) != _beginning(rows[start]):
            start = index
        if _beginning(row) is not None and index + 1 - start > len(best):
            best = range(start, index + 1)
    return best


def turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of some rows as rows."""
    return list(zip_longest(*rows))


def is_on_its_side(kinds: Sequence[Kinds], lying: range, upright: TableBlock) -> bool:
    """Whether the rows of `lying`, turned, are a better table than the block that was found upright."""
    if len(lying) < 2:
        return False
    texts = _texts_before(kinds[lying[0]]) or 0
    standing = list(zip(*(kinds[row] for row in lying), strict=True))
    if texts == 0:
        return sum(map(any, standing)) > _WIDE * len(lying)
    block = find_block(standing)
    as_many = len(block.shape) == len(lying) and all(map(is_counted, block.shape))
    return as_many and block.worth + texts > upright.worth


def _beginning(row: Kinds) -> tuple[int, int] | None:
    """How long a row is and how many texts it begins with; None where it is no variable with its values."""
    texts = _texts_before(row)
    return None if texts is None else (len(row), texts)


def _texts_before(row: Kinds) -> int | None:
    """How many texts, at most two, stand before values and nothing else; None for another row."""
    values = [kind for kind in row if kind not in (TEXT, MISSING)]
    if len(values) < _FEWEST_POINTS or len(set(values)) > 1:
        return None
    texts = row.index(values[0])
    is_so = TEXT not in row[texts:] and not set(row[:texts]) - {TEXT} and texts <= _MOST_TEXTS
    return texts if is_so else None
