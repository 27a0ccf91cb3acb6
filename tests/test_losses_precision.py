"""Every loss in float32 and float64, against its definition worked out with eighty digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.choices import LOSSES
from core.experiment import Points, Settings
from core.insight.formulas.evaluation import evaluate_all
from core.insight.formulas.losses import LOSS_NAMES, loss_rules, slope_rules
from core.training import Trainer
from core.training.fit import scaled_loss
from tests.graphs import PLAIN

Floats = NDArray[np.float64]
Exact = Callable[[Decimal, Decimal], tuple[Decimal, Decimal]]

SMALLEST, LARGEST = 1e-8, 1e8  # residuals
EXACT_DIGITS = 80
VALUE, SLOPE = 1e-6, 1e-5  # the largest relative errors in float32
IN_FLOAT64 = 1e-14
HALF = Decimal("0.5")


def sign(r: Decimal) -> Decimal:
    """-1, 0 or 1."""
    return Decimal((r > 0) - (r < 0))


def log_cosh(r: Decimal, scale: Decimal) -> tuple[Decimal, Decimal]:
    """By exponentials, whose digits that cancel are paid for by having eighty of them."""
    z = abs(r) / scale
    fading = (-2 * z).exp()
    return scale**2 * (z + ((1 + fading) / 2).ln()), scale * sign(r) * (1 - fading) / (1 + fading)


def huber(r: Decimal, delta: Decimal) -> tuple[Decimal, Decimal]:
    """Half the square up to delta, and on along the tangent."""
    if abs(r) <= delta:
        return r**2 / 2, r
    return delta * (abs(r) - delta / 2), delta * sign(r)


def smooth_l1(r: Decimal, beta: Decimal) -> tuple[Decimal, Decimal]:
    """Huber divided by beta."""
    value, slope = huber(r, beta)
    return value / beta, slope / beta


def pinball(r: Decimal, quantile: Decimal) -> tuple[Decimal, Decimal]:
    """`r` is prediction minus target, so that it is above zero where the point lies below the fit."""
    weight = 1 - quantile if r > 0 else quantile
    return abs(r) * weight, sign(r) * weight


EXACT: dict[str, Exact] = {
    "mse": lambda r, _parameter: (r**2, 2 * r),
    "mae": lambda r, _parameter: (abs(r), sign(r)),
    "huber": huber,
    "smooth_l1": smooth_l1,
    "log_cosh": log_cosh,
    "quantile": pinball,
}
OFF_DEFAULT: dict[str, tuple[float, ...]] = {
    "huber": (1e-6, 0.3, 47.0, 1e9),
    "smooth_l1": (1e-6, 0.3, 47.0, 1e9),
    "log_cosh": (1e-6, 0.3, 47.0, 1e9),
    "quantile": (1e-3, 0.1, 0.999),
}
CASES = [
    (loss, value)
    for loss, row in LOSSES.items()
    for value in (
        *(float(str(parameter.default)) for parameter in row.parameters),
        *OFF_DEFAULT.get(loss, ()),
    )
] + [(loss, 0.0) for loss, row in LOSSES.items() if not row.parameters]


class Found(NamedTuple):
    """Values and slopes, one for each residual."""

    values: Floats
    slopes: Floats


def residuals(parameter: float) -> Floats:
    """Of both signs, over the whole range and more of them around the knee; numbers of float32."""
    sizes = np.geomspace(SMALLEST, LARGEST, 65)
    knee = (parameter or 1.0) * np.geomspace(0.02, 50, 30)
    near = [1.0, 20.0, 200.0]  # where the way to compute may change, and where e^z is too large
    both = np.concatenate((sizes, knee[(knee >= SMALLEST) & (knee <= LARGEST)], near))
    single = both.astype(np.float32).astype(np.float64)
    return np.concatenate((single, -single))


def settings_of(loss: str, parameter: float, dtype: str = "float64") -> Settings:
    """Settings with the one hyper-parameter of a loss."""
    options = {f"{loss}.{each.key}": parameter for each in LOSSES[loss].parameters}
    return Settings(loss=loss, dtype=dtype, options=options)


def by_torch(settings: Settings, numbers: Floats) -> Found:
    """What a run minimises for a single point, and autograd's slope of it for the prediction."""
    loss, _unit = scaled_loss(settings, PLAIN)
    prediction = torch.tensor(numbers, dtype=getattr(torch, settings.dtype), requires_grad=True)
    target = torch.zeros(1, 1, dtype=prediction.dtype)
    values = torch.stack([loss(each.reshape(1, 1), target) for each in prediction])
    (slopes,) = torch.autograd.grad(values.sum(), prediction)
    return Found(values.detach().double().numpy(), slopes.double().numpy())


def by_formula(settings: Settings, numbers: Floats) -> Found:
    """What the formulas of the window say of a single point."""
    given = {LOSS_NAMES.get(key, key): value for key, value in settings.values("loss").items()}
    found = []
    for number in numbers:
        values = {**given, "yhat": np.array([number]), "y": np.zeros(1), "n": 1}
        after = evaluate_all(loss_rules(settings), values)
        slope = evaluate_all(slope_rules(settings), {**after, "r": np.array([number])})["dL_yhat"]
        found.append((float(after["L"]), float(np.squeeze(slope))))
    values, slopes = np.array(found).T
    return Found(values, slopes)


def exactly(loss: str, parameter: float, numbers: Floats) -> Found:
    """The definition, rounded once."""
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        each = [EXACT[loss](Decimal(number), Decimal(parameter)) for number in numbers]
        values, slopes = np.array([(float(value), float(slope)) for value, slope in each]).T
    return Found(values, slopes)


def farthest(found: Floats, exact: Floats) -> float:
    """The largest relative error."""
    return float(np.max(np.abs(found - exact) / np.abs(exact)))


@pytest.mark.parametrize(("loss", "parameter"), CASES)
def test_a_loss_is_its_definition_at_every_residual_in_both_precisions(loss: str, parameter: float) -> None:
    numbers = residuals(parameter)
    exact = exactly(loss, parameter, numbers)
    single = by_torch(settings_of(loss, parameter, "float32"), numbers)
    assert farthest(single.values, exact.values) < VALUE
    assert farthest(single.slopes, exact.slopes) < SLOPE
    double = by_torch(settings_of(loss, parameter, "float64"), numbers)
    assert farthest(double.values, exact.values) < IN_FLOAT64
    assert farthest(double.slopes, exact.slopes) < IN_FLOAT64


@pytest.mark.parametrize(("loss", "parameter"), CASES)
def test_the_formula_of_a_loss_is_its_definition_too(loss: str, parameter: float) -> None:
    numbers = residuals(parameter)
    exact, found = exactly(loss, parameter, numbers), by_formula(settings_of(loss, parameter), numbers)
    assert farthest(found.values, exact.values) < IN_FLOAT64
    assert farthest(found.slopes, exact.slopes) < IN_FLOAT64


@pytest.mark.parametrize("loss", LOSSES)
def test_where_a_prediction_is_its_target_the_slope_is_halfway_between_both_sides(loss: str) -> None:
    """As torch.sign(0) = 0 has it, and torch.maximum, which gives each of two equal numbers half."""
    parameter = OFF_DEFAULT.get(loss, (0.0,))[-1]
    settings = settings_of(loss, parameter)
    around = exactly(loss, parameter, np.array([-1e-300, 1e-300])).slopes
    for found in (by_torch(settings, np.zeros(1)), by_formula(settings, np.zeros(1))):
        assert found.values == 0
        assert found.slopes == pytest.approx(around.mean(), rel=1e-12, abs=1e-250)


@pytest.mark.parametrize(("loss", "knee"), [("huber", 0.5), ("smooth_l1", 0.5), ("log_cosh", 0.5)])
def test_at_its_knee_a_loss_has_the_slope_of_both_sides(loss: str, knee: float) -> None:
    numbers = np.array([knee, -knee, 20 * knee, -20 * knee])
    exact, settings = exactly(loss, knee, numbers), settings_of(loss, knee)
    for found in (by_torch(settings, numbers), by_formula(settings, numbers)):
        assert found.values == pytest.approx(exact.values, rel=IN_FLOAT64)
        assert found.slopes == pytest.approx(exact.slopes, rel=IN_FLOAT64)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_no_number_stays_none_and_infinity_stays_infinite(loss: str, dtype: str) -> None:
    settings = settings_of(loss, OFF_DEFAULT.get(loss, (0.0,))[0], dtype)
    found = by_torch(settings, np.array([np.nan, np.inf, -np.inf]))
    assert np.isnan(found.values[0])
    assert (found.values[1:] == np.inf).all()
    assert not np.isnan(found.slopes[1:]).any()


@pytest.mark.parametrize("standardise", [False, True])
def test_a_run_of_log_cosh_in_float32_comes_to_the_same_end_as_in_float64(standardise: bool) -> None:
    """The residuals are some 3e-5, whose log cosh is below what float32 adds to 1."""
    x = np.linspace(-1, 1, 40)
    points = Points(x, (2 * x + 1 + np.random.default_rng(1).normal(0, 0.3, 40)) / 1e4)
    ends = []
    for dtype in ("float32", "float64"):
        settings = Settings(
            loss="log_cosh", optimizer="sgd", learning_rate=0.5, dtype=dtype, standardise=standardise
        )
        trainer = Trainer(points, settings)
        while trainer.stopped is None:
            trainer.step()
        assert trainer.stopped == "converged"
        ends.append(trainer.latest)
    single, double = ends
    assert single.loss == pytest.approx(double.loss, rel=1e-6)
    assert single.parameters == pytest.approx(double.parameters, rel=1e-5)
