"""A process that says when its window is painted, and ends: the program, or an empty one to compare with.

Nothing is imported beforehand, so that each imports in its own order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from gui.main_window import MainWindow


def run_program() -> None:
    """Start the program as a person does."""
    import main

    let_watch(watch_paint)
    sys.exit(main.main([]))


def let_watch(watch: Callable[[MainWindow], None]) -> None:
    """Have the window that the program makes watched; nothing else is imported until then."""
    from gui import preflight

    require_platform = preflight.require_platform

    def watched(needs_screen: bool) -> None:
        """The last that is asked before the window is imported."""
        require_platform(needs_screen)
        from gui import app

        create_window = app.create_window

        def create(**parts: Any) -> MainWindow:
            window = create_window(**parts)
            watch(window)
            return window

        setattr(app, "create_window", create)  # noqa: B010

    setattr(preflight, "require_platform", watched)  # noqa: B010


def watch_paint(window: QMainWindow) -> None:
    """Say when the window is painted."""
    from tests.bench.painted import FirstPaint

    FirstPaint(window)


def run_empty() -> None:
    """A window with two plots, as short as it can be written."""
    import pyqtgraph
    from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

    application = QApplication([])
    window = QMainWindow()
    watch_paint(window)
    plots = QSplitter()
    plots.addWidget(pyqtgraph.PlotWidget())
    plots.addWidget(pyqtgraph.PlotWidget())
    window.setCentralWidget(plots)
    window.resize(1280, 720)
    window.show()
    application.exec()


if __name__ == "__main__":
    run_empty() if sys.argv[1] == "empty" else run_program()
