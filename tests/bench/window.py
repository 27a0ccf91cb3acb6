"""The window while it trains: how fast it steps and paints, and how soon it pauses."""

from __future__ import annotations

import math
import random
import time
from itertools import pairwise
from statistics import median, quantiles
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QDockWidget

from core.training.fit import Wanted
from gui.app import create_app, create_window
from gui.main_window import MainWindow
from gui.widgets.time_slider import TimeSlider
from tests import mouse
from tests.bench import compiled, engine, loops
from tests.bench.row import Row

TWO_PLOTS = ("fit_plot", "loss_plot")
PLOTS = (*TWO_PLOTS, "landscape_plot")
REPETITIONS = 9
SETTLE, RUN = 0.3, 1.5  # seconds of each repetition before and while it is measured
BARE_STEPS = 1500
PAUSES = 200
DRAGGED_STEPS, DRAG_MOVES = 5000, 180
LONGEST_PLAY = 0.05  # seconds before a pause
SPEEDS = (100, None, None)  # steps a second, of which one is drawn after each pause
LONGEST_LOOK = 0.4  # seconds before it is paused, and shown or hidden


class Paints(QObject):
    """Notes when some plots, which are there, are painted."""

    def __init__(self, window: MainWindow, plots: tuple[str, ...]) -> None:
        super().__init__(window)
        self.times: dict[str, list[float]] = {name: [] for name in plots}
        for name in plots:
            plot = window.findChild(QAbstractScrollArea, name)
            assert plot is not None
            plot.viewport().setObjectName(name)
            plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note the time, and let the event go on."""
        if event.type() == QEvent.Type.Paint:
            self.times[watched.objectName()].append(time.perf_counter())
        return False

    def clear(self) -> None:
        """Forget what was noted."""
        for times in self.times.values():
            times.clear()


class Watched(NamedTuple):
    """Steps a second beside the bare loop, frames a second, and milliseconds from frame to frame.

    `slow` is the 99th percentile of these, `slowest` the longest of all.
    """

    ratio: float
    frames: float
    slow: float
    slowest: float


def measure() -> list[Row]:
    """How the window trains and pauses; it is closed again."""
    create_app([])
    window = create_window()
    window.store.replace(loops.points())
    window.store.change(learning_rate=loops.settings().learning_rate, epochs=None)
    window.show()
    window.session.set_speed(None)
    _wait_until_built(window)
    try:
        return [
            *_measure_running(window),
            *_measure_pauses(window),
            *_measure_drag(window),
            *_measure_bits(window),
            *_measure_compiled(window),
        ]
    finally:
        window.close()


def _measure_running(window: MainWindow) -> list[Row]:
    """First with what a newcomer sees, then with all three views, then with every panel there is."""
    two = _watched(window, Paints(window, TWO_PLOTS), TWO_PLOTS)
    window.arrangement.show_mode("full")
    _spin(SETTLE)
    paints = Paints(window, PLOTS)
    three = _watched(window, paints, PLOTS)
    _show_all(window)
    everything = _watched(window, paints, PLOTS)
    return [
        Row("Trainer in the window / bare loop", two.ratio, least=0.85),
        *_frame_rows("both plots", two, 50, 33),
        *_frame_rows("three views", three, 50, 33),
        *_frame_rows("all panels", everything, 30, 50),
    ]


def _frame_rows(what: str, found: Watched, frames: int, slow: int) -> list[Row]:
    """How often `what` is painted while it trains."""
    return [
        Row(f"Frames of {what} while it trains", found.frames, "frames/s", least=frames),
        Row(f"From frame to frame of {what}, 99th percentile", found.slow, "ms", most=slow),
        Row(f"From frame to frame of {what}, longest", found.slowest, "ms", most=100),
    ]


def _measure_compiled(window: MainWindow) -> list[Row]:
    """Frames while code is made, then how fast it steps beside the same without a window; on two plots."""
    window.arrangement.show_mode("simple")
    paints = Paints(window, TWO_PLOTS)
    window.store.change(engine="compiled", batch_size=None, steps=None, learning_rate=compiled.SLOW)
    with compiled.nothing_kept():
        window.session.reset()
        _wait_until_built(window)
        window.session.run()
        _spin(SETTLE)
        paints.clear()
        while (engine := window.session.engine) is not None and not engine.ready:
            _spin(SETTLE)
        waits = _waits(paints, TWO_PLOTS)
        alone = compiled.compiled_loop()
        pairs = [(loops.rate(alone, compiled.STEPS), _train(window, paints)) for _time in range(REPETITIONS)]
    return [
        Row(
            "From frame to frame while it compiles, 99th percentile",
            quantiles(waits, n=100)[98],
            "ms",
            most=50,
        ),
        Row("Compiled in the window / without one", median(own / bare for bare, own in pairs), least=0.7),
    ]


def _waits(paints: Paints, plots: tuple[str, ...]) -> list[float]:
    """Milliseconds from frame to frame."""
    return [1000 * (two - one) for name in plots for one, two in pairwise(paints.times[name])]


def _show_all(window: MainWindow) -> None:
    """Every panel in sight at once: those that would be behind a tab float."""
    window.arrangement.show_mode("inside")
    _spin(SETTLE)
    for dock in window.findChildren(QDockWidget):
        if not window.arrangement.seen(dock.objectName().removeprefix("dock_")):
            dock.show()
            dock.raise_()
            _spin(SETTLE)
            dock.setFloating(True)
    _spin(SETTLE)
    for dock in window.findChildren(QDockWidget):
        assert window.arrangement.seen(dock.objectName().removeprefix("dock_")), dock.objectName()


def _watched(window: MainWindow, paints: Paints, plots: tuple[str, ...]) -> Watched:
    """What becomes of some runs while `plots` are on screen."""
    bare = loops.bare_loop()
    ratios, frames, waits = [], [], []
    for _repetition in range(REPETITIONS):
        plain = loops.rate(bare, BARE_STEPS)
        ratios.append(_train(window, paints) / plain)
        frames.append(min(len(paints.times[name]) for name in plots) / RUN)
        waits += _waits(paints, plots)
    return Watched(median(ratios), median(frames), quantiles(waits, n=100)[98], max(waits))


def _train(window: MainWindow, paints: Paints) -> float:
    """Steps a second of a run from its start, which is painted meanwhile."""
    session = window.session
    session.reset()
    _wait_until_built(window)
    session.run()
    _spin(SETTLE)
    paints.clear()
    step, start = _step(window), time.perf_counter()
    _spin(RUN)
    steps, seconds = _step(window) - step, time.perf_counter() - start
    session.pause()
    return steps / seconds


def _measure_pauses(window: MainWindow) -> list[Row]:
    """From the call to the end of the thread and the last picture, at random moments."""
    session, chance, taken = window.session, random.Random(0), []
    for _pause in range(PAUSES):
        session.run()
        _spin(chance.uniform(0, LONGEST_PLAY))
        start = time.perf_counter()
        session.pause()
        taken.append(1000 * (time.perf_counter() - start))
    return [
        Row("Pause, 99th percentile", quantiles(taken, n=100)[98], "ms", most=20),
    ]


def _measure_drag(window: MainWindow) -> list[Row]:
    """The time slider, dragged to and fro over a run of some thousand steps."""
    session, shown = window.session, list[int]()
    session.reset()
    _wait_until_built(window)
    session.step(DRAGGED_STEPS)
    while session.running or _step(window) < DRAGGED_STEPS:
        _spin(0.02)
    slider = window.findChild(TimeSlider, "time_slider")
    assert slider is not None
    noted = session.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.step))
    middle, reach = slider.width() / 2, slider.width() / 2 - 1
    mouse.press(slider, QPointF(middle + reach, slider.height() / 2))
    for number in range(DRAG_MOVES):
        _spin(1 / 60)
        across = middle + reach * math.cos(2 * math.pi * number / DRAG_MOVES)
        mouse.move(slider, QPointF(across, slider.height() / 2))
    mouse.release(slider, QPointF(middle + reach, slider.height() / 2))
    session.snapshot_changed.disconnect(noted)
    return [
        Row("Steps shown in a drag of the time slider of 180 moves in 3 s", len(shown), "steps", least=90)
    ]


def _measure_bits(window: MainWindow) -> list[Row]:
    """A run of Adam in the window, shown and hidden, at any speed, beside the same without one."""
    session, chance = window.session, random.Random(0)
    window.store.change(batch_size=engine.BATCH, steps=engine.STEPS)
    session.reset()
    _wait_until_built(window)
    while session.stopped is None:
        window.setVisible(chance.random() < 0.5)
        session.set_speed(chance.choice(SPEEDS))
        _play(window, chance.uniform(0, LONGEST_LOOK))
    window.show()
    straight = engine.unbroken([(engine.STEPS, Wanted(window.store.points, window.store.settings))])
    assert session.history is not None
    assert session.snapshot is not None
    same = engine.bits(session.history, session.snapshot) == engine.bits(straight.history, straight.latest)
    name = f"Runs of {engine.STEPS:,} steps in the window that differ in any bit"
    return [Row(name, int(not same), "of 1", most=0)]


def _play(window: MainWindow, seconds: float) -> None:
    """Run for so long, or until it stops by itself."""
    if _step(window) < engine.STEPS:
        window.session.run()
    _spin(seconds)
    window.session.pause()


def _step(window: MainWindow) -> int:
    snapshot = window.session.snapshot
    assert snapshot is not None
    return snapshot.step


def _wait_until_built(window: MainWindow) -> None:
    while window.session.loading or not window.session.devices:
        _spin(0.02)


def _spin(seconds: float) -> None:
    """Let Qt work."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()
