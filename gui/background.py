"""Work that must not hold up the window: done in one background thread, delivered in the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer

from core.problem import Problem

log = logging.getLogger(__name__)

LOOK_EVERY = 8  # milliseconds


class Left(Exception):
    """Work was left by something that is meant to end a program, such as SystemExit, and ends none here."""


@dataclass(frozen=True, eq=False)
class _Job:
    key: str
    work: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None]
    passing: bool = False
    stop: Event = field(default_factory=Event)


class Background(QObject):
    """Runs functions one after the other. Of jobs with the same key only the newest counts.

    The thread never touches Qt: a timer looks for its results, and rests while there is nothing to wait for.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._waiting: dict[str, _Job] = {}
        self._now: tuple[_Job, Future[Any]] | None = None
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._now is not None

    def run(
        self,
        key: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
        passing: bool = False,
    ) -> None:
        """Call work() in the thread, then then(result) or failed(error) in this one.

        A waiting job of the same key is superseded, and so is a running one: its result is dropped, unless it
        is `passing`, one of many that follow each other too fast to wait for the last. After `close` nothing
        is called any more, and nothing of an object of a window that is gone.
        """
        self._add(_Job(key, work, then, failed, passing))

    def search(
        self,
        key: str,
        work: Callable[[Callable[[], bool]], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
        passing: bool = False,
    ) -> None:
        """Run work(stop), which may take long, and asks stop() now and then whether its result is wanted."""
        stop = Event()
        self._add(_Job(key, partial(work, stop.is_set), then, failed, passing, stop))

    def _add(self, job: _Job) -> None:
        if self._closed:
            return
        if self._now is not None and self._now[0].key == job.key and not self._now[0].passing:
            self._now[0].stop.set()
        self._waiting[job.key] = job
        self._start_next()

    def drop(self, key: str) -> None:
        """Forget the job `key`, wherever it is."""
        self._waiting.pop(key, None)
        if self._now is not None and self._now[0].key == key:
            self._now[0].stop.set()
            self._now = _Job(key, lambda: None, lambda _result: None, lambda _error: None), self._now[1]

    def close(self, wait: bool = True) -> None:
        """Deliver nothing more and end the thread; with `wait`, after the job under way."""
        self._closed = True
        self._timer.stop()
        self._waiting.clear()
        if self._now is not None:
            self._now[0].stop.set()
        self._now = None
        self._pool.shutdown(wait=wait)

    def finish(self) -> None:
        """Do everything that waits, deliver none of it, and end the thread."""
        futures = [self._now[1]] if self._now is not None else []
        futures += [self._pool.submit(job.work) for job in self._waiting.values()]
        self.close()
        for error in filter(None, (future.exception() for future in futures)):
            if isinstance(error, Problem):
                log.warning("%s", error)
            else:
                log.error("what was begun could not be finished", exc_info=error)

    def _start_next(self) -> None:
        if self._now is None and self._waiting and not self._closed:
            job = self._waiting.pop(next(iter(self._waiting)))
            self._now = job, self._pool.submit(job.work)
            self._timer.start()

    def _look(self) -> None:
        """Deliver what is done, and go on with the next, whatever becomes of the delivery."""
        if self._now is None or not self._now[1].done():
            return
        job, future = self._now
        self._now = None
        try:
            if job.passing or job.key not in self._waiting:
                self._deliver(job, future)
        finally:
            self._start_next()
            if self._now is None:
                self._timer.stop()

    @staticmethod
    def _deliver(job: _Job, future: Future[Any]) -> None:
        error = future.exception()
        if _is_gone(job.then):
            return
        if error is None:
            job.then(future.result())
        elif isinstance(error, Exception):
            job.failed(error)
        else:
            job.failed(Left(f"{job.key} was left by {error!r}"))


def _is_gone(receiver: Callable[..., Any]) -> bool:
    """Whether a method is that of an object which Qt has destroyed meanwhile, with its window."""
    method = receiver.func if isinstance(receiver, partial) else receiver
    owner = getattr(method, "__self__", None)
    return isinstance(owner, QObject) and not shiboken6.isValid(owner)
