"""What takes a process of its own: how soon the window is there, and how soon it is gone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from core.experiment import Experiment, save_experiment
from tests.bench import loops
from tests.bench.row import Row

STARTS, LOADS, CLOSINGS = 9, 5, 5
PAINTED, CLOSING = "painted", "closing"
PATIENCE = 60  # seconds


def measure() -> list[Row]:
    """Starting and closing."""
    return [*_measure_starts(), *_measure_loading(), *_measure_closings()]


def _measure_starts() -> list[Row]:
    for empty in (True, False):  # leaves the files in the memory of the system
        _start(empty)
    pairs = [(_start(empty=True), _start(empty=False)) for _repetition in range(STARTS)]
    ratio = median(ours[0] / plain[0] for plain, ours in pairs)
    without_torch = sum(said == PAINTED for _plain, (_seconds, said) in pairs)
    return [
        Row("First paint / empty Qt and pyqtgraph window", ratio, most=1.2),
        Row("First paints before torch is imported", without_torch, f"of {STARTS}", least=STARTS),
    ]


def _start(empty: bool) -> tuple[float, str]:
    """Seconds from the start of a process to its first picture, and what it said then."""
    start = time.perf_counter()
    process = _python("first_paint", "empty" if empty else "program")
    said, seconds = _line(process), time.perf_counter() - start
    process.wait(PATIENCE)
    return seconds, said


def _measure_loading() -> list[Row]:
    """What PyTorch costs behind the first paint: until a run is built, and while the window stands still."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "work.fit.json")
        save_experiment(Experiment(loops.points(), loops.settings()), Path(path))
        pairs = [(_load("alone"), _load(path)) for _repetition in range(LOADS)]
    ratio = median(ours[0] / alone[0] for alone, ours in pairs)
    stall = median(1000 * ours[1] for _alone, ours in pairs)
    return [
        Row("From the first paint to Run / torch alone and a step", ratio, most=1.2),
        Row("Longest stall while PyTorch loads", stall, "ms", most=150),
    ]


def _load(what: str) -> tuple[float, float]:
    """Seconds until a step can be made, and those of the longest stall; of torch "alone" there is none."""
    process = _python("loading", what)
    seconds, stall = map(float, _line(process).split())
    process.wait(PATIENCE)
    return seconds, stall


def _measure_closings() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "running.fit.json"
        endless = replace(loops.settings(), steps=None)
        save_experiment(Experiment(loops.points(), endless), path)
        closings = [_close(path) for _repetition in range(CLOSINGS)]
    return [
        Row("Closing in mid-run, slowest", max(seconds for seconds, _status in closings), "s", most=1),
        Row("Exit status after it", max(abs(status) for _seconds, status in closings), most=0),
    ]


def _close(path: Path) -> tuple[float, int]:
    """Seconds from the close of a window that trains to the end of its process, and the exit status."""
    process = _python("close_in_mid_run", str(path))
    said, start = _line(process), time.perf_counter()
    status = process.wait(PATIENCE)
    return time.perf_counter() - start, status if said == CLOSING else 1


def _python(module: str, argument: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{module}", argument],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )


def _line(process: subprocess.Popen[str]) -> str:
    """The next line that it writes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
