"""A step made phase by phase is the step itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.choices import LOSSES, MODELS, OPTIMIZERS, SCHEDULES
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.training import Trainer
from core.training.inside import Inside, TensorView

RNG = np.random.default_rng(5)
X = RNG.normal(size=20)
POINTS = Points(X, 2 * X + 1 + RNG.normal(0, 0.3, 20))
STEPS = 7


def by_phases(trainer: Trainer, steps: int) -> None:
    """So many steps, each phase by phase."""
    for _ in range(steps * len(PHASES)):
        trainer.phase()


def inside(trainer: Trainer) -> Inside:
    """What is open."""
    assert trainer.inside is not None
    return trainer.inside


def view(found: Inside, name: str, after: int) -> TensorView:
    """One tensor behind so many phases."""
    return next(each for each in found.views[after] if each.name == name)


def assert_same(one: Trainer, other: Trainer) -> None:
    """Every bit that a person could see is equal."""
    assert one.latest.step == other.latest.step
    assert one.latest.loss == other.latest.loss
    assert one.latest.learning_rate == other.latest.learning_rate
    assert one.latest.validation_loss == other.latest.validation_loss
    for mine, theirs in zip(one.latest.arrays, other.latest.arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert one.fit.state() == other.fit.state()


@pytest.mark.one_in(3)
@pytest.mark.parametrize("batch_size", [None, 6])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_phase_by_phase_gives_the_same_bits(optimizer: str, model: str, batch_size: int | None) -> None:
    settings = Settings(model=model, optimizer=optimizer, batch_size=batch_size)
    slow, normal = Trainer(POINTS, settings), Trainer(POINTS, settings)
    by_phases(slow, STEPS)
    for _ in range(STEPS):
        normal.step()
    assert_same(slow, normal)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_whatever_else_is_chosen_the_bits_are_the_same(loss: str, schedule: str) -> None:
    settings = Settings(
        loss=loss,
        schedule=schedule,
        standardise=True,
        l1=0.01,
        clip_norm=0.4,
        validation=0.2,
        dtype="float64",
    )
    slow, normal = Trainer(POINTS, settings), Trainer(POINTS, settings)
    by_phases(slow, STEPS)
    for _ in range(STEPS):
        normal.step()
    assert_same(slow, normal)


@pytest.mark.parametrize("phases", range(1, len(PHASES)))
def test_leaving_in_mid_step_finishes_the_step(phases: int) -> None:
    slow, normal = Trainer(POINTS, Settings()), Trainer(POINTS, Settings())
    for _ in range(phases):
        slow.phase()
    assert slow.in_mid_step
    assert slow.latest.step == 0
    slow.step()
    normal.step()
    assert not slow.in_mid_step
    assert_same(slow, normal)


def test_going_back_from_mid_step_finishes_the_step_first() -> None:
    trainer = Trainer(POINTS, Settings())
    by_phases(trainer, 3)
    trainer.phase()
    trainer.go_to(1)
    assert not trainer.in_mid_step
    assert (trainer.latest.step, trainer.tip.step) == (1, 4)


def test_the_phases_show_what_plain_torch_finds() -> None:
    settings = Settings(
        optimizer="sgd", learning_rate=0.1, dtype="float64", start="own", start_values=(0.5, 0.2)
    )
    trainer = Trainer(POINTS, settings)
    by_phases(trainer, 1)
    found = inside(trainer)
    w = torch.tensor([[0.5]], dtype=torch.float64, requires_grad=True)
    b = torch.tensor([0.2], dtype=torch.float64, requires_grad=True)
    x, y = torch.tensor(POINTS.x), torch.tensor(POINTS.y)
    prediction = x @ w.T + b
    loss = ((prediction[:, 0] - y) ** 2).mean()
    loss.backward()
    assert w.grad is not None
    assert b.grad is not None
    assert found.prediction is not None
    assert found.gradient is not None
    assert found.after is not None
    np.testing.assert_allclose(found.prediction, prediction.detach()[:, 0], rtol=1e-12)
    assert found.loss == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(found.gradient[0], w.grad, rtol=1e-12)
    np.testing.assert_allclose(found.after[1], (b - 0.1 * b.grad).detach(), rtol=1e-12)
    np.testing.assert_array_equal(found.before[0], [[0.5]])


def test_each_tensor_is_seen_before_and_after_each_phase() -> None:
    trainer = Trainer(POINTS, Settings(optimizer="sgd", options={"sgd.momentum": 0.9}))
    by_phases(trainer, 2)
    found = inside(trainer)
    names = [[each.name for each in views] for views in found.views]
    assert "prediction" not in names[1]
    assert "prediction" in names[2]
    assert "loss" not in names[2]
    assert "loss" in names[3]
    assert view(found, "w", 0).grad is not None  # of the step before
    assert view(found, "w", 1).grad is None
    assert view(found, "w", 3).grad is None
    assert view(found, "w", 4).grad is not None
    np.testing.assert_array_equal(view(found, "w", 4).values, view(found, "w", 0).values)
    assert not np.array_equal(view(found, "w", 5).values, view(found, "w", 0).values)
    before, after = (view(found, "momentum_buffer (w)", k).values for k in (4, 5))
    assert not np.array_equal(before, after)
    assert view(found, "prediction", 2).grad_fn == "AddmmBackward0"
    assert view(found, "loss", 3).grad_fn == "MseLossBackward0"
    assert view(found, "w", 0).requires_grad
    assert not view(found, "inputs", 0).requires_grad


def test_a_diverged_run_makes_no_phase() -> None:
    trainer = Trainer(POINTS, Settings(optimizer="sgd", learning_rate=10))
    while trainer.stopped != "diverged":
        trainer.step()
    here = trainer.latest.step
    trainer.phase()
    assert not trainer.in_mid_step
    assert trainer.latest.step == here


def test_a_step_that_diverges_phase_by_phase_is_not_counted_either() -> None:
    settings = Settings(optimizer="sgd", learning_rate=10)
    slow, normal = Trainer(POINTS, settings), Trainer(POINTS, settings)
    while normal.stopped != "diverged":
        normal.step()
        by_phases(slow, 1)
    assert slow.stopped == "diverged"
    assert slow.latest.step == normal.latest.step


def test_a_change_in_mid_step_waits_for_the_next_step() -> None:
    slow, normal = (Trainer(POINTS, Settings(optimizer="sgd")) for _ in range(2))
    slow.phase()
    slow.change(settings=Settings(optimizer="sgd", learning_rate=0.5))
    slow.step()
    normal.step()
    assert_same(slow, normal)
    by_phases(slow, 1)
    assert inside(slow).rate == 0.5


@pytest.mark.parametrize("step", [1, 2, 100, 200])
def test_a_step_that_is_gone_to_can_be_opened(step: int) -> None:
    trainer = Trainer(POINTS, Settings())
    for _ in range(200):
        trainer.step()
    straight = Trainer(POINTS, Settings())
    for _ in range(step - 1):
        straight.step()
    by_phases(straight, 1)
    trainer.opens = True
    trainer.go_to(step)
    assert_same(trainer, straight)
    found, known = inside(trainer), inside(straight)
    assert found.number == step
    assert found.complete
    for mine, theirs in zip(found.views, known.views, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert one[:2] == other[:2]
            np.testing.assert_array_equal(one.values, other.values)
            assert (one.grad is None) == (other.grad is None)
            if one.grad is not None:
                np.testing.assert_array_equal(one.grad, other.grad)


def test_at_the_start_what_is_there_before_the_first_phase_is_seen() -> None:
    trainer = Trainer(POINTS, Settings())
    trainer.step()
    trainer.opens = True
    trainer.go_to(0)
    assert (inside(trainer).number, inside(trainer).done) == (1, 0)
    assert not trainer.in_mid_step
    assert view(inside(trainer), "w", 0).grad is None


def test_while_training_goes_on_the_step_that_is_watched_is_opened_and_no_other() -> None:
    trainer, plain = Trainer(POINTS, Settings()), Trainer(POINTS, Settings())
    trainer.step()
    assert trainer.inside is None
    trainer.watch(opened=True)
    trainer.step()
    trainer.step()
    assert inside(trainer).number == 2
    for _ in range(3):
        plain.step()
    assert_same(trainer, plain)
