"""What a person can use in the windows on the screen, by names that are the same in every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from core.choices import TABLES
from core.choices.choice import Choice
from gui.main_window import MainWindow
from gui.widgets.title_bar import TitleBar

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QTabBar,
    QTextEdit,
    TitleBar,
)
OWNERS = (
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
    QHeaderView,
    QTextEdit,
    QTabBar,
)  # of parts of their own
OF_QT = "qt_"  # begins the names that Qt itself gives


def shown_windows() -> list[QWidget]:
    """Where a person can work now: in the menu or dialog that shuts the others out, or in every window."""
    only = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    if only is not None:
        return [only]
    tops = [w for w in QApplication.topLevelWidgets() if w.isVisible() and not isinstance(w, QMenu)]
    return sorted(tops, key=name_of)


def main_window() -> MainWindow | None:
    """The window of the program, if there is one."""
    return next(
        (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()), None
    )


def inputs() -> dict[str, QWidget]:
    """Every control that can be used now, by `window/name`, or `window/name#1` for the second of a name."""
    found: dict[str, QWidget] = {}
    for window in shown_windows():
        title = name_of(window)
        if isinstance(window, QFileDialog | QMenu):
            found[title] = window
            continue
        numbers: Counter[str] = Counter()
        for widget in controls_below(window):
            name = name_of(widget)
            number, numbers[name] = numbers[name], numbers[name] + 1
            if widget.isEnabled():
                found[f"{title}/{name}" + (f"#{number}" if number else "")] = widget
    return found


def controls_below(parent: QWidget) -> Iterator[QWidget]:
    """The controls in sight within a widget, in the order in which they were made."""
    for child in parent.children():
        if not _is(type(child), QWidget) or child.isHidden() or child.isWindow():
            continue
        if is_input(child):
            yield child
        if not _is(type(child), OWNERS):
            yield from controls_below(child)


def named_widget(name: str) -> QWidget | None:
    """A control of that name in any window, in sight or not; rather one that is in sight."""
    tops = QApplication.topLevelWidgets()
    found = [each for top in tops if not isinstance(top, QMenu) for each in top.findChildren(QWidget, name)]
    return next((each for each in found if each.isVisible()), found[0] if found else None)


def named_inputs(window: QWidget) -> set[str]:
    """The names of all controls of a window of this program, in sight or not."""
    if isinstance(window, QFileDialog | QMenu):
        return set()
    named = {each.objectName() for each in window.findChildren(QWidget) if is_input(each)}
    return {name for name in named if name and not name.startswith(OF_QT)}


def named_actions(window: QWidget) -> dict[str, QAction]:
    """The actions of a window of this program by their names."""
    named = {
        action.objectName(): action
        for action in window.findChildren(QAction)
        if action.isEnabled() or not isinstance(action.parent(), QDockWidget)  # a panel that always stays
    }
    return {name: action for name, action in named.items() if name and not name.startswith(OF_QT)}


def options() -> set[str]:
    """The names of the fields of all hyper-parameters, of which a window has those of the chosen rows."""
    rows: list[Choice] = [row for table in TABLES.values() for row in table.values()]
    return {f"{row.key}.{parameter.key}" for row in rows for parameter in row.parameters}


def is_input(widget: QWidget) -> bool:
    """Whether a person works with a widget, which is not only a part of another one."""
    kind = type(widget)
    ours = kind.__module__.startswith("gui.")
    if _is(kind, QScrollBar) or not (ours or _is(kind, KINDS)) or _is(type(widget.parent()), OWNERS):
        return False
    if _is(kind, KINDS):
        return _is(kind, (QAbstractButton, QTabBar)) or not widget.objectName().startswith(OF_QT)
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus


@cache
def _is(kind: type[object], one_of: type[object] | tuple[type[object], ...]) -> bool:
    """`issubclass`, of which the answer is remembered: a window has thousands of widgets of few kinds."""
    return issubclass(kind, one_of)


def name_of(widget: QWidget) -> str:
    """The name of a widget or window, or of its kind."""
    return widget.objectName() or type(widget).__name__
