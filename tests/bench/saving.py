"""The window while its work is written: how long it stands still, and how soon the work is on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

from PySide6.QtCore import Qt, QTimer

from core.experiment import Experiment
from gui.app import create_app, create_window
from gui.autosave import Autosave
from gui.main_window import MainWindow
from tests.bench.much_data import cloud
from tests.bench.row import Row
from tests.bench.window import _spin, _wait_until_built

LARGE = {300_000: 1.0, 1_000_000: 2.0}  # points, and the seconds in which they must be on disk
EDITS, SAVES = 9, 3
ROOT = Path(__file__).parents[2]
BEAT = 2  # milliseconds between looks whether the window moves
AFTER = 0.6  # seconds behind an edit, in which it is written and drawn
LOOK_EVERY = 0.01  # seconds


def measure() -> list[Row]:
    """With as many points as a person may have, each in a process of its own, which ends without a word."""
    return [row for points in LARGE for row in _measure_of(points)]


def _measure_of(count: int) -> list[Row]:
    command = [sys.executable, "-m", "tests.bench.saving", str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    stand, save, slowest = map(float, done.stdout.split())
    what = f"{count:,} points"
    return [
        Row(f"Longest stand at an edit of {what} / without keeping it", stand, most=1.5),
        Row(f"Longest stand while {what} are saved in a file", save, "ms", most=50),
        Row(f"From an edit of {what} to the disk, slowest", slowest, "s", most=LARGE[count]),
    ]


def tell(count: int) -> None:
    """Measure with so many points, and write the three figures."""
    with tempfile.TemporaryDirectory() as folder, _opened(count, Path(folder)) as (window, autosave):
        edits = [(_stand(lambda: _edit(window)), _unkept(window, autosave)) for _pair in range(EDITS)]
        slowest = max(_until_written(window, autosave) for _time in range(EDITS))
        saves = [_stand(lambda: _save(window, Path(folder) / "a.fit.json")) for _time in range(SAVES)]
    kept, unkept = (median(stands) for stands in zip(*edits, strict=True))
    sys.stdout.write(f"{kept / unkept} {median(saves)} {slowest}\n")
    sys.stdout.flush()
    os._exit(0)


@contextmanager
def _opened(count: int, folder: Path) -> Iterator[tuple[MainWindow, Autosave]]:
    """A window at rest upon so many points, whose work is kept in `folder`; it is closed again."""
    create_app([])
    autosave = Autosave(folder / "data")
    window = create_window(Experiment(cloud(count)), autosave)
    window.show()
    _wait_until_built(window)
    try:
        _rest(window)
        yield window, autosave
    finally:
        window.close()
        window.workspace.close()


def _rest(window: MainWindow) -> None:
    """Let everything come to its end that was begun."""
    _spin(AFTER)
    while window.workspace.busy or window.workspace.disk.busy:
        _spin(LOOK_EVERY)


def _stand(does: Callable[[], object]) -> float:
    """The longest time, in milliseconds, for which the window stands still while something is done."""
    beats, timer = [time.perf_counter()], QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start(BEAT)
    does()
    timer.stop()
    return 1000 * max(two - one for one, two in pairwise(beats))


def _edit(window: MainWindow) -> None:
    window.store.move_points([0], 0.0, 0.01)
    _rest(window)


def _unkept(window: MainWindow, autosave: Autosave) -> float:
    """The longest stand at an edit that is not written."""
    with _not_written(window, autosave):
        return _stand(lambda: _edit(window))


@contextmanager
def _not_written(window: MainWindow, autosave: Autosave) -> Iterator[None]:
    window.store.points_changed.disconnect(autosave._soon)
    yield
    window.store.points_changed.connect(autosave._soon)


def _until_written(window: MainWindow, autosave: Autosave) -> float:
    """Seconds from an edit until it is on disk."""
    start = time.perf_counter()
    window.store.move_points([0], 0.0, 0.01)
    while not autosave.is_written:
        _spin(LOOK_EVERY)
    return time.perf_counter() - start


def _save(window: MainWindow, path: Path) -> None:
    window.files.save_to(str(path))
    while window.workspace.disk.busy:
        _spin(LOOK_EVERY)


if __name__ == "__main__":
    tell(int(sys.argv[1]))
