"""How large a table may be; what is larger is refused before it fills the memory."""

from __future__ import annotations

import stat
from pathlib import Path

from core.choices.limits import MOST_POINTS
from core.file_names import shown_name
from core.problem import Problem
from core.texts import _

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 200 * MEGABYTE
MAX_ROWS = MOST_POINTS
MAX_UNPACKED_BYTES = 100 * MEGABYTE
SAMPLE_BYTES = 64 * 1024
SAMPLE_ROWS = 200
DECIDING = 200  # filled cells that are enough to tell what a column holds
MAX_COLUMNS = 20_000
MAX_NAME = 200  # characters of a column name


def file_size(path: Path) -> int:
    """The size in bytes of the ordinary file at `path`; Problem for anything else and for one too large."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise Problem(_("{name} is a folder; choose a file in it.").format(name=shown_name(path)))
    if not stat.S_ISREG(found.st_mode):
        raise Problem(_("{name} is not an ordinary file; choose a table.").format(name=shown_name(path)))
    check_size(found.st_size, shown_name(path))
    return found.st_size


def check_size(size: int, name: str) -> None:
    """Problem when a table of `size` bytes is empty or too large."""
    if size == 0:
        raise Problem(_("{name} is empty; choose a table with two columns of numbers.").format(name=name))
    if size > MAX_FILE_BYTES:
        text = _("{name} has {size} MB and the limit is {limit} MB; keep fewer rows or columns.")
        raise Problem(
            text.format(name=name, size=f"{size / MEGABYTE:,.0f}", limit=MAX_FILE_BYTES // MEGABYTE)
        )


def check_rows(rows: int) -> None:
    """Problem when a table has more than MAX_ROWS rows."""
    if rows > MAX_ROWS:
        text = _("The table has more than {limit} rows; keep a part of them, for example every tenth.")
        raise Problem(text.format(limit=f"{MAX_ROWS:,}"))


def check_columns(columns: int) -> None:
    """Problem when a table has more than MAX_COLUMNS columns."""
    if columns > MAX_COLUMNS:
        text = _("The table has more than {limit} columns; keep only those that you need.")
        raise Problem(text.format(limit=f"{MAX_COLUMNS:,}"))
