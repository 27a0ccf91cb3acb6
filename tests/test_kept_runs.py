"""Runs that another one takes the place of: undo brings each back with its history, where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings, Stretch
from core.training import Trainer
from gui import undo_memory
from gui.edit import Edit
from gui.main_window import MainWindow
from gui.plots.loss_plot import LossPlot
from gui.store import Store
from tests import mouse
from tests.landscapes import landscape_of, place, settle
from tests.windows import (
    LINE,
    action,
    message,
    opened,
    part,
    plot_of,
    ready,
    snapshot,
    text,
    wait_for_rest,
    wait_for_step,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ENDLESS = Settings(epochs=None, learning_rate=1e-4)
OTHERS = Points([0.0, 1.0, 2.0], [1.0, 0.0, 2.0])
STEPS = 40


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window at rest, some steps from its start, of which it shows an earlier one."""
    with opened(qtbot, settings=ENDLESS) as made:
        settle(qtbot, made)
        train(qtbot, made, STEPS)
        made.session.go_to(STEPS - 3)
        qtbot.waitUntil(lambda: snapshot(made).step == STEPS - 3)
        settle(qtbot, made)
        yield made


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    window.session.step(steps)
    qtbot.waitUntil(lambda: snapshot(window).step == steps)
    settle(qtbot, window)


def click_on_the_landscape(window: MainWindow) -> None:
    plot = landscape_of(window)
    (left, right), (low, high) = plot.view()
    mouse.click(plot.viewport(), place(plot, 0.7 * left + 0.3 * right, 0.4 * low + 0.6 * high))


WAYS: dict[str, Callable[[MainWindow], None]] = {
    "Home": lambda window: action(window, "reset").trigger(),
    "a click on the landscape": click_on_the_landscape,
    "another optimizer": lambda window: window.store.change(optimizer="sgd"),
    "other data": lambda window: window.store.replace(OTHERS),
    "no data": lambda window: action(window, "clear").trigger(),
    "other start values": lambda window: action(window, "new_start").trigger(),
    "an empty window": lambda window: action(window, "new").trigger(),
}


def test_no_single_action_throws_a_run_away(qtbot: QtBot, window: MainWindow) -> None:
    """One after the other upon the same run, and then all undone in a row."""
    before, tip, loss = snapshot(window), window.session.tip, part(window, LossPlot, "loss_plot")
    history = window.session.history
    assert history is not None
    losses = history.losses().low.copy()

    def is_back() -> None:
        assert snapshot(window) is before
        assert window.session.tip is tip
        assert text(window, "readout_step") == str(STEPS - 3)
        assert text(window, "readout_time") == f"step {STEPS - 3} of {STEPS}"
        assert loss.losses.series.low.tolist() == losses.tolist()
        assert message(window).startswith(f"Step {STEPS - 3} of {STEPS}, as it was")
        assert plot_of(window).traces["fit"].yData is not None
        assert not window.session.running

    for name, act in WAYS.items():
        act(window)
        settle(qtbot, window)
        assert window.session.snapshot is None or snapshot(window).step == 0, name
        assert window.session.snapshot is None or "undo" in message(window).lower(), name
        action(window, "undo").trigger()
        settle(qtbot, window)
        is_back()
        action(window, "redo").trigger()
        settle(qtbot, window)
        assert window.session.snapshot is None or snapshot(window).step == 0, name
        action(window, "undo").trigger()
        settle(qtbot, window)
        is_back()
    for act in WAYS.values():
        act(window)
        settle(qtbot, window)
        if window.session.snapshot is not None:
            train(qtbot, window, 5)
    for _edit in WAYS:
        action(window, "undo").trigger()
        settle(qtbot, window)
    is_back()
    window.session.step()
    plain = Trainer(LINE, ENDLESS)
    for _step in range(STEPS - 2):
        plain.step()
    assert [a.tobytes() for a in snapshot(window).arrays] == [a.tobytes() for a in plain.latest.arrays]


def test_redo_brings_back_the_other_run_too(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(optimizer="sgd")
    settle(qtbot, window)
    train(qtbot, window, 7)
    other = snapshot(window)
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert snapshot(window).step == STEPS - 3
    action(window, "redo").trigger()
    settle(qtbot, window)
    assert snapshot(window) is other


def test_a_run_that_was_running_runs_on_when_it_is_back(qtbot: QtBot, window: MainWindow) -> None:
    run = snapshot(window).run
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Space)
    wait_for_step(qtbot, window, STEPS + 5)
    window.store.change(optimizer="sgd")
    ready(qtbot, window)
    wait_for_step(qtbot, window, 5)
    action(window, "undo").trigger()
    assert snapshot(window).run == run
    assert window.session.running
    wait_for_step(qtbot, window, snapshot(window).step + 5)
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Home)
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for_rest(qtbot, window)
    assert snapshot(window).run == run


def test_a_run_that_diverged_comes_back_after_it_started_again(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(optimizer="sgd", learning_rate=10.0)) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        stopped = snapshot(window)
        for _start in range(2):
            action(window, "run").trigger()
            wait_for_rest(qtbot, window)
            assert snapshot(window).run != stopped.run
        for _start in range(2):
            action(window, "undo").trigger()
            settle(qtbot, window)
        assert snapshot(window) is stopped
        assert message(window).startswith("Diverged")


def test_a_drag_of_the_start_keeps_the_run_before_it(qtbot: QtBot, window: MainWindow) -> None:
    before, plot = snapshot(window), landscape_of(window)
    middle = QPointF(plot.area().center())
    mouse.drag(plot.viewport(), [middle + QPointF(2 * number, number) for number in range(6)])
    settle(qtbot, window)
    assert snapshot(window).step == 0
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert snapshot(window) is before


# --- the bound on memory -----------------------------------------------------------------------------------

ROOM = 1_000_000  # bytes


class Ended:
    """A run that holds so many bytes."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def keep_runs(store: Store, runs: int, nbytes: int) -> list[Edit]:
    """Let so many edits end a run each; the edits there are then."""
    store.changed.connect(lambda: store.exchange_run(Ended(nbytes)))
    for _run in range(runs):
        store.start_again()
    stack = store.undo_stack
    return [edit for edit in map(stack.command, range(stack.count())) if isinstance(edit, Edit)]


def test_the_oldest_runs_go_when_they_take_too_much_memory(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_memory, "LARGEST_UNDO", ROOM)
    edits = keep_runs(Store(Experiment(LINE, ENDLESS)), 10, ROOM // 4)
    assert len(edits) == 10  # which undo still goes through, with runs that begin anew
    assert [edit.run is not None for edit in edits] == [False] * 7 + [True] * 3


def test_a_run_that_is_larger_than_all_there_is_room_for_can_still_come_back_at_once(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_memory, "LARGEST_UNDO", ROOM)
    edits = keep_runs(Store(Experiment(LINE, ENDLESS)), 3, 2 * ROOM)
    assert edits[-1].run is not None
    assert all(edit.run is None for edit in edits[:-1])


def test_what_was_recorded_of_a_run_counts_too(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(Experiment(LINE, ENDLESS))
    for number in range(6):
        many = [Points(range(4000), [float(number + part)] * 4000) for part in range(4)]
        earlier = tuple(Stretch(part + 1, points, ENDLESS) for part, points in enumerate(many))
        assert store.open(Experiment(LINE, replace(ENDLESS, seed=0), earlier))
        if number == 0:
            monkeypatch.setattr(undo_memory, "LARGEST_UNDO", ROOM)
    assert store.undo_stack.count() <= 4  # of some 256 kB each
