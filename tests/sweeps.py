"""What the tests of sweeps share: single runs to hold them against, and where a run is on the plot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from core.experiment import Points, Settings
from core.training import Trainer
from core.training.sweep import Sweep
from core.training.sweep_plan import START, SweepPlan
from core.training.sweep_view import SweepView
from gui.plots.sweep_plot import SweepPlot

Floats = NDArray[np.float64]

CLOSE = 1e-5  # relative: how equal runs trained together are to single ones
NUDGE = 2.0**-22  # relative: a change of the start values as small as rounding makes it
STEADY = CLOSE / 4  # relative: what such a change may become in a run that is held to CLOSE


def swept(points: Points, settings: Settings, plan: SweepPlan) -> Sweep:
    """A sweep behind its last step."""
    sweep = Sweep(points, settings, plan)
    while sweep.step < plan.steps:
        sweep.advance()
    return sweep


def settings_of(view: SweepView, run: int, settings: Settings) -> Settings:
    """What a single run needs to be the one of a sweep; no rule ends it."""
    endless = replace(settings, epochs=None)
    if view.plan.what == START:
        return replace(endless, start="own", start_values=tuple(view.starts[run].tolist()))
    return view.plan.settings_of(endless, float(view.values[run]))


def single(points: Points, settings: Settings, steps: int, nudge: float = 0.0) -> Trainer:
    """A single run behind its last step, or where it diverged."""
    trainer = Trainer(points, settings)
    trainer.fit.set_parameters([array * (1 + nudge) for array in trainer.latest.arrays])
    while trainer.latest.step < steps and trainer.stopped != "diverged":
        trainer.go_on()
        trainer.step()
    return trainer


def lost_at(trainer: Trainer) -> int:
    """The step of a single run that cannot be counted; 0 for none."""
    return trainer.latest.step + 1 if trainer.stopped == "diverged" else 0


def losses(trainer: Trainer) -> Floats:
    """The loss of each of its steps."""
    return trainer.history.losses().low


def steady(one: Trainer, nudged: Trainer) -> bool:
    """Whether a run stays what it is when it is rounded in another way: one that converges does."""
    if lost_at(one) or lost_at(nudged):
        return lost_at(one) == lost_at(nudged)
    return np.allclose(losses(nudged), losses(one), STEADY, 0.0)


def held_against_single_runs(points: Points, settings: Settings, plan: SweepPlan) -> int:
    """Assert that each run of a sweep is the single one, where that is steady; how many are."""
    sweep, found = swept(points, settings, plan), 0
    view = sweep.view(np.empty((0, points.x.shape[1])))
    for run in range(plan.runs):
        own = settings_of(view, run, settings)
        one, nudged = (single(points, own, plan.steps, nudge) for nudge in (0.0, NUDGE))
        if steady(one, nudged):
            found += 1
            assert view.diverged_at[run] == lost_at(one)
            assert view.losses[run, : one.latest.step] == pytest.approx(losses(one), rel=CLOSE)
            if not lost_at(one):
                assert_like(sweep.parameters()[run], one)
                assert view.standing[run] == pytest.approx(standing(one), rel=CLOSE)
    return found


def assert_like(arrays: list[Floats], one: Trainer) -> None:
    """Assert that parameters are those of a single run."""
    for array, expected in zip(arrays, one.latest.arrays, strict=True):
        size = max(float(np.abs(array).max()) for array in one.latest.arrays)
        assert array == pytest.approx(expected, rel=CLOSE, abs=CLOSE * size)


def standing(one: Trainer) -> float:
    """The loss that says how good a run is: of the points held out, or else of all."""
    held = one.latest.validation_loss
    return one.full_loss() if held is None else held


def row(plot: SweepPlot, run: int, across: float = 0.5) -> QPointF:
    """The middle of the row of a run, or another place in it."""
    area, (low, high) = plot.area(), plot.view()[1]
    first, height = plot.map.rows
    down = (high - first - run * height) / (high - low)
    return QPointF(area.left() + across * area.width(), area.top() + down * area.height())
