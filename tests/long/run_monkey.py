"""A process of its own in which a monkey works at the window, and that says how to have each fault again."""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication, QPixmapCache

from core.texts import use_language
from gui.app import create_app
from tests.monkey.faults import Faults, name_of
from tests.monkey.monkey import Act, Monkey

HANGS = 240  # seconds that nothing a person does may take
WEIGHED_EVERY = 500  # acts, after which the window is closed, and another one opened
SLOWEST = 8  # acts that are told of
AT_ONCE = 1  # millisecond between two clicks that are one, so that no list waits for a second click
MB = 1024 * 1024


def main() -> int:
    """Let the monkey work, and print what it found as one JSON object; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--actions", type=int, default=5000)
    parser.add_argument("--trace", type=Path, help="write each act to this file before it is done")
    parser.add_argument("--replay", type=Path, help="do the acts of such a file, whatever the seed")
    parser.add_argument("--last", type=int, help="of these acts, only so many at the end")
    parser.add_argument("--stop", action="store_true", help="at the first fault")
    parser.add_argument("--shorten", metavar="FAULT", help="find the fewest acts at the end of --replay")
    arguments = parser.parse_args()
    if arguments.shorten:
        return shorten(arguments.replay, arguments.shorten)
    with tempfile.TemporaryDirectory(prefix="monkey-", ignore_cleanup_errors=True) as folder:
        found = Watch(arguments).run(Path(folder))
    print(json.dumps(found, indent=1, ensure_ascii=False), flush=True)  # noqa: T201
    os._exit(1 if found["faults"] else 0)  # tearing PyTorch down would take seconds


class Watch:
    """Runs a monkey and keeps what came of it."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._faults: dict[str, dict[str, object]] = {}
        self._slowest: list[tuple[float, int, str]] = []
        self._megabytes: list[tuple[int, float]] = []

    def run(self, folder: Path) -> dict[str, object]:
        """Let a monkey with a folder of its own do what was asked for; what there is to tell."""
        _settle_in(folder)
        begin, number = time.perf_counter(), 0
        trace = self._arguments.trace.open("w", encoding="utf-8") if self._arguments.trace else None
        with Faults() as faults:
            monkey = Monkey(self._arguments.seed, folder, faults)
            for number, act in enumerate(self._acts(monkey), start=1):
                if trace:
                    print(act, file=trace, flush=True)
                self._do(monkey, act, number, faults)
                if self._faults and self._arguments.stop:
                    break
                if number % WEIGHED_EVERY == 0:
                    monkey.close()
                    self._megabytes.append((number, held_megabytes()))
                    self._say(f"{number} acts, {time.perf_counter() - begin:.0f} s, {left_words(monkey)}")
            faulthandler.dump_traceback_later(HANGS, exit=True)
            monkey.close()
            faulthandler.cancel_dump_traceback_later()
            self._note(faults, number, "the end")
        return {
            "seed": self._arguments.seed,
            "actions": number,
            "seconds": round(time.perf_counter() - begin),
            "faults": self._faults,
            "actions left": monkey.curiosity.actions_left(),
            "inputs left": monkey.curiosity.inputs_left(),
            "inputs reached": monkey.curiosity.share_of_inputs(),
            "megabytes": self._megabytes,
            "growth": growth(self._megabytes),
            "slowest": self._slowest,
        }

    def _acts(self, monkey: Monkey) -> Iterator[Act]:
        if self._arguments.replay is None:
            for _act in range(self._arguments.actions):
                monkey.open()
                yield monkey.choose()
            return
        lines = self._arguments.replay.read_text(encoding="utf-8").splitlines()
        yield from map(Act.read, lines[-(self._arguments.last or 0) :])

    def _do(self, monkey: Monkey, act: Act, number: int, faults: Faults) -> None:
        faulthandler.dump_traceback_later(HANGS, exit=True)
        start = time.perf_counter()
        monkey.do(act)
        self._slowest.append((round(time.perf_counter() - start, 2), number, str(act)))
        self._slowest = sorted(self._slowest, reverse=True)[:SLOWEST]
        self._note(faults, number, str(act))

    def _note(self, faults: Faults, number: int, act: str) -> None:
        for fault in faults.take():
            known = self._faults.get(name_of(fault))
            if known is None:
                self._faults[name_of(fault)] = {"first at": number, "act": act, "times": 1, "in full": fault}
                again = f"python -m tests.long.run_monkey --seed {self._arguments.seed} --actions {number}"
                self._say(f"fault at {number}, by {act}; have it again by\n  {again} --stop\n{fault}")
            else:
                known["times"] = int(str(known["times"])) + 1

    def _say(self, words: str) -> None:
        print(words, file=sys.stderr, flush=True)  # noqa: T201


def _settle_in(folder: Path) -> None:
    """A person's own folder and settings, and an application whose lists can be clicked on at once."""
    os.environ["FITSCOPE_DATA"] = str(folder / "work")
    os.environ["HOME"] = str(folder)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))
    faulthandler.enable()
    create_app([])
    QGuiApplication.styleHints().setMouseDoubleClickInterval(AT_ONCE)
    use_language("en")


def shorten(trace: Path, fault: str) -> int:
    """Find how few acts at the end of a trace still bring a fault, in processes of their own."""
    count, last = len(trace.read_text(encoding="utf-8").splitlines()), 1
    while last < count:
        command = [sys.executable, "-m", "tests.long.run_monkey", "--replay", str(trace), "--last", str(last)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        if fault in told.stdout + told.stderr:
            break
        last *= 2
    words = " ".join(command[1:]) if last < count else "all of them"
    print(f"{min(last, count)} acts: {words}")  # noqa: T201
    return 0


def left_words(monkey: Monkey) -> str:
    """What is still to be reached, in short."""
    left, share = len(monkey.curiosity.actions_left()), monkey.curiosity.share_of_inputs()
    return f"{left} actions left, {share:.1%} of the inputs reached"


def growth(weighed: list[tuple[int, float]]) -> float | None:
    """Megabytes for 1,000 acts, by least squares over the later half, when all is there that is made once."""
    later = weighed[len(weighed) // 2 :]
    if len(later) < 3:
        return None
    mean = sum(number for number, _size in later) / len(later)
    over = sum((number - mean) * size for number, size in later)
    return round(1000 * over / sum((number - mean) ** 2 for number, _size in later), 2)


def held_megabytes() -> float:
    """The memory that was asked for by malloc and not given back, when all that is garbage is gone.

    Not that of the process: of its pages the C library keeps those in which anything at all is still used,
    and that swings by tens of megabytes. Of what Python asks for itself it has the small pieces only with
    PYTHONMALLOC=malloc. Without the pictures of controls that Qt keeps, ten megabytes at most, which come
    and go. Zero where the C library does not tell.
    """
    QPixmapCache.clear()
    gc.collect()
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return 0.0
    library.mallinfo2.restype = Told
    told = library.mallinfo2()
    return round((told.uordblks + told.hblkhd) / MB, 2)


class Told(ctypes.Structure):
    """What mallinfo2 of glibc tells: `uordblks` and `hblkhd` are the bytes in use, in heaps and beside."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
