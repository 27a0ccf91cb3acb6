"""What rows of names say: the names of the columns, joined where they stand in several rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from core.tables.cells import Cell, shown
from core.tables.layout.kinds import MISSING, TEXT, Row, cells_in, kind_of, kinds_of
from core.tables.layout.row_numbers import counts_rows
from core.tables.layout.table_block import TableBlock
from core.tables.limits import MAX_NAME
from core.texts import _

_ESCAPED = ("=", "+", "-", "@", "#", "<", "'", "\t", "\r")
_COMMENT = re.compile(r"[#%!*;/]+\s*")
_LONGEST_SYMBOL = 2
_IN_BRACKETS = re.compile(r"\(.*\)|\[.*\]|（.*）")
_UNITS = re.compile(
    r"[mµμun]?s|h|[kcmµμn]?m|[kmµμ]?g|[kMm]?[NJWVAFΩ]|[kMG]?Hz|[kMGhm]?Pa|m?bar|K|°[CF]|deg|rad|%|[ck]?m/(?:s|s²|s\^2|s2|h)"
    r"|rad/s|m?[lL]|mol(?:/[lL])?|lux|lx|dB|m?T|cd|ppm|秒|毫秒|分|小时|米|厘米|毫米|克|千克|伏|安|欧|牛|摄氏度"
    r"|(?i:sec(?:onds?)?|min(?:utes?)?|hours?|volts?|amp(?:ere)?s?|ohms?|counts|sequence)"
)


def joined_names(rows: Sequence[Row], place: int, block: TableBlock) -> tuple[tuple[str, ...], int]:
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
    row = without_mark(rows, index, block.width)
    names = [_name(cell) for cell in row]
    while len(names) > block.width and not names[-1]:
        names.pop()
    first_cells = cells_in(rows[block.first : block.end], 0)
    if len(names) == block.width - 1 > 1 and "" not in names and counts_rows("", first_cells):
        names.insert(0, "")
    return tuple(names + [""] * (block.width - len(names)))


def without_mark(rows: Sequence[Row], index: int, width: int) -> Row:
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
    """A name from two rows, no longer than one may be."""
    if not upper or not lower or upper == lower:
        return upper or lower
    joined = f"{upper} {lower}" if _IN_BRACKETS.fullmatch(lower) else f"{upper}, {lower}"
    return joined[:MAX_NAME]


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
    name = " ".join(shown(cell).split())[:MAX_NAME].strip()
    if name.count('"') % 2:
        name = name.strip('"')  # a stray one
    return name[1:] if needs_mark(name[1:]) and name.startswith("'") else name


def needs_mark(name: str) -> bool:
    """Whether a spreadsheet, or this package, would take a column name for something else."""
    return name.startswith(_ESCAPED) or kind_of(name) != TEXT
