"""The button of a bar without room, behind which the rest of its controls is found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize
from PySide6.QtWidgets import QToolBar, QToolButton

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
        """Shift the button to the left by what would be cut off."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and isinstance(watched, QToolButton):
            beyond = watched.geometry().right() + 1 - self._bar.width()
            if beyond > 0:
                watched.move(watched.pos() - QPoint(beyond, 0))
                watched.raise_()
        return False
