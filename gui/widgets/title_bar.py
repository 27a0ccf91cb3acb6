"""The title bar of a panel: the panel's own tools, and the buttons that float and close it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QToolButton, QWidget

from core.texts import _
from gui.theme import Theme

ICON = 16  # pixels


class TitleBar(QFrame):
    """Holds `tools`; a drag of an empty place moves the dock, a double click floats it, as Qt does.

    A dock that cannot be closed has no button for it.
    """

    def __init__(self, dock: QDockWidget, key: str, tools: QWidget, theme: Theme) -> None:
        super().__init__()
        self._dock = dock
        self._theme = theme
        self._float = self._button(f"float_{key}")
        self._float.clicked.connect(self._turn)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(6), 0, theme.px(2), 0)
        row.setSpacing(0)
        row.addWidget(tools, 1)
        row.addWidget(self._float)
        if dock.features() & QDockWidget.DockWidgetFeature.DockWidgetClosable:
            row.addWidget(self._close_button(key))
        dock.topLevelChanged.connect(self._show_floating)
        self._show_floating(False)

    def _close_button(self, key: str) -> QToolButton:
        close = self._button(f"close_{key}")
        close.setIcon(self._theme.icon("x", self._theme.muted))
        self._name(close, _("Close {panel}"), _("Close this panel; View > Panels brings it back."))
        close.clicked.connect(self._dock.close)
        return close

    def _turn(self) -> None:
        """Float, or go back into the window, there in front of the other tabs."""
        self._dock.setFloating(not self._dock.isFloating())
        self._dock.raise_()

    def _show_floating(self, floating: bool) -> None:
        """Say what the button would do."""
        self._float.setIcon(
            self._theme.icon("window-minimize" if floating else "window-maximize", self._theme.muted)
        )
        for part in filter(None, (self, self._dock.widget())):  # Qt draws no frame around a panel of ours
            part.setProperty("floating", floating)
            part.style().polish(part)
        if floating:
            self._dock.setFocus()  # or Space would press the first button of its window
            self._name(self._float, _("Put {panel} back"), _("Put this panel back into the window."))
        else:
            self._name(
                self._float,
                _("Float {panel}"),
                _("Let this panel float, as on a second screen (double click)."),
            )

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIconSize(QSize(self._theme.px(ICON), self._theme.px(ICON)))
        button.setProperty("small", True)
        return button

    def _name(self, button: QToolButton, name: str, tip: str) -> None:
        button.setAccessibleName(name.format(panel=self._dock.windowTitle()))
        button.setToolTip(tip)
