"""Compiled steps are the steps that eager ones are, and whatever goes wrong with them, eager goes on."""

from __future__ import annotations

import errno
import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor

import core
from core import cli
from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.problem import Problem
from core.tables.save import save_points
from core.training import Trainer
from core.training.compiled import compilation, compiler, engine, program
from core.training.compiled.compilation import CHILD, TIMES, Compilation, _end, _environment
from core.training.compiled.compiler import COMPILER, Compiler, code_path, makers
from core.training.compiled.kept import DAY, forget_oldest, keep
from core.training.compiled.kind import LEAST, Kind, kind_of
from core.training.compiled.pace import HOPE, LONGEST, MOST, SHORTEST, Pace
from core.training.compiled.program import Program
from core.training.compiled.sources import FOLDERS, sources_digest
from core.training.convergence import TOLERANCE
from core.training.fit import scaled_loss

RANDOM = np.random.default_rng(0)
X = RANDOM.uniform(-2, 2, 50)
POINTS = Points(X, 2 * X + 1 + RANDOM.normal(0, 0.5, 50))
STEPS = 1000
CLOSE = 1e-5
PATIENCE = 30.0  # seconds

pytestmark = [pytest.mark.usefixtures("shared_code"), pytest.mark.timeout(600)]  # of a busy compiler
FIRST_ORDER = [key for key, row in OPTIMIZERS.items() if row.first_order]
LINE = Settings(epochs=None, learning_rate=1e-3, engine="compiled")

ROWS = (
    *({"optimizer": key, "learning_rate": OPTIMIZERS[key].learning_rate / 10} for key in FIRST_ORDER),
    *({"loss": key} for key in LOSSES),
    *({"model": key} for key in MODELS),
    {"optimizer": "sgd", "options": {"sgd.momentum": 0.9, "sgd.nesterov": True, "sgd.weight_decay": 0.01}},
    {"optimizer": "adam", "options": {"adam.amsgrad": True, "adam.weight_decay": 0.01}},
    {"optimizer": "asgd", "options": {"asgd.t0": 100.0, "asgd.lambd": 0.1, "asgd.weight_decay": 0.01}},
    {"optimizer": "adagrad", "learning_rate": 0.1, "options": {"adagrad.lr_decay": 0.01}},
    {"model": "polynomial", "loss": "huber", "standardise": True, "batch_size": 16, "validation": 0.2},
    {"model": "mlp", "loss": "quantile", "batch_size": 1, "clip_norm": 0.5, "l1": 0.01, "dtype": "float64"},
    {"schedule": "one_cycle", "learning_rate": 0.1, "options": {"one_cycle.total_steps": 500}},
)
BATCHES = {"model": "polynomial", "loss": "huber", "standardise": True, "batch_size": 16, "validation": 0.2}
NETWORK = {"model": "mlp", "optimizer": "nadam", "clip_norm": 0.5, "dtype": "float64"}
# Its update is a sum with a product of matrices, and so is its weight decay.
PRODUCTS = {"model": "mlp", "optimizer": "sgd", "options": {"sgd.weight_decay": 0.01}, "learning_rate": 0.01}
COMPILED = ({}, BATCHES, NETWORK, PRODUCTS)  # each takes the compiler several seconds


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program of each kind runs as it is, operation by operation: what it computes takes no compiler."""
    monkeypatch.setattr(program, "scan", plain_scan)
    monkeypatch.setattr(COMPILER, "wanted", lru_cache(Interpreted))
    every_call_takes(monkeypatch, 0.0)


def every_call_takes(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """For the engine, a step and a block take so long."""
    monkeypatch.setattr(engine, "perf_counter", itertools.count(0.0, seconds).__next__)


class Interpreted:
    """A compilation that is done at once."""

    failure = ""
    given_up = False

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._program = Program(kind)

    def wait(self) -> None:
        """There is nothing to wait for."""

    def code(self, tensors: list[Tensor]) -> list[Tensor]:
        """The tensors that come out of the program."""
        with torch.no_grad():
            return list(self._program(*tensors))


def plain_scan(body: Callable[..., Any], carried: Any, steps: list[Tensor]) -> tuple[Any, list[Tensor]]:
    """What torch's scan does, in Python."""
    found = []
    for turn in zip(*steps, strict=True):
        carried, values = body(carried, turn)
        found.append(values)
    return carried, [torch.stack(values) for values in zip(*found, strict=True)]


def compiled(points: Points = POINTS, settings: Settings = LINE) -> Trainer:
    """A run that has made its first step, and has its code."""
    trainer = Trainer(points, settings)
    trainer.step()
    wait_for_code(trainer)
    return trainer


def wait_for_code(trainer: Trainer) -> None:
    trainer.prepare_engine()
    assert trainer.engine.compilation is not None, trainer.engine.reason
    trainer.engine.compilation.wait()
    assert trainer.engine.ready, trainer.engine.reason


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when something has come about that another thread does at once."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it has not come about"


def eager(points: Points, settings: Settings, steps: int) -> Trainer:
    """The same run, step by step."""
    trainer = Trainer(points, replace(settings, engine="eager"))
    while trainer.latest.step < steps and trainer.stopped is None:
        trainer.step()
    return trainer


def leap_to(trainer: Trainer, steps: int) -> None:
    """Go on until `steps` are made, or the run ends; code makes most of them."""
    while trainer.latest.step < steps and trainer.stopped is None:
        trainer.leap(steps - trainer.latest.step)
    assert trainer.engine.steps > trainer.latest.step / 2, "hardly any of the steps was compiled"


def assert_close(one: Trainer, other: Trainer, close: float = CLOSE) -> None:
    """All that two runs have come to is the same but for rounding."""
    assert one.latest.step == other.latest.step
    assert one.latest.epoch == other.latest.epoch
    assert one.latest.learning_rate == other.latest.learning_rate
    losses, expected = one.history.losses().low, other.history.losses().low
    np.testing.assert_allclose(losses, expected, close, close * float(expected.max()))
    numbers = np.array(other.latest.numbers())
    np.testing.assert_allclose(one.latest.numbers(), numbers, close, close * float(np.abs(numbers).max()))
    held, expected_held = one.history.validation_losses(), other.history.validation_losses()
    assert (held is None) == (expected_held is None)
    if held is not None and expected_held is not None:
        np.testing.assert_allclose(held.low, expected_held.low, close)


@pytest.mark.one_in(9)
@pytest.mark.parametrize("choice", ROWS, ids=str)
def test_what_is_compiled_makes_the_eager_steps(choice: dict[str, Any], interpreted: None) -> None:
    settings = replace(LINE, **choice)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, STEPS)
    assert_close(trainer, eager(POINTS, settings, STEPS))


@pytest.mark.one_in(4)  # the engine in the window and the page of speeds compile too
@pytest.mark.parametrize("choice", COMPILED, ids=str)
def test_compiled_steps_are_the_eager_ones(choice: dict[str, Any]) -> None:
    settings = replace(LINE, **choice)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, STEPS)
    assert_close(trainer, eager(POINTS, settings, STEPS))


def test_the_optimizer_goes_on_eagerly_as_if_it_had_made_every_step() -> None:
    settings = replace(LINE, **NETWORK)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, STEPS)
    for _step in range(20):
        trainer.step()
    straight = eager(POINTS, settings, STEPS + 20)
    assert_close(trainer, straight, 1e-9)
    for mine, its in zip(trainer.fit.parameters, straight.fit.parameters, strict=True):
        state = trainer.fit.optimizer.state[mine]
        for name, value in straight.fit.optimizer.state[its].items():
            np.testing.assert_allclose(state[name].numpy(), value.numpy(), 1e-6, err_msg=name)


def test_it_makes_no_difference_how_many_steps_are_made_at_once() -> None:
    one, other = compiled(), compiled()
    leap_to(one, STEPS)
    chance = np.random.default_rng(1)
    while other.latest.step < STEPS:
        other.leap(min(int(chance.integers(2, 70)), STEPS - other.latest.step))
    assert_close(other, one, 1e-6)


def test_another_rate_and_other_points_need_no_other_code() -> None:
    trainer = compiled()
    code = trainer.engine.compilation
    leap_to(trainer, 300)
    faster = replace(LINE, learning_rate=0.01)
    more = POINTS.added([1.0, 1.5], [9.0, -3.0])
    trainer.change(more, faster)
    trainer.step()
    leap_to(trainer, 600)
    assert trainer.engine.compilation is code
    straight = eager(POINTS, LINE, 300)
    straight.change(more, replace(faster, engine="eager"))
    while straight.latest.step < 600:
        straight.step()
    assert_close(trainer, straight)


def test_a_single_point_can_be_fitted() -> None:
    points = Points([1.0], [2.0])
    trainer = compiled(points)
    leap_to(trainer, 500)
    assert_close(trainer, eager(points, LINE, 500))


# --- how many steps at once ----------------------------------------------------------------------------


def leaps(trainer: Trainer, count: int = 24) -> list[int]:
    """How many steps each of some leaps makes."""
    reached = [trainer.latest.step, *(trainer.leap().step for _leap in range(count))]
    return [two - one for one, two in pairwise(reached)]


def test_blocks_begin_small_and_grow_while_they_take_no_time(interpreted: None) -> None:
    made = leaps(compiled())
    assert next(steps for steps in made if steps > 1) == 2 * LEAST  # the smallest was tried alone
    assert max(made) >= MOST


def test_steps_that_take_long_are_made_one_by_one(interpreted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    every_call_takes(monkeypatch, 0.3)
    assert set(leaps(compiled())) == {1}


def test_more_points_begin_with_few_steps_again(interpreted: None) -> None:
    trainer = compiled()
    assert max(leaps(trainer)) >= MOST
    trainer.change(POINTS.added([1.0], [2.0]))
    assert next(steps for steps in leaps(trainer) if steps > 1) == 2 * LEAST


def test_a_smallest_block_that_takes_too_long_is_tried_again_more_and_more_rarely() -> None:
    pace, waits = Pace(), []
    for _trial in range(4):
        waits.append(0)
        while not pace.size:
            pace.stepped(HOPE * LONGEST / LEAST)
            waits[-1] += 1
        assert pace.size == LEAST
        pace.made(LEAST, 2 * LONGEST)
    assert waits == [1, LEAST, 2 * LEAST, 4 * LEAST]


def test_a_block_that_takes_too_long_is_halved_and_one_of_the_right_length_kept() -> None:
    pace = Pace()
    pace.stepped(0.0)
    for _block in range(3):
        pace.made(pace.size, 0.0)
    assert pace.size == 8 * LEAST
    pace.made(pace.size, 2 * LONGEST)
    assert pace.size == 4 * LEAST
    pace.made(pace.size, (SHORTEST + LONGEST) / 2)
    assert pace.size == 4 * LEAST


# --- when a run ends -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [{"steps": 301}, {"epochs": 333}, {"loss_below": 1.0}, {"patience": 40}],
    ids=lambda rule: next(iter(rule)),
)
def test_a_rule_ends_it_at_the_very_step(rule: dict[str, Any]) -> None:
    settings = replace(LINE, learning_rate=0.05, **rule)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, 5000)
    straight = eager(POINTS, settings, 5000)
    assert trainer.stopped == straight.stopped == next(iter(rule))
    assert trainer.latest.step == straight.latest.step


def test_epochs_of_mini_batches_end_where_they_end(interpreted: None) -> None:
    settings = replace(LINE, **BATCHES, epochs=100)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, 5000)
    assert trainer.stopped == "epochs"
    assert (trainer.latest.step, trainer.latest.epoch) == (300, 100)  # of 40 points, by 16


def test_it_converges_where_the_eager_run_does(interpreted: None) -> None:
    settings = replace(LINE, optimizer="sgd", learning_rate=0.02)
    trainer = compiled(POINTS, settings)
    leap_to(trainer, 20_000)
    straight = eager(POINTS, settings, 20_000)
    assert trainer.stopped == straight.stopped == "converged"
    assert trainer.latest.step == straight.latest.step
    slope, intercept = np.polyfit(POINTS.x[:, 0], POINTS.y, 1)
    assert trainer.latest.numbers() == pytest.approx((slope, intercept), rel=1000 * TOLERANCE)


def test_it_diverges_where_the_eager_run_does(interpreted: None) -> None:
    settings = replace(LINE, optimizer="sgd", learning_rate=1.0)
    trainer = compiled(POINTS, settings)
    while trainer.stopped is None:
        trainer.leap()
    straight = eager(POINTS, settings, STEPS)
    assert trainer.stopped == straight.stopped == "diverged"
    assert abs(trainer.latest.step - straight.latest.step) <= 1  # float32 overflows a step sooner or later
    assert all(np.isfinite(trainer.latest.numbers()))


# --- going back ----------------------------------------------------------------------------------------


def test_any_step_can_be_gone_back_to_and_on_from() -> None:
    trainer = compiled()
    leap_to(trainer, 3000)
    tip = trainer.tip
    for step in (2999, 1700, 129, 1, 2500):
        trainer.go_to(step)
        assert trainer.latest.numbers() == pytest.approx(
            eager(POINTS, LINE, step).latest.numbers(), rel=CLOSE
        )
    leap_to(trainer, 3000)
    assert trainer.latest is tip


def test_code_makes_the_steps_on_the_way_back_also_in_a_run_that_has_stopped(interpreted: None) -> None:
    trainer = compiled(POINTS, replace(LINE, steps=1000))
    leap_to(trainer, 1000)
    assert trainer.stopped == "steps"
    single, step = [], trainer.fit.step

    def counted() -> None:
        single.append(1)
        step()

    trainer.fit.step = counted  # type: ignore[method-assign]
    trainer.go_to(999)
    assert trainer.latest.numbers() == pytest.approx(eager(POINTS, LINE, 999).latest.numbers(), rel=CLOSE)
    assert 0 < len(single) < 2 * LEAST


def test_the_step_at_which_it_rests_can_be_looked_into() -> None:
    trainer = compiled()
    leap_to(trainer, 1000)
    found, straight = trainer.inspect(), eager(POINTS, LINE, 1000).inspect()
    np.testing.assert_allclose(found.gradient, straight.gradient, 1e-4)
    np.testing.assert_allclose(found.step, straight.step, 1e-2)  # of numbers that differ in their last digits
    assert found.before.step == 999
    assert found.before.loss == pytest.approx(straight.before.loss)


def test_code_that_comes_to_other_numbers_is_not_used(
    interpreted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = Interpreted.code

    def uphill(self: Interpreted, tensors: list[Tensor]) -> list[Tensor]:
        """Away from the minimum, as far as it should go towards it."""
        found = code(self, tensors)
        before, after = tensors[0], found[0]
        flat = found[-1] if len(found[-1].shape) == 3 else found[-2]
        flat -= 2 * (after - before).reshape(-1)[0]
        return found

    monkeypatch.setattr(Interpreted, "code", uphill)
    trainer = Trainer(POINTS, LINE)
    while trainer.latest.step < 100:
        trainer.leap()
    assert "other numbers" in trainer.engine.reason
    assert trainer.engine.steps == 0
    assert trainer.latest.numbers() == eager(POINTS, LINE, 100).latest.numbers()


def test_code_is_tried_again_where_the_steps_between_were_made_otherwise(interpreted: None) -> None:
    trainer = Trainer(POINTS, LINE)
    while trainer.latest.step < 5:
        trainer.leap()
    for _phase in range(20 * len(PHASES)):
        trainer.phase()
    while trainer.latest.step < 300:
        trainer.leap()
    assert trainer.engine.steps > 0
    assert_close(trainer, eager(POINTS, LINE, trainer.latest.step))


# --- what cannot be compiled ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "word"),
    [({"optimizer": "lbfgs", "learning_rate": 1.0}, "LBFGS"), ({"schedule": "plateau"}, "schedule")],
)
def test_what_cannot_be_compiled_says_so_and_stays_eager(choice: dict[str, Any], word: str) -> None:
    settings = replace(LINE, **choice)
    trainer = Trainer(POINTS, settings)
    for _step in range(3):
        trainer.leap()
    assert word in trainer.engine.reason
    assert trainer.engine.compilation is None
    assert trainer.latest.numbers() == eager(POINTS, settings, 3).latest.numbers()


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is kept."""
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path))
    return tmp_path


def test_without_a_compiler_one_sentence_says_so_and_eager_goes_on(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", str(empty_folder / "nothing"))
    monkeypatch.setenv("PATH", str(empty_folder))
    trainer = Trainer(POINTS, LINE)
    trainer.step()
    trainer.prepare_engine()
    assert trainer.engine.compilation is not None
    trainer.engine.compilation.wait()
    trainer.leap()
    assert "no C++ compiler" in trainer.engine.reason
    assert trainer.latest.numbers() == eager(POINTS, LINE, 2).latest.numbers()


def test_training_goes_on_eagerly_while_it_is_compiled(empty_folder: Path) -> None:
    trainer = Trainer(POINTS, LINE)
    for _step in range(10):
        trainer.leap()
    compilation = trainer.engine.compilation
    assert compilation is not None
    assert compilation.busy
    assert trainer.latest.step == 10
    COMPILER.stop()
    assert not compilation.busy


def test_a_run_whose_compiling_another_wish_ended_asks_for_it_again(empty_folder: Path) -> None:
    trainer = Trainer(POINTS, LINE)
    trainer.prepare_engine()
    first = trainer.engine.compilation
    COMPILER.wanted(kind_of(replace(LINE, loss="mae"), 1, 50, False))
    assert first is not None
    assert first.given_up
    trainer.prepare_engine()
    second = trainer.engine.compilation
    assert second is not None
    assert second is not first
    assert second.busy
    COMPILER.stop()


def test_giving_up_leaves_neither_a_process_nor_a_file(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = empty_folder / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    found = Compiler()
    compilation = found.wanted(kind_of(LINE, 1, 50, False))
    wait_until(lambda: compilation.child is not None)
    child = compilation.child
    found.stop()
    assert child is not None
    assert child.returncode == -signal.SIGKILL
    assert list(room.iterdir()) == []


def test_the_other_process_ends_with_the_program_that_started_it(empty_folder: Path) -> None:
    room = empty_folder / "room"
    room.mkdir()
    command = [
        sys.executable,
        "-m",
        CHILD,
        str(empty_folder / "code.so"),
        str(room),
        kind_of(LINE, 1, 50, False).text(),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0) as child:
        assert child.stdin is not None
        child.stdin.close()  # as the system does it, however a program ends
        assert child.wait(30) == -signal.SIGKILL
    assert not room.exists()


def test_what_was_given_up_is_begun_anew_when_it_is_wanted_again(empty_folder: Path) -> None:
    found = Compiler()
    kind = kind_of(LINE, 1, 50, False)
    first = found.wanted(kind)
    found.give_up()
    assert (first.given_up, first.failure) == (True, "")
    second = found.wanted(kind)
    assert second is not first
    assert second.busy
    found.stop()


def test_only_the_newest_wish_is_compiled(empty_folder: Path) -> None:
    found = Compiler()
    first = found.wanted(kind_of(LINE, 1, 50, False))
    second = found.wanted(kind_of(replace(LINE, loss="mae"), 1, 50, False))
    assert (first.busy, second.busy) == (False, True)
    found.stop()
    assert not second.busy


def test_code_is_kept_and_found_again_by_the_next_start() -> None:
    compiled()
    again = Compiler().wanted(kind_of(LINE, 1, 50, False))
    again.wait()
    assert again.kept
    assert again.code is not None


def test_damaged_code_is_compiled_anew(empty_folder: Path) -> None:
    kind = kind_of(LINE, 1, 50, False)
    found = Compiler()
    path = code_path(kind)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no code")
    compilation = found.wanted(kind)
    wait_until(lambda: compilation.child is not None)
    found.stop()
    assert not compilation.kept


class FakeCode:
    """Anything can be loaded."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_bytes()


@pytest.fixture
def fake_code(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is kept is no code, and whoever compiles finds that it fails; the path for LINE."""
    monkeypatch.setattr(compilation, "Code", FakeCode)
    monkeypatch.setattr(Compilation, "_run_child", lambda *_arguments: 1)
    path = code_path(kind_of(LINE, 1, 50, False))
    path.parent.mkdir()
    return path


def found_at(path: Path) -> Compilation:
    """What is found at `path`, when that is known."""
    found = Compilation(kind_of(LINE, 1, 50, False), path)
    found.wait()
    return found


def test_code_is_loaded_that_is_what_was_kept(fake_code: Path) -> None:
    keep(fake_code, b"code")
    assert found_at(fake_code).kept


def test_code_that_is_cut_off_is_not_loaded(fake_code: Path) -> None:
    keep(fake_code, b"code")
    fake_code.write_bytes(b"co")  # as a full disk or a lost power leaves it
    found = found_at(fake_code)
    assert (found.kept, found.code) == (False, None)
    assert found.failure


def test_code_under_the_name_of_another_kind_is_not_loaded(fake_code: Path) -> None:
    keep(fake_code, b"code")
    other = code_path(kind_of(replace(LINE, loss="mae"), 1, 50, False))
    for file in fake_code.parent.iterdir():
        file.rename(other.with_suffix(file.suffix))
    assert not found_at(other).kept


def test_a_disk_that_is_full_leaves_no_file(fake_code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem, match="disk is full"):
        keep(fake_code, b"code")
    assert list(fake_code.parent.iterdir()) == []


def test_what_belongs_to_no_code_is_deleted_a_day_later(fake_code: Path) -> None:
    keep(fake_code, b"code")
    left = [fake_code.with_name(name) for name in ("gone.sha256", ".fitscope-12.part")]
    for file in left:
        file.touch()
    forget_oldest(fake_code.parent)
    assert all(file.exists() for file in left)
    for file in fake_code.parent.iterdir():
        os.utime(file, (time.time() - 2 * DAY,) * 2)
    forget_oldest(fake_code.parent)
    assert not any(file.exists() for file in left)
    assert found_at(fake_code).kept


def test_code_is_good_though_nobody_can_note_how_long_it_took(
    fake_code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def child(*_arguments: object) -> int:
        keep(fake_code, b"code")
        return 0

    monkeypatch.setattr(Compilation, "_run_child", child)
    fake_code.with_name(TIMES).mkdir()
    found = found_at(fake_code)
    assert (found.failure, found.kept) == ("", False)
    assert found.code is not None


def test_whatever_fails_while_it_compiles_is_told(fake_code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> int:
        raise ValueError("nobody expects this")

    monkeypatch.setattr(Compilation, "_run_child", fail)
    found = found_at(fake_code)
    assert not found.busy
    assert "stay eager" in found.failure


def test_what_has_failed_is_tried_again_by_another_run_and_when_it_is_chosen_again(fake_code: Path) -> None:
    trainer = Trainer(POINTS, LINE)
    trainer.prepare_engine()
    first = trainer.engine.compilation
    assert first is not None
    first.wait()
    trainer.prepare_engine()
    assert trainer.engine.compilation is first, "a change of the run is no reason"
    other = Trainer(POINTS, LINE)
    other.prepare_engine()
    second = other.engine.compilation
    assert second is not None
    second.wait()
    other.engine.rest()
    other.prepare_engine()
    third = other.engine.compilation
    assert third is not None
    third.wait()
    assert len({id(found) for found in (first, second, third)}) == 3


def test_the_other_process_finds_what_the_person_has_added(monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(Path(core.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", "mine")
    found = _environment("room")
    assert found["PYTHONPATH"].split(os.pathsep) == [root, "mine"]
    assert [found[name] for name in ("TMPDIR", "TEMP", "TMP")] == ["room"] * 3
    monkeypatch.delenv("PYTHONPATH")
    assert _environment("room")["PYTHONPATH"] == root


class FakeChild:
    """A process that has ended, if it has a status."""

    pid = 1 << 30

    def __init__(self, returncode: int | None) -> None:
        self.returncode = returncode


@pytest.mark.skipif(os.name != "posix", reason="there are no groups of processes")
@pytest.mark.parametrize("status", [None, 0])
def test_only_a_process_that_has_not_ended_is_killed(
    status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = []

    def refuse(group: int, _signal: int) -> None:
        killed.append(group)
        raise PermissionError

    monkeypatch.setattr(os, "killpg", refuse)
    _end(cast("subprocess.Popen[bytes]", FakeChild(status)))
    assert killed == ([] if status == 0 else [FakeChild.pid])


def test_a_run_that_is_closed_has_nothing_compiled_by_a_step_under_way(fake_code: Path) -> None:
    trainer = Trainer(POINTS, LINE)
    trainer.step()
    trainer.engine.close()
    trainer.leap()
    trainer.prepare_engine()
    assert trainer.engine.compilation is None


def test_code_refuses_what_it_is_not_made_for() -> None:
    code = compiled().engine.compilation
    assert code is not None
    assert code.code is not None
    with pytest.raises(RuntimeError, match="takes 12 tensors, not 1"):
        code.code([torch.zeros(1)])


def test_a_torch_without_its_own_way_to_the_code_leaves_the_steps_eager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled()
    monkeypatch.setattr(Compilation, "_run_child", lambda *_arguments: 0)
    monkeypatch.delattr("torch._C._aoti")
    monkeypatch.delitem(sys.modules, "torch._C._aoti", raising=False)
    found = found_at(code_path(kind_of(LINE, 1, 50, False)))
    assert found.code is None
    assert "stay eager" in found.failure


def test_another_program_asks_for_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "training" / "losses.py"
    file.parent.mkdir()
    found = set()
    for text in ("one", "two"):
        file.write_text(text)
        digest = sources_digest(tmp_path)
        monkeypatch.setattr(compiler, "sources_digest", lambda digest=digest: digest)
        makers.cache_clear()
        found.add(code_path(kind_of(LINE, 1, 50, False)))
    makers.cache_clear()
    assert len(found) == 2


def test_all_that_is_written_into_code_is_among_its_sources() -> None:
    runs = {row.runs for table in (MODELS, LOSSES, OPTIMIZERS) for row in table.values()}
    modules = {run.rpartition(".")[0] for run in runs if run.startswith("core.")}
    for module in {*modules, scaled_loss.__module__, program.__name__}:
        assert "/".join(module.split(".")[1:-1]) in FOLDERS


# --- on the command line -------------------------------------------------------------------------------


def train(tmp_path: Path, *words: object) -> int:
    """Do what the command line asks for, on some points; the exit status."""
    file = tmp_path / "points.csv"
    save_points(POINTS, file)
    return cli.run(cli.parse(["train", str(file), "--engine", "compiled", *map(str, words)]))


def test_the_command_line_says_what_was_compiled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    COMPILER.wanted(kind_of(LINE, 1, 50, False)).wait()
    assert train(tmp_path, "--lr", 1e-4, "--steps", 3000, "--json") == 0
    out, error = capsys.readouterr()
    assert json.loads(out)["steps"] == 3000
    found = re.match(r"Compiled steps: ([0-9,]+) of 3,000;", error)
    assert found is not None
    assert int(found[1].replace(",", "")) > 0


def test_a_run_that_is_over_before_its_code_says_so_and_leaves_nothing(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(empty_folder, "--steps", 5) == 0
    assert "All steps were eager" in capsys.readouterr().err
    assert not list(empty_folder.rglob("*.so"))


class Terminal(io.StringIO):
    """A standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_progress_tells_how_far_the_code_is(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert train(empty_folder, "--steps", 5) == 0
    assert "compiling 0 s" in terminal.getvalue()


def test_a_kind_survives_the_way_to_another_process() -> None:
    settings = replace(LINE, model="mlp", loss="huber", options={"huber.delta": 0.3, "mlp.layers": 3}, l1=0.1)
    kind = kind_of(settings, 2, 50, True)
    assert Kind.from_text(kind.text()) == kind


def test_everything_that_code_depends_on_has_a_kind_of_its_own() -> None:
    kinds = {
        kind_of(replace(LINE, **choice), columns, 50, held).key("")
        for choice, columns, held in [
            ({}, 1, False),
            ({}, 2, False),
            ({}, 1, True),
            ({"batch_size": 10}, 1, False),
            ({"loss": "mae"}, 1, False),
            ({"dtype": "float64"}, 1, False),
            ({"options": {"adam.beta1": 0.8}}, 1, False),
            ({"clip_norm": 1.0}, 1, False),
            ({"clip_norm": 2.0}, 1, False),
            ({"l1": 0.5}, 1, False),
        ]
    }
    assert len(kinds) == 10
    assert kind_of(replace(LINE, batch_size=7, learning_rate=0.5, seed=3), 1, 50, False) == kind_of(
        replace(LINE, batch_size=9), 1, 12, False
    )
