"""The order in which Tab goes through a window of bars and panels: as one reads what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QToolBar, QWidget

from gui.widgets.title_bar import TitleBar

Place = tuple[int, int, int]


def go_on(window: QMainWindow, forward: bool) -> bool:
    """Give the focus to the stop behind the one that has it, or before it; whether there is one.

    Bars at the top come first, then the panels column by column, at last the foot. What is behind a tab is
    passed by. In a panel its own controls come before the buttons that float and close it.
    """
    now = window.focusWidget()
    stops = _stops(window, now)
    if now not in stops:
        return False
    stop = stops[(stops.index(now) + (1 if forward else -1)) % len(stops)]
    reason = Qt.FocusReason
    stop.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
    around = stop.parentWidget()
    while around is not None and around is not window:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(stop)
        around = around.parentWidget()
    return True


def _stops(window: QMainWindow, now: QWidget | None) -> list[QWidget]:
    """What Tab stops at, in order, and where it is `now`, although that may be no stop any more."""
    parts: dict[QWidget, list[QWidget]] = {}
    for widget in window.findChildren(QWidget):  # behind the focus chain, wrappers of living ones were gone
        is_stop = _takes_tab(widget) and widget.window() is window and widget.isVisibleTo(window)
        if is_stop or widget is now:
            parts.setdefault(_part(widget, window), []).append(widget)
    in_sight = [
        part
        for part, its_stops in parts.items()
        if part.geometry().intersects(window.rect()) or now in its_stops  # others are behind a tab
    ]
    in_order = sorted(in_sight, key=lambda part: _place(part, window))
    return [
        stop
        for part in in_order
        for stop in sorted(_as_read(parts[part], part), key=lambda stop: _level(stop, part))
    ]


def _as_read(stops: list[QWidget], part: QWidget) -> list[QWidget]:
    """Row by row; what begins above the middle of a stop is in its row."""
    areas = {stop: QRect(stop.mapTo(part, QPoint()), stop.size()) for stop in stops}
    rows: list[list[QWidget]] = []
    for stop in sorted(stops, key=lambda stop: areas[stop].center().y()):
        if not rows or areas[stop].top() > areas[rows[-1][0]].center().y():
            rows.append([])
        rows[-1].append(stop)
    return [stop for row in rows for stop in sorted(row, key=lambda stop: areas[stop].left())]


def _level(stop: QWidget, part: QWidget) -> int:
    """The tools in a panel's title, what it holds, wherever that is scrolled to, the frame's buttons."""
    if isinstance(stop.parentWidget(), TitleBar):
        return 2
    title = part.titleBarWidget() if isinstance(part, QDockWidget) else None
    return 0 if title is not None and title.isAncestorOf(stop) else 1


def _takes_tab(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isEnabled() and widget.focusProxy() is None


def _part(widget: QWidget, window: QMainWindow) -> QWidget:
    """The bar, the panel or the row of tabs that a widget stands in."""
    part, around = widget, widget.parentWidget()
    while around is not None and around is not window:
        part, around = around, around.parentWidget()
    return part


def _place(part: QWidget, window: QMainWindow) -> Place:
    at = part.geometry().topLeft()
    if not isinstance(part, QToolBar):
        return 1, at.x(), at.y()
    is_foot = window.toolBarArea(part) == Qt.ToolBarArea.BottomToolBarArea
    return (2 if is_foot else 0), at.y(), at.x()
