"""What the engine promises: the same bits every time, any step at once, and a history that stays small."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from core.choices import OPTIMIZERS
from core.experiment import Experiment, Settings, save_experiment
from core.training import Snapshot, Trainer, Worker
from core.training.checkpoints import Checkpoints
from core.training.fit import Wanted
from core.training.history import History
from tests.bench import loops
from tests.bench.row import Row

PROGRAM = Path(__file__).resolve().parents[2] / "main.py"

STEPS = 10_000
QUICKER = {"lbfgs.max_iter": 2, "lbfgs.history_size": 5}  # else its steps take as long as twenty others
BATCH = 50  # of 128 points, so that the place in a shuffled epoch counts
REPETITIONS = 2  # of each run: interrupted, and on the command line
LONGEST_PLAY = 0.4  # seconds before a pause

LONG_RUN = 100_000  # steps
GOINGS = 300

LONGEST_RUN = 10_000_000  # steps
LOOK_EVERY = 50_000  # of them
MEMORY = Path("/proc/self/statm")

Changes = list[tuple[int, Wanted]]


def measure() -> list[Row]:
    """Going to steps alone, since it is timed; then everything else, on all cores."""
    going = _measure_going()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4), get_context("spawn")) as pool:
        growth = pool.submit(history_growth) if MEMORY.exists() else None  # first, in a new process
        differing = [pool.submit(differing_runs, optimizer) for optimizer in OPTIMIZERS]
        return [*_equal_rows(differing), *going, *_memory_rows(growth)]


# --- the same bits --------------------------------------------------------------------------------------


def _equal_rows(differing: list[Future[int]]) -> list[Row]:
    found, runs = sum(future.result() for future in differing), REPETITIONS * len(differing)
    return [Row(f"Runs of {STEPS:,} steps that differ in any bit", found, f"of {runs}", most=0)]


def differing_runs(optimizer: str) -> int:
    """How many repetitions of a run that is changed on its way do not come to the same bits."""
    changes = _changes(optimizer)
    straight = unbroken(changes)
    interrupted = _interrupted(changes)
    repeated = bits(interrupted.history, interrupted.latest) == bits(straight.history, straight.latest)
    complete = straight.latest.step == changes[-1][0]
    return REPETITIONS - (complete and repeated) - (complete and _on_the_command_line(straight))


def _changes(optimizer: str) -> Changes:
    """The ends of a run's parts, and what a person who changes rate, points and loss wants before each."""
    rate = OPTIMIZERS[optimizer].learning_rate
    choices = Settings(optimizer=optimizer, learning_rate=rate, batch_size=BATCH, options=QUICKER)
    first = replace(choices, epochs=None, steps=STEPS)
    points = loops.points()
    other = points.added([4.0], [2.0])
    slower = replace(first, learning_rate=rate / 3)
    wanted = [Wanted(points, first), Wanted(points, slower), Wanted(other, slower)]
    wanted.append(Wanted(other, replace(slower, loss="huber")))
    ends = sorted(random.Random(optimizer).sample(range(1, STEPS), len(wanted) - 1))
    return list(zip([*ends, STEPS], wanted, strict=True))


def unbroken(changes: Changes) -> Trainer:
    """The run, step by step without a pause."""
    trainer = Trainer(*changes[0][1])
    for end, wanted in changes:
        trainer.change(*wanted)
        while trainer.latest.step < end and trainer.stopped != "diverged":
            trainer.go_on()
            trainer.step()
    return trainer


def _interrupted(changes: Changes) -> Trainer:
    """The run in a thread, paused at random moments; at each it goes elsewhere, and on from a step before."""
    trainer, chance = Trainer(*changes[0][1]), random.Random(0)
    worker = Worker(trainer)
    for end, wanted in changes:
        trainer.change(*wanted)
        before = trainer.latest.step
        while trainer.latest.step < end and trainer.stopped != "diverged":
            _play_a_while(worker, end, chance.uniform(0, LONGEST_PLAY))
            step = trainer.latest.step
            if step < end:
                trainer.go_to(chance.randrange(step + 1))
                trainer.go_to(step - chance.randrange(max(step - before, 0) // 2 + 1))
            before = step
    return trainer


def _play_a_while(worker: Worker, end: int, seconds: float) -> None:
    worker.trainer.go_on()
    worker.play(to_step=end)
    worker.wait(seconds)
    worker.pause()
    if worker.error is not None:
        raise worker.error


def bits(history: History, last: Snapshot) -> tuple[bytes, ...]:
    """The losses of all steps, and the parameters behind the last."""
    return history.losses().low.tobytes(), *(array.tobytes() for array in last.arrays)


def _on_the_command_line(trainer: Trainer) -> bool:
    """Whether the program, given the recorded run in a file, comes to the same parameters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recorded.fit.json"
        save_experiment(Experiment(*trainer.wanted, trainer.earlier), path)
        command = [sys.executable, str(PROGRAM), "train", str(path), "--json"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    parameters = trainer.latest.parameters
    found: object = json.loads(said)["parameters"]
    return found == {name: np.asarray(value).tolist() for name, value in parameters.items()}


# --- any step -------------------------------------------------------------------------------------------


def _measure_going() -> list[Row]:
    """How long it takes from any step of a long run to any other."""
    trainer, chance, taken = Trainer(loops.points(), loops.settings()), random.Random(0), []
    while trainer.latest.step < LONG_RUN:
        trainer.go_on()
        trainer.step()
    for _going in range(GOINGS):
        start = time.perf_counter()
        trainer.go_to(chance.randrange(LONG_RUN + 1))
        taken.append(1000 * (time.perf_counter() - start))
    name = f"Going to any of {LONG_RUN:,} steps"
    return [
        Row(f"{name}, median", median(taken), "ms", most=100),
        Row(f"{name}, 99th percentile", quantiles(taken, n=100)[98], "ms", most=100),
    ]


# --- in little memory -----------------------------------------------------------------------------------


def _memory_rows(growth: Future[float] | None) -> list[Row]:
    if growth is None:
        return []
    return [Row(f"Memory of {LONGEST_RUN:,} steps of history", growth.result(), "MB", most=200)]


def history_growth() -> float:
    """The most MB by which this process grows while it keeps what so many steps of a line leave behind."""
    trainer = Trainer(loops.points(), loops.settings())
    trainer.step()
    state = trainer.fit.state()
    history, checkpoints = History(), Checkpoints()
    before = most = _resident()
    for step in range(1, LONGEST_RUN + 1):
        history.append(1 / step, 2 / step, 3 / step)
        if step % checkpoints.interval == 0:
            checkpoints.add(step, bytes(bytearray(state)))  # a copy, since in a run all are different
        if step % LOOK_EVERY == 0:
            most = max(most, _resident())
    assert history.losses().steps == LONGEST_RUN
    return most - before


def _resident() -> float:
    """MB of this process that are in memory."""
    return int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
