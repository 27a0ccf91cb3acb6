"""A button with a picture beside its text, of which the picture goes where there is no room for both."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionToolButton, QToolButton

from gui.theme import Theme

GAP = 4  # pixels that Qt leaves between picture and text


class PlainButton(QToolButton):
    """As wide as there is room for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._is_painting = False
        self.setProperty("outlined", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(theme.icon_size())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Room for the text alone."""
        return self.sizeHint() - QSize(self.iconSize().width() + GAP, 0)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:  # noqa: N802
        """Leave the picture out of what is painted; the size that is asked for has room for it."""
        super().initStyleOption(option)
        if self._is_painting and self.width() < self.sizeHint().width():
            option.toolButtonStyle = Qt.ToolButtonStyle.ToolButtonTextOnly

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has room."""
        self._is_painting = True
        super().paintEvent(event)
        self._is_painting = False
