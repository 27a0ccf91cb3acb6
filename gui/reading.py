"""Reading a table without holding up the window: in the background, with Cancel when it takes long."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.file_names import shown_name
from core.problem import Problem
from core.tables.reading import Cancelled, Reading
from core.texts import _
from gui.background import Background
from gui.dialogs.progress_dialog import ProgressDialog
from gui.theme import Theme

if TYPE_CHECKING:
    from core.tables import ReadPoints, Table

PATIENCE = 300  # milliseconds before a dialog interrupts the person
LOOK_EVERY = 50  # milliseconds


class _Job:
    """One reading under way; the thread and the window share nothing else."""

    def __init__(self) -> None:
        self.cancel = threading.Event()
        self.share = 0.0

    def report(self, share: float) -> None:
        """Remember how much has been read."""
        self.share = share


class Reader(QObject):
    """Reads points for a window, one table at a time.

    `finished(ReadPoints)`, `failed(sentence)` or `cancelled()` follows each `read`, in the GUI thread, unless
    another `read` or `stop` comes first. The thread has ended whenever the window is closed or hidden.
    """

    finished = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._window = parent.window()
        self._theme = theme
        self._job: _Job | None = None
        self._background: Background | None = None
        self._dialog: ProgressDialog | None = None
        self._name = ""
        self._elapsed = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._show_progress)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether a table is being read."""
        return self._job is not None

    def read(self, source: str | os.PathLike[str] | Table, reading: Reading = Reading()) -> None:  # noqa: B008
        """Begin to read a file, or the table of an ImportDialog; an earlier reading is given up."""
        self.stop()
        job = self._job = _Job()
        self._name = source if isinstance(source, str) else getattr(source, "name", str(source))
        self._background = Background(self)
        self._window.installEventFilter(self)
        self._elapsed.start()
        self._timer.start()

        def work() -> ReadPoints:
            from core.tables import read_points  # here, since the window is painted before it is needed

            return read_points(source, reading, job.report, job.cancel.is_set)

        self._background.run("read", work, self._deliver, self._fail)

    def cancel(self) -> None:
        """Ask the reading to end; `cancelled` follows when it has."""
        if self._job is not None:
            self._job.cancel.set()

    def stop(self) -> None:
        """End the reading, and wait for its thread; nothing is delivered."""
        self.cancel()
        self._clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stop when the window closes; a spontaneous hiding is only a minimising."""
        if event.type() == QEvent.Type.Hide and watched is self._window and not event.spontaneous():
            self.stop()
        return False

    def _deliver(self, points: ReadPoints) -> None:
        self._clear()
        self.finished.emit(points)

    def _fail(self, error: Exception) -> None:
        self._clear()
        if isinstance(error, Cancelled):
            self.cancelled.emit()
        elif isinstance(error, Problem):
            self.failed.emit(str(error))
        else:
            raise error

    def _clear(self) -> None:
        """Put everything of the last reading away; the thread has ended after this."""
        self._timer.stop()
        self._job = None
        self._window.removeEventFilter(self)
        if self._background is not None:
            self._background.close()
            self._background.deleteLater()
            self._background = None
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None

    def _show_progress(self) -> None:
        if self._job is None or self._elapsed.elapsed() < PATIENCE:
            return
        if self._dialog is None:
            text = _("Reading {name}").format(name=shown_name(self._name))
            self._dialog = ProgressDialog(
                text,
                _("How much of the table has been read."),
                _("Stop; the points stay as they were."),
                self._theme,
                self._window,
            )
            self._dialog.cancelled.connect(self.cancel)
            self._dialog.show()
        self._dialog.show_share(self._job.share)
