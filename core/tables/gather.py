"""From the blocks of two columns to points, and to the sentences about what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from core.experiment.points import Floats, Points
from core.problem import Problem
from core.tables.limits import check_rows
from core.tables.reading import MISSING, NOT_A_NUMBER, NOT_FINITE, TOO_MANY_CELLS
from core.tables.sample import Block
from core.texts import _, n_

_FAR, _NARROW = 10.0, 0.01  # means and spreads beyond these slow every optimizer down
_SQUARABLE = 1e140  # the squares of so many such numbers have a finite sum
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


def gathered(blocks: Iterable[Block]) -> tuple[Floats, Floats, dict[str, int]]:
    """x `[N]`, y `[N]` and how many rows were left out for which reason; Problem for too many rows."""
    xs: list[Floats] = []
    ys: list[Floats] = []
    dropped: Counter[str] = Counter()
    rows = 0
    for block in blocks:
        rows += len(block)
        check_rows(rows)
        good = _sorted_out(block, dropped)
        every = bool(good.all())  # as a rule; nothing need be copied then
        xs.append(block.x.values if every else block.x.values[good])
        ys.append(block.y.values if every else block.y.values[good])
    if not xs:
        return np.empty(0), np.empty(0), {}
    return (
        np.concatenate(xs),
        np.concatenate(ys),
        {reason: count for reason, count in dropped.items() if count},
    )


def _sorted_out(block: Block, dropped: Counter[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows are points; each of the others is counted once, in `dropped`."""
    x, y = block.x, block.y
    if not (x.text.any() or y.text.any()) and np.isfinite(x.values).all() and np.isfinite(y.values).all():
        dropped[TOO_MANY_CELLS] += block.too_many_cells
        return np.ones(len(x.values), dtype=np.bool_)
    text = x.text | y.text
    missing = (np.isnan(x.values) | np.isnan(y.values)) & ~text
    infinite = (np.isinf(x.values) | np.isinf(y.values)) & ~text & ~missing
    dropped[TOO_MANY_CELLS] += block.too_many_cells
    for reason, rows in ((NOT_A_NUMBER, text), (MISSING, missing), (NOT_FINITE, infinite)):
        dropped[reason] += int(rows.sum())
    good: np.ndarray[tuple[int], np.dtype[np.bool_]] = ~(text | missing | infinite)
    return good


def no_points(dropped: Mapping[str, int]) -> Problem:
    """The sentence for a table in which no row is a point."""
    if not dropped:
        return Problem(_("The table has no rows under its column names; add rows of numbers."))
    text = _(
        "No row has a finite number in both columns ({reasons}); choose other columns or mend the table."
    )
    return Problem(text.format(reasons=reasons(dropped)))


def reasons(dropped: Mapping[str, int]) -> str:
    """How many rows were left out and why, in words."""
    texts = {
        MISSING: n_("{count} has a missing cell", "{count} have a missing cell", dropped.get(MISSING, 0)),
        NOT_A_NUMBER: n_(
            "{count} has a cell that is not a number",
            "{count} have a cell that is not a number",
            dropped.get(NOT_A_NUMBER, 0),
        ),
        NOT_FINITE: n_(
            "{count} has an infinite number", "{count} have an infinite number", dropped.get(NOT_FINITE, 0)
        ),
        TOO_MANY_CELLS: n_(
            "{count} has too many cells", "{count} have too many cells", dropped.get(TOO_MANY_CELLS, 0)
        ),
    }
    return ", ".join(
        text.format(count=f"{dropped[key]:,}") for key, text in texts.items() if dropped.get(key)
    )


def dropped_text(dropped: Mapping[str, int]) -> str:
    """The sentence about the rows that were left out; "" when all were read."""
    count = sum(dropped.values())
    if count == 0:
        return ""
    text = n_("{count} row is left out: {reasons}.", "{count} rows are left out: {reasons}.", count)
    return text.format(count=f"{count:,}", reasons=reasons(dropped))


def message(points: Points, dropped: Mapping[str, int]) -> str:
    """What a person should know after the reading."""
    count = len(points)
    text = n_("Read {count} point from {source}.", "Read {count} points from {source}.", count)
    sentences = [
        text.format(count=f"{count:,}", source=points.source),
        dropped_text(dropped),
        warning(points),
    ]
    return " ".join(filter(None, sentences))


def warning(points: Points) -> str:
    """What makes a fit of these points difficult; "" when nothing does."""
    if len(points) > 1 and np.ptp(points.x / max(_largest(points.x), 1.0)) == 0:
        text = _("Every {x} is the same, so the slope is undefined: any line through the mean of {y} fits.")
        return text.format(x=points.x_name, y=points.y_name)
    if max(_largest(points.x), _largest(points.y)) > _LARGEST_FLOAT32:
        return _("Some numbers are too large for float32; choose float64 to train on them.")
    return ""


def proposes_standardise(points: Points) -> bool:
    """Whether the scale of x or y is so far from 1 that training needs standardised inputs."""
    return any(_is_far_from_one(values) for values in (points.x[:, 0], points.y) if len(values))


def _is_far_from_one(values: Floats) -> bool:
    """Whether the mean or the spread of some numbers is far from 1."""
    largest = max(_largest(values), np.finfo(np.float64).tiny)
    scaled = (
        values if largest < _SQUARABLE else values / largest
    )  # so that squares of large numbers do not overflow
    unit = 1.0 if scaled is values else largest
    mean, spread = abs(scaled.mean()) * unit, scaled.std() * unit
    return bool(max(mean, spread) > _FAR or 0 < spread < _NARROW)


def _largest(values: Floats) -> float:
    """The largest of the absolute values; 0 of none."""
    return float(max(values.max(initial=0.0), -values.min(initial=0.0)))
