"""The loop against programs of a PyTorch lesson, written out here without the engine."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import core.training.trainer as trainer_module
from core.choices import LOSSES, MODELS, OPTIMIZERS, Value
from core.experiment import Points, Settings
from core.insight.curves import Polynomial
from core.problem import Problem
from core.training import Snapshot, Trainer

Floats = NDArray[np.float64]

DATA = Path(__file__).resolve().parent.parent / "resources" / "data"
STEPS = 15
SEED = 7
ENDLESS = 20_000  # steps; a run of these tests that takes so many does not stop


def cloud(count: int = 40, seed: int = 1) -> Points:
    """A line with noise, away from 0 in both directions."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 3, count)
    return Points(x, 1.5 * x - 0.7 + rng.normal(0, 0.4, count))


POINTS = cloud()

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}

TORCH_LOSSES: dict[str, Callable[[], nn.Module]] = {
    "mse": nn.MSELoss,
    "mae": nn.L1Loss,
    "huber": lambda: nn.HuberLoss(delta=0.3),
    "smooth_l1": lambda: nn.SmoothL1Loss(beta=0.2),
}


def log_cosh(prediction: Tensor, target: Tensor) -> Tensor:
    """Its definition, which overflows for large residuals; with a scale of 0.5."""
    return 0.25 * torch.log(torch.cosh((prediction - target) / 0.5)).mean()


def pinball(prediction: Tensor, target: Tensor) -> Tensor:
    """Its definition, for the quantile 0.8."""
    residual = target - prediction
    return torch.where(residual >= 0, 0.8 * residual, -0.2 * residual).mean()


LOSS_OPTIONS: Mapping[str, Value] = {
    "huber.delta": 0.3,
    "smooth_l1.beta": 0.2,
    "log_cosh.scale": 0.5,
    "quantile.quantile": 0.8,
}

TORCH_OPTIMIZERS: dict[str, Any] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "adamax": torch.optim.Adamax,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "rmsprop": torch.optim.RMSprop,
    "rprop": torch.optim.Rprop,
    "asgd": torch.optim.ASGD,
    "lbfgs": torch.optim.LBFGS,
}

# Values away from the defaults, as a person sets them and as a program passes them.
HYPER_PARAMETERS: list[tuple[str, dict[str, Value], dict[str, object]]] = [
    ("sgd", {"momentum": 0.9, "dampening": 0.1}, {"momentum": 0.9, "dampening": 0.1}),
    (
        "sgd",
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
    ),
    (
        "adam",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "amsgrad": True},
        {"betas": (0.5, 0.9), "eps": 1e-3, "amsgrad": True},
    ),
    (
        "adam",
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    (
        "adamw",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.5, "amsgrad": True},
        {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.5, "amsgrad": True},
    ),
    (
        "nadam",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.1, "momentum_decay": 0.1},
        {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1, "momentum_decay": 0.1},
    ),
    (
        "nadam",
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    (
        "radam",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    (
        "adamax",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.1},
        {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1},
    ),
    (
        "adagrad",
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3},
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3},
    ),
    (
        "adadelta",
        {"rho": 0.5, "eps": 1e-3, "weight_decay": 0.1},
        {"rho": 0.5, "eps": 1e-3, "weight_decay": 0.1},
    ),
    (
        "rmsprop",
        {"alpha": 0.5, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.5, "centered": True},
        {"alpha": 0.5, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.5, "centered": True},
    ),
    (
        "rprop",
        {"eta_minus": 0.4, "eta_plus": 1.5, "step_min": 1e-3, "step_max": 0.1},
        {"etas": (0.4, 1.5), "step_sizes": (1e-3, 0.1)},
    ),
    (
        "asgd",
        {"lambd": 0.1, "alpha": 0.5, "t0": 3.0, "weight_decay": 0.1},
        {"lambd": 0.1, "alpha": 0.5, "t0": 3.0, "weight_decay": 0.1},
    ),
    (
        "lbfgs",
        {"max_iter": 3, "max_eval": 4, "history_size": 2, "line_search_fn": "strong_wolfe"},
        {"max_iter": 3, "max_eval": 4, "history_size": 2, "line_search_fn": "strong_wolfe"},
    ),
    (
        "lbfgs",
        {"tolerance_grad": 1e-2, "tolerance_change": 1e-3},
        {"tolerance_grad": 1e-2, "tolerance_change": 1e-3},
    ),
]


def module_of(settings: Settings, dtype: torch.dtype = torch.float32) -> nn.Module:
    """The model of a program with these settings, at PyTorch's own start values, drawn in float32."""
    torch.manual_seed(settings.seed)
    values: dict[str, Any] = settings.values("model")
    if settings.model == "line":
        return nn.Linear(1, 1).to(dtype)
    if settings.model == "polynomial":
        return nn.Linear(values["degree"], 1).to(dtype)
    layers: list[nn.Module] = []
    inputs = 1
    for _layer in range(values["layers"]):
        layers += [nn.Linear(inputs, values["width"]), ACTIVATIONS[values["activation"]]()]
        inputs = values["width"]
    return nn.Sequential(*layers, nn.Linear(inputs, 1)).to(dtype)


def columns_of(settings: Settings, x: Floats) -> Floats:
    """What the first layer takes."""
    if settings.model != "polynomial":
        return x.reshape(-1, 1)
    degree = int(str(settings.values("model")["degree"]))
    powers: Floats = torch.tensor(x.reshape(-1, 1)).expand(-1, degree).cumprod(dim=1).numpy()
    return powers


class Program:
    """A training program as a lesson has it."""

    def __init__(
        self,
        settings: Settings,
        points: Points = POINTS,
        arguments: Mapping[str, object] | None = None,
        criterion: Callable[[Tensor, Tensor], Tensor] | None = None,
    ) -> None:
        self.settings = settings
        self.dtype = {"float32": torch.float32, "float64": torch.float64}[settings.dtype]
        self.model = module_of(settings, self.dtype)
        self.use(points)
        self.arguments = dict(arguments or {})
        self.optimizer = self.new_optimizer()
        self.criterion = criterion or TORCH_LOSSES[settings.loss]()
        self.losses: list[float] = []

    def new_optimizer(self) -> torch.optim.Optimizer:
        """The optimizer, with nothing behind it."""
        optimizer: torch.optim.Optimizer = TORCH_OPTIMIZERS[self.settings.optimizer](
            self.model.parameters(), lr=self.settings.learning_rate, **self.arguments
        )
        return optimizer

    def use(self, points: Points) -> None:
        """Train on these points from now on."""
        self.x = torch.tensor(columns_of(self.settings, points.x), dtype=self.dtype)
        self.y = torch.tensor(points.y, dtype=self.dtype).unsqueeze(1)

    def step(self, rows: Tensor | None = None) -> None:
        """One update on all points, or on some."""
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])

        def closure() -> Any:
            self.optimizer.zero_grad()
            loss: Any = self.criterion(self.model(x), y)
            loss.backward()
            return loss

        loss: Any
        if self.settings.optimizer == "lbfgs":
            loss = self.optimizer.step(closure)
        else:
            loss = closure()
            self.optimizer.step()
        self.losses.append(loss.item())

    def numbers(self) -> list[float]:
        """Every parameter."""
        return [float(n) for p in self.model.parameters() for n in p.detach().ravel()]


def numbers_of(snapshot: Snapshot) -> list[float]:
    """Every parameter as training has it."""
    return [float(n) for array in snapshot.arrays for n in array.ravel()]


def steps(trainer: Trainer, count: int) -> list[Snapshot]:
    """The snapshots of the next steps."""
    return [trainer.step() for _step in range(count)]


def assert_same_run(trainer: Trainer, program: Program) -> None:
    """The losses of all steps and the parameters are the same to the last bit."""
    assert trainer.history.losses().low.tolist() == program.losses
    assert numbers_of(trainer.latest) == program.numbers()


def trained(settings: Settings, points: Points = POINTS) -> Trainer:
    """A trainer that has stopped by itself."""
    trainer = Trainer(points, settings)
    for _step in range(ENDLESS):
        trainer.step()
        if trainer.stopped:
            return trainer
    raise AssertionError("it did not stop")


# --- the same numbers as a PyTorch program -----------------------------------------------------------------


@pytest.mark.one_in(4)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_gives_the_numbers_of_a_pytorch_program(model: str, optimizer: str) -> None:
    settings = Settings(model=model, optimizer=optimizer, learning_rate=0.004, seed=SEED)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    assert_same_run(trainer, program)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("loss", TORCH_LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_loss_of_pytorch_gives_the_numbers_of_a_pytorch_program(
    model: str, loss: str, dtype: str
) -> None:
    settings = Settings(model=model, loss=loss, dtype=dtype, seed=SEED, options=LOSS_OPTIONS)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    assert_same_run(trainer, program)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("loss", "definition"), [("log_cosh", log_cosh), ("quantile", pinball)])
def test_our_own_losses_train_as_their_definitions_do(
    model: str, loss: str, definition: Callable[[Tensor, Tensor], Tensor]
) -> None:
    settings = Settings(model=model, loss=loss, dtype="float64", options=LOSS_OPTIONS)
    trainer, program = Trainer(POINTS, settings), Program(settings, criterion=definition)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    np.testing.assert_allclose(trainer.history.losses().low, program.losses, rtol=1e-7)
    np.testing.assert_allclose(numbers_of(trainer.latest), program.numbers(), rtol=1e-7)


def test_no_loss_is_left_out_here() -> None:
    assert {*TORCH_LOSSES, "log_cosh", "quantile"} == set(LOSSES)


@pytest.mark.parametrize(("optimizer", "values", "arguments"), HYPER_PARAMETERS)
def test_every_hyper_parameter_reaches_the_optimizer(
    optimizer: str, values: dict[str, Value], arguments: dict[str, object]
) -> None:
    options = {f"{optimizer}.{key}": value for key, value in values.items()}
    settings = Settings(optimizer=optimizer, learning_rate=0.05, options=options)
    trainer, program = Trainer(POINTS, settings), Program(settings, arguments=arguments)
    plain = Program(replace(settings, options={}))
    for _step in range(STEPS):
        trainer.step()
        program.step()
        plain.step()
    assert_same_run(trainer, program)
    assert program.numbers() != plain.numbers()


def test_no_hyper_parameter_is_left_out_here() -> None:
    set_here = {(optimizer, key) for optimizer, values, _arguments in HYPER_PARAMETERS for key in values}
    assert set_here == {(row.key, p.key) for row in OPTIMIZERS.values() for p in row.parameters}


@pytest.mark.parametrize(
    "options",
    [
        {"mlp.layers": layers, "mlp.width": 5, "mlp.activation": activation}
        for layers in (1, 2, 3)
        for activation in ACTIVATIONS
    ],
    ids=lambda options: f"{options['mlp.layers']} {options['mlp.activation']}",
)
def test_networks_of_every_depth_and_activation_train_as_in_pytorch(options: dict[str, Value]) -> None:
    settings = Settings(model="mlp", options=options)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    assert_same_run(trainer, program)


# --- mini-batches ------------------------------------------------------------------------------------------


def batches(settings: Settings, count: int) -> Iterator[tuple[int, Tensor]]:
    """The epochs completed after each step and the rows of that step, without end."""
    assert settings.batch_size is not None
    epoch = 0
    while True:
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
        order = torch.randperm(count, generator=generator)
        parts = torch.split(order, settings.batch_size)
        for part in parts[:-1]:
            yield epoch, part
        epoch += 1
        yield epoch, parts[-1]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [1, 7, 8, 39, 40, 41])
def test_mini_batches_are_those_of_a_shuffle_for_each_epoch(model: str, size: int) -> None:
    settings = Settings(model=model, batch_size=size, seed=SEED)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for epoch, rows in islice(batches(settings, len(POINTS)), 2 * STEPS):
        snapshot = trainer.step()
        program.step(rows if size < len(POINTS) else None)
        assert snapshot.epoch == epoch
    assert_same_run(trainer, program)


def test_every_point_is_used_once_in_an_epoch() -> None:
    points = Points([0.0] * 10, 2.0 ** np.arange(10))
    settings = Settings(loss="mae", start="zeros", batch_size=3, learning_rate=1e-6, dtype="float64")
    losses = [snapshot.loss for snapshot in steps(Trainer(points, settings), 8)]
    sizes = np.array([3, 3, 3, 1])
    assert np.dot(losses[:4], sizes) == pytest.approx(2**10 - 1, abs=1e-3)
    assert np.dot(losses[4:], sizes) == pytest.approx(2**10 - 1, abs=1e-3)
    assert losses[:4] != pytest.approx(losses[4:], rel=1e-3)


def test_a_mini_batch_takes_its_own_points_out_of_tensors_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, Settings(batch_size=7))
    fit, seen = trainer.fit, list[int]()
    data, predict = fit.data(), fit.predict

    def noted(inputs: Tensor) -> Tensor:
        seen.append(len(inputs))
        return predict(inputs)

    monkeypatch.setattr(fit, "predict", noted)
    steps(trainer, 12)
    assert seen == [7, 7, 7, 7, 7, 5] * 2
    assert all(one is other for one, other in zip(fit.data(), data, strict=True))


# --- standardised inputs: every number in the units of the data --------------------------------------------


FAR = Points(POINTS.x * 40 + 1900, POINTS.y * 300 - 5000)


def by_hand(x: Floats) -> Floats:
    """x with mean 0 and standard deviation 1."""
    scaled: Floats = (x - x.mean()) / x.std()
    return scaled


def test_a_standardised_line_is_a_program_on_standardised_data() -> None:
    settings = Settings(standardise=True, dtype="float64")
    trainer = Trainer(FAR, settings)
    program = Program(settings, Points(by_hand(FAR.x), by_hand(FAR.y)))
    for _step in range(STEPS):
        snapshot = trainer.step()
        program.step()
    weight, bias = program.numbers()
    slope = weight * FAR.y.std() / FAR.x.std()
    intercept = FAR.y.mean() + bias * FAR.y.std() - slope * FAR.x.mean()
    assert snapshot.parameters == pytest.approx({"w": slope, "b": intercept}, rel=1e-9)
    np.testing.assert_allclose(
        trainer.history.losses().low, np.array(program.losses) * FAR.y.var(), rtol=1e-9, atol=0
    )


@pytest.mark.parametrize("model", MODELS)
def test_a_standardised_model_predicts_what_the_program_does(model: str) -> None:
    settings = Settings(model=model, standardise=True, dtype="float64")
    trainer = Trainer(FAR, settings)
    program = Program(settings, Points(by_hand(FAR.x), by_hand(FAR.y)))
    for _step in range(STEPS):
        snapshot = trainer.step()
        program.step()
    with torch.no_grad():
        expected = program.model(program.x).numpy()[:, 0] * FAR.y.std() + FAR.y.mean()
    np.testing.assert_allclose(snapshot.predict(FAR.x[:, 0]), expected, rtol=1e-9)


DATA_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": nn.MSELoss(),
    "mae": nn.L1Loss(),
    "huber": nn.HuberLoss(delta=120.0),
    "smooth_l1": nn.SmoothL1Loss(beta=90.0),
    "log_cosh": lambda p, t: 400.0 * torch.log(torch.cosh((p - t) / 20.0)).mean(),
    "quantile": pinball,
}
DATA_OPTIONS: Mapping[str, Value] = {
    "huber.delta": 120.0,
    "smooth_l1.beta": 90.0,
    "log_cosh.scale": 20.0,
    "quantile.quantile": 0.8,
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_of_a_standardised_run_is_that_of_the_data(loss: str) -> None:
    settings = Settings(loss=loss, standardise=True, dtype="float64", options=DATA_OPTIONS)
    trainer = Trainer(FAR, settings)
    for _step in range(STEPS):
        before = torch.from_numpy(trainer.latest.predict(FAR.x[:, 0]))
        expected = DATA_LOSSES[loss](before, torch.tensor(FAR.y)).item()
        assert trainer.full_loss() == pytest.approx(expected, rel=1e-9)
        assert trainer.step().loss == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_standardised_step_goes_down_the_gradient_of_the_loss_of_the_data(loss: str) -> None:
    settings = Settings(
        loss=loss,
        optimizer="sgd",
        standardise=True,
        dtype="float64",
        learning_rate=1e-3,
        options=DATA_OPTIONS,
    )
    trainer = Trainer(FAR, settings)
    weight, bias = (torch.tensor(n, dtype=torch.float64) for n in numbers_of(trainer.latest))
    weight.requires_grad_()
    bias.requires_grad_()
    x, y = torch.tensor(by_hand(FAR.x[:, 0])), torch.tensor(FAR.y)
    prediction = (weight * x + bias) * FAR.y.std() + FAR.y.mean()
    DATA_LOSSES[loss](prediction, y).backward()  # type: ignore[no-untyped-call]
    trainer.step()
    moved = np.array(numbers_of(trainer.latest)) - np.array([weight.item(), bias.item()])
    assert weight.grad is not None
    assert bias.grad is not None
    gradient = np.array([weight.grad.item(), bias.grad.item()])
    assert moved / np.linalg.norm(moved) == pytest.approx(-gradient / np.linalg.norm(gradient), rel=1e-6)


# --- what a snapshot says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("line", {}),
        *[("polynomial", {"polynomial.degree": degree}) for degree in (1, 2, 5, 12)],
        *[
            ("mlp", {"mlp.layers": layers, "mlp.activation": activation})
            for layers in (1, 2, 3)
            for activation in ACTIVATIONS
        ],
    ],
)
def test_a_snapshot_predicts_what_the_module_does(model: str, options: dict[str, Value]) -> None:
    settings = Settings(model=model, dtype="float64", options=options)
    snapshot = steps(Trainer(POINTS, settings), 5)[-1]
    module = module_of(settings, torch.float64)
    with torch.no_grad():
        for parameter, array in zip(module.parameters(), snapshot.arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
        x = np.linspace(-2.0, 4.0, 50)
        expected = module(torch.tensor(columns_of(settings, x)))[:, 0].numpy()
    np.testing.assert_allclose(snapshot.predict(x), expected, rtol=1e-10, atol=1e-10)


def test_a_snapshot_keeps_its_numbers_when_training_goes_on() -> None:
    trainer = Trainer(POINTS, Settings())
    first = trainer.step()
    numbers = numbers_of(first)
    steps(trainer, 10)
    assert numbers_of(first) == numbers


def test_step_0_shows_the_loss_of_all_points_at_the_start_values() -> None:
    trainer = Trainer(POINTS, Settings(start="zeros", batch_size=3, dtype="float64"))
    assert trainer.latest.step == trainer.latest.epoch == 0
    assert trainer.latest.loss == pytest.approx(np.mean(POINTS.y**2), rel=1e-12)
    assert len(trainer.history.losses().low) == 0


def test_runs_are_told_apart_by_their_id() -> None:
    one, other = Trainer(POINTS, Settings()), Trainer(POINTS, Settings())
    assert one.latest.run == one.step().run == one.run
    assert one.run != other.run


@pytest.mark.parametrize("degree", [1, 2, 5])
@pytest.mark.parametrize("standardise", [False, True])
def test_a_fitted_polynomial_has_the_coefficients_of_polyfit(degree: int, standardise: bool) -> None:
    x = np.linspace(2, 8, 30) if standardise else np.linspace(-1.5, 1.2, 30)
    points = Points(x, np.sin(x) * 3 + np.cos(2 * x) + 1)
    settings = Settings(
        model="polynomial",
        optimizer="lbfgs",
        learning_rate=1.0,
        standardise=standardise,
        dtype="float64",
        options={
            "polynomial.degree": degree,
            "lbfgs.line_search_fn": "strong_wolfe",
            "lbfgs.tolerance_grad": 0.0,
            "lbfgs.tolerance_change": 0.0,
        },
    )
    parameters = steps(Trainer(points, settings), 40)[-1].parameters
    found = [*np.atleast_1d(parameters["w"])[::-1], parameters["b"]]
    assert found == pytest.approx(np.polyfit(x, points.y, degree), rel=1e-4)


# --- start values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize(("model", "count"), [("line", 2), ("polynomial", 4), ("mlp", 49)])
def test_own_start_values_are_kept_in_the_units_of_the_data(
    model: str, count: int, standardise: bool
) -> None:
    values = tuple(np.random.default_rng(3).normal(0, 2, count).tolist())
    settings = Settings(
        model=model, start="own", start_values=values, standardise=standardise, dtype="float64"
    )
    assert Trainer(POINTS, settings).latest.numbers() == pytest.approx(values, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("standardise", [False, True])
def test_an_own_line_starts_where_it_was_put(standardise: bool) -> None:
    settings = Settings(start="own", start_values=(2.0, -3.0), standardise=standardise, dtype="float64")
    x = np.array([0.0, 1.0, 10.0])
    np.testing.assert_allclose(Trainer(FAR, settings).latest.predict(x), 2 * x - 3, rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_zeros_are_zeros(model: str) -> None:
    assert not any(Trainer(POINTS, Settings(model=model, start="zeros")).latest.numbers())


def test_the_same_seed_starts_and_shuffles_alike_and_another_does_not() -> None:
    def losses(seed: int) -> list[float]:
        trainer = Trainer(POINTS, Settings(model="mlp", seed=seed, batch_size=4))
        return [snapshot.loss for snapshot in steps(trainer, STEPS)]

    assert losses(3) == losses(3)
    assert losses(3) != losses(4)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_starts_and_shuffles_alike_in_the_other_precision(
    model: str, standardise: bool
) -> None:
    settings = [
        Settings(model, batch_size=7, standardise=standardise, dtype=dtype, seed=3)
        for dtype in ("float32", "float64")
    ]
    single, double = (Trainer(POINTS, each) for each in settings)
    for one, other in zip(single.latest.arrays, double.latest.arrays, strict=True):
        assert one.tolist() == other.tolist()
    for one, other in zip(module_of(settings[0]).parameters(), double.fit.parameters, strict=True):
        assert other.dtype == torch.float64
        assert one.tolist() == other.tolist()
    assert torch.equal(*(each.fit.shuffled(2, len(POINTS)) for each in (single, double)))
    assert single.latest.loss == pytest.approx(double.latest.loss, rel=1e-5)


def test_the_seed_shuffles_also_where_the_start_does_not_depend_on_it() -> None:
    def losses(seed: int) -> list[float]:
        trainer = Trainer(POINTS, Settings(start="zeros", seed=seed, batch_size=4))
        return [snapshot.loss for snapshot in steps(trainer, 3)]

    assert losses(3) != losses(4)


# --- nothing outside is touched, and nothing outside touches it --------------------------------------------


def test_the_random_numbers_of_the_rest_of_the_program_stay_as_they_are() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state(), random.getstate(), repr(np.random.get_state())
    steps(Trainer(POINTS, Settings(model="mlp", batch_size=7)), STEPS)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert random.getstate() == before[1]
    assert repr(np.random.get_state()) == before[2]


def test_random_numbers_drawn_elsewhere_change_nothing() -> None:
    settings = Settings(model="mlp", batch_size=7)
    torch.manual_seed(1)
    quiet = steps(Trainer(POINTS, settings), STEPS)[-1]
    torch.manual_seed(2)
    trainer = Trainer(POINTS, settings)
    for _step in range(STEPS):
        torch.rand(3)
        trainer.step()
    assert numbers_of(trainer.latest) == numbers_of(quiet)


@pytest.mark.parametrize("offset", [0, 8, 16, 24, 32, 48])
def test_the_numbers_do_not_depend_on_where_the_data_lie_in_memory(
    offset: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = Polynomial.features

    def elsewhere(curve: Polynomial, x: Floats) -> Floats:
        """The features so many bytes behind the beginning of a cache line."""
        values = features(curve, x)
        room = np.empty(values.nbytes + 128, dtype=np.uint8)
        start = -room.ctypes.data % 64 + offset
        there = room[start : start + values.nbytes].view(np.float64).reshape(values.shape)
        there[:] = values
        return there

    settings = Settings(model="polynomial", dtype="float64", options={"polynomial.degree": 12})
    expected = steps(Trainer(POINTS, settings), STEPS)[-1]
    monkeypatch.setattr(Polynomial, "features", elsewhere)
    assert steps(Trainer(POINTS, settings), STEPS)[-1].numbers() == expected.numbers()


def test_two_trainers_in_turn_do_not_disturb_each_other() -> None:
    settings = Settings(model="mlp", batch_size=7), Settings(model="mlp", batch_size=5, optimizer="sgd")
    alone = [steps(Trainer(POINTS, each), STEPS)[-1] for each in settings]
    one, other = (Trainer(POINTS, each) for each in settings)
    for _step in range(STEPS):
        one.step()
        other.step()
    assert [numbers_of(t.latest) for t in (one, other)] == [numbers_of(s) for s in alone]


# --- live changes ------------------------------------------------------------------------------------------


def half_way(settings: Settings) -> tuple[Trainer, Program]:
    """A trainer and a program that have taken the same steps."""
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    return trainer, program


def go_on(trainer: Trainer, program: Program) -> None:
    for _step in range(STEPS):
        trainer.step()
        program.step()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_new_learning_rate_counts_from_the_next_step(optimizer: str) -> None:
    settings = Settings(optimizer=optimizer, learning_rate=0.02)
    trainer, program = half_way(settings)
    trainer.change(settings=replace(settings, learning_rate=0.3))
    program.optimizer.param_groups[0]["lr"] = 0.3
    go_on(trainer, program)
    assert_same_run(trainer, program)


@pytest.mark.parametrize("loss", ["mae", "huber", "smooth_l1"])
def test_a_new_loss_counts_from_the_next_step(loss: str) -> None:
    settings = Settings(options=LOSS_OPTIONS)
    trainer, program = half_way(settings)
    trainer.change(settings=replace(settings, loss=loss))
    program.criterion = TORCH_LOSSES[loss]()
    go_on(trainer, program)
    assert_same_run(trainer, program)


def test_a_new_delta_counts_from_the_next_step() -> None:
    settings = Settings(loss="huber", options={"huber.delta": 0.3})
    trainer, program = half_way(settings)
    trainer.change(settings=settings.with_option("huber.delta", 0.1))
    program.criterion = nn.HuberLoss(delta=0.1)
    go_on(trainer, program)
    assert_same_run(trainer, program)


@pytest.mark.parametrize("points", [POINTS.added([9.0], [1.0]), POINTS.removed([3, 5]), cloud(7, seed=9)])
def test_new_points_count_from_the_next_step(points: Points) -> None:
    trainer, program = half_way(Settings())
    trainer.change(points=points)
    program.use(points)
    go_on(trainer, program)
    assert_same_run(trainer, program)


def test_new_points_of_a_standardised_run_are_scaled_as_the_first_were() -> None:
    settings = Settings(standardise=True, dtype="float64")
    trainer = Trainer(FAR, settings)
    program = Program(settings, Points(by_hand(FAR.x), by_hand(FAR.y)))
    go_on(trainer, program)
    more = FAR.added([2500.0], [9000.0])
    trainer.change(points=more)
    program.use(
        Points((more.x - FAR.x.mean()) / FAR.x.std(), (more.y - FAR.y.mean()) / FAR.y.std()),
    )
    go_on(trainer, program)
    np.testing.assert_allclose(numbers_of(trainer.latest), program.numbers(), rtol=1e-9)


def test_a_batch_larger_than_the_data_is_all_of_them_until_there_are_more() -> None:
    wanted = Settings(batch_size=len(POINTS) + 5, epochs=None)
    trainer, whole = Trainer(POINTS, wanted), Trainer(POINTS, replace(wanted, batch_size=None))
    for _step in range(3):
        assert numbers_of(trainer.step()) == numbers_of(whole.step())
    more = Points(np.tile(POINTS.x, (2, 1)), np.tile(POINTS.y, 2))
    trainer.change(points=more)
    trainer.step()
    assert trainer.latest.epoch == 3
    assert trainer.fit.place.position == len(POINTS) + 5
    assert len(trainer.fit.batch()[0]) == len(POINTS) - 5


def test_a_new_batch_size_begins_a_new_shuffle_in_the_same_epoch() -> None:
    settings = Settings(batch_size=16)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for _epoch, rows in islice(batches(settings, 40), 4):  # an epoch of three and a beginning
        trainer.step()
        program.step(rows)
    smaller = replace(settings, batch_size=10)
    trainer.change(settings=smaller)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    for rows in torch.split(order, 10):
        assert trainer.latest.epoch == 1
        trainer.step()
        program.step(rows)
    assert trainer.latest.epoch == 2
    assert_same_run(trainer, program)


def test_from_mini_batches_to_all_points_and_back_epochs_are_counted_whole() -> None:
    settings = Settings(batch_size=16)
    trainer = Trainer(POINTS, settings)
    steps(trainer, 4)
    trainer.change(settings=replace(settings, batch_size=None))
    assert [s.epoch for s in steps(trainer, 2)] == [2, 3]
    trainer.change(settings=settings)
    assert [s.epoch for s in steps(trainer, 3)] == [3, 3, 4]


def test_points_that_change_in_mid_epoch_begin_it_anew() -> None:
    trainer = Trainer(POINTS, Settings(batch_size=16))
    steps(trainer, 2)
    trainer.change(points=POINTS.moved([0], 0.5, 0.0))
    assert [s.epoch for s in steps(trainer, 3)] == [0, 0, 1]


def test_a_rate_that_changes_in_mid_epoch_leaves_the_shuffle_alone() -> None:
    settings = Settings(batch_size=16)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    for step, (epoch, rows) in enumerate(islice(batches(settings, 40), 6)):
        if step == 2:
            trainer.change(settings=replace(settings, learning_rate=0.5))
            program.optimizer.param_groups[0]["lr"] = 0.5
        assert trainer.step().epoch == epoch
        program.step(rows)
    assert_same_run(trainer, program)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "mlp"},
        {"optimizer": "sgd"},
        {"seed": 1},
        {"start": "zeros"},
        {"dtype": "float64"},
        {"device": "cuda"},
        {"standardise": True},
        {"options": {"adam.beta1": 0.5}},
    ],
    ids=str,
)
def test_what_takes_a_new_run_is_refused_by_this_one(changes: dict[str, Any]) -> None:
    trainer = Trainer(POINTS, Settings())
    with pytest.raises(ValueError, match="new Trainer"):
        trainer.change(settings=replace(Settings(), **changes))
    assert_same_run(trainer, Program(Settings()))


def test_another_number_of_columns_takes_a_new_run() -> None:
    with pytest.raises(ValueError, match="columns"):
        Trainer(POINTS, Settings()).change(points=Points([[1.0, 2.0]], [3.0]))


def test_points_that_cannot_be_trained_on_leave_the_run_as_it_was() -> None:
    trainer = Trainer(POINTS, Settings())
    for points in (Points(), Points([1.0], [1e30])):
        with pytest.raises(Problem):
            trainer.change(points=points)
    program = Program(Settings())
    go_on(trainer, program)
    assert_same_run(trainer, program)


# --- when it stops -----------------------------------------------------------------------------------------


def test_it_stops_after_the_epochs_asked_for() -> None:
    trainer = trained(Settings(epochs=5, batch_size=7))
    assert (trainer.stopped, trainer.latest.epoch, trainer.latest.step) == ("epochs", 5, 5 * 6)


def test_it_stops_after_the_steps_asked_for() -> None:
    trainer = trained(Settings(epochs=None, steps=17, batch_size=7))
    assert (trainer.stopped, trainer.latest.step) == ("steps", 17)


def test_it_goes_on_for_as_long_again() -> None:
    trainer = trained(Settings(epochs=3, batch_size=7))
    trainer.go_on()
    assert trainer.stopped is None
    while not trainer.stopped:
        trainer.step()
    assert (trainer.stopped, trainer.latest.epoch) == ("epochs", 6)


def test_going_on_in_mid_run_changes_nothing() -> None:
    trainer = Trainer(POINTS, Settings(epochs=None, steps=10))
    steps(trainer, 4)
    trainer.go_on()
    steps(trainer, 6)
    assert trainer.stopped == "steps"


def test_a_change_of_the_limit_counts_at_once() -> None:
    trainer = Trainer(POINTS, Settings(epochs=None))
    steps(trainer, 4)
    trainer.change(settings=Settings(epochs=5))
    trainer.step()
    assert trainer.stopped == "epochs"


def real(file: str, x: str, y: str) -> Points:
    """Two columns of a data set that comes with the program."""
    with (DATA / f"{file}.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return Points([float(row[x]) for row in rows], [float(row[y]) for row in rows])


REAL = [
    ("engel", "income", "foodexp"),
    ("longley", "Obs", "TOTEMP"),
    ("longley", "YEAR", "GNP"),
    ("nile", "year", "volume"),
    ("galton", "parent", "child"),
    ("anscombe", "x1", "y1"),
    ("anscombe", "x4", "y4"),
    ("stackloss", "STACKLOSS", "AIRFLOW"),
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("file", "x", "y"), REAL)
def test_converged_is_at_the_least_squares_of_real_data(file: str, x: str, y: str, dtype: str) -> None:
    points = real(file, x, y)
    trainer = trained(Settings(standardise=True, epochs=None, dtype=dtype), points)
    w, b = np.polyfit(points.x[:, 0], points.y, 1)
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": w, "b": b}, rel=1e-4)


@pytest.mark.parametrize(
    ("optimizer", "rate", "options"),
    [
        ("sgd", 0.1, {}),
        ("sgd", 0.05, {"sgd.momentum": 0.9}),
        ("sgd", 0.05, {"sgd.momentum": 0.99}),
        ("adam", 0.3, {}),
        ("nadam", 0.01, {}),
        ("adamax", 0.05, {}),
        ("rmsprop", 0.01, {}),
        ("lbfgs", 1.0, {}),
    ],
)
def test_converged_means_the_same_for_every_optimizer(
    optimizer: str, rate: float, options: dict[str, Value]
) -> None:
    points = real("anscombe", "x1", "y1")
    settings = Settings(
        optimizer=optimizer,
        learning_rate=rate,
        standardise=True,
        epochs=None,
        dtype="float64",
        options=options,
    )
    trainer = trained(settings, points)
    w, b = np.polyfit(points.x[:, 0], points.y, 1)
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": w, "b": b}, rel=1e-4)


def test_a_huber_line_converges_to_where_its_gradient_is_zero() -> None:
    settings = Settings(loss="huber", epochs=None, dtype="float64", options={"huber.delta": 0.2})
    trainer = trained(settings)
    residuals = POINTS.y - trainer.latest.predict(POINTS.x[:, 0])
    pull = np.clip(residuals, -0.2, 0.2)
    assert trainer.stopped == "converged"
    assert [pull.mean(), np.mean(pull * POINTS.x[:, 0])] == pytest.approx([0, 0], abs=1e-4)


def test_points_on_a_line_converge_to_that_line() -> None:
    x = np.linspace(-2, 2, 20)
    trainer = trained(Settings(epochs=None, learning_rate=0.05), Points(x, 3 * x + 2))
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": 3, "b": 2}, rel=1e-3)


@pytest.mark.parametrize("level", [0.0, 7.0, 1e-6])
def test_equal_y_converge_to_a_level_line(level: float) -> None:
    settings = Settings(epochs=None, optimizer="sgd", learning_rate=0.01, dtype="float64")
    trainer = trained(settings, Points([-1.0, 0.0, 2.0], [level] * 3))
    assert trainer.stopped == "converged"
    allowed = 1e-3 * level or 1e-4
    assert trainer.latest.predict(np.array([0.0])) == pytest.approx(level, abs=allowed)


def test_equal_x_converge_to_the_mean_of_y() -> None:
    trainer = trained(Settings(epochs=None), Points([2.0, 2.0, 2.0], [1.0, 2.0, 6.0]))
    assert trainer.stopped == "converged"
    assert trainer.latest.predict(np.array([2.0])) == pytest.approx(3.0, rel=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_crawl_is_not_taken_for_convergence(optimizer: str) -> None:
    settings = Settings(optimizer=optimizer, learning_rate=1e-6, standardise=True, steps=1000, epochs=None)
    assert trained(settings, real("nile", "year", "volume")).stopped == "steps"


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_convergence_does_not_depend_on_the_unit_of_y(unit: float) -> None:
    settings = Settings(optimizer="sgd", learning_rate=0.05, epochs=None, dtype="float64")
    trainer = trained(settings, Points(POINTS.x, POINTS.y * unit))
    w, b = np.polyfit(POINTS.x[:, 0], POINTS.y, 1) * unit
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": w, "b": b}, rel=1e-4, abs=0)


def test_a_valley_far_from_0_is_not_taken_for_its_end() -> None:
    # The best slope for an intercept that is off by a fifth: the gradient is nearly 0, and only one
    # that runs along the valley leads on.
    years = np.arange(1871.0, 1971.0)
    y = 0.5 * years + 0.5 + np.random.default_rng(0).normal(0, 5, 100)
    y += 0.5 - np.polyval(np.polyfit(years, y, 1), 0.0)
    w = np.dot(years, y - 0.6) / np.dot(years, years)
    settings = Settings(
        optimizer="adagrad",
        learning_rate=1e-6,
        start="own",
        start_values=(w, 0.6),
        steps=200,
        dtype="float64",
        options={"adagrad.initial_accumulator_value": 1e12},  # it goes as slowly as the slope here asks
    )
    trainer = trained(settings, Points(years, y))
    assert trainer.stopped == "steps"
    assert trainer.latest.parameters["b"] == pytest.approx(0.6, abs=0.01)


def test_a_ball_that_rolls_through_the_lowest_place_has_not_arrived() -> None:
    settings = Settings(optimizer="sgd", epochs=None, dtype="float64", options={"sgd.momentum": 0.999})
    trainer = Trainer(POINTS, settings)
    steps(trainer, 99)
    x = POINTS.x[:, 0]
    rest = POINTS.y - np.polyval(np.polyfit(x, POINTS.y, 1), x)
    trainer.change(points=Points(x, trainer.latest.predict(x) + rest))  # which makes this the lowest place
    assert trainer.step().step == 100
    assert trainer.stopped is None


def test_after_new_points_it_converges_by_their_measure() -> None:
    trainer = trained(
        Settings(optimizer="sgd", learning_rate=0.05, epochs=None, dtype="float64"),
        Points(POINTS.x, POINTS.y * 1e4),
    )
    trainer.change(points=POINTS)
    while not trainer.stopped:
        trainer.step()
    w, b = np.polyfit(POINTS.x[:, 0], POINTS.y, 1)
    assert trainer.latest.parameters == pytest.approx({"w": w, "b": b}, rel=1e-4)


def test_powers_that_go_together_are_not_taken_for_convergence() -> None:
    # Off the least squares along the combination of powers that changes the curve, and so the loss, least.
    x = np.linspace(-1, 1, 50)
    y = np.sin(3 * x)
    powers = x[:, None] ** np.arange(1, 8)
    scaled = (powers - powers.mean(axis=0)) / powers.std(axis=0)
    variances, axes = np.linalg.eigh(scaled.T @ scaled / 50)
    off = 1e-6 / variances[0] * axes[:, 0] / powers.std(axis=0)
    best = np.polyfit(x, y, 7)[::-1]
    assert np.abs(off / best[1:]).max() > 0.01
    settings = Settings(
        model="polynomial",
        optimizer="adagrad",
        learning_rate=1e-6,
        start="own",
        start_values=(*(best[1:] + off), best[0] - powers.mean(axis=0) @ off),
        steps=200,
        dtype="float64",
        options={"polynomial.degree": 7, "adagrad.initial_accumulator_value": 1e12},
    )
    assert trained(settings, Points(x, y)).stopped == "steps"


@pytest.mark.parametrize(
    "settings", [Settings(loss="mae"), Settings(batch_size=13), Settings(loss="quantile")]
)
def test_what_never_rests_does_not_converge(settings: Settings) -> None:
    assert trained(replace(settings, steps=1500, epochs=None), cloud(41)).stopped == "steps"


def test_a_batch_of_all_points_converges_as_no_batches_do() -> None:
    assert trained(Settings(batch_size=40, epochs=None)).stopped == "converged"


def test_mini_batches_converge_where_one_line_fits_them_all() -> None:
    settings = Settings(optimizer="sgd", learning_rate=0.05, batch_size=13, epochs=None, dtype="float64")
    trainer = trained(settings, Points(POINTS.x, 3 * POINTS.x[:, 0] + 2))
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": 3, "b": 2}, rel=1e-4)


def test_a_converged_run_goes_on_when_the_points_change() -> None:
    trainer = trained(Settings(epochs=None))
    trainer.change(points=POINTS.moved(range(20), 0.0, 3.0))
    assert trainer.stopped is None
    while not trainer.stopped:
        trainer.step()
    w, b = np.polyfit(POINTS.x[:, 0], POINTS.y + 3.0 * (np.arange(40) < 20), 1)
    assert trainer.stopped == "converged"
    assert trainer.latest.parameters == pytest.approx({"w": w, "b": b}, rel=1e-3)


# --- divergence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["line", "polynomial"])
@pytest.mark.parametrize("standardise", [False, True])
def test_a_run_that_diverges_stops_at_its_last_finite_step(model: str, standardise: bool) -> None:
    settings = Settings(
        model=model, optimizer="sgd", learning_rate=10.0, epochs=None, standardise=standardise
    )
    trainer = Trainer(POINTS, settings)
    seen = []
    while not trainer.stopped:
        seen.append(trainer.step())
    last = trainer.latest
    losses = trainer.history.losses().low
    assert trainer.stopped == "diverged"
    assert last is seen[-1] is seen[-2]  # the step too far gave back the one before
    assert (last.step, last.epoch) == (len(losses), len(losses)) == (len(seen) - 1,) * 2
    assert np.isfinite(losses).all()
    assert np.isfinite(last.numbers()).all()
    assert losses[-1] > 1e6 * losses[0]


def test_a_run_that_diverged_stays_where_it_is() -> None:
    trainer = trained(Settings(optimizer="sgd", learning_rate=10.0))
    last, losses = trainer.latest, trainer.history.losses().low
    trainer.go_on()
    trainer.change(settings=Settings(optimizer="sgd", learning_rate=0.1))
    assert [*steps(trainer, 3), trainer.latest] == [last] * 4
    assert trainer.stopped == "diverged"
    assert trainer.history.losses().low.tolist() == losses.tolist()


def test_the_epoch_of_a_diverged_run_is_that_of_its_last_step() -> None:
    trainer = trained(Settings(optimizer="sgd", learning_rate=10.0, batch_size=16))
    assert trainer.latest.epoch == trainer.latest.step // 3


def test_infinite_weights_that_a_network_hides_are_divergence_too() -> None:
    # tanh(inf) is 1, so the loss stays finite when the first layer overflows.
    x, y = np.array([-1e9, 1e9]), np.array([-1e15, 1e15])
    settings = Settings(
        model="mlp",
        optimizer="sgd",
        learning_rate=10.0,
        start="own",
        start_values=(0.0, 0.0, 1e15, 0.0),
        options={"mlp.width": 1},
    )
    trainer = trained(settings, Points(x, y))
    assert trainer.stopped == "diverged"
    assert trainer.latest.step == 0
    assert trainer.latest.finite()
    assert trainer.full_loss() == trainer.latest.loss  # the numbers behind the picture are those shown


# --- what cannot be trained --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "settings", "says"),
    [
        (Points(), Settings(), "There are no points to fit yet"),
        (Points([0.0, 1.0], [0.0, 1e30]), Settings(), "too large to train on in float32"),
        (Points([0.0, 1e300], [0.0, 1.0]), Settings(dtype="float64"), "reach 1e.300"),
        (Points([0.0, 1e300], [0.0, 1.0]), Settings(standardise=True), "reach 1e.300"),
        (
            Points([-1e9, 0.0], [0.0, 1.0]),
            Settings(model="polynomial", options={"polynomial.degree": 12}),
            "reach 1e.108",
        ),
        (POINTS, Settings(start="own", start_values=(1.0,)), "2 parameters, and 1 start values"),
        (POINTS, Settings(start="own", start_values=(1.0, 1e300)), "start values reach 1e.300"),
        (POINTS, Settings(device="abacus"), "There is no device “abacus” here; choose one of: cpu"),
        (Points([[1.0, 2.0]], [3.0]), Settings(model="polynomial"), "one column"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(
    points: Points, settings: Settings, says: str
) -> None:
    with pytest.raises(Problem, match=says):
        Trainer(points, settings)


def test_numbers_that_overflow_only_unscaled_train_when_standardised() -> None:
    points = Points(np.array([0.0, 1.0, 2.0]) * 1e30, [0.0, 1.0, 2.0])
    trainer = trained(Settings(standardise=True, epochs=None), points)
    assert trainer.latest.parameters == pytest.approx({"w": 1e-30, "b": 0.0}, rel=1e-3, abs=1e-4)


def test_several_columns_of_x_are_fitted_by_a_plane() -> None:
    x = np.random.default_rng(4).normal(0, 1, (30, 2))
    trainer = trained(Settings(epochs=None), Points(x, x @ [2.0, -1.0] + 0.5))
    assert trainer.latest.parameters["w"] == pytest.approx([2.0, -1.0], rel=1e-3)
    assert trainer.latest.parameters["b"] == pytest.approx(0.5, rel=1e-3)


# --- a device that fails -----------------------------------------------------------------------------------

PRETENDED = "cpu:0"  # torch computes on it, and the trainer does not know it for the CPU


def on_a_device(settings: Settings) -> Trainer:
    """A trainer that takes its device for an accelerator."""
    trainer = Trainer(POINTS, settings)
    trainer.device = PRETENDED
    return trainer


def fail_once(trainer: Trainer, at: int, error: RuntimeError, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the optimizer's step number `at` from here raise `error`."""
    step, calls = trainer.fit.step_optimizer, iter(range(1, ENDLESS))

    def failing(closure: Any) -> Any:
        if next(calls) == at:
            raise error
        return step(closure)

    monkeypatch.setattr(trainer.fit, "step_optimizer", failing)


OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
LOST = RuntimeError("CUDA error: device-side assert triggered\nmore lines")


@pytest.mark.one_in(6)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_device_that_fails_in_mid_run_costs_nothing(
    optimizer: str, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(optimizer=optimizer, learning_rate=0.05, batch_size=batch_size)
    unbroken = Trainer(POINTS, settings)
    trainer = on_a_device(settings)
    fail_once(trainer, 5, OUT_OF_MEMORY, monkeypatch)
    expected, found = steps(unbroken, STEPS), steps(trainer, STEPS)
    assert [s.epoch for s in found] == [s.epoch for s in expected]
    assert [s.device for s in found] == [PRETENDED] * 4 + ["cpu"] * (STEPS - 4)
    assert trainer.history.losses().low.tolist() == unbroken.history.losses().low.tolist()
    assert numbers_of(found[-1]) == numbers_of(expected[-1])


def test_a_device_that_fails_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = on_a_device(Settings())
    fail_once(trainer, 2, LOST, monkeypatch)
    assert trainer.notice == ""
    steps(trainer, 3)
    assert trainer.notice.startswith(
        "cpu:0 failed (CUDA error: device-side assert triggered); the run goes on"
    )


def test_a_device_whose_memory_is_lost_costs_no_more_than_the_steps_since_the_last_checkpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(*_arguments: object) -> dict[str, object]:
        raise RuntimeError("CUDA error: unspecified launch failure")

    trainer, program = on_a_device(Settings()), Program(Settings())
    for _time in range(9):  # beyond a checkpoint
        go_on(trainer, program)
    fail_once(trainer, 5, LOST, monkeypatch)
    monkeypatch.setattr(trainer.fit, "state", lost)
    go_on(trainer, program)
    assert_same_run(trainer, program)


def test_a_device_that_fails_on_a_change_takes_it_up_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, program = on_a_device(Settings()), Program(Settings())
    steps(trainer, 3)
    points = POINTS.added([4.0], [5.0])
    tensor = trainer.fit._tensor

    def full(array: Floats) -> Tensor:
        if trainer.device == PRETENDED:
            raise OUT_OF_MEMORY
        return tensor(array)

    monkeypatch.setattr(trainer.fit, "_tensor", full)
    trainer.change(points, Settings(learning_rate=0.3))
    steps(trainer, 3)
    for step in range(6):
        if step == 3:
            program.use(points)
            program.optimizer.param_groups[0]["lr"] = 0.3
        program.step()
    assert_same_run(trainer, program)
    assert trainer.device == "cpu"


def test_a_device_that_fails_at_the_start_leaves_a_run_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    # "meta" computes nothing, and so raises as soon as a number is asked for.
    monkeypatch.setattr(trainer_module, "check_device", lambda key, dtype: None)
    trainer, program = Trainer(POINTS, Settings(device="meta")), Program(Settings())
    assert trainer.device == "cpu"
    assert trainer.notice.startswith("meta failed")
    go_on(trainer, program)
    assert_same_run(trainer, program)


def test_too_little_memory_on_the_cpu_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, Settings(batch_size=16))
    steps(trainer, 2)
    before = trainer.latest
    fail_once(trainer, 1, RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), monkeypatch)
    with pytest.raises(Problem, match="not enough memory"):
        trainer.step()
    assert trainer.latest is before
    assert trainer.step().step == 3


def test_a_fault_of_our_own_on_the_cpu_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(POINTS, Settings())
    fail_once(trainer, 1, RuntimeError("shapes do not fit"), monkeypatch)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        trainer.step()
