"""The work that is timed: 128 points, a line, Adam, MSE; and the textbook loops it is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from core.experiment import Points, Settings
from core.training import Trainer
from tests.bench.row import Row

POINTS = 128
STEPS = 100  # between two looks at the clock
WARM_UP = 500
REPETITIONS = 101
FRAMES = 60  # a second, on most screens

Loop = Callable[[int], object]


def points() -> Points:
    """128 points about a line."""
    random = np.random.default_rng(0)
    x = random.uniform(-3, 3, POINTS)
    return Points(x, 2 * x + 1 + random.normal(0, 0.5, POINTS))


def settings() -> Settings:
    """A run that does not arrive while it is timed."""
    return Settings(learning_rate=1e-4, epochs=None)


def bare_loop() -> Loop:
    """The loop of a lesson on whole tensors; it looks at its loss in every step, as the trainer does."""
    data, rate = points(), settings().learning_rate
    x = torch.tensor(data.x, dtype=torch.float32)
    y = torch.tensor(data.y, dtype=torch.float32).unsqueeze(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    criterion = torch.nn.MSELoss()

    def loop(steps: int) -> None:
        for _step in range(steps):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            loss.item()

    loop(WARM_UP)
    return loop


def loader_loop() -> Loop:
    """The loop of a lesson with a DataLoader, whose batches are all the points."""
    data = points()
    x = torch.tensor(data.x, dtype=torch.float32)
    y = torch.tensor(data.y, dtype=torch.float32).unsqueeze(1)
    loader = DataLoader(TensorDataset(x, y), batch_size=POINTS, shuffle=True)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings().learning_rate)
    criterion = torch.nn.MSELoss()

    def loop(steps: int) -> None:
        for _epoch in range(steps):
            for inputs, targets in loader:
                optimizer.zero_grad()
                loss = criterion(model(inputs), targets)
                loss.backward()
                optimizer.step()
                loss.item()

    loop(WARM_UP)
    return loop


def trainer_loop() -> Loop:
    """The same by the trainer."""
    trainer = Trainer(points(), settings())

    def loop(steps: int) -> None:
        for _step in range(steps):
            trainer.step()

    loop(WARM_UP)
    return loop


def rate(loop: Loop, steps: int = STEPS) -> float:
    """Steps a second."""
    start = time.perf_counter()
    loop(steps)
    return steps / (time.perf_counter() - start)


def measure() -> list[Row]:
    """How fast the trainer steps, beside what others do."""
    loops = [loader_loop(), bare_loop(), trainer_loop()]
    rates = [[rate(loop) for loop in loops] for _repetition in range(REPETITIONS)]
    loader_rate, bare_rate, own_rate = (median(column) for column in zip(*rates, strict=True))
    return [
        Row("One update for each frame of an animation", FRAMES, "steps/s"),
        Row("Textbook loop with a DataLoader", loader_rate, "steps/s"),
        Row("Bare loop on whole tensors", bare_rate, "steps/s"),
        Row("Trainer", own_rate, "steps/s"),
        Row("Trainer / bare loop", median(own / bare for _loader, bare, own in rates), least=0.95),
    ]
