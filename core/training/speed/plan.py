"""What is timed, and for how long; no torch in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.choices import STOP_RULES
from core.choices.limits import USUAL_LOWEST_RATE
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out

SMALLEST = 2  # points in a step that is hardly more than what surrounds the calculation
SIZES = (SMALLEST, 100, 1_000, 10_000, 100_000)  # points in each step
MORE_SIZES = (1_000_000,)  # where there is another device than the CPU
BATCHES = (1, 8, 32, 128, 512, 2_048, 8_192)
ASIDE = ("schedule", "clip_norm", "l1", "validation", "threads")  # what surrounds a step
CALCULATES = 0.01  # seconds; a step that takes so long is calculation for the most part
MOST_LOADED = 100_000  # points in a step of the DataLoader, which takes each of them out by itself


@dataclass(frozen=True)
class Budget:
    """How long to measure: repetitions of `seconds` each, so many `rounds` of them.

    A step that takes longer than `longest` seconds is made once.
    """

    seconds: float = 0.04
    rounds: int = 15
    longest: float = 0.5
    sizes: tuple[int, ...] = SIZES


def measured_points(points: Points, settings: Settings) -> Points:
    """The points that the run trains on."""
    apart = held_out(len(points), settings.validation, settings.validation_seed)
    return points.removed(np.flatnonzero(apart)) if apart.any() else points


def measured_settings(settings: Settings, **changes: object) -> Settings:
    """Settings for steps that take as long, of a run that neither arrives nor diverges while it is timed.

    What surrounds a step is left aside, so that all ways do the same.
    """
    usual = Settings()
    aside = {name: getattr(usual, name) for name in (*ASIDE, "engine")}
    endless = dict.fromkeys(STOP_RULES)
    slow = {"learning_rate": USUAL_LOWEST_RATE, "device": usual.device}
    return replace(settings, **{**aside, **endless, **slow, **changes})


def left_aside(settings: Settings) -> tuple[str, ...]:
    """The names of the settings that are not those of the run while it is timed."""
    usual = Settings()
    return tuple(name for name in ASIDE if getattr(settings, name) != getattr(usual, name))


def in_each_step(points: int, settings: Settings) -> int:
    """How many points a step takes."""
    return points if settings.batch_size is None else min(settings.batch_size, points)


def batch_ladder(points: int, chosen: int) -> tuple[int, ...]:
    """The batch sizes to time: the usual ones below all points, the `chosen` one, and all points."""
    return tuple(sorted({*(size for size in BATCHES if size < points), chosen, points}))


def resized(points: Points, count: int) -> Points:
    """So many points, which repeat these from the first on, or stop among them."""
    return Points(np.resize(points.x, (count, points.x.shape[1])), np.resize(points.y, count))
