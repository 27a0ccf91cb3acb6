"""The verbs: open a table, look at its first rows, read its points."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.experiment.points import Points
from core.file_names import shown_name
from core.problem import Problem
from core.tables.cells import Cell, shown
from core.tables.choice import chosen_columns
from core.tables.columns import TwoColumns, two_columns
from core.tables.gather import message, no_points, proposes_standardise
from core.tables.layout import Layout
from core.tables.layout.kinds import cells_in
from core.tables.limits import file_size
from core.tables.notations.decimal_mark import thousands_or_decimals
from core.tables.preview_rows import marked_rows, shown_rows
from core.tables.reading import Preview, Reading, ReadPoints, check_reading
from core.tables.sample import Block, Sample, Table, block_of
from core.tables.source import Cancel, NotAscii, Progress, ignore, never
from core.tables.text.text_table import TextTable
from core.tables.unchanged import UnchangedTable, stamp_of
from core.tables.workbooks.ole_stream import OLE
from core.tables.workbooks.workbook import ZIP, Workbook
from core.texts import _, joined, n_

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".xlsx", ".xls", ".ods")
_log = logging.getLogger(__name__)


def open_table(path: str | os.PathLike[str], cancelled: Cancel = never) -> Table:
    """The table in a file, its kind told by the first bytes and not the name; Problem when it is none."""
    path = Path(path)
    with _sentences(shown_name(path)):
        file_size(path)  # refuses what is no file before it is opened
        stamp = stamp_of(path)
        with path.open("rb") as file:
            begin = file.read(len(ZIP))
        is_workbook = begin in (ZIP, OLE)
        table = Workbook.from_file(path, cancelled) if is_workbook else TextTable.from_file(path)
        return UnchangedTable(table, path, stamp)


def pasted_table(text: str) -> Table:
    """The table in a text that was copied from a spreadsheet; Problem when it is empty or too long."""
    return TextTable.from_text(text, _("The clipboard"))


def preview(table: Table, reading: Reading = Reading()) -> Preview:  # noqa: B008 (it is frozen)
    """The first rows of a table and what would be read from them; Problem when nothing can be understood."""
    with _sentences(table.name):
        check_reading(reading, table.name, table.is_text)
        sample = table.sample(reading)
        found = _without_columns(table, sample)
        try:
            x, y = chosen_columns(sample, reading)
            pair = two_columns(
                sample.layout,
                (x, y),
                lambda layout, columns: [block_of(sample.rows, columns, layout, sample.behind)],
            )
            used = replace(found.reading, x=x, y=y, date_order=pair.date_order)
            marks = marked_rows(sample, (x, y), pair.dates)
            found = replace(found, reading=used, marks=marks, dropped_because=pair.left_out.because)
            if len(pair.x) == 0 and sample.whole:
                raise no_points(pair.left_out)
        except Problem as problem:
            return replace(found, problem=str(problem))
        return replace(
            found, summary=_summary(sample, pair, (*_notes(table, sample), *_remarks(sample, reading, x, y)))
        )


def read_points(
    source: str | os.PathLike[str] | Table,
    reading: Reading = Reading(),  # noqa: B008 (it is frozen)
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> ReadPoints:
    """The points of two columns of a table, given as a path or opened.

    `progress` is called with shares from 0 to 1, `cancelled` is asked often. Raises Problem for whatever the
    file is, and Cancelled, which is a Problem, when `cancelled()` was true.
    """
    cancelled = cancelled or never
    table = open_table(source, cancelled) if isinstance(source, (str, os.PathLike)) else source
    with _sentences(table.name):
        check_reading(reading, table.name, table.is_text)
        try:
            sample = table.sample(reading, in_haste=True)
            return _read_points(table, sample, reading, progress or ignore, cancelled)
        except NotAscii:
            return _read_points(table, table.sample(reading), reading, progress or ignore, cancelled)


def _read_points(
    table: Table, sample: Sample, reading: Reading, progress: Progress, cancelled: Cancel
) -> ReadPoints:
    """The points of two columns of a table of which `sample` shows the first rows."""
    x, y = chosen_columns(sample, reading)

    def blocks(layout: Layout, columns: tuple[int, int]) -> Iterable[Block]:
        return table.blocks(replace(sample, layout=layout), columns, progress, cancelled)

    pair = two_columns(sample.layout, (x, y), blocks)
    left_out = pair.left_out
    if len(pair.x) == 0:
        raise no_points(left_out)
    pair.x.flags.writeable = pair.y.flags.writeable = False  # nobody else's, so Points need no copy
    scale = "" if pair.scale is None else str(pair.scale)
    points = Points(pair.x, pair.y, pair.x_column.title, pair.y_column.title, table.name, scale)
    used = replace(sample.layout.reading, x=x, y=y, date_order=pair.date_order)
    notes = (*_notes(table, sample), *_remarks(sample, reading, x, y), pair.remark())
    said = message(points, used.sheet, notes, left_out)
    return ReadPoints(
        points,
        pair.x_column,
        pair.y_column,
        left_out.because,
        proposes_standardise(points),
        said,
        used,
        pair.other_orders,
    )


def parse_clipboard(text: str, reading: Reading = Reading()) -> ReadPoints:  # noqa: B008 (it is frozen)
    """The points in a text that was copied from a spreadsheet; Problem as read_points."""
    return read_points(pasted_table(text), reading)


def _without_columns(table: Table, sample: Sample) -> Preview:
    """What the rows show before x and y are chosen."""
    rows = tuple(tuple(map(shown, row)) for row in shown_rows(sample))
    layout, marks = sample.layout, marked_rows(sample)
    count = len(sample.rows)
    return Preview(
        layout.reading, layout.columns, rows, marks, count, sample.whole, table.is_text, sample.sheets
    )


def _notes(table: Table, sample: Sample) -> tuple[str, ...]:
    """What a person should know about the table beside its columns, as what stands above it in a text."""
    usual = bool(sample.layout.reading.header)
    if not table.is_text or sample.layout.lying is not None or sample.skip <= usual:
        return sample.notes
    text = _("The rows begin in line {line}; nothing that stands above them is read but names.")
    return text.format(line=f"{sample.skip + 1:,}"), *sample.notes


def _remarks(sample: Sample, asked: Reading, *columns: int) -> tuple[str, ...]:
    """What a person should know about how some columns are written."""
    layout = sample.layout
    titles = {column: layout.columns[column].title for column in columns}
    remarks = [layout.notation(column).remark(title) for column, title in titles.items()]
    if asked.decimal is None and layout.decimal == "." and layout.reading.separator == ";":
        # a semicolon parts cells where the comma is the decimal mark, as a rule
        remarks += [_doubt(cells_in(sample.rows, column), title) for column, title in titles.items()]
    return tuple(remarks)


def _doubt(cells: Sequence[Cell], title: str) -> str:
    """The sentence about points that may part thousands; "" where they do not."""
    text = thousands_or_decimals(cells)
    if not text:
        return ""
    sentence = _(
        "In “{title}”, {text} is read as {value}; choose the comma as decimal mark if it means {thousands}."
    )
    thousands = f"{int(text.replace('.', '')):,}"
    return sentence.format(title=title, text=text, value=f"{float(text):g}", thousands=thousands)


def _summary(sample: Sample, pair: TwoColumns, notes: Sequence[str]) -> str:
    """How many points there would be, of all rows or of those looked at."""
    points = len(pair.x)
    if sample.whole:
        first = n_("{count} point.", "{count} points.", points)
    else:
        first = n_(
            "{count} point in the first {rows} rows.", "{count} points in the first {rows} rows.", points
        )
    first = first.format(count=f"{points:,}", rows=f"{len(sample.rows):,}")
    return joined(first, *notes, pair.left_out.sentence(), pair.remark(sample.whole))


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Turn whatever goes wrong with a file into a Problem; the log has the rest."""
    try:
        yield
    except Problem:
        raise
    except FileNotFoundError as error:
        raise Problem(_("There is no file {name}; choose another one.").format(name=name)) from error
    except PermissionError as error:
        raise Problem(_("{name} may not be read; ask its owner for a copy.").format(name=name)) from error
    except OSError as error:
        text = _("{name} could not be read ({reason}); copy it to this computer and try again.")
        raise Problem(text.format(name=name, reason=error.strerror or error)) from error
    except MemoryError as error:
        raise Problem(
            _("There is not enough memory for {name}; keep fewer rows.").format(name=name)
        ) from error
    except Exception as error:
        _log.exception("reading %s failed", name)
        raise Problem(
            _("{name} could not be read as a table; save it as CSV and try again.").format(name=name)
        ) from error
