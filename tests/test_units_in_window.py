"""The switch between the units of the data and the numbers as trained: every view follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QTableView
from pytestqt.qtbot import QtBot
from torch import nn

from core.experiment import Points, Settings
from gui.main_window import MainWindow
from gui.panels.step_bars import StepBars
from gui.plots.graph_plot import GraphPlot
from gui.preferences import Preferences
from gui.widgets.formula_block import FormulaBlock
from gui.widgets.formula_numbers import FormulaNumbers
from tests.landscapes import landscape_of, pick, settle, survey_of, surveyor_of
from tests.windows import action, opened, part, show_panel, snapshot, text, wait_for_rest, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

Floats = NDArray[np.float64]

RATE = 0.2
POINTS = Points([20.0, 25.0, 30.0, 42.0, 55.0, 61.0], [100.0, 140.0, 133.0, 210.0, 240.0, 290.0])
PLAIN = Settings(epochs=None, dtype="float64", optimizer="sgd", learning_rate=RATE, standardise=True)
MOMENTUM = replace(PLAIN, options={"sgd.momentum": 0.8})
MEAN, SPREAD = (np.array([float(f(each)) for each in (POINTS.x, POINTS.y)]) for f in (np.mean, np.std))
CARDS = ("landscape", "tensors", "formulas", "graph")


class Program:
    """Two lines of one run: as it is trained, on scaled data, and where that is in the units of the data."""

    def __init__(self, start: tuple[float, float], **more: Any) -> None:
        self.theta = nn.Parameter(torch.tensor(start, dtype=torch.float64))
        self.optimizer = torch.optim.SGD([self.theta], lr=RATE, **more)
        self.trained: dict[str, Floats] = {}
        self.of_data: dict[str, Floats] = {}
        self._momentum = np.zeros(2)

    def step(self) -> None:
        """One update, and all that there is to say of it in both systems."""
        before = self.theta.detach().numpy().copy()
        x, y = ((torch.tensor(each) - m) / s for each, m, s in zip(_data(), MEAN, SPREAD, strict=True))
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.theta[0] * x + self.theta[1], y).backward()
        assert self.theta.grad is not None
        gradient = self.theta.grad.numpy().copy()
        self.optimizer.step()
        after = self.theta.detach().numpy().copy()
        self.trained = {
            "gradient": gradient,
            "−rate × gradient": -RATE * gradient,
            "this step": after - before,
        }
        state = self.optimizer.state[self.theta]
        if state.get("momentum_buffer") is not None:
            self.trained["momentum_buffer"] = state["momentum_buffer"].numpy().copy()
        slope = _slope_of_data(_of_data(before))
        self._momentum = slope + self.optimizer.param_groups[0]["momentum"] * self._momentum
        self.of_data = {"gradient": slope, "−rate × gradient": -RATE * slope}
        self.of_data["this step"] = _of_data(after) - _of_data(before)
        if "momentum_buffer" in self.trained:
            self.of_data["momentum_buffer"] = self._momentum


def _data() -> tuple[Floats, Floats]:
    return POINTS.x[:, 0], POINTS.y


def _of_data(trained: Floats) -> Floats:
    """w and b of the data, from y = s (w (x − m) / t + b) + n."""
    w = trained[0] * SPREAD[1] / SPREAD[0]
    return np.array([w, trained[1] * SPREAD[1] + MEAN[1] - w * MEAN[0]])


def _slope_of_data(theta: Floats) -> Floats:
    leaf = torch.tensor(theta, requires_grad=True)
    x, y = map(torch.tensor, _data())
    (found,) = torch.autograd.grad(nn.functional.mse_loss(leaf[0] * x + leaf[1], y), leaf)
    return found.numpy()


def number(said: str) -> float:
    """A number as the window says it."""
    digits = said.strip("● ").translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(re.sub("×10", "e", digits))


def bars(window: MainWindow) -> dict[str, Floats]:
    """The rows of the bars that have numbers."""
    found = {}
    for line in part(window, StepBars, "step_bars").text().split("\n"):
        said = re.fullmatch(r"(.*): w (\S+), b (\S+)", line)
        if said:
            found[said.group(1)] = np.array([number(said.group(2)), number(said.group(3))])
    return found


def table(window: MainWindow) -> dict[str, list[str]]:
    """The numbers of the tensors, before and after."""
    model = part(window, QTableView, "tensors").model()
    down, across = Qt.Orientation.Vertical, (1, 2)
    return {
        str(model.headerData(row, down)): [str(model.index(row, column).data()) for column in across]
        for row in range(model.rowCount())
    }


def block(window: MainWindow, phase: str) -> list[str]:
    """The lines with numbers of one phase."""
    newest = window.findChildren(FormulaBlock, f"formula_block_{phase}")[
        -1
    ]  # the one before may be about to go
    return [line.text() for line in newest.findChildren(FormulaNumbers)]


def boxes(window: MainWindow) -> str:
    """All that is written in the graph."""
    plot = part(window, GraphPlot, "graph_plot")
    assert plot.drawing is not None
    return "\n".join(line for placed in plot.drawing.boxes for line in plot.text(placed))


def switches(window: MainWindow) -> list[QComboBox]:
    return [each for each in window.findChildren(QComboBox, "units") if each.parentWidget() is not None]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, POINTS, MOMENTUM) as made:
        settle(qtbot, made)
        yield made


def same(found: dict[str, Floats], expected: dict[str, Floats]) -> None:
    assert list(found) == list(expected)
    for name, numbers in expected.items():
        assert found[name] == pytest.approx(numbers, rel=6e-3), name


# --- bars and arrows ----------------------------------------------------------------------------------------


def test_bars_and_arrows_are_those_of_a_program_in_both_systems(qtbot: QtBot, window: MainWindow) -> None:
    start = snapshot(window).arrays
    program = Program((float(start[0][0, 0]), float(start[1][0])), momentum=0.8)
    for _step in range(3):
        program.step()
        action(window, "step").trigger()
    settle(qtbot, window)
    for expected in (program.of_data, program.trained):
        found = bars(window)
        same(found, expected)
        assert found["−rate × gradient"] == pytest.approx(-RATE * found["gradient"], rel=1e-2)
        moves = landscape_of(window).moves
        assert moves is not None
        assert moves.ways["gradient"] == pytest.approx(tuple(expected["−rate × gradient"]))
        assert moves.ways["step"] == pytest.approx(tuple(expected["this step"]))
        assert moves.ways["momentum"] == pytest.approx(tuple(-RATE * expected["momentum_buffer"]))
        action(window, "trained_units").trigger()
        settle(qtbot, window)


def test_only_as_trained_is_a_step_of_plain_descent_minus_the_rate_times_the_gradient(qtbot: QtBot) -> None:
    remark = "Made as trained, the step is not −rate × gradient here."
    with opened(qtbot, POINTS, PLAIN) as window:
        action(window, "step").trigger()
        settle(qtbot, window)
        said = part(window, StepBars, "step_bars").text
        assert remark in said()
        action(window, "trained_units").trigger()
        settle(qtbot, window)
        found = bars(window)
        assert found["this step"] == pytest.approx(found["−rate × gradient"], rel=1e-2)
        assert remark not in said()


def test_what_has_no_meaning_in_the_units_of_the_data_says_so(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, replace(PLAIN, optimizer="adam")) as window:
        action(window, "step").trigger()
        settle(qtbot, window)
        said = part(window, StepBars, "step_bars").text
        assert "exp_avg_sq: as trained only" in said()
        action(window, "trained_units").trigger()
        settle(qtbot, window)
        assert "as trained only" not in said()
        assert "exp_avg_sq" in bars(window)


# --- the landscape ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_the_landscape_as_trained_is_the_loss_of_scaled_data(qtbot: QtBot, loss: str) -> None:
    with opened(qtbot, POINTS, replace(PLAIN, loss=loss)) as window:
        settle(qtbot, window)
        action(window, "trained_units").trigger()
        settle(qtbot, window)
        found = survey_of(window).landscape
        x, y = ((torch.tensor(each) - m) / s for each, m, s in zip(_data(), MEAN, SPREAD, strict=True))
        criterion = {"mse": nn.MSELoss(), "mae": nn.L1Loss()}[loss]
        for place in np.random.default_rng(0).integers(len(found.v), size=(8, 2)):
            w, b = float(found.u[place[1]]), float(found.v[place[0]])
            expected = float(criterion(w * x + b, y))
            assert found.losses[tuple(place)] == pytest.approx(expected, rel=1e-6)
            plot = landscape_of(window)
            assert plot.measure(w, b) == pytest.approx(expected, rel=1e-6)


def test_ball_path_and_optimum_are_where_the_axes_say_in_both_systems(
    qtbot: QtBot, window: MainWindow
) -> None:
    for _step in range(4):
        action(window, "step").trigger()
    settle(qtbot, window)
    plot, way = landscape_of(window), window.session.way
    assert way is not None
    best = np.polyfit(*_data(), 1)
    scaled = np.polyfit((POINTS.x[:, 0] - MEAN[0]) / SPREAD[0], (POINTS.y - MEAN[1]) / SPREAD[1], 1)
    for path, optimum in (
        (np.array([_of_data(row) for row in way.numbers]), best),
        (way.numbers, scaled),
    ):
        assert plot.trail.places.at == pytest.approx(path)
        assert [plot.ball.pos().x(), plot.ball.pos().y()] == pytest.approx(path[-1])
        assert [plot.start.pos().x(), plot.start.pos().y()] == pytest.approx(path[0])
        assert [plot.optimum.pos().x(), plot.optimum.pos().y()] == pytest.approx(optimum, abs=1e-9)
        (left, right), (low, high) = plot.view()
        for u, v in path:
            assert left <= u <= right
            assert low <= v <= high
        action(window, "trained_units").trigger()
        settle(qtbot, window)


def test_a_start_by_hand_as_trained_is_kept_in_the_units_of_the_data(
    qtbot: QtBot, window: MainWindow
) -> None:
    action(window, "trained_units").trigger()
    settle(qtbot, window)
    plot = landscape_of(window)
    plot.grabbed.emit()
    plot.place_chosen.emit(0.5, -0.25)
    plot.released.emit()
    settle(qtbot, window)
    assert window.store.settings.start_values == pytest.approx(_of_data(np.array([0.5, -0.25])))
    assert [plot.ball.pos().x(), plot.ball.pos().y()] == pytest.approx([0.5, -0.25])


@pytest.mark.parametrize("model", ["polynomial", "mlp"])
def test_slices_of_other_models_follow_too(qtbot: QtBot, model: str) -> None:
    settings = replace(PLAIN, model=model, options={"polynomial.degree": 2, "mlp.width": 3})
    with opened(qtbot, POINTS, settings) as window:
        for _step in range(12):
            action(window, "step").trigger()
        settle(qtbot, window)
        plot = landscape_of(window)
        assert plot.axes["bottom"].name == "direction 1"
        pick(qtbot, window, "landscape_plane", "two parameters")
        settle(qtbot, window)
        numbers = np.array(snapshot(window).numbers())
        at = [plot.ball.pos().x(), plot.ball.pos().y()]
        assert at == pytest.approx([numbers[0], numbers[-1]], rel=1e-6)
        action(window, "trained_units").trigger()
        settle(qtbot, window)
        trained = np.concatenate([array.ravel() for array in snapshot(window).arrays])
        assert [plot.ball.pos().x(), plot.ball.pos().y()] == pytest.approx([trained[0], trained[-1]])
        pick(qtbot, window, "landscape_plane", "path directions")
        settle(qtbot, window)
        assert plot.axes["bottom"].name == "direction 1, as trained"


# --- the other views ----------------------------------------------------------------------------------------


@pytest.fixture
def inside(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, POINTS, MOMENTUM, mode="inside") as made:
        settle(qtbot, made)
        yield made


@pytest.mark.one_in(2)
@pytest.mark.parametrize("phases", [2, 3, 4, 5])
def test_every_view_follows_in_mid_step(qtbot: QtBot, inside: MainWindow, phases: int) -> None:
    start = snapshot(inside).arrays
    program = Program((float(start[0][0, 0]), float(start[1][0])), momentum=0.8)
    begin = program.theta.detach().numpy().copy()
    program.step()
    end = program.theta.detach().numpy().copy()
    for _phase in range(phases):
        action(inside, "phase").trigger()
    wait_for_rest(qtbot, inside)
    for place, expected in (
        (_of_data, program.of_data),
        (np.asarray, program.trained),
    ):
        said = table(inside)
        assert number(said["w"][0]) == pytest.approx(place(begin)[0], rel=1e-3)
        assert number(said["w"][1]) == pytest.approx(place(end if phases == 5 else begin)[0], rel=1e-3)
        if phases >= 4:
            gradient = expected["gradient"][0]
            assert number(said["w.grad"][1]) == pytest.approx(gradient, rel=1e-3)
            slope = next(line for line in block(inside, "backward") if line.startswith("∂L/∂w"))
            assert number(re.split("[=≈] ?", slope)[-1]) == pytest.approx(gradient, rel=2e-3)
        if phases == 5:
            rule = block(inside, "step")[-1]
            assert number(re.split("[=≈→] ?", rule)[-1]) == pytest.approx(place(end)[0], rel=1e-3)
            assert ("→" in rule) == (expected is program.of_data)
        action(inside, "trained_units").trigger()
        qtbot.waitUntil(lambda was=said: table(inside) != was)


def test_every_switch_moves_with_every_other_and_with_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    for key in CARDS:
        show_panel(qtbot, window, key)
    made = switches(window)
    assert len(made) == len(CARDS)
    pick_in(qtbot, made[0], "as trained")
    assert {each.currentText() for each in made} == {"as trained"}
    assert action(window, "trained_units").isChecked()
    settle(qtbot, window)
    action(window, "trained_units").trigger()
    assert {each.currentText() for each in made} == {"units of the data"}


def pick_in(qtbot: QtBot, box: QComboBox, text: str) -> None:
    box.showPopup()
    view = box.view()
    view.setCurrentIndex(view.model().index(box.findText(text), 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


def test_it_stands_only_where_there_is_a_choice(qtbot: QtBot, window: MainWindow) -> None:
    made = switches(window)
    assert all(each.isVisible() for each in made)
    window.store.change(standardise=False)
    settle(qtbot, window)
    assert not any(each.isVisible() for each in made)
    assert not action(window, "trained_units").isVisible()
    plain = part(window, StepBars, "step_bars").text()
    window.workspace.preferences.put("units", "trained")
    surveyor_of(window).show_preferences()
    settle(qtbot, window)
    assert part(window, StepBars, "step_bars").text() == plain
    assert landscape_of(window).axes["bottom"].name == "w"
    window.store.change(standardise=True)
    settle(qtbot, window)
    assert all(each.isVisible() for each in made)


def test_the_choice_is_remembered(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, PLAIN) as window:
        settle(qtbot, window)
        action(window, "trained_units").trigger()
        settle(qtbot, window)
    assert Preferences().get("units", "") == "trained"
    with opened(qtbot, POINTS, PLAIN) as window:
        settle(qtbot, window)
        assert action(window, "trained_units").isChecked()
        assert {each.currentText() for each in switches(window)} == {"as trained"}
        assert landscape_of(window).axes["bottom"].name == "w, as trained"


def first_target(window: MainWindow) -> float:
    """The first y that the table tells: 100 in the units of the data, about -1.3 as trained."""
    return number(table(window)["targets"][1].partition(",")[0].strip(" …"))


def test_it_can_be_switched_while_the_run_goes_on(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, replace(PLAIN, learning_rate=1e-4), mode="inside") as window:
        settle(qtbot, window)
        action(window, "run").trigger()
        wait_for_step(qtbot, window, 5)
        for expected in ((POINTS.y[0] - MEAN[1]) / SPREAD[1], POINTS.y[0]):
            action(window, "trained_units").trigger()
            qtbot.waitUntil(lambda y=expected: first_target(window) == pytest.approx(y, rel=1e-3))
            assert window.session.running
        action(window, "run").trigger()
        settle(qtbot, window)


def test_the_gradient_in_the_graph_is_that_of_the_table(qtbot: QtBot, inside: MainWindow) -> None:
    for _phase in range(4):
        action(inside, "phase").trigger()
    wait_for_rest(qtbot, inside)
    for _system in range(2):
        gradient = table(inside)["w.grad"][1].strip("● ")
        assert f"grad {gradient}" in boxes(inside)
        was = table(inside)
        action(inside, "trained_units").trigger()
        qtbot.waitUntil(lambda before=was: table(inside) != before)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("phases", [2, 3, 4, 5])
def test_the_sentence_below_the_program_is_in_the_units_of_the_other_cards(
    qtbot: QtBot, inside: MainWindow, phases: int
) -> None:
    for _phase in range(phases):
        action(inside, "phase").trigger()
    wait_for_rest(qtbot, inside)
    for is_of_data in (True, False):
        rows, words = table(inside), text(inside, "phase_words")
        row = {2: "prediction", 3: "loss", 4: "w.grad", 5: "w"}[phases]
        shown = rows[row][1].partition(",")[0].strip(" …")
        said = [
            number(each.rstrip("."))
            for each in re.findall(r"[−\d][\d.]*(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", words.replace(",", ""))
        ]
        assert any(each == pytest.approx(number(shown), rel=2e-3) for each in said)
        assert ("These numbers are as trained" in words) != is_of_data
        action(inside, "trained_units").trigger()
        qtbot.waitUntil(lambda was=words: text(inside, "phase_words") != was)
