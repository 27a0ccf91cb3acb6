"""The legend on the screen: what it says now, and nothing of what it said before."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.plots.landscape_plot import LandscapePlot
from gui.plots.moves import Moves
from gui.theme import Theme

FAR_AWAY = QRect(0, 200, 10, 10)
GRADIENT = {"gradient": (1.0, 1.0)}
SHORT_STEP = {"step": (4e-4, 4e-4)}


def on_screen(widget: QWidget) -> QImage:
    """What a person sees, without painting anything for it."""
    for _turn in range(5):
        QApplication.processEvents()
    return widget.screen().grabWindow(widget.winId()).toImage()


def test_nothing_is_left_of_an_entry_that_goes_just_before_a_paint(qtbot: QtBot) -> None:
    plot = LandscapePlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(480, 280)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_optimum(np.ones(2))
    plot.show_moves(Moves((0.0, 0.0), GRADIENT | SHORT_STEP))
    before = on_screen(plot)
    plot.show_moves(Moves((0.0, 0.0), GRADIENT))
    plot.viewport().repaint(FAR_AWAY)  # as when the little text beside the cursor moves
    after = on_screen(plot)
    plot.viewport().update()
    assert after == on_screen(plot)
    assert after != before


@pytest.mark.parametrize("place", [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_in_a_small_landscape_it_never_covers_where_the_run_is_now(
    qtbot: QtBot, place: tuple[float, float]
) -> None:
    plot = LandscapePlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(330, 215)  # of a window of 1024 x 768
    with qtbot.waitExposed(plot):
        plot.show()
    plot.x_range.fit(-1.1, 1.1)
    plot.y_range.fit(-1.1, 1.1)
    plot.show_ranges()
    plot.show_moves(Moves((0.0, 0.0), GRADIENT | SHORT_STEP | {"momentum": (1.0, 0.5)}))
    plot.show_optimum(np.array(place))
    legend = plot.legend.sceneBoundingRect()
    assert plot.legend.isVisible()
    assert legend.top() > plot.area().top()
    plot.ball.setPos(*place)
    plot.ball.show()
    plot.redraw()
    x, y = plot.to_pixels(*np.array([[place[0]], [place[1]]]))
    assert not plot.legend.sceneBoundingRect().contains(QPointF(float(x[0]), float(y[0])))
