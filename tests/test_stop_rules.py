"""When a run ends, why, and what Run on then does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.choices.fields import STOP_RULES
from core.experiment import Points, Settings
from core.training import Snapshot, Trainer
from core.training import stop_rules as stop_rules_module

ENDLESS = 4000  # steps; a run of these tests that takes so many does not stop
NEVER = Settings(epochs=None, optimizer="sgd", learning_rate=0.01, seed=7)


def cloud(count: int = 40) -> Points:
    """A line with noise."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 3, count)
    return Points(x, 1.5 * x - 0.7 + rng.normal(0, 0.4, count))


def few() -> Points:
    """Little enough data, and noisy enough, for a polynomial of high degree to overfit."""
    x = np.linspace(-1, 1, 20)
    return Points(x, np.sin(2.5 * x) + np.random.default_rng(3).normal(0, 0.4, 20))


POINTS = cloud()
OVERFITTING = Settings(
    model="polynomial",
    learning_rate=0.03,
    epochs=None,
    validation=0.3,
    validation_seed=200,
    standardise=True,
    dtype="float64",
    options={"polynomial.degree": 12},
)


def until_stopped(trainer: Trainer) -> list[Snapshot]:
    """The snapshots of the steps that the run makes before a rule ends it; the last is the newest."""
    snapshots = []
    for _step in range(ENDLESS):
        trainer.step()
        snapshots.append(trainer.tip)
        if trainer.stopped is not None:
            return snapshots
    raise AssertionError("it did not stop")


def steps(trainer: Trainer, count: int) -> list[Snapshot]:
    """The snapshots of the next steps."""
    return [trainer.step() for _step in range(count)]


def bits(snapshot: Snapshot) -> tuple[object, ...]:
    """Everything about a step, to the last bit; not which run it belongs to."""
    numbers = (snapshot.loss, snapshot.validation_loss, snapshot.learning_rate)
    return snapshot.step, snapshot.epoch, numbers, tuple(array.tobytes() for array in snapshot.arrays)


def free_run(settings: Settings, count: int, points: Points = POINTS) -> list[Snapshot]:
    """The same run without any rule."""
    off: dict[str, Any] = dict.fromkeys(STOP_RULES)
    return steps(Trainer(points, replace(settings, **off)), count)


class Clock:
    """The time that the rules read; it moves when it is told to."""

    now = 1000.0

    def monotonic(self) -> float:
        """What time.monotonic is asked for."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(stop_rules_module, "time", clock)
    return clock


# --- loss below --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 7])
def test_it_stops_at_the_first_loss_below_the_one_asked_for(batch_size: int | None) -> None:
    settings = replace(NEVER, loss_below=0.5, batch_size=batch_size)
    trainer = Trainer(POINTS, settings)
    snapshots = until_stopped(trainer)
    assert trainer.stopped == "loss_below"
    assert snapshots[-1].loss < 0.5
    assert min(s.loss for s in snapshots[:-1]) >= 0.5
    assert trainer.latest is snapshots[-1]


def test_a_loss_equal_to_the_one_asked_for_is_not_below_it() -> None:
    loss = free_run(NEVER, 10)[-1].loss
    trainer = Trainer(POINTS, replace(NEVER, loss_below=loss))
    assert until_stopped(trainer)[-1].step == 11


def test_in_units_of_the_data_also_where_training_is_standardised() -> None:
    points = Points(POINTS.x, POINTS.y * 100)
    settings = replace(NEVER, standardise=True, loss_below=5000.0)
    losses = [s.loss for s in until_stopped(Trainer(points, settings))]
    assert losses[-1] < 5000 <= min(losses[:-1])


# --- gradient below ----------------------------------------------------------------------------------------


def norms(settings: Settings, count: int, model: nn.Module) -> list[float]:
    """The length of the gradient of every step of a program, as it is before clipping."""
    x = torch.tensor(POINTS.x, dtype=torch.float32)
    y = torch.tensor(POINTS.y, dtype=torch.float32).unsqueeze(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=settings.learning_rate)
    found = []
    for _step in range(count):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()  # type: ignore[no-untyped-call]
        gradients = [p.grad.ravel() for p in model.parameters() if p.grad is not None]
        found.append(float(torch.cat(gradients).norm()))
        if settings.clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
    return found


def program_model(settings: Settings) -> nn.Module:
    """The model of a program with these settings."""
    torch.manual_seed(settings.seed)
    if settings.model == "line":
        return nn.Linear(1, 1)
    return nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))


@pytest.mark.parametrize("clip_norm", [None, 0.5])
@pytest.mark.parametrize("model", ["line", "mlp"])
def test_it_stops_at_the_first_gradient_shorter_than_asked_for(model: str, clip_norm: float | None) -> None:
    settings = replace(
        NEVER,
        model=model,
        clip_norm=clip_norm,
        gradient_below=0.6,
        options={"mlp.layers": 1, "mlp.width": 16},
    )
    trainer = Trainer(POINTS, settings)
    snapshots = until_stopped(trainer)
    assert trainer.stopped == "gradient_below"
    expected = norms(settings, len(snapshots), program_model(settings))
    assert expected[-1] < 0.6 <= min(expected[:-1])
    assert trainer.fit.gradient_norm() == pytest.approx(expected[-1], rel=1e-5)


# --- seconds -----------------------------------------------------------------------------------------------


def count_until_stopped(trainer: Trainer, clock: Clock, each: float) -> int:
    """How many steps it makes, one every so many seconds."""
    for count in range(1, ENDLESS):
        clock.now += each
        trainer.step()
        if trainer.stopped is not None:
            return count
    raise AssertionError("it did not stop")


def test_it_stops_after_the_seconds_asked_for(clock: Clock) -> None:
    trainer = Trainer(POINTS, replace(NEVER, seconds=2.0))
    clock.now += 50  # nobody has pressed Run yet
    assert count_until_stopped(trainer, clock, 0.125) == 1 + 16
    assert trainer.stopped == "seconds"


def test_a_pause_does_not_count(clock: Clock) -> None:
    trainer = Trainer(POINTS, replace(NEVER, seconds=2.0))
    for stretch in range(4):
        for _step in range(5):  # half a second in each stretch
            clock.now += 0.125
            trainer.step()
        assert trainer.stopped == ("seconds" if stretch == 3 else None)
        trainer.rest()
        clock.now += 100


def test_seconds_that_are_set_in_mid_run_count_from_its_start(clock: Clock) -> None:
    trainer = Trainer(POINTS, NEVER)
    for _step in range(11):
        clock.now += 1
        trainer.step()
    trainer.change(settings=replace(NEVER, seconds=15.0))
    assert count_until_stopped(trainer, clock, 1) == 5


# --- patience ----------------------------------------------------------------------------------------------


def test_it_stops_when_the_loss_has_had_no_new_lowest_for_so_many_steps() -> None:
    settings = replace(NEVER, optimizer="adam", learning_rate=0.5, batch_size=7, patience=12)
    trainer = Trainer(POINTS, settings)
    losses = [s.loss for s in until_stopped(trainer)]
    assert trainer.stopped == "patience"
    assert np.argmin(losses) == len(losses) - 1 - 12
    lowest_at = [k for k, loss in enumerate(losses) if loss == min(losses[: k + 1])]
    assert max(b - a for a, b in pairwise(lowest_at)) <= 12
    assert trainer.latest is trainer.tip
    assert trainer.latest.step == len(losses)


def test_patience_never_ends_a_run_whose_loss_still_falls() -> None:
    trainer = Trainer(POINTS, replace(NEVER, learning_rate=0.001, patience=1))
    losses = [s.loss for s in steps(trainer, 50)]
    assert trainer.stopped is None
    assert losses == sorted(losses, reverse=True)


def test_another_loss_is_not_compared_with_the_one_before() -> None:
    settings = replace(NEVER, learning_rate=0.001, patience=3)
    trainer = Trainer(POINTS, settings)
    steps(trainer, 10)
    trainer.change(points=Points(POINTS.x, POINTS.y + 50))
    after = steps(trainer, 10)
    assert after[0].loss > trainer.history.losses().low[:10].max()
    assert trainer.stopped is None


# --- early stopping ----------------------------------------------------------------------------------------


def stopped_early() -> Trainer:
    """A run that has overfitted and gone back."""
    trainer = Trainer(few(), replace(OVERFITTING, patience=600))
    until_stopped(trainer)
    assert trainer.stopped == "early_stopping"
    return trainer


def test_early_stopping_goes_back_to_exactly_the_best_step() -> None:
    trainer = stopped_early()
    free = free_run(OVERFITTING, trainer.tip.step, few())
    best = min(free, key=lambda s: s.validation_loss or 0.0)
    assert bits(trainer.latest) == bits(best)
    assert bits(trainer.tip) == bits(free[-1])
    assert trainer.tip.step == best.step + 600
    assert trainer.history.losses().steps == trainer.tip.step


def test_after_early_stopping_run_on_is_as_patient_again_and_keeps_the_best_of_the_run() -> None:
    trainer = stopped_early()
    best, tip = trainer.latest, trainer.tip.step
    trainer.go_on()
    assert trainer.stopped is None
    until_stopped(trainer)
    free = free_run(OVERFITTING, trainer.tip.step, few())
    assert trainer.stopped == "early_stopping"
    assert trainer.tip.step == tip + 600
    assert bits(trainer.tip) == bits(free[-1])
    assert bits(trainer.latest) == bits(best) == bits(min(free, key=lambda s: s.validation_loss or 0.0))


def test_the_loss_of_training_has_no_part_in_early_stopping() -> None:
    trainer = stopped_early()
    losses = trainer.history.losses().low
    assert losses[-1] < losses[trainer.latest.step - 1]


def test_with_points_held_out_in_mid_run_the_best_is_one_with_them_held_out() -> None:
    trainer = Trainer(few(), replace(OVERFITTING, validation=0.0))
    steps(trainer, 700)
    trainer.change(settings=replace(OVERFITTING, patience=50))
    until_stopped(trainer)
    validation = trainer.history.validation_losses()
    assert validation is not None
    assert trainer.stopped == "early_stopping"
    assert trainer.latest.step == 701 + np.argmin(validation.low[700:])


# --- a branch ----------------------------------------------------------------------------------------------


def test_after_a_branch_the_best_is_looked_for_in_what_is_left_of_the_run() -> None:
    settings = replace(NEVER, optimizer="adam", learning_rate=0.5, batch_size=7, patience=60)
    trainer = Trainer(POINTS, settings)
    known = until_stopped(trainer)
    assert known[-61].step > 20
    trainer.go_to(20)
    trainer.change(settings=replace(settings, learning_rate=3.0))  # never as good again
    until_stopped(trainer)
    losses = trainer.history.losses().low
    assert trainer.stopped == "patience"
    assert np.argmin(losses) == len(losses) - 1 - 60


def test_after_a_branch_losses_of_another_kind_are_still_not_compared() -> None:
    """The absolute error falls on after a stretch of squared errors that were smaller numbers."""
    points = Points(POINTS.x, POINTS.y * 0.01)
    settings = replace(NEVER, learning_rate=0.001, start="zeros", patience=30)
    trainer = Trainer(points, settings)
    steps(trainer, 10)
    absolute = replace(settings, loss="mae", learning_rate=1e-5)
    trainer.change(settings=absolute)
    steps(trainer, 40)
    trainer.go_to(30)
    trainer.change(settings=replace(absolute, learning_rate=2e-5))
    after = steps(trainer, 60)
    losses = trainer.history.losses().low
    assert losses[:10].max() < losses[10:].min()
    assert [s.loss for s in after] == sorted((s.loss for s in after), reverse=True)
    assert trainer.stopped is None


# --- Run on ------------------------------------------------------------------------------------------------

RULES: dict[str, dict[str, Any]] = {
    "epochs": {"epochs": 4},
    "steps": {"steps": 9},
    "loss_below": {"loss_below": 0.5},
    "gradient_below": {"gradient_below": 0.5},
    "patience": {"patience": 15},
    "seconds": {"seconds": 5.0},
}
NOISY = replace(NEVER, batch_size=7, learning_rate=0.05)


def test_no_rule_is_left_out_here() -> None:
    assert set(RULES) == set(STOP_RULES)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_ends_a_run_again_after_run_on_and_changes_no_step(rule: str, clock: Clock) -> None:
    trainer = Trainer(POINTS, replace(NOISY, **RULES[rule]))
    ends = []
    for _time in range(3):
        count_until_stopped(trainer, clock, 0.5)
        assert trainer.stopped == rule
        ends.append(trainer.latest.step)
        trainer.go_on()
        assert trainer.stopped is None
    assert ends == sorted(set(ends))
    assert bits(trainer.latest) == bits(free_run(NOISY, ends[-1])[-1])


@pytest.mark.parametrize("rule", ["epochs", "steps", "seconds"])
def test_what_is_counted_is_counted_anew(rule: str, clock: Clock) -> None:
    trainer = Trainer(POINTS, replace(NEVER, **RULES[rule]))
    counts = []
    for _time in range(3):
        counts.append(count_until_stopped(trainer, clock, 0.5))
        trainer.go_on()
        trainer.rest()
    assert counts == {"epochs": [4] * 3, "steps": [9] * 3, "seconds": [11] * 3}[rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_run_that_has_stopped_goes_on_when_its_rule_is_taken_away(rule: str, clock: Clock) -> None:
    trainer = Trainer(POINTS, replace(NOISY, **RULES[rule]))
    count_until_stopped(trainer, clock, 0.5)
    end = trainer.latest.step
    trainer.change(settings=NOISY)
    assert trainer.stopped is None
    assert bits(steps(trainer, 40)[-1]) == bits(free_run(NOISY, end + 40)[-1])
    assert trainer.stopped is None


def test_of_several_rules_the_one_that_came_first_is_the_reason() -> None:
    trainer = Trainer(POINTS, replace(NEVER, loss_below=0.5, steps=1000, epochs=900, gradient_below=1e-9))
    until_stopped(trainer)
    assert trainer.stopped == "loss_below"
