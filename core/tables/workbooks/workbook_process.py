"""Asks the process that reads workbooks, and makes sentences of how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.file_names import shown_name
from core.problem import Problem
from core.tables.cells import Cell, ErrorCell
from core.tables.choice import listed
from core.tables.source import Cancel, stop_if
from core.tables.workbooks.exit_statuses import NO_SHEET, PASSWORD, TOO_LARGE
from core.tables.workbooks.unpacked import damaged
from core.texts import _

CHILD = ("-m", "core.tables.workbooks.workbook_child")  # what Python runs
_EXIT_STATUSES = range(256)  # of a process that ends by itself; the system has others for one that it ends


@dataclass(frozen=True)
class SheetPart:
    """What the child says of one sheet of `sheets`, and some of its rows; `is_end` after the last of them.

    `hidden_rows` counts those with content, `hidden_columns` are positions in the rows. Where the sheet has
    more rows than were wanted, the last part knows how many are `filled`, and some of the `later` ones: pairs
    of how many stand before them, and rows.
    """

    sheets: tuple[str, ...] = ()
    sheet: str = ""
    row_count: int = 0
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    percent_columns: tuple[int, ...] = ()
    rows: list[list[Cell]] = field(default_factory=list)
    is_end: bool = False
    filled: int = 0
    later: tuple[tuple[int, list[list[Cell]]], ...] = ()


def sheet_parts(
    path: Path, sheet: str, limit: int, columns: Sequence[int] | None, cancelled: Cancel
) -> Generator[SheetPart]:
    """A sheet, or each where `sheet` is "": first what it is, without rows, then the rows in blocks.

    At most `limit` rows of a sheet, all where it is 0, and of these all cells or those of some columns.
    Raises Problem where the workbook cannot be read.
    """
    part = about = SheetPart()
    for line in _lines(path, [sheet, str(limit), ",".join(map(str, columns or ()))], cancelled):
        try:
            content = json.loads(line, object_hook=_error_or_not)
            about = _about(content, about) if isinstance(content, dict) else about
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(shown_name(path)) from error
        part = about if isinstance(content, dict) else replace(about, rows=content or [], is_end=not content)
        yield part
    if not part.is_end:
        raise damaged(shown_name(path))


def _error_or_not(content: dict[str, Any]) -> ErrorCell | dict[str, Any]:
    """What an object in JSON stands for: a cell with an error, or what is said of a sheet."""
    return ErrorCell(content["error"]) if "error" in content else content


def _about(content: dict[str, Any], known: SheetPart) -> SheetPart:
    """What the child says of a sheet, before its rows or behind them."""
    if "later" in content:
        later = tuple((before, rows) for before, rows in content["later"])
        return replace(known, filled=content["filled"], later=later)
    return SheetPart(
        tuple(content["sheets"]),
        content["sheet"],
        content["rows"],
        content["hidden_rows"],
        tuple(content["hidden_columns"]),
        tuple(content["percent_columns"]),
    )


def _lines(path: Path, options: list[str], cancelled: Cancel) -> Iterator[bytes]:
    """The lines that the child writes; Problem when it fails. It has ended when this ends."""
    with subprocess.Popen(
        [sys.executable, "-P", *CHILD, str(path), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
    ) as child:
        try:
            for line in child.stdout or ():
                stop_if(cancelled)
                if line.strip() and line.endswith(b"\n"):  # of the last it may have written a part only
                    yield line
            if (status := child.wait()) == NO_SHEET:
                raise _no_sheet(path, options[0], cancelled)
            _check(status, shown_name(path))
        finally:
            child.kill()


def _environment() -> dict[str, str]:
    """The child finds this very program."""
    places = [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}


def _no_sheet(path: Path, sheet: str, cancelled: Cancel) -> Problem:
    """What to say of a sheet that is not there."""
    with closing(sheet_parts(path, "", 1, None, cancelled)) as parts:
        sheets = listed(next(parts).sheets)
    text = _("{name} has no sheet {sheet}; choose one of its sheets: {sheets}.")
    return Problem(text.format(name=shown_name(path), sheet=sheet, sheets=sheets))


def _check(status: int, name: str) -> None:
    """Problem when the child could not read the workbook."""
    texts = {
        PASSWORD: _("{name} is protected by a password; save it without one and open it again."),
        TOO_LARGE: _(
            "{name} takes more memory than a table may, or is damaged; save the columns you need as CSV."
        ),
    }
    if status not in _EXIT_STATUSES:
        status = TOO_LARGE
    if status in texts:
        raise Problem(texts[status].format(name=name))
    if status != 0:
        raise damaged(name)
