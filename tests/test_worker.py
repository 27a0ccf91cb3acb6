"""The thread that trains: what it does to the numbers (nothing), and how it starts, waits and ends."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from itertools import cycle
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import core.training.worker as worker_module
from core.experiment import Points, Settings
from core.problem import Problem
from core.training import Trainer, Worker

PATIENCE = 30.0  # seconds for something that takes milliseconds
AGES = 1e-3  # steps a second; nobody waits for the second step

POINTS = Points(np.linspace(-2, 2, 40), np.sin(np.linspace(-2, 2, 40)))


def training_threads() -> list[threading.Thread]:
    """The threads of workers that are alive."""
    return [thread for thread in threading.enumerate() if thread.name == "training"]


def finish(worker: Worker) -> None:
    """Wait until the thread ends by itself."""
    for thread in training_threads():
        thread.join(PATIENCE)
    assert not worker.running
    worker.pause()


class Marked(Trainer):
    """A trainer that says when it has come to the step `mark`."""

    mark = 0

    def __init__(self, points: Points, settings: Settings) -> None:
        super().__init__(points, settings)
        self.there = threading.Event()

    def step(self) -> Any:
        snapshot = super().step()
        if snapshot.step >= self.mark:
            self.there.set()
        return snapshot

    def wait_for(self, step: int, worker: Worker) -> None:
        """Play until `step`, or a little further."""
        self.mark = step
        self.there.clear()
        worker.play()
        assert self.there.wait(PATIENCE)


class Scripted:
    """Something to step that takes no time of its own: `action(step)` is called in each step."""

    def __init__(self, steps: int, action: Callable[[int], None] = lambda step: None) -> None:
        self.stopped: str | None = None
        self.latest = SimpleNamespace(step=0, epoch=0)
        self._steps = steps
        self._action = action

    def rest(self) -> None:
        """There is no time to stop."""

    def leap(self) -> SimpleNamespace:
        """One step at a time."""
        return self.step()

    def step(self) -> SimpleNamespace:
        step = self.latest.step + 1
        self._action(step)
        self.latest = SimpleNamespace(step=step, epoch=step)
        if step >= self._steps:
            self.stopped = "steps"
        return self.latest


def scripted(steps: int, action: Callable[[int], None] = lambda step: None) -> Trainer:
    return cast(Trainer, Scripted(steps, action))


# --- the numbers -------------------------------------------------------------------------------------------


def test_pauses_at_random_moments_change_no_bit_of_a_run() -> None:
    settings = Settings(model="mlp", batch_size=7, epochs=None)
    chance = random.Random(4)
    trainer = Marked(POINTS, settings)
    worker = Worker(trainer)
    for _pause in range(25):
        trainer.wait_for(trainer.latest.step + chance.randint(1, 20), worker)
        worker.pause()
    straight = Trainer(POINTS, settings)
    for _step in range(worker.latest.step):
        straight.step()
    assert trainer.history.losses().low.tolist() == straight.history.losses().low.tolist()
    assert worker.latest.epoch == straight.latest.epoch
    assert worker.latest.numbers() == straight.latest.numbers()


def test_nothing_moves_after_a_pause() -> None:
    trainer = Marked(POINTS, Settings(epochs=None))
    worker = Worker(trainer)
    trainer.wait_for(10, worker)
    worker.pause()
    before = worker.latest
    assert not training_threads()
    assert worker.latest is trainer.latest is before
    assert len(trainer.history.losses().low) == before.step


def test_a_change_while_it_runs_reaches_the_run() -> None:
    trainer = Marked(POINTS, Settings(epochs=None))
    worker = Worker(trainer)
    trainer.wait_for(5, worker)
    far = Points(POINTS.x, POINTS.y + 1000.0)
    trainer.change(points=far)
    trainer.wait_for(trainer.latest.step + 5, worker)
    worker.pause()
    assert worker.latest.loss > 900**2


# --- starting and ending -----------------------------------------------------------------------------------


def test_it_plays_until_the_trainer_stops_and_leaves_no_thread() -> None:
    trainer = Trainer(POINTS, Settings(epochs=30))
    worker = Worker(trainer)
    worker.play()
    finish(worker)
    assert (trainer.stopped, worker.latest.epoch) == ("epochs", 30)
    assert not training_threads()


def test_playing_twice_makes_one_thread() -> None:
    worker = Worker(scripted(10), speed=AGES)
    worker.play()
    worker.play()
    assert len(training_threads()) == 1
    worker.pause()
    assert not training_threads()


def test_a_pause_before_the_first_play_and_a_second_pause_do_nothing() -> None:
    worker = Worker(scripted(10))
    worker.pause()
    assert not worker.running
    worker.speed = AGES
    worker.play()
    assert worker.running
    worker.pause()
    worker.pause()
    assert not worker.running


def test_after_a_pause_it_plays_on_from_there() -> None:
    trainer = Marked(POINTS, Settings(epochs=None, steps=60))
    worker = Worker(trainer)
    trainer.wait_for(10, worker)
    worker.pause()
    worker.play()
    finish(worker)
    assert worker.latest.step == 60


def test_a_run_that_diverged_ends_its_thread() -> None:
    trainer = Trainer(POINTS, Settings(optimizer="sgd", learning_rate=10.0))
    worker = Worker(trainer)
    worker.play()
    finish(worker)
    assert trainer.stopped == "diverged"


@pytest.mark.parametrize("batch_size", [7, None])
def test_to_an_epoch_ends_with_its_last_step(batch_size: int | None) -> None:
    worker = Worker(Trainer(POINTS, Settings(batch_size=batch_size, epochs=None)))
    in_an_epoch = 6 if batch_size else 1
    worker.trainer.step()
    for epoch in (1 + worker.latest.epoch, 5):
        worker.play(to_epoch=epoch)
        finish(worker)
        assert (worker.latest.epoch, worker.latest.step) == (epoch, epoch * in_an_epoch)
        assert worker.trainer.stopped is None


def test_the_end_of_an_epoch_holds_for_one_play_only() -> None:
    worker = Worker(Trainer(POINTS, Settings(epochs=20)))
    worker.play(to_epoch=3)
    finish(worker)
    worker.play()
    finish(worker)
    assert worker.latest.epoch == 20


@pytest.mark.parametrize("error", [Problem("There is not enough memory."), ValueError("a fault")])
def test_an_error_of_a_step_ends_the_thread_and_is_kept(error: Exception) -> None:
    def fail(step: int) -> None:
        if step == 3:
            raise error

    worker = Worker(scripted(5, fail))
    worker.play()
    finish(worker)
    assert worker.error is error
    assert worker.latest.step == 2


def test_an_error_is_forgotten_at_the_next_play() -> None:
    errors = iter([ValueError("once")])

    def fail_once(step: int) -> None:
        for error in errors:
            raise error

    worker = Worker(scripted(5, fail_once))
    worker.play()
    finish(worker)
    worker.play()
    finish(worker)
    assert worker.error is None
    assert worker.latest.step == 5


# --- speed -------------------------------------------------------------------------------------------------


class Clock:
    """Time that passes only where somebody waits or works; it stands in for `time` and for an Event."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return False

    def set(self) -> None:
        """Nobody is woken."""

    clear = set


def times_of_steps(
    steps: int, speed: float | None, monkeypatch: pytest.MonkeyPatch, work: Callable[[int], float]
) -> list[float]:
    """When each step begins, if step number n works for `work(n)` seconds."""
    clock, times = Clock(), list[float]()

    def note(step: int) -> None:
        times.append(clock.now)
        clock.now += work(step)

    monkeypatch.setattr(worker_module, "time", clock)
    worker = Worker(scripted(steps, note), speed=speed)
    monkeypatch.setattr(worker, "_wake", clock)
    worker.play()
    finish(worker)
    return times


def test_it_knows_how_long_the_last_step_took(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(worker_module, "time", clock)

    def work(step: int) -> None:
        clock.now += 0.5 * step

    worker = Worker(scripted(3, work))
    assert worker.step_seconds == 0.0
    worker.play()
    finish(worker)
    assert worker.step_seconds == 1.5


@pytest.mark.parametrize("speed", [1.0, 5.0, 20.0, 100.0])
def test_it_keeps_the_speed_however_long_a_step_works(speed: float, monkeypatch: pytest.MonkeyPatch) -> None:
    times = times_of_steps(30, speed, monkeypatch, lambda step: 0.3 / speed)
    assert np.diff(times) == pytest.approx(1 / speed)


def test_without_a_speed_it_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert np.diff(times_of_steps(30, None, monkeypatch, lambda step: 0.25)) == pytest.approx(0.25)


def test_steps_that_take_longer_than_the_speed_allows_follow_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert np.diff(times_of_steps(30, 5.0, monkeypatch, lambda step: 0.5)) == pytest.approx(0.5)


def test_after_a_long_step_it_does_not_race_to_catch_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gaps = np.diff(times_of_steps(30, 5.0, monkeypatch, lambda step: 10.0 if step == 8 else 0.0))
    assert gaps[7] == pytest.approx(10.0)
    assert np.sum(gaps < 0.19) <= 1


def test_a_wait_that_is_no_longer_wanted_ends_at_once() -> None:
    first = threading.Event()
    worker = Worker(scripted(50, lambda step: first.set()), speed=AGES)
    worker.play()
    assert first.wait(PATIENCE)
    assert worker.running
    worker.speed = None
    finish(worker)
    assert worker.latest.step == 50


def test_a_pause_does_not_wait_for_the_next_step() -> None:
    first = threading.Event()
    worker = Worker(scripted(50, lambda step: first.set()), speed=AGES)
    worker.play()
    assert first.wait(PATIENCE)
    worker.pause()
    assert not training_threads()
    assert worker.latest.step == 1


def test_a_speed_that_changes_at_every_moment_harms_nothing() -> None:
    speeds = cycle([1e9, 1e9, None])

    class Fickle(Worker):
        """The person moves the slider between any two looks at it."""

        _speed = property(lambda self: next(speeds), lambda self, speed: None)

    worker = Fickle(scripted(50))
    worker.play()
    finish(worker)
    assert worker.error is None
    assert worker.latest.step == 50
