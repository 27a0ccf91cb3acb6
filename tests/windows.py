"""What the tests of the window share: a window upon work of its own, its parts, and a person's hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings
from core.training import Snapshot
from gui.app import create_window
from gui.autosave import Autosave
from gui.main_window import MainWindow
from gui.plots.fit_plot import FitPlot
from gui.preferences import Preferences

PATIENCE = 30_000  # milliseconds for PyTorch to load
FULL_SPEED = 0.0  # as the preferences keep it
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

LINE = Points([-2.0, -1.0, 0.0, 1.0, 2.0], [-3.1, -0.9, 1.2, 2.8, 5.1])  # about y = 2 x + 1

T = TypeVar("T", bound=QWidget)


@contextmanager
def opened(
    qtbot: QtBot,
    points: Points = LINE,
    settings: Settings | None = None,
    autosave: Autosave | None = None,
    speed: float = FULL_SPEED,
    mode: str = "full",
) -> Iterator[MainWindow]:
    """A window on the screen, its first run built; whichever window is upon its work at the end is closed."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    font, palette = application.font(), application.palette()
    Preferences().put("speed", speed)
    Preferences().put("mode", mode)
    experiment = None if autosave else Experiment(points, settings or Settings())
    window = create_window(experiment, autosave)
    workspace = window.workspace
    try:
        with qtbot.waitActive(window):
            window.show()
        ready(qtbot, window)
        yield window
    finally:
        for left in windows():
            left.close()
        workspace.close()
        application.setFont(font)
        application.setPalette(palette)


def windows() -> list[MainWindow]:
    """The windows that are on the screen."""
    return [
        w
        for w in QApplication.topLevelWidgets()
        if isinstance(w, MainWindow) and shiboken6.isValid(w) and w.isVisible()
    ]


def ready(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until PyTorch is loaded, and the run that the work asks for is built."""
    session = window.session
    qtbot.waitUntil(lambda: bool(session.devices) and not session.loading, timeout=PATIENCE)


def part(window: QWidget, kind: type[T], name: str) -> T:
    """The one part of a window with that object name."""
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def plot_of(window: QWidget) -> FitPlot:
    """The plot that a person draws on."""
    return part(window, FitPlot, "fit_plot")


def show_panel(qtbot: QtBot, window: MainWindow, key: str) -> None:
    """Let a panel be seen, also where it is behind a tab."""
    dock = part(window, QDockWidget, f"dock_{key}")
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: window.arrangement.seen(key))


def action(window: QWidget, name: str) -> QAction:
    """The action called `action_NAME`."""
    found = window.findChild(QAction, f"action_{name}")
    assert found is not None, name
    return found


def text(window: QWidget, name: str) -> str:
    """What a label or readout says."""
    return part(window, QLabel, name).text()


def message(window: QWidget) -> str:
    """The sentence at the foot of the window."""
    return text(window, "message")


def snapshot(window: MainWindow) -> Snapshot:
    """The newest step of the run; there must be one."""
    newest = window.session.snapshot
    assert newest is not None
    return newest


def wait_for_step(qtbot: QtBot, window: MainWindow, step: int = 1) -> None:
    """Wait until a run has come to `step`."""
    qtbot.waitUntil(lambda: window.session.snapshot is not None and snapshot(window).step >= step)


def wait_for_rest(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is being built and nothing trains."""
    qtbot.waitUntil(lambda: not window.session.loading and not window.session.running, timeout=PATIENCE)


def pixel(window: QWidget, x: float, y: float) -> QPoint:
    """Where a point of the data is on the plot's viewport."""
    plot = plot_of(window)
    area, ((left, right), (low, high)) = plot.area(), plot.view()
    across = area.left() + (x - left) / (right - left) * area.width()
    down = area.bottom() - (y - low) / (high - low) * area.height()
    return QPointF(across, down).toPoint()


def click(qtbot: QtBot, window: QWidget, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
    """Click on the plot, at a place in the data."""
    qtbot.mouseClick(plot_of(window).viewport(), button, pos=pixel(window, x, y))


def drag(
    window: QWidget,
    start: tuple[float, float],
    end: tuple[float, float],
    button: Qt.MouseButton = LEFT,
    moves: int = 8,
) -> None:
    """Drag the mouse over the plot from one place in the data to another."""
    viewport = plot_of(window).viewport()
    here, there = pixel(window, *start), pixel(window, *end)
    QTest.mousePress(viewport, button, pos=here)
    for move in range(1, moves + 1):
        # QTest.mouseMove holds no button down, so the event is made here.
        at = QPointF(here) + (QPointF(there) - QPointF(here)) * (move / moves)
        _move(viewport, at, button)
    QTest.mouseRelease(viewport, button, pos=there)


def _move(viewport: QWidget, at: QPointF, button: Qt.MouseButton) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(viewport.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)
