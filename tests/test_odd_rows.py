"""A row is enough: what the program knows nothing of trains, is swept, walked through and exported."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import main
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.export import program
from core.insight.best_curve import best_curve
from core.insight.theory import theory
from core.training import Trainer
from core.training.compiled.kind import why_not
from core.training.stack import Stack
from core.training.sweep_plan import SEED, SweepPlan
from gui.main_window import MainWindow
from gui.widgets.formula_block import FormulaBlock
from tests.odd_rows import odd_rows
from tests.sweeps import held_against_single_runs
from tests.windows import LINE, action, opened, part, wait_for_rest, wait_for_step

X = np.random.default_rng(1).uniform(-1, 3, 40)
POINTS = Points(X, 1.5 * X - 0.7 + np.random.default_rng(2).normal(0, 0.4, 40))


def odd() -> Settings:
    return Settings(optimizer="adafactor", loss="fourth", epochs=None)


@pytest.fixture(autouse=True)
def _rows() -> Iterator[None]:
    with odd_rows():
        yield


def test_a_run_is_that_of_a_plain_program() -> None:
    trainer = Trainer(POINTS, odd())
    model = torch.nn.Linear(1, 1)
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), trainer.start.arrays, strict=True):
            parameter.copy_(torch.tensor(array))
    x, y = (torch.tensor(column, dtype=torch.float32).reshape(-1, 1) for column in (POINTS.x, POINTS.y))
    optimizer = torch.optim.Adafactor(model.parameters(), lr=trainer.fit.rate)
    for _step in range(20):
        trainer.step()
        optimizer.zero_grad()
        ((model(x) - y) ** 4).mean().backward()
        optimizer.step()
    for parameter, array in zip(model.parameters(), trainer.latest.arrays, strict=True):
        assert np.allclose(parameter.detach().numpy(), array, rtol=1e-5)


@pytest.mark.parametrize("model", ["line", "mlp", "bent"])
@pytest.mark.parametrize(
    "plan", [SweepPlan(low=1e-3, high=0.1, runs=4, steps=40), SweepPlan(SEED, 1, 1, 3, 40)]
)
def test_a_sweep_is_many_single_runs(model: str, plan: SweepPlan) -> None:
    settings = Settings(optimizer="adafactor", loss="fourth", model=model)
    assert held_against_single_runs(POINTS, settings, plan) >= 3


def test_a_row_of_layers_without_biases_is_not_taken_for_pairs_of_weight_and_bias() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(1, 2, bias=False), torch.nn.Linear(2, 1))
    x = torch.linspace(-1, 1, 5)[:, None]
    assert torch.allclose(Stack([model, model], "cpu").predict(x), model(x)[:, 0].expand(2, 5))


def test_its_steps_are_not_compiled_as_if_they_were_proportional_to_the_rate() -> None:
    assert "Adafactor" in why_not(odd(), "cpu")


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", ["line", "bent"])
def test_the_exported_program_makes_the_same_numbers(model: str, standardise: bool) -> None:
    settings = replace(odd(), model=model, standardise=standardise)
    trainer, names = Trainer(POINTS, settings), dict[str, Any]()
    for _step in range(7):
        trainer.step()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(program(POINTS, settings, 7).text(), names)
    for parameter, array in zip(names["model"].parameters(), trainer.latest.arrays, strict=True):
        assert np.array_equal(parameter.detach().numpy(), array)


def test_the_command_line_takes_it(tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("x,y\n" + "\n".join(f"{x},{y}" for x, y in zip(X, POINTS.y, strict=True)))
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = main.main(
            ["train", str(table), "--optimizer", "adafactor", "--loss", "fourth", "--steps", "5", "--json"]
        )
    assert status == 0
    trainer = Trainer(POINTS, odd())
    for _step in range(5):
        trainer.step()
    assert json.loads(told.getvalue())["loss"] == pytest.approx(trainer.full_loss())


def walked_through(qtbot: QtBot, window: MainWindow, phase: str) -> str:
    """What the formulas of `phase` say behind a step in its phases; the window then runs in other modes."""
    for _phase in PHASES:
        action(window, "phase").trigger()
        qtbot.waitUntil(lambda: not window.workspace.busy)
    wait_for_step(qtbot, window)
    block = part(window, FormulaBlock, f"formula_block_{phase}")
    told = " ".join(label.text() for label in block.findChildren(QLabel))
    for mode in ("full", "simple"):
        action(window, mode).trigger()
        action(window, "run").trigger()
        qtbot.waitUntil(lambda: window.session.running)
        window.session.pause()
        wait_for_rest(qtbot, window)
        qtbot.waitUntil(lambda: not window.workspace.busy)
    return told


def test_all_modes_show_it_and_a_line_says_what_has_no_formula(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, odd(), mode="inside") as window:
        assert "no formula here for Adafactor" in walked_through(qtbot, window, "step")


def test_a_model_of_which_only_the_module_is_known_is_shown_in_all_modes(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, Settings(model="bent", epochs=None), mode="inside") as window:
        assert "no formula here for Bent line" in walked_through(qtbot, window, "forward")
        window.session.step()
        wait_for_rest(qtbot, window)
        action(window, "inside").trigger()
        qtbot.waitUntil(lambda: window.session.inside is not None)
        inside = window.session.inside
        assert inside is not None
        assert inside.names == ("place", "slope.weight")


def test_nothing_is_claimed_of_a_loss_or_a_model_that_is_not_known() -> None:
    for changes in ({"loss": "fourth"}, {"model": "bent"}):
        found = theory(POINTS, Settings(**changes))
        assert found.bound is found.optimum is found.limit is None
        assert found.why_no_optimum
    assert best_curve(POINTS, Settings(loss="fourth")) is None
