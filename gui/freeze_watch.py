"""Watches whether the window stands still, and has the log say where each thread was meanwhile."""

from __future__ import annotations

import faulthandler
import logging
import time
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QObject, QTimer

BEAT = 250  # milliseconds
LONGEST_BEAT = 2.0  # seconds for which a window may stand still

log = logging.getLogger(__name__)


class FreezeWatch(QObject):
    """Writes the stack of every thread to the file `path` when the event loop waits longer than `longest`.

    The interpreter itself writes it, from a thread that needs nothing of Python, since whatever holds up the
    window may hold that too. How long it took in the end is logged behind it.
    """

    def __init__(self, path: Path, parent: QObject, longest: float = LONGEST_BEAT) -> None:
        super().__init__(parent)
        self._longest = longest
        self._last = time.monotonic()
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
            self._beat()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        if self._file is not None:
            faulthandler.cancel_dump_traceback_later()
            self._file.close()
            self._file = None

    def _beat(self) -> None:
        assert self._file is not None
        now = time.monotonic()
        if now - self._last > self._longest + BEAT / 1000:
            log.warning("the window stood still for %.1f s; the stacks above are of then", now - self._last)
        self._last = now
        faulthandler.dump_traceback_later(self._longest + BEAT / 1000, file=self._file)
