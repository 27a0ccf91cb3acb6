"""The name of the open experiment goes with its points; nothing else is ever written over its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from core.experiment import load_experiment
from core.file_names import allowed_name
from gui.main_window import MainWindow
from tests.windows import LINE, action, message, opened, part, plot_of, ready, text, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


def saved(qtbot: QtBot, window: MainWindow, path: Path) -> str:
    """Save the work as `path`, which is then what the window is called."""
    with qtbot.waitSignal(window.workspace.open_file.changed):
        window.files.save_to(str(path))
    return window.windowTitle()


def test_other_points_are_never_saved_over_the_experiment_that_was_open(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "mine.fit.json"
    title = saved(qtbot, window, file)
    assert "mine.fit.json" in title
    first_set = part(window, QMenu, "menu_data").actions()[2]
    first_set.trigger()
    assert window.store.points != LINE
    assert "mine" not in window.windowTitle()
    qtbot.keyClick(plot_of(window), Qt.Key.Key_S, CONTROL)
    part(window, QFileDialog, "file_dialog").reject()
    assert load_experiment(file).points == LINE
    action(window, "undo").trigger()
    assert window.windowTitle() == title
    assert not window.isWindowModified()
    action(window, "redo").trigger()
    assert "mine" not in window.windowTitle()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("generated: line, seed 3", "generated line, seed 3"),
        ('a<b>"c"/d\\e|f?g*h', "a b c d e f g h"),
        ("two\nlines\t", "two lines"),
        ("ends with dots. .", "ends with dots"),
        ("aux", "aux_"),
        ("Com1", "Com1_"),
        ("身高", "身高"),
        ("高" * 200, "高" * 66),
        (" ? ", ""),
    ],
)
def test_a_name_is_allowed_on_every_system(text: str, name: str) -> None:
    assert allowed_name(text) == name


def test_the_name_that_is_proposed_is_allowed_on_every_system(qtbot: QtBot, window: MainWindow) -> None:
    window.store.clear_points()
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Space)
    qtbot.mouseClick(part(window, QPushButton, "message_action"), Qt.MouseButton.LeftButton)
    assert ":" in text(window, "readout_source")
    qtbot.keyClick(plot_of(window), Qt.Key.Key_S, CONTROL)
    dialog = part(window, QFileDialog, "file_dialog")
    (name,) = (Path(path).name for path in dialog.selectedFiles())
    dialog.reject()
    assert name == allowed_name(name)
    ready(qtbot, window)


def test_run_without_points_points_at_what_to_do(qtbot: QtBot, window: MainWindow) -> None:
    window.store.clear_points()
    before = plot_of(window).grab().toImage()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(plot_of(window), key)
        assert "click into the plot" in message(window)
    assert not action(window, "run").isChecked()
    assert plot_of(window).grab().toImage() != before
    qtbot.mouseClick(part(window, QPushButton, "message_action"), Qt.MouseButton.LeftButton)
    assert len(window.store.points)
    assert not part(window, QPushButton, "message_action").isVisible()
    assert "no points" not in message(window)
    ready(qtbot, window)
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Right)
    wait_for_step(qtbot, window)
    action(window, "clear").trigger()
    hint = plot_of(window).empty_text
    assert hint.isVisible()
    assert not hint.font().bold()


def test_no_points_come_from_nowhere(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "clear").trigger()
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Space)
    qtbot.mouseClick(part(window, QPushButton, "message_action"), Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert text(window, "readout_source")
    part(window, QPushButton, "new_start").setFocus(Qt.FocusReason.TabFocusReason)
    action(window, "select_all").trigger()
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Delete)
    assert not len(window.store.points)
    assert not text(window, "readout_source")
