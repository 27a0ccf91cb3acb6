"""Says when the first main window of a process is painted, and ends the process."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

PAINTED, PAINTED_WITH_TORCH = "painted", "painted with torch"


class FirstPaint(QObject):
    """Waits for the first paint event of a main window; once the picture is done, says so."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look, and let the event go on."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            self._application.removeEventFilter(self)
            QTimer.singleShot(0, self._say)  # the paint events of what is in the window come before it
        return False

    def _say(self) -> None:
        sys.stdout.write((PAINTED_WITH_TORCH if "torch" in sys.modules else PAINTED) + "\n")
        sys.stdout.flush()
        os._exit(0)
