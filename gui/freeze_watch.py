"""Watches whether the window stands still, and has the log say where each thread was meanwhile."""

from __future__ import annotations

import faulthandler
import logging
import time
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

from PySide6.QtCore import QObject, QTimer

BEAT = 250  # milliseconds
LONGEST_BEAT = 2.0  # seconds for which a window may stand still
LOOKS = 4  # in that time

log = logging.getLogger(__name__)


class FreezeWatch(QObject):
    """Writes the stack of every thread to the file `path` when the event loop waits longer than `longest`.

    A thread writes them, with Python's lock: what holds up the window may hold that too, and is told as soon
    as it gives it away, which is mostly still on its way. faulthandler.dump_traceback_later, which needs no
    lock, follows the frames of threads that run meanwhile, and at times ends the process by that
    (python/cpython#140815). How long the window stood in the end is logged behind the stacks.
    """

    def __init__(self, path: Path, parent: QObject, longest: float = LONGEST_BEAT) -> None:
        super().__init__(parent)
        self._longest = longest + BEAT / 1000
        self._last = time.monotonic()
        self._ended = Event()
        self._thread = Thread(target=self._look, name="freeze watch", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._file: BinaryIO | None = None
        try:
            self._file = path.open("ab")
        except OSError:
            log.warning("a window that stands still cannot be logged", exc_info=True)
        else:
            self._timer.start()
            self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        if self._file is not None:
            self._ended.set()
            self._thread.join()
            self._file.close()
            self._file = None

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._last > self._longest:
            log.warning("the window stood still for %.1f s; the stacks above are of then", now - self._last)
        self._last = now

    def _look(self) -> None:
        """In the thread: write the stacks once for each time that the window stands still."""
        assert self._file is not None
        told = 0.0
        while not self._ended.wait(self._longest / LOOKS):
            last = self._last
            if time.monotonic() - last > self._longest and told != last:
                told = last
                faulthandler.dump_traceback(self._file, all_threads=True)
