"""A quiet veil of the accent's colour over a part of a plot that is chosen."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from gui.theme import Theme

OPACITY = 30  # of 255


class Veil(QGraphicsRectItem):
    """A translucent rectangle in the pixels of a view box; nowhere until it covers something."""

    def __init__(self, theme: Theme, parent: QGraphicsRectItem, depth: float) -> None:
        super().__init__()
        colour = QColor(theme.accent)
        self.setPen(QPen(colour, 1))
        colour.setAlpha(OPACITY)
        self.setBrush(colour)
        self.setParentItem(parent)
        self.setZValue(depth)
        self.hide()

    def cover(self, rectangle: QRectF | None, origin: QPointF) -> None:
        """Cover a rectangle of the viewport, in which the view box begins at `origin`, or nothing."""
        self.setVisible(rectangle is not None)
        if rectangle is not None:
            self.setRect(rectangle.translated(-origin))
