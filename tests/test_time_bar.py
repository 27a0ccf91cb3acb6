"""Going back in a run: the key Left, the slider, running on from there, and the ghost of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider, QToolButton
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings, load_experiment
from core.insight.numbers import significant
from core.training import Snapshot, Trainer
from gui.main_window import MainWindow
from gui.panels.time_bar import SETTLES, TimeBar
from gui.plots.loss_plot import LossPlot
from gui.theme import Theme
from gui.widgets.time_slider import LAST, TimeSlider
from tests.windows import (
    LEFT,
    LINE,
    action,
    drag,
    opened,
    part,
    pixel,
    plot_of,
    ready,
    snapshot,
    text,
    wait_for_step,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

STEPS = 12
SETTINGS = Settings(epochs=None, optimizer="adam", learning_rate=0.1, batch_size=2, seed=3)
AT_REST = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window whose run has made some steps."""
    with opened(qtbot, settings=SETTINGS) as made:
        for step in range(1, STEPS + 1):
            press(qtbot, made, Qt.Key.Key_Right)
            wait_for_chosen(qtbot, made, step)
        yield made


@pytest.fixture(scope="module")
def recorded() -> list[Snapshot]:
    """What a plain loop gives at each step."""
    return record(SETTINGS, STEPS)


def record(settings: Settings, steps: int) -> list[Snapshot]:
    trainer = Trainer(LINE, settings)
    return [trainer.latest, *(trainer.step() for _step in range(steps))]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    """Press a key with the focus on the plot."""
    qtbot.keyClick(plot_of(window), key)


def wait_for_chosen(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Wait until the window shows `step`."""
    qtbot.waitUntil(lambda: text(window, "readout_step") == f"{step:,}")


def slider_of(window: MainWindow) -> TimeSlider:
    return part(window, TimeSlider, "time_slider")


def place(slider: TimeSlider, step: int) -> QPoint:
    """Where the middle of the handle is for a step."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    groove, handle = (
        slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, sub, slider)
        for sub in (QStyle.SubControl.SC_SliderGroove, QStyle.SubControl.SC_SliderHandle)
    )
    share = (step - slider.minimum()) / (slider.maximum() - slider.minimum())
    across = groove.left() + handle.width() / 2 + share * (groove.width() - handle.width())
    return QPoint(round(across), slider.height() // 2)


def take_to(slider: TimeSlider, step: int) -> None:
    """Take the handle from where it is to a step, and hold it there."""
    QTest.mousePress(slider, LEFT, AT_REST, place(slider, slider.value()))
    move_to(slider, step)


def move_to(slider: TimeSlider, step: int) -> None:
    at = QPointF(place(slider, step))
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(slider.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        LEFT,
        AT_REST,
    )
    QApplication.sendEvent(slider, event)


def let_go(slider: TimeSlider, step: int) -> None:
    QTest.mouseRelease(slider, LEFT, AT_REST, place(slider, step))


def go_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Drag the slider to a step, and wait until it is shown."""
    slider = slider_of(window)
    take_to(slider, step)
    let_go(slider, step)
    wait_for_chosen(qtbot, window, step)


def assert_shows(window: MainWindow, expected: Snapshot, steps: int = STEPS) -> None:
    """Every view shows the numbers of `expected`, one of so many steps."""
    shown = snapshot(window)
    assert (shown.step, shown.epoch, shown.loss) == (expected.step, expected.epoch, expected.loss)
    assert [one.tobytes() for one in shown.arrays] == [one.tobytes() for one in expected.arrays]
    assert text(window, "readout_step") == str(expected.step)
    assert text(window, "readout_epoch") == str(expected.epoch)
    loss = float(np.mean((LINE.y - expected.predict(LINE.x)) ** 2))
    assert text(window, "readout_loss") == significant(loss)
    assert text(window, "readout_equation") == expected.equation()
    assert text(window, "readout_time") == f"step {expected.step} of {steps}"
    assert slider_of(window).value() == expected.step
    away = LINE.y - expected.predict(LINE.x)
    rmse = float(text(window, "readout_rmse").replace("−", "-"))
    assert rmse == pytest.approx(np.sqrt(np.mean(away**2)), rel=1e-3)
    fit = plot_of(window).traces["fit"]
    seen = np.isfinite(fit.yData)
    assert seen.any()
    assert fit.yData[seen] == pytest.approx(expected.predict(fit.xData[seen, None]), abs=1e-6)
    assert part(window, LossPlot, "loss_plot").step == expected.step


# --- the key Left ----------------------------------------------------------------------------------------


def test_left_undoes_one_step(qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]) -> None:
    assert_shows(window, recorded[STEPS])
    for step in (STEPS - 1, STEPS - 2, STEPS - 3):
        press(qtbot, window, Qt.Key.Key_Left)
        wait_for_chosen(qtbot, window, step)
        assert_shows(window, recorded[step])
    press(qtbot, window, Qt.Key.Key_Right)
    wait_for_chosen(qtbot, window, STEPS - 2)
    assert_shows(window, recorded[STEPS - 2])


def test_there_is_a_step_back_only_where_there_is_a_step(qtbot: QtBot, window: MainWindow) -> None:
    assert action(window, "back").isEnabled()
    go_to(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_Left)
    wait_for_chosen(qtbot, window, 0)
    assert not action(window, "back").isEnabled()
    press(qtbot, window, Qt.Key.Key_Left)
    assert snapshot(window).step == 0
    press(qtbot, window, Qt.Key.Key_Right)
    wait_for_chosen(qtbot, window, 1)
    assert action(window, "back").isEnabled()


def test_left_moves_the_selected_points_while_there_are_some(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_M)
    plot_of(window).select([0])
    press(qtbot, window, Qt.Key.Key_Left)
    assert window.store.points.x[0, 0] < LINE.x[0, 0]
    assert snapshot(window).step == STEPS


def test_left_pauses_a_run(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, STEPS + 20)
    press(qtbot, window, Qt.Key.Key_Left)
    qtbot.waitUntil(
        lambda: not window.session.running and part(window, QToolButton, "time_newest").isVisible()
    )
    tip = window.session.tip
    assert tip is not None
    chosen = snapshot(window).step
    assert STEPS < chosen < tip.step
    assert_shows(window, record(SETTINGS, chosen)[chosen], tip.step)


# --- the slider ------------------------------------------------------------------------------------------


def test_the_slider_goes_to_any_step(qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]) -> None:
    slider = slider_of(window)
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, STEPS, STEPS)
    for step in (3, 11, 0, 7):
        go_to(qtbot, window, step)
        assert_shows(window, recorded[step])
        assert (slider.minimum(), slider.maximum()) == (0, STEPS)


def test_while_it_is_dragged_every_step_on_the_way_is_shown(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    slider = slider_of(window)
    take_to(slider, 9)
    for step in (9, 6, 4):
        move_to(slider, step)
        wait_for_chosen(qtbot, window, step)
        assert_shows(window, recorded[step])
    let_go(slider, 4)
    assert_shows(window, recorded[4])


def test_a_drag_that_never_rests_is_shown_all_the_way(qtbot: QtBot, window: MainWindow) -> None:
    shown: list[int] = []
    window.session.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.step))
    slider, way = slider_of(window), cycle((*range(STEPS), *range(STEPS, 0, -1)))
    QTest.mousePress(slider, LEFT, AT_REST, place(slider, STEPS))

    def has_come_far() -> bool:
        """Move on at every look, which comes sooner than a frame."""
        move_to(slider, next(way))
        return len(set(shown)) == STEPS + 1

    qtbot.waitUntil(has_come_far)
    let_go(slider, 4)


def test_a_click_on_the_groove_goes_there(qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]) -> None:
    slider = slider_of(window)
    qtbot.mouseClick(slider, LEFT, pos=place(slider, 5))
    wait_for_chosen(qtbot, window, 5)
    assert_shows(window, recorded[5])


def test_a_click_on_the_handle_goes_nowhere(qtbot: QtBot, window: MainWindow) -> None:
    slider = slider_of(window)
    go_to(qtbot, window, 6)
    qtbot.mouseClick(slider, LEFT, pos=place(slider, 6) + QPoint(3, 0))
    assert slider.value() == 6
    assert not slider.isSliderDown()


def test_keys_move_the_slider_that_has_the_focus(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    slider = slider_of(window)
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for key, step in (
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_PageUp, 2),
        (Qt.Key.Key_End, STEPS),
        (Qt.Key.Key_Left, STEPS - 1),
        (Qt.Key.Key_PageDown, STEPS - 2),
    ):
        qtbot.keyClick(slider, key)
        wait_for_chosen(qtbot, window, step)
        assert_shows(window, recorded[step])


def test_keys_pressed_faster_than_the_run_follows_all_count(qtbot: QtBot, window: MainWindow) -> None:
    slider = slider_of(window)
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for _press in range(7):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    wait_for_chosen(qtbot, window, STEPS - 7)


def test_newest_goes_back_to_the_newest_step(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    newest = part(window, QToolButton, "time_newest")
    assert not newest.isVisible()
    go_to(qtbot, window, 2)
    assert newest.isVisible()
    qtbot.mouseClick(newest, LEFT)
    wait_for_chosen(qtbot, window, STEPS)
    assert_shows(window, recorded[STEPS])
    assert not newest.isVisible()


def test_the_slider_follows_a_run_and_pauses_it_when_it_is_moved(qtbot: QtBot, window: MainWindow) -> None:
    slider = slider_of(window)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: slider.value() > STEPS + 50)
    assert slider.maximum() == slider.value()
    assert text(window, "readout_rate") != "–"
    known = slider.maximum()
    qtbot.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 2, slider.height() // 2))
    qtbot.waitUntil(lambda: not window.session.running)
    chosen = slider.value()
    wait_for_chosen(qtbot, window, chosen)
    tip = window.session.tip
    assert tip is not None
    assert 0.3 < chosen / known < 0.6
    assert text(window, "readout_time") == f"step {chosen:,} of {tip.step:,}"


def test_without_a_run_the_slider_says_why_it_goes_nowhere(qtbot: QtBot) -> None:
    with opened(qtbot, Points()) as empty:
        slider = slider_of(empty)
        assert not slider.isEnabled()
        assert "draw or open points" in slider.toolTip()
        assert text(empty, "readout_time") == "–"
        assert not action(empty, "back").isEnabled()
        empty.store.add_points([0.0, 1.0], [0.0, 1.0])
        ready(qtbot, empty)
        assert not slider.isEnabled()
        assert "press Run or Step" in slider.toolTip()
        press(qtbot, empty, Qt.Key.Key_Right)
        wait_for_chosen(qtbot, empty, 1)
        assert slider.isEnabled()
        assert "any step" in slider.toolTip()


def test_a_new_run_has_a_time_of_its_own(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 5)
    press(qtbot, window, Qt.Key.Key_Home)
    ready(qtbot, window)
    assert text(window, "readout_time") == "step 0 of 0"
    assert not slider_of(window).isEnabled()


# --- on from there ---------------------------------------------------------------------------------------


def test_run_from_there_goes_as_it_did_the_first_time(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    go_to(qtbot, window, 4)
    for step in range(5, STEPS + 1):
        press(qtbot, window, Qt.Key.Key_Right)
        wait_for_chosen(qtbot, window, step)
        assert_shows(window, recorded[step])
    history = window.session.history
    assert history is not None
    assert history.losses().low.tolist() == [shown.loss for shown in recorded[1:]]
    assert not part(window, LossPlot, "loss_plot").ghost.series.steps


def test_run_goes_on_beyond_the_newest_step(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 4)
    press(qtbot, window, Qt.Key.Key_Space)
    wait_for_step(qtbot, window, STEPS + 5)
    press(qtbot, window, Qt.Key.Key_Space)
    end = snapshot(window).step
    assert_shows(window, record(SETTINGS, end)[end], end)


def test_a_change_makes_a_branch_and_leaves_a_ghost(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    loss, fit = part(window, LossPlot, "loss_plot"), plot_of(window)
    go_to(qtbot, window, 5)
    window.store.change(learning_rate=0.01)
    press(qtbot, window, Qt.Key.Key_Right)
    wait_for_chosen(qtbot, window, 6)
    assert text(window, "readout_time") == "step 6 of 6"
    assert loss.ghost.series.low.tolist() == [shown.loss for shown in recorded[1:]]
    history = window.session.history
    assert history is not None
    assert history.losses().low[:5].tolist() == [shown.loss for shown in recorded[1:6]]
    ghost = fit.traces["ghost"]
    seen = np.isfinite(ghost.yData)
    assert ghost.yData[seen] == pytest.approx(recorded[STEPS].predict(ghost.xData[seen, None]), abs=1e-6)
    assert snapshot(window).arrays[0] != recorded[6].arrays[0]
    press(qtbot, window, Qt.Key.Key_Home)
    ready(qtbot, window)
    assert not loss.ghost.series.steps
    assert ghost.yData is None or not len(ghost.yData)


def test_points_drawn_at_an_earlier_step_make_a_branch(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 5)
    qtbot.mouseClick(plot_of(window).viewport(), LEFT, pos=pixel(window, 0.5, -1.0))
    press(qtbot, window, Qt.Key.Key_Right)
    wait_for_chosen(qtbot, window, 6)
    assert part(window, LossPlot, "loss_plot").ghost.series.steps == STEPS


def test_a_file_keeps_the_changes_of_the_run(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.store.change(learning_rate=0.01)
    press(qtbot, window, Qt.Key.Key_Right)
    wait_for_chosen(qtbot, window, STEPS + 1)
    path = tmp_path / "a.fit.json"
    with qtbot.waitSignal(window.workspace.open_file.changed):
        window.files.save_to(str(path))
    saved = load_experiment(path)
    (stretch,) = saved.earlier
    assert stretch.until == STEPS
    assert stretch.settings.learning_rate == 0.1
    assert saved.settings.learning_rate == 0.01
    assert not window.isWindowModified()


def test_the_mouse_still_draws_at_an_earlier_step(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 5)
    drag(window, (-1.0, 2.0), (1.0, 2.0))
    assert len(window.store.points) > len(LINE)


# --- the row by itself -----------------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot: QtBot) -> TimeBar:
    made = TimeBar(Theme())
    qtbot.addWidget(made)
    made.resize(900, 30)
    made.show()
    return made


def test_showing_a_step_is_no_wish(bar: TimeBar) -> None:
    wishes: list[object] = []
    bar.step_chosen.connect(wishes.append)
    for first, step, last in ((0, 5, 10), (0, 10, 10), (4, 4, 8), (0, 0, 0), (0, 3, 5_000_000)):
        bar.show_time(first, step, last)
    bar.show_time(0, None, 0)
    assert not wishes


def test_the_handle_stays_in_the_hand(qtbot: QtBot, bar: TimeBar) -> None:
    slider = part(bar, TimeSlider, "time_slider")
    bar.show_time(0, 100, 100)
    take_to(slider, 50)
    held = slider.value()
    assert held == pytest.approx(50, abs=1)
    bar.show_time(0, 80, 120)  # the run comes to a step that was asked for on the way
    assert (slider.value(), slider.maximum()) == (held, 100)
    let_go(slider, 50)
    bar.show_time(0, 70, 120)
    assert slider.value() == held
    bar.show_time(0, held, 120)
    assert (slider.value(), slider.maximum()) == (held, 120)
    bar.show_time(0, 60, 120)
    assert slider.value() == 60


def test_a_wish_that_does_not_come_true_is_forgotten(qtbot: QtBot, bar: TimeBar) -> None:
    slider = part(bar, TimeSlider, "time_slider")
    bar.show_time(0, 100, 100)
    qtbot.mouseClick(slider, LEFT, pos=place(slider, 20))
    bar.show_time(0, 100, 100)
    assert slider.value() == pytest.approx(20, abs=1)
    qtbot.waitUntil(lambda: slider.value() == 100, timeout=3 * SETTLES)


def test_a_run_longer_than_qt_can_count_is_shown_all_the_same(bar: TimeBar) -> None:
    bar.show_time(0, 5_000_000_000, 5_000_000_000)
    assert text(bar, "readout_time") == "step 5,000,000,000 of 5,000,000,000"
    assert part(bar, TimeSlider, "time_slider").value() == LAST
