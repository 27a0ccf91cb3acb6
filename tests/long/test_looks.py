"""Theme, language and scale change over and over in mid-run, in mid-step and at rest, and nothing is left."""

from __future__ import annotations

import random

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.log import data_folder, start_log
from gui.main_window import MainWindow
from gui.widgets.formula_label import FormulaLabel
from tests.windows import action, opened, ready, wait_for_rest, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

TIMES = 200
LONGEST = 3600  # seconds
LOOKS = (
    *("theme_light", "theme_dark", "language_en", "language_zh_CN"),
    *("scale_1", "scale_1.25", "scale_1.5", "scale_2", "scale_3"),
)
SEED = 15


def changed(window: MainWindow, name: str) -> MainWindow:
    """The window that takes over once another look is chosen; that of the chosen look is the same."""
    entry = window.findChild(QAction, name)
    assert entry is not None, name
    entry.trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    (new,) = windows()
    return new


def formulas_in_sight(window: MainWindow) -> list[FormulaLabel]:
    return [each for each in window.findChildren(FormulaLabel) if not each.visibleRegion().isEmpty()]


def blank_formulas(window: MainWindow) -> list[str]:
    """The formulas in sight that have no ink."""
    return [label.latex for label in formulas_in_sight(window) if not _has_ink(label)]


def _has_ink(label: FormulaLabel) -> bool:
    image = label.grab().toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 2)}
    return label.typeset and len(colours) > 1


def wait_for_formulas(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the formulas of the step are typeset, where they are in sight."""
    qtbot.waitUntil(lambda: all(label.typeset for label in formulas_in_sight(window)))


@pytest.mark.timeout(LONGEST)
def test_two_hundred_changes_of_the_look_leave_no_error_and_no_old_window(qtbot: QtBot) -> None:
    start_log()
    choice = random.Random(SEED)
    formulas = 0
    with opened(qtbot, settings=Settings(epochs=None), speed=100.0, mode="inside") as window:
        for place in range(TIMES):
            moment = place % 4
            if moment == 0:
                action(window, choice.choice(("simple", "full", "inside"))).trigger()
            elif moment == 1 and not window.session.running:
                window.session.run()
            elif moment == 2:
                window.session.pause()
                window.session.step()
            elif moment == 3:
                wait_for_rest(qtbot, window) if not window.session.running else window.session.pause()
            old = window
            window = changed(window, choice.choice(LOOKS))
            assert window is old or not shiboken6.isValid(old) or not old.isVisible()
            wait_for_formulas(qtbot, window)
            assert not blank_formulas(window)
            formulas += len(window.findChildren(FormulaLabel))
        window.session.pause()
        ready(qtbot, window)
        qtbot.waitUntil(lambda: not window.workspace.busy)
    assert formulas > TIMES
    log = data_folder() / "fitscope.log"
    written = log.read_text("utf-8") if log.exists() else ""
    assert "Traceback" not in written
    assert "ERROR" not in written
