"""A step in the units of the data, tensor by tensor and line by line, against programs of the data."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.choices import LOSSES, OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.insight.data_step import of_data
from core.insight.formulas import formulas, with_step
from core.insight.units import kind_of
from core.training import Trainer
from core.training.inside import Inside
from tests.insides import tensor
from tests.standardised import BASE, CASES, ONE, loss_of_data, predictions, slopes

Floats = NDArray[np.float64]
STEPS = 3


def told(points: Points, settings: Settings, phases: int = STEPS * len(PHASES)) -> tuple[Inside, Inside]:
    """What there is to see behind so many phases of a run, as trained and in the units of the data."""
    trainer = Trainer(points, settings)
    for _phase in range(phases):
        trainer.phase()
    assert trainer.inside is not None
    return trainer.inside, of_data(trainer.inside)


def row(arrays: Any) -> Floats:
    return np.concatenate([np.ravel(array) for array in arrays]).astype(np.float64)


def features(points: Points, settings: Settings) -> Floats:
    if settings.model != "polynomial":
        return points.x
    return points.x ** np.arange(1, 4)


# --- every tensor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_a_step_is_that_of_a_program_of_the_data(case: str, loss: str) -> None:
    points, settings = CASES[case]
    settings = replace(settings, loss=loss, optimizer="adam")
    trained, found = told(points, settings)
    theta = row(found.before)
    assert found.inputs == pytest.approx(features(points, settings), rel=1e-12)
    assert found.targets == pytest.approx(points.y, rel=1e-12)
    assert found.prediction == pytest.approx(predictions(points, settings, torch.tensor(theta)).numpy())
    expected = float(loss_of_data(points, settings, torch.tensor(theta)))
    assert found.loss == found.objective == pytest.approx(expected)
    gradient = slopes(points, settings, theta)
    assert found.gradient is not None
    assert row(found.gradient) == pytest.approx(gradient, rel=1e-8, abs=1e-9 * np.abs(gradient).max())
    assert found.after is not None
    assert row(found.after) == pytest.approx(
        row(trained.curve.in_data_units(trained.after, trained.scaling).values())
    )
    names = [view.name for view in found.views[-1] if view.role == "parameter"]
    assert row([tensor(found, name).values for name in names]) == pytest.approx(row(found.after))
    assert row([tensor(found, name, 0).values for name in names]) == pytest.approx(theta)
    assert row([tensor(found, name).grad for name in names]) == pytest.approx(row(found.gradient))
    assert float(tensor(found, "loss").values) == pytest.approx(expected)
    assert tensor(found, "prediction").values[:, 0] == pytest.approx(found.prediction)
    assert tensor(found, "inputs").values == pytest.approx(found.inputs)
    assert tensor(found, "targets").values[:, 0] == pytest.approx(points.y)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("case", ["line", "network"])
def test_what_an_optimizer_keeps_is_told_or_left_out_and_never_mixed(case: str, optimizer: str) -> None:
    points, settings = CASES[case]
    trained, found = told(points, replace(settings, optimizer=optimizer))
    kept = [(view, tensor(trained, view.name)) for view in found.views[-1] if view.role == "state"]
    assert kept or optimizer == "sgd"
    for view, as_trained in kept:
        name = view.name.partition(" (")[0]
        assert view.shape == as_trained.shape
        assert view.trained_only == (kind_of(name, optimizer) is None)
        if view.trained_only:
            assert np.isnan(view.values).all()
        elif kind_of(name, optimizer) == "pure":
            assert view.values == as_trained.values
    assert not any(found.state_before)
    assert not any(found.state_after or ())


def test_the_average_of_asgd_is_a_place_and_the_direction_of_lbfgs_a_move() -> None:
    points, settings = CASES["line"]
    _trained, found = told(points, replace(settings, optimizer="asgd"))
    assert row([tensor(found, f"ax ({name})").values for name in "wb"]) == pytest.approx(row(found.after))
    trained, found = told(points, replace(settings, optimizer="lbfgs"))
    direction, length = tensor(found, "d (w)").values, tensor(trained, "d (w)").values
    w = length[0] * trained.scaling.y_scale / trained.scaling.x_scale[0]
    b = length[1] * trained.scaling.y_scale - w * trained.scaling.x_mean[0]
    assert direction == pytest.approx([w, b])


@pytest.mark.parametrize("model", ["line", "polynomial"])
def test_data_in_float32_are_the_persons_own_again(model: str) -> None:
    years = Points(np.arange(1990.0, 2020.0), 0.1 * np.arange(30) + 7)
    _trained, found = told(years, Settings(standardise=True, model=model, options={"polynomial.degree": 2}))
    assert np.array_equal(found.inputs[:, 0], years.x[:, 0].astype(np.float32))
    assert found.targets == pytest.approx(years.y, rel=2e-7)
    assert found.inputs.dtype == found.targets.dtype == np.float32


def test_a_begun_step_is_told_as_far_as_it_is_done() -> None:
    for done in range(1, len(PHASES)):
        trained, found = told(*CASES["network"], phases=len(PHASES) + done)
        for name in ("prediction", "loss", "gradient", "after", "graph"):
            assert (getattr(found, name) is None) == (getattr(trained, name) is None)
        assert len(found.views) == done + 1
        assert found.done == trained.done


def test_plain_numbers_in_the_graph_are_those_of_standardised_data_and_left_out() -> None:
    settings = replace(BASE, loss="huber", options={"huber.delta": 3.0})
    trained, found = told(ONE, settings)

    def constants(inside: Inside) -> list[object]:
        assert inside.graph is not None
        return [each.value for node in inside.graph.nodes for each in node.saved if each.name == "delta"]

    assert constants(trained) == [pytest.approx(3.0 / trained.scaling.y_scale)]
    assert constants(found) == ["as trained only"]


# --- every line of the formulas -----------------------------------------------------------------------------


def lines(inside: Inside, parameter: int = 0) -> dict[str, dict[str, str | None]]:
    """By phase and by the text of each formula, its line with numbers."""
    blocks = formulas(inside.settings, inside.curve.inputs, of_data=True)
    found = with_step(blocks, inside, parameter)
    return {
        block.phase: {
            formula.text: None if line is None else "".join(span.text for span in line)
            for formula, line in zip(block.formulas, each, strict=True)
        }
        for block, each in zip(blocks, found, strict=True)
    }


def last_number(line: str | None) -> float:
    assert line is not None
    number = re.split("[=≈] ?", line)[-1].translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(number.replace("×10", "e"))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_the_formulas_hold_for_the_numbers_of_the_data(case: str, loss: str) -> None:
    points, settings = CASES[case]
    settings = replace(settings, loss=loss)
    _trained, found = told(points, settings)
    theta = row(found.before)
    expected = slopes(points, settings, theta)
    for parameter in (0, len(theta) - 1):
        said = lines(found, parameter)
        prediction = predictions(points, settings, torch.tensor(theta))[0]
        assert last_number(list(said["forward"].values())[-1]) == pytest.approx(float(prediction), rel=1e-3)
        value = float(loss_of_data(points, settings, torch.tensor(theta)))
        assert last_number(list(said["loss"].values())[-1]) == pytest.approx(value, rel=1e-3)
        slope = next(
            line
            for line in said["backward"].values()
            if line and line.startswith("∂L/∂") and "ŷ" not in line.partition("=")[0]
        )
        assert last_number(slope) == pytest.approx(expected[parameter], rel=2e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_number_stands_in_a_rule_that_is_carried_out_as_trained(optimizer: str) -> None:
    points, settings = CASES["line"]
    trained, found = told(points, replace(settings, optimizer=optimizer))
    *rules, (text, line) = lines(found)["step"].items()
    before, after = (
        trained.curve.in_data_units(each, trained.scaling)["w"] for each in (trained.before, trained.after)
    )
    said = [each for each in (*(line for _text, line in rules), line) if each is not None]
    assert len(said) == 1
    match = re.fullmatch("w: (.*) → (.*)", said[0])
    assert match, text
    for number, value in zip(match.groups(), (before, after), strict=True):
        assert last_number(f"= {number}") == pytest.approx(float(value), rel=1e-3)


def test_a_penalty_and_a_clipping_have_no_numbers_where_they_do_not_hold() -> None:
    points, settings = CASES["line"]
    settings = replace(settings, l1=0.1, clip_norm=0.01)
    trained, found = told(points, settings)
    said, of_b = lines(found), lines(found, 1)
    assert said["loss"]["J = L + λ₁ · Σ |w|"] is None
    assert all(line is None for text, line in said["backward"].items() if "∂J/∂w" in text or "‖" in text)
    slope = next(line for text, line in of_b["backward"].items() if text.startswith("∂J/∂b"))
    assert last_number(slope) == pytest.approx(slopes(points, settings, row(found.before))[1], rel=1e-3)
    notes = " ".join(block.notes for block in formulas(settings, 1, of_data=True))
    assert "penalty is on the weights as trained" in notes
    assert "measured and shortened as trained" in notes
    assert trained.unclipped == found.unclipped


def test_the_hyper_parameter_of_a_loss_is_what_the_person_has_set() -> None:
    settings = replace(BASE, loss="huber", options={"huber.delta": 2.5})
    legends = {
        units: [symbol for block in formulas(settings, 1, units) for symbol, _words in block.legend]
        for units in (False, True)
    }
    assert "δ = 2.5" in legends[True]
    assert "δ" in legends[False]


def test_numbers_as_trained_stay_as_they_are() -> None:
    trained, _found = told(*CASES["line"])
    assert not trained.of_data
    step = lines(trained)["step"]
    assert all(line is not None for line in step.values())
