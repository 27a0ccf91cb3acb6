"""What an XLS file says of errors, of formulas without results, and of what is hidden."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.tables.workbooks.ole_stream import ole_stream
from core.tables.workbooks.sheet_facts import SheetFacts, error, formula

_NAMES = ("Workbook", "Book")  # of the stream, in files of Excel 97 and 95
# kinds of records
_END, _SHEET, _FORMAT, _STYLE, _BEGIN = 0x0A, 0x85, 0x41E, 0xE0, (0x09, 0x209, 0x409, 0x809)
_ROW, _COLUMNS, _ERROR, _FORMULAS = 0x208, 0x7D, 0x205, (0x06, 0x206, 0x406)
_NUMBERS, _MANY_NUMBERS = (0x203, 0x27E), 0xBD
_EXCEL_97 = 0x0600
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_ANY_ERROR = "#ERROR!"
_PERCENT_FORMATS = (9, 10)  # that need not be defined
_HIDDEN_ROW, _HIDDEN_COLUMN, _TO_BE_CALCULATED = 0x20, 0x01, 0x03  # flags
_IS_ERROR, _IS_EMPTY_TEXT, _IS_NO_NUMBER = 2, 3, b"\xff\xff"  # in the place of a result


def xls_facts(content: bytes, sheet: str) -> SheetFacts:
    """What the file says of the sheet with this name; ValueError or struct.error where it is built oddly."""
    facts = SheetFacts()
    stream = ole_stream(content, _NAMES)
    begin, percents = _globals(stream, sheet)
    _Records(facts, percents).read(stream, begin)
    return facts


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """The kind and content of the records from `begin` to the end of their part of the stream."""
    depth = 0
    while begin + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, begin)
        yield kind, stream[begin + 4 : begin + 4 + length]
        depth += (kind in _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        begin += 4 + length


def _globals(stream: bytes, sheet: str) -> tuple[int, frozenset[int]]:
    """Where the records of a sheet begin, and the styles that show numbers as percent."""
    place, version, percent, styles = -1, 0, set(_PERCENT_FORMATS), []
    for kind, record in _records(stream, 0):
        if kind in _BEGIN and not version:
            version = struct.unpack_from("<H", record)[0]
        elif kind == _SHEET and _text(record[6:], 1, version) == sheet:
            place = struct.unpack_from("<I", record)[0]
        elif kind == _FORMAT and "%" in _text(record[2:], 2 if version == _EXCEL_97 else 1, version):
            percent.add(struct.unpack_from("<H", record)[0])
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<2xH", record)[0])
    if place < 0:
        raise ValueError
    return place, frozenset(index for index, shown in enumerate(styles) if shown in percent)


def _text(record: bytes, count_bytes: int, version: int) -> str:
    """A text that begins with its length."""
    length = int.from_bytes(record[:count_bytes], "little")
    if version != _EXCEL_97:
        return record[count_bytes : count_bytes + length].decode("cp1252", "replace")
    is_wide = record[count_bytes] & 1
    characters = record[count_bytes + 1 :][: length << is_wide]
    return characters.decode("utf-16-le" if is_wide else "latin-1", "replace")


class _Records:
    """Takes up the records of one sheet."""

    def __init__(self, facts: SheetFacts, percents: frozenset[int]) -> None:
        self._facts, self._percents = facts, percents
        self._doubtful: list[tuple[int, int]] = []
        self._calculated: set[int] = set()
        self._takers = {
            **dict.fromkeys(_FORMULAS, self._take_formula),
            **dict.fromkeys(_NUMBERS, self._take_number),
            _MANY_NUMBERS: self._take_numbers,
            _ERROR: self._take_error,
            _ROW: self._take_row,
            _COLUMNS: self._take_columns,
        }

    def read(self, stream: bytes, begin: int) -> None:
        """Note what all records say."""
        for kind, record in _records(stream, begin):
            if kind in self._takers:
                self._takers[kind](record)
        for row, column in self._doubtful:
            if column not in self._calculated:
                self._tell(row, column, formula(""))

    def _take_formula(self, record: bytes) -> None:
        """Note a formula that shows an error, or has no result: every one in its column is 0 or empty."""
        row, column, style, result, flags = struct.unpack_from("<3H8sH", record)
        kind = result[0] if result[6:] == _IS_NO_NUMBER else None
        is_zero = not any(result) and flags & _TO_BE_CALCULATED
        if kind == _IS_ERROR:
            self._tell(row, column, error(_ERRORS.get(result[2], _ANY_ERROR)))
        elif kind == _IS_EMPTY_TEXT or is_zero:
            self._doubtful.append((row, column))
        else:
            self._calculated.add(column)
            self._facts.count_number(column, style in self._percents)

    def _take_error(self, record: bytes) -> None:
        row, column, _style, code, is_error = struct.unpack_from("<3H2B", record)
        if is_error:
            self._tell(row, column, error(_ERRORS.get(code, _ANY_ERROR)))

    def _take_row(self, record: bytes) -> None:
        first, end, flags = struct.unpack_from("<2x2H6xH", record)
        self._facts.hidden_rows += bool(flags & _HIDDEN_ROW) and end > first

    def _take_columns(self, record: bytes) -> None:
        first, last, flags = struct.unpack_from("<2H4xH", record)
        if flags & _HIDDEN_COLUMN:
            self._facts.hide_columns(first, last + 1)

    def _take_number(self, record: bytes) -> None:
        column, style = struct.unpack_from("<2x2H", record)
        self._facts.count_number(column, style in self._percents)

    def _take_numbers(self, record: bytes) -> None:
        """Count numbers side by side: behind row and first column come the style and value of each."""
        (first,) = struct.unpack_from("<2xH", record)
        for index in range((len(record) - 6) // 6):
            (style,) = struct.unpack_from("<H", record, 4 + 6 * index)
            self._facts.count_number(first + index, style in self._percents)

    def _tell(self, row: int, column: int, text: object) -> None:
        self._facts.tell(range(row, row + 1), range(column, column + 1), text)
