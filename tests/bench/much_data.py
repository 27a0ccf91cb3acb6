"""A million points: how long they take to load, to train on and to move over the screen."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import torch

from core.experiment import Points
from core.tables import read_points, save_points
from core.training import Trainer
from tests.bench import loops
from tests.bench.row import Row

POINTS = 1_000_000
LOADS, STEPS = 9, 101  # repetitions


def measure() -> list[Row]:
    """Loading and training, each beside what a person would write."""
    points = cloud()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        save_points(points, path)
        loading = ratio(lambda: read_points(path), lambda: pd.read_csv(path), LOADS)
    step = ratio(Trainer(points, loops.settings()).step, bare_step(points), STEPS)
    return [
        Row("Loading a million points / pandas", loading, most=1.5),
        Row("Full-batch step of a million points / bare torch", step, most=1.1),
    ]


def cloud() -> Points:
    """A million points about a line, of which a few are far away."""
    random = np.random.default_rng(0)
    x = random.uniform(-3, 3, POINTS)
    y = 2 * x + 1 + random.normal(0, 0.5, POINTS)
    y[:5] += 10
    return Points(x, y)


def bare_step(points: Points) -> Callable[[], object]:
    """A step of the loop of a lesson on whole tensors, which looks at its loss as the trainer does."""
    x = torch.tensor(points.x, dtype=torch.float32)
    y = torch.tensor(points.y, dtype=torch.float32).unsqueeze(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=loops.settings().learning_rate)
    criterion = torch.nn.MSELoss()

    def step() -> None:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def ratio(own: Callable[[], object], plain: Callable[[], object], repetitions: int) -> float:
    """How many times as long `own` takes as `plain`: the median of pairs, after one that does not count."""
    pairs = [(seconds(own), seconds(plain)) for _repetition in range(repetitions + 1)]
    return median(one / other for one, other in pairs[1:])


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
