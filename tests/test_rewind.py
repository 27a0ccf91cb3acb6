"""Going back in a run, on as before, branching off, repeating a recorded run: always the same bits."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.choices import OPTIMIZERS, SCHEDULES
from core.experiment import Experiment, Points, Settings
from core.experiment.file import dumps, loads
from core.training import Snapshot, Trainer, Worker
from core.training import checkpoints as checkpoints_module
from core.training import trainer as trainer_module
from core.training.compiled import compiler as compiler_module

STEPS = 140


def cloud(count: int = 40) -> Points:
    rng = np.random.default_rng(3)
    x = rng.uniform(-2, 4, count)
    return Points(x, 0.8 * x - 1 + rng.normal(0, 0.5, count))


POINTS = cloud()
ENDLESS = Settings(epochs=None, learning_rate=0.003)


def run(trainer: Trainer, steps: int = STEPS) -> list[Snapshot]:
    """The snapshots of the next steps, whatever the rules say."""
    snapshots = []
    for _step in range(steps):
        trainer.go_on()
        snapshots.append(trainer.step())
    return snapshots


def bits(snapshot: Snapshot) -> tuple[object, ...]:
    """Everything about a step, to the last bit; not which run it belongs to."""
    numbers = (snapshot.loss, snapshot.validation_loss, snapshot.learning_rate)
    return snapshot.step, snapshot.epoch, numbers, tuple(array.tobytes() for array in snapshot.arrays)


def rows() -> list[Any]:
    """Settings of every kind that a step can depend on."""
    found = [pytest.param({"optimizer": key}, id=key) for key in OPTIMIZERS]
    found += [pytest.param({"schedule": key, "batch_size": 7}, id=key) for key in SCHEDULES]
    return [
        *found,
        pytest.param(
            {"optimizer": "sgd", "options": {"sgd.momentum": 0.9, "sgd.nesterov": True}}, id="nesterov"
        ),
        pytest.param({"options": {"adam.amsgrad": True}, "dtype": "float64"}, id="amsgrad"),
        pytest.param({"optimizer": "nadam", "dtype": "float64", "batch_size": 11}, id="nadam in float64"),
        pytest.param({"model": "mlp", "batch_size": 9, "standardise": True}, id="network"),
        pytest.param(
            {"model": "polynomial", "validation": 0.3, "l1": 0.01, "clip_norm": 0.5}, id="penalties"
        ),
    ]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("choices", rows())
def test_every_step_that_is_gone_to_is_the_one_that_was(choices: dict[str, Any]) -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, **choices))
    start = trainer.latest
    known = [start, *run(trainer)]
    rng = random.Random(1)
    for _time in range(12):
        step = rng.randrange(len(known))
        assert bits(trainer.go_to(step)) == bits(known[step])
        assert trainer.latest.step == step
        assert trainer.tip is known[-1]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("choices", rows())
def test_from_an_earlier_step_it_goes_on_exactly_as_the_first_time(choices: dict[str, Any]) -> None:
    settings = replace(ENDLESS, **choices)
    trainer, unbroken = Trainer(POINTS, settings), Trainer(POINTS, settings)
    expected = run(unbroken, STEPS + 20)
    run(trainer)
    losses = trainer.history.losses().low.tolist()
    for step in (110, 0, 128, 127, STEPS - 1):
        trainer.go_to(step)
        assert [bits(s) for s in run(trainer, 5)] == [bits(s) for s in expected[step : step + 5]]
        assert trainer.history.losses().low[: len(losses)].tolist() == losses
    trainer.go_to(130)
    assert [bits(s) for s in run(trainer, 30)] == [bits(s) for s in expected[130:]]
    assert trainer.history.losses().steps == STEPS + 20
    assert trainer.ghost is None


def changes(points: Points) -> list[Callable[[Trainer], None]]:
    """What a person does in mid-run."""
    now = ENDLESS
    return [
        lambda t: t.change(settings=replace(now, learning_rate=0.02)),
        lambda t: t.change(points.added([5.0], [1.0]), replace(now, learning_rate=0.02)),
        lambda t: t.change(settings=replace(now, loss="mae", batch_size=8)),
        lambda t: t.change(points, replace(now, loss="huber", validation=0.25)),
    ]


def changed_run(settings: Settings = ENDLESS) -> tuple[Trainer, list[Snapshot]]:
    """A run with a change after every 30 steps."""
    trainer = Trainer(POINTS, settings)
    known = [trainer.latest]
    for change in changes(POINTS):
        known += run(trainer, 30)
        change(trainer)
    return trainer, known + run(trainer, 30)


def test_changes_made_on_the_way_are_gone_through_again() -> None:
    trainer, known = changed_run()
    for step in (100, 31, 30, 29, 0, 149, 60, 90, 91):
        assert bits(trainer.go_to(step)) == bits(known[step])
    trainer.go_to(10)
    assert [bits(s) for s in run(trainer, 140)] == [bits(s) for s in known[11:]]


def test_a_recorded_run_repeats_from_its_file() -> None:
    trainer, known = changed_run()
    experiment = loads(dumps(Experiment(*trainer.wanted, trainer.earlier)))
    repeated = Trainer(experiment.points, experiment.settings, experiment.earlier)
    assert [bits(s) for s in run(repeated, len(known) - 1)] == [bits(s) for s in known[1:]]
    assert [stretch.until for stretch in repeated.earlier] == [30, 60, 90, 120]


def test_a_change_in_the_past_begins_a_branch_and_leaves_a_ghost() -> None:
    trainer, known = changed_run()
    losses = trainer.history.losses().low.tolist()
    trainer.go_to(45)
    trainer.change(settings=replace(ENDLESS, learning_rate=0.05))
    after = run(trainer, 20)
    assert trainer.ghost is not None
    assert (trainer.ghost.step, trainer.ghost.snapshot) == (45, known[-1])
    assert trainer.ghost.losses.low.tolist() == losses
    assert trainer.history.losses().low.tolist() == [*losses[:45], *(s.loss for s in after)]
    assert trainer.tip is after[-1]

    straight = Trainer(POINTS, ENDLESS)
    run(straight, 30)
    changes(POINTS)[0](straight)
    run(straight, 15)
    straight.change(trainer.wanted.points, trainer.wanted.settings)
    assert [bits(s) for s in run(straight, 20)] == [bits(s) for s in after]
    assert bits(trainer.go_to(40)) == bits(known[40])


def test_what_is_changed_and_changed_back_begins_no_branch() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = run(trainer, 60)
    trainer.go_to(20)
    trainer.change(settings=replace(ENDLESS, loss="mae"))
    trainer.change(settings=replace(ENDLESS))
    assert [bits(s) for s in run(trainer, 10)] == [bits(s) for s in known[20:30]]
    assert trainer.ghost is None


def test_another_engine_makes_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler_module.COMPILER, "wanted", refuse)
    trainer = Trainer(POINTS, ENDLESS)
    known = run(trainer)
    trainer.go_to(100)
    trainer.change(settings=replace(ENDLESS, engine="compiled"))
    assert not trainer.changed
    assert [bits(s) for s in run(trainer, 5)] == [bits(s) for s in known[100:105]]
    assert trainer.fit.taken.settings.engine == "compiled"
    assert trainer.ghost is None
    assert trainer.tip is known[-1]
    assert not trainer.was_changed
    assert trainer.earlier == ()


def refuse(_kind: object) -> None:
    raise AssertionError("a single step asks for no code")


def test_a_change_at_step_0_is_a_new_run_from_the_start() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    run(trainer, 30)
    trainer.go_to(0)
    trainer.change(settings=replace(ENDLESS, learning_rate=0.1))
    fresh = Trainer(POINTS, replace(ENDLESS, learning_rate=0.1))
    assert [bits(s) for s in run(trainer, 10)] == [bits(s) for s in run(fresh, 10)]
    assert trainer.ghost is not None
    assert trainer.earlier == ()


def test_a_run_that_diverged_can_go_back_and_be_saved_by_a_smaller_rate() -> None:
    settings = Settings(optimizer="sgd", learning_rate=5.0, epochs=None)
    trainer = Trainer(POINTS, settings)
    while trainer.stopped is None:
        trainer.step()
    assert trainer.stopped == "diverged"
    end = trainer.tip.step
    trainer.go_to(2)
    assert trainer.stopped is None
    while trainer.stopped is None:
        trainer.step()
    assert (trainer.stopped, trainer.tip.step) == ("diverged", end)
    trainer.go_to(2)
    trainer.change(settings=replace(settings, learning_rate=0.01))
    losses = [s.loss for s in run(trainer, 300)]
    assert losses[-1] < 1.0 < losses[0]


def test_steps_beyond_the_ends_are_the_ends() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest, *run(trainer, 10)]
    assert trainer.go_to(-5) == known[0]
    assert trainer.go_to(99) is known[-1]


def test_on_the_way_it_can_be_halted_and_stands_at_a_true_step() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest, *run(trainer, 60)]
    answers = iter([False] * 10 + [True])
    reached = trainer.go_to(15, lambda: next(answers))
    assert reached.step == 10
    assert bits(reached) == bits(known[10])


def test_a_worker_follows_the_last_of_many_wishes() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest, *run(trainer)]
    worker = Worker(trainer)
    for step in (10, 120, 3, 77):
        worker.go_to(step)
    assert worker.wait(30)
    while worker.latest.step != 77:  # the last wish may have come when the thread was about to end
        worker.go_to(77)
        assert worker.wait(30)
    assert bits(worker.latest) == bits(known[77])


def test_memory_for_checkpoints_is_bounded_and_every_step_can_still_be_gone_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = 40_000
    monkeypatch.setattr(checkpoints_module, "MOST_BYTES", most)
    monkeypatch.setattr(checkpoints_module, "FIRST_INTERVAL", 4)
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest, *run(trainer, 600)]
    assert trainer._checkpoints._bytes <= most
    assert trainer._checkpoints.interval > 4
    for step in (599, 1, 333, 512, 0):
        assert bits(trainer.go_to(step)) == bits(known[step])


def test_many_changes_of_many_points_move_the_earliest_step_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trainer_module, "MOST_CHANGED", 5 * (POINTS.x.nbytes + POINTS.y.nbytes))
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest]
    for turn in range(12):
        trainer.change(points=POINTS.moved([0], 0.0, 0.1 * turn))
        known += run(trainer, 40)
    assert 0 < trainer.earliest < 400
    assert trainer.earlier == ()
    assert trainer.go_to(0).step == trainer.earliest
    for step in (trainer.earliest, 411, 470, trainer.earliest + 1):
        assert bits(trainer.go_to(step)) == bits(known[step])


def test_run_from_the_past_of_a_run_that_stopped_stops_where_it_did() -> None:
    trainer = Trainer(POINTS, Settings(epochs=50))
    while trainer.stopped is None:
        trainer.step()
    trainer.go_to(20)
    trainer.go_on()
    while trainer.stopped is None:
        trainer.step()
    assert (trainer.stopped, trainer.latest.step) == ("epochs", 50)
    trainer.go_on()
    while trainer.stopped is None:
        trainer.step()
    assert trainer.latest.step == 100


def test_a_change_that_waits_for_the_next_step_is_recorded_where_it_will_hold() -> None:
    trainer, known = changed_run()
    trainer.change(settings=replace(ENDLESS, learning_rate=0.07))
    assert [stretch.until for stretch in trainer.earlier] == [30, 60, 90, 120, 150]
    trainer.go_to(70)
    assert [stretch.until for stretch in trainer.earlier] == [30, 60, 70]
    repeated = Trainer(*trainer.wanted, trainer.earlier)
    assert [bits(s) for s in run(repeated, 70)] == [bits(s) for s in known[1:71]]
    assert [bits(s) for s in run(repeated, 9)] == [bits(s) for s in run(trainer, 9)]


def test_losses_are_compared_since_the_last_change_of_what_they_measure() -> None:
    trainer, _known = changed_run()
    assert trainer.measured_since == 120
    trainer.go_to(45)
    assert trainer.measured_since == 0  # only the rate had changed
    trainer.go_to(80)
    assert trainer.measured_since == 60
    trainer.change(settings=replace(ENDLESS, loss="mae"))
    assert trainer.measured_since == 80


def test_a_device_that_fails_on_the_way_back_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = [trainer.latest, *run(trainer, 100)]
    trainer.device = "cpu:0"  # torch computes on it, and the trainer does not know it for the CPU

    def fail() -> None:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(trainer.fit, "step", fail)
    assert bits(trainer.go_to(50)) == bits(known[50])
    assert trainer.device == "cpu"
    assert [bits(s) for s in run(trainer, 50)] == [bits(s) for s in known[51:]]


def test_a_recorded_run_goes_on_where_the_person_let_it_go_on() -> None:
    settings = Settings(epochs=40)
    trainer = Trainer(POINTS, settings)
    known = run(trainer, 90)  # past its limit twice
    trainer.change(settings=replace(settings, loss="mae"))
    known += run(trainer, 5)
    repeated = Trainer(*trainer.wanted, trainer.earlier)
    again = []
    while repeated.stopped is None:
        again.append(repeated.step())
    assert len(again) > 90
    assert [bits(s) for s in again[:95]] == [bits(s) for s in known]
