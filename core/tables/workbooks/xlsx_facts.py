"""What the XML of a sheet in an XLSX file says of errors, of formulas without results, and of what is hidden.

A sheet may have a million cells; those of interest are searched for in its text, and no other is looked at.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from core.tables.workbooks.sheet_facts import SheetFacts, error, formula

_TRUE = ("1", "true")
_LONGEST_PREFIX = 64  # bytes
_CELL = re.compile(rb"<c(?=[\s>])[^<>]*>")
_ROW_OR_CELL = re.compile(rb"<(row|c)(?=[\s/>])[^<>]*>")
_PLACE = re.compile(rb"""\sr=["']([A-Za-z]{0,3})(\d{1,7})["']""")
_TEXT_TYPE = re.compile(rb"""\st=["']str["']""")
_TYPE_OF_NUMBER = re.compile(rb"""^(?!.*\st=["'](?!n["']))""", re.DOTALL)
_STYLE = re.compile(rb"""\ss=["'](\d{1,7})["']""")
_PERCENT_FORMATS = {"9", "10"}  # that need not be defined
_LITERAL = re.compile(r'"[^"]*"|\\.')  # what a format shows as it stands
_JUDGED = 64 * 1024  # bytes of cells, by which the format of a column is told
_BLANKS = rb"\s{0,99}"  # no more, so that the time for a text of blanks does not grow with their square
_FORMULA = rb"(?:<f\b[^<>]*/>|<f\b[^<>]*>([^<]*)</f>)" + _BLANKS
_REST_OF_TAG = rb"[^<>]{0,999}>"  # no more here either
_ERROR = re.compile(
    rb"""t=["']e["']""" + _REST_OF_TAG + _BLANKS + rb"(?:" + _FORMULA + rb")?<v\b[^<>]*>([^<]+)</v>"
)
_RESULT = rb"(?:<v\s?/>|<v\b[^<>]*>(%s)</v>)?" + _BLANKS + b"</c>"
_ANY_FORMULA = re.compile(_FORMULA + _RESULT % rb"[^<]*")
_EMPTY_FORMULA = re.compile(_FORMULA + _RESULT % _BLANKS)
_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)["']""" + _REST_OF_TAG)
_ENDS = re.compile(rb"""\s(min|max)=["'](\d{1,5})["']""")
_CONTENT = re.compile(rb"<(?:v|is)[\s>]")


class _Cell(NamedTuple):
    """A cell with a formula; `result` is None where nothing is stored."""

    row: int
    column: int
    formula: str
    result: bytes | None

    @property
    def is_empty(self) -> bool:
        return not self.result

    @property
    def may_be_empty(self) -> bool:
        """Whether the result may be what a program stores that does not calculate."""
        return self.result in (None, b"", b"0")


def xlsx_facts(archive: zipfile.ZipFile, sheet: str) -> SheetFacts:
    """What the file says of the sheet with this name; many kinds of error where it is built oddly."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    xml = _without_prefix(archive.read(_part(archive, book, sheet)))
    facts = SheetFacts()
    _note_hidden(xml, facts)
    _count_percents(xml, _percent_styles(archive), facts)
    for row, column, _tag, found in _cells(xml, _ERROR):
        facts.tell(range(row, row + 1), range(column, column + 1), error(_text(found[2])))
    for cell in _without_results(xml, _is_to_be_calculated(book)):
        facts.tell(range(cell.row, cell.row + 1), range(cell.column, cell.column + 1), formula(cell.formula))
    return facts


def _part(archive: zipfile.ZipFile, book: ElementTree.Element, sheet: str) -> str:
    """The name of the member of the archive that holds a sheet."""
    found = next(element for element in _named(book, "sheet") if element.get("name") == sheet)
    key = next(value for name, value in found.items() if name.endswith("}id"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    relation = next(element for element in _named(relations, "Relationship") if element.get("Id") == key)
    return posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The elements of this name, in whatever namespace."""
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _is_to_be_calculated(book: ElementTree.Element) -> bool:
    """Whether the workbook asks whoever opens it to calculate every formula."""
    return any(element.get("fullCalcOnLoad") in _TRUE for element in _named(book, "calcPr"))


def _without_prefix(xml: bytes) -> bytes:
    """The XML of a sheet, its elements without the prefix that few programs give them."""
    name = xml.find(b"sheetData")
    prefix = xml[max(name - _LONGEST_PREFIX, 0) : max(name, 0)].rpartition(b"<")[2]
    return xml.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else xml


def _note_hidden(xml: bytes, facts: SheetFacts) -> None:
    """Note the columns that are hidden, and count the rows that have a cell with content."""
    for found in _HIDDEN.finditer(xml):
        tag = xml[xml.rfind(b"<", 0, found.start()) : found.end()]
        if tag.startswith(b"<col "):
            ends = {key: int(value) for key, value in _ENDS.findall(tag)}
            facts.hide_columns(ends.get(b"min", 1) - 1, ends.get(b"max", 0))
        elif tag.startswith(b"<row ") and not tag.endswith(b"/>"):
            end = xml.find(b"</row", found.end())
            facts.hidden_rows += _CONTENT.search(xml, found.end(), end) is not None


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The styles of cells that show their numbers as percent."""
    try:
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    except (KeyError, ElementTree.ParseError):
        return frozenset()
    formats = {element.get("numFmtId"): element.get("formatCode", "") for element in _named(styles, "numFmt")}
    percent = {key for key, code in formats.items() if "%" in _LITERAL.sub("", code)} | _PERCENT_FORMATS
    cells = next(_named(styles, "cellXfs"), ())
    return frozenset(index for index, style in enumerate(cells) if style.get("numFmtId") in percent)


def _count_percents(xml: bytes, styles: frozenset[int], facts: SheetFacts) -> None:
    """Count the numbers in the first rows, and those that are shown as percent."""
    begin = max(xml.find(b"<sheetData"), 0)
    places = _Places(xml)
    for cell in _CELL.finditer(xml, begin, begin + _JUDGED) if styles else ():
        style = _STYLE.search(cell[0])
        if not cell[0].endswith(b"/>") and _TYPE_OF_NUMBER.search(cell[0]):
            facts.count_number(places.of(cell)[1], style is not None and int(style[1]) in styles)


def _without_results(xml: bytes, is_to_be_calculated: bool) -> Iterator[_Cell]:
    """The cells whose formula was never calculated.

    A program that does not calculate stores no result, or 0 in every cell of a column; it then asks for the
    workbook to be calculated. One that calculates may have stored an empty text.
    """
    doubtful: list[_Cell] = []
    calculated: set[int] = set()
    for row, column, tag, found in _cells(xml, _ANY_FORMULA if is_to_be_calculated else _EMPTY_FORMULA):
        cell = _Cell(row, column, _text(found[1] or b""), found[2] and found[2].strip())
        is_text = cell.result is not None and _TEXT_TYPE.search(tag) is not None
        if cell.is_empty and not is_text:
            yield cell
        elif not cell.may_be_empty:
            calculated.add(column)
        elif is_to_be_calculated:
            doubtful.append(cell)
    yield from (cell for cell in doubtful if cell.column not in calculated)


def _cells(xml: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, int, bytes, re.Match[bytes]]]:
    """The row, column and first tag of each cell in which a pattern is found."""
    places, end = _Places(xml), 0
    for found in pattern.finditer(xml):
        begin, end = xml.rfind(b"<c", end, found.start() + 2), found.end()
        cell = _CELL.match(xml, begin) if begin >= 0 else None
        if cell is not None:
            yield (*places.of(cell), cell[0], found)


class _Places:
    """Finds the row and column of cells, one behind the other; counted where a cell does not say them."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._end, self._row, self._column = 0, -1, -1

    def of(self, cell: re.Match[bytes]) -> tuple[int, int]:
        """The row and column of a cell, both from 0."""
        found = _PLACE.search(cell[0])
        if found and found[1]:
            return int(found[2]) - 1, _number(found[1])
        for step in _ROW_OR_CELL.finditer(self._xml, self._end, cell.end()):
            place = _PLACE.search(step[0])
            if step[1] == b"row":
                self._row, self._column = int(place[2]) - 1 if place else self._row + 1, -1
            else:
                self._column = _number(place[1]) if place else self._column + 1
        self._end = cell.end()
        return self._row, self._column


def _number(letters: bytes) -> int:
    """The position of the column that a spreadsheet names A to XFD, from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _text(content: bytes) -> str:
    """The text that XML writes so."""
    return html.unescape(content.decode("utf-8", "replace"))
