"""Takes what the program itself does wrong: all of it to the log, and once, in a dialog, to the person."""

from __future__ import annotations

import logging
import sys
import threading
from collections import Counter
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow

log = logging.getLogger(__name__)

Place = tuple[type[BaseException], str, int]


class Faults(QObject):
    """Stands where Python sends errors that nobody has caught, from its making until `close`.

    A fault that comes with every frame is logged whole the first time, and then ever more rarely. There is
    one dialog at a time, and none again about a fault that was there before.
    """

    _met_in_thread = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._met_in_thread.connect(self._tell_once, Qt.ConnectionType.QueuedConnection)
        self._seen: Counter[Place] = Counter()
        self._tells = False
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread
        sys.unraisablehook = self._take_unraisable

    def close(self) -> None:
        """Back to what was."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        self._met_in_thread.disconnect(self._tell_once)

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """One in the thread of the window, which stays."""
        if self._log(error, trace):
            self._tell_once()

    def _tell_once(self) -> None:
        if self._tells:
            return
        self._tells = True  # also while the dialog is made: a fault in it must not make another
        try:
            _tell()
        except Exception:
            log.exception("a fault could not be told")
        finally:
            self._tells = False

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        """One in another thread, which may not touch the window: that is left to the thread of the window.

        SystemExit ends a thread, and is no fault.
        """
        error = arguments.exc_value
        if error is None or isinstance(error, SystemExit):
            return
        if self._log(error, arguments.exc_traceback):
            self._met_in_thread.emit()

    def _take_unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        """One that could not even be raised, as in the end of an object."""
        if arguments.exc_value is not None:
            self._log(arguments.exc_value, arguments.exc_traceback)

    def _log(self, error: BaseException, trace: TracebackType | None) -> bool:
        """Log a fault; whether it is one that was not there before."""
        place = _place(error, trace)
        self._seen[place] += 1
        times = self._seen[place]
        if times == 1:
            log.error("a fault of the program", exc_info=(type(error), error, trace))
        elif times.bit_count() == 1:  # 2, 4, 8 …
            log.error(
                "the same fault for the %d. time: %s in %s, line %d", times, place[0].__name__, *place[1:]
            )
        return times == 1


def _place(error: BaseException, trace: TracebackType | None) -> Place:
    """What makes two faults the same: their kind, and the line that raised them."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        (type(error), "", 0)
        if trace is None
        else (type(error), trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    )


def _tell() -> None:
    """Show the dialog over the window that is there, unless one is open."""
    from gui.dialogs.fault_dialog import FaultDialog

    windows = [
        each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()
    ]
    if not windows or any(isinstance(each, FaultDialog) for each in QApplication.topLevelWidgets()):
        return
    window = windows[0]
    dialog = FaultDialog(window.workspace, QApplication.activeModalWidget() or window)
    window.closing.connect(dialog.reject)
    dialog.show()
