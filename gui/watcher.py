"""What is looked into while steps are shown: a little of it for the landscape, all of it to tell the step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.training import Snapshot, Worker

if TYPE_CHECKING:
    from core.training.inside import Inside
    from core.training.inspection import Inspection

SLOPE_AT_ONCE = 1_000_000  # points times parameters: their gradient is found within a frame
AGAIN_AT_ONCE = 100_000  # points times parameters: some hundred steps of them are made again in a moment
TEXTS = 0.1  # seconds between two steps that are opened while training runs: texts have to be read
READABLE = 20  # steps a second; so slowly they can all be followed


class Watcher:
    """Looks into the steps of a worker's trainer, as far as somebody wants to see them.

    `looks` asks for the gradient and the optimizer's memory of each step that is shown, `opens` for all of a
    step, phase by phase, a few times a second.
    """

    def __init__(self) -> None:
        self.looks = self.opens = False
        self._inspection: Inspection | None = None
        self._told: Inside | None = None  # while training runs
        self._opened_at = 0.0

    @property
    def at_work(self) -> bool:
        """Whether anybody wants to see anything."""
        return self.looks or self.opens

    def forget(self) -> None:
        """There is another run, or none."""
        self._inspection = self._told = None

    def inspection_of(self, shown: Snapshot | None) -> Inspection | None:
        """The inside of the step that is shown, where it is known."""
        found = self._inspection
        return None if found is None or found.snapshot is not shown else found

    def inside_of(self, worker: Worker) -> Inside | None:
        """The step under way, phase by phase, or else the one at which the run stands, where it is known."""
        trainer = worker.trainer
        if trainer.in_mid_step:
            return trainer.inside
        if worker.running:
            return self._told
        return trainer.inside if self.opens and trainer.is_open else None

    def begin(self, worker: Worker, single: bool = False) -> None:
        """Let the first step that is made now, perhaps the only one, be looked into."""
        if self.at_work:
            worker.trainer.watch(self._is_to_open(single or _is_slow(worker)))

    def frame(self, worker: Worker) -> Snapshot:
        """A step of this frame that was looked into, so that all that is shown is of one step."""
        found = worker.trainer.inspected
        worker.trainer.watch(self._is_to_open(_is_slow(worker)))
        if found is None:
            return worker.latest
        self._inspection = found
        inside = worker.trainer.inside
        if inside is not None and inside.number == found.snapshot.step:
            self._told = inside
        return found.snapshot

    def rest(self, worker: Worker, points: int) -> None:
        """While nothing trains, the step at which the run stands can be looked into at once."""
        if worker.trainer.in_mid_step:
            return  # the step at which it stands was looked into before
        known = self.at_work and worker.error is None
        size = points * worker.latest.curve.count()
        if worker.latest.step == 0 and size > SLOPE_AT_ONCE:
            known = False  # nothing has found the gradient yet, and it would take a while
        self._inspection = worker.trainer.inspect() if known else None
        self._told = worker.trainer.inside if worker.trainer.is_open else None
        worker.trainer.opens = self.opens and size <= AGAIN_AT_ONCE

    def _is_to_open(self, at_once: bool = False) -> bool:
        """Whether the next step that is looked into should be opened altogether."""
        now = time.monotonic()
        if not self.opens or (now - self._opened_at < TEXTS and not at_once):
            return False
        self._opened_at = now
        return True


def _is_slow(worker: Worker) -> bool:
    return worker.speed is not None and worker.speed <= READABLE
