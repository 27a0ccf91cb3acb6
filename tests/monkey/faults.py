"""Hears of everything that goes wrong in a process and that a person should never meet."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

ROOT = Path(__file__).parents[2]
HARMLESS = ("This plugin does not support", "Mouse event ", "Keyboard event ")  # no screen; QtTest
QUIET = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)


class Faults(logging.Handler):
    """While entered, collects exceptions of all threads, warnings of Qt and Python, and errors in the log.

    `seen` has each of them in full; `name_of` shortens one to what tells it from others.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def __enter__(self) -> Faults:
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
        sys.excepthook = self._hear
        threading.excepthook = lambda fault: self._hear(fault.exc_type, fault.exc_value, fault.exc_traceback)
        sys.unraisablehook = lambda fault: self._hear(fault.exc_type, fault.exc_value, fault.exc_traceback)
        warnings.showwarning = self._hear_warning
        self._qt = qInstallMessageHandler(self._hear_qt)
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning = self._hooks
        qInstallMessageHandler(self._qt)
        logging.getLogger().removeHandler(self)

    def take(self) -> list[str]:
        """What has gone wrong since the last time that somebody asked."""
        seen, self.seen = self.seen, []
        return seen

    def emit(self, record: logging.LogRecord) -> None:
        """An error in the log."""
        self.seen.append(logging.Formatter("log: %(message)s").format(record))

    def _hear(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seen.append("".join(traceback.format_exception(kind, error, trace)))

    def _hear_warning(
        self, message: Warning | str, kind: type[Warning], file: str, line: int, *_rest: object
    ) -> None:
        stack = "".join(traceback.format_stack()[:-1])
        self.seen.append(f"{stack}{file}:{line}\n{kind.__name__}: {message}")

    def _hear_qt(self, kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind not in QUIET and not any(words in message for words in HARMLESS):
            self.seen.append(f"Qt: {message}\n" + "".join(traceback.format_stack(limit=6)))
        if kind == QtMsgType.QtFatalMsg:  # nobody will ask any more
            print(self.seen[-1], file=sys.__stderr__, flush=True)


def name_of(fault: str) -> str:
    """One line that two faults of the same cause share: the last line of ours, and what was raised."""
    lines = fault.strip().splitlines()
    if lines[0].startswith("Qt: "):
        return lines[0]
    places = [line.strip() for line in lines if line.strip().startswith("File ") and str(ROOT) in line]
    place = places[-1].replace(f"{ROOT}/", "") if places else lines[0]
    return f"{place}: {lines[-1].strip()}"
