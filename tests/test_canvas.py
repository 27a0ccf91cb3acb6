"""What all plots have in common: a tooltip that never covers what there is to see."""

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
