"""The background thread that steps a Sweep; no Qt in it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.problem import Problem
from core.texts import _
from core.training.sweep_plan import TOO_LARGE, Floats, SweepPlan
from core.training.sweep_view import SweepView

if TYPE_CHECKING:
    from core.training.sweep import Sweep

FRAME = 0.016  # seconds between two views
SHARE = 4  # times as long as a view takes, the next one waits, so that training has most of the time


class SweepWorker:
    """Builds a sweep and steps it in a plain thread until it is complete or paused.

    `latest` is the newest view, None before the first; its curves are over x `[M]`. Whoever wants to see it,
    looks. `error` is what ended the thread, if something did.
    """

    def __init__(self, points: Points, settings: Settings, plan: SweepPlan, x: Floats) -> None:
        self.plan = plan
        self.latest: SweepView | None = None
        self.error: Exception | None = None
        self._wanted = points, settings, plan
        self._x = x
        self._sweep: Sweep | None = None
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def complete(self) -> bool:
        """Whether all steps are made."""
        return self.latest is not None and self.latest.complete

    def play(self) -> None:
        """Start stepping, or go on."""
        if self.running or self.complete:
            return
        self.error = None
        self._halt.clear()
        # No daemon: where nobody waits for its last steps, Python does before it ends.
        self._thread = threading.Thread(target=self._work, name="sweep")
        self._thread.start()

    def pause(self, timeout: float | None = None) -> bool:
        """Stop stepping; returns when the thread has, or `timeout` seconds are over; whether it has.

        It ends with the steps it is at, which take a moment, or when PyTorch is loaded.
        """
        self._halt.set()
        return self.wait(timeout)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the thread ends by itself, for `timeout` seconds at most; whether it has."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.running

    def _work(self) -> None:
        try:
            self._steps()
        except Exception as error:  # handed to the thread that looks; nothing may be raised in this one
            self.error = Problem(_(TOO_LARGE)) if _is_of_memory(error) else error

    def _steps(self) -> None:
        from core.training.sweep import Sweep  # here, since it imports torch

        if self._sweep is None:
            self._sweep = Sweep(*self._wanted)
        sweep, due = self._sweep, 0.0
        while sweep.step < self.plan.steps and not self._halt.is_set():
            sweep.advance()
            begin = time.perf_counter()
            if begin >= due:
                self.latest = sweep.view(self._x)
                taken = time.perf_counter() - begin
                due = begin + max(FRAME, SHARE * taken)
        self.latest = sweep.view(self._x)


def _is_of_memory(error: Exception) -> bool:
    """Whether the memory of the computer or of its accelerator was at an end."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error))
