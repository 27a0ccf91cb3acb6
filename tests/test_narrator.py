"""One step told as a program, a graph, formulas and tensors: by keys, in slow motion, while training runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDockWidget, QFileDialog, QTableView
from pytestqt.qtbot import QtBot

from core.choices.phases import PHASES
from core.experiment import Experiment, Points, Settings
from core.export import program
from core.training import Trainer
from core.training.inside import Inside, TensorView
from gui import narrator
from gui.main_window import MainWindow
from gui.widgets.code_view import CodeView
from tests.windows import (
    LINE,
    action,
    message,
    opened,
    part,
    plot_of,
    ready,
    show_panel,
    snapshot,
    text,
    wait_for_rest,
    wait_for_step,
    windows,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

CODE = {
    "zero_grad": "optimizer.zero_grad()",
    "forward": "prediction = model(inputs)",
    "loss": "loss = loss_function(prediction, targets)",
    "backward": "loss.backward()",
    "step": "optimizer.step()",
}
PANES = ("program", "graph", "formulas", "tensors")
SLOW = 1e-5  # a learning rate with which nothing converges soon
SETTINGS = Settings(optimizer="sgd", learning_rate=0.1, epochs=None, options={"sgd.momentum": 0.5})


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window that shows the inside of a step."""
    with opened(qtbot, LINE, SETTINGS, mode="inside") as made:
        qtbot.waitUntil(lambda: all(made.arrangement.seen(pane) for pane in PANES))
        yield made


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, times: int = 1) -> None:
    """Press a key in the window, and wait until what it does is done."""
    for _ in range(times):
        qtbot.keyClick(plot_of(window), key)
        qtbot.waitUntil(lambda: at_rest(window))


def at_rest(window: MainWindow) -> bool:
    """Whether nothing trains, and nothing is being made once more to be looked into."""
    session = window.session
    return not session.running and not session._timer.isActive() and not session._opener.isActive()


def inside(window: MainWindow) -> Inside:
    """The step that is told; there must be one."""
    found = window.session.inside
    assert found is not None
    return found


def view_of(found: Inside, name: str) -> TensorView:
    """A tensor as it is behind the phase done last."""
    return next(view for view in found.views[-1] if view.name == name)


def lit(window: MainWindow) -> str:
    """The lines of code that are lit, without comments."""
    code = part(window, CodeView, "code_view")
    lines = [code.lines[line].strip() for line in code.lit]
    return "\n".join(line for line in lines if not line.startswith("#"))


def tensor(window: MainWindow, name: str) -> list[str]:
    """A row of the table of tensors."""
    model = part(window, QTableView, "tensors").model()
    cells = [
        [str(model.index(r, c).data()) for c in range(model.columnCount())] for r in range(model.rowCount())
    ]
    names = [str(model.headerData(r, Qt.Orientation.Vertical)) for r in range(model.rowCount())]
    return next(row for own, row in zip(names, cells, strict=True) if name in (own, row[0]))


def assert_is_step(window: MainWindow, step: int, settings: Settings = SETTINGS) -> None:
    """The run stands at `step`, with the bits of one that knows no window."""
    alone = Trainer(LINE, settings)
    for _ in range(step):
        alone.step()
    assert snapshot(window).step == step
    for mine, theirs in zip(snapshot(window).arrays, alone.latest.arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)


# --- by keys ----------------------------------------------------------------------------------------------


def test_each_press_of_down_does_one_phase_and_lights_its_line(qtbot: QtBot, window: MainWindow) -> None:
    assert lit(window) == ""
    for place, phase in enumerate(PHASES, 1):
        press(qtbot, window, Qt.Key.Key_Down)
        assert lit(window) == CODE[phase]
        assert inside(window).done == place
        assert snapshot(window).step == (phase == "step")
    assert_is_step(window, 1)
    press(qtbot, window, Qt.Key.Key_Down, 5)
    assert_is_step(window, 2)


def test_what_down_will_do_next_is_said_below_the_plots(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down)
    assert "In the middle of step 1" in message(window)


def test_the_table_shows_what_each_phase_does_to_the_tensors(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 7)  # forward, of the second step
    assert "–" not in tensor(window, "w")[0]
    assert "AddmmBackward0" in tensor(window, "prediction")
    assert tensor(window, "w")[-1] == "None"
    press(qtbot, window, Qt.Key.Key_Down, 2)
    gradient = inside(window).gradient
    assert gradient is not None
    assert f"{abs(gradient[0].item()):.2f}"[:3] in tensor(window, "w")[-1]


@pytest.mark.parametrize("phases", range(1, len(PHASES)))
def test_right_completes_a_step_that_was_begun(qtbot: QtBot, window: MainWindow, phases: int) -> None:
    press(qtbot, window, Qt.Key.Key_Down, phases)
    press(qtbot, window, Qt.Key.Key_Right)
    assert_is_step(window, 1)
    assert lit(window) == ""
    assert inside(window).complete


def test_left_in_mid_step_takes_its_phases_back(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Right, 3)
    press(qtbot, window, Qt.Key.Key_Down, 2)
    press(qtbot, window, Qt.Key.Key_Left)
    assert_is_step(window, 3)
    assert inside(window).number == 3
    assert inside(window).complete


def test_run_goes_on_from_the_middle_of_a_step(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 3)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, 20)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_rest(qtbot, window)
    assert_is_step(window, snapshot(window).step)


@pytest.mark.parametrize("name", ["graph", "tensors"])
def test_another_tab_leaves_the_step_where_it_is(qtbot: QtBot, name: str) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="full") as window:
        show_panel(qtbot, window, "program")
        press(qtbot, window, Qt.Key.Key_Down, 3)
        show_panel(qtbot, window, name)
        part(window, QDockWidget, "dock_program").raise_()
        qtbot.waitUntil(lambda: window.arrangement.seen("program"))
        assert lit(window) == CODE["loss"]
        assert snapshot(window).step == 0
        action(window, "arrange").trigger()
        part(window, QDockWidget, "dock_program").raise_()
        qtbot.waitUntil(lambda: window.arrangement.seen("program"))
        assert inside(window).done == 3


def test_a_panel_that_is_floated_leaves_the_step_where_it_is(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="full") as window:
        show_panel(qtbot, window, "program")
        press(qtbot, window, Qt.Key.Key_Down, 3)
        part(window, QDockWidget, "dock_program").setFloating(True)
        qtbot.waitUntil(lambda: window.arrangement.seen("program") and not window.session._opener.isActive())
        assert inside(window).done == 3
        assert lit(window) == CODE["loss"]


def test_closing_the_panels_in_mid_step_completes_it(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 3)
    action(window, "simple").trigger()
    qtbot.waitUntil(lambda: snapshot(window).step == 1)
    assert_is_step(window, 1)


def test_where_no_panel_tells_the_step_down_brings_them(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="simple") as window:
        press(qtbot, window, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: all(window.arrangement.seen(pane) for pane in PANES))
        assert window.arrangement.mode == "inside"
        qtbot.waitUntil(lambda: lit(window) == CODE["zero_grad"])  # the program waits for its colours
        assert inside(window).done == 1


def test_a_list_with_the_focus_keeps_down_for_itself(qtbot: QtBot, window: MainWindow) -> None:
    show_panel(qtbot, window, "settings")
    box = part(window, QComboBox, "loss")
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: window.store.settings.loss == "mae")
    assert not window.session.in_slow_motion


def test_a_new_window_takes_the_step_up_where_it_is(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 3)
    window.look_changed.emit()
    qtbot.waitUntil(lambda: windows() != [window])
    (other,) = windows()
    qtbot.waitUntil(lambda: all(other.arrangement.seen(pane) for pane in PANES))
    qtbot.waitUntil(lambda: lit(other) == CODE["loss"])
    with qtbot.waitActive(other):
        other.activateWindow()
    press(qtbot, other, Qt.Key.Key_Down, 2)
    assert_is_step(other, 1)


# --- by itself ---------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow motion that does not take its time."""
    monkeypatch.setattr(narrator, "PHASE", 1)


@pytest.mark.usefixtures("hurried")
def test_slow_motion_goes_through_the_phases_until_it_is_stopped(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="inside") as window:
        slow = action(window, "slow_motion")
        seen: list[str] = []
        window.session.inside_changed.connect(lambda found: seen.append(found.phase))
        slow.trigger()
        wait_for_step(qtbot, window, 2)
        slow.trigger()
        qtbot.waitUntil(lambda: at_rest(window))
        assert not slow.isChecked()
        assert [phase for phase in seen if phase][:6] == [*PHASES, PHASES[0]]
        here = inside(window)
        press(qtbot, window, Qt.Key.Key_Down)
        assert (inside(window).number, inside(window).done) == (
            (here.number, here.done + 1) if not here.complete else (here.number + 1, 1)
        )


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["run", "step", "phase", "reset"])
def test_whatever_else_is_pressed_ends_slow_motion(qtbot: QtBot, name: str) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="inside") as window:
        action(window, "slow_motion").trigger()
        wait_for_step(qtbot, window, 1)
        action(window, name).trigger()
        qtbot.waitUntil(lambda: not action(window, "slow_motion").isChecked())


@pytest.mark.usefixtures("hurried")
def test_slow_motion_ends_where_the_run_diverges(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, Settings(optimizer="sgd", learning_rate=10), mode="inside") as window:
        action(window, "slow_motion").trigger()
        qtbot.waitUntil(lambda: window.session.stopped == "diverged", timeout=20_000)
        qtbot.waitUntil(lambda: not action(window, "slow_motion").isChecked())
        assert "Diverged" in message(window)


# --- the same step everywhere ----------------------------------------------------------------------------


def test_after_a_run_at_full_speed_the_step_where_it_rests_is_told(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(learning_rate=SLOW)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, 300)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: at_rest(window) and inside(window).number == snapshot(window).step)
    found = inside(window)
    assert found.complete
    assert found.after is not None
    for mine, shown in zip(found.after, snapshot(window).arrays, strict=True):
        np.testing.assert_array_equal(mine, shown)
    assert_is_step(window, snapshot(window).step, replace(SETTINGS, learning_rate=SLOW))


def test_while_it_runs_the_step_that_is_told_is_one_that_the_plots_show(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.store.change(learning_rate=SLOW)
    shown: set[int] = set()
    told: set[int] = set()
    window.session.snapshot_changed.connect(lambda found: shown.add(found.step))
    window.session.inside_changed.connect(lambda found: told.add(found.number) if found else None)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(told) > 5)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: at_rest(window))
    assert told <= shown | {1}


def test_slowly_every_step_that_is_shown_is_told(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(learning_rate=SLOW)
    window.session.set_speed(5)
    shown: list[int] = []
    told: list[int] = []
    window.session.snapshot_changed.connect(lambda found: shown.append(found.step))
    window.session.inside_changed.connect(lambda found: told.append(found.number) if found else None)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, 8)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: at_rest(window))
    assert len(set(shown)) > 4
    assert set(shown) - {1} <= set(told)


def test_a_change_in_mid_step_waits_for_the_next_one_everywhere(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 2)
    window.store.change(loss="mae", learning_rate=0.3)
    code = part(window, CodeView, "code_view")
    assert "MSELoss" in "\n".join(code.lines)
    assert "old settings" in message(window)
    assert inside(window).done == 2
    press(qtbot, window, Qt.Key.Key_Down, 3)
    assert_is_step(window, 1)
    qtbot.waitUntil(lambda: "L1Loss" in "\n".join(code.lines))
    press(qtbot, window, Qt.Key.Key_Down, 3)
    assert inside(window).settings.loss == "mae"
    assert view_of(inside(window), "loss").grad_fn == "MeanBackward0"


def test_run_is_not_lost_while_a_step_is_made_again(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(learning_rate=SLOW)
    press(qtbot, window, Qt.Key.Key_Right, 3)
    for _ in range(5):
        window.session.run()
        wait_for_step(qtbot, window, snapshot(window).step + 20)
        window.session.pause()
        here = snapshot(window).step
        window.session._open()  # at once: it is on its way
        window.session.step()
        assert snapshot(window).step == here + 1
    qtbot.waitUntil(lambda: at_rest(window))
    assert_is_step(window, snapshot(window).step, replace(SETTINGS, learning_rate=SLOW))


def test_after_a_divergence_the_step_that_does_not_count_stays_in_sight(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, Settings(optimizer="sgd", learning_rate=10), mode="inside") as window:
        for _ in range(500):
            press(qtbot, window, Qt.Key.Key_Down, len(PHASES))
            if window.session.stopped == "diverged":
                break
        assert inside(window).number == snapshot(window).step + 1
        found = inside(window)
        press(qtbot, window, Qt.Key.Key_Down)
        assert inside(window) is found


def test_a_run_that_diverges_comes_to_rest_with_its_last_step(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, Settings(optimizer="sgd", learning_rate=10), mode="inside") as window:
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.session.stopped == "diverged")
        qtbot.waitUntil(lambda: at_rest(window) and window.session.inside is not None)
        assert inside(window).number - snapshot(window).step in (0, 1)
        assert "diverged" in text(window, "phase_words")


def test_the_words_are_about_the_parameter_that_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 4)
    assert "w.grad" in text(window, "phase_words")
    box = part(window, QComboBox, "formula_parameter")
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "b.grad" in text(window, "phase_words"))


def test_going_back_in_time_tells_that_step(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Right, 6)
    window.session.go_to(4)
    qtbot.waitUntil(lambda: at_rest(window) and inside(window).number == 4)
    window.session.go_to(0)
    qtbot.waitUntil(lambda: at_rest(window) and inside(window).done == 0)
    assert inside(window).number == 1


def test_what_nobody_sees_is_not_looked_for(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SETTINGS, mode="simple") as window:
        press(qtbot, window, Qt.Key.Key_Right, 3)
        assert window.session.inside is None
        assert window.findChild(CodeView) is None
        action(window, "inside").trigger()
        qtbot.waitUntil(lambda: window.session.inside is not None and inside(window).number == 3)
        code = part(window, CodeView, "code_view")
        qtbot.waitUntil(lambda: "loss.backward()" in "\n".join(code.lines))
        action(window, "simple").trigger()
        qtbot.waitUntil(lambda: window.session.inside is None)
        press(qtbot, window, Qt.Key.Key_Right, 3)
        assert window.session.inside is None


# --- the program -------------------------------------------------------------------------------------------


def test_the_code_is_the_program_of_the_steps_that_were_made(qtbot: QtBot, window: MainWindow) -> None:
    code = part(window, CodeView, "code_view")
    press(qtbot, window, Qt.Key.Key_Right, 7)
    lines = [line.text for line in program(LINE, SETTINGS, steps=7).shown()]
    assert code.lines == "\n".join(lines).split("\n")


def test_the_code_follows_every_choice(qtbot: QtBot, window: MainWindow) -> None:
    code = part(window, CodeView, "code_view")
    window.store.change(optimizer="rmsprop", loss="mae", model="mlp")
    ready(qtbot, window)
    shown = "\n".join(code.lines)
    assert all(word in shown for word in ("RMSprop", "L1Loss", "Tanh"))


def test_copy_puts_the_whole_program_on_the_clipboard(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Right, 3)
    QGuiApplication.clipboard().setText("nothing yet")
    action(window, "copy_program").trigger()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "nothing yet")
    assert QGuiApplication.clipboard().text() == program(LINE, SETTINGS, steps=3).text()
    assert "copied" in message(window)


def test_a_program_is_copied_also_if_its_window_is_made_anew_meanwhile(
    qtbot: QtBot, window: MainWindow
) -> None:
    QGuiApplication.clipboard().setText("nothing yet")
    action(window, "copy_program").trigger()
    window.look_changed.emit()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "nothing yet")
    assert "loss.backward()" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("written", "ending"), [("mine.py", ".py"), ("mine.ipynb", ".ipynb"), ("mine", ".py")]
)
def test_the_program_is_saved_as_its_ending_says(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, written: str, ending: str
) -> None:
    action(window, "save_program").trigger()
    dialog = part(window, QFileDialog, "file_dialog")
    dialog.fileSelected.emit(str(tmp_path / written))
    dialog.reject()
    file = tmp_path / f"mine{ending}"
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: "Saved" in message(window))
    assert "loss.backward()" in file.read_text(encoding="utf-8")


def test_without_points_every_panel_says_what_to_do(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 2)
    action(window, "clear").trigger()
    qtbot.waitUntil(lambda: window.session.inside is None)
    assert lit(window) == ""
    press(qtbot, window, Qt.Key.Key_Down)
    assert "points" in text(window, "tensors_empty")
    action(window, "copy_program").trigger()
    qtbot.waitUntil(lambda: "no points" in message(window))


def test_many_points_are_told_too(qtbot: QtBot) -> None:
    x = np.linspace(-1, 1, 60_000)
    with opened(qtbot, Points(x, 2 * x), SETTINGS, mode="inside") as window:
        press(qtbot, window, Qt.Key.Key_Down, 5)
        assert inside(window).complete
        assert "60,000" in tensor(window, "inputs")[0] or "60000" in " ".join(tensor(window, "inputs"))
        code = part(window, CodeView, "code_view")
        qtbot.waitUntil(lambda: "60,000" in "\n".join(code.lines))


def test_an_experiment_that_is_opened_in_mid_step_begins_its_own(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Down, 3)
    window.store.open(Experiment(LINE, Settings()))
    ready(qtbot, window)
    qtbot.waitUntil(lambda: at_rest(window) and inside(window).done == 0)
    assert lit(window) == ""
    assert snapshot(window).step == 0
