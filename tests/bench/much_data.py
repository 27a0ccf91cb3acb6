"""A million points: how long they take to load, to train on and to move over the screen."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import torch
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtWidgets import QApplication

from core.experiment import Experiment, Points
from core.tables import read_points, save_points
from core.training import Trainer
from gui.app import create_app, create_window
from gui.main_window import MainWindow
from gui.plots.fit_plot import FitPlot
from tests import mouse
from tests.bench import loops
from tests.bench.row import Row

POINTS = 1_000_000
BATCH = 10_000
LOADS, STEPS = 9, 101  # repetitions
FRAMES = 300
ACROSS = QPointF(2, 1)  # pixels from frame to frame


def measure() -> list[Row]:
    """Loading and training, each beside what a person would write."""
    points = cloud()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        save_points(points, path)
        loading = ratio(lambda: read_points(path), lambda: pd.read_csv(path), LOADS)
    step = ratio(Trainer(points, loops.settings()).step, bare_step(points), STEPS)
    batches = replace(loops.settings(), batch_size=BATCH)
    batch = ratio(Trainer(points, batches).step, bare_step(points, BATCH), STEPS)
    return [
        Row("Loading a million points / pandas", loading, most=1.5),
        Row("Full-batch step of a million points / bare torch", step, most=1.1),
        Row("Mini-batch step of a million points / bare torch", batch, most=1.1),
        Row("Panning a million points", panned(points), "frames/s", least=30),
    ]


def cloud(count: int = POINTS) -> Points:
    """So many points about a line, of which a few are far away."""
    random = np.random.default_rng(0)
    x = random.uniform(-3, 3, count)
    y = 2 * x + 1 + random.normal(0, 0.5, count)
    y[:5] += 10
    return Points(x, y)


def bare_step(points: Points, batch: int | None = None) -> Callable[[], object]:
    """A step of the loop of a lesson on whole tensors, which looks at its loss as the trainer does.

    With `batch` it takes so many points of a shuffled order.
    """
    x = torch.tensor(points.x, dtype=torch.float32)
    y = torch.tensor(points.y, dtype=torch.float32).unsqueeze(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=loops.settings().learning_rate)
    criterion = torch.nn.MSELoss()

    order, position = torch.randperm(len(x)), 0

    def step() -> None:
        nonlocal position
        inputs, targets = x, y
        if batch is not None:
            chosen = order[position : position + batch]
            inputs, targets = x[chosen], y[chosen]
            position = (position + batch) % len(x)
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


class Painted(QObject):
    """Whether a widget has been painted since `done` was set to False."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.done = False
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note it, and let the event go on."""
        self.done = self.done or event.type() == QEvent.Type.Paint
        return False


def panned(points: Points) -> float:
    """Frames a second while the points are dragged over the screen as fast as it can."""
    create_app([])
    window = create_window(Experiment(points))
    window.show()
    plot = window.findChild(FitPlot, "fit_plot")
    assert plot is not None
    try:
        _settle(window, plot)
        return _drag(plot)
    finally:
        window.close()
        window.workspace.close()


def _settle(window: MainWindow, plot: FitPlot) -> None:
    """Wait until all is found out and drawn."""
    session, workspace = window.session, window.workspace
    while not session.devices or session.loading or workspace.background.busy or plot.cloud.drawn is None:
        QApplication.processEvents()
        time.sleep(0.001)


def _drag(plot: FitPlot) -> float:
    at = plot.area().center()
    painted = Painted(plot.viewport())
    mouse.mouse(plot.viewport(), QEvent.Type.MouseButtonPress, at, mouse.MIDDLE, mouse.MIDDLE)
    start = time.perf_counter()
    for frame in range(FRAMES):
        at += ACROSS if frame < FRAMES // 2 else -ACROSS
        view, painted.done = plot.view(), False
        mouse.move(plot.viewport(), at, mouse.MIDDLE)
        assert plot.view() != view
        while not painted.done:
            QApplication.processEvents()
    taken = time.perf_counter() - start
    mouse.mouse(plot.viewport(), QEvent.Type.MouseButtonRelease, at, mouse.MIDDLE, mouse.NONE)
    return FRAMES / taken


def ratio(own: Callable[[], object], plain: Callable[[], object], repetitions: int) -> float:
    """How many times as long `own` takes as `plain`: the median of pairs, after one that does not count."""
    pairs = [(seconds(own), seconds(plain)) for _repetition in range(repetitions + 1)]
    return median(one / other for one, other in pairs[1:])


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
