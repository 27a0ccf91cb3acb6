"""From the blocks of two columns to points, and to what a person should know about them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Floats, Points, all_finite
from core.problem import Problem
from core.tables.left_out import LeftOut
from core.tables.limits import check_rows
from core.tables.reading import (
    BEHIND,
    ERROR_CELL,
    MISSING,
    NO_RESULT,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_FINITE,
    OTHER_NOTATION,
    STRAY_QUOTE,
    TOO_MANY_CELLS,
)
from core.tables.sample import Block
from core.texts import _, joined, n_

Mask = NDArray[np.bool_]

_KNOWN_BY_CELL = (ERROR_CELL, NO_RESULT, STRAY_QUOTE, OTHER_NOTATION, NOT_A_DATE)
_FAR, _NARROW = 10.0, 0.01  # means and spreads beyond these slow every optimizer down
_SQUARABLE = 1e140  # the squares of so many such numbers have a finite sum
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


def gathered(blocks: Iterable[Block]) -> tuple[Floats, Floats, LeftOut]:
    """x `[N]`, y `[N]` and which rows were left out for which reason; Problem for too many rows."""
    xs: list[Floats] = []
    ys: list[Floats] = []
    left_out = LeftOut()
    rows = 0
    for block in blocks:
        good = _sorted_out(block, left_out)
        if block.too_many_cells:
            left_out.rows = None  # where they stood among the others is not kept
        left_out.note_rows(rows + 1 + index for index in map(int, np.flatnonzero(~good)))
        rows += len(block)
        check_rows(rows)
        every = bool(good.all())  # as a rule; nothing need be copied then
        xs.append(block.x.values if every else block.x.values[good])
        ys.append(block.y.values if every else block.y.values[good])
    if not xs:
        return np.empty(0), np.empty(0), left_out
    return np.concatenate(xs), np.concatenate(ys), left_out


def _sorted_out(block: Block, left_out: LeftOut) -> Mask:
    """Which rows are points; each of the others is counted once, in `left_out`."""
    x, y = block.x, block.y
    left_out.counts[TOO_MANY_CELLS] += block.too_many_cells
    left_out.counts[BEHIND] += block.behind
    if not (x.text.any() or y.text.any()) and all_finite(x.values) and all_finite(y.values):
        return np.ones(len(x.values), dtype=np.bool_)
    text = x.text | y.text
    missing = np.isnan(x.values) | np.isnan(y.values)
    infinite = np.isinf(x.values) | np.isinf(y.values)
    good = ~(text | missing | infinite)
    left = ~good
    for reason, rows in (
        *((reason, _with_reason(block, reason)) for reason in _KNOWN_BY_CELL),
        (NOT_A_NUMBER, text),
        (MISSING, missing),
        (NOT_FINITE, infinite),
    ):
        left_out.counts[reason] += int((rows & left).sum())
        left &= ~rows
    for part in (y, x):
        left_out.examples = {**part.examples, **left_out.examples}
    return good


def _with_reason(block: Block, reason: str) -> Mask:
    """The rows with a cell in x or y of which it is known that it is no number for this reason."""
    rows = np.zeros(len(block.x.values), dtype=np.bool_)
    for part in (block.x, block.y):
        rows[part.because.get(reason, [])] = True
    return rows


def no_points(left_out: LeftOut) -> Problem:
    """The sentence for a table in which no row is a point."""
    if not left_out.because:
        return Problem(_("The table has no rows under its column names; add rows of numbers."))
    text = _(
        "No row has a finite number in both columns ({reasons}); choose other columns or mend the table."
    )
    return Problem(text.format(reasons=left_out.reasons()))


def message(points: Points, sheet: str | None, notes: Sequence[str], left_out: LeftOut) -> str:
    """What a person should know after the reading; `notes` are sentences about the table."""
    count = len(points)
    if sheet is None:
        text = n_(
            "Read {count} point from {source}: x is “{x}”, y is “{y}”.",
            "Read {count} points from {source}: x is “{x}”, y is “{y}”.",
            count,
        )
    else:
        text = n_(
            "Read {count} point from the sheet “{sheet}” of {source}: x is “{x}”, y is “{y}”.",
            "Read {count} points from the sheet “{sheet}” of {source}: x is “{x}”, y is “{y}”.",
            count,
        )
    names = {"x": points.x_name, "y": points.y_name}
    first = text.format(count=f"{count:,}", source=points.source, sheet=sheet, **names)
    return joined(first, *notes, left_out.sentence(), left_out.where(), warning(points))


def warning(points: Points) -> str:
    """What makes a fit of these points difficult; "" when nothing does."""
    if len(points) > 1 and points.x.min() == points.x.max():
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
    low, high = float(values.min()), float(values.max())
    largest = max(high, -low, float(np.finfo(np.float64).tiny))
    unit = 1.0 if largest < _SQUARABLE else largest  # so that squares of large numbers do not overflow
    scaled = values if unit == 1.0 else values / unit
    mean = abs(float(scaled.mean()))
    spread = math.sqrt(max(float(scaled @ scaled) / len(scaled) - mean**2, 0.0))
    return unit * max(mean, spread) > _FAR or (low < high and unit * spread < _NARROW)


def _largest(values: Floats) -> float:
    """The largest of the absolute values; 0 of none."""
    return float(max(values.max(initial=0.0), -values.min(initial=0.0)))
