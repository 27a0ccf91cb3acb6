"""The start of a run in the person's hand: on the landscape or by the line, at once, undone in one step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings
from core.training import Trainer
from gui.main_window import MainWindow
from gui.plots.canvas import Canvas
from tests.landscapes import landscape_of, place, settle, survey_of, surveyor_of
from tests.mouse import between, click, drag, move, press, release
from tests.windows import LINE, action, opened, plot_of, snapshot, text, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

Floats = NDArray[np.float64]

START = (0.5, -1.0)
SETTINGS = Settings(
    optimizer="sgd", learning_rate=0.02, start="own", start_values=START, epochs=None, dtype="float64"
)
CRAWLING = replace(SETTINGS, learning_rate=1e-6)
CURVED = [
    replace(SETTINGS, model="polynomial", start="pytorch", start_values=()),
    replace(SETTINGS, model="mlp", start="pytorch", start_values=(), options={"mlp.width": 3}),
]
THERE, YONDER = (1.0, -0.5), (1.8, 0.6)  # places in the first view of the landscape


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=SETTINGS) as made:
        settle(qtbot, made)
        yield made


def on_the_landscape(window: MainWindow, u: float, v: float) -> QPointF:
    plot = landscape_of(window)
    pixel = place(plot, u, v)
    assert plot.area().contains(pixel)
    return pixel


def within_a_pixel(plot: Canvas, x: float, y: float) -> Any:
    """(x, y), as well as a pixel of the plot can say it."""
    return pytest.approx((x, y), abs=1.01 * max(plot.pixel_size()))


def start(window: MainWindow) -> tuple[float, ...]:
    """The start values in the store."""
    assert window.store.settings.start == "own"
    return window.store.settings.start_values


def all_start_there(window: MainWindow) -> None:
    """Run, line, ball and equation are at the start values in the store."""
    w, b = start(window)
    shown = snapshot(window)
    assert shown.step == 0
    assert (shown.parameters["w"], shown.parameters["b"]) == pytest.approx((w, b), rel=1e-6, abs=1e-9)
    xs, ys = plot_of(window).traces["fit"].getData()
    known = np.isfinite(ys)
    assert known.sum() >= 2
    assert ys[known] == pytest.approx(w * xs[known] + b, abs=1e-6)
    ball = landscape_of(window).ball.pos()
    assert (ball.x(), ball.y()) == pytest.approx((w, b), rel=1e-6, abs=1e-9)
    assert text(window, "readout_equation") == shown.equation()


# --- on the landscape ---------------------------------------------------------------------------------------


def test_a_click_on_the_landscape_starts_the_run_there_at_once(window: MainWindow) -> None:
    plot = landscape_of(window)
    click(plot.viewport(), on_the_landscape(window, *THERE))
    assert start(window) == within_a_pixel(plot, *THERE)
    all_start_there(window)  # no event loop in between
    assert not window.session.running  # as it did not before


def test_the_line_moves_with_the_hand_at_every_move(window: MainWindow) -> None:
    plot = landscape_of(window)
    way = between(on_the_landscape(window, *THERE), on_the_landscape(window, *YONDER), moves=6)
    press(plot.viewport(), way[0])
    seen = []
    for at in way[1:]:
        move(plot.viewport(), at)
        all_start_there(window)
        seen.append(start(window))
    release(plot.viewport(), way[-1])
    assert len(set(seen)) == 6
    assert start(window) == within_a_pixel(plot, *YONDER)


def test_a_drag_is_one_edit_that_is_undone_and_redone(qtbot: QtBot, window: MainWindow) -> None:
    plot = landscape_of(window)
    click(plot.viewport(), on_the_landscape(window, *THERE))
    drag(plot.viewport(), between(on_the_landscape(window, *THERE), on_the_landscape(window, *YONDER)))
    assert window.store.undo_stack.count() == 2
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert start(window) == within_a_pixel(plot, *THERE)
    all_start_there(window)
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert start(window) == START
    all_start_there(window)
    for _press in range(2):
        action(window, "redo").trigger()
    settle(qtbot, window)
    assert start(window) == within_a_pixel(plot, *YONDER)
    all_start_there(window)


def test_pytorchs_own_start_comes_back_too(qtbot: QtBot) -> None:
    settings = replace(SETTINGS, start="pytorch", start_values=())
    with opened(qtbot, settings=settings) as window:
        settle(qtbot, window)
        before = snapshot(window).numbers()
        (left, right), (low, high) = landscape_of(window).view()
        click(landscape_of(window).viewport(), on_the_landscape(window, (left + right) / 2, (low + high) / 2))
        all_start_there(window)
        action(window, "undo").trigger()
        settle(qtbot, window)
        assert window.store.settings == settings
        assert snapshot(window).numbers() == before


def test_the_run_goes_on_from_there_as_a_run_with_these_start_values(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(landscape_of(window).viewport(), on_the_landscape(window, *THERE))
    trainer = Trainer(LINE, window.store.settings)
    for _step in range(3):
        action(window, "step").trigger()
        trainer.step()
    settle(qtbot, window)
    assert snapshot(window).parameters == trainer.latest.parameters
    assert landscape_of(window).start.pos() == QPointF(*start(window))


def test_the_landscape_and_its_view_stay_under_the_hand(qtbot: QtBot, window: MainWindow) -> None:
    plot, ground = landscape_of(window), survey_of(window)
    view = plot.view()
    press(plot.viewport(), on_the_landscape(window, *THERE))
    for at in between(on_the_landscape(window, *THERE), QPointF(plot.area().topRight())):
        move(plot.viewport(), at)
        qtbot.wait(1)
    assert plot.view() == view
    assert survey_of(window) is ground
    release(plot.viewport(), QPointF(plot.area().topRight()))
    settle(qtbot, window)


def test_of_standardised_data_too_a_place_is_in_the_units_of_the_data(qtbot: QtBot) -> None:
    points = Points(1960.0 + 10.0 * LINE.x, 300.0 + 40.0 * LINE.y)
    settings = replace(SETTINGS, standardise=True, start="pytorch", start_values=())
    with opened(qtbot, points, settings) as window:
        settle(qtbot, window)
        plot = landscape_of(window)
        (left, right), (low, high) = plot.view()
        u, v = 0.7 * left + 0.3 * right, 0.4 * low + 0.6 * high
        click(plot.viewport(), on_the_landscape(window, u, v))
        width, height = plot.pixel_size()
        w, b = start(window)
        assert w == pytest.approx(u, abs=1.01 * width)
        assert b == pytest.approx(v, abs=1.01 * height)
        ball = plot.ball.pos()
        assert (ball.x(), ball.y()) == pytest.approx((w, b), rel=1e-6)
        middle = float(points.x.mean())
        assert float(snapshot(window).predict(np.array([middle]))[0]) == pytest.approx(
            w * middle + b, rel=1e-6, abs=1e-6
        )


def test_a_click_on_a_slice_starts_a_network_there(qtbot: QtBot) -> None:
    with opened(qtbot, settings=CURVED[1]) as window:
        settle(qtbot, window)
        for _step in range(8):
            action(window, "step").trigger()
        settle(qtbot, window)
        trained = snapshot(window)
        plot, plane = landscape_of(window), surveyor_of(window).plane
        assert plane is not None
        assert plane.shares is not None
        (left, right), (low, high) = plot.view()
        u, v = 0.3 * left + 0.7 * right, (low + high) / 2
        at = on_the_landscape(window, u, v)
        here = plot.to_data(at)
        click(plot.viewport(), at)
        settle(qtbot, window)
        assert start(window) == pytest.approx(tuple(plane.at(*here)))
        assert snapshot(window).numbers() == pytest.approx(start(window))
        ball = plot.ball.pos()
        assert (ball.x(), ball.y()) == within_a_pixel(plot, u, v)
        action(window, "undo").trigger()
        settle(qtbot, window)
        assert window.store.settings == CURVED[1]
        assert snapshot(window) is trained


# --- by the line --------------------------------------------------------------------------------------------


def pull(window: MainWindow, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag upon the fit plot with the move tool, from one place in the data to another."""
    action(window, "move").trigger()
    plot = plot_of(window)
    drag(plot.viewport(), between(place(plot, *begin), place(plot, *end)))


def test_in_its_middle_the_line_is_pulled_up_and_b_with_it(window: MainWindow) -> None:
    pull(window, (0.5, -0.75), (0.5, 1.25))
    w, b = start(window)
    assert w == START[0]
    assert b == pytest.approx(START[1] + 2.0, abs=plot_of(window).pixel_size()[1])
    all_start_there(window)
    assert window.store.points is LINE


def test_at_its_end_the_line_turns_about_the_middle_of_the_view(window: MainWindow) -> None:
    pivot = sum(plot_of(window).view()[0]) / 2
    height = START[0] * pivot + START[1]
    pull(window, (1.5, -0.25), (1.5, 2.0))
    w, b = start(window)
    assert w == pytest.approx((2.0 - height) / (1.5 - pivot), abs=2 * plot_of(window).pixel_size()[1])
    assert w * pivot + b == pytest.approx(height)
    all_start_there(window)


def test_a_pull_is_one_edit_that_is_undone_and_redone(qtbot: QtBot, window: MainWindow) -> None:
    pull(window, (0.5, -0.75), (0.5, 1.25))
    assert window.store.undo_stack.count() == 1
    after = start(window)
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert start(window) == START
    all_start_there(window)
    action(window, "redo").trigger()
    settle(qtbot, window)
    assert start(window) == after
    all_start_there(window)


def test_the_pull_begins_with_what_is_on_screen_which_may_be_trained(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.step(12)
    settle(qtbot, window)
    w, b = snapshot(window).numbers()
    pull(window, (0.5, 0.5 * w + b), (0.5, 0.5 * w + b - 2.0))
    assert start(window) == pytest.approx((w, b - 2.0), abs=plot_of(window).pixel_size()[1])
    all_start_there(window)
    assert len(landscape_of(window).trail.places.steps) == 1


@pytest.mark.parametrize("settings", CURVED, ids=["polynomial", "network"])
def test_a_curve_is_only_shifted_by_its_end_too(qtbot: QtBot, settings: Settings) -> None:
    x = 1.5
    with opened(qtbot, settings=settings) as window:
        settle(qtbot, window)
        before = snapshot(window).numbers()
        y = float(snapshot(window).predict(np.array([x]))[0])
        pull(window, (x, y), (x, y - 1.5))
        assert start(window)[:-1] == pytest.approx(before[:-1])
        assert start(window)[-1] == pytest.approx(before[-1] - 1.5, abs=plot_of(window).pixel_size()[1])
        assert float(snapshot(window).predict(np.array([x]))[0]) == pytest.approx(
            y - 1.5, abs=plot_of(window).pixel_size()[1]
        )
        settle(qtbot, window)


# --- while it runs ------------------------------------------------------------------------------------------


@pytest.fixture
def running(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=CRAWLING) as made:
        settle(qtbot, made)
        action(made, "run").trigger()
        wait_for_step(qtbot, made, 5)
        yield made


def test_a_drag_on_the_landscape_pauses_the_run_which_goes_on_from_there(
    qtbot: QtBot, running: MainWindow
) -> None:
    plot, run = landscape_of(running), snapshot(running).run
    way = between(on_the_landscape(running, *THERE), on_the_landscape(running, *YONDER))
    press(plot.viewport(), way[0])
    assert not running.session.running
    for at in way[1:]:
        move(plot.viewport(), at)
        assert not running.session.running
        assert snapshot(running).step == 0
    all_start_there(running)
    release(plot.viewport(), way[-1])
    assert running.session.running
    assert action(running, "run").isChecked()
    wait_for_step(qtbot, running, 3)
    assert snapshot(running).run > run
    assert snapshot(running).numbers() == within_a_pixel(plot, *YONDER)
    action(running, "run").trigger()
    settle(qtbot, running)


def test_a_pull_of_the_line_does_too(qtbot: QtBot, running: MainWindow) -> None:
    w, b = snapshot(running).numbers()
    pull(running, (0.5, 0.5 * w + b), (0.5, 0.5 * w + b + 2.0))
    assert running.session.running
    wait_for_step(qtbot, running, 3)
    action(running, "run").trigger()
    settle(qtbot, running)
    assert start(running) == pytest.approx((w, b + 2.0), abs=2 * plot_of(running).pixel_size()[1])


def test_one_that_was_stopped_after_a_drag_is_not_started_by_the_next(
    qtbot: QtBot, running: MainWindow
) -> None:
    click(landscape_of(running).viewport(), on_the_landscape(running, *THERE))
    assert running.session.running
    action(running, "run").trigger()
    settle(qtbot, running)
    click(landscape_of(running).viewport(), on_the_landscape(running, *YONDER))
    assert not running.session.running


# --- many points --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("goes_on", [False, True], ids=["resting", "running"])
def test_with_many_points_the_last_place_counts(qtbot: QtBot, goes_on: bool) -> None:
    x = np.random.default_rng(0).normal(size=100_000)
    settings = replace(CRAWLING, batch_size=100)
    with opened(qtbot, Points(x, 2.0 * x + 1.0 + np.sin(9.0 * x)), settings) as window:
        settle(qtbot, window)
        if goes_on:
            action(window, "run").trigger()
            wait_for_step(qtbot, window, 2)
        plot = landscape_of(window)
        drag(plot.viewport(), between(on_the_landscape(window, *THERE), on_the_landscape(window, *YONDER)))
        assert start(window) == within_a_pixel(plot, *YONDER)
        assert window.store.undo_stack.count() == 1
        qtbot.waitUntil(lambda: not window.session.loading)
        assert window.session.running == goes_on
        if goes_on:
            wait_for_step(qtbot, window, 2)
            action(window, "run").trigger()
        settle(qtbot, window)
        assert snapshot(window).numbers() == within_a_pixel(plot, *YONDER)
        action(window, "undo").trigger()
        settle(qtbot, window)
        window.session.go_to(0)
        settle(qtbot, window)
        assert snapshot(window).numbers() == pytest.approx(START)


# --- what must not come of it -------------------------------------------------------------------------------


def test_another_model_after_a_start_by_hand_begins_with_pytorch_s_values(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(landscape_of(window).viewport(), on_the_landscape(window, *THERE))
    kept = start(window)
    window.store.change(model="polynomial")
    settle(qtbot, window)
    assert (window.store.settings.start, window.store.settings.start_values) == ("pytorch", ())
    assert snapshot(window).curve.count() > 2
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert start(window) == kept


def test_a_window_closed_in_mid_drag_trains_no_more(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "run").trigger()
    wait_for_step(qtbot, window)
    plot, session = landscape_of(window), window.session
    press(plot.viewport(), on_the_landscape(window, *THERE))
    move(plot.viewport(), on_the_landscape(window, *YONDER))
    window.close()
    assert not session.running


def test_nothing_is_taken_in_the_hand_while_another_model_is_built(qtbot: QtBot) -> None:
    x = np.linspace(-2.0, 2.0, 100_000)
    with opened(qtbot, Points(x, 2.0 * x), SETTINGS) as made:
        settle(qtbot, made)
        made.store.change(model="mlp")
        assert made.session.loading
        click(landscape_of(made).viewport(), on_the_landscape(made, *THERE))
        settle(qtbot, made)
        assert made.store.settings.start == "pytorch"
        assert snapshot(made).curve.count() > 2


def test_the_message_says_what_a_drag_has_done(window: MainWindow) -> None:
    click(landscape_of(window).viewport(), on_the_landscape(window, *THERE))
    assert "starts from here now; undo takes it back" in text(window, "message")
    action(window, "undo").trigger()
    assert "undo takes it back" not in text(window, "message")


def test_what_is_done_by_a_key_in_mid_drag_is_undone_by_itself(qtbot: QtBot, window: MainWindow) -> None:
    plot = landscape_of(window)
    press(plot.viewport(), on_the_landscape(window, *THERE))
    kept = start(window)
    action(window, "clear").trigger()
    release(plot.viewport(), on_the_landscape(window, *THERE))
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert len(window.store.points) == len(LINE)
    assert start(window) == kept
