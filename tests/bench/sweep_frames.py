"""How long the dialog of a sweep keeps the window from doing anything else, while it draws all runs."""

from __future__ import annotations

import time
from statistics import quantiles

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QPushButton

from core.experiment import Experiment
from gui.app import create_app
from gui.dialogs.sweep_dialog import SweepDialog
from gui.preferences import Preferences
from gui.store import Store
from gui.theme import Theme
from tests.bench import loops
from tests.bench.row import Row

STEPS = "1000000"  # more than are made
FRAMES = 300
OTHERS = 0.0005  # seconds; what is shorter drew nothing


def measure() -> list[Row]:
    """The work of the GUI thread for one frame, its waiting for the other threads aside."""
    app, preferences = create_app([]), Preferences()
    preferences.put("sweep_steps", STEPS)
    dialog = SweepDialog(Store(Experiment(loops.points(), loops.settings())), preferences, Theme())
    dialog.show()
    button = dialog.findChild(QPushButton, "sweep_run")
    assert button is not None
    button.click()
    while dialog.view is None:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    taken: list[float] = []
    while len(taken) < FRAMES:
        begin = time.thread_time()
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        work = time.thread_time() - begin
        if work > OTHERS:
            taken.append(1000 * work)
    dialog.reject()
    app.processEvents()
    return [Row("Frame of a sweep of 64 runs, 95th percentile", quantiles(taken, n=20)[18], "ms", most=8)]
