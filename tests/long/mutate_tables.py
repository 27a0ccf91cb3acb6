"""A process of its own that reads thousands of files made wrong on purpose, and says what came of them."""

from __future__ import annotations

import argparse
import json
import logging
import re
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from core.experiment import Points, load_experiment
from core.problem import Problem
from core.tables import open_table, preview, read_points
from core.tables.reading import BEHIND, ReadPoints
from tests import mutations
from tests.mutations import Mutant, mutants

SECONDS = 2.0  # the most that a person should wait for a small file
MEGABYTES = 512  # the most memory, of this process and of each that it starts
MOST_ADDRESSES = 8_000_000_000  # bytes, so that a fault here does not take the machine with it
ROWS_ABOVE = "The rows begin in line"  # tells of lines in front of the table, which nobody counts
LINES_OF_NAMES = 1  # in a table without anything before its numbers

CAUSES = {
    mutations.EMPTY: "is empty",
    mutations.NO_ROWS: "no rows",
    mutations.ONE_COLUMN: "Only the column|no column of numbers",
    mutations.NO_NUMBERS: "No column of the table has numbers",
    mutations.NO_FINITE: "No row has a finite number in both columns",
    mutations.NO_TEXT: "is no text|is not a text",
    mutations.ENCODING: "not in the encoding",
    mutations.TOO_LONG: "too long",
    mutations.QUOTE: "quot",
    mutations.WEB_PAGE: "web page",
    mutations.TOO_LARGE: "the limit is|has more than|MB unpacked|too large",
    mutations.DAMAGED: "is damaged or is not a workbook",
    mutations.FORMULAS: "formula",
    mutations.SHEET: "sheet",
    mutations.NOTATION: "has no single notation|has another decimal mark",
}
UNKNOWN = "?"


class Faults(logging.Handler):
    """Keeps what the program logs as a fault of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(logging.Formatter().format(record))


class Examination:
    """Reads mutants one by one, and keeps for each kind what came of it and what was wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.faults = folder, Faults()
        logging.getLogger().addHandler(self.faults)
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.wrong: list[dict[str, object]] = []
        self.slowest, self.largest = 0.0, 0
        self._originals: dict[str, ReadPoints | Points | str] = {}

    def look_at(self, number: int, mutant: Mutant) -> None:
        """Read one mutant and hold what comes of it against what was done to it."""
        original = self._original(mutant)
        self.faults.seen.clear()
        found, seconds = self._timed(mutant.name, mutant.content)
        self.slowest = max(self.slowest, seconds)
        counts = self.counts[mutant.mutation]
        counts["read" if not isinstance(found, str) else cause_of(found)] += 1
        complaints = [
            *(fault.splitlines()[-1] for fault in self.faults.seen),
            *([f"{seconds:.1f} s"] if seconds > SECONDS else []),
            *self._memory(),
            *complaints_about(mutant, original, found),
        ]
        for complaint in complaints:
            what = {"number": number, "file": mutant.source.name, "mutation": mutant.mutation}
            self.wrong.append(
                {**what, "complaint": complaint, "said": found if isinstance(found, str) else ""}
            )

    def _original(self, mutant: Mutant) -> ReadPoints | Points | str:
        """What comes of the file before it was made wrong."""
        source = mutant.source
        if source.name not in self._originals:
            self._originals[source.name] = self._timed(source.name, source.content)[0]
        return self._originals[source.name]

    def _timed(self, name: str, content: bytes) -> tuple[ReadPoints | Points | str, float]:
        """The points or the sentence, and the seconds that it took; less, if it is quicker once more."""
        path = self.folder / name
        path.write_bytes(content)
        begin = time.perf_counter()
        found = outcome(path)
        seconds = time.perf_counter() - begin
        if seconds > SECONDS:  # others work on this machine too
            begin = time.perf_counter()
            outcome(path)
            seconds = min(seconds, time.perf_counter() - begin)
        path.unlink()
        return found, seconds

    def _memory(self) -> list[str]:
        """A complaint if this process or one that it started has grown beyond what is allowed, once."""
        peaks = [resource.getrusage(whose).ru_maxrss // 1000 for whose in (0, resource.RUSAGE_CHILDREN)]
        before, self.largest = self.largest, max(self.largest, *peaks)
        return [f"{self.largest} MB"] if before <= MEGABYTES < self.largest else []


def outcome(path: Path) -> ReadPoints | Points | str:
    """The points in a file, or the sentence that refuses it; anything else that is raised is told as well."""
    try:
        if path.name.endswith(".fit.json"):
            return load_experiment(path).points
        read = read_points(path)
        preview(open_table(path))
    except Problem as problem:
        return str(problem)
    except Exception as error:
        logging.exception("reading raised")
        return f"{type(error).__name__}: {error}"
    return read


def cause_of(sentence: str) -> str:
    """Which cause a refusal names."""
    if ".fit.json" in sentence:
        return mutations.EXPERIMENT
    return next((cause for cause, words in CAUSES.items() if re.search(words, sentence)), UNKNOWN)


def complaints_about(
    mutant: Mutant, original: ReadPoints | Points | str, found: ReadPoints | Points | str
) -> list[str]:
    """What is not true of the outcome of a mutant."""
    if isinstance(found, str):
        cause = cause_of(found)
        same = isinstance(original, str) and (cause == cause_of(original) != UNKNOWN)
        complaints = [] if same or cause in mutant.causes else [f"names another cause: {cause}"]
        if mutant.keeps and not isinstance(original, str):
            complaints.append("is refused, but holds the same numbers")
        return complaints + ([] if found.endswith((".", "?")) and "\n" not in found else ["is no sentence"])
    if isinstance(found, Points) or isinstance(original, (str, Points)):
        return []
    if not (np.isfinite(found.points.x).all() and np.isfinite(found.points.y).all()):
        return ["has points that are not finite"]
    if mutant.keeps:
        same_points = found.points.x.tobytes() == original.points.x.tobytes()
        same_points &= found.points.y.tobytes() == original.points.y.tobytes()
        return [] if same_points else ["has other points, but holds the same numbers"]
    return complaints_about_a_row(mutant, original, found) if mutant.line is not None else []


def complaints_about_a_row(mutant: Mutant, original: ReadPoints, found: ReadPoints) -> list[str]:
    """What is not true of a plain table in which one row of numbers was changed."""
    lines = [line for line in mutant.source.lines() if line.strip()]
    rows = len(original.points)
    plain = not original.dropped and rows <= len(lines) <= rows + LINES_OF_NAMES
    plain &= mutant.source.separator() != " "  # where any word more is a cell more
    if not plain or mutant.line is None or mutant.line < -rows:
        return []
    complaints = []
    if len(found.points) + found.dropped < rows and ROWS_ABOVE not in found.message:
        complaints.append(f"{rows} rows became {len(found.points)} points and {found.dropped} left out")
    # a last row that begins with a word is taken for a sum or a note
    reasons = mutant.reasons | ({BEHIND} if mutant.line == -1 else frozenset())
    if mutant.reasons and not set(found.dropped_because) <= reasons:
        complaints.append(f"gives another reason: {dict(found.dropped_because)}")
    return complaints


def examined(count: int, seed: int, only: int | None = None) -> dict[str, object]:
    """What came of `count` mutants, or of one alone, as an object for JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    with tempfile.TemporaryDirectory() as folder:
        examination = Examination(Path(folder))
        for number, mutant in enumerate(mutants(count, seed)):
            if only is None or number == only:
                examination.look_at(number, mutant)
    return {
        "counts": {mutation: dict(counts) for mutation, counts in examination.counts.items()},
        "slowest": round(examination.slowest, 2),
        "megabytes": examination.largest,
        "wrong": examination.wrong,
    }


def main() -> None:
    """Print what came of it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.mutate_tables", description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of one mutant")
    chosen = parser.parse_args()
    found = examined(chosen.count, chosen.seed, chosen.only)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
