"""What is typed and not confirmed counts for whatever the person does next; half a number waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QDockWidget, QLineEdit, QMenu, QPushButton, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.experiment.file import load_experiment
from gui.autosave import Autosave
from gui.main_window import MainWindow
from tests.windows import LINE, action, message, opened, part, ready, snapshot, text, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
ENDLESS = Settings(epochs=None, learning_rate=1e-5)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=ENDLESS) as made:
        yield made


def type_into(qtbot: QtBot, window: MainWindow, name: str, words: str) -> QAbstractSpinBox:
    """Type over what stands in a field, and leave it at that."""
    field = part(window, QAbstractSpinBox, name)
    qtbot.mouseClick(field, LEFT, pos=QPoint(6, field.height() // 2))
    field.selectAll()
    qtbot.keyClicks(field, words)
    return field


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Click on the button of an action in the bar at the top."""
    button = part(window, QToolBar, "run_bar").widgetForAction(action(window, name))
    assert isinstance(button, QWidget)
    qtbot.mouseClick(button, LEFT)


def test_run_step_and_buttons_take_up_what_is_typed(qtbot: QtBot, window: MainWindow) -> None:
    settings = window.store
    type_into(qtbot, window, "learning_rate", "0.002")
    press(qtbot, window, "run")
    wait_for_step(qtbot, window)
    assert settings.settings.learning_rate == 0.002
    type_into(qtbot, window, "learning_rate", "0.003")
    press(qtbot, window, "run")
    assert not window.session.running
    assert settings.settings.learning_rate == 0.003
    field = type_into(qtbot, window, "batch_size", "2")
    qtbot.keyClick(field, Qt.Key.Key_S, CONTROL)
    assert settings.settings.batch_size == 2
    part(window, QWidget, "file_dialog").close()
    type_into(qtbot, window, "epochs", "7")
    qtbot.mouseClick(part(window, QPushButton, "new_start"), LEFT)
    assert settings.settings.epochs == 7
    ready(qtbot, window)


def test_a_step_is_made_of_the_new_run_that_what_was_typed_began(qtbot: QtBot, window: MainWindow) -> None:
    run = snapshot(window).run
    type_into(qtbot, window, "seed", "7")
    press(qtbot, window, "step")
    wait_for_step(qtbot, window)
    assert snapshot(window).run != run
    assert snapshot(window).step == 1
    assert window.store.settings.seed == 7


def test_own_start_values_are_taken_up_too(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(start="own", start_values=(1.0, 2.0))
    ready(qtbot, window)
    field = part(window, QLineEdit, "start_values")
    qtbot.mouseClick(field, LEFT)
    field.selectAll()
    qtbot.keyClicks(field, "3 -")
    press(qtbot, window, "step")
    assert window.store.settings.start_values == (1.0, 2.0)
    assert field.text() == "3 -"
    qtbot.keyClicks(field, "4")
    press(qtbot, window, "step")
    assert window.store.settings.start_values == (3.0, -4.0)
    wait_for_step(qtbot, window)


def test_half_a_number_survives_an_undo_elsewhere(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(epochs=50)
    window.store.change(learning_rate=0.25)
    field = type_into(qtbot, window, "learning_rate", "1e")
    press(qtbot, window, "undo")
    assert window.store.settings.learning_rate == 1e-5
    assert field.text() == "1e"
    shown = field.findChildren(QLineEdit)[0].palette().color(QPalette.ColorRole.Text)
    assert shown == field.palette().color(QPalette.ColorRole.BrightText)
    edit = part(window, QMenu, "menu_data")
    edit.popup(window.mapToGlobal(QPoint(0, 0)))
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert field.text() == "1e"
    qtbot.keyClicks(field, "-4")
    press(qtbot, window, "undo")
    assert window.store.settings == ENDLESS.__class__(epochs=50, learning_rate=1e-5)
    assert field.text() == "1e-5"


def test_escape_gives_half_a_number_up(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(learning_rate=0.25)
    field = type_into(qtbot, window, "learning_rate", "1e")
    press(qtbot, window, "undo")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "1e-5"
    assert window.store.settings.learning_rate == 1e-5
    assert "1e" not in message(window)


def test_half_a_number_of_a_field_that_goes_away_goes_with_it(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(optimizer="sgd")
    ready(qtbot, window)
    window.store.set_option("sgd.momentum", 0.5)
    window.store.change(optimizer="rmsprop")
    ready(qtbot, window)
    type_into(qtbot, window, "rmsprop.alpha", "0.")
    field = part(window, QAbstractSpinBox, "rmsprop.alpha")
    qtbot.keyClicks(field, "x")
    press(qtbot, window, "undo")
    ready(qtbot, window)
    assert window.store.settings.optimizer == "sgd"
    assert part(window, QAbstractSpinBox, "sgd.momentum").text() == "0.5"
    assert "x" not in text(window, "message").split()


def test_the_hint_of_a_wrong_number_goes_with_a_good_one(qtbot: QtBot, window: MainWindow) -> None:
    usual = message(window)
    for good in ("1e-5", "0.00001"):  # which it is already, so that nothing changes
        field = type_into(qtbot, window, "learning_rate", "-5")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert "-5" in message(window)
        field = type_into(qtbot, window, "learning_rate", good)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert message(window) == usual


def test_half_a_number_goes_with_its_window(qtbot: QtBot, window: MainWindow) -> None:
    before = window.store.settings
    type_into(qtbot, window, "epochs", "12x")
    window.close()
    qtbot.waitUntil(lambda: not window_is_there(window))
    assert before.epochs is None


def window_is_there(window: MainWindow) -> bool:
    """Whether the window has not been destroyed yet."""
    return shiboken6.isValid(window)


def test_closing_keeps_what_was_typed_last(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("work")
    with opened(qtbot, autosave=Autosave(folder)) as window:
        window.store.add_points(LINE.x[:, 0], LINE.y)
        type_into(qtbot, window, "epochs", "321")
        window.close()
    (file,) = folder.glob("*.fit.json")
    assert load_experiment(file).settings.epochs == 321


def test_closing_keeps_what_was_typed_in_a_panel_that_floats(
    qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("work")
    for words, kept in (("321", 321), ("12x", 321)):
        with opened(qtbot, autosave=Autosave(folder)) as window:
            window.store.add_points(LINE.x[:, 0], LINE.y)
            part(window, QDockWidget, "dock_settings").setFloating(True)
            field = type_into(qtbot, window, "epochs", words)
            assert field.window() is not window
            window.close()
            qtbot.waitUntil(lambda window=window: not window_is_there(window))
        (file,) = folder.glob("*.fit.json")
        assert load_experiment(file).settings.epochs == kept
