"""Keeps a view still: the range of one axis grows in rounded steps and moves only for a good reason."""

import math
from collections.abc import Callable

LIMIT = 1e300  # beyond it, widths and products of coordinates overflow
MARGIN = 0.06  # of the data's width, left free on both sides
STEPS = 10  # rounded steps in one view, more or less
NARROWEST = 1e-9  # the least width of a view, relative to where it is
SMALLEST = 1e-140  # and its least width near zero; Qt's transforms lose smaller ones

Range = tuple[float, float]


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 … (and 0.5, 0.2 …) that is `least` or more."""
    if not SMALLEST < least < LIMIT:
        return SMALLEST if least <= SMALLEST else LIMIT
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= least)


def roomy(low: float, high: float) -> Range:
    """Rounded limits with a margin around data from `low` to `high`, which may be the same."""
    low, high = widened(low, high)
    margin = MARGIN * (high - low)
    step = nice_step((high - low) / STEPS)
    return clamped(math.floor((low - margin) / step) * step), clamped(
        math.ceil((high + margin) / step) * step
    )


def widened(low: float, high: float) -> Range:
    """The same range, made wide enough to be drawn."""
    low, high = clamped(low), clamped(high)
    size = max(abs(low), abs(high))
    if high <= low:
        half = size / 2 if size > 2 * SMALLEST else 1.0
    else:
        half = max(0.0, max(SMALLEST, NARROWEST * size) - (high - low)) / 2
    return clamped(low - half), clamped(high + half)


def clamped(value: float) -> float:
    """`value`, kept where floats still have room to calculate."""
    return min(max(value, -LIMIT), LIMIT)


class RangeKeeper:
    """The range of one axis, [low, high].

    `room` gives the limits that suit data from a low to a high end. The range never shrinks while running;
    otherwise it goes back to its home (the last fit) as soon as the data are inside again. A range that the
    person chose by zooming or panning stays until the next fit.
    """

    def __init__(self, low: float, high: float, room: Callable[[float, float], Range] = roomy) -> None:
        self.low, self.high = self.home = (low, high)
        self.room = room
        self.running = False
        self.held = False

    def follow(self, low: float, high: float) -> None:
        """Make room for data from `low` to `high`; nothing moves when they are inside already."""
        if self.held:
            return
        start = (self.low, self.high) if self.running else self.home
        room = self.room(low, high)
        self.low = min(start[0], room[0]) if low < start[0] else start[0]
        self.high = max(start[1], room[1]) if high > start[1] else start[1]

    def fit(self, low: float, high: float) -> None:
        """Show just the data from `low` to `high`, whatever was chosen before."""
        self.stand(*self.room(low, high))

    def stand(self, low: float, high: float) -> None:
        """Show exactly this range from now on, and call it home."""
        self.low, self.high = self.home = (low, high)
        self.held = False

    def hold(self, low: float, high: float) -> None:
        """Show what the person chose, and stay there."""
        self.low, self.high = widened(low, high)
        self.held = True
