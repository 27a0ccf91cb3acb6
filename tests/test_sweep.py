"""Runs trained together, held against single runs of a Trainer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.choices import LOSSES, MODELS, OPTIMIZERS, SCHEDULES, Value
from core.experiment import Points, Settings
from core.problem import Problem
from core.tables import Reading, read_points
from core.training import Trainer, sweep_record
from core.training import sweep as sweep_module
from core.training.sweep import BLOCK, Sweep
from core.training.sweep_plan import MOST_RUNS, RATE, SEED, START, SweepPlan, usual_plan
from core.training.sweep_record import MOST_KEPT, SweepRecord
from core.training.sweep_worker import SweepWorker
from tests.sweeps import held_against_single_runs, losses, lost_at, settings_of, single, swept

TOGETHER = [key for key, row in OPTIMIZERS.items() if row.first_order and key != "rprop"]
ENGEL = Path(__file__).parent.parent / "resources" / "data" / "engel.csv"
NOWHERE = np.empty((0, 1))
SWITCHES: dict[str, list[dict[str, Value]]] = {
    "sgd": [
        {"sgd.momentum": 0.9, "sgd.weight_decay": 0.1},
        {"sgd.momentum": 0.9, "sgd.nesterov": True},
        {"sgd.momentum": 0.5, "sgd.dampening": 0.5},
    ],
    "adam": [
        {"adam.amsgrad": True, "adam.weight_decay": 0.1},
        {"adam.weight_decay": 0.1, "adam.decoupled_weight_decay": True},
    ],
    "adamw": [{"adamw.weight_decay": 0.2, "adamw.amsgrad": True}],
    "nadam": [{"nadam.weight_decay": 0.1, "nadam.decoupled_weight_decay": True}],
    "radam": [{"radam.weight_decay": 0.1, "radam.decoupled_weight_decay": True}],
    "adamax": [{"adamax.weight_decay": 0.1}],
    "adagrad": [{"adagrad.lr_decay": 0.1, "adagrad.weight_decay": 0.1}],
    "adadelta": [{"adadelta.rho": 0.8, "adadelta.weight_decay": 0.1}],
    "rmsprop": [{"rmsprop.centered": True, "rmsprop.momentum": 0.5, "rmsprop.weight_decay": 0.1}],
    "asgd": [{"asgd.lambd": 0.01, "asgd.alpha": 0.5, "asgd.weight_decay": 0.1}],
}


def cloud(count: int = 40) -> Points:
    """A line with noise, away from 0 in both directions."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 3, count)
    return Points(x, 1.5 * x - 0.7 + rng.normal(0, 0.4, count))


POINTS = cloud()


# --- the runs are those of single fits ----------------------------------------------------------------------


def test_64_rates_together_are_64_single_runs() -> None:
    assert held_against_single_runs(POINTS, Settings(), SweepPlan(high=1.0, steps=40)) > 55


@pytest.mark.one_in(4)
@pytest.mark.parametrize("optimizer", TOGETHER)
def test_every_first_order_optimizer_takes_each_run_at_its_own_rate(optimizer: str) -> None:
    plan = SweepPlan(low=1e-3, high=1.0, runs=8, steps=80)
    assert held_against_single_runs(POINTS, Settings(optimizer=optimizer), plan) >= 5


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("optimizer", "options"), [(key, each) for key in SWITCHES for each in SWITCHES[key]]
)
def test_every_hyper_parameter_means_what_it_means_in_a_single_run(
    optimizer: str, options: dict[str, Value]
) -> None:
    plan = SweepPlan(low=1e-3, high=0.1, runs=4, steps=60)
    assert held_against_single_runs(POINTS, Settings(optimizer=optimizer, options=options), plan) >= 3


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str) -> None:
    plan = SweepPlan(low=1e-3, high=0.1, runs=4, steps=60)
    assert held_against_single_runs(POINTS, Settings(loss=loss, standardise=True), plan) >= 3


@pytest.mark.one_in(4)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_on_raw_and_on_standardised_points(model: str, standardise: bool) -> None:
    plan = SweepPlan(low=1e-3, high=0.03, runs=4, steps=60)
    assert held_against_single_runs(POINTS, Settings(model=model, standardise=standardise), plan) >= 3


@pytest.mark.one_in(2)
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_networks_of_several_layers(activation: str) -> None:
    options: dict[str, Value] = {"mlp.layers": 3, "mlp.width": 5, "mlp.activation": activation}
    settings = Settings(model="mlp", options=options, batch_size=16)
    assert held_against_single_runs(POINTS, settings, SweepPlan(low=1e-3, high=0.01, runs=3, steps=60)) == 3


@pytest.mark.one_in(6)
@pytest.mark.parametrize("optimizer", ["sgd", "asgd", "adam"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_moves_each_rate_as_its_own_run_has_it(schedule: str, optimizer: str) -> None:
    options: dict[str, Value] = {
        "step.step_size": 20,
        "multi_step.milestone1": 10,
        "cosine.t_max": 40,
        "cosine_restarts.t_0": 20,
        "warmup.total_iters": 30,
        "one_cycle.total_steps": 40,
        "plateau.wait": 2,
    }
    known = {key: value for key, value in options.items() if key.split(".")[0] == schedule}
    settings = Settings(optimizer=optimizer, schedule=schedule, options=known)
    assert held_against_single_runs(POINTS, settings, SweepPlan(low=1e-3, high=0.1, runs=4, steps=60)) >= 3


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "changes",
    [
        {"batch_size": 7},
        {"batch_size": 7, "optimizer": "sgd", "validation": 0.3},
        {"clip_norm": 0.1},
        {"clip_norm": 0.1, "optimizer": "asgd", "batch_size": 16},
        {"l1": 0.3},
        {"validation": 0.25},
        {"validation": 0.25, "schedule": "plateau", "options": {"plateau.wait": 1}},
        {"dtype": "float64"},
        {"start": "zeros"},
        {"start": "own", "start_values": (3.0, -2.0)},
        {"engine": "compiled", "patience": 2, "loss_below": 10.0, "gradient_below": 10.0, "steps": 3},
    ],
)
def test_every_other_setting(changes: dict[str, object]) -> None:
    settings = replace(Settings(), **changes)  # type: ignore[arg-type]
    alone = replace(settings, engine="eager", patience=None, loss_below=None, gradient_below=None, steps=None)
    plan = SweepPlan(low=1e-3, high=0.1, runs=4, steps=60)
    together = swept(POINTS, settings, plan)
    assert np.array_equal(together.view(NOWHERE).losses, swept(POINTS, alone, plan).view(NOWHERE).losses)
    assert held_against_single_runs(POINTS, alone, plan) >= 2


@pytest.mark.one_in(6)
@pytest.mark.parametrize("optimizer", [*TOGETHER, "rprop"])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_seeds_have_start_values_and_shuffles_of_their_own(optimizer: str, batch_size: int | None) -> None:
    settings = Settings(optimizer=optimizer, batch_size=batch_size, start="zeros")
    plan = SweepPlan(SEED, 3, 3, 4, 40)
    assert plan.values().tolist() == [3, 4, 5, 6]
    assert held_against_single_runs(POINTS, settings, plan) >= 2


@pytest.mark.one_in(2)
@pytest.mark.parametrize("optimizer", ["adam", "rprop"])
@pytest.mark.parametrize("model", MODELS)
def test_start_values_are_multiplied(model: str, optimizer: str) -> None:
    settings = Settings(model=model, optimizer=optimizer, standardise=True)
    assert held_against_single_runs(POINTS, settings, SweepPlan(START, 0.1, 10, 4, 40)) >= 2


def test_points_of_several_columns() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(30, 3))
    points = Points(x, x @ [1.0, -2.0, 0.5] + 3)
    assert held_against_single_runs(points, Settings(), SweepPlan(high=0.1, runs=4, steps=40)) == 4


def test_a_sweep_repeats_bit_by_bit() -> None:
    plan = SweepPlan(runs=5, steps=50)
    first, second = (swept(POINTS, Settings(batch_size=7), plan).view(POINTS.x) for _time in range(2))
    assert np.array_equal(first.losses, second.losses)
    assert np.array_equal(first.curves, second.curves)


# --- runs that diverge --------------------------------------------------------------------------------------


def test_diverged_runs_are_marked_at_the_step_that_a_single_run_loses() -> None:
    settings, plan = Settings(optimizer="sgd"), SweepPlan(runs=16, steps=200)
    view = swept(POINTS, settings, plan).view(POINTS.x)
    expected = [lost_at(single(POINTS, settings_of(view, run, settings), 200)) for run in range(16)]
    assert view.diverged_at.tolist() == expected
    lost = view.diverged_at > 0
    assert 0 < lost.sum() < 16
    assert np.isinf(view.standing[lost]).all()
    assert np.isfinite(view.standing[~lost]).all()
    assert np.isnan(view.curves[lost]).all()
    assert np.isfinite(view.curves[~lost]).all()


def test_parameters_that_are_lost_while_the_loss_is_not_count_too() -> None:
    """A penalty that multiplies them by a billion in each step; the absolute loss stays finite longest."""
    settings = Settings(optimizer="sgd", loss="mae", options={"sgd.weight_decay": 1e10})
    plan = SweepPlan(low=0.1, high=1.0, runs=2, steps=10)
    view = swept(POINTS, settings, plan).view(NOWHERE)
    trainers = [single(POINTS, settings_of(view, run, settings), 10) for run in range(2)]
    assert view.diverged_at.tolist() == [lost_at(trainer) for trainer in trainers]
    step = lost_at(trainers[0])
    assert np.isfinite(view.losses[0, step - 1])
    behind = swept(POINTS, settings, replace(plan, steps=step)).view(NOWHERE)
    assert behind.diverged_at[0] == step


def test_a_run_that_diverges_leaves_its_neighbours_alone() -> None:
    settings = Settings(optimizer="sgd", l1=0.01, options={"sgd.momentum": 0.5})
    wild, calm = (
        SweepPlan(low=0.01, high=10.0, runs=4, steps=150),
        SweepPlan(low=0.01, high=0.1, runs=2, steps=150),
    )
    beside, apart = (swept(POINTS, settings, plan).view(POINTS.x) for plan in (wild, calm))
    assert (beside.diverged_at > 0).tolist() == [False, False, True, True]
    assert beside.losses[:2] == pytest.approx(apart.losses, rel=1e-6)
    assert beside.curves[:2] == pytest.approx(apart.curves, rel=1e-5)


def test_nothing_is_best_where_all_runs_have_diverged() -> None:
    view = swept(POINTS, Settings(optimizer="sgd"), SweepPlan(low=5, high=10, runs=3, steps=200)).view(
        NOWHERE
    )
    assert view.best is None
    assert view.complete


# --- what there is to see -----------------------------------------------------------------------------------


def test_the_curves_are_what_the_single_runs_predict() -> None:
    settings, plan = Settings(model="polynomial", standardise=True), SweepPlan(high=0.1, runs=3, steps=30)
    x = np.linspace(-2.0, 4.0, 7)
    view = swept(POINTS, settings, plan).view(x)
    for run in range(3):
        one = single(POINTS, settings_of(view, run, settings), 30)
        assert view.curves[run] == pytest.approx(one.latest.predict(x[:, None]), rel=1e-5)


def test_the_best_run_is_the_one_with_the_lowest_loss_of_the_points_held_out() -> None:
    settings, plan = Settings(validation=0.3), SweepPlan(runs=6, steps=60)
    view = swept(POINTS, settings, plan).view(NOWHERE)
    held = [
        single(POINTS, settings_of(view, run, settings), 60).latest.validation_loss or 0.0 for run in range(6)
    ]
    assert view.best == int(np.argmin(held))


def test_before_the_first_step_nothing_is_best() -> None:
    view = Sweep(POINTS, Settings(), SweepPlan(runs=3)).view(POINTS.x)
    assert (view.step, view.best, view.complete) == (0, None, False)
    assert view.losses.shape == (3, 0)
    assert view.curves.shape == (3, len(POINTS))


def test_a_view_stays_what_it_is_while_the_sweep_goes_on() -> None:
    sweep = Sweep(POINTS, Settings(), SweepPlan(runs=3, steps=100))
    sweep.advance()
    view = sweep.view(POINTS.x)
    before = [np.copy(part) for part in (view.losses, view.standing, view.curves, view.diverged_at)]
    sweep.advance()
    after = (view.losses, view.standing, view.curves, view.diverged_at)
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))


def test_of_a_long_sweep_every_second_or_third_loss_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_record, "MOST_KEPT", 50)
    settings, plan = Settings(), SweepPlan(high=0.1, runs=2, steps=2 * 50 + 5)
    view = swept(POINTS, settings, plan).view(NOWHERE)
    assert view.stride == 3
    assert view.losses.shape == (2, 35)
    one = single(POINTS, settings_of(view, 0, settings), plan.steps)
    assert view.losses[0] == pytest.approx(losses(one)[::3], rel=1e-5)


@pytest.mark.parametrize("stride", [1, 3, 40])
def test_the_record_keeps_the_same_losses_in_whatever_pieces_they_come(stride: int) -> None:
    steps = stride * MOST_KEPT
    all_losses = np.arange(2.0 * steps).reshape(steps, 2)
    record, first = SweepRecord(2, steps), 0
    sizes = iter(np.random.default_rng(0).integers(1, 2 * BLOCK, steps))
    while first < steps:
        part = all_losses[first : first + next(sizes)]
        record.note(first, part, np.zeros(part.shape, dtype=bool))
        first += len(part)
    assert record.stride == stride
    assert np.array_equal(record.losses(steps), all_losses[::stride].T)
    assert record.losses(stride + 1).shape == (2, 2)


# --- what cannot be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "plan", "words"),
    [
        (Settings(optimizer="lbfgs"), SweepPlan(), "looks at the loss several times in a step"),
        (Settings(optimizer="lbfgs"), SweepPlan(SEED, 0, 0), "it has no sweep"),
        (Settings(optimizer="rprop"), SweepPlan(), "for its first step alone"),
        (Settings(start="zeros"), SweepPlan(START, 0.1, 10), "All start values are zero"),
        (
            Settings(start="own", start_values=(0.0, 0.0)),
            SweepPlan(START, 0.1, 10),
            "All start values are zero",
        ),
        (Settings(start="own", start_values=(1.0,)), SweepPlan(), "has 2 parameters"),
        (Settings(device="nowhere"), SweepPlan(), "nowhere"),
    ],
)
def test_what_cannot_be_swept_says_why(settings: Settings, plan: SweepPlan, words: str) -> None:
    with pytest.raises(Problem, match=words):
        Sweep(POINTS, settings, plan)


def test_without_points_there_is_nothing_to_sweep() -> None:
    with pytest.raises(Problem, match="no points"):
        Sweep(Points(), Settings(standardise=True), SweepPlan())


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("model", ["line", "mlp"])
def test_too_much_for_the_memory_says_so(model: str, batch_size: int | None) -> None:
    x = np.linspace(-1, 1, 1_000_000)
    with pytest.raises(Problem, match="take too much memory; sweep fewer runs"):
        Sweep(Points(x, x), Settings(model=model, batch_size=batch_size), SweepPlan(runs=MOST_RUNS))


@pytest.mark.parametrize(
    ("what", "low", "high", "runs", "words"),
    [
        (RATE, 0.1, 0.1, 4, "must be below the last"),
        (START, 2.0, 1.0, 4, "must be below the last"),
        (SEED, 2**31 - 2, 0, 4, "begin with a smaller one"),
        (RATE, -1.0, 0.1, 4, "Lowest learning rate"),
        (RATE, 1e-3, 100.0, 4, "Highest learning rate"),
        (RATE, 1e-3, 0.1, 1, "Runs"),
        (RATE, 1e-3, 0.1, 257, "Runs"),
        ("colour", 1e-3, 0.1, 4, "Sweep"),
    ],
)
def test_no_plan_is_made_that_cannot_be(what: str, low: float, high: float, runs: int, words: str) -> None:
    with pytest.raises(Problem, match=words):
        SweepPlan(what, low, high, runs)


@pytest.mark.parametrize("runs", [2, 64, 256])
@pytest.mark.parametrize(("low", "high"), [(1e-6, 10.0), (0.0123, 0.0124), (1e-4, 1e-4 * (1 + 1e-9))])
def test_the_values_are_different_short_and_evenly_spaced(low: float, high: float, runs: int) -> None:
    values = SweepPlan(low=low, high=high, runs=runs).values()
    assert len(np.unique(values)) == runs
    assert low <= values[0] < values[-1] <= high
    assert np.log(values) == pytest.approx(np.log(np.geomspace(low, high, runs)), abs=5e-3)


def test_a_sweep_is_offered_around_a_rate_far_below_the_usual_ones() -> None:
    plan = usual_plan(RATE, Settings(learning_rate=8.1e-19))
    assert (plan.low, plan.high) == (8.1e-20, 8.1e-13)
    assert usual_plan(RATE, Settings()) == SweepPlan(RATE, 1e-4, 10.0)


def test_rates_far_below_the_usual_ones_are_swept_as_single_runs_take_them() -> None:
    """Incomes and what is spent on food, as they are: stable up to 8.1e-7, by the largest eigenvalue."""
    engel = read_points(ENGEL, Reading()).points
    design = np.column_stack((engel.x[:, 0], np.ones(len(engel))))
    limit = 2 / float(np.linalg.eigvalsh(2 / len(engel) * design.T @ design)[-1])
    assert limit == pytest.approx(8.1e-7, rel=0.01)
    settings, plan = Settings(optimizer="sgd"), SweepPlan(RATE, 0.1 * limit, 1.5 * limit, 4, 30)
    sweep = swept(engel, settings, plan)
    first = Trainer(engel, settings).full_loss()
    for value, arrays in zip(sweep.values, sweep.parameters(), strict=True):
        trainer = Trainer(engel, replace(settings, learning_rate=float(value)))
        for _step in range(plan.steps):
            trainer.step()
        for one, other in zip(arrays, trainer.latest.arrays, strict=True):
            assert one == pytest.approx(other, rel=1e-3)
        assert (trainer.full_loss() < first) == (value < limit)


# --- in a thread --------------------------------------------------------------------------------------------


def test_the_worker_comes_to_the_same_numbers() -> None:
    plan = SweepPlan(runs=4, steps=60)
    worker = SweepWorker(POINTS, Settings(), plan, POINTS.x)
    assert worker.latest is None
    worker.play()
    assert worker.wait(30)
    assert worker.complete
    assert worker.latest is not None
    assert np.array_equal(worker.latest.losses, swept(POINTS, Settings(), plan).view(NOWHERE).losses)


def test_a_worker_that_is_paused_goes_on_where_it_was() -> None:
    plan = SweepPlan(runs=4, steps=400)
    worker = SweepWorker(POINTS, Settings(batch_size=7), plan, POINTS.x)
    while not worker.complete:
        worker.play()
        assert worker.pause(30)
        assert not worker.running
    assert worker.latest is not None
    expected = swept(POINTS, Settings(batch_size=7), plan).view(NOWHERE)
    assert np.array_equal(worker.latest.losses, expected.losses)


def test_pausing_ends_the_thread_of_a_sweep_without_an_end() -> None:
    worker = SweepWorker(POINTS, Settings(), SweepPlan(runs=2, steps=1_000_000), POINTS.x)
    worker.play()
    worker.play()
    assert worker.running
    assert worker.pause(30)
    assert not worker.complete
    assert worker.error is None


def test_the_worker_keeps_what_ended_it() -> None:
    worker = SweepWorker(Points(), Settings(), SweepPlan(), np.empty(0))
    worker.play()
    assert worker.wait(30)
    assert isinstance(worker.error, Problem)


def test_where_the_memory_ends_in_mid_sweep_the_worker_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_sweep: Sweep) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.")

    monkeypatch.setattr(sweep_module.Sweep, "advance", fail)
    worker = SweepWorker(POINTS, Settings(), SweepPlan(), np.empty(0))
    worker.play()
    assert worker.wait(30)
    assert isinstance(worker.error, Problem)
    assert "too much memory" in str(worker.error)


def test_seeds_start_alike_in_both_precisions() -> None:
    plan = SweepPlan(SEED, 3, 3, 4, 1)
    single, double = (Sweep(POINTS, Settings("mlp", dtype=dtype), plan) for dtype in ("float32", "float64"))
    for one, other in zip(single.parameters(), double.parameters(), strict=True):
        assert [array.tolist() for array in one] == [array.tolist() for array in other]


def test_nothing_global_is_drawn_from() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    swept(POINTS, Settings(batch_size=7), SweepPlan(SEED, 0, 0, 3, 20))
    assert torch.equal(torch.get_rng_state(), before)
