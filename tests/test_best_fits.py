"""The best fit by every loss: against trial of all lines, general solvers, torch, and the dual problem."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from core.choices import LOSSES
from core.experiment import Points, Settings
from core.insight.best_fit import Cancelled
from core.insight.curves import Curve, Line, Polynomial, in_a_row
from core.insight.optimum import Optimum, optimum
from core.insight.scaling import no_scaling, standard_scaling
from core.insight.theory import theory
from core.training import Snapshot, Trainer
from tests.lines import absolute, best_line, tilted

Floats = NDArray[np.float64]

LINES: list[Curve] = [Line({})]
RANDOM = np.random.default_rng(4)
X = RANDOM.uniform(-2, 3, 40)
POINTS = Points(X, 3 * np.sin(X) + RANDOM.standard_t(1.5, 40))
CASES: list[tuple[str, dict[str, float]]] = [
    ("mse", {}),
    ("mae", {}),
    ("quantile", {"quantile.quantile": 0.5}),
    ("quantile", {"quantile.quantile": 0.05}),
    ("quantile", {"quantile.quantile": 0.9}),
    ("huber", {"huber.delta": 1.0}),
    ("huber", {"huber.delta": 0.01}),
    ("huber", {"huber.delta": 1e6}),
    ("smooth_l1", {"smooth_l1.beta": 0.5}),
    ("smooth_l1", {"smooth_l1.beta": 1e-9}),
    ("log_cosh", {"log_cosh.scale": 1.0}),
    ("log_cosh", {"log_cosh.scale": 0.02}),
    ("log_cosh", {"log_cosh.scale": 50.0}),
]
SMOOTH = [
    case for case in CASES if case[0] in ("huber", "smooth_l1", "log_cosh") and min(case[1].values()) > 0.1
]
each_case = pytest.mark.parametrize(("loss", "options"), CASES, ids=str)
values = st.one_of(st.integers(-3, 3).map(float), st.floats(-50, 50, width=32))


def best(points: Points, curve: Curve | None = None, loss: str = "mae", **options: float) -> Optimum:
    found = optimum(points, curve or Line({}), Settings(loss=loss, options=dict(options)))
    assert found is not None
    return found


def trained_at(points: Points, numbers: tuple[float, ...], **changes: Any) -> Trainer:
    """A run in float64 that stands at these parameters, in the units of the data."""
    return Trainer(points, Settings(dtype="float64", start="own", start_values=numbers, **changes))


def snapshot_at(numbers: Floats, curve: Curve, points: Points) -> Snapshot:
    scaling = no_scaling(points.x.shape[1])
    return Snapshot(1, 1, 1, 0.0, tuple(curve.from_data_units(numbers, scaling)), curve, scaling, "cpu", 0.1)


# --- the loss is the least ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(values, values), min_size=2, max_size=9), st.sampled_from([None, 0.5, 0.2, 0.97]))
def test_by_absolute_errors_no_line_through_two_points_is_better(
    pairs: list[tuple[float, float]], quantile: float | None
) -> None:
    x, y = np.array(pairs).T
    if np.ptp(x) < 1e-3:
        return
    name, given, cost = (
        ("mae", {}, absolute)
        if quantile is None
        else (
            "quantile",
            {"quantile.quantile": quantile},
            tilted(quantile),
        )
    )
    found = best(Points(x, y), loss=name, **given)
    least, _slope, _intercept = best_line(x, y, cost)
    assert found.loss == pytest.approx(least, rel=1e-9, abs=1e-11 * (1 + np.abs(y).max()))
    assert 0 <= found.gap <= 1e-9 * found.loss + 1e-11 * (1 + np.abs(y).max())


@pytest.mark.parametrize("degree", [1, 4, 9])
@pytest.mark.parametrize("quantile", [0.5, 0.8])
def test_a_polynomial_by_quantile_is_that_of_the_linear_programme_written_out(
    degree: int, quantile: float
) -> None:
    found = best(POINTS, Polynomial({"degree": degree}), "quantile", **{"quantile.quantile": quantile})
    n, x = len(X), (X - X.mean()) / X.std()
    one = np.eye(n)
    design = np.vander(x, degree + 1)
    written = linprog(
        np.concatenate((np.zeros(degree + 1), np.full(n, quantile), np.full(n, 1 - quantile))),
        A_eq=np.hstack((design, one, -one)),
        b_eq=POINTS.y,
        bounds=[(None, None)] * (degree + 1) + [(0, None)] * (2 * n),
    )
    assert found.loss == pytest.approx(written.fun / n, rel=1e-8)


@pytest.mark.parametrize(("loss", "options"), SMOOTH, ids=str)
@pytest.mark.parametrize("curve", [Line({}), Polynomial({"degree": 5})], ids=["line", "polynomial"])
def test_a_general_solver_finds_nothing_lower_from_anywhere(
    loss: str, options: dict[str, float], curve: Curve
) -> None:
    found = best(POINTS, curve, loss, **options)
    row, values = LOSSES[loss], Settings(loss=loss, options=options).values("loss")
    design = np.vander(X, curve.count(), increasing=True)
    criterion = Trainer(POINTS, Settings(loss=loss, options=options, dtype="float64")).fit.compare

    def evaluated(numbers: Floats) -> tuple[float, Floats]:
        theta = torch.tensor(numbers, requires_grad=True)
        value = criterion((torch.tensor(design) @ theta)[:, None], torch.tensor(POINTS.y)[:, None])
        value.backward()
        assert theta.grad is not None
        return value.item(), theta.grad.numpy()

    assert row.key == loss
    assert values
    for start in (np.zeros(curve.count()), np.full(curve.count(), 2.0)):
        other = minimize(evaluated, start, jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 5000})
        assert found.loss <= other.fun * (1 + 1e-12)
        assert found.loss == pytest.approx(other.fun, rel=1e-6)


@pytest.mark.parametrize("standardise", [False, True])
@each_case
def test_the_loss_is_the_one_that_training_shows_there(
    loss: str, options: dict[str, float], standardise: bool
) -> None:
    points = Points(1000 + 50 * X, 1e5 * POINTS.y)
    found = best(points, Polynomial({"degree": 2}), loss, **options)
    trainer = trained_at(
        points,
        in_a_row(found.parameters),
        loss=loss,
        options=options | {"polynomial.degree": 2},
        model="polynomial",
        standardise=standardise,
    )
    assert trainer.full_loss() == pytest.approx(found.loss, rel=1e-8)
    now = found.distance(trainer.latest)
    assert 0 <= now.excess <= 1e-8 * found.loss


@pytest.mark.parametrize(("loss", "options"), SMOOTH, ids=str)
def test_lbfgs_comes_to_the_same_parameters(loss: str, options: dict[str, float]) -> None:
    found = best(POINTS, Line({}), loss, **options)
    trainer = Trainer(
        POINTS,
        Settings(
            loss=loss, options=options, dtype="float64", optimizer="lbfgs", learning_rate=0.5, steps=200
        ),
    )
    while trainer.stopped is None:
        trainer.step()
    assert in_a_row(trainer.latest.parameters) == pytest.approx(in_a_row(found.parameters), rel=1e-3)
    assert found.loss <= trainer.full_loss() <= found.loss * (1 + 1e-7)


def test_several_columns_are_fitted_robustly() -> None:
    x = RANDOM.normal(size=(60, 3))
    y = x @ [1.0, -2.0, 0.5] + 4
    y[:20] += 1000 * RANDOM.random(20)
    found = best(Points(x, y), Line({}, 3))
    assert in_a_row(found.parameters) == pytest.approx([1.0, -2.0, 0.5, 4.0])


# --- what certifies it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [7, 300, 3_000, 25_000])
@pytest.mark.parametrize(("loss", "options"), [case for case in CASES if case[0] != "mse"], ids=str)
def test_weights_prove_that_nothing_is_lower(loss: str, options: dict[str, float], count: int) -> None:
    """Weights u in the slopes of the loss, orthogonal to all a line can do, bound its loss from below."""
    random = np.random.default_rng(count)
    x = random.uniform(-1, 1, count)
    y = np.round(2 * x + random.standard_t(2, count), 2)
    found = best(Points(x, y), Line({}), loss, **options)
    u, scale = found.weights, found.scaling.y_scale
    assert np.abs([u.sum(), u @ x]).max() <= 1e-9 * count
    quantile = options.get("quantile.quantile")
    low, high = (-1.0, 1.0) if quantile is None else (quantile - 1, quantile)
    assert low - 1e-12 <= u.min() <= u.max() <= high + 1e-12
    # The conjugates of r, of Huber's knee and of log cosh, from the textbooks, and the dual objective.
    knee = next((value for key, value in options.items() if "quantile" not in key), 0.0) / scale
    conjugate: Floats = np.zeros(count)
    if loss == "log_cosh":
        sides = np.stack((1 + u, 1 - u))
        conjugate = knee * np.sum(sides * np.log1p(np.maximum(sides - 1, -1 + 1e-16)), axis=0) / 2
    elif quantile is None:
        conjugate = knee * u**2 / 2
    bound = float(np.mean(u * y / scale - conjugate)) * scale
    unit = knee * scale if loss in ("huber", "log_cosh") else 1.0
    assert bound * unit == pytest.approx(found.loss, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CASES), st.floats(-5, 5), st.floats(-5, 5))
def test_the_excess_is_the_difference_of_the_losses_and_never_negative(
    case: tuple[str, dict[str, float]], w: float, b: float
) -> None:
    loss, options = case
    found = best(POINTS, Line({}), loss, **options)
    trainer = trained_at(POINTS, (w, b), loss=loss, options=options)
    excess = found.excess(trainer.latest)
    assert excess >= 0
    assert excess == pytest.approx(trainer.full_loss() - found.loss, rel=1e-7, abs=1e-9 * found.loss)


@each_case
def test_very_near_the_optimum_the_excess_is_next_to_nothing(loss: str, options: dict[str, float]) -> None:
    found = best(POINTS, Line({}), loss, **options)
    w, b = in_a_row(found.parameters)
    near = found.distance(snapshot_at(np.array([w, b + 1e-9]), Line({}), POINTS))
    assert 0 <= near.excess <= 1e-8 * found.loss
    assert near.rms == pytest.approx(1e-9, rel=1e-4)


# --- what it is not asked to be ----------------------------------------------------------------------------


def test_an_even_number_of_points_at_one_place_has_many_medians() -> None:
    found = best(Points([3.0] * 4, [1.0, 2.0, 5.0, 9.0]))
    assert found.loss == pytest.approx(2.75)
    assert found.free == 2  # along the line through x = 3, and up and down between 2 and 5
    assert (
        found.distance(snapshot_at(np.zeros(2), Line({}), found_points := Points([3.0], [1.0]))).rms is None
    )
    assert len(found_points) == 1
    odd = best(Points([3.0] * 5, [1.0, 2.0, 5.0, 9.0, 9.5]))
    assert odd.free == 1
    assert odd.predict(np.array([3.0])) == pytest.approx([5.0])


def test_a_band_between_two_rows_of_points_is_full_of_best_lines() -> None:
    x = np.repeat([0.0, 1.0, 2.0], 2)
    found = best(Points(x, np.tile([0.0, 1.0], 3)))
    assert found.loss == pytest.approx(0.5)
    assert found.free == 2
    assert best(Points(x[:5], np.tile([0.0, 1.0], 3)[:5])).free < 2


def test_huber_has_many_best_fits_where_all_points_are_far() -> None:
    points = Points([0.0, 0.0, 1.0, 1.0], [0.0, 9.0, 0.0, 9.0])
    assert best(points, loss="huber", **{"huber.delta": 1.0}).free == 2
    assert best(points, loss="huber", **{"huber.delta": 5.0}).unique
    assert best(points, loss="log_cosh").unique


@each_case
def test_fewer_points_than_parameters_are_met(loss: str, options: dict[str, float]) -> None:
    found = best(Points([0.0, 1.0, 2.0], [1.0, 0.0, 5.0]), Polynomial({"degree": 5}), loss, **options)
    assert found.exact
    assert found.free == 3
    assert found.predict(np.array([0.0, 1.0, 2.0])) == pytest.approx([1.0, 0.0, 5.0], abs=1e-9)


@each_case
@pytest.mark.parametrize("size", [1e-20, 1e-5, 1e5, 1e20])
def test_the_units_of_the_data_do_not_matter(loss: str, options: dict[str, float], size: float) -> None:
    y = POINTS.y * size
    lengths = {key: value if "quantile" in key else value * size for key, value in options.items()}
    if max(lengths.values(), default=0) > 1e12:
        return
    found, plain = best(Points(X, y), Line({}), loss, **lengths), best(POINTS, Line({}), loss, **options)
    assert found.predict(X) == pytest.approx(plain.predict(X) * size, rel=1e-6, abs=1e-6 * size)


def test_an_outlier_of_a_million_leaves_the_line_its_digits() -> None:
    x = np.arange(20.0)
    y = 2 * x + 1
    y[3], y[7:9] = 1e9, (60.0, -8.0)
    found = best(Points(x, y))
    assert in_a_row(found.parameters) == pytest.approx([2.0, 1.0], rel=1e-6)


def test_many_points_that_lie_on_one_line_but_for_some_are_no_hindrance() -> None:
    x = np.tile(np.arange(10.0), 3_000)
    y = np.round(3 * x - 7)
    y[::7] += RANDOM.integers(1, 50, len(y[::7]))
    found = best(Points(x, y))
    assert in_a_row(found.parameters) == pytest.approx([3.0, -7.0])
    assert found.unique


def test_a_loss_of_nothing_but_its_parameters_follows_them() -> None:
    lines = [
        theory(POINTS, Settings(loss="quantile", options={"quantile.quantile": q})).optimum
        for q in (0.1, 0.5, 0.9)
    ]
    shares = [np.mean(POINTS.y < line.predict(X) - 1e-9) for line in lines if line is not None]
    assert shares == pytest.approx([0.1, 0.5, 0.9], abs=2 / len(X))


@pytest.mark.parametrize("loss", ["mae", "huber"])
def test_a_search_that_nobody_wants_any_more_ends(loss: str) -> None:
    x = RANDOM.normal(size=30_000)
    asked = threading.Event()

    def stop() -> bool:
        wanted_before = asked.is_set()
        asked.set()
        return wanted_before

    with pytest.raises(Cancelled):
        optimum(Points(x, np.sin(x)), Polynomial({"degree": 3}), Settings(loss=loss), stop)


def test_a_theory_without_a_search_says_so() -> None:
    found = theory(POINTS, Settings(loss="mae"), search=False)
    assert found.pending
    assert found.optimum is None
    known = found.with_optimum(best(POINTS))
    assert not known.pending
    assert known.why_no_optimum == ""
    assert not theory(POINTS, Settings(), search=False).pending
    penalised = theory(POINTS, Settings(loss="mae", l1=0.1), search=False).with_optimum(best(POINTS))
    assert penalised.optimum is None
    assert penalised.bound is not None
    assert standard_scaling(POINTS.x, POINTS.y).y_scale > 0
