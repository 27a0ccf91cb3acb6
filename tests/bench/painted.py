"""Says when the main window of a process is painted for the first time, and ends the process."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

PAINTED, PAINTED_WITH_TORCH = "painted", "painted with torch"


class FirstPaint(QObject):
    """Waits for the first paint event of `window`; once the picture is done, says so.

    It looks at no other events: a window that is being built sees thousands.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look, and let the event go on."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._say)  # the paint events of what is in the window come before it
        return False

    def _say(self) -> None:
        sys.stdout.write((PAINTED_WITH_TORCH if "torch" in sys.modules else PAINTED) + "\n")
        sys.stdout.flush()
        os._exit(0)
