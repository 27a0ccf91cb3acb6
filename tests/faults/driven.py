"""The program in a process of its own, driven by an act: python -m tests.faults.driven ACT [ARGUMENT …]

What the act tells goes to standard output, as one JSON list of a name and a value in each line.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

import main
from tests.faults import disk_acts, file_acts, run_acts

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel, QWidget

    from gui.main_window import MainWindow

PATIENCE = 120_000  # milliseconds for what comes by itself on a busy machine
TURN = 10  # milliseconds that an event loop turns before a condition is looked at again
NEVER = 9  # the exit status where it did not come


class Hands:
    """What a person does and reads; it stands where tests.windows expects the bot of pytest-qt."""

    def waitUntil(self, condition: Callable[[], bool | None], **_timeout: int) -> None:  # noqa: N802
        """Let the window work until it is so."""
        from PySide6.QtTest import QTest

        end = time.monotonic() + PATIENCE / 1000  # a clock that nobody sets
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(condition)
            QTest.qWait(TURN)

    def wait(self, milliseconds: int) -> None:
        """Let the window work for a while."""
        from PySide6.QtTest import QTest

        QTest.qWait(milliseconds)

    def go_on_when(self, condition: Callable[[], object], does: Callable[[], None]) -> None:
        """Do it later, once it is so, in whatever event loop turns then: the window may close meanwhile."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        timer = QTimer(QApplication.instance())

        def look() -> None:
            if condition():
                timer.stop()
                does()

        timer.timeout.connect(look)
        timer.start(TURN)

    def mouseClick(self, widget: QWidget, button: Qt.MouseButton, **where: object) -> None:  # noqa: N802
        """Click on `widget`."""
        from PySide6.QtTest import QTest

        QTest.mouseClick(widget, button, **where)  # type: ignore[call-overload]

    def tell(self, name: str, value: object) -> None:
        """Let the row of the table know."""
        sys.stdout.write(json.dumps([name, value]) + "\n")
        sys.stdout.flush()

    def reads(self, window: MainWindow) -> str:
        """What stands in the window that a person reads when something is wrong."""
        from PySide6.QtWidgets import QLabel

        labels = [window.findChild(QLabel, name) for name in ("notice", "message")]
        return " | ".join(label.text() for label in labels if _is_read(label))


def _is_read(label: QLabel | None) -> bool:
    return label is not None and label.isVisible() and bool(label.text())


def start(act: Callable[[MainWindow, Hands], None]) -> None:
    """Start the program as a person does, and let `act` follow once its window is painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent

    import gui.app
    from gui.main_window import MainWindow

    class Driven(MainWindow):
        """A window that says when it is there; only the first one is driven."""

        was_painted = False

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if not Driven.was_painted:
                Driven.was_painted = True
                QTimer.singleShot(0, lambda: _drive(act, self))

    gui.app.MainWindow = Driven  # type: ignore[misc]
    main.start()


def _drive(act: Callable[[MainWindow, Hands], None], window: MainWindow) -> None:
    try:
        act(window, Hands())
    except BaseException:
        traceback.print_exc()
        os._exit(NEVER)


if __name__ == "__main__":
    name = sys.argv.pop(1)
    start(next(getattr(acts, name) for acts in (disk_acts, file_acts, run_acts) if hasattr(acts, name)))
