"""A plot with the controls above it and the readouts below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolBar, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.more_button import MoreButton
from gui.widgets.still_label import StillLabel
from gui.widgets.units_switch import UnitsSwitch

LEAST = 130  # pixels, the least width


def title_tools(title: str, theme: Theme) -> QToolBar:
    """A bar with a title, and room for controls; those without room go behind its last button."""
    bar = QToolBar()
    bar.setProperty("card", True)
    bar.setIconSize(QSize(theme.px(18), theme.px(18)))
    MoreButton(bar, theme)
    heading = StillLabel(title, shrinks=True)
    heading.setText(title)
    heading.setFont(theme.font(14, bold=True))
    heading.setMinimumWidth(min(heading.sizeHint().width(), theme.px(LEAST) // 2))
    bar.addWidget(heading)
    return bar


class Card(QFrame):
    """A title and controls, a plot, and a row of readouts. The controls, `top`, may stand elsewhere."""

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("card", True)
        self.setMinimumWidth(theme.px(LEAST))
        self.top = title_tools(title, theme)
        self._foot = QWidget()
        self._foot.setMinimumWidth(1)  # readouts rather lose an end than widen the window
        self.foot = QHBoxLayout(self._foot)
        self.foot.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        self.foot.setSpacing(theme.px(4))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.top)

    def set_plot(self, plot: QWidget) -> None:
        """Put the plot, or what there is to see instead, in, once, above the readouts."""
        self._layout.addWidget(plot, 1)
        self._layout.addWidget(self._foot)

    def add_tool(self, action: QAction, text: str = "") -> None:
        """A button for `action`, as its picture, or as `text`."""
        if text:
            action.setIconText(text)
        self.top.addAction(action)
        self.top.widgetForAction(action).setProperty("outlined", bool(text))

    def add_units_switch(self, action: QAction) -> None:
        """The switch between units that `action` is, as long as there is a choice.

        It comes before what can do without room, which is behind the last button.
        """
        self._units_action = action
        self._units_place = self.top.addWidget(UnitsSwitch(action))
        action.visibleChanged.connect(self._show_units_switch)
        self._show_units_switch()

    def _show_units_switch(self) -> None:
        self._units_place.setVisible(self._units_action.isVisible())

    def add_spring(self) -> None:
        """What follows stands at the right."""
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        spring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.top.addWidget(spring)
