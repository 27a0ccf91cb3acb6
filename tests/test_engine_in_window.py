"""The compiled engine in the window: it says how far it is, takes over by itself, and takes nothing away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.training import Trainer
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import kind_of
from gui.main_window import MainWindow
from tests.windows import LINE, action, message, opened, part, snapshot, text, wait_for_rest, wait_for_step

pytestmark = [
    pytest.mark.usefixtures("shared_code"),
    pytest.mark.timeout(600),  # of a busy compiler
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # without a screen
]

PATIENCE = 300_000  # milliseconds for the compiler, on a machine that has other things to do
CLOSE = 1e-5
EAGER = Settings(epochs=None, learning_rate=1e-3)
COMPILED = replace(EAGER, engine="compiled")


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code is there from before."""
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path))


@pytest.fixture
def kept_code() -> None:
    """The code is there from before."""
    COMPILER.wanted(kind_of(COMPILED, 1, len(LINE), False)).wait()
    COMPILER.forget()


@pytest.fixture
def no_compiler(nothing_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine cannot compile."""
    monkeypatch.setenv("CXX", str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", str(tmp_path))


def choose(window: MainWindow, name: str, key: str) -> None:
    """Choose a word of a list, as a person does."""
    box = part(window, QComboBox, name)
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def note(window: MainWindow) -> str:
    """What stands below the engine; nothing if it is hidden."""
    label = part(window, QLabel, "engine_note")
    return "" if label.isHidden() else label.text()


def wait_for_code(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: text(window, "readout_engine") == "compiled", timeout=PATIENCE)


def eager(steps: int, settings: Settings = EAGER) -> Trainer:
    """The same run without a window, step by step."""
    trainer = Trainer(LINE, settings)
    while trainer.latest.step < steps:
        trainer.step()
    return trainer


def assert_eager_numbers(window: MainWindow) -> None:
    """The step at which the run stands is that of the eager engine, and so is every loss before it."""
    newest, history = snapshot(window), window.session.history
    assert history is not None
    straight = eager(newest.step)
    assert newest.numbers() == pytest.approx(straight.latest.numbers(), rel=CLOSE)
    losses = history.losses().low[: newest.step]
    np.testing.assert_allclose(losses, straight.history.losses().low, CLOSE)


# --- what it says --------------------------------------------------------------------------------------


def test_it_compiles_as_soon_as_it_is_chosen_and_says_so(nothing_kept: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=EAGER) as window:
        assert note(window) == ""
        choose(window, "engine", "compiled")
        qtbot.waitUntil(lambda: note(window).startswith("Compiling for "))
        assert text(window, "readout_engine").startswith("compiling ")
        action(window, "run").trigger()
        wait_for_step(qtbot, window, 10)
        qtbot.waitUntil(lambda: "training is eager" in note(window))


def test_it_says_when_the_code_has_taken_over_and_what_it_cost(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        assert note(window).startswith("Compiled ")
        assert "at full speed" in note(window)
        engine = window.session.engine
        assert engine is not None
        assert engine.compilation is not None
        if not engine.compilation.kept:
            assert message(window) == note(window)


def test_code_from_before_is_there_at_once(kept_code: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        assert note(window).startswith("Compiled at an earlier start")
        assert message(window).startswith("Ready")


def test_what_was_said_goes_when_it_is_not_so_any_more(kept_code: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(COMPILED, optimizer="lbfgs")) as window:
        qtbot.waitUntil(lambda: message(window).startswith("LBFGS"))
        choose(window, "optimizer", COMPILED.optimizer)
        wait_for_code(qtbot, window)
        assert "LBFGS" not in message(window)


def test_nobody_who_goes_back_to_eager_is_told_of_code(nothing_kept: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        engine = window.session.engine
        assert engine is not None
        compilation = engine.compilation
        assert compilation is not None
        choose(window, "engine", "eager")
        qtbot.waitUntil(lambda: note(window) == "")
        compilation.wait()
        assert compilation.given_up
        assert compilation.child is None


def test_nobody_is_told_of_code_that_was_given_up_for_other_code(nothing_kept: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        qtbot.waitUntil(lambda: note(window).startswith("Compiling for "))
        COMPILER.wanted(kind_of(replace(COMPILED, loss="mae"), 1, len(LINE), False))
        qtbot.waitUntil(lambda: note(window).startswith("Waiting to be compiled"))
        assert text(window, "readout_engine") == "eager"
        window.session.prepare_engine()
        qtbot.waitUntil(lambda: note(window).startswith("Compiling for "))


def test_without_points_nothing_is_compiled(nothing_kept: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        engine = window.session.engine
        assert engine is not None
        compilation = engine.compilation
        assert compilation is not None
        action(window, "clear").trigger()
        assert compilation.given_up
        qtbot.waitUntil(lambda: note(window) == "")
        compilation.wait()


def test_what_cannot_be_compiled_says_so_and_trains(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        choose(window, "optimizer", "lbfgs")
        qtbot.waitUntil(lambda: "LBFGS" in message(window))
        assert note(window) == message(window)
        assert text(window, "readout_engine") == "eager"
        action(window, "step").trigger()
        assert snapshot(window).step == 1


def test_without_a_compiler_it_says_so_and_trains(no_compiler: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        action(window, "run").trigger()
        wait_for_step(qtbot, window, 10)
        qtbot.waitUntil(lambda: "no C++ compiler" in message(window), timeout=PATIENCE)
        assert "no C++ compiler" in note(window)
        assert text(window, "readout_engine") == "eager"


def test_nothing_compiles_any_more_when_the_window_is_closed(nothing_kept: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        engine = window.session.engine
        assert engine is not None
        compilation = engine.compilation
    assert compilation is not None
    assert not compilation.busy
    assert compilation.child is None


def test_nothing_compiles_any_more_when_a_window_without_a_run_is_closed(
    nothing_kept: None, qtbot: QtBot
) -> None:
    with opened(qtbot, settings=EAGER) as window:
        action(window, "clear").trigger()
        compilation = COMPILER.wanted(kind_of(COMPILED, 1, len(LINE), False))  # as a dialog may want it
    assert not compilation.busy
    assert compilation.child is None


# --- everything else goes on ----------------------------------------------------------------------------


def test_it_takes_over_in_mid_run_with_the_same_numbers(kept_code: None, qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(EAGER, steps=5000)) as window:
        action(window, "run").trigger()
        wait_for_step(qtbot, window, 50)
        choose(window, "engine", "compiled")
        wait_for_rest(qtbot, window)
        assert window.session.engine is not None
        assert window.session.engine.ready
        assert (window.session.stopped, snapshot(window).step) == ("steps", 5000)
        assert_eager_numbers(window)


def test_one_step_is_one_step(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        window.session.step(1000)
        for _press in range(3):
            action(window, "step").trigger()
        assert snapshot(window).step == 1003
        assert_eager_numbers(window)


def test_going_back_shows_the_step_as_it_was(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        window.session.step(3000)
        action(window, "back").trigger()
        qtbot.waitUntil(lambda: snapshot(window).step == 2999)
        window.session.go_to(1234)
        qtbot.waitUntil(lambda: snapshot(window).step == 1234)
        assert_eager_numbers(window)


def test_slow_motion_goes_on_from_compiled_steps(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED, mode="inside") as window:
        wait_for_code(qtbot, window)
        window.session.step(1000)
        while snapshot(window).step == 1000:
            action(window, "phase").trigger()
            qtbot.waitUntil(lambda: not window.session.running)
        assert snapshot(window).step == 1001
        inside = window.session.inside
        assert inside is not None
        assert inside.number == 1001
        assert_eager_numbers(window)


def test_the_steps_of_a_run_that_goes_on_can_be_looked_into(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        action(window, "run").trigger()
        qtbot.waitUntil(lambda: window.session.inspection is not None and snapshot(window).step > 1000)
        action(window, "run").trigger()


def test_a_rate_and_points_that_change_meanwhile_compile_nothing(qtbot: QtBot) -> None:
    with opened(qtbot, settings=COMPILED) as window:
        wait_for_code(qtbot, window)
        engine = window.session.engine
        assert engine is not None
        code = engine.compilation
        window.session.step(300)
        window.store.change(learning_rate=0.002)
        window.session.step(300)
        window.store.add_points([0.5], [0.0])
        window.session.step(300)
        wait_for_rest(qtbot, window)
        assert engine.compilation is code
        again = window.session.experiment()
        straight = Trainer(again.points, replace(again.settings, engine="eager"), again.earlier)
        while straight.latest.step < snapshot(window).step:
            straight.step()
        assert snapshot(window).step == 900
        assert snapshot(window).numbers() == pytest.approx(straight.latest.numbers(), rel=CLOSE)


def test_a_run_ends_at_the_very_step_that_its_rule_says(qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(COMPILED, steps=777)) as window:
        wait_for_code(qtbot, window)
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert (window.session.stopped, snapshot(window).step) == ("steps", 777)
