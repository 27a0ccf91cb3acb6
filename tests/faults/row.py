"""One fault: how it is injected, what a person reads then, what is kept, and what of that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.program import Ended, Program

NO_SENTENCE = re.compile(r"Traceback|\[Errno|0x[0-9a-f]{6}|^\s*$")


@dataclass
class Outcome:
    """What came of a fault; `wrong` is empty where all is as it must be."""

    reads: str = ""
    kept: str = ""
    wrong: list[str] = field(default_factory=list)

    def must(self, is_so: bool, what: str) -> None:
        """Note what is not so."""
        if not is_so:
            self.wrong.append(what)

    def read(self, ended: Ended) -> None:
        """Note what a person reads, which must be a sentence, and that the process ended by itself."""
        self.reads = ended.reads
        self.must(not NO_SENTENCE.search(self.reads), f"no sentence: {self.reads!r}")
        self.must(ended.status in (0, 1, 2), f"ended with {ended.status}: {ended.complaint[-600:]}")
        self.must("Traceback" not in ended.complaint, f"a traceback: {ended.complaint[-600:]}")

    def stays(self, ended: Ended) -> None:
        """See that what was read was still there some seconds later."""
        self.must(
            ended.told.get("stays") == ended.told.get("reads"), f"did not stay: {ended.told.get('stays')!r}"
        )

    def keep(self, program: Program, points: int, **words: str) -> None:
        """Start the program again, and see that so many points are shown."""
        again = program.window("look", **words)
        shown = again.told.get("points")
        self.kept = f"{shown} of {points} points"
        self.must(shown == points, f"kept {self.kept}, reads {again.reads!r} {again.complaint[-600:]}")


@dataclass(frozen=True)
class Row:
    """A fault of the table; `mounts` says that it needs a file system of its own."""

    number: int
    fault: str
    inject: Callable[[Program, Outcome], None]
    mounts: bool = False

    def run(self, folder: Path) -> Outcome:
        """Inject it into the program of a person whose things are in `folder`."""
        outcome = Outcome()
        try:
            self.inject(Program(folder), outcome)
        except Exception as error:
            outcome.wrong.append(f"{type(error).__name__}: {error}")
        return outcome
