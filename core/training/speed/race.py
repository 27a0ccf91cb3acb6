"""Times contenders by turns: short repetitions one after the other, so that a slow moment hits all alike."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from core.problem import Problem
from core.texts import _
from core.training.speed.contenders import Contender
from core.training.speed.figures import Figure, Way
from core.training.speed.plan import CALCULATES, Budget
from core.training.step_error import first_line

log = logging.getLogger(__name__)

GROWTH = 8  # times as many steps in the next trial, at most

Make = Callable[[], Contender]


@dataclass
class Entry:
    """One who takes part: `samples` are steps a second, `steps` so many as a repetition makes."""

    way: Way
    size: int
    make: Make
    contender: Contender | None = None
    steps: int = 1
    step_seconds: float = 0.0
    samples: list[float] = field(default_factory=list)
    reason: str = ""

    def figure(self) -> Figure:
        """What is known by now."""
        if not self.samples:
            return Figure(self.way, self.size, reason=self.reason)
        low, middle, high = np.percentile(self.samples, (25, 50, 75)).tolist()
        return Figure(self.way, self.size, middle, low, high)


class Race:
    """Entries beside each other. `owned` and `wall` are seconds of this thread: at work, and by the clock."""

    def __init__(self, entries: list[Entry], budget: Budget) -> None:
        self.entries = entries
        self.owned = self.wall = 0.0
        self._budget = budget

    def figures(self) -> tuple[Figure, ...]:
        """What is known by now."""
        return tuple(entry.figure() for entry in self.entries)

    def run(self) -> Iterator[Entry]:
        """Time all; comes by after each turn, at which it can be left."""
        for entry in self.entries:
            self._guard(entry, self._warm_up)
            yield entry
        for _round in range(self._budget.rounds):
            for entry in self.entries:
                if entry.contender is not None:
                    self._guard(entry, self._time)
                yield entry

    def _guard(self, entry: Entry, turn: Callable[[Entry], None]) -> None:
        """Whoever cannot go on drops out, and the others go on."""
        try:
            turn(entry)
        except (Problem, RuntimeError, MemoryError) as error:
            if not isinstance(error, Problem):
                log.warning("%s could not be timed", entry.way, exc_info=error)
            entry.contender, entry.samples, entry.reason = None, [], first_line(error)

    def _warm_up(self, entry: Entry) -> None:
        """Make the contender, and find out how many steps a repetition takes; the last trial counts."""
        budget = self._budget
        if entry.reason:
            return
        if self._foreseen(entry) > budget.longest * GROWTH:
            entry.reason = _("Left out: one step takes too long.")
            return
        contender = entry.contender = entry.make()
        contender.go(1)  # whatever is only done once
        steps = 1
        while True:
            made, seconds = self._clocked(contender, steps)
            if seconds >= budget.seconds / 2 or made < steps:  # long enough, or the run has ended
                break
            steps = made * GROWTH if seconds <= 0 else round(made * min(GROWTH, budget.seconds / seconds)) + 1
        entry.step_seconds = seconds / made
        entry.steps = max(1, round(budget.seconds / entry.step_seconds))
        entry.samples.append(made / seconds)
        if entry.step_seconds > budget.longest:
            entry.contender = None  # once is enough

    def _foreseen(self, entry: Entry) -> float:
        """How long a step may take, from a smaller one of the same way."""
        smaller = [e for e in self.entries if e.way == entry.way and e.size < entry.size and e.step_seconds]
        if not smaller:
            return 0.0
        nearest = max(smaller, key=lambda e: e.size)
        if nearest.step_seconds < CALCULATES:
            return 0.0
        return nearest.step_seconds * entry.size / nearest.size

    def _time(self, entry: Entry) -> None:
        assert entry.contender is not None
        made, seconds = self._clocked(entry.contender, entry.steps)
        entry.samples.append(made / seconds)

    def _clocked(self, contender: Contender, steps: int) -> tuple[int, float]:
        """Let it make steps; how many, in how many seconds."""
        contender.begin()
        owned, begun = time.thread_time(), time.perf_counter()
        made = contender.go(steps)
        wall = time.perf_counter() - begun
        self.owned += time.thread_time() - owned
        self.wall += wall
        return made, wall
