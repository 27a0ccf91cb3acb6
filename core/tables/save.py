"""Points on their way to other programs, as CSV."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from core.experiment.points import Points
from core.tables.layout import needs_mark
from core.whole_file import save_whole

_MIDNIGHT, _DAY = datetime(1970, 1, 1), timedelta(days=1)


def save_points(points: Points, path: str | os.PathLike[str]) -> None:
    """Write points as CSV in UTF-8 so that they read back bit for bit, whole or not at all.

    Dates and times of day are written as such, in ISO 8601 and to the microsecond, where the calendar goes so
    far; durations as numbers, with their unit in the name.

    Raises Problem where the file cannot be written.
    """
    save_whole(path, (row.encode("utf-8", "replace") for row in _rows(points)))


def _rows(points: Points) -> Iterator[str]:
    """The header and one row a point; repr gives the shortest digits that read back as the same float."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    features = points.x.shape[1]
    x_names = [points.x_name] if features == 1 else [f"{points.x_name} {n + 1}" for n in range(features)]
    moments = _moments(points)
    if moments is None and points.time_scale is not None:
        x_names = [f"{points.x_name} ({points.time_scale})"]
    writer.writerow([_safe(name, "x") for name in x_names] + [_safe(points.y_name, "y")])
    yield text.getvalue()
    for place, (row, y) in enumerate(zip(points.x, points.y, strict=True)):
        x = ",".join(map(repr, row.tolist())) if moments is None else moments[place]
        yield f"{x},{float(y)!r}\n"


def _moments(points: Points) -> list[str] | None:
    """Every x as the date or time that it counts; None of numbers, durations and what no calendar has."""
    scale = points.time_scale
    if scale is None or scale.origin is None:
        return None
    moments = [scale.at(x) for x in points.x[:, 0].tolist()]
    if any(moment is None for moment in moments):
        return None
    if isinstance(scale.origin, time):
        return [str((_MIDNIGHT + way % _DAY).time()) for way in moments if isinstance(way, timedelta)]
    dates = [moment for moment in moments if isinstance(moment, datetime)]
    if all(moment.time() == time() and moment.tzinfo is None for moment in dates):
        return [str(moment.date()) for moment in dates]
    return list(map(str, dates))


def _safe(name: str, default: str) -> str:
    """A column name that a spreadsheet takes neither for a formula nor for a number.

    The apostrophe is its mark for a text; our own reader takes it away again.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    name = " ".join(printable.split()) or default
    return f"'{name}" if needs_mark(name) else name
