"""What the window shows of a run: held-out points, and how well the fit fits both parts."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings
from core.experiment.split import held_out
from gui import presenter as presenter_module
from gui.main_window import MainWindow
from tests.windows import opened, part, plot_of, snapshot, text

RANDOM = np.random.default_rng(11)
X = RANDOM.uniform(-2, 2, 20)
POINTS = Points(X, 2 * X + RANDOM.normal(0, 0.5, 20))
SPLIT = Settings(validation=0.3, validation_seed=4)
MEASURES = ("r2", "rmse", "mae")


def number(shown: str) -> float:
    return float(shown.replace("−", "-"))


def assert_measures_are_right(window: MainWindow, mask: np.ndarray, ending: str) -> None:
    """The readouts agree with numpy on the points of `mask`."""
    points = window.store.points
    y, away = points.y[mask], points.y[mask] - snapshot(window).predict(points.x[mask])
    mse = np.mean(away**2)
    for key, expected in zip(
        MEASURES, (1 - mse / np.var(y), np.sqrt(mse), np.mean(np.abs(away))), strict=True
    ):
        found = text(window, f"readout_{key}{ending}")
        if key != "r2" or expected > -10:
            assert number(found) == pytest.approx(expected, rel=1e-3, abs=1e-4), key


def hollow(window: MainWindow) -> set[tuple[float, float]]:
    x, y = plot_of(window).dots.hollow.getData()
    return set(zip(x.tolist(), y.tolist(), strict=True))


def test_the_points_that_training_never_sees_are_hollow(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SPLIT) as window:
        mask = held_out(20, 0.3, 4)
        assert hollow(window) == set(zip(POINTS.x[mask, 0], POINTS.y[mask], strict=True))
        window.store.change(validation_seed=5)
        mask = held_out(20, 0.3, 5)
        assert hollow(window) == set(zip(POINTS.x[mask, 0], POINTS.y[mask], strict=True))
        window.store.change(validation=0.0)
        assert hollow(window) == set()


def test_both_parts_are_measured_at_every_step(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SPLIT) as window:
        for _press in range(3):
            qtbot.keyClick(plot_of(window), Qt.Key.Key_Right)
            mask = held_out(20, 0.3, 4)
            assert_measures_are_right(window, ~mask, "")
            assert_measures_are_right(window, mask, "_validation")


def test_without_held_out_points_there_is_one_row(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS) as window:
        assert_measures_are_right(window, np.ones(20, dtype=bool), "")
        assert not part(window, QWidget, "readout_r2_validation").isVisible()
        window.store.change(validation=0.5)
        assert part(window, QWidget, "readout_r2_validation").isVisible()


def test_a_drawn_point_is_measured_at_once(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SPLIT) as window:
        qtbot.keyClick(plot_of(window), Qt.Key.Key_Right)
        window.store.add_points([1.0], [30.0])
        mask = held_out(21, 0.3, 4)
        assert_measures_are_right(window, ~mask, "")
        assert_measures_are_right(window, mask, "_validation")


def test_many_points_are_split_and_measured_in_the_background(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter_module, "AT_ONCE", 10)
    monkeypatch.setattr(presenter_module, "SPLIT_AT_ONCE", 10)
    with opened(qtbot, POINTS, SPLIT) as window:
        qtbot.waitUntil(lambda: not window.workspace.background.busy)
        mask = held_out(20, 0.3, 4)
        assert hollow(window) == set(zip(POINTS.x[mask, 0], POINTS.y[mask], strict=True))
        assert_measures_are_right(window, ~mask, "")
        assert_measures_are_right(window, mask, "_validation")


def test_the_least_squares_curve_is_that_of_the_training_points(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SPLIT) as window:
        trace = plot_of(window).traces["reference"]
        mask = held_out(20, 0.3, 4)
        slope, offset = np.polyfit(POINTS.x[~mask, 0], POINTS.y[~mask], 1)
        qtbot.waitUntil(lambda: trace.xData is not None and len(trace.xData) > 0)
        qtbot.waitUntil(lambda: not window.workspace.background.busy)
        assert trace.yData == pytest.approx(slope * trace.xData + offset)
