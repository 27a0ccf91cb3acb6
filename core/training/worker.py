"""The background thread that steps a Trainer; no Qt in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.training.snapshot import Snapshot

if TYPE_CHECKING:
    from core.training.trainer import Trainer

BRIEF = 0.1  # seconds in which a goal is reached before the next one counts, so that a drag shows its way


class Worker:
    """Steps a trainer in a plain thread until it is paused or the trainer stops.

    The thread publishes by the trainer's `latest`; whoever wants to see it, looks. `speed` is in steps a
    second, None for as fast as it can, and may change at any moment. `error` is what ended the thread, if
    something did. `step_seconds` is how long the last step took, or the last block of them; 0 before it.
    """

    def __init__(self, trainer: Trainer, speed: float | None = None) -> None:
        self.trainer = trainer
        self.error: BaseException | None = None
        self.step_seconds = 0.0
        self._speed = speed
        self._epoch_end: int | None = None
        self._step_end: int | None = None
        self._goal: int | None = None
        self._halt = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self.trainer.latest

    @property
    def nbytes(self) -> int:
        """The bytes of the run, about."""
        return self.trainer.nbytes

    @property
    def running(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def speed(self) -> float | None:
        """Steps a second, or None for no limit."""
        return self._speed

    @speed.setter
    def speed(self, speed: float | None) -> None:
        self._speed = speed
        self._wake.set()

    def play(self, to_epoch: int | None = None, to_step: int | None = None) -> None:
        """Start stepping; to the end of epoch `to_epoch`, or to step `to_step`, if one is given."""
        if self.running:
            return
        self._epoch_end, self._step_end = to_epoch, to_step
        self._start(self._steps)

    def phase(self) -> None:
        """Do the next phase of a step."""
        if not self.running:
            self._start(self.trainer.phase)

    def go_to(self, step: int) -> None:
        """Go to a step of the run, as far as it is known; of many wishes the last counts."""
        self._goal = step
        if not self.running:
            self._start(self._seek)

    def _start(self, work: Callable[[], None]) -> None:
        self.error = None
        self._halt.clear()
        self._wake.clear()
        self._thread = threading.Thread(target=self._work, args=(work,), name="training", daemon=True)
        self._thread.start()

    def pause(self, timeout: float | None = None) -> bool:
        """Stop stepping; returns when the thread has ended, which takes one step at most.

        With a `timeout` in seconds it returns after that in any case; whether the thread has ended.
        """
        self._halt.set()
        self._wake.set()
        return self.wait(timeout)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the thread ends by itself, for `timeout` seconds at most; whether it has."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.running

    def _work(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # handed to the thread that looks; nothing may be raised in this one
            self.error = error
        finally:
            self.trainer.rest()

    def _seek(self) -> None:
        while not self._halt.is_set() and (goal := self._goal) is not None:
            self.trainer.go_to(goal, partial(self._other_wish, goal, time.monotonic() + BRIEF))
            if self._goal == goal:
                return

    def _other_wish(self, goal: int, brief: float) -> bool:
        """Whether the thread should end, or go elsewhere; up to `brief` it comes to the goal all the same."""
        return self._halt.is_set() or (self._goal != goal and time.monotonic() > brief)

    def _steps(self) -> None:
        due = time.monotonic()
        while not self._halt.is_set():
            begin = time.monotonic()
            snapshot = self._next_steps()
            self.step_seconds = time.monotonic() - begin
            if self.trainer.stopped or self._arrived(snapshot):
                return
            if self._speed is not None:
                due = self._wait(due)

    def _next_steps(self) -> Snapshot:
        """One step; as fast as it can, perhaps many at once."""
        if self._speed is not None or self._epoch_end is not None:
            return self.trainer.step()
        if self._step_end is None:
            return self.trainer.leap()
        return self.trainer.leap(self._step_end - self.trainer.latest.step)

    def _arrived(self, snapshot: Snapshot) -> bool:
        """Whether it was asked to come this far and no further."""
        epoch, step = self._epoch_end, self._step_end
        return (epoch is not None and snapshot.epoch >= epoch) or (step is not None and snapshot.step >= step)

    def _wait(self, due: float) -> float:
        """Wait until the next step is due, however the speed changes meanwhile; returns when that was."""
        while not self._halt.is_set() and (speed := self._speed) is not None:
            next_due, now = due + 1.0 / speed, time.monotonic()
            if now >= next_due:
                return max(
                    next_due, now - 1.0 / speed
                )  # late by one step at most, so it never races to catch up
            if self._wake.wait(next_due - now):
                self._wake.clear()
        return time.monotonic()
