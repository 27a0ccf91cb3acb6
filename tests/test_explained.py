"""A person without a mouse sees where the keys go, and one who points at a word is told what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from gui.main_window import MainWindow
from gui.panels.step_bars import LINE as BAR_LINE
from gui.panels.step_bars import StepBars
from gui.plots.canvas import Canvas
from gui.widgets.focus_ring import Ring
from tests.windows import action, opened, part, plot_of, show_panel, wait_for_rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

LEFT = Qt.MouseButton.LeftButton
MANY = 200  # stops, more than any window has
SENTENCES = ("message", "notice", "learning_rate_note", "batch_note", "cores", "engine_note", "theory_reason")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    settings = Settings(optimizer="adam", epochs=None, learning_rate=1e-5, validation=0.2)
    with opened(qtbot, settings=settings) as made:
        yield made


def stops(qtbot: QtBot, window: MainWindow) -> Iterator[QWidget]:
    """Everything that Tab comes to, once round the window, beginning at the plot."""
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in window.arrangement.findChildren(QTimer)))
    first = plot_of(window)
    first.setFocus()
    here: QWidget | None = first
    for _stop in range(MANY):
        qtbot.keyClick(here or window, Qt.Key.Key_Tab)
        here = window.focusWidget()
        assert here is not None
        yield here
        if here is first:
            return
    pytest.fail("Tab never comes back to the plot")


def keeps_space(widget: QWidget) -> bool:
    """Whether Space is for the control itself."""
    return isinstance(widget, QAbstractButton | QComboBox | QAbstractSpinBox | QLineEdit)


@pytest.mark.parametrize("mode", ["full", "inside"])
def test_every_stop_has_a_ring_and_space_runs_where_nothing_else_needs_it(
    qtbot: QtBot, window: MainWindow, mode: str
) -> None:
    action(window, mode).trigger()
    seen = 0
    for widget in stops(qtbot, window):
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        (ring,) = (ring for ring in widget.findChildren(Ring, options=direct) if ring.isVisible())
        assert not ring.mask().isEmpty(), widget
        if not keeps_space(widget):
            assert not window.session.running
            for on in (True, False):
                qtbot.keyClick(widget, Qt.Key.Key_Space)
                assert window.session.running is on, widget
        elif isinstance(widget, QAbstractSpinBox | QLineEdit):
            qtbot.keyClick(widget, Qt.Key.Key_Space)
            assert not window.session.running, widget
        seen += 1
    assert seen > 10
    qtbot.mouseClick(plot_of(window).viewport(), LEFT)
    field = part(window, QComboBox, "speed")
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.mouseClick(plot_of(window).viewport(), LEFT, pos=QPoint(80, 80))
    assert not [ring for ring in window.findChildren(Ring) if ring.isVisible()]
    window.menuBar().setFocus(Qt.FocusReason.MenuBarFocusReason)  # as after Escape from a menu
    assert QApplication.focusWidget() is window.menuBar()
    assert not [ring for ring in window.findChildren(Ring) if ring.isVisible()]


def tip_of(widget: QWidget) -> str:
    """What a person reads who points at `widget`: its own tooltip, or that of what it stands in."""
    place: QWidget | None = widget
    while place is not None and not isinstance(place, QDockWidget):
        if place.toolTip():
            return place.toolTip()
        place = place.parentWidget()
    return ""


@pytest.mark.parametrize("mode", ["full", "inside"])
def test_every_heading_and_caption_says_what_it_is(qtbot: QtBot, window: MainWindow, mode: str) -> None:
    action(window, mode).trigger()
    action(window, "step").trigger()
    wait_for_rest(qtbot, window)
    short = [
        label
        for label in window.findChildren(QLabel)
        if label.isVisible() and label.objectName() not in SENTENCES and 0 < len(label.text()) < 20
    ]
    assert len(short) > 20
    unexplained = " | ".join(label.text() for label in short if not tip_of(label))
    assert unexplained == ""


def pointed_at(widget: QWidget, at: QPointF) -> str:
    """What is told of a place in `widget`."""
    QToolTip.hideText()
    spot = at.toPoint()
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, spot, widget.mapToGlobal(spot)))
    return QToolTip.text()


def test_legends_and_bars_say_what_they_show(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 1000)  # low plots have no legend
    show_panel(qtbot, window, "landscape")
    action(window, "step").trigger()
    wait_for_rest(qtbot, window)
    bars = part(window, StepBars, "step_bars")
    qtbot.waitUntil(lambda: "exp_avg_sq" in bars.text())
    for name in ("fit_plot", "loss_plot", "landscape_plot"):
        plot = part(window, Canvas, name)
        qtbot.waitUntil(lambda plot=plot: bool(plot.legend.shown) and plot.legend.isVisible())
        told = set()
        for area in plot.legend._places:
            told.add(pointed_at(plot.viewport(), plot.legend.pos() + area.center()))
        assert len(told) == len(plot.legend.shown)
        assert "" not in told
    rows = bars.text().split("\n")
    for line, row in enumerate(rows):
        name = row.partition(":")[0]
        told_of_bar = pointed_at(bars, QPointF(5, bars.height() * (line + 0.5) / (bars.height() / BAR_LINE)))
        if name.startswith("exp_avg"):
            assert name in told_of_bar
            assert "running mean" in told_of_bar
