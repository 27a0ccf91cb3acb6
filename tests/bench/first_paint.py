"""A process that says when its window is painted, and ends: the program, or an empty one to compare with.

Nothing is imported beforehand, so that each imports in its own order.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def run_program() -> None:
    """Start the program as a person does."""
    import main
    from gui import preflight

    require_platform = preflight.require_platform

    def watched(needs_screen: bool) -> None:
        """The last that is asked before the window is imported."""
        require_platform(needs_screen)
        watch_window()

    setattr(preflight, "require_platform", watched)  # noqa: B010
    sys.exit(main.main([]))


def watch_window() -> None:
    """Let the window that the program makes say when it is painted."""
    from gui import app

    create_window = app.create_window

    def watched(**parts: Any) -> MainWindow:
        from tests.bench.painted import FirstPaint

        window = create_window(**parts)
        FirstPaint(window)
        return window

    setattr(app, "create_window", watched)  # noqa: B010


def run_empty() -> None:
    """A window with two plots, as short as it can be written."""
    import pyqtgraph
    from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

    from tests.bench.painted import FirstPaint

    application = QApplication([])
    window = QMainWindow()
    FirstPaint(window)
    plots = QSplitter()
    plots.addWidget(pyqtgraph.PlotWidget())
    plots.addWidget(pyqtgraph.PlotWidget())
    window.setCentralWidget(plots)
    window.resize(1280, 720)
    window.show()
    application.exec()


if __name__ == "__main__":
    run_empty() if sys.argv[1] == "empty" else run_program()
