"""Points on their way to other programs, as CSV."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator

from core.experiment.points import Points
from core.tables.layout import needs_mark
from core.whole_file import save_whole


def save_points(points: Points, path: str | os.PathLike[str]) -> None:
    """Write points as CSV in UTF-8 so that they read back bit for bit, whole or not at all.

    Raises Problem where the file cannot be written.
    """
    save_whole(path, (row.encode("utf-8", "replace") for row in _rows(points)))


def _rows(points: Points) -> Iterator[str]:
    """The header and one row a point; repr gives the shortest digits that read back as the same float."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    features = points.x.shape[1]
    x_names = [points.x_name] if features == 1 else [f"{points.x_name} {n + 1}" for n in range(features)]
    writer.writerow([_safe(name, "x") for name in x_names] + [_safe(points.y_name, "y")])
    yield text.getvalue()
    for row, y in zip(points.x, points.y, strict=True):
        yield f"{','.join(map(repr, row.tolist()))},{float(y)!r}\n"


def _safe(name: str, default: str) -> str:
    """A column name that a spreadsheet takes neither for a formula nor for a number.

    The apostrophe is its mark for a text; our own reader takes it away again.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    name = " ".join(printable.split()) or default
    return f"'{name}" if needs_mark(name) else name
