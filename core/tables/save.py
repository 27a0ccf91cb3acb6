"""Points on their way to other programs, as CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
from pathlib import Path

from core.experiment.points import Points
from core.problem import Problem
from core.tables.layout import needs_mark
from core.texts import _


def save_points(points: Points, path: str | os.PathLike[str]) -> None:
    """Write points as CSV in UTF-8 so that they read back bit for bit; Problem when that fails.

    The file is whole or untouched: it is written beside its place and then moved there.
    """
    path = Path(path)
    try:
        _write(_as_csv(points).encode("utf-8", "replace"), path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        text = _("{name} could not be saved ({reason}); choose another folder.")
        raise Problem(text.format(name=path.name, reason=reason)) from error


def _as_csv(points: Points) -> str:
    """The header and one row a point; repr gives the shortest digits that read back as the same float."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    features = points.x.shape[1]
    x_names = [points.x_name] if features == 1 else [f"{points.x_name} {n + 1}" for n in range(features)]
    writer.writerow([_safe(name, "x") for name in x_names] + [_safe(points.y_name, "y")])
    for row, y in zip(points.x.tolist(), points.y.tolist(), strict=True):
        writer.writerow([*map(repr, row), repr(y)])
    return text.getvalue()


def _safe(name: str, default: str) -> str:
    """A column name that a spreadsheet takes neither for a formula nor for a number.

    The apostrophe is its mark for a text; our own reader takes it away again.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    name = " ".join(printable.split()) or default
    return f"'{name}" if needs_mark(name) else name


def _write(content: bytes, path: Path) -> None:
    """Put the content in the place of the file at once."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or of a new one."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644
