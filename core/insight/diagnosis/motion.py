"""What the loss does, in one word: every rule goes by it, so that no two of them can see it differently."""

from __future__ import annotations

import numpy as np

from core.insight.diagnosis.recent import Recent

GROWS = "grows"
SWINGS = "swings"
SCATTERS = "scatters"
STANDS = "stands"
CREEPS = "creeps"
FALLS = "falls"

IN_A_ROW = 5  # steps; chance alone hardly lets a loss grow so many times
GROWN = 2.0  # times; a loss that grew less may fall again
ENOUGH = 30  # numbers of the series, for what is said about many steps
FEW = 10  # numbers, for what a clear curve shows
SWING_WINDOW = 100  # numbers
MANY_SWINGS = 4  # within them
STRONG_SWING = 1.1  # times the loss, on average
NOISY = 0.02  # scatter of the logarithm of the loss: less is no noise to speak of
SURE = 3.0  # standard errors
STILL = 1e-3  # change of the logarithm of the loss over the window
RESTLESS = 0.05  # the same of a loss that goes up and down, and does not fall


def motion(losses: Recent, gain: Recent, first: float, batches: bool, zone: str, seen: float) -> str:
    """What the newest `losses` do; empty where they are too few, or show nothing clearly.

    `gain` are the same above the least possible, where that is known; `first` is the loss that the run began
    with. With `batches` a step looks at some of the points. `zone` is that of the learning rate where theory
    is sure of it: then the loss of all points does nothing else. Losses below `seen` are rounding.
    """
    if _grows(losses, first, zone):
        return GROWS
    may_swing = not batches and zone not in ("crawling", "smooth")
    if may_swing and losses.newest_or(0.0) > seen and _swings(losses):
        return SWINGS
    if batches and _scatters(losses):
        return SCATTERS
    if len(losses.low) >= SWING_WINDOW:
        moved, scatter = abs(losses.change), losses.pace[1]
        if losses.falls() and moved + scatter <= STILL:
            return CREEPS
        if not losses.falls() and moved + scatter <= RESTLESS:
            return STANDS
    return FALLS if len(gain.low) >= FEW and gain.falls() else ""


def _grows(losses: Recent, first: float, zone: str) -> bool:
    """Whether the loss is beyond where the run began, and on its way up."""
    if len(losses.low) <= IN_A_ROW or zone in ("crawling", "smooth", "oscillating"):
        return False
    newest = float(losses.high[-1])
    if zone != "diverging" and not newest > first:  # where theory is sure of it, it may be said earlier
        return False
    start = len(losses.high) - losses.rises
    earlier = float(losses.high[:start].max())
    if losses.rises >= IN_A_ROW and newest >= GROWN * float(losses.low[start - 1]) and newest >= earlier:
        return True
    if len(losses.high) < ENOUGH:
        return False
    one, two, three = (float(part.max()) for part in np.array_split(losses.high, 3))
    return three > GROWN * two > GROWN * GROWN * one


def _swings(losses: Recent) -> bool:
    """Whether the loss rises again and again."""
    newest = losses.newest_part(SWING_WINDOW)
    return newest.swings >= MANY_SWINGS and newest.swing >= STRONG_SWING


def _scatters(losses: Recent) -> bool:
    """Whether batches differ so much that the loss no longer falls."""
    return len(losses.low) >= ENOUGH and losses.pace[1] >= NOISY and not losses.falls(SURE)
