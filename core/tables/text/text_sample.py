"""What a text looks like: its first rows, and some from its middle and its end, understood as a table."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from core.problem import Problem
from core.tables.cells import Cell
from core.tables.layout import (
    TO_A_REGULAR_ONE,
    are_stamped,
    are_wrapped,
    propose_separator,
    split,
    understand,
    unstamped,
    unwrapped,
    with_separator_behind_stamp,
)
from core.tables.limits import SAMPLE_ROWS
from core.tables.reading import Reading
from core.tables.sample import Excerpt, Mend, Sample, decided
from core.tables.source import NotAscii, check_text, physical_lines
from core.tables.text.encodings import Letters, decoded, is_plain, propose_encoding
from core.tables.text.text_places import FAR_BYTES, Place, bytes_of
from core.texts import N_, _

if TYPE_CHECKING:
    from core.tables.text.text_table import TextTable

Rows = list[tuple[list[str], int]]

LINES_TO_A_ROW = 4  # at most, on average: cells may have several
_JUDGED_LINES = 200  # enough to tell how lines become rows
_WIDER = 8  # times as many bytes of the end, while there are only notes
_OTHER_KINDS = {
    **dict.fromkeys(("<!doctype", "<html", "<head", "<body"), N_("a web page")),
    "<?xml": N_("an XML file"),
    "%pdf-": N_("a PDF"),
    "{\\rtf": N_("a text document (RTF)"),
    **dict.fromkeys(('{"', '[{"', "[["), N_("a JSON file")),
}
_LONGEST_BEGINNING = 16  # characters by which it is told what a file is
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\v\x1a")


@dataclass(frozen=True)
class _Form:
    """How lines become rows."""

    encoding: str
    separator: str
    mend: Mend | None = None

    def rows(self, lines: Iterable[str]) -> Rows:
        """The rows in some lines, each with the number of lines up to its end."""
        return split(self.mend(lines) if self.mend else lines, self.separator)


def sample_of(table: TextTable, reading: Reading, in_haste: bool) -> Sample:
    """The sample of a text; Problem when it is none, or no table.

    Where it begins in ASCII, nobody who is `in_haste` looks for other letters down to its end: nearly every
    long text has none, and that takes as long as to understand its first lines. NotAscii where one is met.
    """
    head, whole = table.head()
    is_ascii = in_haste and not whole and is_plain(head)
    expected = Letters(reading.encoding or propose_encoding(head), stray=0)
    letters = expected if is_ascii else table.letters(head, reading.encoding)
    before, lines = _first_lines(table.name, decoded(head, letters.encoding), whole)
    most = SAMPLE_ROWS * LINES_TO_A_ROW
    whole, lines = whole and len(lines) <= most, lines[:most]
    form = _form(lines[:_JUDGED_LINES], letters.encoding, reading.separator)
    rows = form.rows(lines)
    cells = [row for row, _end in rows]
    far = () if whole else _far_rows(table, form, FAR_BYTES)
    if is_ascii and not all(line.isascii() for place, _rows in far for line in place.lines):
        raise NotAscii
    further = [row for _place, some in far for row, _end in some]
    asked = replace(reading, encoding=form.encoding, separator=form.separator)
    names = _names_in_comment(before, form.separator)
    layout = understand(cells, asked, names, whole, further, _parted(rows))
    above = len(before) + (rows[layout.first - 1][1] if layout.first else 0)
    blank = sum(1 for _line in itertools.takewhile(str.isspace, lines[above - len(before) :]))
    sample = Sample(
        layout,
        layout.data(cells),
        whole,
        skip=above + blank,
        notes=tuple(filter(None, [letters.sentence(), *layout.notes])),
        mend=form.mend,
        behind=len(layout.behind(cells)),
        is_ascii=is_ascii,
    )
    if whole:
        return sample
    if layout.end < len(cells) and not any(map(layout.is_of_table, further)):
        return _ended(table, sample)
    sample = replace(sample, rows=cells[layout.first :][:SAMPLE_ROWS], behind=0)
    sample = _with_far_rows(table, sample, form, far)
    return decided(sample, partial(_cells, table, sample))


def _parted(rows: Rows) -> list[int]:
    """The rows with empty lines before them; one with cells of several lines may seem to be so."""
    ends = [end for _row, end in rows]
    return [index for index, (above, end) in enumerate(pairwise(ends), 1) if end - above > 1]


def _first_lines(name: str, text: str, whole: bool) -> tuple[list[str], list[str]]:
    """The comments before a table, and the lines that follow them."""
    _check_is_table(text, name)
    lines = physical_lines(text)
    if not whole and len(lines) > 1:
        lines.pop()  # it was cut
    count = _comments(lines)
    return lines[:count], lines[count:]


def _form(lines: Sequence[str], encoding: str, separator: str | None) -> _Form:
    """How some lines become rows: each may be one in quotation marks, if most then have as many cells."""
    if are_stamped(lines):
        separator = separator or propose_separator(list(unstamped(lines)))
        return _Form(encoding, separator, partial(with_separator_behind_stamp, separator=separator))
    if are_wrapped(lines):
        inner = list(unwrapped(lines))
        form = _Form(encoding, separator or propose_separator(inner), unwrapped)
        widths = Counter(len(row) for row, _end in form.rows(lines))
        width, count = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        if width > 1 and widths.total() <= TO_A_REGULAR_ONE * count:
            return form
    return _Form(encoding, separator or propose_separator(lines))


def _far_rows(table: TextTable, form: _Form, last_bytes: int) -> list[tuple[Place, Rows]]:
    """The rows around the middle of a text and in its last bytes."""
    return [(place, form.rows(place.lines)) for place in table.far_places(form.encoding, last_bytes)]


def _ended(table: TextTable, sample: Sample) -> Sample:
    """The sample of a table that ends among the first lines, and all behind it counted."""
    sample = replace(sample, whole=True, behind=0)
    behind = itertools.islice(table.rows(sample), len(sample.rows), None)
    return replace(sample, behind=sum(1 for _row in behind))


def _with_far_rows(
    table: TextTable, sample: Sample, form: _Form, far: Sequence[tuple[Place, Rows]]
) -> Sample:
    """A sample with rows from far down, and with the place where notes behind the table begin."""

    def behind_in(rows: Rows) -> int:
        return sample.layout.count_behind([row for row, _end in rows])

    last_bytes = FAR_BYTES
    while (behind := behind_in(far[-1][1])) == len(far[-1][1]) and last_bytes < table.size // 2:
        last_bytes *= _WIDER
        far = _far_rows(table, form, last_bytes)
    middle, (last, rows) = far
    if behind == len(rows):
        behind = 0  # they may as well be of the table, where it is odd
    kept = rows[: len(rows) - behind]
    later = tuple(
        Excerpt(
            [row for row, _end in some],
            partial(_rows_before, table, place, form, (some[0][1] - 1 if some else 0) - sample.skip),
        )
        for place, some in ((middle[0], middle[1][:SAMPLE_ROWS]), (last, kept[-SAMPLE_ROWS:]))
    )
    notes = last.lines[kept[-1][1] :] if kept else []
    stop = table.size - bytes_of(notes, form.encoding) if behind else None
    return replace(sample, later=later, behind=behind, stop=stop)


def _rows_before(table: TextTable, place: Place, form: _Form, more: int) -> int:
    """How many rows stand before a place, and `more`."""
    return table.lines_before(place, form.encoding) + more


def _cells(table: TextTable, sample: Sample, columns: Sequence[int]) -> Generator[list[Cell]]:
    """The cells of some columns, row by row."""
    for row in table.rows(sample):
        yield [row[column] if column < len(row) else None for column in columns]


def _check_is_table(text: str, name: str) -> None:
    """Problem when a text cannot be a table of numbers."""
    check_text(text.encode("utf-8", "replace"))
    if not text.strip():
        raise Problem(_("{name} is empty; choose a table with two columns of numbers.").format(name=name))
    begin = "".join(text[: _LONGEST_BEGINNING * 4].lower().split())[:_LONGEST_BEGINNING]
    for mark, kind in _OTHER_KINDS.items():
        if begin.startswith(mark):
            sentence = _("{name} is {kind} and not a table; save the table itself as CSV.")
            raise Problem(sentence.format(name=name, kind=_(kind)))
    if not _CONTROLS.isdisjoint(text):
        raise Problem(_("{name} is not a text; open a CSV file or a spreadsheet.").format(name=name))


def _comments(lines: list[str]) -> int:
    """How many comment and blank lines stand before the table."""
    for index, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("#"):
            return index
    return 0


def _names_in_comment(lines: list[str], separator: str) -> list[str]:
    """The cells of the last comment before the table, where some programs write the column names."""
    comments = [line.strip().lstrip("#") for line in lines if line.strip()]
    rows = split(comments[-1:], separator)
    names = rows[0][0] if rows else []
    return [name.strip() for name in names]
