"""The window over time: what it costs at rest, and what many steps and many runs leave behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from mmap import PAGESIZE
from pathlib import Path

from core.experiment import Experiment
from core.training import checkpoints, history, path
from gui.app import create_app, create_window
from gui.arrangement import MODES
from gui.main_window import MainWindow
from tests.bench import loops
from tests.bench.row import Row
from tests.bench.window import _spin, _wait_until_built
from tests.leftovers import kept

BATCH = 16  # points, so that the loss never comes to rest
HOUR = 3600  # seconds
REST, SETTLE = 20, 3  # seconds at rest that are measured, and before that
FILL, LAST = 90, 90  # seconds of a run before its memory is looked at, and while it is
RUNS, FIRST_RUNS = 500, 20  # the first ones make what is made once
RUN = 0.01  # seconds of each
MB = 2**20
PAGES = Path("/proc/self/statm")


def measure() -> list[Row]:
    """At rest, in a long run, and over many runs."""
    with _opened() as window:
        rows = [_measure_rest(window), _measure_runs(window)]
    return rows + _measure_memory()


@contextmanager
def _opened() -> Iterator[MainWindow]:
    """A window upon a run that does not arrive, at full speed; it is closed again."""
    create_app([])
    window = create_window(Experiment(loops.points(), replace(loops.settings(), batch_size=BATCH)))
    window.show()
    window.session.set_speed(None)
    _wait_until_built(window)
    try:
        yield window
    finally:
        window.close()


def _measure_rest(window: MainWindow) -> Row:
    """The mode that costs most; there has been a run in each of them."""
    shares = []
    for mode in MODES:
        window.arrangement.show_mode(mode)
        window.session.run()
        _spin(1)
        window.session.pause()
        _spin(SETTLE)
        start, used = time.perf_counter(), time.process_time()
        _spin(REST)
        shares.append(100 * (time.process_time() - used) / (time.perf_counter() - start))
    return Row("At rest, of one core", max(shares), "%", most=1)


def _measure_runs(window: MainWindow) -> Row:
    """Threads, timers and Qt objects that came or went."""
    before = None
    for run in range(FIRST_RUNS + RUNS):
        if run == FIRST_RUNS:
            before = kept(window)
        window.session.run()
        _spin(RUN)
        window.session.reset()
        _wait_until_built(window)
    assert before is not None
    after = kept(window)
    differ = sum(abs(after[what] - before[what]) for what in before)
    return Row(f"Threads, timers and Qt objects that {RUNS} runs leave", differ, most=0)


def _measure_memory() -> list[Row]:
    """A run at full speed; what it keeps is bounded, here so closely that it is full after some seconds."""
    if not PAGES.exists():
        return []
    bounds = path.MOST_BYTES, history.MOST_ROOM, checkpoints.MOST_BYTES
    path.MOST_BYTES, history.MOST_ROOM, checkpoints.MOST_BYTES = 2**16, history.FIRST_ROOM, 2**18
    try:
        with _opened() as window:
            window.session.run()
            _spin(FILL)
            before = _memory()
            _spin(LAST)
            grown = _memory() - before
            assert window.session.running
    finally:
        path.MOST_BYTES, history.MOST_ROOM, checkpoints.MOST_BYTES = bounds
    return [Row("Growth in an hour of training", grown * HOUR / LAST, "MB", most=5)]


def _memory() -> float:
    """Megabytes that the process takes in the memory of the machine."""
    return int(PAGES.read_text("ascii").split()[1]) * PAGESIZE / MB
