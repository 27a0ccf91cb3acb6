"""The threads of a run: one unless more are asked for, in its own steps alone, and honest about the cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core.choices import cores
from core.experiment import Experiment, Points, Settings
from core.experiment.file import dumps, loads
from core.export import program
from core.problem import Problem
from core.training import Trainer, Worker
from core.training.rate_finder import alone
from core.training.sweep import Sweep
from core.training.sweep_plan import SweepPlan
from core.training.threads import with_own_threads

POINTS = Points([-1.0, 0.0, 1.0, 2.0], [-1.1, 1.2, 2.9, 5.1])


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer with four cores, on which torch computes with one thread before and after."""
    monkeypatch.setattr(cores, "CORES", 4)
    torch.set_num_threads(1)
    yield
    assert torch.get_num_threads() == 1


def noted(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of threads that torch has in each evaluation of the loss from now on."""
    found: list[int] = []
    compare = trainer.fit.compare

    def evaluate(predicted: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        found.append(torch.get_num_threads())
        return compare(predicted, targets)

    monkeypatch.setattr(trainer.fit, "compare", evaluate)
    return found


@pytest.mark.parametrize("threads", [1, 3])
def test_whatever_a_run_computes_takes_its_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, Settings(threads=threads))
    found = noted(trainer, monkeypatch)
    for verb in (trainer.step, trainer.leap, trainer.full_loss, trainer.inspect):
        verb()
    trainer.go_to(1)
    trainer.go_to(0)
    for _phase in range(5):
        trainer.phase()
    assert found == [threads] * len(found) != []


def test_the_thread_of_the_worker_takes_them_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, Settings(threads=2))
    found = noted(trainer, monkeypatch)
    worker = Worker(trainer)
    worker.play(to_step=3)
    worker.wait()
    assert found == [2, 2, 2]
    assert torch.get_num_threads() == 1


def test_an_error_leaves_the_number_as_it_was() -> None:
    class Broken:
        threads = 2

        @with_own_threads
        def verb(self) -> None:
            assert torch.get_num_threads() == 2
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        Broken().verb()


def test_a_run_of_one_thread_keeps_to_it_in_a_thread_that_inherits_more() -> None:
    trainer, found = Trainer(POINTS, Settings()), list[np.ndarray]()
    torch.set_num_threads(3)  # as another run may have done a moment ago
    thread = threading.Thread(target=lambda: found.extend(trainer.step().arrays))
    thread.start()
    thread.join()
    torch.set_num_threads(1)
    plain = Trainer(POINTS, Settings())
    assert all(map(np.array_equal, found, plain.step().arrays))


def test_a_sweep_takes_one_thread_whatever_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = Sweep(POINTS, Settings(threads=3, optimizer="sgd"), SweepPlan(runs=3, steps=4))
    found: list[int] = []
    predict = sweep._stack.predict
    monkeypatch.setattr(
        sweep._stack, "predict", lambda x: [found.append(torch.get_num_threads()), predict(x)][1]
    )
    torch.set_num_threads(2)
    sweep.advance()
    torch.set_num_threads(1)
    assert set(found) == {1}


def test_the_rate_finder_takes_one_thread() -> None:
    assert alone(Settings(threads=3)).threads == 1


def test_another_number_of_threads_is_another_run() -> None:
    assert Settings().restarts(Settings(threads=2))


def test_a_file_keeps_the_number_also_one_that_this_computer_does_not_have() -> None:
    assert loads(dumps(Experiment(POINTS, Settings(threads=64)))).settings.threads == 64


def test_a_file_from_before_there_were_threads_has_one() -> None:
    text = dumps(Experiment(POINTS, Settings())).replace(' "threads": 1,\n', "")
    assert "threads" not in text
    assert loads(text).settings == Settings()


@pytest.mark.parametrize("threads", [0, -1, 1.5, 1025, "two"])
def test_what_is_no_number_of_threads_is_refused(threads: object) -> None:
    with pytest.raises(Problem, match="Threads must be a whole number from 1 to 1024"):
        Settings(threads=threads)  # type: ignore[arg-type]


def test_a_run_takes_no_more_than_there_are_and_says_so() -> None:
    trainer = Trainer(POINTS, Settings(threads=16))
    assert trainer.threads == 4
    assert trainer.notice == "This computer has 4 cores, so the run takes 4 threads and not 16."
    assert Trainer(POINTS, Settings(threads=4)).notice == ""


@pytest.mark.parametrize(("asked", "written"), [(1, 1), (3, 3), (16, 4)])
def test_the_program_takes_as_many_as_the_run(asked: int, written: int) -> None:
    text = program(POINTS, Settings(threads=asked)).text()
    assert f"torch.set_num_threads({written})" in text
    assert ("every run gives the same numbers" in text) == (written == 1)
