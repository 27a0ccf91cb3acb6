"""A process that opens the program and edits its points without end, and notes each edit in a file."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

import main
from gui import app
from gui.main_window import MainWindow


class Editor(QObject):
    """Lifts the first point by one, again and again; so its y is the number of the edit."""

    def __init__(self, application: QApplication, journal: Path, every: int) -> None:
        super().__init__(application)
        self._journal = journal.open("w", buffering=1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._edit)
        self._timer.start(every)

    def _edit(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible():
                window.store.move_points([0], 0.0, 1.0)
                points = window.store.points
                self._journal.write(f"{points.x[0, 0]:.0f} {points.y[0]:.0f} {time.monotonic()}\n")


def run(journal: Path, every: int) -> int:
    """The program's own exit status; it edits every so many milliseconds."""
    create_app = app.create_app

    def edited(argv: list[str]) -> QApplication:
        application = create_app(argv)
        if not application.findChildren(Editor):
            Editor(application, journal, every)
        return application

    setattr(app, "create_app", edited)  # noqa: B010
    return main.main([])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), int(sys.argv[2])))
