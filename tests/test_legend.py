"""The legend on the screen: what it says now, and nothing of what it said before."""

import numpy as np
from PySide6.QtCore import QRect
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
