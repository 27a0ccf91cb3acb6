"""What a panel holds, which can be scrolled where the panel is too low to show all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from gui.theme import Theme

LEAST = 40  # pixels, of which something can be made out


class Scrolled(QScrollArea):
    """Holds `body` as large as there is room for, but never lower than it needs to be."""

    def __init__(self, body: QWidget, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(body)
        self._body = body
        self._least = theme.px(LEAST)

    def minimumSizeHint(self) -> QSize:
        """Of any height, and of a width at which nothing is cut off at the sides."""
        body = self._body
        width = max(body.minimumSize().width(), body.minimumSizeHint().width())
        return QSize(width + self.verticalScrollBar().sizeHint().width(), self._least)

    def sizeHint(self) -> QSize:
        """That of the body."""
        return self._body.sizeHint()
