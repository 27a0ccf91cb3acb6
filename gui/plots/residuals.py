"""The residuals on the fit plot: a line from each point to the curve, or the square on it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.theme import DATA, Theme

Floats = NDArray[np.float64]
Mode = Literal["off", "lines", "squares"]

MOST = 2_000  # points; with more, residuals are a blot
FILL = 26  # of 255, how opaque the squares are
FILLED = 300  # squares; with more their overlaps cost more than a frame


class Residuals(QGraphicsItem):
    """Lines and squares in the pixels of the view box, so that a square is one on the screen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
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
