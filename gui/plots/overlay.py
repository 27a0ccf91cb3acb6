"""What is painted over a whole plot, in pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtWidgets import QGraphicsItem

from gui.plots.range_keeper import Range

View = tuple[Range, Range]


class Overlay(QGraphicsItem):
    """Lives in the pixels of a view box, and knows what the box shows."""

    def __init__(self) -> None:
        super().__init__()
        self.size = QSizeF()
        self.view: View = ((0.0, 1.0), (0.0, 1.0))

    def stand_in(self, size: QSizeF, view: View) -> None:
        """The view box is so many pixels large, and shows these ranges."""
        if size != self.size:
            self.prepareGeometryChange()
        self.size, self.view = size, view
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(QPointF(), self.size)
