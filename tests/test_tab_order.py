"""Tab through the whole window: every stop in sight and named, the controls as one reads them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDockWidget,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.windows import opened, part

SMALL = (1016, 728)  # what a desktop leaves of 1024x768


def tour(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> list[QWidget]:
    """What Tab stops at, from the plot until it comes there again; each was in sight as it had the focus."""
    stops: list[QWidget] = []
    while window.focusWidget() not in stops:
        stop = window.focusWidget()
        assert stop is not None
        seen = stop.viewport() if isinstance(stop, QAbstractScrollArea) else stop
        assert not seen.visibleRegion().isEmpty(), stop.objectName()
        assert stop.accessibleName() or (isinstance(stop, QAbstractButton) and stop.text()), stop.objectName()
        stops.append(stop)
        qtbot.keyClick(stop, key)
        QApplication.processEvents()
    return stops


def places(stops: list[QWidget], *names: str) -> list[int]:
    """The places of the stops that are called so."""
    called = [stop.objectName() for stop in stops]
    return [called.index(name) for name in names]


def test_tab_goes_through_what_is_in_sight_as_one_reads_it(qtbot: QtBot) -> None:
    with opened(qtbot) as window:
        window.resize(*SMALL)
        QApplication.processEvents()
        window.store.change(optimizer="sgd")  # which makes its fields anew
        plot = part(window, QWidget, "fit_plot")
        plot.setFocus()
        stops = tour(qtbot, window, Qt.Key.Key_Tab)
        assert stops[0] is plot
        order = ("fit_plot", "float_fit", "loss_plot", "float_loss", "speed", "model")
        assert places(stops, *order) == sorted(places(stops, *order))
        order = ("model", "optimizer", "learning_rate", "schedule", "optimizer_more", "epochs", "residuals")
        assert places(stops, *order) == sorted(places(stops, *order))
        assert any(isinstance(stop, QTabBar) for stop in stops)
        back = tour(qtbot, window, Qt.Key.Key_Backtab)
        assert back == [stops[0], *reversed(stops[1:])]


def test_what_is_scrolled_away_keeps_its_place_behind_the_title(qtbot: QtBot) -> None:
    with opened(qtbot, mode="inside") as window:
        qtbot.waitUntil(lambda: window.arrangement.seen("formulas"))
        parameter = part(window, QWidget, "formula_parameter")
        parameter.setFocus()
        called = []
        for _stop in range(3):
            stop = window.focusWidget()
            assert stop is not None
            called.append(stop.objectName())
            qtbot.keyClick(stop, Qt.Key.Key_Tab)
            area = part(window, QDockWidget, "dock_formulas").findChild(QScrollArea, "panel")
            assert isinstance(area, QScrollArea)
            area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        assert called == ["formula_parameter", "formula_list", "float_formulas"]
