"""Whether everything in a window has room: texts cut off, widgets outside others or over each other."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QDockWidget, QLabel, QTabBar, QToolBar, QWidget

from gui.main_window import MainWindow
from gui.panels.cards import Card
from gui.widgets.readout import Readout
from gui.widgets.still_label import StillLabel
from tests.windows import part


def whole(label: QLabel) -> bool:
    """Whether a label shows its text, or a shorter one that says the same."""
    shown = label.shown() if isinstance(label, StillLabel) else label.text()
    fits = label.fontMetrics().horizontalAdvance(shown) <= label.width() + 1
    return fits and not shown.endswith("…") and label.height() >= label.fontMetrics().ascent()


def readouts_without_room(window: QWidget, names: tuple[str, ...]) -> list[str]:
    """Those of the readouts whose name or number is cut off, or that cannot be seen."""
    return [name for name in names if not _readable(part(window, QLabel, name))]


def _readable(value: QLabel) -> bool:
    readout = value.parent()
    assert isinstance(readout, Readout)
    labels = [label for label in readout.findChildren(QLabel) if not label.isHidden()]
    return all(whole(label) and reaches_into_sight(label) for label in labels)


def reaches_into_sight(widget: QWidget) -> bool:
    """Whether nothing of a widget is cut off by those around it, but what can be scrolled to."""
    if not widget.isVisible():
        return False
    around = widget.parentWidget()
    while around is not None and not widget.isWindow():
        if isinstance(around.parentWidget(), QAbstractScrollArea):
            return True
        if not around.rect().contains(QRect(widget.mapTo(around, QPoint()), widget.size())):
            return False
        around = around.parentWidget() if not around.isWindow() else None
    return True


def outside(window: MainWindow) -> list[str]:
    """The bars, panels and what stands in them that reach beyond what they stand in."""
    kinds = (QToolBar, QDockWidget, QTabBar)
    found = [widget for widget in window.findChildren(QWidget) if isinstance(widget, kinds)]
    return [_called(widget) for widget in found if _in_sight(widget) and not reaches_into_sight(widget)]


def overlapping(window: MainWindow) -> list[tuple[str, str]]:
    """The panels and bars, and the parts of a card, that lie over each other."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    bars: list[QWidget] = [
        widget for kind in (QToolBar, QDockWidget) for widget in window.findChildren(kind, options=direct)
    ]
    cards: list[list[QWidget]] = [
        card.findChildren(QWidget, options=direct) for card in window.findChildren(Card) if card.isVisible()
    ]
    return [
        (_called(one), _called(other))
        for widgets in (bars, *cards)
        for one, other in combinations(filter(_in_sight, widgets), 2)
        if one.geometry().intersects(other.geometry())
    ]


def cut_tabs(window: MainWindow) -> list[str]:
    """The tabs that lack a part of their word, but for those of which nothing is seen."""
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return [bar.tabText(place) for bar in bars for place in range(bar.count()) if _is_cut(bar, place)]


def _is_cut(bar: QTabBar, place: int) -> bool:
    tab = bar.tabRect(place)
    seen = tab & bar.rect()
    ends = QPoint(seen.left(), seen.center().y()), QPoint(seen.right(), seen.center().y())
    covered = [bar.childAt(end) is not None for end in ends]
    if seen.isEmpty() or all(covered):
        return False
    wide_enough = tab.width() >= bar.fontMetrics().horizontalAdvance(bar.tabText(place))
    return any(covered) or seen != tab or not wide_enough


def _in_sight(widget: QWidget) -> bool:
    """Whether a widget of the window is shown, and not behind a tab."""
    return widget.isVisible() and not widget.isWindow() and not widget.visibleRegion().isEmpty()


def _called(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__
