"""What the tests of the three linked views share: the landscape of a window, and how to wait for it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.plots.canvas import Canvas
from gui.plots.landscape_plot import LandscapePlot
from gui.plots.loss_plot import LossPlot
from gui.survey import Survey
from gui.surveyor import Surveyor
from tests.windows import part


def landscape_of(window: QWidget) -> LandscapePlot:
    """The landscape from above."""
    return part(window, LandscapePlot, "landscape_plot")


def losses_of(window: QWidget) -> LossPlot:
    """The plot of the loss of every step."""
    return part(window, LossPlot, "loss_plot")


def surveyor_of(window: QWidget) -> Surveyor:
    """Who finds the landscape of a window."""
    found = window.findChild(Surveyor)
    assert found is not None
    return found


def survey_of(window: QWidget) -> Survey:
    """What was found out last, and is shown."""
    found = surveyor_of(window)._survey
    assert found is not None
    assert landscape_of(window).map.picture is found.picture
    return found


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing trains, nothing is built and nothing is being found out."""
    session, workspace = window.session, window.workspace

    def settled() -> bool:
        return not (session.loading or session.running or session._timer.isActive() or workspace.busy)

    qtbot.waitUntil(settled)


def place(plot: Canvas, x: float, y: float) -> QPointF:
    """Where pyqtgraph says that (x, y) is in the viewport of a plot."""
    return cast(QPointF, plot.getViewBox().mapViewToScene(QPointF(x, y)))


def pick(qtbot: QtBot, window: QWidget, name: str, text: str) -> None:
    """Choose an entry of a list as a person does: open it, go there, press Return."""
    box = part(window, QComboBox, name)
    row = box.findText(text)
    assert row >= 0, [box.itemText(each) for each in range(box.count())]
    box.showPopup()
    view = box.view()
    view.setCurrentIndex(view.model().index(row, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
