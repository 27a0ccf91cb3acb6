"""What should happen to a run: said where it is known, and not where it is not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from core.choices import LOSSES, OPTIMIZERS
from core.experiment import Points, Settings
from core.experiment.split import held_out
from core.insight.optimum import training_points
from core.insight.scaling import standard_scaling
from core.insight.theory import Theory, theory
from core.training import Trainer

X = np.linspace(20, 45, 40)
POINTS = Points(X, 3 * X - 10 + np.random.default_rng(5).normal(0, 4, 40))
SGD: dict[str, Any] = {"optimizer": "sgd"}


def hessian_of(x: np.ndarray) -> np.ndarray:
    """The Hessian of the MSE of a line, written out."""
    return 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]])


def without_numbers(found: Theory) -> bool:
    """Whether a theory keeps still about the learning rate."""
    return (found.limit, found.limit_raw, found.limit_standardised, found.zones) == (None,) * 4


def test_a_line_has_the_limit_and_the_condition_of_its_hessian() -> None:
    found = theory(POINTS, Settings(**SGD))
    values = np.linalg.eigvalsh(hessian_of(X))
    assert found.limit == pytest.approx(2 / values[1])
    assert found.condition == pytest.approx(values[1] / values[0])
    assert found.zones is not None
    assert found.zones.oscillating == found.limit
    assert found.zones.smooth == pytest.approx(1 / values[1])
    assert found.share(0.001) == pytest.approx(0.001 * values[1] / 2)
    assert (found.why_not, found.why_no_optimum, found.estimated) == ("", "", False)


def test_standardising_rounds_the_bowl() -> None:
    raw, standardised = (theory(POINTS, Settings(**SGD, standardise=on)) for on in (False, True))
    assert raw.condition == raw.condition_raw == standardised.condition_raw
    assert raw.limit == raw.limit_raw == standardised.limit_raw
    assert standardised.condition == standardised.condition_standardised == pytest.approx(1)
    assert standardised.limit == standardised.limit_standardised == raw.limit_standardised == pytest.approx(1)
    assert raw.condition is not None
    assert raw.condition > 10_000


def test_the_scaling_of_a_run_counts_also_after_more_points_are_drawn() -> None:
    started = Points(X[:10], POINTS.y[:10])
    scaling = standard_scaling(started.x, started.y)
    found = theory(POINTS, Settings(**SGD, standardise=True), scaling)
    values = np.linalg.eigvalsh(hessian_of(scaling.x_in(POINTS.x)[:, 0]))
    assert found.limit == pytest.approx(2 / values[1])
    not_standardised = theory(POINTS, Settings(**SGD), scaling)
    assert not_standardised.limit == pytest.approx(2 / np.linalg.eigvalsh(hessian_of(X))[1])


def test_held_out_points_say_nothing() -> None:
    settings = Settings(**SGD, validation=0.3, validation_seed=7)
    x = X[~held_out(40, 0.3, 7)]
    found = theory(POINTS, settings)
    assert found.limit == pytest.approx(2 / np.linalg.eigvalsh(hessian_of(x))[1])
    assert found.optimum is not None
    training = training_points(POINTS, settings)
    expected = np.polyfit(training.x[:, 0], training.y, 1)
    assert found.optimum.parameters["w"] == pytest.approx(expected[0])
    assert found.optimum.loss == pytest.approx(np.mean((np.polyval(expected, x) - training.y) ** 2))


def test_a_run_comes_to_the_optimum() -> None:
    settings = Settings(
        **SGD, standardise=True, learning_rate=0.4, dtype="float64", options={"sgd.momentum": 0.2}
    )
    found = theory(POINTS, settings)
    trainer = Trainer(POINTS, settings)
    assert found.optimum is not None
    before = found.optimum.distance(trainer.latest)
    for _step in range(200):
        trainer.step()
    after = found.optimum.distance(trainer.latest)
    assert before.relative is not None
    assert before.relative > 1
    assert after.rms < 1e-9
    assert trainer.full_loss() == pytest.approx(found.optimum.loss)


def test_the_limit_of_mini_batches_is_an_estimate() -> None:
    whole, batches, all_at_once = (theory(POINTS, Settings(**SGD, batch_size=n)) for n in (None, 4, 40))
    assert batches.estimated
    assert not all_at_once.estimated
    assert all_at_once.limit == whole.limit
    assert whole.limit is not None
    assert batches.limit is not None
    assert batches.limit < whole.limit
    assert batches.zones is not None
    assert batches.zones.oscillating == batches.limit


@pytest.mark.parametrize("optimizer", [key for key in OPTIMIZERS if key != "sgd"])
def test_no_limit_is_invented_for_other_optimizers(optimizer: str) -> None:
    found = theory(POINTS, Settings(optimizer=optimizer))
    assert without_numbers(found)
    assert OPTIMIZERS[optimizer].label in found.why_not
    assert found.condition is not None  # the shape of the loss does not depend on who descends


@pytest.mark.parametrize(
    "changes",
    [
        *({"loss": key} for key in LOSSES if key != "mse"),
        {"model": "mlp"},
        {"clip_norm": 1.0},
        {"l1": 0.1},
        {"options": {"sgd.momentum": 1.0}},
    ],
)
def test_where_no_theory_holds_it_says_why_and_gives_no_number(changes: dict[str, Any]) -> None:
    found = theory(POINTS, Settings(**SGD, **changes))
    assert without_numbers(found)
    assert found.why_not.endswith(".")
    assert found.why_not.count(".") == 1
    assert found.share(0.1) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "mlp"},
        {"l1": 0.1},
        {"loss": "mae", "l1": 0.1},
        {"options": {"adam.weight_decay": 0.1}},
        {"optimizer": "adamw"},
        {"optimizer": "asgd"},
    ],
)
def test_where_the_lowest_loss_is_not_the_goal_or_not_known_there_is_no_optimum(
    changes: dict[str, Any],
) -> None:
    found = theory(POINTS, Settings(**changes))
    assert found.optimum is None
    assert found.why_no_optimum.endswith(".")


def test_the_optimum_does_not_depend_on_the_optimizer() -> None:
    one, other = (theory(POINTS, Settings(optimizer=key)).optimum for key in ("adam", "lbfgs"))
    assert one is not None
    assert other is not None
    assert one.parameters == other.parameters


@pytest.mark.one_in(6)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
@pytest.mark.parametrize(
    "x",
    [[], [1.0], [3.0, 3.0], [0.0, 0.0], [1e200, 2e200], [1e308, -1e308], [1e-300, 5e-300], [1e100, 2e100]],
)
def test_no_points_are_too_strange(x: list[float], model: str, standardise: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = theory(Points(x, x), Settings(**SGD, model=model, standardise=standardise))
    assert (found.zones is None) == bool(found.why_not)
    assert (found.optimum is None) == bool(found.why_no_optimum)
    if found.limit is not None:
        assert 0 < found.limit < np.inf
