"""Kills the program while a person edits, again and again, and says what each kill lost at most.

`python -m tests.long.kills 100` kills so many windows; `--seed` chooses other moments.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.experiment import Experiment, Points
from core.experiment.file import save_work
from core.experiment.slots import ENDING
from core.experiment.work import LeftWork, Unreadable, left_work, read_work

ROOT = Path(__file__).parents[2]
START = 120.0  # seconds that a window may take to begin on a busy machine
LOOK_EVERY = 0.001  # seconds
EDITS = 3  # before a kill may come


class Case(NamedTuple):
    """Windows that are killed together: how many, with how many points, and whether in the middle of a save.

    They edit every so many milliseconds, and may lose so many seconds.
    """

    windows: int
    points: int
    during_save: bool
    every: int
    most: float


CASES = (
    Case(1, 5, False, 40, 1.0),
    Case(1, 5, True, 40, 1.0),
    Case(2, 2_000, False, 40, 1.0),
    Case(1, 300_000, False, 100, 1.0),
    Case(1, 300_000, True, 100, 1.0),
    Case(2, 300_000, False, 150, 1.0),
    Case(1, 1_000_000, False, 250, 2.0),
    Case(1, 1_000_000, True, 250, 2.0),
)


class Edit(NamedTuple):
    """The x of the first point, which no edit changes, the number of the edit, and its time in seconds."""

    x: float
    number: float
    when: float


@dataclass(frozen=True)
class Loss:
    """What a kill did to one window: the seconds of edits that are gone, and what else is wrong, if any."""

    case: Case
    seconds: float
    wrong: str = ""

    @property
    def is_bad(self) -> bool:
        return bool(self.wrong) or self.seconds > self.case.most


def killed(case: Case, chance: random.Random, folder: Path) -> list[Loss]:
    """Kill the windows of `case` at one moment, and look at what they left in `folder`."""
    data = folder / "data"
    data.mkdir()
    points = np.arange(case.points, dtype=float)
    for number in range(1, case.windows + 1):
        save_work(Experiment(Points(points + number, points * 0)), data / f"work-{number}{ENDING}")
    journals = [folder / f"journal-{number}" for number in range(case.windows)]
    windows = [_window(journal, case.every, folder) for journal in journals]
    try:
        _wait_for_edits(journals)
        _wait_for_moment(case, chance, data)
        end = time.monotonic()
    finally:
        for window in windows:
            window.kill()
    for window in windows:
        window.wait()
    return [_loss(case, journal, end, data) for journal in journals]


def _window(journal: Path, every: int, folder: Path) -> subprocess.Popen[bytes]:
    own = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.long.edited_until_killed", journal, str(every)],
        cwd=ROOT,
        env={**os.environ, **own, "FITSCOPE_DATA": str(folder / "data"), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _edits(journal: Path) -> list[Edit]:
    """Each edit that is noted whole."""
    lines = journal.read_text().split("\n")[:-1] if journal.exists() else []
    return [Edit(*map(float, line.split())) for line in lines]


def _wait_for_edits(journals: list[Path]) -> None:
    end = time.monotonic() + START
    while any(len(_edits(journal)) < EDITS for journal in journals):
        if time.monotonic() > end:
            raise TimeoutError("no window began to edit")
        time.sleep(LOOK_EVERY)


def _wait_for_moment(case: Case, chance: random.Random, data: Path) -> None:
    """Some time; and then, if so, until a file is not whole yet."""
    time.sleep(chance.uniform(0, 3))
    if case.during_save:
        end = time.monotonic() + START
        while not list(data.glob(".*.part")) and time.monotonic() < end:
            time.sleep(LOOK_EVERY)


def _loss(case: Case, journal: Path, end: float, data: Path) -> Loss:
    """What the window with that journal lost: the time from its first edit that no file has to the kill."""
    edits = _edits(journal)
    works = [read_work(path) for path in data.glob(f"work-*{ENDING}")]
    if any(isinstance(work, Unreadable) for work in works):
        return Loss(case, 0.0, "a file is damaged")
    found = [work.points for work in works if isinstance(work, Experiment)]
    mine = [points for points in found if points.x[0, 0] == edits[0].x]  # whoever came first has the first
    if len(mine) != 1 or len(mine[0]) != case.points:
        return Loss(case, 0.0, f"{len(mine)} works of one window")
    offered = [work for work in left_work(data, None) if isinstance(work, LeftWork)]
    if len(offered) != case.windows or list(data.glob(".*.part")):
        return Loss(case, 0.0, "not all is offered, or a part of a file is left")
    gone = [edit.when for edit in edits if edit.number > mine[0].y[0]]
    return Loss(case, max(0.0, end - gone[0]) if gone else 0.0)


def main() -> int:
    """Kill as often as is asked for; 0 where nothing was damaged, and no more lost than may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance, losses = random.Random(arguments.seed), list[Loss]()
    for case in itertools.cycle(CASES):
        if len(losses) >= arguments.kills:
            break
        with tempfile.TemporaryDirectory() as folder:
            found = killed(case, chance, Path(folder))
        losses += found
        for loss in found:
            sys.stdout.write(f"{len(losses)} {case} {loss.seconds:.3f} s {loss.wrong}\n")
            sys.stdout.flush()
    for case in CASES:
        seconds = [loss.seconds for loss in losses if loss.case == case]
        if seconds:
            sys.stdout.write(f"{case}: {len(seconds)} kills, at most {max(seconds):.3f} s lost\n")
    bad = [loss for loss in losses if loss.is_bad]
    sys.stdout.write(f"{len(losses)} kills, {len(bad)} of them bad\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
