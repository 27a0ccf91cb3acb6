"""Running, pausing, stepping and starting again, as a person does it, and the numbers that this gives."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings
from core.problem import Problem
from core.training import Snapshot, Trainer
from core.training.fit import Fit
from gui import run_builder
from gui.main_window import MainWindow
from gui.session import PATIENCE
from tests.leftovers import kept
from tests.windows import (
    LINE,
    action,
    click,
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

Floats = NDArray[np.float64]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ENDLESS = Settings(epochs=None, learning_rate=1e-5)  # so slow that it cannot converge under a test
BOOM = "the roof fell in"
RUNS = 10


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=ENDLESS) as made:
        yield made


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Use an action by its first key, with the focus on the plot."""
    keys = action(window, name).shortcut()[0]
    qtbot.keyClick(plot_of(window), keys.key(), keys.keyboardModifiers())


def run(qtbot: QtBot, window: MainWindow) -> None:
    """Press Space, and wait until some steps were made."""
    before = snapshot(window).step if window.session.snapshot else 0
    press(qtbot, window, "run")
    wait_for_step(qtbot, window, before + 1)


def training_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "training"]


def reference(settings: Settings, steps: int, points: Points = LINE) -> Trainer:
    """The same run in a plain loop."""
    trainer = Trainer(points, settings)
    for _step in range(steps):
        trainer.step()
    return trainer


def assert_equal_to_the_bit(window: MainWindow, trainer: Trainer) -> None:
    shown, plain = snapshot(window), trainer.latest
    assert (shown.step, shown.epoch, shown.loss) == (plain.step, plain.epoch, plain.loss)
    for mine, its in zip(shown.arrays, plain.arrays, strict=True):
        assert mine.dtype == its.dtype
        assert mine.tobytes() == its.tobytes()
    assert losses(window).tobytes() == trainer.history.losses().low.tobytes()


def losses(window: MainWindow) -> Floats:
    """The loss of every step."""
    assert window.session.history is not None
    return window.session.history.losses().low


# --- run, pause, step ------------------------------------------------------------------------------------


def test_space_runs_and_pauses_and_leaves_no_thread(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    assert action(window, "run").isChecked()
    assert action(window, "run").text() == "Pause"
    assert training_threads()
    press(qtbot, window, "run")
    assert not training_threads()
    assert not window.session.running
    assert not action(window, "run").isChecked()
    assert action(window, "run").text() == "Run"
    step = snapshot(window).step
    assert text(window, "readout_step") == f"{step:,}"
    assert f"{step:,}" in message(window)


def test_after_a_pause_it_goes_on_from_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    press(qtbot, window, "run")
    before = snapshot(window)
    run(qtbot, window)
    assert snapshot(window).run == before.run
    assert snapshot(window).step > before.step


def test_right_makes_one_step_and_pauses_a_run(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, "step")
    press(qtbot, window, "step")
    assert text(window, "readout_step") == "2"
    assert_equal_to_the_bit(window, reference(ENDLESS, 2))
    run(qtbot, window)
    press(qtbot, window, "step")
    assert not training_threads()
    assert_equal_to_the_bit(window, reference(ENDLESS, snapshot(window).step))


def test_shift_right_goes_on_to_the_end_of_the_epoch(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(batch_size=2)) as window:
        for epoch in (1, 2):
            press(qtbot, window, "step_epoch")
            wait_for_rest(qtbot, window)
            assert text(window, "readout_epoch") == str(epoch)
            assert snapshot(window).step == 3 * epoch  # five points in batches of two
        press(qtbot, window, "step")
        press(qtbot, window, "step_epoch")
        wait_for_rest(qtbot, window)
        assert (snapshot(window).step, snapshot(window).epoch) == (9, 3)
        assert not message(window).startswith("Training")


def test_home_goes_back_to_the_very_same_start(qtbot: QtBot, window: MainWindow) -> None:
    start = snapshot(window)
    run(qtbot, window)
    press(qtbot, window, "reset")
    ready(qtbot, window)
    again = snapshot(window)
    assert not window.session.running
    assert (again.step, again.loss) == (0, start.loss)
    assert again.run != start.run
    assert [a.tobytes() for a in again.arrays] == [a.tobytes() for a in start.arrays]
    assert text(window, "readout_step") == "0"
    assert not len(losses(window))


def test_new_start_values_are_other_ones_and_a_run_keeps_running(qtbot: QtBot, window: MainWindow) -> None:
    start = snapshot(window)
    run(qtbot, window)
    action(window, "new_start").trigger()
    ready(qtbot, window)
    assert window.session.start is not None
    assert window.session.start.parameters != start.parameters
    assert snapshot(window).run != start.run
    assert window.session.running
    wait_for_step(qtbot, window, 10)


# --- stopping and going on -------------------------------------------------------------------------------


def test_run_after_the_last_epoch_goes_on_for_as_many_again(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(epochs=7)) as window:
        for epochs in (7, 14, 21):
            press(qtbot, window, "run")
            wait_for_rest(qtbot, window)
            assert snapshot(window).epoch == epochs
            assert not training_threads()
            assert f"step {epochs}" in message(window)
            assert not action(window, "run").isChecked()


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"loss": "mae"}, {"epochs": 9}])
def test_run_after_the_last_epoch_goes_on_also_after_a_live_change(
    qtbot: QtBot, change: dict[str, object]
) -> None:
    with opened(qtbot, settings=Settings(epochs=7)) as window:
        press(qtbot, window, "run")
        wait_for_rest(qtbot, window)
        run_before = snapshot(window).run
        window.store.change(**change)
        press(qtbot, window, "run")
        wait_for_rest(qtbot, window)
        assert snapshot(window).run == run_before
        assert snapshot(window).epoch == 7 + window.store.settings.epochs


def test_a_converged_run_says_so_and_goes_on_when_points_come(qtbot: QtBot) -> None:
    settings = Settings(optimizer="sgd", learning_rate=0.1, dtype="float64")
    with opened(qtbot, settings=settings) as window:
        press(qtbot, window, "run")
        wait_for_rest(qtbot, window)
        assert message(window).startswith("Converged")
        w, b = np.polyfit(LINE.x[:, 0], LINE.y, 1)
        assert snapshot(window).parameters == pytest.approx({"w": w, "b": b}, abs=1e-4)
        before = snapshot(window)
        click(qtbot, window, 1.0, -1.0)
        run(qtbot, window)
        wait_for_rest(qtbot, window)
        w, b = np.polyfit(window.store.points.x[:, 0], window.store.points.y, 1)
        assert snapshot(window).parameters == pytest.approx({"w": w, "b": b}, abs=1e-4)
        assert snapshot(window).run == before.run


def test_a_diverged_run_keeps_its_last_step_and_run_starts_anew(qtbot: QtBot) -> None:
    settings = Settings(optimizer="sgd", learning_rate=10.0)
    with opened(qtbot, settings=settings) as window:
        press(qtbot, window, "run")
        wait_for_rest(qtbot, window)
        stopped = snapshot(window)
        assert message(window).startswith("Diverged")
        assert np.isfinite(list(stopped.parameters.values())).all()
        assert text(window, "readout_step") == f"{stopped.step:,}"
        press(qtbot, window, "step")
        assert snapshot(window) is stopped
        window.store.change(learning_rate=0.01)
        run(qtbot, window)
        assert snapshot(window).run != stopped.run
        assert snapshot(window).loss < stopped.loss


def test_stepping_into_divergence_is_told_too(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(optimizer="sgd", learning_rate=10.0)) as window:
        for _press in range(100):
            press(qtbot, window, "step")
            if message(window).startswith("Diverged"):
                break
        assert message(window).startswith("Diverged")
        assert np.isfinite(snapshot(window).loss)


# --- changes ---------------------------------------------------------------------------------------------

LIVE: dict[str, Callable[[MainWindow], None]] = {
    "learning rate": lambda window: window.store.change(learning_rate=2e-5),
    "loss": lambda window: window.store.change(loss="huber"),
    "its hyper-parameter": lambda window: window.store.set_option("huber.delta", 0.5),
    "batch size": lambda window: window.store.change(batch_size=2),
    "epochs": lambda window: window.store.change(epochs=10_000_000),
    "a point more": lambda window: window.store.add_points([0.5], [9.0]),
    "a point less": lambda window: window.store.remove_points([0]),
    "an option of what is not chosen": lambda window: window.store.set_option("sgd.momentum", 0.5),
}
RESTARTS: dict[str, Callable[[MainWindow], None]] = {
    "model": lambda window: window.store.change(model="polynomial"),
    "optimizer": lambda window: window.store.change(optimizer="sgd"),
    "hyper-parameter of the optimizer": lambda window: window.store.set_option("adam.beta1", 0.8),
    "seed": lambda window: window.store.change(seed=7),
    "precision": lambda window: window.store.change(dtype="float64"),
    "standardise": lambda window: window.store.change(standardise=True),
    "start values": lambda window: window.store.change(start="zeros"),
    "other data": lambda window: window.store.replace(Points([0.0, 1.0], [1.0, 0.0])),
    "own start values": lambda window: window.store.change(start="own", start_values=(1.0, 2.0)),
}


def further_steps(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the run of now has gone on for a while."""
    ready(qtbot, window)
    assert window.session.running
    wait_for_step(qtbot, window, snapshot(window).step + 20)
    assert window.session.running


@pytest.mark.one_in(4)
@pytest.mark.parametrize("change", LIVE.values(), ids=LIVE)
def test_a_live_change_and_its_undo_reach_the_running_run(
    qtbot: QtBot, window: MainWindow, change: Callable[[MainWindow], None]
) -> None:
    run(qtbot, window)
    before = snapshot(window).run
    for edit in (lambda: change(window), lambda: press(qtbot, window, "undo")):
        experiment = window.store.experiment
        edit()
        assert window.store.experiment is not experiment
        further_steps(qtbot, window)
        assert snapshot(window).run == before


@pytest.mark.one_in(6)
@pytest.mark.parametrize("change", RESTARTS.values(), ids=RESTARTS)
def test_any_other_change_starts_a_run_that_keeps_running_and_its_undo_goes_on_with_the_first(
    qtbot: QtBot, window: MainWindow, change: Callable[[MainWindow], None]
) -> None:
    run(qtbot, window)
    runs = [snapshot(window).run]
    for edit in (lambda: change(window), lambda: press(qtbot, window, "undo")):
        edit()
        ready(qtbot, window)
        further_steps(qtbot, window)
        runs.append(snapshot(window).run)
    assert runs[1] != runs[0] == runs[2]
    assert len(training_threads()) == 1


@pytest.mark.one_in(6)
@pytest.mark.parametrize("change", RESTARTS.values(), ids=RESTARTS)
def test_a_run_at_rest_stays_at_rest_when_it_is_built_anew(
    qtbot: QtBot, window: MainWindow, change: Callable[[MainWindow], None]
) -> None:
    press(qtbot, window, "step")
    change(window)
    ready(qtbot, window)
    assert snapshot(window).step == 0
    assert not window.session.running
    assert message(window).startswith("Ready")


def test_a_live_change_reaches_the_very_next_step(qtbot: QtBot, window: MainWindow) -> None:
    more = LINE.added([3.0], [-4.0])
    changed = Settings(epochs=None, learning_rate=0.5, loss="mae")
    for _press in range(3):
        press(qtbot, window, "step")
    window.store.add_points([3.0], [-4.0])
    window.store.change(learning_rate=0.5, loss="mae")
    press(qtbot, window, "step")
    plain = reference(ENDLESS, 3)
    plain.change(more, changed)
    plain.step()
    assert_equal_to_the_bit(window, plain)


def test_points_that_are_emptied_in_mid_run_end_it_with_a_sentence(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    action(window, "clear").trigger()
    assert not window.session.running
    assert not training_threads()
    assert window.session.snapshot is None
    assert text(window, "readout_step") == text(window, "readout_loss") == "–"
    assert text(window, "readout_equation") == ""
    assert message(window).startswith("Draw points")
    for name in ("run", "step", "step_epoch", "reset"):
        press(qtbot, window, name)
        assert not window.session.running
        assert not action(window, "run").isChecked()


def test_drawing_again_builds_a_run(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "clear").trigger()
    click(qtbot, window, 1.0, 1.0)
    ready(qtbot, window)
    assert snapshot(window).step == 0
    run(qtbot, window)


def test_clearing_and_undoing_in_mid_run_brings_the_run_back(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    before = snapshot(window).run
    action(window, "clear").trigger()
    press(qtbot, window, "undo")
    ready(qtbot, window)
    assert snapshot(window).run == before
    assert_equal_to_the_bit(window, reference(ENDLESS, snapshot(window).step))


def test_what_is_refused_is_told_and_disturbs_no_run(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    before = snapshot(window).run
    window.store.change(learning_rate=-1.0)
    assert "-1" in message(window)
    further_steps(qtbot, window)
    assert snapshot(window).run == before


def test_what_is_refused_is_told_also_without_a_run(qtbot: QtBot) -> None:
    with opened(qtbot, Points()) as window:
        window.store.change(learning_rate=-1.0)
        assert "-1" in message(window)


def test_points_too_large_to_train_on_are_told_and_the_run_goes_on_without(
    qtbot: QtBot, window: MainWindow
) -> None:
    run(qtbot, window)
    before = snapshot(window).run
    window.store.add_points([0.0], [1e30])
    assert "too large" in message(window)
    further_steps(qtbot, window)
    assert snapshot(window).run == before
    assert np.isfinite(snapshot(window).loss)
    press(qtbot, window, "undo")
    further_steps(qtbot, window)
    assert snapshot(window).run == before


def test_points_with_more_than_one_column_of_x_are_refused(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    before, points = snapshot(window).run, window.store.points
    window.store.replace(Points([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [1.0, 2.0, 3.0]))
    assert "2 columns of x" in message(window)
    assert window.store.points is points
    further_steps(qtbot, window)
    assert snapshot(window).run == before


# --- the numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        Settings(epochs=None),
        Settings(model="mlp", batch_size=2, epochs=None, seed=3),
        Settings(
            model="polynomial",
            optimizer="lbfgs",
            learning_rate=1e-7,  # slow enough not to converge meanwhile, however busy the machine is
            dtype="float64",
            epochs=None,
            standardise=True,
        ),
    ],
    ids=["line", "network in batches", "polynomial"],
)
def test_the_window_gives_the_numbers_of_a_plain_loop(qtbot: QtBot, settings: Settings) -> None:
    with opened(qtbot, settings=settings) as window:
        for _pause in range(3):
            press(qtbot, window, "run")
            wait_for_step(qtbot, window, snapshot(window).step + 10)
            press(qtbot, window, "run")
        window.session.set_speed(1000.0)
        press(qtbot, window, "run")
        window.hide()
        wait_for_step(qtbot, window, snapshot(window).step + 10)
        with qtbot.waitActive(window):
            window.show()
        press(qtbot, window, "back")
        qtbot.waitUntil(lambda: snapshot(window) is not window.session.tip)
        wait_for_rest(qtbot, window)
        press(qtbot, window, "run")
        wait_for_step(qtbot, window, snapshot(window).step + 10)
        press(qtbot, window, "step")
        assert_equal_to_the_bit(window, reference(settings, snapshot(window).step))


def as_number(shown: str) -> float:
    """What a readout says, as a number."""
    exponents = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(shown.translate(exponents).replace("×10", "e").replace(",", "").replace("−", "-"))


def test_the_numbers_on_screen_are_those_of_the_trainer(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(epochs=60, learning_rate=0.1)) as window:
        press(qtbot, window, "run")
        wait_for_rest(qtbot, window)
        plain = reference(window.store.settings, 60).latest
        w, b = plain.parameters["w"], plain.parameters["b"]
        residuals = LINE.y - (w * LINE.x[:, 0] + b)
        r2 = 1 - (residuals**2).sum() / ((LINE.y - LINE.y.mean()) ** 2).sum()
        assert text(window, "readout_step") == text(window, "readout_epoch") == "60"
        assert as_number(text(window, "readout_loss")) == pytest.approx(np.mean(residuals**2), rel=1e-3)
        assert as_number(text(window, "readout_r2")) == pytest.approx(r2, abs=5e-5)
        assert text(window, "readout_device") == "CPU"
        found = re.fullmatch(r"y = (−?)(\S+) x ([+−]) (\S+)", text(window, "readout_equation"))
        assert found is not None
        assert as_number(found[1] + found[2]) == pytest.approx(w, rel=2e-3)
        assert as_number(found[3].replace("+", "") + found[4]) == pytest.approx(b, rel=2e-3)


def test_r2_follows_the_points_at_once(qtbot: QtBot, window: MainWindow) -> None:
    before = text(window, "readout_r2")
    window.store.move_points([0], 0.0, 50.0)
    assert text(window, "readout_r2") != before


def test_a_point_alone_has_no_r2(qtbot: QtBot) -> None:
    with opened(qtbot, Points([1.0], [1.0])) as window:
        assert text(window, "readout_r2") == "–"


def test_equal_x_are_pointed_out(qtbot: QtBot) -> None:
    with opened(qtbot, Points([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])) as window:
        assert message(window).startswith("All x are equal")


def test_at_a_speed_of_five_steps_a_second_steps_are_counted_one_by_one(qtbot: QtBot) -> None:
    with opened(qtbot, speed=5.0) as window:
        seen: list[str] = []
        window.session.snapshot_changed.connect(lambda newest: seen.append(newest.step))
        press(qtbot, window, "run")
        wait_for_step(qtbot, window, 6)
        press(qtbot, window, "run")
        assert seen[:6] == [1, 2, 3, 4, 5, 6]


def test_the_speed_changes_in_mid_run(qtbot: QtBot) -> None:
    with opened(qtbot, settings=ENDLESS, speed=1.0) as window:
        press(qtbot, window, "run")
        wait_for_step(qtbot, window, 1)
        window.session.set_speed(None)
        wait_for_step(qtbot, window, 50)


# --- what goes wrong -------------------------------------------------------------------------------------


def boom(*_arguments: object) -> None:
    raise ZeroDivisionError(BOOM)


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING)
    return lambda: [str(r.exc_info[1]) for r in caplog.records if r.exc_info and r.exc_info[1]]


def torn(error: BaseException) -> Callable[..., None]:
    """A step that fails when the parameters have been changed already."""
    update = Fit._update

    def step(fit: Fit, inputs: object, targets: object) -> None:
        update(fit, inputs, targets)  # type: ignore[arg-type]
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "cause", "logged"),
    [
        (ZeroDivisionError(BOOM), "the log has the details", [BOOM]),
        (SystemExit(1), "(SystemExit); the log has the details", ["1"]),
        (MemoryError(), "not enough memory for this step; close other programs", []),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory", []),
        (ImportError("no module named torch._parts"), "A part of PyTorch cannot be loaded", []),
    ],
    ids=["fault", "exit", "memory", "memory of torch", "installation"],
)
def test_an_error_in_a_step_leaves_the_run_as_it_was_and_stays_in_sight(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    errors: Callable[[], list[str]],
    error: BaseException,
    cause: str,
    logged: list[str],
) -> None:
    window.session.step(20)
    wait_for_rest(qtbot, window)
    good = snapshot(window)
    for name in ("run", "step", "step_epoch"):
        with monkeypatch.context() as broken:
            broken.setattr(Fit, "_update", torn(error))
            press(qtbot, window, name)
            wait_for_rest(qtbot, window)
        assert snapshot(window) is good
        assert len(losses(window)) == good.step
        assert message(window).startswith("Stopped at step 20: the next step failed.")
        window.files.said.emit("Saved as a.fit.json.", False)
        assert cause in text(window, "notice")
        assert part(window, QLabel, "notice").isVisible()
    assert errors() == 3 * logged
    assert not training_threads()
    press(qtbot, window, "step")
    assert not part(window, QLabel, "notice").isVisible()
    assert_equal_to_the_bit(window, reference(ENDLESS, 21))
    window.session.go_to(7)
    qtbot.waitUntil(lambda: snapshot(window).step == 7)
    assert snapshot(window).numbers() == reference(ENDLESS, 7).latest.numbers()


def test_an_error_while_a_run_is_built_becomes_a_sentence_and_a_line_in_the_log(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, errors: Callable[[], list[str]]
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(run_builder, "build_trainer", boom)
        window.store.change(seed=1)
        wait_for_rest(qtbot, window)
    assert "the log has the details" in message(window)
    assert errors() == [BOOM]
    assert window.session.snapshot is None
    press(qtbot, window, "run")
    wait_for_step(qtbot, window)


def test_a_problem_in_a_step_is_told_as_it_is(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_trainer: Trainer) -> None:
        raise Problem("There is not enough memory; use fewer points.")

    monkeypatch.setattr(Trainer, "step", refuse)
    for name in ("run", "step"):
        press(qtbot, window, "reset")
        ready(qtbot, window)
        press(qtbot, window, name)
        wait_for_rest(qtbot, window)
        assert text(window, "notice") == "There is not enough memory; use fewer points."


def test_a_wrong_number_of_own_start_values_is_told(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(start="own", start_values=(1.0, 2.0, 3.0))
    wait_for_rest(qtbot, window)
    assert "give 2" in message(window)
    press(qtbot, window, "run")
    wait_for_rest(qtbot, window)
    assert "give 2" in message(window)
    window.store.change(start_values=(1.0, 2.0))
    ready(qtbot, window)
    assert snapshot(window).parameters == {"w": 1.0, "b": 2.0}


def test_a_device_that_is_not_there_is_told(qtbot: QtBot) -> None:
    with opened(qtbot, settings=Settings(device="cuda:77")) as window:
        assert "cuda:77" in message(window)
        assert window.session.snapshot is None


# --- while PyTorch loads ---------------------------------------------------------------------------------


class Door:
    """Holds up the building of runs until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = threading.Event()
        build = run_builder.build_trainer

        def wait(experiment: Experiment) -> Trainer:
            assert self.opened.wait(20)
            return build(experiment)

        monkeypatch.setattr(run_builder, "build_trainer", wait)


@pytest.fixture
def door(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A run is being built, and is not ready before the door is opened."""
    made = Door(monkeypatch)
    window.store.change(seed=5)
    yield made
    made.opened.set()


def test_run_pressed_while_pytorch_loads_runs_when_it_is_there(
    qtbot: QtBot, window: MainWindow, door: Door
) -> None:
    press(qtbot, window, "run")
    assert window.session.loading
    assert window.session.running
    assert action(window, "run").isChecked()
    assert action(window, "run").text() == "Loading…"
    door.opened.set()
    wait_for_step(qtbot, window, 5)
    assert window.session.running
    assert action(window, "run").text() == "Pause"


def test_pause_pressed_while_pytorch_loads_takes_the_wish_back(
    qtbot: QtBot, window: MainWindow, door: Door
) -> None:
    press(qtbot, window, "run")
    press(qtbot, window, "run")
    assert not action(window, "run").isChecked()
    door.opened.set()
    ready(qtbot, window)
    assert not window.session.running
    assert snapshot(window).step == 0


@pytest.mark.parametrize(("name", "steps"), [("step", 1), ("step_epoch", 1), ("reset", 0)])
def test_what_is_asked_for_while_pytorch_loads_is_done_then(
    qtbot: QtBot, window: MainWindow, door: Door, name: str, steps: int
) -> None:
    press(qtbot, window, name)
    door.opened.set()
    wait_for_rest(qtbot, window)
    assert snapshot(window).step == steps


def test_of_many_changes_while_pytorch_loads_only_the_last_is_built(
    qtbot: QtBot, window: MainWindow, door: Door
) -> None:
    press(qtbot, window, "run")
    for seed in (6, 7, 8):
        window.store.change(seed=seed)
    window.store.add_points([0.0], [1.0])
    door.opened.set()
    wait_for_step(qtbot, window, 1)
    press(qtbot, window, "run")
    settings, points = window.store.settings, window.store.points
    assert_equal_to_the_bit(window, reference(settings, snapshot(window).step, points))


# --- the end ---------------------------------------------------------------------------------------------


def test_a_pause_does_not_wait_in_vain_for_a_step_that_takes_long(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, there, go_on, waits = window.session._worker, threading.Event(), threading.Event(), list[float]()
    assert worker is not None
    step, pause = worker.trainer.step, worker.pause

    def long_step() -> Snapshot:
        there.set()
        assert go_on.wait(20)
        return step()

    def noted(timeout: float | None = None) -> bool:
        waits.append(-1.0 if timeout is None else timeout)
        return pause(timeout)

    monkeypatch.setattr(worker.trainer, "leap", long_step)
    monkeypatch.setattr(worker, "pause", noted)
    press(qtbot, window, "run")
    assert there.wait(20)
    worker.step_seconds = 1.0  # that of the step before
    press(qtbot, window, "run")
    assert waits == [0.0]
    go_on.set()
    wait_for_rest(qtbot, window)
    assert snapshot(window).step == 1


@pytest.mark.parametrize(("taken", "patience"), [(0.1, 0.0), (0.001, PATIENCE)])
def test_an_epoch_of_long_steps_is_not_waited_for(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, taken: float, patience: float
) -> None:
    window.store.change(batch_size=1)
    press(qtbot, window, "step")
    wait_for_rest(qtbot, window)
    worker, waits = window.session._worker, list[float | None]()
    assert worker is not None
    wait = worker.wait
    monkeypatch.setattr(worker, "wait", lambda timeout=None: [waits.append(timeout), wait(timeout)][1])
    worker.step_seconds = taken
    press(qtbot, window, "step_epoch")
    assert waits == [patience]
    wait_for_rest(qtbot, window)
    assert (snapshot(window).step, snapshot(window).epoch) == (len(LINE), 1)


def test_closing_the_window_in_mid_run_leaves_no_thread(qtbot: QtBot) -> None:
    threads = set(threading.enumerate())
    with opened(qtbot, settings=ENDLESS) as window:
        run(qtbot, window)
        window.close()
        assert not set(threading.enumerate()) - threads


def test_closing_the_window_while_a_run_is_built_leaves_no_thread(
    qtbot: QtBot, window: MainWindow, door: Door
) -> None:
    opener = threading.Timer(0.05, door.opened.set)
    opener.start()
    window.close()
    opener.join()
    assert not [t for t in threading.enumerate() if t.name.startswith(("background", "training"))]


def test_runs_that_are_over_take_no_memory(qtbot: QtBot, window: MainWindow) -> None:
    """The collector is off in a running program, and then only young objects are collected."""
    import weakref

    old = []
    for seed in range(1, 6):
        worker = window.session._worker
        assert worker is not None
        old.append(weakref.ref(worker.trainer))
        del worker
        window.store.change(seed=seed)
        ready(qtbot, window)
    assert [trainer() for trainer in old[:-1]] == [None] * 4


def test_runs_leave_no_thread_no_timer_and_no_qt_object(qtbot: QtBot, window: MainWindow) -> None:
    counts = []
    for number in range(RUNS + 1):
        run(qtbot, window)
        press(qtbot, window, "reset")
        ready(qtbot, window)
        if number in (0, RUNS):  # the first run makes what is made once
            counts.append(kept(window))
    assert counts[0] == counts[1]


def test_opening_an_experiment_starts_a_run_of_its_own(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    before = snapshot(window).run
    window.store.open(Experiment(Points([0.0, 1.0, 2.0], [5.0, 5.0, 6.0]), window.store.settings))
    qtbot.waitUntil(lambda: snapshot(window).run != before)
    fresh = Trainer(window.store.points, window.store.settings).latest
    assert window.session.start is not None
    assert window.session.start.parameters == fresh.parameters


@pytest.mark.parametrize("standardise", [False, True])
def test_other_data_begin_another_run_that_is_standardised_by_them(qtbot: QtBot, standardise: bool) -> None:
    with opened(qtbot, settings=Settings(epochs=None, standardise=standardise)) as window:
        run(qtbot, window)
        before = snapshot(window).run
        window.store.replace(Points([1000.0, 2000.0, 3000.0], [1.0, 5.0, 6.0]))
        qtbot.waitUntil(lambda: not window.session.loading)
        further_steps(qtbot, window)
        assert snapshot(window).run != before
        if standardise:
            assert snapshot(window).scaling.x_mean[0] == 2000.0
