"""The rest of a row of tabs that has no room for all of them, behind a button at its end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QToolButton, QWidget

from core.texts import _
from gui.theme import Theme

NAME = "more_tabs"
ICON = 18  # pixels


class MoreTabs(QObject):
    """Hides each tab of `tabs` that lacks a part of its word, and offers it in a menu.

    Qt cuts off the tabs at the ends, and leaves two small arrows to reach the others. These stay below the
    button, since Qt moves the chosen tab into the room beside them.
    """

    def __init__(self, tabs: QTabBar, theme: Theme) -> None:
        super().__init__(tabs)
        self._tabs = tabs
        tabs.setAccessibleName(_("Panels"))
        tabs.setElideMode(Qt.TextElideMode.ElideNone)
        tabs.setUsesScrollButtons(True)
        self._covers = [self._cover(), self._cover()]  # of the left end, and of the right end
        button = QToolButton()
        button.setObjectName(NAME)
        button.setIcon(theme.icon("dots-vertical"))
        button.setIconSize(QSize(theme.px(ICON), theme.px(ICON)))
        button.setToolTip(_("More panels"))
        button.setAccessibleName(_("More panels"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by the keys the arrows reach every tab
        button.clicked.connect(self._open)
        self._button = button
        row = QHBoxLayout(self._covers[1])
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(button)
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self._arrange)
        tabs.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whatever moves a tab has the row painted anew."""
        if watched is self._tabs and event.type() in (QEvent.Type.Paint, QEvent.Type.Resize):
            self._look_again.start()
        return False

    def hidden(self) -> list[int]:
        """The places of the tabs that have no room."""
        tabs, current = self._tabs, self._tabs.currentIndex()
        beyond = [place for place in range(tabs.count()) if not self._has_room(tabs.tabRect(place))]
        return [place for place in beyond if place != current]

    def _has_room(self, tab: QRect) -> bool:
        return tab.left() >= 0 and tab.right() < self._end()

    def _end(self) -> int:
        """Where the room for tabs ends: at Qt's arrows, where they are needed."""
        arrows = [
            button
            for button in self._tabs.findChildren(QToolButton)
            if button is not self._button and not button.isHidden()
        ]
        return min([self._tabs.width(), *(button.x() for button in arrows)])

    def _arrange(self) -> None:
        """Cover both ends as far as tabs are cut off there."""
        tabs, hidden = self._tabs, self.hidden()
        whole = [tabs.tabRect(place) for place in range(tabs.count()) if place not in hidden]
        left, right = self._covers
        left.setVisible(bool(hidden) and bool(whole) and whole[0].left() > 0)
        right.setVisible(bool(hidden))
        if hidden and whole:
            left.setGeometry(0, 0, whole[0].left(), tabs.height())
            start = min(whole[-1].right() + 1, self._end())
            right.setGeometry(start, 0, tabs.width() - start, tabs.height())
            for cover in self._covers:
                cover.raise_()

    def _cover(self) -> QWidget:
        cover = QWidget(self._tabs)
        cover.setAutoFillBackground(True)
        cover.hide()
        return cover

    def _open(self) -> None:
        """Offer the tabs that are hidden."""
        menu = QMenu(self._button)
        menu.setObjectName("more_tabs_menu")
        menu.aboutToHide.connect(menu.deleteLater)
        for place in self.hidden():
            shown = menu.addAction(self._tabs.tabText(place))
            shown.triggered.connect(lambda _on=False, place=place: self._tabs.setCurrentIndex(place))
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))
