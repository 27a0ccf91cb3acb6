"""The residuals on the fit plot: a line from each point to the curve, or the square on it."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.plots.canvas import Canvas
from gui.theme import DATA, Theme

Floats = NDArray[np.float64]
Mode = Literal["off", "lines", "squares"]

MOST = 2_000  # points; with more, residuals are a blot
FILL = 26  # of 255, how opaque the squares are
FILLED = 300  # squares; with more their overlaps cost more than a frame


class Residuals(QGraphicsItem):
    """Lines and squares in the pixels of the view box of a plot, so that a square is one on the screen."""

    def __init__(self, theme: Theme, plot: Canvas) -> None:
        super().__init__(plot.box)
        self._plot = plot
        self._pen = QPen(QColor(theme.faded(DATA)))
        self._fill = QColor(DATA)
        self._fill.setAlpha(FILL)
        self._area = QRectF()
        self.lines: list[QLineF] = []
        self.squares: list[QRectF] = []
        self.setZValue(-1)

    def stand_in(self, area: QRectF) -> None:
        """The view box has this size now."""
        self.prepareGeometryChange()
        self._area = area

    def show_mode(self, mode: Mode, x: Floats, y: Floats, curve: Callable[[Floats], Floats | None]) -> None:
        """Show the residuals of points x, y `[N]`, in the units of the data, from a curve that maps x to y.

        Nothing is shown of too many points, without a curve, or where it is not finite.
        """
        mode = mode if 0 < len(x) <= MOST else "off"
        both = None if mode == "off" else curve(np.concatenate((x, x + self._plot.pixel_size()[0])))
        if both is None:
            nothing = np.empty(0)
            self.draw("off", nothing, nothing, nothing, nothing > 0)
            return
        fitted, further = np.split(both, 2)
        finite = np.isfinite(fitted)
        x, y, fitted, further = x[finite], y[finite], fitted[finite], further[finite]
        across, down = self._in_box(x, y)
        self.draw(mode, across, down, self._in_box(x, fitted)[1], further > fitted)

    def _in_box(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """The pixels in the view box of coordinates in the data."""
        corner = self._plot.area().topLeft()
        with np.errstate(over="ignore"):
            across, down = self._plot.to_pixels(x, y)
        return across - corner.x(), down - corner.y()

    def draw(self, mode: Mode, x: Floats, y: Floats, curve: Floats, rising: NDArray[np.bool_]) -> None:
        """Draw from (x, y) to (x, curve), all `[N]` in pixels of the view box, y downwards.

        A square lies on the side where a curve that rises or falls there leaves it free.
        """
        bound = 4 * (self._area.width() + self._area.height()) + 1
        curve = np.clip(curve, -bound, bound)
        self.lines, self.squares = [], []
        if mode == "lines":
            self.lines = [QLineF(*ends) for ends in np.column_stack((x, y, x, curve)).tolist()]
        elif mode == "squares":
            side = np.abs(curve - y)
            left = np.where((y < curve) == rising, x - side, x)
            corners = np.column_stack((left, np.minimum(y, curve), side, side))
            self.squares = [QRectF(*square) for square in corners.tolist()]
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        if self.lines:
            painter.drawLines(self.lines)
        if self.squares:
            if len(self.squares) <= FILLED:
                painter.setBrush(self._fill)
            painter.drawRects(self.squares)
