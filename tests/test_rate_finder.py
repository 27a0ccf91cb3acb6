"""The search of learning rates, and the one that it proposes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.choices import OPTIMIZERS
from core.experiment import Points, Settings, generate
from core.problem import Problem
from core.training import Trainer
from core.training.rate_finder import COUNT, HIGHEST, LOWEST, find_rate, propose

LINE = generate("line")
FIVE = Points([-2.0, -1.0, 0.0, 1.0, 2.0], [-3.1, -0.9, 1.2, 2.8, 5.1])
SWEPT = [key for key in OPTIMIZERS if key not in ("rprop", "lbfgs")]


def test_the_rates_rise_from_a_millionth_by_one_factor() -> None:
    search = find_rate(LINE, Settings())
    assert search.rates[0] == LOWEST == 1e-6
    assert np.ptp(np.diff(np.log(search.rates))) < 1e-9
    assert len(search.rates) == len(search.losses) <= COUNT


def test_the_losses_are_those_of_gradient_descent_by_hand() -> None:
    """Of the line on five points, in float64, with the rates of the search."""
    settings = Settings(optimizer="sgd", start="own", start_values=(0.5, -1.0), dtype="float64")
    search = find_rate(FIVE, settings)
    x, w, b = FIVE.x[:, 0], 0.5, -1.0
    for rate, loss in list(zip(search.rates, search.losses, strict=True))[:-1]:
        off = w * x + b - FIVE.y
        w, b = w - rate * 2 * np.mean(off * x), b - rate * 2 * np.mean(off)
        assert loss == pytest.approx(np.mean((w * x + b - FIVE.y) ** 2), rel=1e-6)


def test_gradient_descent_blows_up_beyond_its_limit_and_a_stable_rate_is_proposed() -> None:
    design = np.column_stack((LINE.x[:, 0], np.ones(len(LINE))))
    limit = 2 / np.linalg.eigvalsh(2 / len(LINE) * design.T @ design)[-1]
    search = find_rate(LINE, Settings(optimizer="sgd"))
    assert search.rates[-1] > limit
    assert search.proposed is not None
    assert limit / 100 < search.proposed < limit / 2
    assert f"{search.proposed:g}" in search.reason
    assert "Smith 2017" in search.reason


@pytest.mark.one_in(6)
@pytest.mark.parametrize("optimizer", SWEPT)
@pytest.mark.parametrize(
    "changes", [{}, {"batch_size": 16}, {"model": "mlp"}], ids=["line", "batches", "mlp"]
)
def test_what_is_proposed_trains_better_than_a_rate_far_below(
    optimizer: str, changes: dict[str, Any]
) -> None:
    settings = Settings(optimizer=optimizer, epochs=None, **changes)
    search = find_rate(LINE, settings)
    assert search.proposed is not None
    assert LOWEST <= search.proposed <= HIGHEST
    if not math.isclose(search.rates[-1], HIGHEST):
        assert search.proposed <= search.rates[-1] / 2
    losses = {}
    for rate in (search.proposed, search.proposed / 100):
        trainer = Trainer(
            LINE, Settings(optimizer=optimizer, epochs=None, learning_rate=max(rate, LOWEST), **changes)
        )
        for _step in range(60):
            trainer.step()
        losses[rate] = trainer.full_loss()
    assert losses[search.proposed] < losses[search.proposed / 100]


def test_what_would_end_the_run_or_change_its_rate_plays_no_part() -> None:
    plain = find_rate(LINE, Settings(optimizer="sgd"))
    hindered = find_rate(
        LINE,
        Settings(
            optimizer="sgd",
            schedule="exponential",
            epochs=3,
            steps=5,
            seconds=1e-6,
            loss_below=1e9,
            gradient_below=1e9,
            patience=1,
            learning_rate=7.0,
        ),
    )
    assert hindered.rates.tolist() == plain.rates.tolist()
    assert hindered.losses.tolist() == plain.losses.tolist()
    assert hindered.proposed == plain.proposed


def test_a_search_repeats_bit_by_bit() -> None:
    one, other = (find_rate(LINE, Settings(batch_size=8, model="mlp", seed=3)) for _time in range(2))
    assert one.losses.tolist() == other.losses.tolist()
    assert one[2:] == other[2:]


def test_each_step_is_reported_as_it_happens() -> None:
    told: list[tuple[float, float]] = []
    search = find_rate(LINE, Settings(), report=lambda rate, loss: told.append((rate, loss)))
    assert told == list(zip(search.rates.tolist(), search.losses.tolist(), strict=True))


def test_it_ends_when_it_is_told_to() -> None:
    told: list[float] = []
    search = find_rate(LINE, Settings(), lambda: len(told) == 7, lambda rate, _loss: told.append(rate))
    assert len(search.rates) == 7


@pytest.mark.parametrize("size", [1e3, 1e6, 1.7e9, 1e15])
def test_where_the_data_need_rates_below_a_millionth_they_are_searched(size: float) -> None:
    """Half of the proposed rate's limit by the eigenvalues; it makes the loss of a run fall."""
    points = Points(size * FIVE.x, FIVE.y)
    design = np.column_stack((points.x[:, 0], np.ones(5)))
    limit = 2 / np.linalg.eigvalsh(2 / 5 * design.T @ design)[-1]
    settings = Settings(optimizer="sgd", dtype="float64")
    search = find_rate(points, settings)
    assert search.rates[0] < limit < search.rates[-1]
    assert np.ptp(np.diff(np.log(search.rates))) < 1e-9
    assert search.proposed is not None
    assert limit / 1000 < search.proposed < limit
    trainer = Trainer(points, replace(settings, learning_rate=search.proposed))
    before = trainer.full_loss()
    for _step in range(60):
        trainer.step()
    assert trainer.full_loss() < before / 2


def test_numbers_that_no_rate_survives_are_said_so() -> None:
    huge = Points([1e15, 2e15, 3e15], [1.0, 2.0, 3.0])
    far_off = Settings(optimizer="sgd", start="own", start_values=(1e10, 0.0))  # the square is beyond float32
    search = find_rate(huge, far_off)
    assert search.proposed is None
    assert "standardise" in search.reason


def test_where_nothing_is_to_be_gained_a_tenth_of_what_blows_up_is_proposed() -> None:
    least = np.polyfit(FIVE.x[:, 0], FIVE.y, 1)
    settings = Settings(
        optimizer="sgd", start="own", start_values=(least[0] + 1e-3, least[1]), dtype="float64"
    )
    search = find_rate(FIVE, settings)
    assert search.proposed == pytest.approx(search.rates[-1] / 10, rel=0.1)
    assert "a tenth" in search.reason


def test_where_no_rate_does_anything_the_default_is_proposed() -> None:
    zero = Points([-1.0, 0.0, 1.0], [0.0, 0.0, 0.0])
    search = find_rate(zero, Settings(optimizer="sgd", start="zeros"))
    assert search.proposed == OPTIMIZERS["sgd"].learning_rate
    assert "default" in search.reason


def test_no_fall_from_where_a_long_step_has_thrown_the_fit_counts() -> None:
    rates = np.geomspace(1e-6, 10, 60)
    losses = np.concatenate(
        (
            np.full(20, 1.0),
            np.linspace(1, 0.2, 10),
            np.linspace(0.2, 0.9, 10),
            np.linspace(0.9, 0.1, 4),
            np.full(16, 0.1),
        )
    )
    rate, _reason = propose(rates, losses, 1.0, 0.01)
    assert rate is not None
    assert rates[20] <= rate <= rates[30]


@pytest.mark.parametrize(("optimizer", "rate"), [("rprop", "0.01"), ("lbfgs", "1")])
def test_an_optimizer_that_finds_its_own_steps_is_not_swept(optimizer: str, rate: str) -> None:
    with pytest.raises(Problem, match=f"its default, {rate}, will do"):
        find_rate(LINE, Settings(optimizer=optimizer))


def test_no_points_are_a_problem_of_one_sentence() -> None:
    with pytest.raises(Problem, match="no points"):
        find_rate(Points(), Settings())
