"""One part of a measuring: its bars, and what they say in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.plots.bar_plot import BarPlot
from gui.theme import GRID, Theme

LINES = 4  # of the sentences under the bars


class SpeedPage(QWidget):
    """A plot called `speed_NAME_plot`, and sentences called `speed_NAME_verdict`."""

    def __init__(self, theme: Theme, name: str, title: str, axis: str, empty: str) -> None:
        super().__init__()
        self.setObjectName(f"speed_{name}")
        self.plot = BarPlot(theme, f"speed_{name}_plot", axis, empty)
        self.plot.setAccessibleName(title)
        self.verdict = QLabel()
        self.verdict.setObjectName(f"speed_{name}_verdict")
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.verdict.setFont(theme.font(digits=True))
        self.verdict.setMinimumHeight(LINES * self.verdict.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.px(GRID), 0, 0)
        layout.setSpacing(theme.px(GRID))
        layout.addWidget(self._scrolling(), 1)
        layout.addWidget(self.verdict)

    def _scrolling(self) -> QScrollArea:
        """The plot, in an area that scrolls where there are more bars than room."""
        area = QScrollArea()
        area.setWidget(self.plot)
        area.setWidgetResizable(True)
        area.setMinimumWidth(self.plot.minimumWidth() + area.verticalScrollBar().sizeHint().width())
        return area

    def forget(self) -> None:
        """Nothing is known."""
        self.plot.forget()
        self.verdict.clear()
