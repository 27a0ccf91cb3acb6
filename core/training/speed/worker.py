"""The background thread that measures; no Qt in it."""

from __future__ import annotations

import threading

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.texts import _
from core.training.speed.figures import Compiling, Report
from core.training.speed.plan import Budget


class SpeedWorker:
    """Measures in a plain thread until it is done or ended.

    `latest` is the newest report; whoever wants to see it, looks. `error` is what ended the thread, if
    something did. `before` is what is known from earlier of the time that compiling takes.
    """

    def __init__(
        self,
        points: Points,
        settings: Settings,
        before: Compiling | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.latest = Report(doing=_("Loading PyTorch …"))
        self.error: Exception | None = None
        self._wanted = points, settings
        self._before = before
        self._budget = budget or Budget()
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name="speed", daemon=True)
        self._thread.start()

    def end(self, timeout: float | None = None) -> bool:
        """Stop measuring; returns when the thread has, or `timeout` seconds are over; whether it has."""
        self._halt.set()
        return self.wait(timeout)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the thread ends by itself, for `timeout` seconds at most; whether it has."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.running

    def _work(self) -> None:
        try:
            self._measure()
        except Exception as error:  # handed to the thread that looks; nothing may be raised in this one
            self.error = error

    def _measure(self) -> None:
        from core.training.devices import available_devices  # here, since it imports torch
        from core.training.speed.measure import Measurement

        measurement = Measurement(
            *self._wanted, available_devices(), self._budget, self._before, self._publish, self._halt.wait
        )
        if not self._halt.is_set():
            measurement.run()

    def _publish(self, report: Report) -> None:
        self.latest = report
