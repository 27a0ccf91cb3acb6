"""A process that opens the program on a file, lets it train, says so, and closes the window."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

import main
from gui import app
from gui.main_window import MainWindow

CLOSING = "closing"
STEPS = 200  # of training before the window closes
LOOK_EVERY = 20  # milliseconds


class Closer(QObject):
    """Runs the training, and closes the window while it goes on."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY)

    def _look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.session.snapshot is not None:
                self._lead(window)

    def _lead(self, window: MainWindow) -> None:
        session = window.session
        if not session.running:
            session.set_speed(None)
            session.run()
        elif session.snapshot is not None and session.snapshot.step >= STEPS:
            self._timer.stop()
            sys.stdout.write(CLOSING + "\n")
            sys.stdout.flush()
            window.close()


def run() -> int:
    """The program's own exit status."""
    create_app = app.create_app

    def led(argv: list[str]) -> QApplication:
        application = create_app(argv)
        if not application.findChildren(Closer):
            Closer(application)
        return application

    setattr(app, "create_app", led)  # noqa: B010
    return main.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
