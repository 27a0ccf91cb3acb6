"""Reads a workbook in a process of its own, which a damaged or hostile one may break without more harm.

Run as `python -m core.tables.workbooks.workbook_child PATH SHEET LIMIT COLUMNS`: SHEET is a name, or empty
for each in turn, LIMIT the number of rows wanted of a sheet, 0 for all, COLUMNS two positions as `0,1` or
empty for all. Writes lines of JSON: for a sheet `{"sheets", "sheet", "rows", "hidden_rows",
"hidden_columns", "percent_columns"}`, then lists of rows, at last an empty one. Where a sheet has more rows
than are wanted, before the last line `{"filled", "later"}`: how many rows it has, and pairs of a number of
rows and some that stand behind so many. A cell with an error is `{"error": its text}`.
An empty line now and then says that it lives.

A workbook can make its reader ask for far more memory than the file has; so this process has a limit.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import struct
import sys
import threading
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from core.tables.notations.durations import clock
from core.tables.workbooks.exit_statuses import NO_SHEET, PASSWORD, TOO_LARGE
from core.tables.workbooks.ods_facts import ods_facts
from core.tables.workbooks.ole_stream import OLE
from core.tables.workbooks.sheet_facts import SheetFacts
from core.tables.workbooks.sheet_rows import SheetRows
from core.tables.workbooks.xls_facts import xls_facts
from core.tables.workbooks.xlsx_facts import xlsx_facts

MEMORY = 4 << 30
# what goes wrong in a file that is odd, or of a kind that is not known here, but has values that can be read
NOT_AS_IT_SHOULD_BE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, LookupError, StopIteration),
    *(struct.error, ValueError, ElementTree.ParseError, expat.ExpatError),
)
ROWS_AT_ONCE = 5_000
FAR_ROWS = 200  # that are looked at in one place
BEAT = 0.05  # seconds


def main(path: str, sheet: str, limit: str, columns: str) -> None:
    """Write a sheet of the workbook at `path` to standard output, or each."""
    limit_memory()
    out = Lines()
    wanted = [int(column) for column in columns.split(",")] if columns else None
    # as a stream its kind is told by its content, whatever its name ends in
    with open(path, "rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
        names = sheet_names(workbook)
        if sheet and sheet not in workbook.sheet_names:
            sys.exit(NO_SHEET)
        for name in [sheet] if sheet else names:
            rows, about = opened(path, workbook, name)
            out.write({"sheets": names, "sheet": name, **about})
            filled = iter(rows)
            left = filled if limit == "0" else itertools.islice(filled, int(limit))
            done = 0
            while some := list(itertools.islice(left, ROWS_AT_ONCE)):
                out.write(some if wanted is None else [[row[column] for column in wanted] for row in some])
                done += len(some)
            if rest := further(filled, done, rows.height):
                out.write(rest)
            out.write([])


def limit_memory() -> None:
    """Let this process have no more than MEMORY, where the system can do that."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def sheet_names(workbook: CalamineWorkbook) -> list[str]:
    """The names of the sheets of cells that a person can see."""
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ] or workbook.sheet_names


def opened(path: str, workbook: CalamineWorkbook, name: str) -> tuple[SheetRows, dict[str, object]]:
    """The rows of a sheet, and what is known of it."""
    sheet = workbook.get_sheet_by_name(name)
    try:
        facts = facts_of(path, name)
    except NOT_AS_IT_SHOULD_BE:
        facts = SheetFacts()
    facts.merged += sheet.merged_cell_ranges or []
    rows = SheetRows(sheet, facts)
    hidden = sorted(column - rows.left for column in facts.hidden_columns if column >= rows.left)
    percent = sorted(column - rows.left for column in facts.percent_columns)
    return rows, {
        "rows": rows.height,
        "hidden_rows": facts.hidden_rows,
        "hidden_columns": hidden,
        "percent_columns": percent,
    }


def further(rows: Iterator[list[object]], done: int, height: int) -> dict[str, object]:
    """Rows behind those that are done: around the middle, and the last; nothing where there are none."""
    middle = max(done, height // 2)
    filled, central, last = done, [], deque[list[object]](maxlen=FAR_ROWS)
    for row in rows:
        if middle <= filled < middle + FAR_ROWS:
            central.append(row)
        last.append(row)
        filled += 1
    later = [(middle, central), (filled - len(last), list(last))]
    return {"filled": filled, "later": later} if last else {}


def facts_of(path: str, name: str) -> SheetFacts:
    """What the file says of a sheet beside its values; NOT_AS_IT_SHOULD_BE where it cannot be understood."""
    with open(path, "rb") as file:
        if file.read(len(OLE)) == OLE:
            file.seek(0)
            return xls_facts(file.read(), name)
        with zipfile.ZipFile(file) as archive:
            return (ods_facts if "content.xml" in archive.namelist() else xlsx_facts)(archive, name)


def as_text(value: object) -> str:
    """A date, a time or a duration, of which JSON has none."""
    return clock(value) if isinstance(value, timedelta) else str(value)


class Lines:
    """Standard output, one JSON value a line, with a beat in between."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        threading.Thread(target=self._beat, daemon=True).start()

    def write(self, content: object) -> None:
        """Write one value; dates and times as text."""
        self._send(json.dumps(content, default=as_text) + "\n")

    def _beat(self) -> None:
        """Send empty lines; the reader looks at each whether the person has cancelled, or is no more."""
        pause = threading.Event()
        try:
            while not pause.wait(BEAT):
                self._send("\n")
        except OSError:
            os._exit(1)  # nobody waits for the rest
        except ValueError:
            return  # all is written

    def _send(self, text: str) -> None:
        """Write a text at once."""
        with self.lock:
            sys.stdout.write(text)
            sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except PasswordError:
        sys.exit(PASSWORD)
    except MemoryError:
        sys.exit(TOO_LARGE)
