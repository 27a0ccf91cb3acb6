"""A process that says when its window is painted, and ends: the program, or an empty one to compare with.

Nothing is imported beforehand, so that each imports in its own order.
"""

import sys


def run_program() -> None:
    """Start the program as a person does."""
    import main
    from gui import app

    create_app = app.create_app

    def watched(argv: list[str]) -> object:
        from tests.bench.painted import FirstPaint

        application = create_app(argv)
        FirstPaint(application)
        return application

    setattr(app, "create_app", watched)  # noqa: B010
    sys.exit(main.main([]))


def run_empty() -> None:
    """A window with two plots, as short as it can be written."""
    import pyqtgraph
    from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

    from tests.bench.painted import FirstPaint

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
