"""A step in the units of the data, tensor by tensor and line by line, against programs of the data."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import comb
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
from core.insight.phase_words import said
from core.insight.plane import parameter_names
from core.insight.units import DataUnits, kind_of
from core.training import Trainer
from core.training.inside import Inside
from gui.panels.tensor_row import Row
from gui.plots.graph_boxes import box_of
from gui.plots.graph_numbers import numbers_of, row_text
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


@pytest.mark.one_in(2)
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


@pytest.mark.one_in(2)
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
    assert np.array_equal(found.inputs[:, 0], years.x[:, 0])
    assert found.targets == pytest.approx(years.y, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_powers_that_the_terms_of_a_sum_drown_in_are_told_by_what_training_found(dtype: str) -> None:
    x = np.arange(1990.0, 2020.0)
    points = Points(x, 100 + np.sin(x / 5))
    settings = replace(BASE, model="polynomial", options={"polynomial.degree": 12}, dtype=dtype)
    settings = replace(settings, learning_rate=1e-6)
    trained, found = told(points, settings, len(PHASES))
    assert np.isfinite(found.inputs).all()
    assert found.prediction is not None
    assert found.gradient is not None
    said = lines(found)
    forward = list(said["forward"].values())[-1]
    assert forward is not None
    assert forward.endswith("; its terms as trained only")
    first = trained.curve.predict(trained.before, trained.scaling, x)[0]
    assert last_number(forward.partition(";")[0]) == pytest.approx(float(first), rel=1e-3)
    slope = next(line for text, line in said["backward"].items() if line and line.startswith("∂L/∂w1 "))
    exact = slope_of_power(trained, 1)
    assert last_number(slope.partition(";")[0]) == pytest.approx(exact, rel=2e-3)


def slope_of_power(trained: Inside, power: int) -> float:
    """In fractions, the slope along one power of x as it is, from those along the powers of scaled x."""
    assert trained.gradient is not None
    mean, scale = Fraction(float(trained.scaling.x_mean[0])), Fraction(float(trained.scaling.x_scale[0]))
    slopes = [Fraction(float(each)) for each in (trained.gradient[1][0], *trained.gradient[0][0])]
    parts = (comb(power, k) * mean ** (power - k) * scale**k * slopes[k] for k in range(power + 1))
    return float(sum(parts) / Fraction(trained.scaling.y_scale) * Fraction(trained.unit))


def test_numbers_beyond_float64_are_as_trained_only_in_every_view() -> None:
    points = Points(np.linspace(1e30, 3e30, 20), np.linspace(1, 2, 20))
    settings = replace(BASE, model="polynomial", options={"polynomial.degree": 12}, learning_rate=1e-6)
    trained, found = told(points, settings, len(PHASES))
    assert trained.gradient is not None
    assert np.isfinite(row(trained.gradient)).all()
    view = tensor(found, "w")
    assert view.grad_trained_only
    slope = lines(found, 11)["backward"]
    assert "∂L/∂w12: as trained only" in slope.values()
    before_step = told(points, settings, len(PHASES) - 1)[1]
    assert "w12.grad" not in said(before_step, "backward", 11)
    assert "as trained only: it is too large for the units of the data" in said(before_step, "backward", 11)
    for text in (*boxes_of(found), *cells_of(found, "w.grad")):
        assert "nan" not in text
    assert "grad as trained only" in boxes_of(found)
    assert cells_of(found, "w.grad")[2] == "as trained only"


def boxes_of(inside: Inside) -> list[str]:
    assert inside.graph is not None
    boxes = [box_of(node, inside.graph) for node in inside.graph.nodes]
    return [row_text(line, box, inside.graph, numbers_of(inside)) for box in boxes for line in box.rows]


def cells_of(inside: Inside, name: str) -> tuple[str, ...]:
    views = [tensor(inside, name.removesuffix(".grad"), moment) for moment in (0, -1)]
    return Row(*views, True, 4, lambda text: True).cells


# --- another loss on the way --------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "then"), [("mse", "mae"), ("mae", "mse"), ("huber", "quantile")])
def test_the_gradient_of_the_step_before_keeps_the_unit_of_its_own_loss(first: str, then: str) -> None:
    points, settings = CASES["line"]
    settings = replace(settings, loss=first)
    trainer = Trainer(points, settings)
    trainer.step()
    before = DataUnits(trainer.curve, trainer.scaling).place(row(trainer.inspect().before.arrays))
    expected = slopes(points, settings, before)
    trainer.change(settings=replace(settings, loss=then))
    trainer.phase()
    assert trainer.inside is not None
    assert trainer.inside.settings.loss == then
    found = of_data(trainer.inside)
    assert row([tensor(found, name, 0).grad for name in "wb"]) == pytest.approx(expected, rel=1e-6)
    line = next(iter(lines(found)["zero_grad"].values()))
    assert line is not None
    assert last_number(f"= {line.split(': ')[1].split(' → ')[0]}") == pytest.approx(expected[0], rel=1e-3)
    trainer.phase()
    for _phase in range(3):
        trainer.phase()
    there = row(of_data(trainer.inside).before)
    found = of_data(trainer.inside)
    assert row([tensor(found, name).grad for name in "wb"]) == pytest.approx(
        slopes(points, replace(settings, loss=then), there), rel=1e-6
    )


def test_the_bars_map_the_gradient_of_a_step_by_the_loss_that_made_it() -> None:
    points, settings = CASES["line"]
    trainer = Trainer(points, settings)
    trainer.step()
    unit = trainer.inspect().unit
    assert unit == pytest.approx(trainer.scaling.y_scale**2)
    trainer.fit.take_up(trainer.fit.taken._replace(settings=replace(settings, loss="mae")))
    assert trainer.fit.loss_unit == pytest.approx(trainer.scaling.y_scale)
    assert trainer.inspect().unit == unit


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


@pytest.mark.one_in(3)
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


# --- the sentences ------------------------------------------------------------------------------------------


def numbers_in(text: str) -> list[float]:
    found = re.findall(r"[−\d][\d,.]*(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)
    return [last_number(f"= {each.strip(',.').replace(',', '')}") for each in found]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_the_sentences_of_a_step_tell_the_numbers_of_the_data(case: str, loss: str) -> None:
    points, settings = CASES[case]
    settings = replace(settings, loss=loss)
    begun = len(PHASES) * (STEPS - 1)
    texts = {
        phase: said(told(points, settings, begun + done)[1], phase) for done, phase in enumerate(PHASES, 1)
    }
    _trained, found = told(points, settings)
    theta, after = row(found.before), row(found.after)
    predicted = float(predictions(points, settings, torch.tensor(theta))[0])
    expected = [predicted, float(points.y[0])]
    assert numbers_in(texts["forward"])[1:3] == pytest.approx(expected, rel=1e-3)
    value = float(loss_of_data(points, settings, torch.tensor(theta)))
    assert numbers_in(texts["loss"])[1] == pytest.approx(value, rel=1e-3)
    slope = slopes(points, settings, theta)[0]
    told_slope = numbers_in(texts["backward"].partition(" is ")[2])[0]
    assert told_slope == pytest.approx(slope, rel=2e-3)
    name = parameter_names(found.curve)[0]
    way = "raise" if slope > 0 else "lower"
    assert f"a slightly larger {name} would {way} the loss" in texts["backward"]
    moved = texts["step"].partition(" from ")[2].partition(".  ")[0]
    assert numbers_in(moved)[:2] == pytest.approx([theta[0], after[0]], rel=1e-3)
    assert "gradient" not in texts["step"]
    assert "made as trained" in texts["step"]
    assert "as trained, of standardised data" not in " ".join(texts.values())


def test_of_a_gradient_that_turns_round_the_sentence_tells_the_direction_of_the_data() -> None:
    x = np.linspace(90.0, 110.0, 30)
    points = Points(x, 3 * x - 200)
    settings = replace(BASE, optimizer="sgd", start="own", start_values=(2.9, -180.0))
    trained, found = told(points, settings, 4)
    assert trained.gradient is not None
    assert found.gradient is not None
    assert trained.gradient[0][0, 0] < 0 < found.gradient[0][0, 0]
    assert "a slightly larger w would lower the loss" in said(trained, "backward")
    assert "a slightly larger w would raise the loss" in said(found, "backward")


def test_a_clipped_gradient_is_told_by_its_share_which_is_the_same_in_all_units() -> None:
    points, settings = CASES["line"]
    trained, found = told(points, replace(settings, clip_norm=0.01), 4)
    assert trained.gradient is not None
    assert trained.unclipped is not None
    share = np.linalg.norm(row(trained.gradient)) / trained.unclipped
    text = said(found, "backward")
    assert numbers_in(text.partition("whole gradient to")[2])[0] == pytest.approx(share, rel=1e-3)
    assert "0.01" not in text.split()


def test_kinks_are_those_of_training_in_all_units() -> None:
    x = np.linspace(3, 9, 12)
    settings = replace(BASE, loss="mae", l1=0.1, start="zeros")
    trained, found = told(Points(x, np.concatenate((np.full(6, 5.0), x[6:]))), settings, 4)
    mean = replace(settings, loss="mse")
    flat = told(Points(x, x), mean, 4)
    assert "penalty has a kink" in said(flat[0], "backward")
    assert "exactly 0 as trained, where its penalty has a kink" in said(flat[1], "backward")
    assert "penalty has a kink" not in said(flat[1], "backward", 1)
    for which in (trained, found):
        assert "kink" in said(which, "backward")


# --- where ReLU bends ---------------------------------------------------------------------------------------

RELU = {"mlp.width": 1, "mlp.layers": 1, "mlp.activation": "relu"}


def relu_step(
    start: tuple[float, ...], x: Floats, y: Floats, standardise: bool = False
) -> tuple[Inside, Inside]:
    settings = Settings(
        model="mlp", options=RELU, start="own", start_values=start, dtype="float64", standardise=standardise
    )
    trainer = Trainer(Points(x, y), settings)
    for _phase in range(4):
        trainer.phase()
    assert trainer.inside is not None
    return trainer.inside, of_data(trainer.inside) if standardise else trainer.inside


def loss_along(start: tuple[float, ...], x: Floats, y: Floats, parameter: int, by: float) -> float:
    w1, b1, w2, b2 = (value + by * (place == parameter) for place, value in enumerate(start))
    return float(np.mean((w2 * np.maximum(w1 * x + b1, 0) + b2 - y) ** 2))


@pytest.mark.parametrize("start", [(0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 0.0), (1.0, -1.0, 2.0, 0.5)])
@pytest.mark.parametrize("parameter", range(4))
def test_where_relu_bends_no_direction_is_claimed_that_only_one_side_has(
    start: tuple[float, ...], parameter: int
) -> None:
    x, y = np.array([0.5, 1.0, 2.0]), np.array([3.0, 4.0, 7.0])
    inside, _same = relu_step(start, x, y)
    by = 1e-6
    here = loss_along(start, x, y, parameter, 0)
    ahead, back = ((loss_along(start, x, y, parameter, side * by) - here) / by for side in (1, -1))
    has_kink = abs(ahead + back) > 1e-4
    text = said(inside, "backward", parameter)
    assert ("PyTorch takes its slope there to be 0" in text) == has_kink
    assert ("hardly change" in text) == (not has_kink and abs(ahead) < 1e-5)


def test_a_bend_is_found_in_the_units_of_the_data_too() -> None:
    x, y = np.array([2.0, 4.0, 6.0, 8.0]), np.array([3.0, 4.0, 7.0, 9.0])
    for start, has_bend in (((1.0, -4.0, 2.0, 0.5), True), ((1.0, -4.5, 2.0, 0.5), False)):
        trained, found = relu_step(start, x, y, standardise=True)
        for which in (trained, found):
            assert ("An input of ReLU is exactly 0" in said(which, "backward", 1)) == has_bend
