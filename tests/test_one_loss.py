"""One loss, one name: every number that is called the loss is that of the fit on screen, whoever says it.

The oracles are PyTorch programs written anew here; they draw nothing, but take the start values of the run.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.cli import parse
from core.experiment import Experiment, Points, Settings, generate, save_experiment
from core.experiment.split import EPOCH_STRIDE, held_out
from core.export.program import program
from core.insight.numbers import significant, told_apart
from core.texts import use_language
from core.train_verb import train
from core.training import Trainer
from gui import presenter
from gui.main_window import MainWindow
from gui.plots.loss_plot import LossPlot
from tests.windows import action, message, opened, part, show_panel, snapshot, text, wait_for_rest

POINTS = generate("line")
KNEE = 0.3
RATE = 0.02
LOSSES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "mse": lambda r: (r**2).mean(),
    "mae": lambda r: r.abs().mean(),
    "huber": lambda r: torch.where(r.abs() < KNEE, r**2 / 2, KNEE * (r.abs() - KNEE / 2)).mean(),
}


def settings_of(**chosen: Any) -> Settings:
    options = {"huber.delta": KNEE} if chosen.get("loss") == "huber" else {}
    return Settings(**{"optimizer": "sgd", "learning_rate": RATE, "seed": 3, "options": options, **chosen})


@dataclass
class Oracle:
    """A training loop of a line, as a course writes it: what each step found, and the lines it came to."""

    points: Points
    settings: Settings
    before: list[float] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        points, settings = self.points, self.settings
        self.hidden = held_out(len(points), settings.validation, settings.validation_seed)
        x, y = points.x[~self.hidden, 0], points.y[~self.hidden]
        scales = (x.mean(), x.std(), y.mean(), y.std()) if settings.standardise else (0.0, 1.0, 0.0, 1.0)
        self.x_mean, self.x_scale, self.y_mean, self.y_scale = map(float, scales)
        dtype = getattr(torch, settings.dtype)
        self.x = torch.tensor((x - self.x_mean) / self.x_scale, dtype=dtype)
        self.y = torch.tensor((y - self.y_mean) / self.y_scale, dtype=dtype)
        w, b = Trainer(points, settings).latest.arrays
        self.w = torch.tensor(float(w[0, 0]), dtype=dtype, requires_grad=True)
        self.b = torch.tensor(float(b[0]), dtype=dtype, requires_grad=True)
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "lbfgs": torch.optim.LBFGS}
        self.optimizer = kind[settings.optimizer]([self.w, self.b], lr=settings.learning_rate)
        self._keep()

    def _keep(self) -> None:
        """w and b in the units of the data."""
        w = self.w.item() * self.y_scale / self.x_scale
        self.lines.append((w, self.b.item() * self.y_scale + self.y_mean - w * self.x_mean))

    def step(self) -> None:
        """One update."""
        size = self.settings.batch_size or len(self.x)
        turn = len(self.before)
        epoch, place = divmod(turn, -(-len(self.x) // size))
        chosen = torch.arange(len(self.x))
        if size < len(self.x):
            generator = torch.Generator().manual_seed(self.settings.seed * EPOCH_STRIDE + epoch)
            chosen = torch.randperm(len(self.x), generator=generator)[place * size : (place + 1) * size]
        first: list[float] = []

        def closure() -> torch.Tensor:
            self.optimizer.zero_grad()
            loss = self._loss(self.w * self.x[chosen] + self.b - self.y[chosen])
            first.append(loss.item())
            objective = loss + self.settings.l1 * self.w.abs()
            objective.backward()
            return objective

        self.optimizer.step(closure)
        self.before.append(first[0] * self._unit())
        self._keep()

    def run(self, steps: int) -> Oracle:
        for _step in range(steps):
            self.step()
        return self

    def _loss(self, residual: torch.Tensor) -> torch.Tensor:
        """The loss of scaled data: lengths in y are scaled along."""
        if self.settings.loss == "huber":
            knee = KNEE / self.y_scale
            size = residual.abs()
            return torch.where(size < knee, residual**2 / 2, knee * (size - knee / 2)).mean()
        return LOSSES[self.settings.loss](residual)

    def _unit(self) -> float:
        return self.y_scale if self.settings.loss == "mae" else self.y_scale**2

    def numbers(self, step: int, hidden: bool = False) -> dict[str, float]:
        """Loss, R², RMSE and MAE of the line behind a step; of the training points, or those held out."""
        w, b = self.lines[step]
        chosen = self.hidden if hidden else ~self.hidden
        x, y = self.points.x[chosen, 0], self.points.y[chosen]
        away = w * x + b - y
        return {
            "loss": float(LOSSES[self.settings.loss](torch.tensor(away))),
            "r2": float(1 - np.mean(away**2) / np.var(y)),
            "rmse": float(np.sqrt(np.mean(away**2))),
            "mae": float(np.mean(np.abs(away))),
        }


CASES = {
    "a full batch": settings_of(),
    "mini-batches": settings_of(batch_size=16),
    "held-out points": settings_of(validation=0.25, batch_size=20),
    "a penalty": settings_of(l1=0.5),
    "standardised": settings_of(standardise=True, learning_rate=0.2),
    "standardised MAE": settings_of(standardise=True, loss="mae", batch_size=10),
    "standardised Huber": settings_of(standardise=True, loss="huber", validation=0.2, learning_rate=1.0),
    "LBFGS": settings_of(optimizer="lbfgs", learning_rate=0.005),
    "float64": settings_of(dtype="float64", optimizer="adam", learning_rate=0.1),
}


def shown(window: MainWindow, ending: str = "") -> dict[str, str]:
    """The numbers of the training points on screen, or with an ending those of the points held out."""
    names = ("r2", "rmse", "mae") if ending else ("loss", "r2", "rmse", "mae")
    return {name: text(window, f"readout_{name}{ending}") for name in names}


def written(numbers: dict[str, float]) -> dict[str, str]:
    """Numbers as the window writes them."""
    return {
        name: f"{value:.4f}".replace("-", "−") if name == "r2" else significant(value)
        for name, value in numbers.items()
    }


def same(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two rows of numbers are the same, but for one unit of their last digit."""
    return one.keys() == other.keys() and all(
        math.isclose(as_number(one[name]), as_number(other[name]), rel_tol=2e-3, abs_tol=2e-4) for name in one
    )


def as_number(written_number: str) -> float:
    mantissa, _times, power = written_number.replace("−", "-").replace(",", "").partition("×10")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(mantissa) * 10.0 ** int(power.translate(digits) or 0)


def caption(window: MainWindow) -> str:
    """What stands before the loss in the bar above."""
    return part(window, QLabel, "readout_loss").accessibleName()


def tip(window: MainWindow) -> str:
    readout = part(window, QLabel, "readout_loss").parentWidget()
    assert isinstance(readout, QWidget)
    return readout.toolTip()


def make_steps(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    window.session.step(steps)
    wait_for_rest(qtbot, window)


# --- in the window ----------------------------------------------------------------------------------------


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", CASES)
def test_the_loss_beside_r2_is_that_of_the_line_on_screen(qtbot: QtBot, case: str) -> None:
    settings = CASES[case]
    oracle = Oracle(POINTS, settings).run(9)
    # So that the test can fail: the forward pass of the step has found something else.
    assert not math.isclose(oracle.before[8], oracle.numbers(9)["loss"], rel_tol=1e-2)
    with opened(qtbot, POINTS, settings) as window:
        assert same(shown(window), written(oracle.numbers(0)))
        make_steps(qtbot, window, 9)
        assert same(shown(window), written(oracle.numbers(9)))
        if settings.validation:
            held = oracle.numbers(9, hidden=True)
            del held["loss"]
            assert same(shown(window, "_validation"), written(held))
        action(window, "back").trigger()
        qtbot.waitUntil(lambda: text(window, "readout_step") == "8")
        assert same(shown(window), written(oracle.numbers(8)))
        window.session.go_to(2)
        qtbot.waitUntil(lambda: text(window, "readout_step") == "2")
        assert same(shown(window), written(oracle.numbers(2)))
        assert caption(window) == "loss"


@pytest.mark.parametrize("case", ["a full batch", "mini-batches", "held-out points"])
def test_the_curve_has_what_each_step_found_before_its_update_and_says_so(qtbot: QtBot, case: str) -> None:
    settings = CASES[case]
    oracle = Oracle(POINTS, settings).run(30)
    with opened(qtbot, POINTS, settings) as window:
        make_steps(qtbot, window, 30)
        plot = part(window, LossPlot, "loss_plot")
        x, y = plot.losses.trace.getData()
        assert x.tolist() == list(range(1, 31))
        assert 10**y == pytest.approx(oracle.before, rel=1e-4)
        plot.show_mark(30)
        words = plot.readout.text()
        assert f"loss before it {oracle.before[29]:.3g}"[:-1] in words
        names = [plot.axes["left"].name, *(entry.text for entry in plot.legend.shown)]
        assert any("before" in name for name in names)
        assert "before its update" in plot.toolTip()
        if settings.validation:
            held = oracle.numbers(30, hidden=True)["loss"]
            assert 10 ** plot.validation.trace.getData()[1][-1] == pytest.approx(held, rel=1e-4)
            assert f"validation loss {held:.3g}"[:-1] in words


def test_in_the_middle_of_a_step_it_is_still_the_loss_of_the_line(qtbot: QtBot) -> None:
    oracle = Oracle(POINTS, CASES["mini-batches"]).run(6)
    with opened(qtbot, POINTS, CASES["mini-batches"], mode="inside") as window:
        make_steps(qtbot, window, 5)
        for _phase in range(4):
            window.session.phase()
            qtbot.waitUntil(lambda: not window.session.running)
            assert same(shown(window), written(oracle.numbers(5)))
        window.session.phase()
        qtbot.waitUntil(lambda: text(window, "readout_step") == "6")
        assert same(shown(window), written(oracle.numbers(6)))


def test_after_early_stopping_it_is_that_of_the_best_step(qtbot: QtBot) -> None:
    settings = settings_of(validation=0.3, learning_rate=0.3, patience=4, batch_size=3)
    with opened(qtbot, POINTS, settings) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert window.session.stopped == "early_stopping"
        step = snapshot(window).step
        oracle = Oracle(POINTS, settings).run(step + 4)
        held = [oracle.numbers(each, hidden=True)["loss"] for each in range(step + 5)]
        assert int(np.argmin(held[1:])) + 1 == step
        assert same(shown(window), written(oracle.numbers(step)))
        assert "validation loss" in message(window)


def test_after_a_divergence_it_is_that_of_the_last_line_that_counts(qtbot: QtBot) -> None:
    settings = settings_of(learning_rate=5.0)
    with opened(qtbot, POINTS, settings) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert window.session.stopped == "diverged"
        step = snapshot(window).step
        loss = Oracle(POINTS, settings).run(step).numbers(step)["loss"]
        assert as_number(text(window, "readout_loss")) == pytest.approx(loss, rel=1e-3)


def test_another_loss_or_other_points_are_measured_at_once(qtbot: QtBot) -> None:
    oracle = Oracle(POINTS, settings_of()).run(20)
    w, b = oracle.lines[20]
    with opened(qtbot, POINTS, settings_of()) as window:
        make_steps(qtbot, window, 20)
        window.store.change(loss="mae")
        assert as_number(text(window, "readout_loss")) == pytest.approx(oracle.numbers(20)["mae"], rel=1e-3)
        assert text(window, "readout_loss") == text(window, "readout_mae")
        window.store.add_points([0.0], [10.0])
        away = np.append(w * POINTS.x[:, 0] + b - POINTS.y, b - 10.0)
        assert as_number(text(window, "readout_loss")) == pytest.approx(np.mean(np.abs(away)), rel=1e-3)


def test_the_theory_and_the_landscape_say_the_same_loss(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, CASES["mini-batches"]) as window:
        show_panel(qtbot, window, "theory")
        make_steps(qtbot, window, 25)
        qtbot.waitUntil(lambda: text(window, "theory_distance") != "–")
        assert text(window, "theory_distance").split(",")[0] == text(window, "readout_loss")


# --- of many points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "before", "behind"), [("en", "loss before", "loss"), ("zh_CN", "步前损失", "损失")]
)
def test_of_many_points_it_says_that_it_is_from_before_the_step(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str, before: str, behind: str
) -> None:
    """While training goes on; as soon as it rests, the loss of the line is found."""
    use_language(language)
    monkeypatch.setattr(presenter, "AT_ONCE", 10)
    oracle = Oracle(POINTS, CASES["mini-batches"]).run(12)
    seen: list[tuple[str, str, int]] = []
    with opened(qtbot, POINTS, CASES["mini-batches"]) as window:

        def look() -> None:
            seen.append((caption(window), text(window, "readout_loss"), snapshot(window).step))

        window.session.numbers_changed.connect(look)
        make_steps(qtbot, window, 12)
        assert seen
        assert {name for name, _number, _step in seen} == {before}
        _name, number, step = seen[-1]
        assert step == 12
        assert as_number(number) == pytest.approx(oracle.before[11], rel=1e-3)
        qtbot.waitUntil(lambda: caption(window) == behind)
        assert same(shown(window), written(oracle.numbers(12)))
        assert tip(window)


# --- the words of a stop ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_run_that_stops_below_a_loss_says_one_that_is_below(qtbot: QtBot, language: str) -> None:
    use_language(language)
    oracle = Oracle(POINTS, settings_of(batch_size=16)).run(60)
    limit = float(np.float32(min(oracle.before[:40]))) * (1 + 1e-6)  # so near that four digits are the same
    first = next(step for step, loss in enumerate(oracle.before, 1) if loss < limit)
    with opened(qtbot, POINTS, settings_of(batch_size=16, loss_below=limit)) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert window.session.stopped == "loss_below"
        assert snapshot(window).step == first
        words = told_apart(snapshot(window).loss, limit)
        assert words[0] != words[1]
        assert as_number(words[0]) < as_number(words[1])
        for word in words:
            assert word in message(window)
        assert ("before it" if language == "en" else "步前损失") in message(window)


# --- without a window -------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Settings], Path]:
    def save(settings: Settings) -> Path:
        path = tmp_path / "run.fit.json"
        save_experiment(Experiment(POINTS, settings), path)
        return path

    return save


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", CASES)
def test_train_prints_the_loss_of_its_last_line(
    case: str, saved: Callable[[Settings], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = CASES[case]
    oracle = Oracle(POINTS, settings).run(33)
    path = str(saved(settings))
    assert train(parse(["train", path, "--steps", "33", "--json"])) == 0
    found = json.loads(capsys.readouterr().out)
    for name, value in oracle.numbers(33).items():
        assert found[name] == pytest.approx(value, rel=1e-4)
    if settings.validation:
        for name, value in oracle.numbers(33, hidden=True).items():
            assert found["validation"][name] == pytest.approx(value, rel=1e-4)
    assert train(parse(["train", path, "--steps", "33"])) == 0
    lines = capsys.readouterr().out
    assert f"Loss {found['loss']:.6g} " in lines
    if settings.validation:
        assert f"validation loss {found['validation']['loss']:.6g}," in lines


def test_train_says_which_loss_was_below_the_limit(
    saved: Callable[[Settings], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    oracle = Oracle(POINTS, settings_of()).run(60)
    limit = (oracle.before[29] + oracle.before[28]) / 2
    assert train(parse(["train", str(saved(settings_of())), "--loss-below", repr(limit)])) == 0
    one, other = told_apart(oracle.before[29], limit)
    assert f"the loss before its last step, {one}, is below {other}." in capsys.readouterr().out


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", CASES)
def test_the_program_prints_the_loss_of_its_last_line_under_the_same_name(case: str) -> None:
    settings = CASES[case]
    oracle = Oracle(POINTS, settings).run(33)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program(POINTS, settings, 33).text(), "program.py", "exec"), {"__name__": "__main__"})
    printed = dict(line.split(" ", 1) for line in out.getvalue().splitlines())
    assert float(printed["loss"]) == pytest.approx(oracle.numbers(33)["loss"], rel=1e-4)
    assert ("validation_loss" in printed) == bool(settings.validation)
    if settings.validation:
        held = oracle.numbers(33, hidden=True)["loss"]
        assert float(printed["validation_loss"]) == pytest.approx(held, rel=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.0499, 0.05, ("0.04990", "0.05000")),
        (0.04999999, 0.05, ("0.04999999", "0.05000000")),
        (1.0, 1.0, ("1.000", "1.000")),
        (1 - 2**-53, 1.0, ("0.9999999999999999", "1.000000000000000")),
    ],
)
def test_numbers_are_told_apart(one: float, other: float, expected: tuple[str, str]) -> None:
    assert told_apart(one, other) == expected
