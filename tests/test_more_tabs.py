"""Tabs without room: none is seen in part, and a button at the end of the row leads to them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.widgets.more_tabs import NAME
from tests.room import cut_tabs
from tests.windows import LEFT, opened, part

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

NARROW, WIDE = (280, 500), (1280, 720)


def settle(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for _time in range(8):  # panels are arranged anew, laid out, painted, and then their tabs are looked at
        QApplication.processEvents()


def tabs_of(window: MainWindow, key: str) -> QTabBar:
    """The row of tabs that a panel is in."""
    title = part(window, QDockWidget, f"dock_{key}").windowTitle()
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return next(bar for bar in bars if title in [bar.tabText(place) for place in range(bar.count())])


def test_what_has_no_room_is_behind_a_button_and_comes_into_sight_whole(qtbot: QtBot) -> None:
    with opened(qtbot, mode="full") as window:
        settle(window, NARROW)
        reached = set()
        for key in ("program", "settings", "theory", "fit"):
            bar = tabs_of(window, key)
            title = part(window, QDockWidget, f"dock_{key}").windowTitle()
            assert not cut_tabs(window)
            button = part(bar, QToolButton, NAME)
            assert button.isVisible()
            assert bar.rect().contains(button.geometry().translated(button.parentWidget().pos()))
            qtbot.mouseClick(button, LEFT)
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            entry = next((each for each in menu.actions() if each.text() == title), None)
            menu.close()
            if entry is not None:
                entry.trigger()
                reached.add(key)
                settle(window, NARROW)
                assert window.arrangement.seen(key)
        assert reached
        settle(window, WIDE)
        assert not any(button.isVisible() for button in window.findChildren(QToolButton, NAME))
