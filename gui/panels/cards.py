"""A plot with the controls above it and the readouts below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui.theme import Theme


class Card(QFrame):
    """A title and controls, a plot, and a row of readouts."""

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("card", True)
        self.top = QHBoxLayout()
        self.foot = QHBoxLayout()
        for row in (self.top, self.foot):
            row.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
            row.setSpacing(theme.px(4))
        heading = QLabel(title)
        heading.setFont(theme.font(14, bold=True))
        self.top.addWidget(heading)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addLayout(self.top)

    def set_plot(self, plot: QWidget) -> None:
        """Put the plot in, once, above the readouts."""
        self._layout.addWidget(plot, 1)
        self._layout.addLayout(self.foot)

    def add_tool(self, action: QAction, text: str = "") -> QToolButton:
        """A button for `action`, as its picture, or as `text`."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(self.theme.px(18), self.theme.px(18)))
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.top.addWidget(button)
        return button
