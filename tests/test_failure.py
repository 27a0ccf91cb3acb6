"""Why a run has no next step: NaN is told as what it is, and its remedy works when it is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core.experiment import Points, Settings
from core.insight.diagnosis import Evidence, Finding, diagnose
from core.insight.theory import theory
from core.training import Trainer

ENOUGH = 400  # steps, of which the 148th was NaN
LARGE_X = np.linspace(-1.0, 1.0, 21)
LARGE = Points(LARGE_X, 20_000 + 3000 * LARGE_X)
CENTRED: dict[str, Any] = {
    "optimizer": "rmsprop",
    "learning_rate": 1e-4,
    "epochs": None,
    "options": {"rmsprop.centered": True, "rmsprop.alpha": 0.9},
}


def run(points: Points, steps: int = ENOUGH, **changes: Any) -> Trainer:
    """A run of so many steps, or up to where it stopped."""
    trainer = Trainer(points, Settings(**{"epochs": None, **changes}))
    while trainer.stopped is None and trainer.latest.step < steps:
        trainer.step()
    return trainer


def found(trainer: Trainer) -> Finding:
    points, settings = trainer.wanted
    evidence = Evidence(
        points,
        settings,
        trainer.latest,
        trainer.history.losses(),
        theory=theory(points, settings, trainer.latest.scaling),
        stopped=trainer.stopped,
        failure=trainer.failure,
    )
    finding = diagnose(evidence)
    assert finding is not None
    return finding


def cause(trainer: Trainer) -> str:
    assert trainer.failure is not None
    return trainer.failure.cause


def test_the_root_of_a_rounding_error_is_told_as_that() -> None:
    trainer = run(LARGE, **CENTRED)
    losses = trainer.history.losses().low
    assert (trainer.stopped, trainer.tip.step) == ("nan", 147)
    assert losses.min() == losses[-1]
    finding = found(trainer)
    assert "iverg" not in finding.sentence
    assert "root of the gradient's variance" in finding.sentence
    assert finding.remedy is not None


def test_the_variance_below_zero_is_the_one_that_torch_takes_the_root_of() -> None:
    """The same steps by PyTorch alone, and the line of torch.optim.RMSprop that is NaN."""
    trainer = run(LARGE, **CENTRED)
    assert trainer.failure is not None
    x, y = (torch.tensor(part, dtype=torch.float32).reshape(-1, 1) for part in (LARGE.x[:, 0], LARGE.y))
    start = Trainer(LARGE, trainer.wanted.settings).latest.arrays
    w, b = (torch.tensor(array, dtype=torch.float32, requires_grad=True) for array in start)
    optimizer = torch.optim.RMSprop([w, b], lr=1e-4, alpha=0.9, centered=True)
    for _step in range(148):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(torch.nn.functional.linear(x, w, b), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    state = optimizer.state[b]
    assert torch.isnan(b).all()
    variance = state["square_avg"].addcmul(state["grad_avg"], state["grad_avg"], value=-1)
    assert trainer.failure.least == variance.item() < 0


@pytest.mark.parametrize("taken", ["its own", "float64", "standardise"])
def test_each_remedy_that_is_named_works(taken: str) -> None:
    trainer = run(LARGE, **CENTRED)
    remedy = found(trainer).remedy
    assert remedy is not None
    settings = trainer.wanted.settings
    mended = {
        "its own": remedy.applied(settings),
        "float64": replace(settings, dtype="float64"),
        "standardise": replace(settings, standardise=True),
    }[taken]
    again = Trainer(LARGE, mended)
    for _step in range(ENOUGH):
        again.step()
    assert again.stopped is None
    assert again.latest.step == ENOUGH
    assert again.full_loss() < Trainer(LARGE, mended).full_loss()


def test_without_an_epsilon_zero_is_divided_by_zero() -> None:
    """At x = 0 alone the slope has no gradient at all."""
    settings = {"optimizer": "adam", "options": {"adam.eps": 0.0}}
    trainer = run(Points([0.0, 0.0], [1.0, 2.0]), **settings)
    assert (trainer.stopped, cause(trainer), trainer.tip.step) == ("nan", "division", 0)
    finding = found(trainer)
    assert "divided 0 by 0" in finding.sentence
    assert finding.remedy is not None
    again = Trainer(*(trainer.wanted.points, finding.remedy.applied(trainer.wanted.settings)))
    for _step in range(50):
        again.step()
    assert again.stopped is None


def test_what_an_optimizer_keeps_can_be_too_large_while_the_loss_is_not() -> None:
    trainer = run(LARGE, 5, **CENTRED)
    for parameter in trainer.fit.parameters:
        trainer.fit.optimizer.state[parameter]["grad_avg"].fill_(torch.inf)
        trainer.fit.optimizer.state[parameter]["square_avg"].fill_(torch.inf)
    trainer.step()
    assert (trainer.stopped, cause(trainer)) == ("nan", "state")
    finding = found(trainer)
    assert "too large for float32" in finding.sentence
    assert finding.remedy is not None


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "lbfgs"])
def test_numbers_that_have_grown_are_divergence_as_ever(optimizer: str) -> None:
    points = Points(np.arange(10.0), np.arange(10.0) ** 2)
    changes: dict[str, Any] = {"optimizer": optimizer, "learning_rate": 10.0}
    if optimizer == "rmsprop":
        changes |= {"options": {"rmsprop.momentum": 1.0}, "model": "polynomial"}
    trainer = run(points, 3000, **changes)
    if trainer.failure is not None:
        assert trainer.stopped == "diverged"
        assert "NaN" not in found(trainer).sentence


@pytest.mark.parametrize(
    "changes", [CENTRED, {"optimizer": "sgd", "learning_rate": 3.0, "options": {"sgd.momentum": 0.5}}]
)
def test_the_last_good_step_shows_what_it_shows_where_nothing_failed_behind_it(
    changes: dict[str, Any],
) -> None:
    failed = run(LARGE, **changes)
    step = failed.tip.step
    assert failed.failure is not None
    alone = run(LARGE, steps=step, **changes)
    assert alone.failure is None
    shown, right = failed.inspect(), alone.inspect()
    assert shown.step.any()
    for one, other in zip((shown.step, shown.gradient), (right.step, right.gradient), strict=True):
        np.testing.assert_array_equal(one, other)
    assert shown.state.keys() == right.state.keys() != set()
    for name in right.state:
        np.testing.assert_array_equal(shown.state[name], right.state[name])


def test_after_going_back_the_run_goes_on_from_there() -> None:
    trainer = run(LARGE, **CENTRED)
    trainer.go_to(100)
    assert trainer.stopped is None
    assert trainer.failure is None
    trainer.change(settings=replace(trainer.wanted.settings, learning_rate=2e-4))
    trainer.step()
    assert (trainer.latest.step, trainer.failure) == (101, None)
