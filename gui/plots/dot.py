"""Single marks on a plot: a dot, or a cross."""

from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.theme import MODEL, Theme


class Dot(QGraphicsEllipseItem):
    """A round mark of a fixed size on the screen; far lighter to move than a scatter plot of one point."""

    def __init__(self, theme: Theme, size: float, colour: str = MODEL, hollow: bool = False) -> None:
        radius = theme.px(size) / 2
        super().__init__(-radius, -radius, 2 * radius, 2 * radius)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setBrush(QColor(theme.surface if hollow else colour))
        self.setPen(QPen(QColor(colour), theme.px(2)) if hollow else QPen(QColor(theme.surface), theme.px(1)))
        self.hide()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Round, not in steps."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().paint(painter, option, widget)

    def stand_at(self, x: float, y: float) -> None:
        """Show the dot at (x, y), where the axes have it."""
        self.setPos(x, y)
        self.show()


class Cross(QGraphicsPathItem):
    """A cross of a fixed size on the screen."""

    def __init__(self, theme: Theme, size: float, colour: str) -> None:
        arm = theme.px(size) / 2
        path = QPainterPath()
        for sign in (-1, 1):
            path.moveTo(-arm, -sign * arm)
            path.lineTo(arm, sign * arm)
        super().__init__(path)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setPen(QPen(QColor(colour), theme.px(3)))
        self.hide()

    def stand_at(self, x: float, y: float) -> None:
        """Show the cross at (x, y), where the axes have it."""
        self.setPos(x, y)
        self.show()
