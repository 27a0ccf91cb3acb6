"""An experiment that is opened stands at the step at which it was saved, recomputed in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Settings, load_experiment
from core.training import Snapshot, Trainer
from gui.autosave import Autosave
from gui.dialogs.progress_dialog import ProgressDialog
from gui.main_window import MainWindow
from gui.plots.loss_plot import LossPlot
from tests.landscapes import settle
from tests.windows import LEFT, LINE, action, message, opened, part, snapshot, text, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SETTINGS = Settings(epochs=4, learning_rate=0.05, batch_size=2, seed=3)  # it stops at step 12, and goes on
STEP = 37


def bits(shown: Snapshot) -> tuple[object, ...]:
    return shown.step, shown.epoch, shown.loss, [array.tobytes() for array in shown.arrays]


def go(qtbot: QtBot, window: MainWindow, step: int) -> None:
    """Train up to `step`, past where a rule stops it, or go back there."""
    while snapshot(window).step < step:
        window.session.step()
        qtbot.waitUntil(lambda: not window.session.running)
    window.session.go_to(step)
    qtbot.waitUntil(lambda: snapshot(window).step == step)
    settle(qtbot, window)


def save(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.store.undo_stack.cleanChanged, raising=False, timeout=100):
        window.files.save_to(str(path))
    qtbot.waitUntil(lambda: path.exists() and path.name in message(window))


def open_again(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    count = window.store.undo_stack.count()
    window.open_path(str(path))
    qtbot.waitUntil(lambda: window.store.undo_stack.count() > count)
    settle(qtbot, window)


def test_an_experiment_reopens_at_the_step_at_which_it_was_saved(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.fit.json"
    with opened(qtbot, settings=SETTINGS) as window:
        go(qtbot, window, 20)
        window.store.change(learning_rate=0.01)
        go(qtbot, window, 30)
        window.store.add_points([0.5], [9.0])
        go(qtbot, window, STEP + 1)
        after = bits(snapshot(window))
        go(qtbot, window, STEP)
        before, losses = bits(snapshot(window)), part(window, LossPlot, "loss_plot").losses.series.low[:STEP]
        save(qtbot, window, path)
        saved = load_experiment(path)
        assert saved.step == STEP
        assert [stretch.until for stretch in saved.earlier] == [20, 30]
        action(window, "new").trigger()
        open_again(qtbot, window, path)
        assert bits(snapshot(window)) == before
        assert text(window, "readout_time") == f"step {STEP} of {STEP}"
        assert part(window, LossPlot, "loss_plot").losses.series.low.tolist() == losses.tolist()
        assert message(window).startswith(f"Paused at step {STEP}")
        window.session.step()
        assert bits(snapshot(window)) == after
        window.store.change(epochs=None)
        action(window, "run").trigger()
        assert window.session.running, message(window)
        wait_for_step(qtbot, window, STEP + 3)
        open_again(qtbot, window, path)  # the same file, while the run goes on
        assert not window.session.running
        assert bits(snapshot(window)) == before
        action(window, "reset").trigger()
        settle(qtbot, window)
        assert snapshot(window).step == 0
        action(window, "undo").trigger()
        settle(qtbot, window)
        assert bits(snapshot(window)) == before
        action(window, "reset").trigger()
        action(window, "reset").trigger()
        settle(qtbot, window)
        assert snapshot(window).step == 0


def halting_at(step: int, door: threading.Event) -> Callable[..., Snapshot]:
    """Steps one by one, of which the one behind `step` waits until the door is open."""

    def leap(trainer: Trainer, _most: float = 1.0) -> Snapshot:
        if trainer.latest.step == step:
            assert door.wait(60)
        return trainer.step()

    return leap


def test_while_it_takes_long_it_shows_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, door = tmp_path / "a.fit.json", threading.Event()
    with opened(qtbot, settings=SETTINGS) as window:
        go(qtbot, window, STEP)
        save(qtbot, window, path)
        known = window.session.history
        assert known is not None
        with monkeypatch.context() as slow:
            slow.setattr(Trainer, "leap", halting_at(10, door))
            window.open_path(str(path))
            qtbot.waitUntil(lambda: window.findChild(ProgressDialog) is not None)
            dialog = part(window, ProgressDialog, "progress_dialog")
            bar = part(dialog, QProgressBar, "progress_bar")
            qtbot.waitUntil(lambda: bar.value() == round(1000 * 10 / STEP))
            assert f"up to step {STEP}" in bar.accessibleName()
            qtbot.mouseClick(part(dialog, QPushButton, "progress_cancel"), LEFT)
            door.set()
            settle(qtbot, window)
        assert window.findChild(ProgressDialog) is None
        assert snapshot(window).step == 11
        assert message(window).startswith("Paused at step 11")
        again = window.session.history
        assert again is not None
        assert again.losses().low.tolist() == known.losses().low[:11].tolist()
        action(window, "undo").trigger()
        settle(qtbot, window)
        assert snapshot(window).step == STEP


def test_work_that_comes_back_after_a_kill_stands_at_its_step(qtbot: QtBot, tmp_path: Path) -> None:
    kept, folder = tmp_path / "work-1.fit.json", tmp_path / "killed"
    with opened(qtbot, autosave=Autosave(tmp_path)) as window:
        window.store.open(Experiment(LINE, SETTINGS))
        settle(qtbot, window)
        go(qtbot, window, 20)
        window.store.change(learning_rate=0.01)
        go(qtbot, window, STEP + 1)
        go(qtbot, window, STEP)
        before = bits(snapshot(window))
        qtbot.waitUntil(lambda: kept.exists() and load_experiment(kept).step == STEP)
        folder.mkdir()
        (folder / kept.name).write_bytes(kept.read_bytes())  # as a kill at this moment would leave it
        action(window, "back").trigger()
        qtbot.waitUntil(lambda: snapshot(window).step == STEP - 1)
    assert load_experiment(kept).step == STEP - 1  # where it stood when the window was closed
    with opened(qtbot, autosave=Autosave(folder)) as window:
        settle(qtbot, window)
        assert bits(snapshot(window)) == before
        assert message(window).startswith(f"Paused at step {STEP}")
        window.store.move_points([0], 0.0, 1.0)
        qtbot.waitUntil(lambda: load_experiment(folder / kept.name).points == window.store.points)
        assert [part.until for part in load_experiment(folder / kept.name).earlier] == [20, STEP]
