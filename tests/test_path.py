"""The way of a run through its parameters: every step of a short one, every n-th of a long one."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from core.experiment import Points, Settings
from core.training import Snapshot, Trainer
from core.training import path as path_module
from core.training.path import FIRST_ROOM, MOST_BYTES, Path, Way, flat

ROOM = 64  # steps, in place of the many that a path really keeps
SIZE = 2  # parameters

X = np.linspace(-2.0, 3.0, 24)
POINTS = Points(X, 0.7 * X - 1.0 + 0.3 * np.sin(7.0 * X))
ENDLESS = Settings(epochs=None)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Paths that hold few steps, so that a test soon fills them."""
    monkeypatch.setattr(path_module, "FIRST_ROOM", 8)
    monkeypatch.setattr(path_module, "FEWEST_STEPS", 4)
    monkeypatch.setattr(path_module, "MOST_BYTES", ROOM * SIZE * 8)
    return ROOM


def place(step: float) -> list[np.ndarray]:
    """The parameters behind a step: a weight and a bias that say which it is."""
    return [np.array([[float(step)]]), np.array([-float(step)])]


def walked(steps: int) -> Path:
    """A path of so many steps."""
    path = Path(place(0))
    for step in range(1, steps + 1):
        path.append(place(step))
    return path


def rows(steps: np.ndarray) -> np.ndarray:
    """What such a path holds of some steps."""
    return np.column_stack((steps, -steps))


def run(trainer: Trainer, steps: int) -> list[Snapshot]:
    """The snapshots of the next steps, whatever the rules say."""
    snapshots = []
    for _step in range(steps):
        trainer.go_on()
        snapshots.append(trainer.step())
    return snapshots


def by_hand(snapshots: list[Snapshot]) -> np.ndarray:
    """The arrays of each snapshot in a row, one number after the other."""
    return np.array([[n for array in s.arrays for n in array.ravel().tolist()] for s in snapshots])


@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_rows_are_the_parameters_of_the_recorded_steps(model: str, dtype: str) -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, model=model, dtype=dtype, standardise=True))
    snapshots = [trainer.latest, *run(trainer, 20)]
    way = trainer.path.way()
    assert (way.steps, way.stride) == (20, 1)
    assert way.numbers.dtype == np.dtype(dtype)
    assert np.array_equal(way.numbers, by_hand(snapshots))
    for snapshot in snapshots:
        assert np.array_equal(way.at(snapshot.step), flat(snapshot.arrays))


def test_every_step_is_there_as_long_as_memory_allows() -> None:
    steps = 3 * FIRST_ROOM + 1
    way = walked(steps).way()
    assert (way.steps, way.stride) == (steps, 1)
    assert np.array_equal(way.numbers, rows(np.arange(steps + 1)))


@pytest.mark.parametrize("steps", [0, 1, 7, 8, ROOM - 1, ROOM, 2 * ROOM + 1, 5 * ROOM + 3, 40 * ROOM + 17])
def test_a_long_path_keeps_equally_spaced_steps_in_a_bounded_room(small: int, steps: int) -> None:
    way = walked(steps).way()
    assert way.steps == steps
    assert small // 2 <= len(way.numbers) <= small or way.stride == 1
    assert np.array_equal(way.numbers, rows(np.arange(0, steps + 1, way.stride)))


@pytest.mark.parametrize("bound", [5, 7, 64])
def test_an_odd_bound_loses_no_step_that_should_be_kept(monkeypatch: pytest.MonkeyPatch, bound: int) -> None:
    monkeypatch.setattr(path_module, "FIRST_ROOM", 3)
    monkeypatch.setattr(path_module, "FEWEST_STEPS", 1)
    monkeypatch.setattr(path_module, "MOST_BYTES", bound * SIZE * 8)
    path = Path(place(0))
    for step in range(1, 200):
        path.append(place(step))
        way = path.way()
        assert len(way.numbers) <= bound
        assert np.array_equal(way.numbers, rows(np.arange(0, step + 1, way.stride)))


def test_a_large_network_keeps_little_memory_too() -> None:
    size = 9_000  # parameters
    path = Path([np.zeros(size)])
    for step in range(1, 1_000):
        path.append([np.full(size, float(step))])
    way = path.way()
    assert way.numbers.nbytes <= MOST_BYTES
    assert way.stride > 1
    assert np.array_equal(way.numbers[:, 5], np.arange(0, 1_000, way.stride))


def test_the_newest_kept_step_up_to_any_step_is_found(small: int) -> None:
    way = walked(3 * small).way()
    assert way.stride == 4
    assert [way.kept(step) for step in (0, 3, 4, 7, 8, 3 * small, 9 * small)] == [
        0,
        0,
        4,
        4,
        8,
        3 * small,
        3 * small,
    ]
    for step in range(3 * small + 1):
        assert way.at(step).tolist() == [step // 4 * 4, -(step // 4 * 4)]


@pytest.mark.parametrize("steps", [3, 8, ROOM - 1, ROOM, 3 * ROOM])
def test_what_was_read_stays_as_it_was(small: int, steps: int) -> None:
    path = walked(steps)
    read = path.way()
    kept = read.numbers.copy()
    for step in range(steps + 1, 3 * steps + 2 * small):
        path.append(place(1000 + step))
    assert read.steps == steps
    assert np.array_equal(read.numbers, kept)


@pytest.mark.parametrize("steps", [10, ROOM - 1, 3 * ROOM, 9 * ROOM + 5])
@pytest.mark.parametrize("cut", [0, 1, 7, 10])
def test_a_cut_path_forgets_goes_on_and_leaves_what_was_read(small: int, steps: int, cut: int) -> None:
    path = walked(steps)
    read = path.way()
    kept = read.numbers.copy()
    path.cut(cut)
    assert np.array_equal(path.way().numbers, rows(np.arange(0, cut + 1, read.stride)))
    for step in range(cut + 1, cut + 6 * small):
        path.append(place(step + 0.5))
        way = path.way()
        expected = np.arange(0, step + 1, way.stride) + 0.5
        expected[: cut // way.stride + 1] -= 0.5
        assert way.steps == step
        assert np.array_equal(way.numbers, rows(expected))
    assert np.array_equal(read.numbers, kept)


def test_another_thread_reads_only_steps_that_are_there(small: int) -> None:
    path, done, wrong = Path(place(0)), threading.Event(), []

    def write() -> None:
        for step in range(1, 3_000):
            path.append(place(step))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        way = path.way()
        if not np.array_equal(way.numbers, rows(np.arange(0, way.steps + 1, way.stride))):
            wrong.append(way)
    writer.join()
    assert wrong == []


class _Between(Path):
    """A path that is cut, and goes another way, behind the read number `when` of one of its fields."""

    when = 0

    def __getattribute__(self, name: str) -> object:
        value = super().__getattribute__(name)
        if name in vars(Path(place(0))) and self.when:
            self.when -= 1
            if self.when == 0:
                self.cut(2)
                for step in range(3, 8):
                    self.append(place(step + 0.5))
        return value


@pytest.mark.parametrize("when", [1, 2])
def test_a_branch_in_the_middle_of_a_read_shows_the_one_way_or_the_other(when: int) -> None:
    path = _Between(place(0))
    for step in range(1, 12):
        path.append(place(step))
    path.when = when
    way: Way = path.way()
    path.when = 0
    before = rows(np.arange(12))
    after = rows(np.array([0, 1, 2, 3.5, 4.5, 5.5, 6.5, 7.5]))
    assert way.numbers.tolist() in (before.tolist(), after.tolist())


def test_a_branch_forgets_the_way_that_was_abandoned_and_goes_another() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    snapshots = [trainer.latest, *run(trainer, 30)]
    before = trainer.path.way()
    trainer.go_to(12)
    trainer.change(settings=replace(ENDLESS, learning_rate=0.1))
    after = run(trainer, 9)
    way = trainer.path.way()
    assert way.steps == 21
    assert np.array_equal(way.numbers, by_hand([*snapshots[:13], *after]))
    assert np.array_equal(before.numbers, by_hand(snapshots))


def test_going_back_and_on_again_changes_nothing() -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, model="mlp"))
    snapshots = [trainer.latest, *run(trainer, 30)]
    for step in (0, 29, 30, 7):
        trainer.go_to(step)
        assert np.array_equal(trainer.path.way().numbers, by_hand(snapshots))
    known = run(trainer, 23)
    assert np.array_equal(trainer.path.way().numbers, by_hand(snapshots))
    more = run(trainer, 2)
    assert known[-1].step == 30
    assert np.array_equal(trainer.path.way().numbers, by_hand([*snapshots, *more]))


def test_a_change_before_the_first_step_begins_a_new_path() -> None:
    settings = replace(ENDLESS, start="own", start_values=(2.0, 1.0), standardise=True)
    trainer = Trainer(POINTS, settings)
    run(trainer, 5)
    trainer.go_to(0)
    trainer.change(Points(X, X + 40.0))
    run(trainer, 3)
    fresh = Trainer(Points(X, X + 40.0), settings)
    run(fresh, 3)
    assert np.array_equal(trainer.path.way().numbers, fresh.path.way().numbers)


def test_a_step_into_infinity_is_not_on_the_path() -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, optimizer="sgd", learning_rate=5.0))
    while trainer.stopped is None:
        trainer.step()
    way = trainer.path.way()
    assert trainer.stopped == "diverged"
    assert way.steps == trainer.tip.step
    assert np.isfinite(way.numbers).all()
    assert np.array_equal(way.at(way.steps), flat(trainer.tip.arrays))
