"""The two systems of units of a standardised run, against autograd through programs of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.choices import LOSSES, OPTIMIZERS
from core.experiment import Points, Settings
from core.insight.plane import Plane, parameter_plane, path_plane_of_data
from core.insight.scaling import Scaling
from core.insight.step_on_plane import StepOnPlane
from core.insight.units import DataUnits, kind_of
from core.training import Trainer
from core.training.inspection import Inspection
from core.training.path import flat
from tests.standardised import BASE, CASES, ONE, loss_of_data, slopes

Floats = NDArray[np.float64]


def stepped(points: Points, settings: Settings, steps: int = 3) -> tuple[Trainer, Inspection]:
    """A run, and the inside of its newest step."""
    trainer = Trainer(points, settings)
    for _step in range(steps):
        trainer.step()
    return trainer, trainer.inspect()


def units_of(trainer: Trainer, inspection: Inspection) -> DataUnits:
    return DataUnits(trainer.curve, trainer.scaling, inspection.unit)


def rows(arrays: tuple[Floats, ...]) -> Floats:
    return flat(arrays).astype(np.float64)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_a_gradient_of_training_becomes_the_slope_of_the_loss_of_the_data(case: str, loss: str) -> None:
    points, settings = CASES[case]
    settings = replace(settings, loss=loss, optimizer="sgd")
    trainer, inspection = stepped(points, settings)
    units = units_of(trainer, inspection)
    before = units.place(rows(inspection.before.arrays))
    found = units.slope(inspection.gradient)
    expected = slopes(points, settings, before)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("case", CASES)
def test_finite_differences_say_the_same(case: str) -> None:
    points, settings = CASES[case]
    trainer, inspection = stepped(points, settings)
    units = units_of(trainer, inspection)
    before = units.place(rows(inspection.before.arrays))
    found = units.slope(inspection.gradient)
    for place in range(0, len(before), 5):
        width = 1e-5 * max(abs(before[place]), 1e-3)
        ends = []
        for side in (-width, width):
            moved = before.copy()
            moved[place] += side
            ends.append(float(loss_of_data(points, settings, torch.tensor(moved))))
        assert found[place] == pytest.approx((ends[1] - ends[0]) / (2 * width), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_a_step_leads_from_the_parameters_before_to_those_behind_it(case: str) -> None:
    trainer, inspection = stepped(*CASES[case])
    units = units_of(trainer, inspection)
    ends = [units.place(rows(each.arrays)) for each in (inspection.before, inspection.snapshot)]
    assert units.move(inspection.step) == pytest.approx(ends[1] - ends[0], rel=1e-6, abs=1e-9)
    assert units.trained_place(ends[1]) == pytest.approx(rows(inspection.snapshot.arrays), rel=1e-9)
    assert units.trained_move(units.move(inspection.step)) == pytest.approx(inspection.step, rel=1e-7)
    assert ends[1] == pytest.approx(np.array(inspection.snapshot.numbers()), rel=1e-12)


def test_a_run_that_is_not_standardised_has_one_system() -> None:
    points, settings = CASES["line"]
    trainer, inspection = stepped(points, replace(settings, standardise=False))
    assert trainer.scaling.changes_nothing()
    assert units_of(trainer, inspection).slope(inspection.gradient) == pytest.approx(inspection.gradient)
    assert not stepped(points, settings)[0].scaling.changes_nothing()


def test_a_scaling_is_taken_back_by_its_inverse() -> None:
    scaling = Scaling(np.array([3.0, -2.0]), np.array([0.5, 4.0]), 7.0, 2.5)
    x, y = np.random.default_rng(2).normal(size=(5, 2)), np.random.default_rng(2).normal(size=5)
    assert scaling.inverse().x_in(scaling.x_in(x)) == pytest.approx(x)
    assert scaling.inverse().y_in(scaling.y_in(y)) == pytest.approx(y)


# --- what an optimizer keeps ------------------------------------------------------------------------------

MEANS = {"adam": "exp_avg", "adamw": "exp_avg", "nadam": "exp_avg", "radam": "exp_avg", "adamax": "exp_avg"}


@pytest.mark.parametrize("case", ["line", "polynomial", "network"])
@pytest.mark.parametrize("optimizer", MEANS)
def test_a_mean_of_gradients_is_the_mean_of_the_slopes_of_the_data(case: str, optimizer: str) -> None:
    """It is linear in the gradients: the same mean of what autograd finds at each step."""
    points, settings = CASES[case]
    settings = replace(settings, optimizer=optimizer)
    trainer = Trainer(points, settings)
    mean: Any = 0.0
    for _step in range(4):
        theta = np.array(trainer.latest.numbers())
        mean = 0.9 * mean + 0.1 * slopes(points, settings, theta)
        trainer.step()
    inspection = trainer.inspect()
    found = units_of(trainer, inspection).of_kind("slope", inspection.state["exp_avg"])
    assert found == pytest.approx(mean, rel=1e-7, abs=1e-8 * np.abs(mean).max())


@pytest.mark.parametrize(
    ("optimizer", "options"), [("sgd", {"sgd.momentum": 0.8}), ("rmsprop", {"rmsprop.momentum": 0.8})]
)
def test_a_momentum_of_gradients_is_a_slope_and_one_of_moves_is_a_move(
    optimizer: str, options: dict[str, Any]
) -> None:
    points, settings = CASES["line"]
    trainer, inspection = stepped(points, replace(settings, optimizer=optimizer, options=options))
    kind = kind_of("momentum_buffer", optimizer)
    assert kind is not None
    found = units_of(trainer, inspection).of_kind(kind, inspection.state["momentum_buffer"])
    if optimizer == "rmsprop":
        made = np.array(inspection.snapshot.numbers()) - np.array(inspection.before.numbers())
        assert -0.02 * found == pytest.approx(made, rel=1e-7)
        return
    again, momentum = Trainer(points, replace(settings, optimizer=optimizer, options=options)), 0.0
    for _step in range(3):
        momentum = 0.8 * momentum + slopes(points, settings, np.array(again.latest.numbers()))
        again.step()
    assert found == pytest.approx(momentum, rel=1e-7)


def test_squares_and_sizes_have_no_meaning_in_the_units_of_the_data() -> None:
    kept = set()
    for optimizer in OPTIMIZERS:
        settings = replace(BASE, optimizer=optimizer)
        _trainer, inspection = stepped(ONE, settings)
        kept |= {name for name in inspection.state if kind_of(name, optimizer) is None}
    assert kept == {"exp_avg_sq", "exp_inf", "sum", "square_avg", "acc_delta", "prev", "step_size"}


# --- planes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["line of two", "polynomial", "network"])
def test_a_plane_of_two_parameters_of_the_data_reads_them_off_and_changes_no_other(case: str) -> None:
    points, settings = CASES[case]
    trainer, inspection = stepped(points, settings)
    units, here = units_of(trainer, inspection), rows(inspection.snapshot.arrays)
    last = len(here) - 1
    plane = parameter_plane(trainer.curve, here, 0, last, units)
    theta, past = units.place(here), units.place(rows(inspection.before.arrays))
    assert plane.places(here[None])[0] == pytest.approx(theta[[0, last]], rel=1e-9)
    assert plane.places(rows(inspection.before.arrays)[None])[0] == pytest.approx(past[[0, last]], rel=1e-9)
    elsewhere = units.place(plane.at(2.5, -1.5))
    expected = theta.copy()
    expected[[0, last]] = 2.5, -1.5
    assert elsewhere == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("case", ["polynomial", "network"])
def test_the_directions_of_a_path_in_the_units_of_the_data_are_those_of_its_singular_values(
    case: str,
) -> None:
    points, settings = CASES[case]
    trainer = Trainer(points, settings)
    for _step in range(30):
        trainer.step()
    path = trainer.path.way().numbers
    units = DataUnits(trainer.curve, trainer.scaling)
    mapped = np.array(
        [trainer.curve.in_data_units(trainer.curve.arrays(row), trainer.scaling) for row in path]
    )
    theta = np.array([np.concatenate([np.ravel(part) for part in row.values()]) for row in mapped])
    plane = path_plane_of_data(path[-1], path, ("a", "b"), units)
    assert plane is not None
    _u, sizes, directions = np.linalg.svd(theta - theta.mean(axis=0), full_matrices=False)
    places = plane.places(path)
    expected = (theta - theta[0]) @ directions[:2].T
    for axis in (0, 1):
        sign = np.sign(places[-1, axis] * expected[-1, axis])
        assert sign * places[:, axis] == pytest.approx(expected[:, axis], abs=1e-6 * np.abs(expected).max())
    assert plane.shares == pytest.approx(tuple(sizes[:2] ** 2 / np.sum(sizes**2)), rel=1e-5)


# --- a step upon a plane ------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_trained", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_slope_along_a_plane_is_how_the_loss_rises_there(case: str, as_trained: bool) -> None:
    """By finite differences of the loss of all points, in the unit of the system."""
    points, settings = CASES[case]
    trainer, inspection = stepped(points, replace(settings, optimizer="sgd"))
    units, here = units_of(trainer, inspection), rows(inspection.before.arrays)
    of_data = None if as_trained else units
    plane = replace(parameter_plane(trainer.curve, here, 0, 1, of_data), as_trained=as_trained)
    step = StepOnPlane(inspection, plane)

    def loss(u: float, v: float) -> float:
        theta = torch.tensor(units.place(plane.at(u, v)))
        return float(loss_of_data(points, settings, theta)) / (inspection.unit if as_trained else 1.0)

    u, v = step.start
    for axis, slope in enumerate(step.gradient):
        width = 1e-5 * max(abs((u, v)[axis]), 1e-2)
        ends = [loss(u + sign * width * (axis == 0), v + sign * width * (axis == 1)) for sign in (-1, 1)]
        assert slope == pytest.approx((ends[1] - ends[0]) / (2 * width), rel=1e-4, abs=1e-4)
    rate = inspection.snapshot.learning_rate
    assert step.downhill(step.gradient) == tuple(-rate * slope for slope in step.gradient)
    if as_trained:
        assert step.made == pytest.approx(step.downhill(step.gradient), rel=1e-7), "plain gradient descent"


def test_what_is_kept_is_there_as_trained_and_in_units_of_the_data_only_where_it_means_something() -> None:
    trainer, inspection = stepped(*CASES["line"])
    here = rows(inspection.before.arrays)
    trained = replace(parameter_plane(trainer.curve, here, 0, 1), as_trained=True)
    of_data = parameter_plane(trainer.curve, here, 0, 1, units_of(trainer, inspection))

    def kept(plane: Plane, name: str) -> tuple[float, float] | None:
        return StepOnPlane(inspection, plane).kept(name)

    for name in ("exp_avg", "exp_avg_sq"):
        assert kept(trained, name) == pytest.approx(tuple(inspection.state[name]))
    assert kept(of_data, "exp_avg") is not None
    assert kept(of_data, "exp_avg_sq") is None
    assert kept(of_data, "momentum_buffer") is None
