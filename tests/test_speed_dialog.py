"""The page that times the ways to train, used as a person uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.training import Snapshot, Trainer
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import kind_of
from core.training.speed import worker
from core.training.speed.figures import (
    BARE,
    COMPILED,
    EAGER,
    LOADER,
    WITH_COMPILING,
    Compiling,
    Figure,
    Report,
    Way,
)
from core.training.speed.plan import Budget
from core.training.speed.worker import SpeedWorker
from gui.dialogs.speed_dialog import SpeedDialog
from gui.main_window import MainWindow
from gui.plots.bar_plot import BarPlot
from tests.mouse import MIDDLE, mouse, move, turn_wheel
from tests.windows import LEFT, LINE, PATIENCE, action, opened, part, plot_of, wait_for_step

# What the platform without a screen cannot do.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", extend=True)

ENDLESS = Settings(epochs=None)
QUICK = Budget(seconds=1e-4, rounds=1, sizes=(2, 48))


@pytest.fixture
def window(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    points, settings = getattr(request, "param", (LINE, ENDLESS))
    with opened(qtbot, points, settings) as made:
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little is measured, and nothing compiled."""
    monkeypatch.setattr(worker, "Budget", lambda: QUICK)
    monkeypatch.setattr("core.training.speed.compile_clock.why_not", lambda _settings, _device: "Not now.")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    """A measuring that goes on until it is ended."""
    monkeypatch.setattr(worker, "Budget", lambda: replace(QUICK, rounds=10**6))


def ask(qtbot: QtBot, window: MainWindow) -> SpeedDialog:
    """Open the page with its key."""
    qtbot.keyClick(plot_of(window), Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    return part(window, SpeedDialog, "speed_dialog")


def button(dialog: SpeedDialog, name: str) -> QPushButton:
    return part(dialog, QPushButton, f"speed_{name}")


def sentence(dialog: SpeedDialog) -> str:
    return part(dialog, QLabel, "speed_sentence").text()


def press(qtbot: QtBot, dialog: SpeedDialog, name: str) -> None:
    qtbot.mouseClick(button(dialog, name), LEFT)


def measured(qtbot: QtBot, window: MainWindow) -> SpeedDialog:
    """The page, when all is measured."""
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    qtbot.waitUntil(lambda: button(dialog, "start").isEnabled(), timeout=PATIENCE)
    return dialog


def begun(qtbot: QtBot, window: MainWindow) -> SpeedDialog:
    """The page, when its first bars are there."""
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    qtbot.waitUntil(lambda: "steps/s" in dialog.ways.plot.text(), timeout=PATIENCE)
    return dialog


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "speed"]


def figure(loop: str, rate: float | None, size: int = 5, reason: str = "") -> Figure:
    return Figure(Way(loop), size, rate, 0.9 * (rate or 0), 1.1 * (rate or 0), reason)


REPORT = Report(
    points=5,
    batch=5,
    planned=1000,
    ways=(
        figure(LOADER, 1000),
        figure(BARE, 4000),
        figure(EAGER, 3500),
        figure(COMPILED, 100_000),
        figure(WITH_COMPILING, 100),
    ),
    batches=(figure(LOADER, 2000, 1), figure(EAGER, 3500, 1), figure(LOADER, 1000), figure(EAGER, 3500)),
    sizes=(figure(EAGER, 3600, 2), figure(EAGER, 3500), figure(EAGER, None, 10**6, "Left out.")),
    compiling=Compiling("", 9.65),
    no_gpu="No GPU.",
    torch="2.13",
    done=1.0,
    complete=True,
)


# --- what a person does -----------------------------------------------------------------------------------


def test_before_anything_is_timed_it_says_what_to_press(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    for page in (dialog.ways, dialog.batches, dialog.sizes):
        assert page.plot.empty_text.text().startswith("Press Measure")
        assert not page.plot.empty_text.isHidden()
        assert page.verdict.text() == ""
    assert "rests meanwhile" in sentence(dialog)
    assert not button(dialog, "copy").isEnabled()
    assert not button(dialog, "cancel").isEnabled()
    assert not threads()


@pytest.mark.usefixtures("quick")
def test_measure_fills_all_three_parts_and_says_what_they_mean(qtbot: QtBot, window: MainWindow) -> None:
    dialog = measured(qtbot, window)
    for page in (dialog.ways, dialog.batches, dialog.sizes):
        assert page.plot.empty_text.isHidden()
        assert page.plot.text().count("steps/s") >= 3
        assert page.verdict.text()
    assert "DataLoader loop: " in dialog.ways.plot.text()
    assert "5, as set" in dialog.batches.plot.text()
    assert "Not now." in dialog.ways.verdict.text()
    assert "5 points, 5 in each step" in sentence(dialog)
    bar = part(dialog, QProgressBar, "speed_progress")
    assert bar.value() == bar.maximum()
    assert not threads()


@pytest.mark.usefixtures("endless")
def test_bars_come_while_it_measures_and_cancel_keeps_them(qtbot: QtBot, window: MainWindow) -> None:
    dialog = begun(qtbot, window)
    assert "Timing" in sentence(dialog)
    assert not button(dialog, "start").isEnabled()
    press(qtbot, dialog, "cancel")
    assert sentence(dialog).startswith("Cancelled")
    assert "steps/s" in dialog.ways.plot.text()
    assert button(dialog, "start").isEnabled()
    qtbot.waitUntil(lambda: not threads())


@pytest.mark.usefixtures("endless")
def test_closing_it_ends_the_measuring(qtbot: QtBot, window: MainWindow) -> None:
    dialog = begun(qtbot, window)
    press(qtbot, dialog, "close")
    qtbot.waitUntil(lambda: not threads())
    assert not dialog.isVisible()


@pytest.mark.usefixtures("endless")
def test_closing_the_window_ends_it_too(qtbot: QtBot, window: MainWindow) -> None:
    begun(qtbot, window)
    window.close()
    qtbot.waitUntil(lambda: not threads())


@pytest.mark.usefixtures("endless")
def test_the_run_rests_while_it_measures_and_goes_on_after(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "run").trigger()
    wait_for_step(qtbot, window)
    dialog = begun(qtbot, window)
    assert not window.session.running
    press(qtbot, dialog, "cancel")
    assert window.session.running
    window.session.pause()
    qtbot.waitUntil(lambda: not threads())
    press(qtbot, dialog, "start")
    press(qtbot, dialog, "cancel")
    assert not window.session.running, "a run that rested before still rests"


@pytest.mark.usefixtures("endless")
def test_it_waits_for_the_end_of_a_step_that_takes_long(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, gate, leap = threading.Event(), threading.Event(), Trainer.leap

    def slow(trainer: Trainer) -> Snapshot:
        entered.set()
        gate.wait(30)
        return leap(trainer)

    monkeypatch.setattr(Trainer, "leap", slow)
    action(window, "run").trigger()
    qtbot.waitUntil(entered.is_set)
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    assert sentence(dialog).startswith("Waiting for the end of the step")
    assert not threads()
    gate.set()
    qtbot.waitUntil(lambda: "steps/s" in dialog.ways.plot.text(), timeout=PATIENCE)
    assert not window.session.running
    press(qtbot, dialog, "cancel")
    assert window.session.running
    window.session.pause()


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize("window", [(LINE, replace(ENDLESS, engine="compiled"))], indirect=True)
@pytest.mark.parametrize("way", ["cancel", "close"])
def test_behind_it_the_steps_of_the_run_are_compiled_on(qtbot: QtBot, window: MainWindow, way: str) -> None:
    dialog, engine = begun(qtbot, window), window.session.engine
    COMPILER.wanted(kind_of(replace(ENDLESS, loss="mae"), 1, len(LINE), False))  # as measuring does
    assert engine is not None
    assert engine.compilation is not None
    assert engine.compilation.given_up
    press(qtbot, dialog, way)
    qtbot.waitUntil(lambda: engine.compilation is not None and engine.compilation.busy)


@pytest.mark.parametrize("window", [(LINE, replace(ENDLESS, engine="compiled"))], indirect=True)
def test_they_are_also_when_it_was_closed_in_a_step_that_takes_long(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, engine = threading.Event(), window.session.engine
    monkeypatch.setattr(SpeedWorker, "_measure", lambda _self: let_go.wait())
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    COMPILER.wanted(kind_of(replace(ENDLESS, loss="mae"), 1, len(LINE), False))
    press(qtbot, dialog, "close")
    assert engine is not None
    assert engine.compilation is not None
    assert engine.compilation.given_up
    let_go.set()
    qtbot.waitUntil(lambda: engine.compilation is not None and engine.compilation.busy)


@pytest.mark.usefixtures("endless")
def test_running_meanwhile_ends_the_measuring_and_says_why(qtbot: QtBot, window: MainWindow) -> None:
    dialog = begun(qtbot, window)
    action(window, "run").trigger()
    assert window.session.running
    assert "measuring has ended" in sentence(dialog)
    assert button(dialog, "start").isEnabled()
    qtbot.waitUntil(lambda: not threads())
    window.session.pause()


@pytest.mark.usefixtures("quick")
def test_other_points_or_settings_make_it_out_of_date(qtbot: QtBot, window: MainWindow) -> None:
    dialog = measured(qtbot, window)
    assert "changed since" not in sentence(dialog)
    window.store.change(optimizer="sgd")
    assert "changed since" in sentence(dialog)
    window.store.undo_stack.undo()
    assert "changed since" not in sentence(dialog)


@pytest.mark.usefixtures("quick")
def test_what_is_refused_is_a_sentence(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    window.store.clear_points()
    press(qtbot, dialog, "start")
    assert "no points" in sentence(dialog)
    assert not threads()


def test_a_fault_is_a_sentence_too(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_self: SpeedWorker) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(SpeedWorker, "_measure", fail)
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    qtbot.waitUntil(lambda: button(dialog, "start").isEnabled())
    assert "log" in sentence(dialog)
    assert "broken" in caplog.text


def test_the_figures_can_be_copied(qtbot: QtBot, shown: SpeedDialog) -> None:
    press(qtbot, shown, "copy")
    text = QGuiApplication.clipboard().text()
    assert "Compiled\t100,000 steps/s" in text
    assert shown.ways.verdict.text() in text
    assert sentence(shown) == "Copied."


def test_the_loops_can_be_read(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "code")
    code = dialog.findChild(QTextBrowser)
    assert code is not None
    for line in ("loss.backward()", "for inputs, targets in loader:", "DataLoader(dataset"):
        assert line in code.toPlainText()


def test_a_measuring_that_has_not_ended_yet_is_waited_for(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(SpeedWorker, "_measure", lambda _self: let_go.wait())
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "start")
    press(qtbot, dialog, "cancel")
    press(qtbot, dialog, "start")
    assert "not ended yet" in sentence(dialog)
    assert len(threads()) == 1
    let_go.set()
    qtbot.waitUntil(lambda: not threads())
    press(qtbot, dialog, "start")
    assert "not ended yet" not in sentence(dialog)


@pytest.mark.usefixtures("endless")
def test_what_it_says_changes_slowly_enough_to_be_read(qtbot: QtBot, window: MainWindow) -> None:
    dialog = begun(qtbot, window)
    dialog._read_at = float("inf")
    said, bars = dialog.ways.verdict.text(), dialog.ways.plot.text()
    qtbot.waitUntil(lambda: dialog.ways.plot.text() != bars, timeout=PATIENCE)
    assert dialog.ways.verdict.text() == said
    press(qtbot, dialog, "cancel")
    assert dialog.ways.verdict.text() != ""


def test_there_is_one_page_at_most(qtbot: QtBot, window: MainWindow) -> None:
    first = ask(qtbot, window)
    action(window, "speed").trigger()
    assert window.findChildren(SpeedDialog) == [first]


def test_everything_has_a_name_and_a_tip(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    for found in dialog.findChildren(QPushButton):
        assert found.objectName().startswith("speed_")
        assert found.toolTip(), found.objectName()
    assert part(dialog, QTabWidget, "speed_pages").count() == 3
    for name in ("ways", "batches", "sizes"):
        assert part(dialog, BarPlot, f"speed_{name}_plot").accessibleName()


# --- the bars ---------------------------------------------------------------------------------------------


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> SpeedDialog:
    """The page with the figures of REPORT."""

    def publish(self: SpeedWorker) -> None:
        self._publish(REPORT)

    monkeypatch.setattr(SpeedWorker, "_measure", publish)
    return measured(qtbot, window)


def lengths(plot: BarPlot) -> list[float]:
    """How long each bar is, in pixels."""
    return [plot.bars._across(bar.value or 0.0) for bar in plot._bars]


def test_a_faster_way_has_a_longer_bar_and_ten_times_as_fast_is_always_as_much_longer(
    shown: SpeedDialog,
) -> None:
    loader, bare, eager, compiled, slow = lengths(shown.ways.plot)
    assert 0 < slow < loader < eager < bare < compiled
    assert loader - slow == pytest.approx((compiled - loader) / 2)


def test_every_text_beside_a_bar_has_room(shown: SpeedDialog) -> None:
    for place, page in enumerate((shown.ways, shown.batches, shown.sizes)):
        shown.pages.setCurrentIndex(place)
        QApplication.processEvents()
        plot = page.plot
        for length, bar in zip(lengths(plot), plot._bars, strict=True):
            assert length + plot.bars.text_room(bar) <= plot.area().width() + 1


def test_bars_of_one_size_stand_together_under_one_name(shown: SpeedDialog) -> None:
    plot = shown.batches.plot
    (one, first), (five, second) = plot.axes["left"].ticks()
    assert (first, second) == ("1", "5, as set")
    assert one == pytest.approx((plot._places[0] + plot._places[1]) / 2)
    assert five == pytest.approx((plot._places[2] + plot._places[3]) / 2)
    assert plot._places[1] - plot._places[2] > plot._places[0] - plot._places[1]


def test_what_was_left_out_says_why(shown: SpeedDialog) -> None:
    assert "Eager: Left out." in shown.sizes.plot.text()


def test_compiling_is_told_apart_by_its_pattern_and_its_run(shown: SpeedDialog) -> None:
    *others, last = shown.ways.plot._bars
    assert last.hatched
    assert not any(bar.hatched for bar in others)
    assert last.text == "100 steps/s over a run of 1,000 steps"


def test_a_bar_tells_what_it_is_about_where_the_cursor_rests(shown: SpeedDialog) -> None:
    plot = shown.ways.plot
    _across, up = plot.to_pixels(np.array([0.0]), np.array([plot._places[0]]))
    place = QPoint(round(plot.area().center().x()), round(float(up[0])))
    event = QHelpEvent(QEvent.Type.ToolTip, place, plot.viewport().mapToGlobal(place))
    QApplication.sendEvent(plot.viewport(), event)
    assert "DataLoader shuffles" in QToolTip.text()
    QToolTip.hideText()
    assert plot.bar_at(QPointF(0, -1000)) is None


def test_the_mouse_does_not_move_the_bars(shown: SpeedDialog) -> None:
    plot = shown.ways.plot
    before, middle = plot.view(), plot.area().center()
    mouse(plot.viewport(), QEvent.Type.MouseButtonPress, middle, MIDDLE, MIDDLE)
    move(plot.viewport(), middle + QPointF(50, 50), MIDDLE)
    turn_wheel(plot.viewport(), middle)
    assert plot.view() == before


def test_more_bars_than_there_is_room_for_scroll(shown: SpeedDialog) -> None:
    plot = shown.sizes.plot
    few = plot.minimumHeight()
    plot.show_bars([bar._replace(group=group) for bar in plot._bars for group in range(20)])
    assert plot.minimumHeight() > 2 * few
    assert plot.minimumHeight() >= 60 * plot.fontMetrics().height()


def test_a_narrower_page_still_has_room_for_its_texts(qtbot: QtBot, shown: SpeedDialog) -> None:
    shown.resize(shown.minimumSizeHint())
    QApplication.processEvents()
    plot = shown.ways.plot
    for length, bar in zip(lengths(plot), plot._bars, strict=True):
        assert length + plot.bars.text_room(bar) <= plot.area().width() + 1
