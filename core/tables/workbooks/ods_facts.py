"""What an ODS file says of errors, of formulas without results, of what is hidden, and of merged cells."""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

from core.tables.notations.durations import clock_of_period
from core.tables.workbooks.sheet_facts import MAX_COLUMNS, MAX_ROWS, SheetFacts, error, formula

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_ROW, _COLUMN = _TABLE + "table-row", _TABLE + "table-column"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_COMMENT = _OFFICE + "annotation"
# what makes it worth to go through all cells
_OF_INTEREST = re.compile(
    rb"""value-type=["'](?:percentage|time)|spanned=["'](?!1["'])|visibility=["'][cf]|>(?:#|Err:)|-cell\b(?![^>]{0,999}value-type=)[^>]{0,999}:formula="""
)
_ERROR = re.compile(r"#\S.*|Err:\d{3}")
_NUMBERS = ("float", "currency", "percentage")
_JUDGED_ROWS = 200  # by which it is told how a column shows its numbers
_UNSEEN = ("collapse", "filter")
_LANGUAGE = re.compile(r"[a-z]+:=?")  # of a formula
_BRACKETS = re.compile(r"\[?\.|\]")  # around the names of cells


def ods_facts(archive: zipfile.ZipFile, sheet: str) -> SheetFacts:
    """What the file says of the sheet with this name; many kinds of error where it is built oddly."""
    walk = _Walk(sheet)
    content = archive.read("content.xml")
    if _OF_INTEREST.search(content):
        walk.through(content)
    return walk.facts


class _Walk:
    """Goes through the cells of one sheet; a row or a cell may stand for many like it."""

    def __init__(self, sheet: str) -> None:
        self.facts = SheetFacts()
        self._sheet = sheet
        self._is_inside = False
        self._rows, self._is_hidden, self._is_filled = range(0), False, False
        self._column, self._listed = 0, 0
        self._cell: dict[str, str] = {}
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end

    def through(self, content: bytes) -> None:
        """Go through content.xml."""
        self._parser.Parse(content, True)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Look at what begins."""
        if tag in _CELLS:
            self._cell, self._text = attributes, []
            if _TABLE + "formula" in attributes:
                self._parser.CharacterDataHandler = self._text.append
        elif tag == _COMMENT:
            self._parser.CharacterDataHandler = None
        elif tag == _ROW:
            begin = self._rows.stop
            self._rows = range(begin, begin + _count(attributes, "number-rows-repeated", MAX_ROWS))
            self._is_hidden = attributes.get(_TABLE + "visibility") in _UNSEEN
            self._is_filled = False
            self._column = 0
        elif tag == _COLUMN:
            end = self._listed + _count(attributes, "number-columns-repeated", MAX_COLUMNS)
            if self._is_inside and attributes.get(_TABLE + "visibility") in _UNSEEN:
                self.facts.hide_columns(self._listed, end)
            self._listed = end
        elif tag == _TABLE + "table":
            self._is_inside = attributes.get(_TABLE + "name") == self._sheet
            self._rows, self._listed = range(0), 0

    def _end(self, tag: str) -> None:
        """Look at what is known when it ends."""
        if tag in _CELLS:
            self._parser.CharacterDataHandler = None
            columns = _count(self._cell, "number-columns-repeated", MAX_COLUMNS)
            if self._is_inside and self._cell:
                self._look_at_cell(range(self._column, self._column + columns))
            self._column += columns
        elif tag == _COMMENT and _TABLE + "formula" in self._cell:
            self._parser.CharacterDataHandler = self._text.append
        elif tag == _ROW and self._is_inside and self._is_hidden and self._is_filled:
            self.facts.hidden_rows += len(self._rows)

    def _look_at_cell(self, columns: range) -> None:
        """Note the error, the formula and the range of a cell."""
        text, written = "".join(self._text).strip(), self._cell.get(_TABLE + "formula")
        kind = self._cell.get(_OFFICE + "value-type")
        has_value = kind is not None
        if kind in _NUMBERS and self._rows.start < _JUDGED_ROWS:
            self.facts.count_number(columns.start, kind == "percentage")
        self._is_filled |= has_value or written is not None
        if written is not None and _ERROR.fullmatch(text):
            self.facts.tell(self._rows, columns, error(text))
        elif kind == "time":
            period = self._cell.get(_OFFICE + "time-value", text)
            self.facts.tell(self._rows, columns, clock_of_period(period))
        elif written is not None and not has_value:
            plain = _BRACKETS.sub("", _LANGUAGE.sub("", written, count=1))
            self.facts.tell(self._rows, columns, formula(plain))
        down = _count(self._cell, "number-rows-spanned", MAX_ROWS)
        right = _count(self._cell, "number-columns-spanned", MAX_COLUMNS)
        if down > 1 or right > 1:
            row, column = self._rows.start, columns.start
            self.facts.merged.append(((row, column), (row + down - 1, column + right - 1)))


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """A number of rows or columns, 1 where none is given."""
    text = attributes.get(_TABLE + name, "1")
    return min(int(text), most) if text.isdecimal() and len(text) < 10 else most
