"""For how many panels beside and above each other a window has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QSize

# Pixels at scale 1, in which each of them is of use:
FIRST = 240  # the width of the first column
COLUMN = 248  # that of any other
ROW = 220  # the height of a panel above another one
BARS = 130  # that of the menus and bars

Place = tuple[int, int]  # column and row


@dataclass(frozen=True)
class Room:
    """What has no room beside the column `last` stands in it, and without `stacks` a column has one row."""

    last: int
    stacks: bool
    everything: bool

    def place(self, place: Place) -> Place:
        """Where a panel stands whose place is `place` if there is room for everything."""
        column, row = place
        return min(column, self.last), row if self.stacks else 0

    @property
    def name(self) -> str:
        """What an arrangement in this room is remembered by, beside the mode and the scale."""
        return "" if self.everything else f"_{self.last}{'r' if self.stacks else ''}"


def room_for(places: Collection[Place], window: QSize) -> Room:
    """The room for panels at `places` in a window whose size is in pixels at scale 1."""
    columns = sorted({column for column, _row in places})
    fitting = list(columns)
    while len(fitting) > 1 and sum(_width(column) for column in fitting) > window.width():
        fitting.pop()
    rows = max(Counter(column for column, _row in set(places)).values(), default=1)
    stacks = rows == 1 or BARS + rows * ROW <= window.height()
    return Room(fitting[-1] if fitting else 0, stacks, fitting == columns and stacks)


def _width(column: int) -> int:
    return COLUMN if column else FIRST
