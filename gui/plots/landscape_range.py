"""What a landscape must hold in sight: where the run begins, where it should arrive, and the way it took."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gui.plots.range_keeper import LIMIT, NARROWEST, Range, clamped, nice_step

Floats = NDArray[np.float64]

HOME = (-3.0, 3.0)  # the view of an empty plot, on both axes
ROOM = 1.5  # times the extent of what is to be seen
NARROW = 0.25  # of how far away from zero it is, the most that the least width of a view is
LEAP = 8.0  # times as far out as half way through: a way that grows so ends beyond all numbers
NEAR = 8.0  # times the room about start and goal: so much of a run that runs away is shown
AWAY = 100.0  # times the reach, or the start itself: so much of it where no goal is known
ANYTHING = np.array([math.inf, math.inf])  # a reach of which nothing is known


def landscape_room(low: float, high: float, reach: float = math.inf) -> Range:
    """Rounded limits about what is to be seen, with as much room around as gives it a shape.

    `reach` is how far one has to go to change the fit by as much as y is spread.
    """
    middle, half = low / 2 + high / 2, high / 2 - low / 2
    away = max(abs(low), abs(high))
    half = max(half, min(reach, NARROW * away), NARROWEST * away) or min(reach, 1.0)
    step = nice_step(half / 5)
    low, high = middle - ROOM * half, middle + ROOM * half
    return clamped(math.floor(low / step) * step), clamped(math.ceil(high / step) * step)


def steps_in_sight(away: Floats, own: float = math.inf) -> int:
    """How many steps, from the first on, of a way that grows without end are to be seen at a time.

    `away` `[m]` is how far each lies from the first one. A way that arrives, swings or drifts is in sight as
    a whole. One that grows by the same factor again and again is cut off where its second half does not dwarf
    the first one any more; otherwise all that is near its start would be a single dot. With `own`, the size
    of the start, a first step that leaps AWAY times as far is not in sight either.
    """
    farthest = np.maximum.accumulate(np.where(np.isfinite(away), away, np.inf))
    steps = max(1, int(np.searchsorted(farthest, np.inf)))
    with np.errstate(over="ignore"):
        while steps > 1 and farthest[steps - 1] > LEAP * farthest[steps // 2]:
            steps = int(np.searchsorted(farthest[:steps], LEAP * farthest[steps // 2], side="right"))
    return 1 if steps == 2 and farthest[1] > AWAY * own else steps


def runs_away(path: Floats) -> bool:
    """Whether the places `[m, 2]` of a path grow without end."""
    return _in_sight(path) < len(path)


def places_to_hold(
    start: Floats, goal: Floats | None, path: Floats, gone: bool, reach: Floats = ANYTHING
) -> Floats:
    """The places `[m, 2]` that the view must hold: `start`, `goal` where it is known, and the whole `path`.

    Of a run that has `gone` beyond all bounds, it is as much of the path as lies near start and goal, or,
    where no goal is known, as is in sight with its start, and of a leap part of the way. `reach` `[2]` is
    that of `landscape_room` along u and v. What is not finite is never among them.
    """
    ends = _finite(start[None] if goal is None else np.vstack((start, goal)))
    if not gone:
        return np.vstack((ends, _finite(path)))
    if goal is None or len(ends) < 2:
        own = max(1.0, float(np.abs(ends).max(initial=0.0)))  # where nothing tells how far is far
        far = AWAY * np.where(np.isfinite(reach), reach, own)
        seen = _finite(path[: _in_sight(path)])
        return np.vstack((ends, np.clip(seen, start - far, start + far)))
    rooms = np.array([landscape_room(*side) for side in np.column_stack((np.sort(ends, axis=0).T, reach))])
    middle, half = rooms.mean(axis=1), np.ptp(rooms, axis=1) / 2
    near = _finite(path)
    return np.vstack((ends, near[(np.abs(near - middle) <= NEAR * half).all(axis=1)]))


def _in_sight(path: Floats) -> int:
    """How many of the places of a path are in sight along both axes."""
    if not len(path):
        return 0
    with np.errstate(all="ignore"):
        away = np.abs(path - path[0])
    return min(steps_in_sight(side) for side in away.T)


def _finite(places: Floats) -> Floats:
    """Those of the places `[m, 2]` that can be drawn."""
    kept: Floats = places[(np.abs(places) <= LIMIT).all(axis=1)]
    return kept
