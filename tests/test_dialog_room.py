"""Every dialog at 300 %: it is no larger than the screen, and all that is in it can be reached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QScrollArea
from pytestqt.qtbot import QtBot

from core.texts import LANGUAGES, use_language
from gui.dialogs.fault_dialog import FaultDialog
from gui.dialogs.unkept_dialog import UnkeptDialog
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import Theme
from tests.windows import action, opened

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ACTIONS = ("generate", "find_rate", "sweep", "speed", "keys", "about")


def dialogs(qtbot: QtBot, window: MainWindow) -> Iterator[QDialog]:
    """Each dialog of the window, shown."""
    for name in ACTIONS:
        action(window, name).trigger()
        yield shown(qtbot)
    for made in (
        UnkeptDialog("No room is left. " * 9, Theme(scale=3), window),
        FaultDialog(window.workspace, window),
    ):
        made.open()
        yield shown(qtbot)


def shown(qtbot: QtBot) -> QDialog:
    (dialog,) = [
        each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()
    ]
    qtbot.waitExposed(dialog)
    QApplication.processEvents()
    return dialog


def can_be_reached(dialog: QDialog, button: QAbstractButton) -> bool:
    area = dialog.findChild(QScrollArea, "dialog_area")
    if area is not None:
        area.ensureWidgetVisible(button)
        QApplication.processEvents()
    place = QRect(button.mapTo(dialog, QPoint()), button.size())
    return dialog.rect().contains(place)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_dialog_has_room_on_a_small_screen_at_the_largest_scale(qtbot: QtBot, code: str) -> None:
    use_language(code)
    Preferences().put("scale", "3")
    with opened(qtbot, mode="full") as window:
        for dialog in dialogs(qtbot, window):
            room = dialog.screen().availableSize()
            for size in (dialog.size(), dialog.minimumSizeHint()):
                assert size == size.boundedTo(room), dialog.objectName()
            buttons = [each for each in dialog.findChildren(QAbstractButton) if each.isVisible()]
            assert buttons
            assert all(can_be_reached(dialog, each) for each in buttons), dialog.objectName()
            dialog.reject()
            qtbot.waitUntil(lambda dialog=dialog: not is_shown(dialog))


def is_shown(dialog: QDialog) -> bool:
    return dialog in [each for each in QApplication.topLevelWidgets() if each.isVisible()]
