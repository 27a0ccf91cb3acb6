"""The landscape of a window: its losses, arrows, bars and optimum against torch and NumPy, for any model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot
from torch import nn

from core.choices import LOSSES
from core.experiment import Points, Settings
from core.insight.objective import Objective
from core.insight.plane import Plane
from core.texts import _
from core.training import Snapshot
from gui import surveyor as surveyor_module
from gui.background import Background
from gui.main_window import MainWindow
from gui.panels.step_bars import StepBars
from gui.plots.surface_plot import SurfacePlot
from gui.survey import Survey, survey
from tests.landscapes import landscape_of, pick, settle, survey_of, surveyor_of
from tests.lines import best_line
from tests.mouse import hover
from tests.windows import LINE, action, click, drag, opened, part, show_panel, snapshot, text, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

Floats = NDArray[np.float64]

START = (0.4, -1.2)
HINT = "Click or drag to start from there."  # as long as nothing has been trained
SETTINGS = Settings(epochs=None, dtype="float64", start="own", start_values=START, learning_rate=0.05)
NETWORK = replace(SETTINGS, model="mlp", start="pytorch", start_values=(), options={"mlp.width": 4})
POLYNOMIAL = replace(SETTINGS, model="polynomial", start="pytorch", start_values=())
CRITERIA: dict[str, Any] = {"mse": nn.MSELoss(), "mae": nn.L1Loss()}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=SETTINGS) as made:
        settle(qtbot, made)
        yield made


@pytest.fixture
def network(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=NETWORK) as made:
        settle(qtbot, made)
        yield made


def steps(qtbot: QtBot, window: MainWindow, count: int) -> None:
    """Press Step so many times, and wait for all that follows."""
    for _press in range(count):
        action(window, "step").trigger()
    settle(qtbot, window)


def plane_of(window: MainWindow) -> Plane:
    plane = surveyor_of(window).plane
    assert plane is not None
    return plane


def is_the_loss_of_the_points(window: MainWindow) -> None:
    """At random cells the landscape is what torch makes of w and b for the points in the store."""
    found, points = survey_of(window).landscape, window.store.points
    x, y = torch.tensor(points.x[:, 0]), torch.tensor(points.y)
    rng = np.random.default_rng(0)
    for row, column in rng.integers(len(found.v), size=(12, 2)):
        w, b = found.u[column], found.v[row]
        expected = float(CRITERIA[window.store.settings.loss](w * x + b, y))
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-6)
    (left, right), (low, high) = landscape_of(window).view()
    assert [found.u[0], found.u[-1], found.v[0], found.v[-1]] == [left, right, low, high]


# --- the ground ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_the_landscape_is_the_loss_over_w_and_b_in_the_units_of_the_data(
    qtbot: QtBot, loss: str, standardise: bool
) -> None:
    years = Points(1960.0 + 10.0 * LINE.x, 300.0 + 40.0 * LINE.y)
    points = years if standardise else LINE
    settings = replace(SETTINGS, loss=loss, standardise=standardise, start="pytorch", start_values=())
    with opened(qtbot, points, settings) as window:
        settle(qtbot, window)
        is_the_loss_of_the_points(window)
        steps(qtbot, window, 3)
        is_the_loss_of_the_points(window)
        cross = landscape_of(window).optimum
        assert cross.isVisible()
        x, (w, b) = points.x[:, 0], (cross.pos().x(), cross.pos().y())
        if loss == "mse":
            assert (w, b) == pytest.approx(tuple(np.polyfit(x, points.y, 1)), rel=1e-6)
        else:  # many lines are the best
            assert np.mean(np.abs(points.y - w * x - b)) == pytest.approx(best_line(x, points.y)[0])


def test_it_follows_a_point_that_is_drawn_and_taken_back(qtbot: QtBot, window: MainWindow) -> None:
    steps(qtbot, window, 2)
    before = survey_of(window)
    click(qtbot, window, -1.5, 3.5)
    assert len(window.store.points) == 6
    settle(qtbot, window)
    assert survey_of(window) is not before
    is_the_loss_of_the_points(window)
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert len(window.store.points) == 5
    is_the_loss_of_the_points(window)


def test_it_follows_the_loss_that_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    steps(qtbot, window, 2)
    run = snapshot(window).run
    pick(qtbot, window, "loss", _(LOSSES["mae"].label))
    assert window.store.settings.loss == "mae"
    settle(qtbot, window)
    is_the_loss_of_the_points(window)
    assert snapshot(window).run == run
    x, y = window.store.points.x[:, 0], window.store.points.y
    goal = landscape_of(window).optimum.pos()
    assert np.mean(np.abs(y - goal.x() * x - goal.y())) == pytest.approx(best_line(x, y)[0])


def test_start_path_and_ball_are_those_of_the_run(qtbot: QtBot, window: MainWindow) -> None:
    steps(qtbot, window, 6)
    plot = landscape_of(window)
    way = window.session.way
    assert way is not None
    assert (plot.start.pos().x(), plot.start.pos().y()) == pytest.approx(START)
    assert plot.trail.places.at == pytest.approx(way.numbers)
    parameters = snapshot(window).parameters
    assert (plot.ball.pos().x(), plot.ball.pos().y()) == pytest.approx((parameters["w"], parameters["b"]))


def test_the_loss_under_the_cursor_is_that_of_the_points(qtbot: QtBot, window: MainWindow) -> None:
    plot = landscape_of(window)
    at = plot.area().center()
    hover(plot.viewport(), at)
    w, b = plot.to_data(at)
    loss = np.mean((w * LINE.x[:, 0] + b - LINE.y) ** 2)
    assert _number(text(window, "landscape_readout").split("\n")[1].removeprefix("loss ")) == pytest.approx(
        loss, rel=1e-3
    )


def test_of_very_many_points_it_is_estimated_and_says_so(qtbot: QtBot) -> None:
    x = np.random.default_rng(0).normal(size=200_000)
    points, settings = Points(x, 2.0 * x + 1.0), replace(SETTINGS, loss="mae", batch_size=100)
    with opened(qtbot, points, settings) as window:
        settle(qtbot, window)
        found = survey_of(window).landscape
        assert found.points < found.of == 200_000
        assert note(window) == f"Estimated from {found.points:,} of 200,000 points. {HINT}"
        w, b = found.u[3], found.v[5]
        assert found.losses[5, 3] == pytest.approx(np.abs(w * x + b - points.y).mean(), rel=0.05)
        hover(landscape_of(window).viewport(), landscape_of(window).area().center())
        assert "loss" not in text(window, "landscape_readout")  # too many to find it under the hand


def test_without_points_it_says_what_it_waits_for(qtbot: QtBot) -> None:
    with opened(qtbot, Points()) as window:
        plot = landscape_of(window)
        assert plot.empty_text.isVisible()
        assert plot.empty_text.text() == "The landscape of the loss appears here once there are points."
        assert part(window, StepBars, "step_bars").text() == ""
        click(qtbot, window, 0.0, 1.0)
        click(qtbot, window, 1.0, 2.0)
        settle(qtbot, window)
        assert not plot.empty_text.isVisible()
        is_the_loss_of_the_points(window)
        action(window, "clear").trigger()
        settle(qtbot, window)
        assert plot.empty_text.isVisible()
        assert not plot.ball.isVisible()


def test_one_point_alone_has_a_landscape_too(qtbot: QtBot) -> None:
    with opened(qtbot, Points([1.0], [2.0])) as window:
        settle(qtbot, window)
        is_the_loss_of_the_points(window)
        assert np.isfinite(landscape_of(window).view()).all()


# --- the numbers of a step ----------------------------------------------------------------------------------


class Program:
    """Training as a lesson has it, in float64 and on all points."""

    def __init__(
        self, kind: type[torch.optim.Optimizer], start: tuple[float, ...] = START, **more: Any
    ) -> None:
        self.w, self.b = (torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in start)
        self.optimizer = kind([self.w, self.b], **more)
        self.gradient: tuple[float, float] = (0.0, 0.0)
        self.step_made: tuple[float, float] = (0.0, 0.0)

    def step(self) -> None:
        """One update."""
        before = self.w.item(), self.b.item()
        x, y = torch.tensor(LINE.x[:, 0]), torch.tensor(LINE.y)
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.w * x + self.b, y).backward()
        assert self.w.grad is not None
        assert self.b.grad is not None
        self.gradient = self.w.grad.item(), self.b.grad.item()
        self.optimizer.step()
        self.step_made = self.w.item() - before[0], self.b.item() - before[1]

    def state(self, name: str) -> tuple[float, float]:
        """What the optimizer keeps for w and b."""
        first, second = (self.optimizer.state[each][name] for each in (self.w, self.b))
        return first.item(), second.item()


def rows(window: MainWindow) -> dict[str, dict[str, float]]:
    """The numbers of the bars, by row and column; none of what there is as trained only."""
    columns = plane_of(window).names
    pattern = "(.*): " + ", ".join(rf"{re.escape(column)} (\S+)" for column in columns)
    found: dict[str, dict[str, float]] = {}
    for line in part(window, StepBars, "step_bars").text().split("\n"):
        if line == _("Made as trained, the step is not −rate × gradient here."):
            continue
        if line.endswith(": " + _("as trained only")):
            found[line.partition(":")[0]] = {}
            continue
        said = re.fullmatch(pattern, line)
        assert said, line
        name, *numbers = said.groups()
        found[name] = dict(zip(columns, map(_number, numbers), strict=True))
    return found


def _number(said: str) -> float:
    """A number as the bars say it."""
    digits = said.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(re.sub("×10", "e", digits))


def as_said(numbers: tuple[float, ...]) -> Any:
    """These numbers of w and b, with as many digits as the bars say."""
    return pytest.approx(dict(zip(("w", "b"), numbers, strict=True)), rel=6e-3)


@pytest.mark.parametrize(
    ("optimizer", "options", "kind", "more", "kept"),
    [
        ("sgd", {"sgd.momentum": 0.8}, torch.optim.SGD, {"momentum": 0.8}, ("momentum_buffer",)),
        ("adam", {}, torch.optim.Adam, {}, ("exp_avg", "exp_avg_sq")),
        ("rmsprop", {}, torch.optim.RMSprop, {}, ("square_avg",)),
    ],
)
def test_gradient_step_and_memory_are_those_of_a_program(
    qtbot: QtBot,
    optimizer: str,
    options: dict[str, float],
    kind: type[torch.optim.Optimizer],
    more: dict[str, float],
    kept: tuple[str, ...],
) -> None:
    program = Program(kind, lr=0.05, **more)
    with opened(qtbot, settings=replace(SETTINGS, optimizer=optimizer, options=options)) as window:
        for _step in range(4):
            program.step()
            before = snapshot(window).parameters
            steps(qtbot, window, 1)
            after, found = snapshot(window).parameters, rows(window)
            assert list(found) == ["gradient", "−rate × gradient", "this step", *kept]
            assert found["gradient"] == as_said(program.gradient)
            assert found["−rate × gradient"] == as_said(tuple(-0.05 * part for part in program.gradient))
            assert found["this step"] == as_said(program.step_made)
            made = tuple(float(after[key] - before[key]) for key in ("w", "b"))
            assert found["this step"] == as_said(made)
            for name in kept:
                assert found[name] == as_said(program.state(name))
        names = {entry.key for entry in landscape_of(window).legend.shown}
        assert ("momentum" in names) == (optimizer != "rmsprop")
        assert {"gradient", "step", "optimum"} <= names


def test_gradient_and_step_of_a_standardised_line_are_in_the_units_of_the_data(qtbot: QtBot) -> None:
    settings = replace(SETTINGS, standardise=True, optimizer="sgd")
    x, y = torch.tensor(LINE.x[:, 0]), torch.tensor(LINE.y)
    with opened(qtbot, settings=settings) as window:
        steps(qtbot, window, 1)
        before = snapshot(window).parameters
        steps(qtbot, window, 1)
        after = snapshot(window).parameters
        w, b = (torch.tensor(before[key], dtype=torch.float64, requires_grad=True) for key in ("w", "b"))
        slopes = torch.autograd.grad(nn.functional.mse_loss(w * x + b, y), (w, b))
        assert rows(window)["gradient"] == as_said(tuple(slope.item() for slope in slopes))
        assert rows(window)["this step"] == as_said(
            tuple(float(after[key] - before[key]) for key in ("w", "b"))
        )


def test_before_any_step_there_is_a_gradient_but_no_step(qtbot: QtBot, window: MainWindow) -> None:
    program = Program(torch.optim.SGD, lr=0.1)
    program.step()
    assert rows(window)["gradient"] == as_said(program.gradient)
    assert rows(window)["this step"] == {"w": 0, "b": 0}


def test_an_earlier_step_has_its_own_numbers(qtbot: QtBot, window: MainWindow) -> None:
    steps(qtbot, window, 3)
    then = rows(window)
    steps(qtbot, window, 4)
    assert rows(window) != then
    window.session.go_to(3)
    settle(qtbot, window)
    assert rows(window) == then


def test_while_it_runs_all_that_is_shown_is_of_one_step(qtbot: QtBot, window: MainWindow) -> None:
    plot, frames = landscape_of(window), []

    def look(shown: Snapshot) -> None:
        inside = window.session.inspection
        if inside is not None:
            assert inside.snapshot is shown
            assert inside.before.step == shown.step - 1
            moves, ball = plot.moves, plot.ball.pos()
            assert moves is not None
            after = np.add(moves.start, moves.ways["step"])
            frames.append((tuple(after), (ball.x(), ball.y()), shown.numbers()))

    window.store.change(learning_rate=1e-4)  # so that it does not arrive within a few frames
    window.session.snapshot_changed.connect(look)  # behind the surveyor, which is older
    action(window, "run").trigger()
    qtbot.waitUntil(lambda: len(frames) > 5)
    window.session.snapshot_changed.disconnect(look)
    action(window, "run").trigger()
    settle(qtbot, window)
    for after, ball, numbers in frames:
        assert after == pytest.approx(numbers)
        assert ball == pytest.approx(numbers)


# --- nothing for nobody -------------------------------------------------------------------------------------


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the background is asked for, from now on."""
    asked: list[str] = []
    run = Background.run

    def noted(background: Background, key: str, *others: Any, **more: Any) -> None:
        asked.append(key)
        run(background, key, *others, **more)

    monkeypatch.setattr(Background, "run", noted)
    return asked


@pytest.mark.parametrize("settings", [SETTINGS, NETWORK], ids=["line", "network"])
def test_nothing_is_found_out_while_nobody_sees_it(qtbot: QtBot, jobs: list[str], settings: Settings) -> None:
    with opened(qtbot, settings=settings, mode="simple") as window:
        steps(qtbot, window, 3)
        click(qtbot, window, -1.5, 1.5)
        settle(qtbot, window)
        assert not {"landscape", "plane"} & set(jobs)
        assert window.session.inspection is None
        action(window, "full").trigger()
        show_panel(qtbot, window, "landscape")
        settle(qtbot, window)
        assert "landscape" in jobs
        assert landscape_of(window).ball.isVisible()
        show_panel(qtbot, window, "theory")
        qtbot.waitUntil(lambda: not window.arrangement.seen("landscape"))
        settle(qtbot, window)
        jobs.clear()
        steps(qtbot, window, 2)
        click(qtbot, window, 1.5, -1.5)
        settle(qtbot, window)
        assert not {"landscape", "plane"} & set(jobs)
        show_panel(qtbot, window, "landscape")
        settle(qtbot, window)
        assert "landscape" in jobs
        if settings is SETTINGS:
            is_the_loss_of_the_points(window)
            assert list(rows(window)) == [
                "gradient",
                "−rate × gradient",
                "this step",
                "exp_avg",
                "exp_avg_sq",
            ]


def test_steps_alone_need_no_other_landscape(qtbot: QtBot, window: MainWindow, jobs: list[str]) -> None:
    view = landscape_of(window).view()
    steps(qtbot, window, 4)
    assert landscape_of(window).view() == view
    assert "landscape" not in jobs


# --- other models -------------------------------------------------------------------------------------------


def note(window: MainWindow) -> str:
    return text(window, "landscape_note")


def network_loss(window: MainWindow, numbers: Floats) -> float:
    """The MSE of a network with one hidden layer of four, by its formula."""
    w1, b1, w2, b2 = np.split(numbers, [4, 8, 12])
    points = window.store.points
    predicted = np.tanh(points.x @ w1[None] + b1) @ w2 + b2
    return float(np.mean((predicted - points.y) ** 2))


@pytest.mark.parametrize("by_path", [True, False])
def test_every_cell_of_a_slice_is_the_loss_of_the_network_there(
    qtbot: QtBot, network: MainWindow, by_path: bool
) -> None:
    steps(qtbot, network, 12)
    if not by_path:
        pick(qtbot, network, "landscape_plane", "two parameters")
        settle(qtbot, network)
    found, plane = survey_of(network).landscape, plane_of(network)
    assert (plane.shares is not None) == by_path
    for row, column in np.random.default_rng(2).integers(len(found.v), size=(10, 2)):
        expected = network_loss(network, plane.at(found.u[column], found.v[row]))
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-6)
    ball, (here,) = landscape_of(network).ball.pos(), plane.places(_numbers(network))
    assert (ball.x(), ball.y()) == pytest.approx(tuple(here))
    assert plane.at(*here) == pytest.approx(_numbers(network)[0])  # the slice is through it


def _numbers(window: MainWindow) -> Floats:
    """The parameters of the chosen step `[1, P]`."""
    return np.concatenate([array.ravel() for array in snapshot(window).arrays])[None]


def _network_slope(window: MainWindow, numbers: Floats) -> Floats:
    """The gradient of the MSE of the network at some parameters, by autograd."""
    points, flat = window.store.points, torch.tensor(numbers, requires_grad=True)
    w1, b1, w2, b2 = torch.split(flat, [4, 4, 4, 1])
    predicted = torch.tanh(torch.tensor(points.x) @ w1[None] + b1) @ w2 + b2
    (slope,) = torch.autograd.grad(nn.functional.mse_loss(predicted, torch.tensor(points.y)), flat)
    return np.asarray(slope.numpy(), dtype=np.float64)


def test_the_note_says_the_shares_of_the_variance(qtbot: QtBot, network: MainWindow) -> None:
    assert note(network) == f"Slice through 13 parameters; the 11 others stay as they are. {HINT}"
    steps(qtbot, network, 12)
    way = network.session.way
    assert way is not None
    centred = way.numbers - way.numbers.mean(axis=0)
    values = np.linalg.svd(centred, compute_uv=False) ** 2
    first, second = values[:2] / values.sum()
    assert note(network) == (
        f"Slice through 13 parameters along the path: {first:.1%} and {second:.1%} of its variance."
    )
    plot = landscape_of(network)
    assert (plot.axes["bottom"].name, plot.axes["left"].name) == ("direction 1", "direction 2")
    assert part(network, StepBars, "step_bars").text() == ""  # they are no parameters


def test_a_line_is_no_slice_and_offers_no_planes(qtbot: QtBot, window: MainWindow) -> None:
    assert note(window) == HINT
    steps(qtbot, window, 1)
    assert note(window) == ""
    assert not part(window, QLabel, "landscape_note").isVisible()
    for name in ("landscape_plane", "landscape_first", "landscape_second"):
        assert not part(window, QComboBox, name).isVisible()


def test_two_parameters_are_chosen_by_name_and_remembered(qtbot: QtBot, network: MainWindow) -> None:
    first, second = (part(network, QComboBox, f"landscape_{which}") for which in ("first", "second"))
    assert not first.isVisible()
    pick(qtbot, network, "landscape_plane", "two parameters")
    qtbot.waitUntil(first.isVisible)
    names = [first.itemText(row) for row in range(first.count())]
    assert names == [second.itemText(row) for row in range(second.count())]
    assert len(names) == 13
    assert (first.currentText(), second.currentText()) == (names[0], names[-1])
    pick(qtbot, network, "landscape_first", names[5])
    pick(qtbot, network, "landscape_second", names[8])
    settle(qtbot, network)
    plot = landscape_of(network)
    assert (plot.axes["bottom"].name, plot.axes["left"].name) == (names[5], names[8])
    before = _numbers(network)[0]
    steps(qtbot, network, 1)
    here = _numbers(network)[0]
    assert (plot.ball.pos().x(), plot.ball.pos().y()) == pytest.approx((here[5], here[8]))
    slope = _network_slope(network, before)
    assert rows(network)["gradient"] == pytest.approx({names[5]: slope[5], names[8]: slope[8]}, rel=6e-3)
    with opened(qtbot, settings=NETWORK) as another:
        settle(qtbot, another)
        assert part(another, QComboBox, "landscape_plane").currentText() == "two parameters"
        assert plane_of(another).names == (names[5], names[8])


def test_choosing_the_others_parameter_exchanges_the_two(qtbot: QtBot, network: MainWindow) -> None:
    pick(qtbot, network, "landscape_plane", "two parameters")
    names = plane_of(network).names
    pick(qtbot, network, "landscape_first", names[1])
    assert plane_of(network).names == (names[1], names[0])
    settle(qtbot, network)


def test_a_polynomial_of_the_first_degree_is_a_line(qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(POLYNOMIAL, options={"polynomial.degree": 1})) as window:
        settle(qtbot, window)
        assert note(window) == HINT
        is_the_loss_of_the_points(window)


def test_a_polynomial_has_its_slices(qtbot: QtBot) -> None:
    with opened(qtbot, settings=POLYNOMIAL) as window:
        pick(qtbot, window, "landscape_plane", "two parameters")
        steps(qtbot, window, 2)
        count = len(snapshot(window).numbers())
        assert f"{count} parameters" in note(window)
        found, plane = survey_of(window).landscape, plane_of(window)
        x, y = LINE.x[:, 0], LINE.y
        for row, column in np.random.default_rng(2).integers(len(found.v), size=(10, 2)):
            *weights, b = plane.at(found.u[column], found.v[row])
            predicted = np.polyval([*weights[::-1], b], x)
            assert found.losses[row, column] == pytest.approx(np.mean((predicted - y) ** 2), rel=1e-6)


def test_another_model_has_another_landscape_and_the_line_its_own_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    steps(qtbot, window, 3)
    window.store.change(model="mlp", start="pytorch")
    settle(qtbot, window)
    assert part(window, QComboBox, "landscape_plane").isVisible()
    assert len(plane_of(window).origin) > 2
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert plane_of(window).names == ("w", "b")
    is_the_loss_of_the_points(window)


# --- in space, and in another window ------------------------------------------------------------------------


def test_the_switch_shows_it_in_space_and_that_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    surface = part(window, SurfacePlot, "surface_plot")
    assert not surface.isVisible()
    empty = surface.grab().toImage()
    steps(qtbot, window, 3)
    action(window, "surface").trigger()
    settle(qtbot, window)
    assert surface.isVisible()
    assert not landscape_of(window).isVisible()
    assert surface.grab().toImage() != empty
    ball = snapshot(window).parameters
    height = survey_of(window).heights(np.array([[ball["w"], ball["b"]]]))
    assert surface.to_pixel(float(ball["w"]), float(ball["b"]), float(height[0])) is not None
    before = surface.grab().toImage()
    steps(qtbot, window, 3)
    assert surface.grab().toImage() != before
    with opened(qtbot, settings=SETTINGS) as another:
        settle(qtbot, another)
        assert part(another, SurfacePlot, "surface_plot").isVisible()
        action(another, "surface").trigger()
        assert landscape_of(another).isVisible()
        is_the_loss_of_the_points(another)


def test_another_window_shows_the_landscape_of_the_same_run(qtbot: QtBot, window: MainWindow) -> None:
    steps(qtbot, window, 5)
    ball, bars = landscape_of(window).ball.pos(), rows(window)
    entry = window.findChild(QAction, "language_zh_CN")
    assert entry is not None
    entry.trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (new,) = windows()
    qtbot.waitUntil(new.isActiveWindow)
    settle(qtbot, new)
    assert landscape_of(new).ball.pos() == ball
    assert list(rows(new).values()) == list(bars.values())
    is_the_loss_of_the_points(new)
    assert len(landscape_of(new).trail.places.steps) == 6
    steps(qtbot, new, 1)
    assert list(rows(new).values()) != list(bars.values())


# --- a run into infinity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "in_space"),
    [
        (SETTINGS, False),
        (SETTINGS, True),
        (replace(SETTINGS, standardise=True), False),
        (replace(SETTINGS, dtype="float32"), False),
        (NETWORK, True),
        (POLYNOMIAL, False),
    ],
    ids=["line", "line in space", "standardised", "float32", "network in space", "polynomial"],
)
def test_a_diverging_run_does_no_harm(qtbot: QtBot, settings: Settings, in_space: bool) -> None:
    settings = replace(settings, optimizer="sgd", learning_rate=10.0)
    with opened(qtbot, settings=settings) as window:
        if in_space:
            action(window, "surface").trigger()
        settle(qtbot, window)
        home = landscape_of(window).view()
        action(window, "run").trigger()
        qtbot.waitUntil(lambda: window.session.stopped is not None or snapshot(window).step > 300)
        if window.session.running:
            action(window, "run").trigger()
        settle(qtbot, window)
        window.grab()
        assert surveyor_of(window)._survey is not None
        (left, right), (low, high) = landscape_of(window).view()
        assert np.isfinite([left, right, low, high]).all()
        if settings.model == "line":
            assert window.session.stopped == "diverged"
            assert right - left < 40 * (home[0][1] - home[0][0])


# --- what a run leaves behind -------------------------------------------------------------------------------


def test_optimizer_numbers_of_a_standardised_line_are_of_their_own_parameter(qtbot: QtBot) -> None:
    """Where x lies far from 0, w reaches further into the scaled intercept than into the scaled slope."""
    points = Points([1990.0, 1995.0, 2000.0, 2005.0, 2010.0], [3.0, 4.0, 4.5, 6.0, 7.0])
    with opened(qtbot, points, replace(SETTINGS, standardise=True)) as window:
        action(window, "trained_units").trigger()
        steps(qtbot, window, 3)
        inspection = window.session.inspection
        assert inspection is not None
        kept = inspection.state["exp_avg"].tolist()
        assert rows(window)["exp_avg"] == as_said((kept[0], kept[1]))


def test_the_gradient_of_a_step_stays_that_of_its_loss(qtbot: QtBot) -> None:
    points = Points([1.0, 2.0, 3.0, 4.0], [10.0, 30.0, 20.0, 60.0])
    with opened(qtbot, points, replace(SETTINGS, standardise=True)) as window:
        steps(qtbot, window, 3)
        before = rows(window)["gradient"]
        window.store.change(loss="mae")
        settle(qtbot, window)
        assert rows(window)["gradient"] == before


def test_at_step_0_another_loss_has_another_gradient(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(loss="mae")
    settle(qtbot, window)
    start = snapshot(window).parameters
    residuals = np.sign(start["w"] * LINE.x[:, 0] + start["b"] - LINE.y)
    slopes = (float(np.mean(residuals * LINE.x[:, 0])), float(np.mean(residuals)))
    assert rows(window)["gradient"] == as_said(slopes)


def test_another_network_begins_without_the_directions_of_the_last(qtbot: QtBot, network: MainWindow) -> None:
    steps(qtbot, network, 12)
    assert plane_of(network).shares is not None
    action(network, "new_start").trigger()
    settle(qtbot, network)
    assert plane_of(network).axes is not None
    assert "path" not in note(network)
    start = np.concatenate([array.ravel() for array in snapshot(network).arrays])
    assert plane_of(network).at(*plane_of(network).places(start[None])[0]) == pytest.approx(start, abs=1e-6)


def test_the_path_before_stays_to_compare_with_until_other_points_are_there(
    qtbot: QtBot, window: MainWindow
) -> None:
    trail = landscape_of(window).trail
    steps(qtbot, window, 5)
    before = trail.places.at.copy()
    action(window, "new_start").trigger()
    settle(qtbot, window)
    assert np.array_equal(trail.abandoned, before)
    assert "abandoned" in {entry.key for entry in landscape_of(window).legend.shown}
    window.store.replace(Points([0.0, 1.0], [1.0, 2.0]))
    settle(qtbot, window)
    assert not len(trail.abandoned)


def test_the_axis_of_scaled_data_says_so(qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(POLYNOMIAL, standardise=True)) as window:
        pick(qtbot, window, "landscape_plane", "two parameters")
        settle(qtbot, window)
        axes = landscape_of(window).axes
        assert [axes[side].name for side in ("bottom", "left")] == ["w1", "b"]
        action(window, "trained_units").trigger()
        settle(qtbot, window)
        assert [axes[side].name for side in ("bottom", "left")] == ["w1, as trained", "b, as trained"]


def test_whoever_chooses_the_parameter_of_the_other_axis_swaps_them(
    qtbot: QtBot, network: MainWindow
) -> None:
    pick(qtbot, network, "landscape_plane", "two parameters")
    first, second = (part(network, QComboBox, f"landscape_{which}") for which in ("first", "second"))
    pick(qtbot, network, "landscape_first", first.itemText(2))
    pick(qtbot, network, "landscape_second", second.itemText(5))
    pick(qtbot, network, "landscape_second", second.itemText(2))
    assert (first.currentIndex(), second.currentIndex()) == (5, 2)


def test_a_landscape_that_came_while_it_was_hidden_is_found_again(qtbot: QtBot, window: MainWindow) -> None:
    window.store.add_points([0.5], [9.0])
    show_panel(qtbot, window, "theory")
    settle(qtbot, window)
    show_panel(qtbot, window, "landscape")
    settle(qtbot, window)
    is_the_loss_of_the_points(window)


def test_what_has_converged_has_no_arrows(qtbot: QtBot) -> None:
    with opened(qtbot, settings=replace(SETTINGS, optimizer="sgd", learning_rate=0.3)) as window:
        steps(qtbot, window, 200)
        settle(qtbot, window)
        arrows = landscape_of(window).arrows.shown
        assert all(arrow.start == arrow.end for arrow in arrows)


def test_while_points_are_sprayed_only_the_newest_landscape_is_found(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[int] = []

    def count(objective: Objective, *rest: Any) -> Survey:
        found.append(len(objective.points))
        return survey(objective, *rest)

    monkeypatch.setattr(surveyor_module, "survey", count)
    drag(window, (-2.0, 2.0), (2.0, -2.0), moves=40)
    settle(qtbot, window)
    drawn = len(window.store.points)
    assert drawn > len(LINE) + 20
    assert found[-1] == drawn
    assert len(found) < 10
    is_the_loss_of_the_points(window)


def test_a_plane_of_another_model_tells_no_loss(window: MainWindow) -> None:
    plot = landscape_of(window)
    assert plot.measure(0.5, 0.5) is not None
    surveyor = surveyor_of(window)
    surveyor.plane = Plane(np.zeros(61), np.eye(2, 61), ("u", "v"))
    assert plot.measure(0.5, 0.5) is None
