"""What all plots have in common: they know where their data are, and a tooltip never covers them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from gui.plots.canvas import Canvas
from gui.plots.landscape_plot import LandscapePlot
from gui.plots.loss_plot import LossPlot
from gui.theme import Theme
from tests.mouse import hover

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen


def linger(plot: Canvas, at: QPointF) -> None:
    """The cursor stays at a place for as long as a tooltip takes to come."""
    place = at.toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, place, plot.viewport().mapToGlobal(place))
    QApplication.sendEvent(plot.viewport(), event)


@pytest.mark.parametrize("kind", [LandscapePlot, LossPlot])
def test_the_tooltip_comes_over_the_axes_and_goes_over_the_data(
    qtbot: QtBot, kind: type[LandscapePlot | LossPlot]
) -> None:
    plot = kind(Theme())
    qtbot.addWidget(plot)
    plot.resize(480, 300)
    with qtbot.waitActive(plot):
        plot.show()
    area = plot.area()
    on_axis = QPointF(area.left() / 2, area.center().y())
    linger(plot, area.center())
    assert not QToolTip.isVisible()
    linger(plot, on_axis)
    assert QToolTip.text() == plot.toolTip() != ""
    hover(plot.viewport(), on_axis + QPointF(0, 9))
    assert QToolTip.isVisible()
    hover(plot.viewport(), area.center())
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_area_of_the_data_is_where_the_box_is_whatever_moves_it(qtbot: QtBot) -> None:
    plot = LossPlot(Theme())
    qtbot.addWidget(plot)
    with qtbot.waitExposed(plot):
        plot.show()
    known = []
    for move in (
        lambda: plot.resize(640, 400),
        lambda: plot.keep_above(60),
        lambda: plot.axes["left"].setWidth(110),
        lambda: plot.resize(300, 500),
    ):
        move()
        plot.centralLayout.activate()
        assert plot.area() == plot.box.mapRectToScene(plot.box.rect())
        known.append(plot.area())
    assert len({(area.left(), area.top(), area.width(), area.height()) for area in known}) == len(known)
