"""What a sweep promises: 64 learning rates in the time of two runs, each the run that it would be alone."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np

from core.experiment import Settings
from core.training import Trainer
from core.training.sweep import Sweep
from core.training.sweep_plan import SweepPlan
from core.training.sweep_view import SweepView
from tests.bench import loops
from tests.bench.loops import Loop
from tests.bench.row import Row

STEPS = 160  # between two looks at the clock; the losses of a sweep are looked at in blocks of them
WARM_UP = 480
REPETITIONS = 101
MOST_STEPS = 1_000_000  # more than are timed
COMPARED = 1000  # steps
HIGHEST = 0.1  # of the rates that are compared; above it rounding alone makes other runs of single ones
CLOSE = 1e-5  # relative


def measure() -> list[Row]:
    """How long a sweep takes beside one run, and how many of its runs are other ones."""
    one, bare, together = loops.trainer_loop(), loops.bare_loop(), _sweep_loop()
    times = [
        [1 / loops.rate(loop, STEPS) for loop in (together, one, bare)] for _repetition in range(REPETITIONS)
    ]
    return [
        Row("64 rates together / one run", median(ours / run for ours, run, _plain in times), most=2),
        Row("64 rates together / bare loop", median(ours / plain for ours, _run, plain in times), most=2.5),
        Row(f"Runs of {COMPARED:,} steps together that are not those alone", _differing(), "of 64", most=0),
    ]


def _sweep_loop() -> Loop:
    """64 runs of the work that is timed, each at its own rate."""
    sweep = Sweep(loops.points(), loops.settings(), SweepPlan(steps=MOST_STEPS))

    def loop(steps: int) -> None:
        end = sweep.step + steps
        while sweep.step < end:
            sweep.advance()

    loop(WARM_UP)
    return loop


def _differing() -> int:
    """How many runs of a sweep have another loss than alone, at any step."""
    settings = loops.settings()
    sweep = Sweep(loops.points(), settings, SweepPlan(high=HIGHEST, steps=COMPARED))
    while sweep.step < COMPARED:
        sweep.advance()
    view = sweep.view(np.empty(0))
    return sum(not _is_alone(view, run, settings) for run in range(len(view.values)))


def _is_alone(view: SweepView, run: int, settings: Settings) -> bool:
    """Whether a run of a sweep has the losses of a single one."""
    trainer = Trainer(loops.points(), replace(settings, learning_rate=float(view.values[run])))
    while trainer.latest.step < COMPARED:
        trainer.go_on()
        trainer.step()
    return bool(np.allclose(view.losses[run], trainer.history.losses().low, CLOSE, 0.0))
