"""Shows where the keys go: a ring around whatever a person has come to by the keyboard."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QMenuBar, QTabBar, QWidget

from gui.theme import Theme

WIDTH = 2  # pixels


class FocusRing(QObject):
    """Follows the focus in a window and in the dialogs over it; what was clicked on has no ring.

    Nor has what the window begins with, nor the bar of menus, which marks the menu that the keys are at; and
    that the window is active again changes nothing.
    """

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._last = window.focusWidget()
        self._marks = False
        self._ring: Ring | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None
        if now is None:
            return  # another window or a list that opens has the keys meanwhile
        if now is not self._last:
            self._marks = not QApplication.mouseButtons()
        self._last = now
        if self._marks and self._is_ours(now) and not isinstance(now, QMenuBar):
            self._ring = Ring(now, self._theme)
            self._ring.show()

    def _is_ours(self, widget: QWidget) -> bool:
        """Whether `widget` is in the window or in what stands over it."""
        place: QObject | None = widget
        while place is not None and place is not self._window:
            place = place.parent()
        return place is not None


class Ring(QWidget):
    """A frame within `target`, which moves and goes with it; of tabs it is around the chosen one."""

    def __init__(self, target: QWidget, theme: Theme) -> None:
        super().__init__(target)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._target = target
        self._colour = QColor(theme.accent)
        self._width = theme.px(WIDTH)
        target.installEventFilter(self)
        if isinstance(target, QTabBar):
            target.currentChanged.connect(self._fit)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay as large as the target, as long as that is there."""
        if shiboken6.isValid(self._target) and event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.LayoutRequest,
        ):
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """All that the mask leaves is the ring."""
        QPainter(self).fillRect(event.rect(), self._colour)

    def _fit(self) -> None:
        target, width = self._target, self._width
        area = target.tabRect(target.currentIndex()) if isinstance(target, QTabBar) else target.rect()
        self.setGeometry(area)
        inside = QRect(0, 0, area.width(), area.height())
        self.setMask(QRegion(inside) - QRegion(inside.adjusted(width, width, -width, -width)))
        self.raise_()
