"""Reads a workbook in a process of its own, which a damaged or hostile one may break without more harm.

Run as `python workbook_child.py PATH SHEET LIMIT COLUMNS`: SHEET is a name or empty for the first with
data, LIMIT the number of rows wanted or 0 for all, COLUMNS two positions as `0,1` or empty for all. Writes
lines of JSON: first `{"sheets", "sheet", "rows"}`, then lists of rows; an empty line now and then says that
it lives.

A workbook can make its reader ask for far more memory than the file has; so this process has a limit.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
)

MEMORY = 4 << 30
ROWS_AT_ONCE = 5_000
BEAT = 0.05  # seconds
PASSWORD, NO_SHEET, TOO_LARGE = 3, 4, 5  # exit statuses


def main(path: str, sheet_name: str, limit: str, columns: str) -> None:
    """Write a sheet of the workbook at `path` to standard output."""
    limit_memory()
    out = Lines()
    # as a stream its kind is told by its content, whatever its name ends in
    with open(path, "rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
        names = sheet_names(workbook)
        sheet = chosen(workbook, [sheet_name] if sheet_name else names)
        out.write({"sheets": names, "sheet": sheet.name, "rows": sheet.height})
        wanted = [int(column) for column in columns.split(",")] if columns else None
        rows = filled_rows(sheet)
        if limit != "0":
            rows = itertools.islice(rows, int(limit))
        while some := list(itertools.islice(rows, ROWS_AT_ONCE)):
            out.write(some if wanted is None else [[row[column] for column in wanted] for row in some])


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


def chosen(workbook: CalamineWorkbook, names: Iterable[str]) -> CalamineSheet:
    """The first of the named sheets that has data, or else the last."""
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height:
            break
    return sheet


def filled_rows(sheet: CalamineSheet) -> Iterator[Sequence[object]]:
    """The rows that have anything in them; all are equally long."""
    if sheet.height == 0:
        return iter(())
    empty = [""] * sheet.width
    return (row for row in sheet.iter_rows() if row != empty)


class Lines:
    """Standard output, one JSON value a line, with a beat in between."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        threading.Thread(target=self._beat, daemon=True).start()

    def write(self, content: object) -> None:
        """Write one value; dates and times as text."""
        self._send(json.dumps(content, default=str) + "\n")

    def _beat(self) -> None:
        """Send empty lines; the reader looks at each whether the person has cancelled."""
        pause = threading.Event()
        with contextlib.suppress(OSError, ValueError):
            while not pause.wait(BEAT):
                self._send("\n")

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
    except WorksheetNotFound:
        sys.exit(NO_SHEET)
    except MemoryError:
        sys.exit(TOO_LARGE)
