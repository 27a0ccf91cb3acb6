"""The loss over a plane of parameters against torch in the units of the data, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.choices import LOSSES, MODELS, Value
from core.experiment import Points, Settings
from core.experiment.split import OF_THE_SPLIT
from core.insight.landscape import FEWEST_CELLS, MOST_CELLS, Landscape, landscape, loss_at, reach
from core.insight.objective import Objective
from core.insight.plane import Plane, line_plane, parameter_plane
from core.training import Snapshot, Trainer

CELLS = 30  # that are looked at of each landscape
SOME = 40  # cells along each side, where all that counts are the losses

OPTIONS: dict[str, Value] = {
    "huber.delta": 0.4,
    "smooth_l1.beta": 0.3,
    "log_cosh.scale": 0.5,
    "quantile.quantile": 0.8,
    "mlp.width": 5,
}
ENDLESS = Settings(epochs=None, dtype="float64", options=OPTIONS)


def pinball(prediction: Tensor, target: Tensor) -> Tensor:
    """Its definition, for the quantile 0.8."""
    residual = target - prediction
    return torch.where(residual >= 0, 0.8 * residual, -0.2 * residual).mean()


def log_cosh(prediction: Tensor, target: Tensor) -> Tensor:
    """Its definition with a scale of 0.5; log(exp(a) + exp(-a)) does not overflow as cosh does."""
    parts = torch.stack(((prediction - target) / 0.5, (target - prediction) / 0.5))
    return 0.25 * (torch.logsumexp(parts, 0) - np.log(2.0)).mean()


CRITERIA: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "mse": nn.MSELoss(),
    "mae": nn.L1Loss(),
    "huber": nn.HuberLoss(delta=0.4),
    "smooth_l1": nn.SmoothL1Loss(beta=0.3),
    "log_cosh": log_cosh,
    "quantile": pinball,
}


def cloud(count: int = 60, seed: int = 4) -> Points:
    """Points about a wave, far from 0."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(2.0, 5.0, count)
    return Points(x, 30.0 + 4.0 * x + 3.0 * np.sin(3.0 * x) + rng.normal(0.0, 0.5, count))


POINTS = cloud()


def trained(settings: Settings, points: Points = POINTS, steps: int = 6) -> Trainer:
    """A run that has gone a little way."""
    trainer = Trainer(points, settings)
    for _step in range(steps):
        trainer.step()
    return trainer


def objective(trainer: Trainer) -> Objective:
    """What makes the loss of the run."""
    return Objective(*trainer.wanted, trainer.curve, trainer.scaling)


def plane_of(trainer: Trainer) -> Plane:
    """The plane that a person sees: w and b, or some two parameters."""
    if trainer.wanted.settings.model == "line":
        return line_plane(trainer.curve, trainer.scaling)
    return parameter_plane(trainer.curve, trainer.path.way().numbers[-1], 0, trainer.curve.count() - 1)


def snapshot_at(trainer: Trainer, numbers: np.ndarray) -> Snapshot:
    """A snapshot with these parameters `[P]`, which says what they are in the units of the data."""
    arrays, begin = [], 0
    for array in trainer.latest.arrays:
        arrays.append(numbers[begin : begin + array.size].reshape(array.shape))
        begin += array.size
    return trainer.latest._replace(arrays=tuple(arrays))


def predicted(model: str, parameters: dict[str, Any], x: Tensor) -> Tensor:
    """The model, by its formula, from parameters and x `[N, 1]` in the units of the data."""
    if model == "line":
        return parameters["w"] * x + parameters["b"]
    if model == "polynomial":
        powers = [float(w) * x ** (k + 1) for k, w in enumerate(parameters["w"])]
        return sum(powers, torch.zeros_like(x)) + parameters["b"]
    w1, b1, w2, b2 = (torch.tensor(parameters[name]) for name in ("w1", "b1", "w2", "b2"))
    return torch.tanh(x @ w1.T + b1) @ w2.T + b2


def true_loss(trainer: Trainer, numbers: np.ndarray, points: Points = POINTS) -> float:
    """The loss of parameters `[P]`, by a program that knows nothing but the units of the data."""
    settings = trainer.wanted.settings
    parameters = snapshot_at(trainer, numbers).parameters
    x, y = torch.tensor(points.x), torch.tensor(points.y).unsqueeze(1)
    loss = CRITERIA[settings.loss](predicted(settings.model, parameters, x), y)
    return float(loss)


def some_cells(found: Landscape, seed: int = 0) -> list[tuple[int, int]]:
    rows, columns = found.losses.shape
    rng = np.random.default_rng(seed)
    return list(zip(rng.integers(rows, size=CELLS), rng.integers(columns, size=CELLS), strict=True))


def about(
    trainer: Trainer, plane: Plane, wide: float = 2.0
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges about the run's own place."""
    u, v = plane.places(trainer.path.way().numbers[-1:])[0]
    return (u - wide, u + 0.7 * wide), (v - 0.8 * wide, v + 3.0 * wide)


# --- the same numbers as torch ------------------------------------------------------------------------------


@pytest.mark.one_in(4)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", MODELS)
def test_every_cell_is_the_loss_that_torch_finds_there(model: str, loss: str, standardise: bool) -> None:
    trainer = trained(replace(ENDLESS, model=model, loss=loss, standardise=standardise))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, *about(trainer, plane), SOME)
    assert found.losses.shape == (len(found.v), len(found.u))
    assert (found.points, found.of) == (60, 60)
    for row, column in some_cells(found):
        expected = true_loss(trainer, plane.at(found.u[column], found.v[row]))
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-6)


def test_no_loss_and_no_model_is_left_out_here() -> None:
    assert set(CRITERIA) == set(LOSSES)
    assert set(MODELS) == {"line", "polynomial", "mlp"}


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_networks_of_every_kind_have_their_own_landscape(layers: int, activation: str) -> None:
    options = {**OPTIONS, "mlp.layers": layers, "mlp.activation": activation}
    trainer = trained(replace(ENDLESS, model="mlp", options=options, standardise=True))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, *about(trainer, plane), 24)
    for row, column in some_cells(found)[:5]:
        numbers = plane.at(found.u[column], found.v[row])
        expected = np.mean((snapshot_at(trainer, numbers).predict(POINTS.x) - POINTS.y) ** 2)
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-9)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", MODELS)
def test_where_the_run_stands_it_is_the_runs_own_loss(model: str, loss: str, standardise: bool) -> None:
    settings = replace(ENDLESS, model=model, loss=loss, standardise=standardise, validation=0.3)
    trainer = trained(settings)
    plane = plane_of(trainer)
    places = plane.places(trainer.path.way().numbers)
    assert loss_at(objective(trainer), plane, places[-1:]) == pytest.approx([trainer.full_loss()], rel=1e-9)
    near = landscape(objective(trainer), plane, *((n, n) for n in places[-1]), 2)
    assert near.losses == pytest.approx(np.full((2, 2), trainer.full_loss()), rel=1e-9)


@pytest.mark.parametrize("standardise", [False, True])
def test_along_the_path_of_a_line_it_is_the_loss_of_every_step(standardise: bool) -> None:
    trainer = trained(replace(ENDLESS, standardise=standardise), steps=20)
    plane = plane_of(trainer)
    places = plane.places(trainer.path.way().numbers)
    losses = loss_at(objective(trainer), plane, places)
    assert losses[:-1] == pytest.approx(trainer.history.losses().low, rel=1e-9)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("shift", [0.0, 1900.0])
def test_the_bottom_is_at_the_least_squares_line(standardise: bool, shift: float) -> None:
    points = Points(POINTS.x + shift, POINTS.y)
    trainer = Trainer(points, replace(ENDLESS, standardise=standardise))
    w, b = np.polyfit(POINTS.x[:, 0], POINTS.y, 1)
    b -= w * shift
    plane = plane_of(trainer)
    reach = 1e-3 * (1 + shift)
    found = landscape(objective(trainer), plane, (w - 1e-3, w + 1e-3), (b - reach, b + reach), 101)
    row, column = np.unravel_index(np.argmin(found.losses), found.losses.shape)
    assert (row, column) == (50, 50)
    least = np.mean((w * points.x[:, 0] + b - points.y) ** 2)
    assert found.losses[50, 50] == pytest.approx(least, rel=1e-9)


def test_points_that_are_held_out_have_no_say() -> None:
    settings = replace(ENDLESS, validation=0.4, validation_seed=5)
    trainer = Trainer(POINTS, settings)
    draws = np.random.default_rng([OF_THE_SPLIT, 5]).random(60)
    kept = np.sort(np.argsort(draws, kind="stable")[24:])
    plane = plane_of(trainer)
    for loss in ("mse", "mae"):
        one = objective(trainer)._replace(settings=replace(settings, loss=loss))
        found = landscape(one, plane, (-1.0, 3.0), (-2.0, 40.0), SOME)
        assert (found.points, found.of) == (36, 36)
        for row, column in some_cells(found):
            residual = found.u[column] * POINTS.x[kept, 0] + found.v[row] - POINTS.y[kept]
            expected = np.mean(residual**2) if loss == "mse" else np.mean(np.abs(residual))
            assert found.losses[row, column] == pytest.approx(expected, rel=1e-9)


def test_rows_are_v_and_columns_u_from_end_to_end() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    found = landscape(objective(trainer), plane_of(trainer), (-1.0, 2.0), (5.0, 9.0), 25)
    assert (found.u[0], found.u[-1], found.v[0], found.v[-1]) == (-1.0, 2.0, 5.0, 9.0)
    assert np.array_equal(found.u, np.linspace(-1, 2, 25))
    corner = np.mean((2.0 * POINTS.x[:, 0] + 5.0 - POINTS.y) ** 2)
    assert found.losses[0, -1] == pytest.approx(corner, rel=1e-9)


def test_it_draws_nothing_from_the_numbers_of_others() -> None:
    trainer = trained(replace(ENDLESS, model="mlp"))
    plane = plane_of(trainer)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    landscape(objective(trainer), plane, (0.0, 1.0), (0.0, 1.0), 24)
    assert torch.equal(torch.get_rng_state(), before)


# --- very many points, large models -------------------------------------------------------------------------


MANY = cloud(100_000)


def test_of_very_many_points_the_squared_error_counts_all() -> None:
    trainer = Trainer(MANY, ENDLESS)
    found = landscape(objective(trainer), plane_of(trainer), (-2.0, 6.0), (-10.0, 50.0))
    assert (found.points, found.of) == (100_000, 100_000)
    assert found.losses.shape == (MOST_CELLS, MOST_CELLS)
    for row, column in some_cells(found)[:10]:
        residual = found.u[column] * MANY.x[:, 0] + found.v[row] - MANY.y
        assert found.losses[row, column] == pytest.approx(np.mean(residual**2), rel=1e-9)


def test_of_very_many_points_another_loss_looks_at_some_and_says_so() -> None:
    trainer = Trainer(MANY, replace(ENDLESS, loss="mae"))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, (-2.0, 6.0), (-10.0, 50.0))
    assert found.points < found.of == 100_000
    every = -(-found.of // found.points)
    x, y = MANY.x[::every, 0], MANY.y[::every]
    assert len(y) == found.points
    for row, column in some_cells(found)[:10]:
        u, v = found.u[column], found.v[row]
        assert found.losses[row, column] == pytest.approx(np.mean(np.abs(u * x + v - y)), rel=1e-9)
    exact = np.mean(np.abs(2.0 * MANY.x[:, 0] + 3.0 - MANY.y))
    assert loss_at(objective(trainer), plane, np.array([[2.0, 3.0]])) == pytest.approx([exact], rel=1e-9)


@pytest.mark.parametrize(("width", "count"), [(16, 60), (64, 60), (16, 2_000)])
def test_a_large_model_has_a_coarser_grid(width: int, count: int) -> None:
    options = {"mlp.width": width, "mlp.layers": 2}
    trainer = Trainer(cloud(count), replace(ENDLESS, model="mlp", options=options))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, (-1.0, 1.0), (-1.0, 1.0))
    assert FEWEST_CELLS <= len(found.u) < MOST_CELLS
    assert found.losses.shape == (len(found.v), len(found.u))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_line_through_few_points_has_the_finest_grid(loss: str) -> None:
    trainer = Trainer(cloud(128), replace(ENDLESS, loss=loss))
    found = landscape(objective(trainer), plane_of(trainer), (-1.0, 1.0), (-1.0, 1.0))
    assert found.losses.shape == (200, 200)


# --- at the ends of what numbers can hold -------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", MODELS)
def test_a_loss_that_overflows_is_infinite(model: str, loss: str) -> None:
    reach = 1e306 if model == "line" else 1e155
    trainer = Trainer(POINTS, replace(ENDLESS, model=model, loss=loss, standardise=loss != "mae"))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, (-reach, reach), (-reach, reach), 24)
    assert not np.isnan(found.losses).any()
    assert (found.losses >= 0).all()
    places = np.array([[reach, reach], [0.0, 0.0]])
    at = loss_at(objective(trainer), plane, places)
    assert not np.isnan(at).any()
    assert np.isfinite(at[1])
    if loss == "mse" and model != "mlp":
        assert found.losses[0, 0] == np.inf == at[0]


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("scale", [1e-150, 1e-60, 1e60, 1e148])
def test_very_large_and_very_small_data_have_their_landscape(scale: float, standardise: bool) -> None:
    points = Points(POINTS.x, POINTS.y * scale)
    settings = replace(ENDLESS, standardise=standardise)
    trainer = Trainer(points, settings)
    plane = plane_of(trainer)
    ends = (0.0, 30 * scale), (0.0, 1e9 * scale)
    for loss in LOSSES:
        one = objective(trainer)._replace(settings=replace(settings, loss=loss))
        losses = landscape(one, plane, *ends, 24).losses
        assert not np.isnan(losses).any()
        assert (losses >= 0).all()
    found = landscape(objective(trainer)._replace(settings=replace(settings, loss="mae")), plane, *ends, 24)
    for row, column in some_cells(found)[:5]:
        residual = found.u[column] * points.x[:, 0] + found.v[row] - points.y
        assert found.losses[row, column] == pytest.approx(np.mean(np.abs(residual)), rel=1e-6)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize(
    "points",
    [
        Points([2.0], [5.0]),
        Points([2.0, 3.0], [5.0, -1.0]),
        Points([2.0, 2.0], [5.0, -1.0]),
        Points([4.0] * 9, np.arange(9.0)),
        Points(np.arange(9.0), [4.0] * 9),
    ],
    ids=["one", "two", "two above each other", "constant x", "constant y"],
)
def test_few_points_and_constant_ones_have_a_landscape(points: Points, loss: str, standardise: bool) -> None:
    trainer = Trainer(points, replace(ENDLESS, loss=loss, standardise=standardise))
    plane = plane_of(trainer)
    found = landscape(objective(trainer), plane, (-3.0, 2.0), (-7.0, 9.0), SOME)
    assert (found.points, found.of) == (len(points), len(points))
    for row, column in some_cells(found):
        expected = true_loss(trainer, plane.at(found.u[column], found.v[row]), points)
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_line_through_all_points_has_no_loss(loss: str) -> None:
    points = Points(np.arange(5.0), 2.0 * np.arange(5.0) + 1.0)
    trainer = Trainer(points, replace(ENDLESS, loss=loss))
    at = loss_at(objective(trainer), plane_of(trainer), np.array([[2.0, 1.0], [2.0, 2.0]]))
    assert at[0] == pytest.approx(0.0, abs=1e-15)
    assert at[1] > 0.05


# --- how far is far -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_the_reach_of_a_line_is_the_deviation_of_y_over_the_root_mean_square_of_its_column(
    standardise: bool, offset: float
) -> None:
    points = cloud()
    points = Points(points.x[:, 0], points.y + offset)
    trainer = Trainer(points, replace(ENDLESS, standardise=standardise))
    own = Objective(points, ENDLESS, trainer.curve, trainer.scaling)
    expected = points.y.std() / np.sqrt([np.mean(points.x**2), 1.0])
    assert reach(own, line_plane(own.curve, own.scaling)) == pytest.approx(expected, rel=1e-5)


def test_the_reach_of_a_power_is_that_of_its_column() -> None:
    points, settings = cloud(), replace(ENDLESS, model="polynomial")
    trainer = Trainer(points, settings)
    own = Objective(points, settings, trainer.curve, trainer.scaling)
    plane = parameter_plane(own.curve, np.array([5.0, -2.0, 3.0, 1.0]), 2, 3)  # of the cube, and b
    expected = points.y.std() / np.sqrt([np.mean(points.x**6), 1.0])
    assert reach(own, plane) == pytest.approx(expected, rel=1e-5)


def test_the_reach_of_a_network_is_that_of_its_slopes_and_endless_where_nothing_changes() -> None:
    points, settings = cloud(), replace(ENDLESS, model="mlp")
    trainer = Trainer(points, settings)
    own = Objective(points, settings, trainer.curve, trainer.scaling)
    numbers = np.random.default_rng(0).normal(size=own.curve.count())
    plane = parameter_plane(own.curve, numbers, 0, 15)  # w1 of the first unit, and b2
    weights = torch.tensor(numbers).index_fill(0, torch.tensor([0, 15]), 0.0).requires_grad_()
    first, bias, second, last = torch.split(weights, [5, 5, 5, 1])
    outputs = torch.tanh(torch.tensor(points.x) @ first[None] + bias) @ second + last
    slopes = [torch.autograd.grad(each, weights, retain_graph=True)[0][[0, 15]].numpy() for each in outputs]
    expected = points.y.std() / np.sqrt(np.mean(np.array(slopes) ** 2, axis=0))
    assert reach(own, plane) == pytest.approx(expected, rel=1e-5)
    dead = numbers.copy()
    dead[10] = 0.0  # nobody hears the first unit
    assert reach(own, parameter_plane(own.curve, dead, 0, 15))[0] == np.inf
