"""What the window shows of a run: held-out points, and how well the fit fits both parts."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings
from core.experiment.split import held_out
from core.insight.best_fit import Cancelled
from gui import presenter as presenter_module
from gui.main_window import MainWindow
from tests.lines import best_line
from tests.windows import action, opened, part, plot_of, snapshot, text

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


def test_other_points_are_measured_by_a_split_of_their_own(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SPLIT) as window:
        qtbot.keyClick(plot_of(window), Qt.Key.Key_Right)
        window.store.replace(Points(X[:8], X[:8]))
        action(window, "undo").trigger()
        qtbot.waitUntil(lambda: snapshot(window).step == 1)
        assert_measures_are_right(window, held_out(20, 0.3, 4), "_validation")
        action(window, "redo").trigger()
        qtbot.waitUntil(lambda: snapshot(window).step == 0)
        assert_measures_are_right(window, held_out(8, 0.3, 4), "_validation")


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
        qtbot.waitUntil(lambda: not window.workspace.busy)
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
        qtbot.waitUntil(lambda: not window.workspace.busy)
        assert trace.yData == pytest.approx(slope * trace.xData + offset)


def dashed(window: MainWindow) -> tuple[float, float]:
    """Slope and intercept of the curve to compare with."""
    trace = plot_of(window).traces["reference"]
    slope, intercept = np.polyfit(trace.xData, trace.yData, 1)
    return float(slope), float(intercept)


def named(window: MainWindow) -> str:
    """What the legend and the button call it."""
    (entry,) = (entry for entry in plot_of(window).legend.entries if entry.key == "reference")
    assert action(window, "reference").iconText() == entry.text
    return entry.text


def test_the_curve_to_compare_with_follows_the_loss_and_is_called_by_it(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS) as window:
        x, y = POINTS.x[:, 0], POINTS.y

        def settled() -> bool:
            return not window.workspace.busy and len(plot_of(window).traces["reference"].xData) > 0

        qtbot.waitUntil(settled)
        assert named(window) == "least squares"
        assert dashed(window) == pytest.approx(tuple(np.polyfit(x, y, 1)))
        window.store.change(loss="mae")
        qtbot.waitUntil(settled)
        assert named(window) == "best by MAE"
        slope, intercept = dashed(window)
        assert np.mean(np.abs(y - slope * x - intercept)) == pytest.approx(best_line(x, y)[0])
        window.store.change(loss="quantile", options={"quantile.quantile": 0.9})
        qtbot.waitUntil(settled)
        before = dashed(window)
        window.store.change(options={"quantile.quantile": 0.2})
        qtbot.waitUntil(settled)
        assert dashed(window)[1] < before[1]
        window.store.add_points([0.0], [-40.0])
        qtbot.waitUntil(settled)
        assert named(window) == "best by quantile"


def test_a_window_closes_in_the_middle_of_a_search(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(_points: object, _settings: object, _scaling: object, stop: Callable[[], bool]) -> None:
        begun.set()
        while not stop():
            pass
        ended.set()
        raise Cancelled

    with opened(qtbot, POINTS) as window:
        monkeypatch.setattr(window.workspace.last_theory, "curve", endless)
        window.store.change(loss="mae")
        assert begun.wait(10)
    assert ended.is_set()
