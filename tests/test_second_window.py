"""A second program at the same time stands beside the first one, and says that each keeps its own work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMargins, QPoint
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from gui.app import BESIDE, _set_beside
from gui.autosave import Autosave
from gui.screen_room import FRAME
from tests.windows import opened, part, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen


def test_a_second_program_says_so_until_that_is_read(qtbot: QtBot, tmp_path: Path) -> None:
    first = Autosave(tmp_path)
    with opened(qtbot, autosave=Autosave(tmp_path)) as window:
        assert text(window, "notice").startswith("Another Fitscope was open already")
        part(window, QAbstractButton, "notice_read").click()
        assert not part(window, QWidget, "notice").isVisible()
    first.close()


@pytest.mark.parametrize("size", [(640, 480), (4000, 3000)])
def test_a_second_window_stands_beside_the_first_and_on_the_screen(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(20, 30, *size)
    _set_beside(window, BESIDE)
    assert window.pos() == QPoint(20 + BESIDE, 30 + BESIDE)
    framed = window.geometry().marginsAdded(QMargins(0, 0, *FRAME))
    assert window.screen().availableGeometry().contains(framed)
