"""A process that says when its window is painted, and ends: the program, or an empty one to compare with."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

PAINTED, PAINTED_WITH_TORCH = "painted", "painted with torch"


class FirstPaint(QObject):
    """Waits for the first paint event of a main window; once the picture is done, says so."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look, and let the event go on."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            self._app.removeEventFilter(self)
            QTimer.singleShot(0, self._say)  # the paint events of what is in the window come before it
        return False

    def _say(self) -> None:
        sys.stdout.write((PAINTED_WITH_TORCH if "torch" in sys.modules else PAINTED) + "\n")
        sys.stdout.flush()
        os._exit(0)


def run_program() -> None:
    """Start the program as a person does."""
    import main
    from gui import app

    create_app = app.create_app

    def watched(argv: list[str]) -> QApplication:
        application = create_app(argv)
        FirstPaint(application)
        return application

    setattr(app, "create_app", watched)  # noqa: B010
    sys.exit(main.main([]))


def run_empty() -> None:
    """A window with two plots, as short as it can be written."""
    import pyqtgraph

    application = QApplication([])
    FirstPaint(application)
    window = QMainWindow()
    plots = QSplitter()
    plots.addWidget(pyqtgraph.PlotWidget())
    plots.addWidget(pyqtgraph.PlotWidget())
    window.setCentralWidget(plots)
    window.resize(1280, 720)
    window.show()
    application.exec()


if __name__ == "__main__":
    run_empty() if sys.argv[1] == "empty" else run_program()
