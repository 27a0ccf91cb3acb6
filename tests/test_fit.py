"""Schedules, clipping, L1 and held-out points against programs of a lesson; overfitting and its remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import lr_scheduler

from core.choices import SCHEDULES, Value
from core.experiment import Points, Settings
from core.experiment.split import held_out
from core.training import Snapshot, Trainer

Floats = NDArray[np.float64]

RATE = 0.05
STEPS = 60
ENDLESS = Settings(epochs=None, learning_rate=RATE, seed=7)


def cloud(count: int = 40, seed: int = 1) -> Points:
    """A line with noise, away from 0 in both directions."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 3, count)
    return Points(x, 1.5 * x - 0.7 + rng.normal(0, 0.4, count))


POINTS = cloud()

TORCH_OPTIMIZERS: dict[str, Any] = {
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
    "lbfgs": torch.optim.LBFGS,
}
TORCH_LOSSES: dict[str, Callable[[], nn.Module]] = {"mse": nn.MSELoss, "mae": nn.L1Loss}


class Program:
    """A training program as a lesson has it, with all that a lesson may add to the five lines."""

    def __init__(
        self,
        settings: Settings,
        points: Points = POINTS,
        schedule: Callable[[torch.optim.Optimizer], Any] | None = None,
        held: Points | None = None,
    ) -> None:
        self.settings = settings
        self.dtype = {"float32": torch.float32, "float64": torch.float64}[settings.dtype]
        self.model = self.new_model()
        self.optimizer = TORCH_OPTIMIZERS[settings.optimizer](
            self.model.parameters(), lr=settings.learning_rate
        )
        self.schedule = None if schedule is None else schedule(self.optimizer)
        self.criterion = TORCH_LOSSES[settings.loss]()
        self.x, self.y = self.tensors(points)
        self.held = None if held is None else self.tensors(held)
        self.clip, self.l1 = settings.clip_norm, settings.l1
        self.losses: list[float] = []
        self.validation_losses: list[float] = []
        self.rates: list[float] = []

    def new_model(self) -> nn.Module:
        """The model at PyTorch's own start values, which it draws in float32."""
        torch.manual_seed(self.settings.seed)
        values: dict[str, Any] = self.settings.values("model")
        if self.settings.model == "line":
            return nn.Linear(1, 1).to(self.dtype)
        if self.settings.model == "polynomial":
            return nn.Linear(values["degree"], 1).to(self.dtype)
        width = values["width"]
        return nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1)).to(self.dtype)

    def tensors(self, points: Points) -> tuple[Tensor, Tensor]:
        """What the first layer takes, and the targets."""
        columns = points.x
        if self.settings.model == "polynomial":
            degree = int(str(self.settings.values("model")["degree"]))
            columns = np.cumprod(np.repeat(columns, degree, axis=1), axis=1)
        return (
            torch.tensor(columns, dtype=self.dtype),
            torch.tensor(points.y, dtype=self.dtype).unsqueeze(1),
        )

    def step(self, rows: Tensor | None = None) -> None:
        """One update on all points, or on some, and one step of the schedule."""
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        losses: list[float] = []

        def closure() -> Any:
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(x), y)
            losses.append(loss.item())
            if self.l1:
                weights = [p for name, p in self.model.named_parameters() if name.endswith("weight")]
                loss = loss + self.l1 * sum(weight.abs().sum() for weight in weights)
            loss.backward()
            if self.clip is not None:
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=self.clip)
            return loss

        self.rates.append(self.optimizer.param_groups[0]["lr"])
        self.optimizer.step(closure)
        self.losses.append(losses[0])
        if self.held is not None:
            with torch.no_grad():
                self.validation_losses.append(self.criterion(self.model(self.held[0]), self.held[1]).item())
        if isinstance(self.schedule, lr_scheduler.ReduceLROnPlateau):
            self.schedule.step((self.validation_losses or self.losses)[-1])
        elif isinstance(self.schedule, lr_scheduler.OneCycleLR):
            if len(self.losses) < self.schedule.total_steps:
                self.schedule.step()
        elif self.schedule is not None:
            self.schedule.step()

    def numbers(self) -> list[float]:
        """Every parameter."""
        return [float(n) for p in self.model.parameters() for n in p.detach().ravel()]


def numbers_of(snapshot: Snapshot) -> list[float]:
    """Every parameter as training has it."""
    return [float(n) for array in snapshot.arrays for n in array.ravel()]


def batches(settings: Settings, count: int) -> Iterator[Tensor | None]:
    """The rows of every step, without end; None for all."""
    epoch = 0
    while settings.batch_size is None:
        yield None
    while True:
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
        yield from torch.split(torch.randperm(count, generator=generator), settings.batch_size)
        epoch += 1


def run_both(trainer: Trainer, program: Program, count: int = STEPS) -> None:
    """Let both take their first steps."""
    rows = batches(program.settings, len(program.x))
    for _step in range(count):
        trainer.step()
        program.step(next(rows))


def assert_same_run(trainer: Trainer, program: Program) -> None:
    """The losses of all steps and the parameters are the same to the last bit."""
    assert trainer.history.losses().low.tolist() == program.losses
    assert numbers_of(trainer.latest) == program.numbers()


def split(points: Points, settings: Settings) -> tuple[Points, Points]:
    """The points of training and those held out."""
    held = held_out(len(points), settings.validation, settings.validation_seed)
    return Points(points.x[~held], points.y[~held]), Points(points.x[held], points.y[held])


# --- schedules ---------------------------------------------------------------------------------------------


class Scheduled(NamedTuple):
    """Values away from the defaults, as a person sets them, and the schedule of a program with them."""

    values: dict[str, Value]
    schedule: Callable[[torch.optim.Optimizer], Any]

    def options(self, key: str) -> dict[str, Value]:
        """The values as options of the row `key`."""
        return {f"{key}.{name}": value for name, value in self.values.items()}


# All of them end, or start over, within STEPS.
SCHEDULED: Mapping[str, Scheduled] = {
    "step": Scheduled(
        {"step_size": 10, "gamma": 0.5}, lambda o: lr_scheduler.StepLR(o, step_size=10, gamma=0.5)
    ),
    "multi_step": Scheduled(
        {"milestone1": 5, "milestone2": 17, "milestone3": 30, "gamma": 0.3},
        lambda o: lr_scheduler.MultiStepLR(o, milestones=[5, 17, 30], gamma=0.3),
    ),
    "exponential": Scheduled({"gamma": 0.95}, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.95)),
    "cosine": Scheduled(
        {"t_max": 25, "eta_min": 1e-3},
        lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=25, eta_min=1e-3),
    ),
    "cosine_restarts": Scheduled(
        {"t_0": 6, "t_mult": 3, "eta_min": 1e-3},
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=6, T_mult=3, eta_min=1e-3),
    ),
    "warmup": Scheduled(
        {"start_factor": 0.1, "total_iters": 20},
        lambda o: lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=20),
    ),
    "one_cycle": Scheduled(
        {"total_steps": 40, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 100.0},
        lambda o: lr_scheduler.OneCycleLR(
            o,
            max_lr=RATE,
            total_steps=40,
            pct_start=0.25,
            div_factor=10.0,
            final_div_factor=100.0,
            cycle_momentum=False,
        ),
    ),
    "plateau": Scheduled(
        {"factor": 0.4, "wait": 3, "threshold": 0.2},
        lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.4, patience=3, threshold=0.2),
    ),
}


def scheduled(key: str, **changes: Any) -> Settings:
    """Settings with a schedule of the table above."""
    return replace(ENDLESS, schedule=key, options=SCHEDULED[key].options(key), **changes)


def test_no_schedule_and_no_value_is_left_out_here() -> None:
    assert {*SCHEDULED, "constant"} == set(SCHEDULES)
    for key, case in SCHEDULED.items():
        assert set(case.values) == {p.key for p in SCHEDULES[key].parameters}
        assert all(case.values[p.key] != p.default for p in SCHEDULES[key].parameters)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("key", SCHEDULED)
def test_every_schedule_gives_the_numbers_of_a_pytorch_program(
    key: str, optimizer: str, batch_size: int | None
) -> None:
    settings = scheduled(key, optimizer=optimizer, batch_size=batch_size)
    trainer, program = Trainer(POINTS, settings), Program(settings, schedule=SCHEDULED[key].schedule)
    run_both(trainer, program)
    assert_same_run(trainer, program)
    rates = trainer.history.rates()
    assert rates is not None
    assert rates.low.tolist() == program.rates
    assert len(set(program.rates)) > 1


@pytest.mark.parametrize("key", SCHEDULED)
def test_every_snapshot_says_the_rate_that_its_step_took(key: str) -> None:
    settings = scheduled(key)
    trainer, program = Trainer(POINTS, settings), Program(settings, schedule=SCHEDULED[key].schedule)
    assert trainer.latest.learning_rate == program.optimizer.param_groups[0]["lr"]
    for _step in range(STEPS):
        program.step()
        assert trainer.step().learning_rate == program.rates[-1]


def test_a_constant_rate_is_the_one_that_is_set_and_not_recorded() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    assert [trainer.step().learning_rate for _step in range(3)] == [RATE] * 3
    assert trainer.history.rates() is None


def test_past_its_end_a_cycle_leaves_the_rate_where_it_is() -> None:
    trainer = Trainer(POINTS, scheduled("one_cycle"))
    rates = [trainer.step().learning_rate for _step in range(STEPS)]
    assert max(rates) == pytest.approx(RATE, rel=1e-12)
    assert rates[39:] == [rates[39]] * (STEPS - 39)
    assert rates[39] == pytest.approx(RATE / 10 / 100, rel=1e-9)


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_with_points_held_out_a_plateau_is_one_of_their_loss(loss: str, batch_size: int | None) -> None:
    settings = scheduled("plateau", validation=0.3, loss=loss, batch_size=batch_size)
    training, held = split(POINTS, settings)
    trainer = Trainer(POINTS, settings)
    program = Program(settings, training, SCHEDULED["plateau"].schedule, held)
    without = Program(settings, training, SCHEDULED["plateau"].schedule)
    run_both(trainer, program)
    run_both(Trainer(POINTS, settings), without)
    assert_same_run(trainer, program)
    assert program.rates != without.rates
    assert trainer.latest.validation_loss == program.validation_losses[-1]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("at", [1, 13, 45])
@pytest.mark.parametrize("key", [key for key in SCHEDULED if key != "plateau"])
def test_a_new_learning_rate_scales_all_that_the_schedule_still_does(key: str, at: int) -> None:
    settings = scheduled(key)
    if f"{key}.eta_min" in settings.options:
        # a least rate is set by itself, so it is not in proportion
        settings = settings.with_option(f"{key}.eta_min", 0.0)
    plain, trainer = Trainer(POINTS, settings), Trainer(POINTS, settings)
    expected = [plain.step().learning_rate for _step in range(2 * STEPS)]
    rates = [trainer.step().learning_rate for _step in range(at)]
    trainer.change(settings=replace(settings, learning_rate=RATE / 3))
    rates += [trainer.step().learning_rate for _step in range(2 * STEPS - at)]
    assert rates[:at] == expected[:at]
    np.testing.assert_allclose(rates[at:], np.array(expected[at:]) / 3, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("key", ["step", "plateau", "exponential"])
def test_a_new_learning_rate_is_what_a_program_multiplies_the_present_one_by(key: str) -> None:
    settings = scheduled(key)
    trainer, program = Trainer(POINTS, settings), Program(settings, schedule=SCHEDULED[key].schedule)
    run_both(trainer, program, 25)
    trainer.change(settings=replace(settings, learning_rate=2 * RATE))
    for group in program.optimizer.param_groups:
        group["lr"] *= 2
    run_both(trainer, program, 25)
    assert_same_run(trainer, program)


# --- clipping and the L1 penalty ---------------------------------------------------------------------------

PENALTIES: list[dict[str, Any]] = [
    {"clip_norm": 0.3},
    {"l1": 0.2},
    {"clip_norm": 0.3, "l1": 0.2},
]


@pytest.mark.one_in(6)
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
def test_clipping_and_the_penalty_are_those_of_a_program(
    model: str, optimizer: str, penalty: dict[str, Any]
) -> None:
    settings = replace(ENDLESS, model=model, optimizer=optimizer, learning_rate=0.01, **penalty)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    plain = Program(replace(settings, clip_norm=None, l1=0.0))
    for _step in range(5 if optimizer == "lbfgs" else 20):
        trainer.step()
    for _step in range(trainer.tip.step):  # clipped gradients mislead LBFGS: some of these runs diverge
        program.step()
        plain.step()
    assert_same_run(trainer, program)
    assert program.numbers() != plain.numbers()


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_with_mini_batches_too(penalty: dict[str, Any]) -> None:
    settings = replace(ENDLESS, model="mlp", batch_size=7, **penalty)
    trainer, program = Trainer(POINTS, settings), Program(settings)
    run_both(trainer, program)
    assert_same_run(trainer, program)


def test_a_clipped_step_of_gradient_descent_is_never_longer_than_rate_times_clip() -> None:
    settings = replace(ENDLESS, optimizer="sgd", clip_norm=0.01, dtype="float64")
    trainer = Trainer(POINTS, settings)
    before = np.array(numbers_of(trainer.latest))
    after = np.array(numbers_of(trainer.step()))
    assert np.linalg.norm(after - before) == pytest.approx(RATE * 0.01, rel=1e-3)


def test_the_penalty_pulls_a_weight_to_zero_and_leaves_the_bias_alone() -> None:
    settings = replace(ENDLESS, optimizer="sgd", l1=10.0, learning_rate=0.01, dtype="float64")
    trainer = Trainer(POINTS, settings)
    for _step in range(600):
        last = trainer.step()
    # at the end the weight jumps over zero from step to step, by at most rate times penalty
    assert abs(float(last.parameters["w"])) < 2 * 0.01 * 10
    assert float(last.parameters["b"]) == pytest.approx(np.mean(POINTS.y), abs=0.1)


def test_the_penalty_is_no_part_of_the_loss_that_is_shown() -> None:
    settings = replace(ENDLESS, start="own", start_values=(2.0, -1.0), l1=3.0, dtype="float64")
    residual = POINTS.y - (2 * POINTS.x[:, 0] - 1)
    assert Trainer(POINTS, settings).step().loss == pytest.approx(np.mean(residual**2), rel=1e-12)


@pytest.mark.parametrize("changes", [{"clip_norm": 0.1}, {"l1": 0.5}], ids=str)
def test_clipping_and_the_penalty_may_begin_in_mid_run(changes: dict[str, Any]) -> None:
    trainer, program = Trainer(POINTS, ENDLESS), Program(ENDLESS)
    run_both(trainer, program, 10)
    trainer.change(settings=replace(ENDLESS, **changes))
    program.clip, program.l1 = changes.get("clip_norm"), changes.get("l1", 0.0)
    run_both(trainer, program, 10)
    assert_same_run(trainer, program)


# --- points held out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
def test_points_held_out_are_no_part_of_the_program(model: str, batch_size: int | None) -> None:
    settings = replace(ENDLESS, model=model, validation=0.25, validation_seed=3, batch_size=batch_size)
    training, held = split(POINTS, settings)
    trainer, program = Trainer(POINTS, settings), Program(settings, training, held=held)
    run_both(trainer, program)
    assert_same_run(trainer, program)
    validation = trainer.history.validation_losses()
    assert validation is not None
    assert validation.low.tolist() == program.validation_losses


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
def test_wherever_the_points_held_out_lie_training_is_the_same(model: str, standardise: bool) -> None:
    settings = replace(ENDLESS, model=model, validation=0.25, standardise=standardise)
    held = np.flatnonzero(held_out(len(POINTS), 0.25, 0))
    y = POINTS.y.copy()
    y[held] += 1000.0
    x = POINTS.x.copy()
    x[held] -= 30.0
    one, other = Trainer(POINTS, settings), Trainer(Points(x, y), settings)
    for _step in range(20):
        a, b = one.step(), other.step()
        assert (a.loss, a.numbers()) == (b.loss, b.numbers())
    assert a.validation_loss != b.validation_loss


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_the_validation_loss_is_that_of_the_points_held_out_in_units_of_the_data(
    loss: str, standardise: bool
) -> None:
    points = Points(POINTS.x * 40 + 300, POINTS.y * 7 - 50)
    settings = replace(ENDLESS, loss=loss, validation=0.3, standardise=standardise, dtype="float64")
    settings = replace(settings, learning_rate=1e-3)
    _training, held = split(points, settings)
    trainer = Trainer(points, settings)
    for step in range(20):
        snapshot = trainer.step() if step else trainer.latest
        residual = held.y - (snapshot.parameters["w"] * held.x[:, 0] + snapshot.parameters["b"])
        expected = np.mean(residual**2) if loss == "mse" else np.mean(np.abs(residual))
        assert snapshot.validation_loss == pytest.approx(expected, rel=1e-9)


def test_a_standardised_run_is_scaled_by_its_training_points_alone() -> None:
    points = Points(POINTS.x * 40 + 1900, POINTS.y * 300 - 5000)
    settings = replace(ENDLESS, validation=0.3, standardise=True, dtype="float64")
    training, _held = split(points, settings)
    x, y = training.x[:, 0], training.y
    trainer = Trainer(points, settings)
    program = Program(settings, Points((x - x.mean()) / x.std(), (y - y.mean()) / y.std()))
    run_both(trainer, program)
    np.testing.assert_allclose(numbers_of(trainer.latest), program.numbers(), rtol=1e-9)
    np.testing.assert_allclose(
        trainer.history.losses().low, np.array(program.losses) * y.var(), rtol=1e-9, atol=0
    )


def test_without_points_held_out_there_is_no_validation_loss() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    assert trainer.latest.validation_loss is None
    assert trainer.step().validation_loss is None
    assert trainer.history.validation_losses() is None


def test_points_can_be_held_out_and_given_back_in_mid_run() -> None:
    settings = replace(ENDLESS, validation=0.3)
    training, held = split(POINTS, settings)
    trainer, program = Trainer(POINTS, ENDLESS), Program(ENDLESS)
    run_both(trainer, program, 10)
    trainer.change(settings=settings)
    program.x, program.y = program.tensors(training)
    program.held = program.tensors(held)
    run_both(trainer, program, 10)
    trainer.change(settings=ENDLESS)
    program.x, program.y = program.tensors(POINTS)
    program.held = None
    run_both(trainer, program, 10)
    assert_same_run(trainer, program)
    validation = trainer.history.validation_losses()
    assert validation is not None
    np.testing.assert_array_equal(validation.low, [np.nan] * 10 + program.validation_losses + [np.nan] * 10)


# --- overfitting, and what helps against it ----------------------------------------------------------------

OVERFITTING = Settings(
    model="polynomial",
    learning_rate=0.03,
    seed=2,
    epochs=None,
    validation=0.3,
    validation_seed=200,  # holds out no point near an end, so that a fit need not reach beyond its points
    standardise=True,
    dtype="float64",
    options={"polynomial.degree": 12},
)
LBFGS: Mapping[str, Value] = {
    "lbfgs.line_search_fn": "strong_wolfe",
    "lbfgs.max_iter": 100,
    "lbfgs.tolerance_grad": 0.0,
    "lbfgs.tolerance_change": 0.0,
}
FEW, MANY = 20, 100  # points


def wave(count: int) -> Points:
    """Half a wave with much noise."""
    x = np.linspace(-1, 1, count)
    return Points(x, np.sin(2.5 * x) + np.random.default_rng(3).normal(0, 0.4, count))


def fitted(count: int = FEW, degree: int = 12) -> Trainer:
    """A fit with nothing against overfitting, at its end."""
    options = {**LBFGS, "polynomial.degree": degree}
    trainer = Trainer(
        wave(count), replace(OVERFITTING, optimizer="lbfgs", learning_rate=1.0, options=options)
    )
    for _step in range(40):
        trainer.step()
    return trainer


def least_squares_losses(points: Points, degree: int) -> tuple[float, float]:
    """Those of the points of training and of those held out, of the polynomial of NumPy."""
    training, held = split(points, OVERFITTING)
    coefficients = np.polyfit(training.x[:, 0], training.y, degree)
    losses = [float(np.mean((np.polyval(coefficients, p.x[:, 0]) - p.y) ** 2)) for p in (training, held)]
    return losses[0], losses[1]


def validation_loss(trainer: Trainer) -> float:
    """Where the run stands."""
    assert trainer.latest.validation_loss is not None
    return trainer.latest.validation_loss


@pytest.mark.parametrize(("count", "degree"), [(FEW, 12), (FEW, 3), (MANY, 12)])
def test_at_its_end_a_fit_is_the_least_squares_of_its_training_points(count: int, degree: int) -> None:
    trainer = fitted(count, degree)
    found = trainer.full_loss(), validation_loss(trainer)
    assert found == pytest.approx(least_squares_losses(wave(count), degree), rel=1e-3)


def test_a_high_degree_overfits_and_fewer_powers_or_more_points_help() -> None:
    overfitted = fitted()
    assert validation_loss(overfitted) > 100 * overfitted.full_loss()
    for remedy in (fitted(degree=3), fitted(MANY)):
        assert validation_loss(remedy) < 0.1 * validation_loss(overfitted)
        assert remedy.full_loss() > overfitted.full_loss()


def test_overfitting_is_seen_to_come_on_and_early_stopping_ends_before_it() -> None:
    trainer = Trainer(wave(FEW), OVERFITTING)
    for _step in range(3000):
        trainer.step()
    validation = trainer.history.validation_losses()
    assert validation is not None
    lowest = int(validation.low.argmin())
    assert validation_loss(trainer) > 3 * validation.low[lowest]
    assert trainer.latest.loss < 0.9 * trainer.history.losses().low[lowest]

    stopping = Trainer(wave(FEW), replace(OVERFITTING, patience=600))
    while stopping.stopped is None and stopping.tip.step < 3000:
        stopping.step()
    assert stopping.stopped == "early_stopping"
    assert stopping.latest.step == lowest + 1
    assert validation_loss(stopping) == validation.low[lowest]


def test_weight_decay_helps_and_ends_at_the_ridge_regression() -> None:
    decay = 0.1
    settings = OVERFITTING.with_option("adam.weight_decay", decay)
    trainer = Trainer(wave(FEW), settings)
    for _step in range(6000):
        trainer.step()
    training, held = split(wave(FEW), settings)
    mean, scale = training.x.mean(), training.x.std()
    powers, others = (((p.x - mean) / scale) ** np.arange(13) for p in (training, held))
    # Where the gradient of the mean of squares and decay times the parameters cancel.
    slope = 2 / len(training) * powers.T
    target = (training.y - training.y.mean()) / training.y.std()
    ridge = np.linalg.solve(slope @ powers + decay * np.eye(13), slope @ target)
    predicted = others @ ridge * training.y.std() + training.y.mean()
    assert validation_loss(trainer) == pytest.approx(np.mean((predicted - held.y) ** 2), rel=0.05)
    assert validation_loss(trainer) < 0.1 * validation_loss(fitted())
