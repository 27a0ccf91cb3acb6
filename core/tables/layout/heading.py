"""Where the names of the columns stand: in rows directly above the block of rows that is the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.tables.cells import is_missing
from core.tables.layout.kinds import DATE, MISSING, TEXT, Row, is_counted, is_rule, kinds_of, label_in
from core.tables.layout.names import joined_names, without_mark
from core.tables.layout.numbers_as_names import names_by_numbers
from core.tables.layout.table_block import TableBlock, fits, has_all_numbers

_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？", "：")  # fmt: skip
_SPARE_NAMES = 2  # names beyond the columns that a row of names may have
_ODD_ROWS = 10  # one row in so many may be odd between the names and the first regular row


@dataclass(frozen=True)
class Heading:
    """What the rows above a table say: `names` of its columns, "" where they have none.

    `names_row` is the first row of names, None where there is none, and `first` the first row of data.
    """

    names: tuple[str, ...]
    names_row: int | None
    first: int


def find_heading(rows: Sequence[Row], block: TableBlock, wanted: bool | None) -> Heading:
    """The heading of a block of rows; `wanted` says whether there is one, None leaves it to the rows."""
    if not rows:
        return Heading((), None, 0)
    place = _names_row(rows, block)
    if place is None and wanted:
        place = block.first  # the person says so
    if place is None:
        return Heading((), None, _first_row(rows, block))
    if wanted is False:
        return Heading((), None, place)
    names, top = joined_names(rows, place, block)
    first = place + 1
    while first < block.first and any(map(is_rule, rows[first])) and not any(kinds_of(rows[first])):
        first += 1
    return Heading(names, top, first)


def _names_row(rows: Sequence[Row], block: TableBlock) -> int | None:
    """The row that has the names; None where no row near the top of the block is one."""
    if block.end > block.first and names_by_numbers(rows, block.first, block):
        return block.first
    if not any(map(is_counted, block.shape)):  # all is text, so its first row is like the others
        return block.first if block.end > block.first and _is_names(rows, block.first, block) else None
    above = block.first - 1 - _odd_rows_above(rows, block)
    for index in range(block.first - 1, max(above, 0) - 1, -1):
        if _is_names(rows, index, block) or _is_remark(rows, index, block):
            return _first_of_repeated(rows, index, block)
    return None


def _first_of_repeated(rows: Sequence[Row], index: int, block: TableBlock) -> int:
    """The first row with the same names, where nothing but rows of the table stand between them."""
    first = index
    for above in range(index - 1, -1, -1):
        if rows[above] == rows[index]:
            first = above
        elif not has_all_numbers(kinds_of(rows[above]), block.shape):
            break
    return first


def _first_row(rows: Sequence[Row], block: TableBlock) -> int:
    """The first row of a table without names: odd rows at the very top are of it too, and not lost unsaid."""
    above = _odd_rows_above(rows, block)
    return 0 if above == block.first else block.first


def _odd_rows_above(rows: Sequence[Row], block: TableBlock) -> int:
    """How many rows directly above a block can be of it: those that fit, are empty, or are a few odd ones."""
    odd, allowed = 0, max(1, (block.end - block.first) // _ODD_ROWS)
    for count in range(block.first):
        index = block.first - 1 - count
        kinds = kinds_of(rows[index])
        if not fits(kinds, block.width, block.shape) and not has_all_numbers(kinds, block.shape):
            odd += 1
            if odd > allowed or not (_is_partly_of(kinds, block) or _is_spoiled(rows, index, block)):
                return count
    return block.first


def _is_partly_of(kinds: Sequence[str], block: TableBlock) -> bool:
    """Whether a row that is not like a block has as many cells, and a number where it has numbers."""
    pairs = zip(kinds, block.shape, strict=False)
    return len(kinds) == block.width and any(kind == wanted and is_counted(kind) for kind, wanted in pairs)


def _is_spoiled(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row stands directly below one of the block, or has digits and stands below names of all."""
    above = kinds_of(rows[index - 1]) if index else ()
    has_digits = any(letter.isdigit() for cell in rows[index] for letter in str(cell))
    is_below = has_all_numbers(above, block.shape) or (has_digits and above == (TEXT,) * block.width)
    return is_below and len(rows[index]) < block.width


def _is_names(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row names the columns of the block below it: texts, about as many as it has columns."""
    row = without_mark(rows, index, block.width)
    kinds = [TEXT if label_in(kind) and kind not in block.shape else kind for kind in kinds_of(row)]
    filled = [kind for kind in kinds if kind != MISSING]
    if TEXT not in filled or any(
        _is_data(kind, wanted) for kind, wanted in zip(kinds, block.shape, strict=False)
    ):
        return TEXT in filled and names_by_numbers(rows, index, block)
    all_but_first = len(kinds) == block.width > 1 and len(filled) == block.width - 1 and kinds[0] == MISSING
    used = sum(kind != MISSING for kind in block.shape)  # the others have nothing to name
    enough = all_but_first or (len(filled) >= min(2, used) and 2 * len(filled) >= used)
    if not enough or len(filled) > block.width + _SPARE_NAMES:
        return False
    return index == 0 or not _is_sentence(row)


def _is_remark(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row has texts for some columns only, not the first, and the row above it has the names."""
    kinds = kinds_of(rows[index])
    is_part = len(kinds) == block.width and kinds[0] == MISSING and set(kinds) == {MISSING, TEXT}
    return is_part and index > 0 and _is_names(rows, index - 1, block)


def _is_data(kind: str, wanted: str) -> bool:
    """Whether a cell is data in a column of some kind; a date may name numbers, a number an empty column."""
    return is_counted(kind) and wanted != MISSING and (kind != DATE or wanted == DATE)


def _is_sentence(row: Row) -> bool:
    """Whether the cells of a row are pieces of prose."""
    words = " ".join(str(cell) for cell in row if not is_missing(cell)).split()
    return bool(words) and words[-1].endswith(_SENTENCE_ENDS) and len(words) > 2 * len(row)
