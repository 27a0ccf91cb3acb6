"""The button of a bar without room, behind which the rest of its controls is found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QToolBar, QToolButton
from shiboken6 import isValid

from core.texts import _
from gui.theme import Theme

NAME = "qt_toolbar_ext_button"  # what Qt calls it
ICON = 18  # pixels


class MoreButton(QObject):
    """Gives the button that Qt makes for `bar` a picture and words, and keeps all of it within the bar.

    Qt keeps twelve pixels for it, at any scale.
    """

    def __init__(self, bar: QToolBar, theme: Theme) -> None:
        super().__init__(bar)
        self._bar = bar
        button = bar.findChild(QToolButton, NAME)
        assert isinstance(button, QToolButton)
        button.setIcon(theme.icon("dots-vertical"))
        button.setIconSize(QSize(theme.px(ICON), theme.px(ICON)))
        button.setToolTip(_("More"))
        button.setAccessibleName(_("More"))
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep room for what would be cut off, as long as the button is there."""
        if not isValid(self._bar):
            return False  # its button goes last
        margin = self._bar.contentsMargins()
        if event.type() == QEvent.Type.HideToParent:
            self._bar.setContentsMargins(margin.left(), margin.top(), 0, margin.bottom())
        elif event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and isinstance(watched, QToolButton):
            beyond = watched.geometry().right() + 1 - self._bar.width()
            if beyond > 0:
                right = margin.right() + beyond
                self._bar.setContentsMargins(margin.left(), margin.top(), right, margin.bottom())
        return False
