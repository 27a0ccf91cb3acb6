"""A little text beside the cursor that says the numbers of what is under it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme import GRID, Theme


class Bubble(QLabel):
    """Stands beside the cursor, never under it and never cut off; the mouse goes through it."""

    def __init__(self, name: str, theme: Theme, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._gap = theme.px(2 * GRID)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(digits=True))
        self.setStyleSheet(
            f"color: {theme.text}; background: {theme.surface};"
            f"border: 1px solid {theme.hairline}; border-radius: {theme.px(4)}px;"
            f"padding: {theme.px(3)}px {theme.px(GRID)}px;"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, lines: list[str], at: QPointF, within: QRectF) -> None:
        """Show these lines beside the pixel `at`, inside the rectangle `within` as far as they fit."""
        self.setText("\n".join(lines))
        self.adjustSize()
        area = within.toRect()
        right = round(at.x()) + self._gap
        left = right if right + self.width() <= area.right() else right - 2 * self._gap - self.width()
        top = round(at.y()) - self._gap - self.height()
        below = min(top + 2 * self._gap + self.height(), area.bottom() - self.height())
        self.move(max(left, 0), top if top >= area.top() else below)
        self.show()
