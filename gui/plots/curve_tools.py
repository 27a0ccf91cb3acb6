"""What the mouse does to curves on the fit plot: take the fit by hand, or go to the step of a curve."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt

from gui.plots.range_keeper import Range
from gui.plots.tools import REACH, STILL, Tool
from gui.theme import Theme

Floats = NDArray[np.float64]

LEAST_LEVER = 0.05  # of the view's width: nearer to its middle a line would be turned upright


class Curves(Protocol):
    """What the tools work on, which is the fit plot; pixels are those of its viewport."""

    theme: Theme
    turnable: bool

    def area(self) -> QRectF:
        """The rectangle of the data, in pixels."""

    def view(self) -> tuple[Range, Range]:
        """The visible range of x and of y."""

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Where a pixel is, in the units of the data."""

    def pixel_size(self) -> tuple[float, float]:
        """How wide and how high a pixel is, in the units of the data."""

    def fit_heights(self, x: Floats) -> Floats | None:
        """y `[M]` of the fitted curve at x `[M]`; None without one."""

    def grab_fit(self, held: bool) -> None:
        """The person takes the fitted curve, or lets it go."""

    def shift_fit(self, dy: float) -> None:
        """The person shifts the fitted curve up by dy."""

    def turn_fit(self, pivot: tuple[float, float], to: tuple[float, float]) -> None:
        """The person turns the fitted line about `pivot`, to go through `to`."""

    def step_near(self, pixel: QPointF) -> int | None:
        """The step whose curve passes near a pixel."""

    def want_step(self, step: int) -> None:
        """The person wants to go to a step."""


class CurveTool(Tool):
    """Shifts the fitted curve up and down; a line that is taken near an end turns about its middle."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, plot: Curves) -> None:
        self.curves = plot
        self._start = QPointF()
        self._last = 0.0
        self._lift = 0.0
        self._pivot: tuple[float, float] | None = None
        self._held = False

    def reaches(self, pixel: QPointF) -> bool:
        """Whether the fitted curve is under the cursor: the distance is that to its tangent."""
        (x, y), (width, height) = self.curves.to_data(pixel), self.curves.pixel_size()
        around = self.curves.fit_heights(np.array([x - width, x, x + width]))
        if around is None or not np.isfinite(around).all():
            return False
        before, here, after = ((level - y) / height for level in around.tolist())
        away = abs(here) / math.hypot(1.0, (after - before) / 2)
        return bool(away <= self.curves.theme.px(REACH))

    def turns(self, pixel: QPointF) -> bool:
        """Whether the fit would be turned, not shifted: where it is a line, in the outer thirds."""
        (left, right), x = self.curves.view()[0], self.curves.to_data(pixel)[0]
        third = (right - left) / 3
        return self.curves.turnable and not left + third <= x <= right - third

    def hint(self, pixel: QPointF) -> Qt.CursorShape:
        """The cursor that says what a drag from a pixel would do."""
        return Qt.CursorShape.OpenHandCursor if self.turns(pixel) else Qt.CursorShape.SizeVerCursor

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        """Nothing moves yet: the line stays where it is until it is dragged, and by how far it is dragged."""
        x, self._last = self.curves.to_data(pixel)
        self._start, self._held, self._pivot = pixel, False, None
        middle = sum(self.curves.view()[0]) / 2
        heights = self.curves.fit_heights(np.array([x, middle]))
        if heights is not None and self.turns(pixel):
            self._lift = float(heights[0]) - self._last
            self._pivot = middle, float(heights[1])

    def drag(self, pixel: QPointF) -> None:
        if not self._held:
            if (pixel - self._start).manhattanLength() < self.curves.theme.px(STILL):
                return
            self._held = True
            self.curves.grab_fit(True)
        x, y = self.curves.to_data(pixel)
        if self._pivot is not None:
            self.curves.turn_fit(self._pivot, (self._aside(x), y + self._lift))
        elif y != self._last:
            self.curves.shift_fit(y - self._last)
        self._last = y

    def _aside(self, x: float) -> float:
        """x, kept on the side of the pivot where the line was taken."""
        left, right = self.curves.view()[0]
        middle, lever = (left + right) / 2, LEAST_LEVER * (right - left)
        on_the_right = self.curves.to_data(self._start)[0] > middle
        return max(x, middle + lever) if on_the_right else min(x, middle - lever)

    def release(self) -> None:
        if self._held:
            self._held = False
            self.curves.grab_fit(False)


class StepTool(Tool):
    """Goes to the step whose curve is under the cursor, all along a drag."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, plot: Curves) -> None:
        self.curves = plot
        self._wanted: int | None = None

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        self._wanted = None
        self.drag(pixel)

    def drag(self, pixel: QPointF) -> None:
        step = self.curves.step_near(pixel)
        if step is not None and step != self._wanted:
            self._wanted = step
            self.curves.want_step(step)
