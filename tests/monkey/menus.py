"""Ways to an action: its keys, a button that has it, or its menu."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton

from gui.main_window import MainWindow
from tests.monkey.hand import LEFT, NONE, close_popups, press


def choose(window: MainWindow, action: QAction, draw: Random) -> None:
    """Come to an action in one of the ways that there are to it now."""
    buttons = [
        button
        for button in window.findChildren(QToolButton)
        if button.defaultAction() is action and button.isVisible() and button.isEnabled()
    ]
    way = draw.choice(["keys"] * (not action.shortcut().isEmpty()) + ["button"] * bool(buttons) + ["menu"])
    if way == "keys":
        press(action.shortcut().toString(), window)
    elif way == "button":
        button = draw.choice(buttons)
        QTest.mouseClick(button, LEFT, NONE, button.rect().center())
    else:
        choose_in_menu(window, action)
    close_popups()


def choose_in_menu(window: MainWindow, action: QAction) -> None:
    """Open the menus on the way to an action, and click on it."""
    bar = window.menuBar()
    for title in bar.actions():
        way = _way_to(action, title.menu())
        if way is None:
            continue
        _open(bar, title)
        for entry in way:
            menu = next(
                (m for m in entry.associatedObjects() if isinstance(m, QMenu) and m.isVisible()), None
            )
            if menu is None:
                return
            _click(menu, entry)
        return


def _way_to(action: QAction, menu: QMenu | None) -> list[QAction] | None:
    """The entries from `menu` to an action, which is the last of them."""
    for entry in menu.actions() if menu is not None else []:
        if entry is action:
            return [entry]
        way = _way_to(action, entry.menu())
        if way is not None:
            return [entry, *way]
    return None


def _open(bar: QMenuBar, title: QAction) -> None:
    place = bar.actionGeometry(title).center()
    if bar.rect().contains(place):
        QTest.mouseClick(bar, LEFT, NONE, place)
    else:  # it is behind the arrow at the end of the bar
        bar.setActiveAction(title)
        press("Down", bar)


def _click(menu: QMenu, entry: QAction) -> None:
    """Click on an entry, or, where the menu is taller than the screen, go to it by keys."""
    place = menu.actionGeometry(entry).center()
    if menu.rect().contains(place):
        QTest.mouseMove(menu, place)
        QTest.mouseClick(menu, LEFT, NONE, place)
    else:
        menu.setActiveAction(entry)
        QTest.keyClick(menu, Qt.Key.Key_Return)
