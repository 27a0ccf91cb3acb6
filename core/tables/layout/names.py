"""The names of the columns: from the rows directly above the block of rows that is the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan

from core.tables.cells import Cell, is_missing, number
from core.tables.layout.kinds import (
    DATE,
    MISSING,
    NUMBER,
    TEXT,
    Row,
    is_counted,
    is_rule,
    kind_of,
    kinds_of,
    label_in,
)
from core.tables.layout.row_numbers import counts_rows
from core.tables.layout.table_block import TableBlock, fits, has_all_numbers
from core.tables.limits import MAX_NAME
from core.tables.reading import DECIMALS
from core.texts import _

_ESCAPED = ("=", "+", "-", "@", "#", "<", "'", "\t", "\r")
_COMMENT = re.compile(r"[#%!*;/]+\s*")
_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？", "：")  # fmt: skip
_LONGEST_SYMBOL = 2
_SPARE_NAMES = 2  # names beyond the columns that a row of names may have
_ODD_ROWS = 10  # one row in so many may be odd between the names and the first regular row
_YEARS = range(1500, 2200)
_YEAR_WORDS = re.compile(
    "years?|yr|jahre?|année|año|anno?|dat(?:e|um)|time|年[份度]?|日期|时间", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\(.*\)|\[.*\]|（.*）")
_UNITS = re.compile(
    r"[mµμun]?s|h|[kcmµμn]?m|[kmµμ]?g|[kMm]?[NJWVAFΩ]|[kMG]?Hz|[kMGhm]?Pa|m?bar|K|°[CF]|deg|rad|%|[ck]?m/(?:s|s²|s\^2|s2|h)"
    r"|rad/s|m?[lL]|mol(?:/[lL])?|lux|lx|dB|m?T|cd|ppm|秒|毫秒|分|小时|米|厘米|毫米|克|千克|伏|安|欧|牛|摄氏度"
    r"|(?i:sec(?:onds?)?|min(?:utes?)?|hours?|volts?|amp(?:ere)?s?|ohms?|counts|sequence)"
)


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
    names, top = _joined_names(rows, place, block)
    first = place + 1
    while first < block.first and any(map(is_rule, rows[first])) and not any(kinds_of(rows[first])):
        first += 1
    return Heading(names, top, first)


def _names_row(rows: Sequence[Row], block: TableBlock) -> int | None:
    """The row that has the names; None where no row near the top of the block is one."""
    if block.end > block.first and _names_by_numbers(rows, block.first, block):
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
    """Whether a row with any digits stands directly below names of all columns or a row of the block."""
    above = kinds_of(rows[index - 1]) if index else ()
    has_digits = any(letter.isdigit() for cell in rows[index] for letter in str(cell))
    is_below = above == (TEXT,) * block.width or has_all_numbers(above, block.shape)
    return has_digits and is_below and len(rows[index]) < block.width


def _is_names(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row names the columns of the block below it: texts, about as many as it has columns."""
    row = _without_mark(rows, index, block.width)
    kinds = [TEXT if label_in(kind) and kind not in block.shape else kind for kind in kinds_of(row)]
    filled = [kind for kind in kinds if kind != MISSING]
    if TEXT not in filled or any(
        _is_data(kind, wanted) for kind, wanted in zip(kinds, block.shape, strict=False)
    ):
        return TEXT in filled and _names_by_numbers(rows, index, block)
    all_but_first = len(kinds) == block.width > 1 and len(filled) == block.width - 1 and kinds[0] == MISSING
    enough = all_but_first or (len(filled) >= min(2, block.width) and 2 * len(filled) >= block.width)
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


def _names_by_numbers(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row of a text and then rising whole numbers names columns by them: years, or what differs.

    What is no year differs from the numbers below it, which have decimals, by even steps or by being far from
    them. The texts stand above texts, or all other cells are such numbers too.
    """
    row, kinds = rows[index], kinds_of(rows[index])
    if len(row) != block.width or is_counted(kinds[0]) or set(kinds[1:]) - {NUMBER, TEXT}:
        return False
    columns = [column for column, kind in enumerate(kinds) if kind == NUMBER]
    values = [_value(row[column]) for column in columns]
    below = [_values(rows[index + 1 : block.end], column) for column in columns]
    steps = {later - sooner for sooner, later in pairwise(values)}
    if not steps or not any(below) or min(steps) <= 0 or any(value % 1 for value in values):
        return False
    if all(value in _YEARS for value in values):
        return not any(value in _YEARS for some in below for value in some)
    has_decimals = all(any(value % 1 for value in some) for some in below)
    is_far = all(
        value > max(some) or value < min(some) for value, some in zip(values, below, strict=True) if some
    )
    return has_decimals and ((len(values) > 2 and len(steps) == 1) or is_far)


def _value(cell: Cell) -> float:
    """The finite number in a cell, with either decimal mark; NaN where there is none."""
    found = (number(cell, mark) for mark in DECIMALS)
    return next((value for value in found if value is not None and isfinite(value)), nan)


def _values(rows: Sequence[Row], column: int) -> list[float]:
    """The finite numbers in a column of some rows."""
    values = [_value(row[column]) for row in rows if column < len(row)]
    return [value for value in values if isfinite(value)]


def names_by_years(row: Row) -> bool:
    """Whether a row of names has years for the columns, behind something that is not called a year."""
    values = [number(cell) for cell, kind in zip(row, kinds_of(row), strict=True) if kind == NUMBER]
    first = str(row[0]).strip() if row else ""
    return len(values) > 1 and all(value in _YEARS for value in values) and not _YEAR_WORDS.fullmatch(first)


def _joined_names(rows: Sequence[Row], place: int, block: TableBlock) -> tuple[tuple[str, ...], int]:
    """The names, joined with those above as far as that tells the columns apart, and their first row."""
    names = lowest = _names_in(rows, place, block)
    above_units = False  # where symbols may stand, and the names above them
    top = place
    while top > 0 and _is_upper(rows, top - 1, block):
        upper = _names_in(rows, top - 1, block)
        joined = tuple(map(_joined, _groups(upper, names), names))
        tells_more = len(set(joined)) > len(set(names)) or joined.count("") < names.count("")
        are_symbols = above_units and all(len(name) <= _LONGEST_SYMBOL for name in lowest)
        if not tells_more and not _are_units(lowest, block) and not are_symbols:
            break
        above_units = _are_units(lowest, block)
        names, lowest, top = joined, upper, top - 1
    return names, top


def _is_upper(rows: Sequence[Row], index: int, block: TableBlock) -> bool:
    """Whether a row has names of columns, or of groups of them: at least two texts, and no numbers."""
    pairs = zip(kinds_of(rows[index]), block.shape, strict=False)
    filled = [kind for kind, wanted in pairs if kind != MISSING and wanted != MISSING]
    return len(filled) >= 2 and set(filled) == {TEXT}


def _names_in(rows: Sequence[Row], index: int, block: TableBlock) -> tuple[str, ...]:
    """The names in a row; where it has one too few, as R writes it, the first is that of row numbers."""
    row = _without_mark(rows, index, block.width)
    names = [_name(cell) for cell in row]
    while len(names) > block.width and not names[-1]:
        names.pop()
    first_cells = [row[0] for row in rows[block.first : block.end] if row]
    if len(names) == block.width - 1 > 1 and "" not in names and counts_rows("", first_cells):
        names.insert(0, "")
    return tuple(names + [""] * (block.width - len(names)))


def _without_mark(rows: Sequence[Row], index: int, width: int) -> Row:
    """A row without the mark of a comment, or a word and a colon, before the names of `width` columns."""
    row = rows[index]
    if not row or not isinstance(row[0], str):
        return row
    mark = _COMMENT.match(row[0])
    rest = row[0][mark.end() :] if mark else row[0]
    if len(row) > width and (not rest or rest.rstrip().endswith(":")):
        return row[1:]
    above = rows[index - 1][0] if index and rows[index - 1] else ""
    is_comment = mark is not None and (mark[0][0] == "#" or str(above).startswith(mark[0][0]))
    return [rest, *row[1:]] if is_comment and rest else row


def _groups(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The names of groups, each also above the columns that follow it and have a name of their own."""
    groups: list[str] = []
    for name, below in zip(upper, lower, strict=False):
        groups.append(name or (groups[-1] if groups and below else ""))
    return groups


def _joined(upper: str, lower: str) -> str:
    """A name from two rows."""
    if not upper or not lower or upper == lower:
        return upper or lower
    return f"{upper} {lower}" if _IN_BRACKETS.fullmatch(lower) else f"{upper}, {lower}"


def _are_units(names: Sequence[str], block: TableBlock) -> bool:
    """Whether all names of columns that have something in them are units."""
    filled = [name for name, kind in zip(names, block.shape, strict=False) if name and kind != MISSING]
    return bool(filled) and all(
        _UNITS.fullmatch(name) is not None or _IN_BRACKETS.fullmatch(name) is not None for name in filled
    )


def different_names(names: Sequence[str], width: int) -> list[str]:
    """Different names for `width` columns, those given as far as they go."""
    defaults = ["x", "y"] if width == 2 and not any(names) else []
    different: list[str] = []
    taken: Counter[str] = Counter()
    for index in range(width):
        name = names[index] if index < len(names) else ""
        name = name or (defaults[index] if defaults else _("column {number}").format(number=index + 1))
        taken[name] += 1
        while taken[name] > 1:
            name = f"{name} ({taken[name]})"
            taken[name] += 1
        different.append(name)
    return different


def _name(cell: Cell) -> str:
    """A column name on one line, without the apostrophe that marks a text for spreadsheets."""
    name = " ".join("" if cell is None else str(cell).split())[:MAX_NAME].strip()
    if name.count('"') % 2:
        name = name.strip('"')  # a stray one
    return name[1:] if needs_mark(name[1:]) and name.startswith("'") else name


def needs_mark(name: str) -> bool:
    """Whether a spreadsheet, or this package, would take a column name for something else."""
    return name.startswith(_ESCAPED) or kind_of(name) != TEXT
