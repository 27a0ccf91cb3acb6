"""The window as a person uses it: drawing, keys, menus, another look, and what comes back next time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings, generate
from core.texts import language
from gui.app import create_window
from gui.main_window import MainWindow
from gui.panels.run_bar import RunBar
from gui.preferences import Preferences
from tests.windows import (
    LINE,
    RIGHT,
    action,
    click,
    drag,
    message,
    opened,
    part,
    pixel,
    plot_of,
    ready,
    snapshot,
    text,
    wait_for_step,
    windows,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ENDLESS = Settings(epochs=None, learning_rate=1e-5)
ACTIONS = [
    "run",
    "step",
    "step_epoch",
    "back",
    "reset",
    "new_start",
    "undo",
    "redo",
    "new",
    "open",
    "save",
    "save_as",
    "save_points",
    "quit",
    "paste",
    "select_all",
    "clear",
    "generate",
    "find_rate",
    "sweep",
    "speed",
    "fit_view",
    "draw",
    "move",
    "erase",
    "reference",
    "log_loss",
    "surface",
    "trained_units",
    "simple",
    "inside",
    "phase",
    "slow_motion",
    "copy_program",
    "save_program",
    "full",
    "arrange",
    "keys",
    "about",
]
READOUTS = [
    "readout_step",
    "readout_epoch",
    "readout_loss",
    "readout_equation",
    "readout_r2",
    "readout_rmse",
    "readout_mae",
    "readout_rate",
    "readout_time",
    "readout_device",
    "readout_points",
    "message",
]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=ENDLESS) as made:
        yield made


@pytest.fixture
def empty(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, Points()) as made:
        yield made


def press(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None
) -> None:
    """Press a key with the focus on the plot."""
    qtbot.keyClick(plot_of(window), key, modifiers or Qt.KeyboardModifier.NoModifier)


def newest(window: MainWindow) -> tuple[float, float]:
    points = window.store.points
    return float(points.x[-1, 0]), float(points.y[-1])


def a_pixel(window: MainWindow) -> float:
    """The larger side of a pixel, in the units of the data."""
    return max(plot_of(window).pixel_size())


def select_the_first_two(window: MainWindow) -> None:
    """Draw a rectangle around the first two points of LINE, with the move tool."""
    (left, _right), (low, _high) = plot_of(window).view()
    drag(window, (left + 2 * a_pixel(window), 1.0), (-0.6, low + 2 * a_pixel(window)))


# --- what there is ---------------------------------------------------------------------------------------


def test_every_action_has_a_text_a_tooltip_and_a_place(window: MainWindow) -> None:
    placed = {entry for place in window.findChildren(QWidget) for entry in place.actions()}
    for name in ACTIONS:
        found = action(window, name)
        assert found.text(), name
        assert found.toolTip(), name
        assert found in placed, name


def test_every_action_is_known_to_this_test(window: MainWindow) -> None:
    names = {found.objectName() for found in window.findChildren(QAction)}
    assert {name for name in names if name.startswith("action_")} == {f"action_{name}" for name in ACTIONS}


def test_nothing_moves_when_run_becomes_pause(window: MainWindow) -> None:
    bar = part(window, RunBar, "run_bar")
    button = bar.widgetForAction(action(window, "run"))
    widths = set()
    for running, loading in ((False, False), (True, False), (True, True)):
        bar.show_running(running, loading)
        QApplication.processEvents()
        widths.add(button.width())
    assert len(widths) == 1


def test_no_key_means_two_things(window: MainWindow) -> None:
    keys = [key.toString() for name in ACTIONS for key in action(window, name).shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_part_that_is_seen_has_a_name(window: MainWindow) -> None:
    for name in ("speed", "residuals", "fit_plot", "loss_plot"):
        assert part(window, QWidget, name).accessibleName(), name
    for name in READOUTS:
        assert part(window, QLabel, name).isVisible(), name
    assert action(window, "run").isCheckable()


def test_controls_that_a_person_uses_have_tooltips(window: MainWindow) -> None:
    kinds = (
        "QComboBox",
        "WordField",
        "SwitchField",
        "CountField",
        "NumberField",
        "RateSlider",
        "QPushButton",
    )
    bare = [
        widget.objectName() or widget
        for widget in window.findChildren(QWidget)
        if type(widget).__name__ in kinds and widget.isVisible() and not widget.toolTip()
    ]
    assert not bare


def test_without_points_it_says_what_to_do(empty: MainWindow) -> None:
    assert message(empty).startswith("Draw points")
    assert text(empty, "readout_points") == "0 points"
    assert text(empty, "readout_step") == "–"


# --- drawing ---------------------------------------------------------------------------------------------


def test_a_click_draws_a_point_there(qtbot: QtBot, empty: MainWindow) -> None:
    click(qtbot, empty, 1.0, 2.0)
    assert len(empty.store.points) == 1
    assert newest(empty) == pytest.approx((1.0, 2.0), abs=a_pixel(empty))
    assert text(empty, "readout_points") == "1 point"
    click(qtbot, empty, -1.5, -0.5)
    assert newest(empty) == pytest.approx((-1.5, -0.5), abs=a_pixel(empty))
    assert text(empty, "readout_points") == "2 points"


def test_a_drag_sprays_points_along_its_way_and_is_one_step_to_undo(qtbot: QtBot, empty: MainWindow) -> None:
    drag(empty, (-2.0, -2.0), (2.0, 2.0))
    points = empty.store.points
    assert len(points) > 10
    assert np.abs(points.x[:, 0] - points.y).max() < 60 * a_pixel(empty)
    assert empty.store.undo_stack.count() == 1
    press(qtbot, empty, Qt.Key.Key_Z, CTRL)
    assert len(empty.store.points) == 0
    press(qtbot, empty, Qt.Key.Key_Y, CTRL)
    assert empty.store.points is points
    ready(qtbot, empty)


def test_the_right_button_erases_with_any_tool(qtbot: QtBot, window: MainWindow) -> None:
    drag(window, (-2.0, -3.1), (-1.0, -0.9), RIGHT)
    assert window.store.points.x[:, 0].tolist() == [0.0, 1.0, 2.0]
    press(qtbot, window, Qt.Key.Key_M)
    click(qtbot, window, 0.0, 1.2, RIGHT)
    assert window.store.points.x[:, 0].tolist() == [1.0, 2.0]
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert window.store.points is LINE


def test_the_eraser_erases(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_E)
    assert action(window, "erase").isChecked()
    click(qtbot, window, 2.0, 5.1)
    assert window.store.points.x[:, 0].tolist() == [-2.0, -1.0, 0.0, 1.0]


def test_the_move_tool_moves_a_point(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_M)
    pixels = a_pixel(window)
    drag(window, (1.0, 2.8), (1.0, 0.0))
    x, y = window.store.points.x[:, 0], window.store.points.y
    assert x == pytest.approx(LINE.x[:, 0], abs=2 * pixels)
    assert y == pytest.approx([-3.1, -0.9, 1.2, 0.0, 5.1], abs=2 * pixels)
    assert window.store.undo_stack.count() == 1


def test_a_selection_is_moved_by_the_arrows_and_removed_by_delete(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_M)
    select_the_first_two(window)
    assert plot_of(window).selection.tolist() == [0, 1]
    press(qtbot, window, Qt.Key.Key_Right)
    assert snapshot(window).step == 0  # Right did not step
    assert (window.store.points.x[:2, 0] > LINE.x[:2, 0]).all()
    assert (window.store.points.x[2:] == LINE.x[2:]).all()
    press(qtbot, window, Qt.Key.Key_Delete)
    assert len(window.store.points) == 3
    press(qtbot, window, Qt.Key.Key_Right)
    ready(qtbot, window)
    assert snapshot(window).step in (0, 1)  # with nothing selected Right steps, once the run is there


def test_select_all_and_delete(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_A, CTRL)
    press(qtbot, window, Qt.Key.Key_Delete)
    assert not len(window.store.points)


def test_points_drawn_in_mid_run_feed_it(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window)
    run = snapshot(window).run
    drag(window, (-2.0, 4.0), (0.0, 4.0))
    assert window.session.running
    wait_for_step(qtbot, window, snapshot(window).step + 10)
    assert snapshot(window).run == run
    assert text(window, "readout_points") == f"{len(window.store.points)} points"


def test_undo_and_redo_say_what_they_would_do(qtbot: QtBot, window: MainWindow) -> None:
    undo, redo = action(window, "undo"), action(window, "redo")
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    click(qtbot, window, 0.5, 0.5)
    assert undo.isEnabled()
    assert undo.text() == "&Undo add points"
    undo.trigger()
    assert not undo.isEnabled()
    assert redo.text() == "&Redo add points"
    redo.trigger()
    assert len(window.store.points) == 6


def test_whatever_hands_do_on_the_window_can_be_undone(qtbot: QtBot, window: MainWindow) -> None:
    random = Random(3)
    states = [window.store.experiment]
    for _hand in range(60):
        start, end = [(random.uniform(-2, 2), random.uniform(-3, 4)) for _corner in range(2)]
        match random.randrange(10):
            case 0 | 1 | 2:
                click(qtbot, window, *start)
            case 3 | 4 | 5 | 6:
                drag(window, start, end, moves=4)
            case 7:
                drag(window, start, end, RIGHT, moves=2)
            case 8:
                press(qtbot, window, random.choice((Qt.Key.Key_D, Qt.Key.Key_M, Qt.Key.Key_E)))
            case _:
                press(qtbot, window, random.choice((Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Up)))
        if window.store.experiment is not states[-1]:
            states.append(window.store.experiment)
    assert len(states) > 20
    press(qtbot, window, Qt.Key.Key_Escape)
    while window.store.undo_stack.canUndo():
        press(qtbot, window, Qt.Key.Key_Z, CTRL)
        assert any(window.store.points is state.points for state in states)
    assert window.store.points is LINE
    ready(qtbot, window)


# --- the run's keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["run_bar", "panel", "dock_fit", "message", "loss_plot"])
def test_keys_work_wherever_a_person_has_clicked(qtbot: QtBot, window: MainWindow, name: str) -> None:
    widget = part(window, QWidget, name)
    viewport = getattr(widget, "viewport", None)
    qtbot.mouseClick(viewport() if viewport else widget, Qt.MouseButton.LeftButton)
    target = window.focusWidget() or window
    qtbot.keyClick(target, Qt.Key.Key_Right)
    assert snapshot(window).step == 1
    qtbot.keyClick(target, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, 5)
    qtbot.keyClick(target, Qt.Key.Key_Space)
    assert not window.session.running
    qtbot.keyClick(target, Qt.Key.Key_Home)
    ready(qtbot, window)
    assert snapshot(window).step == 0


def test_pause_takes_effect_within_fifty_milliseconds(qtbot: QtBot, window: MainWindow) -> None:
    took = []
    for _time in range(5):
        press(qtbot, window, Qt.Key.Key_Space)
        wait_for_step(qtbot, window, snapshot(window).step + 1)
        start = time.monotonic()
        press(qtbot, window, Qt.Key.Key_Space)
        took.append(time.monotonic() - start)
    assert min(took) < 0.05


# --- seeing ----------------------------------------------------------------------------------------------


def curve(window: MainWindow, name: str) -> np.ndarray:
    """The y of a curve on the fit plot."""
    y = plot_of(window).traces[name].yData
    return np.empty(0) if y is None else y


def test_the_least_squares_line_comes_and_goes(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: len(curve(window, "reference")) > 0)
    x = plot_of(window).traces["reference"].xData
    w, b = np.polyfit(LINE.x[:, 0], LINE.y, 1)
    seen = np.isfinite(curve(window, "reference"))
    assert curve(window, "reference")[seen] == pytest.approx((w * x + b)[seen], abs=1e-6)
    action(window, "reference").trigger()
    assert len(curve(window, "reference")) == 0
    window.store.add_points([0.0], [0.0])
    qtbot.waitUntil(lambda: not window.workspace.busy)
    assert len(curve(window, "reference")) == 0
    action(window, "reference").trigger()
    qtbot.waitUntil(lambda: len(curve(window, "reference")) > 0)


def test_the_fit_is_drawn_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Right)
    fit = plot_of(window).traces["fit"]
    seen = np.isfinite(fit.yData)
    parameters = snapshot(window).parameters
    expected = parameters["w"] * fit.xData + parameters["b"]
    assert fit.yData[seen] == pytest.approx(expected[seen], abs=1e-5)


@pytest.mark.parametrize("mode", ["lines", "squares", "off"])
def test_residuals_are_chosen_from_their_list(qtbot: QtBot, window: MainWindow, mode: str) -> None:
    box = part(window, QComboBox, "residuals")
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _press in range(box.findData(mode)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert plot_of(window)._residual_mode == mode
    assert Preferences().get("residuals", "off") == mode


def test_the_loss_plot_shows_every_step(qtbot: QtBot, window: MainWindow) -> None:
    for _press in range(5):
        press(qtbot, window, Qt.Key.Key_Right)
    history = window.session.history
    assert history is not None
    assert history.losses().steps == 5
    press(qtbot, window, Qt.Key.Key_L)
    assert not action(window, "log_loss").isChecked()
    assert Preferences().get("log_loss", True) is False
    press(qtbot, window, Qt.Key.Key_L)
    assert action(window, "log_loss").isChecked()


def test_f_shows_all_points(qtbot: QtBot, window: MainWindow) -> None:
    window.store.replace(Points([100.0, 101.0], [5.0, 6.0]))
    press(qtbot, window, Qt.Key.Key_F)
    (left, right), (low, high) = plot_of(window).view()
    assert 99 < left < 100 < 101 < right < 102
    assert 4 < low < 5 < 6 < high < 7
    ready(qtbot, window)


def test_a_ready_made_set_is_loaded_with_its_source(qtbot: QtBot, window: MainWindow) -> None:
    found = window.findChild(QAction, "data_nile")
    assert found is not None
    found.trigger()
    assert len(window.store.points) == 100
    assert text(window, "readout_source")
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert window.store.points is LINE
    ready(qtbot, window)


def test_points_are_generated(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_G, CTRL)
    dialog = part(window, QDialog, "generate_dialog")
    dialog.accept()
    assert window.store.points == generate("line")
    ready(qtbot, window)


@pytest.mark.parametrize("name", ["keys", "about"])
def test_the_pages_of_the_help_menu_open_and_close(qtbot: QtBot, window: MainWindow, name: str) -> None:
    action(window, name).trigger()
    dialog = part(window, QDialog, "text_dialog")
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# --- another look ----------------------------------------------------------------------------------------


def choose_look(qtbot: QtBot, window: MainWindow, name: str) -> MainWindow:
    """Choose an entry of the look menus; the window that takes over."""
    entry = window.findChild(QAction, name)
    assert entry is not None
    entry.trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (new,) = windows()
    assert new is not window
    qtbot.waitUntil(new.isActiveWindow)
    return new


@pytest.mark.parametrize("name", ["language_zh_CN", "theme_dark", "theme_light", "scale_1.5", "scale_3"])
def test_another_look_is_another_window_upon_the_same_run(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window)
    run, step = snapshot(window).run, snapshot(window).step
    new = choose_look(qtbot, window, name)
    assert not shiboken6.isValid(window)
    assert new.store.points is LINE
    assert new.session.running
    assert action(new, "run").isChecked()
    wait_for_step(qtbot, new, snapshot(new).step + 10)
    assert snapshot(new).run == run
    assert snapshot(new).step > step
    assert len([t for t in threading.enumerate() if t.name == "training"]) == 1
    press(qtbot, new, Qt.Key.Key_Space)
    assert not new.session.running
    assert text(new, "readout_step") == f"{snapshot(new).step:,}"


def test_everything_goes_on_after_many_looks(qtbot: QtBot, window: MainWindow) -> None:
    """Nothing may still listen for a window that has gone."""
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window)
    for name in ("language_zh_CN", "theme_dark", "scale_1.25", "language_en", "theme_light", "scale_1"):
        window = choose_look(qtbot, window, name)
    click(qtbot, window, 0.0, 0.0)
    assert len(window.store.points) == 6
    window.store.change(model="polynomial", loss="huber", batch_size=2)
    ready(qtbot, window)
    window.store.change(learning_rate=-1)
    window.files.said.emit("A sentence.", False)
    assert message(window) == "A sentence."
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    ready(qtbot, window)
    assert window.store.points is LINE
    action(window, "clear").trigger()
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    ready(qtbot, window)
    step = snapshot(window).step  # undo has brought the run back
    press(qtbot, window, Qt.Key.Key_Right)
    assert text(window, "readout_step") == f"{step + 1:,}"


def test_the_language_changes_with_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    english = action(window, "run").text()
    new = choose_look(qtbot, window, "language_zh_CN")
    assert language() == "zh_CN"
    assert action(new, "run").text() != english
    assert message(new) != ""
    new = choose_look(qtbot, new, "language_en")
    assert action(new, "run").text() == english


def test_what_the_line_of_messages_says_is_in_the_new_language(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window)
    new = choose_look(qtbot, window, "language_zh_CN")
    press(qtbot, new, Qt.Key.Key_Space)
    assert not message(new).isascii()
    press(qtbot, new, Qt.Key.Key_Space)
    wait_for_step(qtbot, new, snapshot(new).step + 1)
    assert not message(new).isascii()


def test_a_larger_size_makes_everything_larger(qtbot: QtBot, window: MainWindow) -> None:
    small = part(window, QLabel, "readout_step").fontInfo().pixelSize()
    new = choose_look(qtbot, window, "scale_2")
    assert part(new, QLabel, "readout_step").fontInfo().pixelSize() == 2 * small


def test_a_look_chosen_while_a_point_is_drawn_ends_the_stroke(qtbot: QtBot, window: MainWindow) -> None:
    viewport = plot_of(window).viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=pixel(window, 0.5, 0.5))
    new = choose_look(qtbot, window, "theme_dark")
    count = new.store.undo_stack.count()
    click(qtbot, new, 1.0, 0.0)
    click(qtbot, new, 1.5, 0.0)
    assert new.store.undo_stack.count() == count + 2
    ready(qtbot, new)


def test_a_look_chosen_while_pytorch_loads_is_followed_by_the_run(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(seed=4)
    new = choose_look(qtbot, window, "theme_dark")
    ready(qtbot, new)
    press(qtbot, new, Qt.Key.Key_Right)
    assert text(new, "readout_step") == "1"
    devices = part(new, QComboBox, "device")
    assert devices.count() == len(new.session.devices)


# --- remembered ------------------------------------------------------------------------------------------


def choose(qtbot: QtBot, window: MainWindow, name: str, value: object) -> None:
    box = part(window, QComboBox, name)
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _press in range(box.findData(value)):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_choices_about_the_look_come_back_in_the_next_window(qtbot: QtBot, window: MainWindow) -> None:
    choose(qtbot, window, "residuals", "squares")
    choose(qtbot, window, "speed", 5)
    press(qtbot, window, Qt.Key.Key_L)
    press(qtbot, window, Qt.Key.Key_M)
    action(window, "reference").trigger()
    window.resize(790, 650)
    for new in (choose_look(qtbot, window, "theme_dark"), next_program(qtbot)):
        assert part(new, QComboBox, "residuals").currentData() == "squares"
        assert part(new, QComboBox, "speed").currentData() == 5
        assert new.session.speed == 5
        assert not action(new, "log_loss").isChecked()
        assert not action(new, "reference").isChecked()
        assert action(new, "move").isChecked()
        select_the_first_two(new)  # the plot draws nothing
        assert len(new.store.points) == 5
        assert plot_of(new).selection.tolist() == [0, 1]
        assert (new.width(), new.height()) == (790, 650)
        workspace = new.workspace
        new.close()
        workspace.close()


def next_program(qtbot: QtBot) -> MainWindow:
    """The window at the next start."""
    window = create_window(Experiment(LINE, ENDLESS))
    with qtbot.waitActive(window):
        window.show()
    ready(qtbot, window)
    return window


def test_full_speed_is_remembered_too(qtbot: QtBot, window: MainWindow) -> None:
    choose(qtbot, window, "speed", None)
    assert window.session.speed is None
    new = choose_look(qtbot, window, "theme_dark")
    assert new.session.speed is None
    assert part(new, QComboBox, "speed").currentText() == "full speed"


def test_the_speed_list_changes_a_run(qtbot: QtBot, window: MainWindow) -> None:
    choose(qtbot, window, "speed", 1)
    assert window.session.speed == 1
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, 1)
    choose(qtbot, window, "speed", None)
    wait_for_step(qtbot, window, 100)


# --- the end ---------------------------------------------------------------------------------------------


def test_ctrl_q_closes_a_running_window(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window)
    session = window.session
    press(qtbot, window, Qt.Key.Key_Q, CTRL)
    assert not windows()
    assert not [t for t in threading.enumerate() if t.name == "training"]
    assert session.snapshot is not None


def test_a_window_that_is_closed_at_once_leaves_nothing(qtbot: QtBot) -> None:
    window = create_window(Experiment(LINE, Settings()))
    window.show()
    QApplication.processEvents()
    window.close()
    QApplication.processEvents()
    assert not [t for t in threading.enumerate() if t.name.startswith("background")]


def test_a_window_that_is_never_shown_leaves_nothing(qtbot: QtBot) -> None:
    window = create_window(Experiment(LINE, Settings()))
    window.close()
    window.workspace.close()
    window.deleteLater()


def test_a_run_started_before_the_window_is_shown_runs_in_it(qtbot: QtBot) -> None:
    window = create_window(Experiment(LINE, ENDLESS))
    try:
        window.session.run()
        window.show()
        ready(qtbot, window)
        wait_for_step(qtbot, window, 1)
        assert window.session.devices
    finally:
        window.close()


def test_keys_are_named_as_they_are(window: MainWindow) -> None:
    for name, keys in {"run": "Space", "step": "Right", "step_epoch": "Shift+Right", "reset": "Home"}.items():
        assert QKeySequence(keys) in action(window, name).shortcuts()
        assert keys in action(window, name).toolTip()


def test_the_children_of_the_window_have_one_owner_each_name(window: MainWindow) -> None:
    """Two parts of one name would be mistaken for each other."""
    names = [
        child.objectName()
        for child in window.findChildren(QObject)
        if child.objectName() and not child.objectName().startswith(("qt_", "_"))
    ]
    inputs = [name for name in names if name.startswith(("action_", "readout_"))]
    assert len(inputs) == len(set(inputs))


def test_numbers_as_large_as_they_come_are_told_of_in_a_sentence(qtbot: QtBot) -> None:
    ends = [1e308, -1e308, 1.7e308]
    with opened(qtbot) as window:
        for x in ([1.0, 2.0, 3.0], ends):
            for model in ("polynomial", "line"):
                window.store.replace(Points(x, ends))
                window.store.change(model=model, standardise=True, validation=0.34)
                ready(qtbot, window)
                assert "too large to train on" in message(window) or window.session.snapshot is not None
