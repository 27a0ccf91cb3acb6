"""What the mouse does on the fit plot: draw points, move them, erase them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt

from core.texts import N_
from gui.plots.dots import Indices
from gui.plots.shown_points import ShownPoints
from gui.theme import Theme

SPACING = 12  # pixels of a drag between two sprayed points
SCATTER = 8  # pixels, the standard deviation of the spray around the cursor
SPRAY_SEED = 0  # the same strokes give the same points, at every demonstration
ERASER = 16  # pixels, its radius
REACH = 10  # pixels; a point this near is under the cursor
STILL = 3  # pixels; a shorter drag is a click


class Ground(Protocol):
    """What the tools work on, which is the fit plot; pixels are those of its viewport."""

    theme: Theme
    shown: ShownPoints
    selection: Indices

    def draw(self, pixels: Sequence[QPointF]) -> None:
        """Add points."""

    def erase(self, indices: Indices) -> None:
        """Remove points."""

    def select(self, indices: ArrayLike) -> None:
        """Make these points the selection."""

    def move_selection(self, dx: float, dy: float) -> None:
        """Shift the selected points, in the units of the data."""

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Where a pixel is, in the units of the data."""

    def show_eraser(self, pixel: QPointF | None) -> None:
        """Show the circle of the eraser, or none."""

    def show_rectangle(self, rectangle: QRectF | None) -> None:
        """Show the rectangle of a selection, or none."""


class Tool:
    """What a press, a drag and a release mean."""

    cursor = Qt.CursorShape.ArrowCursor
    tip = ""

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        """A button went down; `extend` with Shift, `again` for the second press of a double click."""

    def drag(self, pixel: QPointF) -> None:
        """The mouse moved with the button down."""

    def release(self) -> None:
        """The button went up, or the gesture ended for another reason."""


class PointTool(Tool):
    """A tool that works on points."""

    def __init__(self, plot: Ground) -> None:
        self.plot = plot


class DrawTool(PointTool):
    """A click adds a point, a drag sprays points along its way."""

    cursor = Qt.CursorShape.CrossCursor
    tip = N_("Click to add a point, drag to spray many. Right-drag erases, the wheel zooms, F fits the view.")

    def __init__(self, plot: Ground) -> None:
        super().__init__(plot)
        self._random: np.random.Generator | None = None  # made when it is needed: it takes a while to load
        self._last = QPointF()
        self._way = 0.0

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        """The second press of a double click adds nothing: two points in one place were never meant."""
        self._last, self._way = pixel, 0.0
        if not again:
            self.plot.draw([pixel])

    def drag(self, pixel: QPointF) -> None:
        spacing = self.plot.theme.px(SPACING)
        step = pixel - self._last
        length = math.hypot(step.x(), step.y())
        centres = np.arange(spacing - self._way, length + 1e-9, spacing)
        self._way = (self._way + length) % spacing
        self._random = self._random or np.random.default_rng(SPRAY_SEED)
        scatter = self._random.normal(scale=self.plot.theme.px(SCATTER), size=(len(centres), 2))
        sprayed = [
            self._last + step * (float(centre) / length) + QPointF(*shift)
            for centre, shift in zip(centres, scatter.tolist(), strict=True)
        ]
        self._last = pixel
        self.plot.draw(sprayed)


class EraseTool(PointTool):
    """Removes the points within a circle around the cursor, all along a drag."""

    cursor = Qt.CursorShape.BlankCursor
    tip = N_("Drag to erase points. The wheel zooms, F fits the view.")

    def __init__(self, plot: Ground) -> None:
        super().__init__(plot)
        self._last = QPointF()

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        self._last = pixel
        self.drag(pixel)

    def drag(self, pixel: QPointF) -> None:
        self.plot.show_eraser(pixel)
        self.plot.erase(self.plot.shown.near(self._last, pixel, self.plot.theme.px(ERASER)))
        self._last = pixel

    def release(self) -> None:
        self.plot.show_eraser(None)


class MoveTool(PointTool):
    """Drags a point, or the whole selection; on empty ground it draws a selection rectangle."""

    cursor = Qt.CursorShape.ArrowCursor
    tip = N_(
        "Drag a point, or drag a rectangle to select. The arrow keys move a selection, Delete removes it."
        " Drag the line to start the training from there."
    )

    def __init__(self, plot: Ground) -> None:
        super().__init__(plot)
        self._start = QPointF()
        self._kept = np.empty(0, dtype=np.intp)
        self._grip: tuple[float, float] | None = None
        self._still = True

    def press(self, pixel: QPointF, extend: bool, again: bool) -> None:
        plot = self.plot
        self._start, self._still = pixel, True
        self._kept = plot.selection if extend else plot.selection[:0]
        hit = plot.shown.nearest(pixel, plot.theme.px(REACH))
        self._grip = None if hit is None else plot.to_data(pixel)
        if hit is None:
            plot.select(self._kept)
        elif extend:
            plot.select(np.setxor1d(plot.selection, [hit]))
        elif hit not in plot.selection:
            plot.select(np.array([hit]))

    def drag(self, pixel: QPointF) -> None:
        if self._still and (pixel - self._start).manhattanLength() < self.plot.theme.px(STILL):
            return
        self._still = False
        if self._grip is None:
            area = QRectF(self._start, pixel).normalized()
            self.plot.show_rectangle(area)
            self.plot.select(np.union1d(self._kept, self.plot.shown.within(area)))
        else:
            x, y = self.plot.to_data(pixel)
            self.plot.move_selection(x - self._grip[0], y - self._grip[1])
            self._grip = (x, y)

    def release(self) -> None:
        self.plot.show_rectangle(None)
