"""What the left button does on the loss plot: go to a step, or mark a stretch of steps."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF

from gui.plots.tools import STILL
from gui.theme import Theme

Stretch = tuple[int, int]


class Steps(Protocol):
    """What the tools work on, which is the loss plot; pixels are those of its viewport."""

    theme: Theme

    def step_at(self, pixel: QPointF) -> int:
        """The step at a pixel, of those from 0 to the newest."""

    def want_step(self, step: int) -> None:
        """The person wants to go to a step."""

    def brush(self, stretch: Stretch | None) -> None:
        """The person marks the steps from the first to the last, or none."""


class ScrubTool:
    """Goes to the step under the cursor, all along a drag."""

    def __init__(self, plot: Steps) -> None:
        self.plot = plot
        self._wanted: int | None = None

    def press(self, pixel: QPointF) -> None:
        """A gesture begins: go to the step there, also if it is the one that the last gesture ended at."""
        self._wanted = None
        self.drag(pixel)

    def drag(self, pixel: QPointF) -> None:
        """The mouse moved with the button down."""
        step = self.plot.step_at(pixel)
        if step != self._wanted:
            self._wanted = step
            self.plot.want_step(step)

    def release(self) -> None:
        """Where it is, it stays."""


class BrushTool:
    """Marks the steps from where the drag began to where it is; a click marks none."""

    def __init__(self, plot: Steps) -> None:
        self.plot = plot
        self._start = QPointF()
        self._first = 0
        self._stretch: Stretch | None = None

    def press(self, pixel: QPointF) -> None:
        """A gesture begins; until it has moved, it may be a click."""
        self._start, self._first, self._stretch = pixel, self.plot.step_at(pixel), None

    def drag(self, pixel: QPointF) -> None:
        """The mouse moved with the button down."""
        if self._stretch is None and abs(pixel.x() - self._start.x()) < self.plot.theme.px(STILL):
            return
        ends = sorted((self._first, self.plot.step_at(pixel)))
        stretch = ends[0], ends[1]
        if stretch != self._stretch:
            self._stretch = stretch
            self.plot.brush(stretch)

    def release(self) -> None:
        """The button went up: a click takes the stretch away."""
        if self._stretch is None:
            self.plot.brush(None)
