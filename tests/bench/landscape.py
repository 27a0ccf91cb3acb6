"""How long a landscape of the loss takes, which is found anew whenever a point is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from core.choices import LOSSES
from core.insight.contours import contours
from core.insight.landscape import landscape
from core.insight.objective import Objective
from core.insight.plane import line_plane
from core.training import Trainer
from tests.bench import loops
from tests.bench.row import Row

REPETITIONS = 9
W, B = (-3.0, 7.0), (-4.0, 6.0)
CELLS = 200
MOST = 50  # ms


def measure() -> list[Row]:
    """The time of the landscape of a line over w and b, by the slowest loss, and with its contours."""
    name = f"Landscape {CELLS} x {CELLS}"
    slowest = max(milliseconds(of_loss(loss)) for loss in LOSSES)
    drawn = milliseconds(of_loss("mse", with_contours=True))
    return [
        Row(f"{name}, slowest loss", slowest, "ms", most=MOST),
        Row(f"{name} with contours, mse", drawn, "ms", most=MOST),
    ]


def of_loss(loss: str, with_contours: bool = False) -> Callable[[], object]:
    """What finds the landscape of 128 points anew."""
    points, settings = loops.points(), replace(loops.settings(), loss=loss)
    trainer = Trainer(points, settings)
    objective = Objective(points, settings, trainer.curve, trainer.scaling)
    plane = line_plane(trainer.curve, trainer.scaling)

    def find() -> object:
        found = landscape(objective, plane, W, B, CELLS)
        assert found.losses.shape == (CELLS, CELLS)
        return contours(found) if with_contours else found

    find()  # once before, since the first time also imports
    return find


def milliseconds(work: Callable[[], object]) -> float:
    """The median time of some repetitions."""
    taken = []
    for _repetition in range(REPETITIONS):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken)
