"""What is timed of a run, that all ways to make its steps make the same ones, and what the figures say."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.experiment import Points, Settings, generate
from core.problem import Problem
from core.training import Trainer
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import kind_of
from core.training.devices import Device
from core.training.speed import compile_clock, contenders, measure, verdicts
from core.training.speed.as_text import as_text
from core.training.speed.compile_clock import CompileClock
from core.training.speed.contenders import LoopContender, TrainerContender
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
    break_even,
    with_compiling,
)
from core.training.speed.loop_code import loop_code
from core.training.speed.loops import data_loader_loop
from core.training.speed.measure import Measurement
from core.training.speed.plan import (
    Budget,
    batch_ladder,
    in_each_step,
    measured_points,
    measured_settings,
    resized,
)
from core.training.speed.race import Entry, Race
from core.training.speed.words import duration, round_text
from core.training.speed.worker import SpeedWorker

LINE = generate("line", {"count": 24})
RUN = Settings(epochs=None, learning_rate=0.01)
STEPS = 30
CLOSE = 1e-4
QUICK = Budget(seconds=1e-4, rounds=2, sizes=(2, 48))
CPU_ONLY = (Device("cpu", "CPU"),)
LOOPS = (LOADER, BARE)

compiles = pytest.mark.timeout(240)  # on a machine that is busy with other tests


@pytest.fixture(autouse=True)
def shared_code(person: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> Iterator[None]:
    """Code is kept for all tests of this file, whoever they are about."""
    base: Path = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "compiled_code"
    monkeypatch.setenv("FITSCOPE_DATA", str(folder))
    yield
    COMPILER.forget()


def no_wait(_seconds: float) -> bool:
    return False


def measured(
    points: Points = LINE,
    settings: Settings = RUN,
    devices: tuple[Device, ...] = CPU_ONLY,
    budget: Budget = QUICK,
    before: Compiling | None = None,
) -> list[Report]:
    """Every report of a measuring to its end."""
    reports: list[Report] = []
    wait = threading.Event().wait
    Measurement(points, settings, devices, budget, before, reports.append, wait).run()
    return reports


def known(settings: Settings = RUN, seconds: float = 12.0) -> Compiling:
    """How long compiling takes, as if it had been timed before."""
    kind = kind_of(measured_settings(settings), 1, len(LINE), held=False)
    return Compiling(kind.key(""), seconds)


def without_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.speed.compile_clock.why_not", lambda _settings, _device: "Not now.")


class ReadyClock:
    """Code is there at once, and takes 12 seconds to compile."""

    ready, reason = True, ""

    def __init__(self, _points: Points, settings: Settings, before: Compiling | None = None) -> None:
        self.compiling = known(settings)

    def run(self, _wait: object) -> None:
        """Nothing is left to be done."""

    again = run


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled steps, which eager ones stand in for."""

    def make(way: Way, points: Points, settings: Settings) -> contenders.Contender:
        return contenders.contender(way._replace(loop=EAGER), points, replace(settings, engine="eager"))

    def stand_in(way: Way, points: Points, settings: Settings) -> contenders.Contender:
        return (make if way.loop == COMPILED else contenders.contender)(way, points, settings)

    monkeypatch.setattr(measure, "CompileClock", ReadyClock)
    monkeypatch.setattr(measure, "contender", stand_in)


# --- the loops --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_loop_of_a_course_comes_where_the_trainer_comes(loop: str, optimizer: str) -> None:
    settings = replace(RUN, optimizer=optimizer, learning_rate=OPTIMIZERS[optimizer].learning_rate / 10)
    assert_same_steps(loop, settings)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    "changes",
    [
        *({"model": key} for key in MODELS),
        *({"loss": key} for key in LOSSES),
        {"standardise": True, "loss": "huber", "options": {"huber.delta": 0.3}},
        {"dtype": "float64", "optimizer": "sgd", "options": {"sgd.momentum": 0.9}},
    ],
)
def test_whatever_the_model_and_the_loss(loop: str, changes: dict[str, Any]) -> None:
    assert_same_steps(loop, replace(RUN, learning_rate=1e-3, **changes))


def assert_same_steps(loop: str, settings: Settings) -> None:
    """On all points, a loop and the trainer come to the same parameters but for rounding."""
    contender, trainer = LoopContender(Way(loop), LINE, settings), Trainer(LINE, settings)
    start = [array.copy() for array in trainer.fit.arrays()]
    assert contender.go(STEPS) == STEPS
    for _step in range(STEPS):
        trainer.step()
    for ours, theirs, first in zip(contender.parameters, trainer.fit.arrays(), start, strict=True):
        assert ours.detach().numpy() == pytest.approx(theirs, rel=CLOSE, abs=CLOSE)
        assert not np.array_equal(theirs, first), "it has not moved"


@pytest.mark.parametrize("loop", LOOPS)
def test_a_pass_takes_every_point_once_in_batches_of_the_size(loop: str) -> None:
    seen: list[torch.Tensor] = []
    x, generator = torch.arange(10.0).reshape(-1, 1), torch.Generator().manual_seed(0)
    for _loss in islice(contenders.LOOPS[loop](x, x, 4, generator, lambda xs, _ys: seen.append(xs)), 6):
        pass
    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    first, second = (torch.cat(seen[place : place + 3]).flatten().tolist() for place in (0, 3))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


def test_the_loops_leave_global_chance_alone() -> None:
    x, generator = torch.arange(10.0).reshape(-1, 1), torch.Generator().manual_seed(0)
    before = torch.get_rng_state()
    next(data_loader_loop(x, x, 4, generator, lambda _xs, _ys: None))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_the_code_that_is_shown_runs_and_makes_the_same_steps(optimizer: str) -> None:
    settings = replace(RUN, optimizer=optimizer)
    shown: dict[str, Any] = {
        "torch": torch,
        "TensorDataset": torch.utils.data.TensorDataset,
        "DataLoader": torch.utils.data.DataLoader,
    }
    exec(loop_code(settings), shown)  # it is ours, as it stands in the program
    model = torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(model.weight)
    step = shown["with_closure" if optimizer == "lbfgs" else "five_lines"](
        model, torch.nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1)
    )
    x = torch.linspace(-1, 1, 8).reshape(-1, 1)
    losses = list(islice(shown["bare_loop"](x, 2 * x, 8, torch.Generator(), step), 20))
    assert losses[-1] < losses[0] / 5


# --- what is timed ----------------------------------------------------------------------------------------


def test_what_is_measured_neither_arrives_nor_stops() -> None:
    asked = Settings(
        epochs=5, patience=3, schedule="cosine", clip_norm=1.0, l1=0.1, validation=0.5, engine="compiled"
    )
    taken = measured_settings(asked)
    assert (taken.epochs, taken.patience, taken.schedule, taken.clip_norm) == (None, None, "constant", None)
    assert (taken.l1, taken.validation, taken.engine, taken.device) == (0.0, 0.0, "eager", "cpu")
    assert (taken.model, taken.loss, taken.optimizer) == (asked.model, asked.loss, asked.optimizer)


def test_it_measures_upon_the_points_that_are_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    settings = Settings(validation=0.25)
    assert len(measured_points(LINE, settings)) == 18
    assert measured_points(LINE, Settings()) is LINE
    assert measured(settings=settings)[-1].points == 18


def test_the_batch_sizes_go_from_one_point_to_all_and_have_the_chosen_one() -> None:
    assert batch_ladder(100, 100) == (1, 8, 32, 100)
    assert batch_ladder(100, 10) == (1, 8, 10, 32, 100)
    assert batch_ladder(1, 1) == (1,)
    assert in_each_step(24, Settings(batch_size=100)) == 24


def test_points_are_repeated_as_often_as_it_takes() -> None:
    more = resized(LINE, 100)
    assert len(more) == 100
    assert np.array_equal(more.x[24:48], LINE.x)
    assert np.array_equal(resized(LINE, 2).y, LINE.y[:2])


@pytest.mark.usefixtures("code")
def test_a_measuring_times_every_way_every_batch_and_every_size() -> None:
    reports = measured()
    last = reports[-1]
    assert [f.way for f in last.ways] == [
        Way(LOADER),
        Way(BARE),
        Way(EAGER),
        Way(COMPILED),
        Way(WITH_COMPILING),
    ]
    assert [(f.size, f.way.loop) for f in last.batches] == [
        (size, loop) for size in (1, 8, 24) for loop in (LOADER, EAGER, COMPILED)
    ]
    assert [(f.size, f.way.loop) for f in last.sizes] == [
        (size, loop) for size in (2, 24, 48) for loop in (EAGER, COMPILED)
    ]
    for figure in (*last.ways, *last.batches, *last.sizes):
        assert figure.rate is not None, figure
        assert 0 < figure.low <= figure.rate <= figure.high
    assert last.complete
    assert last.done == 1
    assert last.compiling == known()
    compiled, slow = last.ways[-2:]
    assert slow.rate == pytest.approx(with_compiling(compiled.rate or 0, 12.0, last.planned))
    assert 0 < last.share <= 1.5
    shares = [report.done for report in reports]
    assert shares == sorted(shares)
    assert reports[0].ways[0].rate is not None, "the first bar comes with the first turn"


@pytest.mark.usefixtures("code")
def test_what_is_timed_again_is_shown_until_it_is() -> None:
    reports = measured()
    for one, two in pairwise(report for report in reports if report.sizes):
        for figure in one.sizes:
            assert figure.rate is None or any(
                (f.way, f.size) == (figure.way, figure.size) and f.rate is not None for f in two.sizes
            )


@pytest.mark.usefixtures("code")
def test_with_batches_each_size_is_one_of_batches() -> None:
    last = measured(settings=replace(RUN, batch_size=8))[-1]
    assert last.batch == 8
    assert {f.size for f in last.ways} == {8}
    assert {f.size for f in last.sizes} == {2, 8, 48}
    assert all(f.rate for f in last.sizes)


def test_the_planned_steps_are_those_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    assert measured(settings=Settings(epochs=7, batch_size=8))[-1].planned == 21
    assert measured(settings=Settings(epochs=7, steps=5))[-1].planned == 5


def test_a_run_whose_steps_stay_eager_is_not_said_to_be_faster_compiled() -> None:
    last = measured(settings=replace(RUN, schedule="plateau"))[-1]
    assert last.no_code.startswith("This schedule looks at the loss of every step")
    assert {f.way.loop for f in (*last.ways, *last.batches, *last.sizes)} == {LOADER, BARE, EAGER}
    assert last.complete


def test_it_says_what_of_the_run_is_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    surrounded = replace(RUN, schedule="cosine", l1=0.1, threads=2)
    text = as_text(measured(settings=surrounded)[-1])
    assert "Left aside, so that all ways do the same: Schedule, L1 penalty, Threads." in text
    assert "at a learning rate of 1e-6" in text
    assert "Left aside" not in as_text(measured()[-1])


@pytest.mark.usefixtures("code")
def test_whatever_is_timed_takes_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []

    def noted(*entry: Any) -> contenders.Contender:
        found.append(torch.get_num_threads())
        return stand_in(*entry)

    stand_in = measure.contender
    monkeypatch.setattr(measure, "contender", noted)
    torch.set_num_threads(2)  # as the step of another run may have done a moment ago
    measured(settings=replace(RUN, threads=2))
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    assert set(found) == {1}


def test_without_code_the_rest_is_timed_and_the_reason_is_said() -> None:
    last = measured(settings=replace(RUN, optimizer="lbfgs"))[-1]
    assert {f.way.loop for f in last.ways} == {LOADER, BARE, EAGER}
    assert {f.way.loop for f in last.sizes} == {EAGER}
    assert last.no_code.startswith("LBFGS")
    assert last.no_code in verdicts.ways_verdict(last)
    assert last.complete


def test_what_cannot_be_trained_on_is_refused() -> None:
    with pytest.raises(Problem, match="no points"):
        measured(Points())


def test_one_point_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    last = measured(Points([1.0], [2.0]))[-1]
    assert [f.size for f in last.batches] == [1, 1]
    assert "one point" in verdicts.batch_verdict(last)


def test_a_device_that_works_takes_part_and_one_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    monkeypatch.setattr(measure, "MORE_SIZES", (96,))
    last = measured(devices=(*CPU_ONLY, Device("cpu:0", "one more")))[-1]
    here = [f for f in last.ways if f.way.device == "cpu:0"]
    assert [f.way.loop for f in here] == [BARE, EAGER]
    assert {f.size for f in last.sizes} == {2, 24, 48, 96}
    assert last.no_gpu == ""
    broken = measured(devices=(*CPU_ONLY, Device("cuda", "one more", "It is broken.")))[-1]
    assert {f.way.device for f in broken.ways} == {"cpu"}
    assert broken.no_gpu == "It is broken."


def test_a_device_that_fails_on_the_way_has_its_reason_for_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    last = measured(devices=(*CPU_ONLY, Device("meta", "has no numbers")))[-1]
    failed = [f for f in last.ways if f.way.device == "meta"]
    assert [f.rate for f in failed] == [None, None]
    assert all(f.reason for f in failed)
    assert last.complete


def test_a_run_that_diverges_even_slowly_begins_again_and_is_timed() -> None:
    far = Points(LINE.x * 1e9, LINE.y * 1e9)
    made = TrainerContender(Way(EAGER), far, measured_settings(Settings(optimizer="sgd")))
    race = Race([Entry(Way(EAGER), 24, lambda: made)], QUICK)
    first = made.trainer.run
    assert len(list(race.run())) == 3
    assert made.trainer.stopped == "diverged"
    assert made.trainer.run > first
    assert race.figures()[0].rate is not None


def test_a_run_that_arrives_begins_again() -> None:
    settings = measured_settings(Settings(optimizer="rprop"))
    contender = TrainerContender(Way(EAGER), LINE, settings)
    runs = set()
    for _turn in range(40):
        contender.begin()
        assert contender.go(64) > 0
        runs.add(contender.trainer.run)
    assert len(runs) > 1


@compiles
def test_compiled_steps_are_made_by_their_code_and_are_the_eager_ones() -> None:
    settings = replace(measured_settings(RUN), engine="compiled")
    COMPILER.wanted(kind_of(settings, 1, len(LINE), held=False)).wait()
    contender = TrainerContender(Way(COMPILED), LINE, settings)
    eager = Trainer(LINE, replace(settings, engine="eager"))
    made = contender.go(200)
    assert made >= 200
    assert contender.trainer.engine.ready
    for _step in range(contender.trainer.latest.step):
        eager.step()
    for ours, theirs in zip(contender.trainer.fit.arrays(), eager.fit.arrays(), strict=True):
        assert ours == pytest.approx(theirs, rel=CLOSE, abs=CLOSE)


# --- compiling --------------------------------------------------------------------------------------------


class Making:
    """A compilation that is done once somebody has asked twice, and takes 7 seconds."""

    seconds = 7.0

    def __init__(self, kept: bool = False, failure: str = "") -> None:
        self.kept, self.failure = kept, failure
        self.asked = 0 if not kept else 2
        self.stopped = False

    @property
    def busy(self) -> bool:
        self.asked += 1
        return self.asked <= 2 and not self.stopped

    @property
    def code(self) -> object:
        return None if self.asked <= 2 or self.stopped or self.failure else self

    def give_up(self) -> None:
        self.stopped = True

    def wait(self) -> None:
        assert self.stopped


def clock_upon(monkeypatch: pytest.MonkeyPatch, first: Making) -> CompileClock:
    """A clock for which `first` is what the compiler has."""
    # Whoever ends more than this ends what others want, too.
    monkeypatch.setattr(compile_clock, "COMPILER", SimpleNamespace(wanted=lambda _kind: first))
    return CompileClock(LINE, measured_settings(RUN))


def test_the_time_of_new_code_is_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(compile_clock, "Compilation")  # no other one
    clock = clock_upon(monkeypatch, Making())
    clock.run(no_wait)
    clock.again(no_wait)
    assert clock.ready
    assert clock.compiling == known(seconds=7.0)


def test_code_that_was_there_is_compiled_once_more_to_time_it(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []

    def begun(_kind: object, path: Path) -> Making:
        folders.append(path.parent)
        assert path.parent.exists()
        return Making()

    monkeypatch.setattr(compile_clock, "Compilation", begun)
    clock = clock_upon(monkeypatch, Making(kept=True))
    clock.run(no_wait)
    assert clock.ready
    assert clock.compiling is None
    clock.again(no_wait)
    assert clock.compiling == known(seconds=7.0)
    assert not folders[0].exists()


def test_compiling_that_is_given_up_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    making = Making()
    clock = clock_upon(monkeypatch, making)
    clock.run(lambda _seconds: True)
    clock.again(lambda _seconds: True)
    assert making.stopped
    assert not clock.ready
    assert clock.compiling is None


def test_timing_what_was_there_that_is_given_up_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    again = Making()
    monkeypatch.setattr(compile_clock, "Compilation", lambda _kind, _path: again)
    clock = clock_upon(monkeypatch, Making(kept=True))
    clock.run(no_wait)
    clock.again(lambda _seconds: True)
    assert again.stopped
    assert clock.ready
    assert clock.compiling is None


def test_compiling_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = clock_upon(monkeypatch, Making(failure="There is no compiler."))
    clock.run(no_wait)
    assert not clock.ready
    assert clock.reason == "There is no compiler."


# --- turns ------------------------------------------------------------------------------------------------


class Stub:
    """Makes steps at once, and notes when."""

    def __init__(self, way: Way, order: list[str], fails_at: int = -1) -> None:
        self.way, self.size = way, 1
        self._order, self._fails_at = order, fails_at

    def begin(self) -> None:
        self._order.append(self.way.loop)

    def go(self, steps: int) -> int:
        if len(self._order) == self._fails_at:
            raise Problem("It fails.")
        return steps


def test_contenders_go_by_turns() -> None:
    order: list[str] = []
    entries = [Entry(Way(loop), 1, lambda loop=loop: Stub(Way(loop), order)) for loop in ("a", "b")]
    race = Race(entries, Budget(seconds=0.0, rounds=3))
    assert [entry.way.loop for entry in race.run()] == ["a", "b"] * 4
    assert order == ["a", "b"] * 4


def test_who_fails_drops_out_and_the_others_go_on() -> None:
    order: list[str] = []
    entries = [Entry(Way(loop), 1, lambda loop=loop: Stub(Way(loop), order, 3)) for loop in ("a", "b")]
    race = Race(entries, Budget(seconds=0.0, rounds=3))
    list(race.run())
    first, second = race.figures()
    assert (first.rate, first.reason) == (None, "It fails.")
    assert second.rate is not None
    assert order == ["a", "b", "a", "b", "b", "b"]


def test_a_step_that_takes_long_is_made_once_and_a_larger_one_is_left_out() -> None:
    order: list[str] = []
    entries = [Entry(Way("a"), size, lambda: Stub(Way("a"), order)) for size in (1, 1000)]
    race = Race(entries, Budget(seconds=0.0, rounds=2, longest=0.0))
    turns = race.run()
    next(turns)
    entries[0].step_seconds = 1.0  # as if it had been timed so
    list(turns)
    small, large = race.figures()
    assert small.rate is not None
    assert order == ["a"]
    assert "too long" in large.reason


# --- the thread -------------------------------------------------------------------------------------------


def test_the_thread_measures_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    without_code(monkeypatch)
    worker = SpeedWorker(LINE, RUN, budget=QUICK)
    assert not worker.running
    worker.start()
    assert worker.wait(30)
    assert worker.error is None
    assert worker.latest.complete


def test_it_ends_when_it_is_told_to_and_keeps_what_it_has() -> None:
    worker = SpeedWorker(LINE, RUN, budget=replace(QUICK, rounds=10**6))
    worker.start()
    while worker.running and not worker.latest.ways:
        worker.wait(0.001)
    assert worker.end(10)
    assert worker.error is None
    assert worker.latest.ways
    assert not worker.latest.complete


def test_compiling_can_be_given_up() -> None:
    settings = replace(RUN, model="polynomial", options={"polynomial.degree": 9}, loss="log_cosh")
    reports: list[Report] = []

    def wait(_seconds: float) -> bool:
        return "Compiling" in reports[-1].doing

    Measurement(LINE, settings, CPU_ONLY, QUICK, None, reports.append, wait).run()
    last = reports[-1]
    assert last.compiling is None
    assert last.sizes, "what takes but a moment comes before compiling"
    assert not last.complete
    assert not COMPILER_busy()


def COMPILER_busy() -> bool:  # noqa: N802
    return any(compilation.busy for compilation in COMPILER._known.values())


def test_a_failure_is_handed_over() -> None:
    worker = SpeedWorker(Points(), RUN, budget=QUICK)
    worker.start()
    assert worker.wait(30)
    assert isinstance(worker.error, Problem)


# --- what the figures say ---------------------------------------------------------------------------------


def figure(loop: str, rate: float | None, size: int = 128, device: str = "cpu") -> Figure:
    return Figure(Way(loop, device), size, rate, rate or 0.0, rate or 0.0)


def report(**changes: Any) -> Report:
    return replace(Report(points=128, batch=128, planned=1000, no_gpu="No GPU."), **changes)


WAYS = (figure(LOADER, 1000), figure(BARE, 4000), figure(EAGER, 3500), figure(COMPILED, 100_000))


def test_compiling_pays_from_where_the_saved_time_is_as_long() -> None:
    needed = break_even(1000, 10_000, 9.0)
    assert needed == pytest.approx(10_000)
    assert needed is not None
    assert with_compiling(10_000, 9.0, round(needed)) == pytest.approx(1000)
    assert break_even(1000, 1000, 9.0) is None
    assert break_even(1000, 900, 9.0) is None


def test_the_fastest_way_is_named_with_how_many_times_and_why() -> None:
    said = verdicts.ways_verdict(report(ways=WAYS))
    assert said.startswith("Fastest: Compiled. It makes 100 times")
    assert "DataLoader loop" in said
    assert "many steps in one call" in said
    eager = verdicts.ways_verdict(report(ways=WAYS[:3]))
    assert eager.startswith("Fastest: Bare loop. It makes 4.0 times")
    assert "five lines" in eager
    gpu = verdicts.ways_verdict(report(ways=(*WAYS, figure(EAGER, 200_000, device="cuda"))))
    assert gpu.startswith("Fastest: Eager on CUDA. It makes 200 times")


def test_the_time_with_compiling_is_never_the_slowest_way() -> None:
    said = verdicts.ways_verdict(report(ways=(*WAYS, figure(WITH_COMPILING, 1))))
    assert "100 times" in said


def test_equally_fast_ways_are_said_to_be_so() -> None:
    said = verdicts.ways_verdict(report(ways=(figure(LOADER, 100), figure(BARE, 105))))
    assert "equally fast" in said
    assert "hardly anything" in said


def test_where_a_step_calculates_for_long_the_data_loader_costs_little_for_all_its_points() -> None:
    few = verdicts.ways_verdict(report(ways=(figure(LOADER, 1000), figure(BARE, 1050))))
    assert "hardly anything here, since a step takes so few points." in few
    many = verdicts.ways_verdict(report(ways=(figure(LOADER, 10, 5000), figure(BARE, 10.5, 5000))))
    assert "hardly anything here, since calculating takes far longer." in many
    assert "so few points" not in many


def test_the_data_loader_has_its_share_of_the_time() -> None:
    assert "takes 75%" in verdicts.ways_verdict(report(ways=WAYS))


@pytest.mark.parametrize(("planned", "ends"), [(36_000, "it does."), (1000, "left its code.")])
def test_it_says_from_which_step_on_compiling_pays(planned: int, ends: str) -> None:
    said = verdicts.ways_verdict(report(ways=WAYS, planned=planned, compiling=Compiling("", 9.65)))
    assert "pays from about 35,000 steps on" in said
    assert f"{planned:,}" in said
    assert said.endswith(ends)


def test_compiled_steps_that_are_not_faster_never_pay() -> None:
    ways = (*WAYS[:3], figure(COMPILED, 3000))
    said = verdicts.ways_verdict(report(ways=ways, compiling=Compiling("", 9.65)))
    assert "does not pay, however long" in said


def batches(*rates: tuple[int, float]) -> tuple[Figure, ...]:
    return tuple(figure(EAGER, rate, size) for size, rate in rates)


def test_a_larger_batch_is_a_faster_pass_with_fewer_updates() -> None:
    said = verdicts.batch_verdict(report(batches=batches((1, 1000), (32, 1000), (128, 1000))))
    assert "takes 128 ms in batches of 1, 1.00 ms in batches of 128" in said
    assert "hardly longer" in said
    assert "128 instead of 1" in said
    assert "Compiled" not in said
    compiled = (figure(COMPILED, 10_000, 1), figure(COMPILED, 10_000, 128))
    said = verdicts.batch_verdict(report(batches=(*batches((1, 1000), (128, 1000)), *compiled)))
    assert "Compiled, the pass in batches of 1 takes 12.8 ms." in said


def test_a_step_that_takes_longer_with_more_points_says_how_much() -> None:
    said = verdicts.batch_verdict(report(batches=batches((1, 1000), (128, 100))))
    assert "10 times as long as one on 1, not 128 times" in said
    said = verdicts.batch_verdict(report(batches=batches((1, 1280), (128, 10))))
    assert "130 times as long as one on 1. But" in said


def sizes(loop: str, *rates: tuple[int, float], device: str = "cpu") -> tuple[Figure, ...]:
    return tuple(figure(loop, rate, size, device) for size, rate in rates)


EAGER_SIZES = sizes(EAGER, (2, 4000), (128, 3800), (1000, 3000), (100_000, 400))


def test_what_surrounds_the_calculation_is_what_few_points_take_too() -> None:
    alike = report(sizes=EAGER_SIZES)
    assert verdicts.around_the_calculation(alike) == pytest.approx(0.95)
    much = report(batch=100_000, sizes=EAGER_SIZES)
    assert verdicts.around_the_calculation(much) == pytest.approx(0.1)
    assert verdicts.around_the_calculation(report(batch=7, sizes=EAGER_SIZES)) is None
    faster = report(sizes=sizes(EAGER, (2, 4000), (128, 4100)))
    assert verdicts.around_the_calculation(faster) == 1


def test_without_a_gpu_it_says_what_one_could_do_at_most() -> None:
    few = verdicts.size_verdict(report(sizes=EAGER_SIZES))
    assert "No GPU." in few
    assert "hardly pay" in few
    many = verdicts.size_verdict(report(batch=100_000, sizes=EAGER_SIZES))
    assert "10% of an eager step" in many
    assert "10 times as fast at most" in many


def test_it_says_from_which_size_on_compiled_steps_pay_no_more() -> None:
    always = sizes(COMPILED, (2, 80_000), (128, 76_000), (1000, 30_000), (100_000, 2000))
    said = verdicts.size_verdict(report(sizes=(*EAGER_SIZES, *always)))
    assert "20 times as fast as eager ones on 2 points, 5.0 times on 100,000" in said
    ends = sizes(COMPILED, (2, 80_000), (128, 76_000), (1000, 30_000), (100_000, 410))
    assert "not faster from 100,000 points" in verdicts.size_verdict(report(sizes=(*EAGER_SIZES, *ends)))


def test_compiled_steps_that_are_no_faster_somewhere_between_are_faster_from_there_on() -> None:
    between = sizes(COMPILED, (2, 12_000), (128, 4180), (1000, 3000), (100_000, 1200))
    said = verdicts.size_verdict(report(sizes=(*EAGER_SIZES, *between)))
    assert "not faster from" not in said
    assert "3.0 times as fast as eager ones on 2 points, 3.0 times on 100,000" in said


def test_it_says_from_which_size_on_a_gpu_pays() -> None:
    gpu = sizes(EAGER, (2, 2000), (128, 2000), (1000, 2000), (100_000, 2000), device="cuda")
    said = verdicts.size_verdict(report(no_gpu="", sizes=(*EAGER_SIZES, *gpu)))
    assert "CUDA pays from 100,000 points in a step on, where it is 5.0 times as fast" in said
    assert "with 128 points it does not" in said
    compiled = sizes(COMPILED, (100_000, 3000))
    faster = verdicts.size_verdict(report(no_gpu="", sizes=(*EAGER_SIZES, *gpu, *compiled)))
    assert "faster still" in faster
    assert "faster still" not in said
    large = verdicts.size_verdict(report(no_gpu="", batch=100_000, sizes=(*EAGER_SIZES, *gpu)))
    assert "it does not" not in large


def test_a_gpu_that_never_pays_is_said_not_to() -> None:
    gpu = sizes(EAGER, (2, 2000), (128, 2000), (1000, 2000), (100_000, 300), device="cuda")
    said = verdicts.size_verdict(report(no_gpu="", sizes=(*EAGER_SIZES, *gpu)))
    assert "CUDA does not pay up to 100,000 points in a step: on 2 points one takes 500 µs there" in said
    assert "250 µs on the CPU" in said


def test_a_gpu_that_pays_only_somewhere_does_not_pay_from_there_on() -> None:
    slow, gpu = sizes(EAGER, (2, 100), (9, 100)), sizes(EAGER, (2, 900), (9, 50), device="cuda")
    assert verdicts.pays_from(list(slow), list(gpu)) is None


def test_other_work_is_said_to_disturb() -> None:
    assert verdicts.disturbed_sentence(report(share=0.99)) == ""
    assert "took 40% of the time" in verdicts.disturbed_sentence(report(share=0.6))


def test_nothing_is_said_of_what_is_not_known() -> None:
    empty = Report()
    for verdict in (verdicts.ways_verdict, verdicts.batch_verdict, verdicts.size_verdict):
        assert verdict(empty) == ""
    waiting = report(no_gpu="", ways=(figure(LOADER, None),), batches=(figure(EAGER, None),))
    assert verdicts.ways_verdict(waiting) == verdicts.batch_verdict(waiting) == ""


# --- words ------------------------------------------------------------------------------------------------


def test_figures_are_written_without_powers_of_ten() -> None:
    assert [round_text(v) for v in (0.0123, 9.876, 123.4, 99_950, 1_234_567)] == [
        "0.0123",
        "9.88",
        "123",
        "100,000" if math.isclose(float(f"{99_950:.2e}"), 1e5) else "99,900",
        "1,230,000",
    ]


def test_times_are_written_in_a_unit_that_fits() -> None:
    assert [duration(s) for s in (12.3, 0.0456, 0.00032, 1e-7)] == ["12.3 s", "45.6 ms", "320 µs", "0.100 µs"]


def test_the_text_has_every_figure_and_every_sentence() -> None:
    whole = report(
        ways=(*WAYS, figure(WITH_COMPILING, 103)),
        batches=batches((1, 1000), (128, 1000)),
        sizes=EAGER_SIZES,
        compiling=Compiling("", 9.65),
        torch="2.13.0",
    )
    text = as_text(whole)
    for line in (
        "DataLoader loop\t1,000 steps/s",
        "103 steps/s over a run of 1,000 steps",
        "2\tEager\t4,000 steps/s",
    ):
        assert line in text
    for verdict in (verdicts.ways_verdict, verdicts.batch_verdict, verdicts.size_verdict):
        assert verdict(whole) in text
    assert "PyTorch 2.13.0" in text
