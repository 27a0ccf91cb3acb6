"""The rows in the lines of a text, of which each is as a rule one."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

from core.problem import Problem
from core.tables.layout.kinds import Row, is_counted, kinds_of
from core.tables.layout.table_block import fits
from core.texts import _

WIDE = "  "  # the separator that stands for two or more blanks, where the cells may have single ones
TO_A_REGULAR_ONE = 4 / 3  # lines there may be; the others are odd
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_STAMPED = re.compile(r"(\d\d:\d\d:\d\d\.\d{3}) -> ?")
_WRAPPED = re.compile(r'\s*"([^"]*(?:""[^"]*)*)"\s*')


def split(lines: Iterable[str], separator: str) -> list[tuple[list[str], int]]:
    """The rows in some lines, each with the number of lines up to its end; blank lines are no rows."""
    reader = RowReader(lines, separator)
    return [(row, reader.line_number) for row in reader]


class RowReader:
    """The rows of some lines, one after the other, without blank ones; `line_number` is that of the last.

    A separator of one space stands for any run of blanks, WIDE for one of two or more. A quotation mark that
    would swallow lines which are rows themselves, or is never closed, is a letter like others. Raises Problem
    for a cell that is too long.
    """

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        if separator == " ":
            lines = (line.replace("\t", " ").strip(" ") for line in lines)
        elif separator == WIDE:
            lines = (_BLANKS.sub("\t", line.strip(" ")) for line in lines)
        self.line_number = 0
        self._separator = "\t" if separator == WIDE else separator
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()
        self._of_row: list[str] = []  # the lines of the row that is being read
        self._is_stray = False
        self._last: Row = ()

    def __iter__(self) -> Iterator[list[str]]:
        """The rows."""
        while True:
            try:
                for row in csv.reader(self._feed(), delimiter=self._separator, skipinitialspace=True):
                    if self._is_stray:
                        break
                    if self._finish(row):
                        yield row
            except csv.Error as error:
                if len(self._of_row) == 1 and len(self._of_row[0]) > csv.field_size_limit():
                    text = _("A cell of the table is too long; look whether a quotation mark is missing.")
                    raise Problem(text) from error
                self._is_stray = True
            if not self._is_stray:
                return
            row = self._without_quotes()
            if self._finish(row):
                yield row

    def _finish(self, row: list[str]) -> bool:
        """Whether a row that has been read to its end is one, and not blank."""
        self.line_number += len(self._of_row)
        self._of_row.clear()
        if is_blank(row):
            return False
        self._last = row
        return True

    def _feed(self) -> Iterator[str]:
        """The lines for csv, as far as they can be of one row after the other."""
        while True:
            line = self._waiting.popleft() if self._waiting else next(self._lines, None)
            if self._of_row and (line is None or self._is_row(line)):
                self._is_stray = True
                self._waiting.extendleft([] if line is None else [line])
                return
            if line is None:
                return
            self._of_row.append(line)
            yield line

    def _is_row(self, line: str) -> bool:
        """Whether a line by itself is a row like the last one, with numbers where that has some."""
        row = next(csv.reader([line], delimiter=self._separator, skipinitialspace=True), [])
        kinds = kinds_of(row)
        is_alike = len(row) == len(self._last) and fits(kinds, len(row), kinds_of(self._last))
        return is_alike and any(map(is_counted, kinds))

    def _without_quotes(self) -> list[str]:
        """The first line of a row that has no end, its quotation marks as letters; the others come again."""
        first, *others = self._of_row
        first = " ".join(first.split("\r"))  # which csv refuses amid a line
        self._waiting.extendleft(reversed(others))
        self._of_row = [first]
        self._is_stray = False
        reader = csv.reader([first], delimiter=self._separator, skipinitialspace=True, quoting=csv.QUOTE_NONE)
        return next(reader, [])


def is_blank(row: Row) -> bool:
    """Whether a row is a blank line."""
    return not row or (len(row) == 1 and isinstance(row[0], str) and not row[0].strip())


def are_wrapped(lines: Iterable[str]) -> bool:
    """Whether the lines that are not blank are one cell in quotation marks each, but for a few odd ones."""
    filled = [line for line in lines if line.strip()]
    return 0 < len(filled) <= TO_A_REGULAR_ONE * sum(_WRAPPED.fullmatch(line) is not None for line in filled)


def are_stamped(lines: Iterable[str]) -> bool:
    """Whether the lines begin with the time and the arrow of Arduino's serial monitor."""
    filled = [line for line in lines if line.strip()]
    return 0 < len(filled) <= TO_A_REGULAR_ONE * sum(_STAMPED.match(line) is not None for line in filled)


def unstamped(lines: Iterable[str]) -> Iterator[str]:
    """Lines without the time and the arrow before each."""
    return (_STAMPED.sub("", line) for line in lines)


def with_separator_behind_stamp(lines: Iterable[str], separator: str) -> Iterator[str]:
    """Lines whose arrow is a separator; what has no digits behind it, as names, has no time before it."""
    for line in lines:
        stamp = _STAMPED.match(line)
        rest = line[stamp.end() :] if stamp else line
        is_data = stamp is not None and any(map(str.isdigit, rest))
        yield f"{stamp[1] if stamp and is_data else ''}{separator}{rest}" if stamp else line


def unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """Lines without the quotation marks around each."""
    for line in lines:
        match = _WRAPPED.fullmatch(line)
        yield match[1].replace('""', '"') + "\n" if match else line
