"""How well a fit fits: numpy's numbers, for the points of training and for those held out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.experiment import Points, Settings
from core.insight.fit_measures import Measures, measures

RANDOM = np.random.default_rng(7)
POINTS = Points(RANDOM.normal(size=40), RANDOM.normal(size=40))
MASK = np.arange(40) % 4 == 1

# Of residuals r: the losses of the tables at their defaults, each written anew.
LOSSES: dict[str, Callable[[np.ndarray], float]] = {
    "mse": lambda r: float(np.mean(r**2)),
    "mae": lambda r: float(np.mean(np.abs(r))),
    "huber": lambda r: float(np.mean(np.where(np.abs(r) < 1, r**2 / 2, np.abs(r) - 0.5))),
    "smooth_l1": lambda r: float(np.mean(np.where(np.abs(r) < 1, r**2 / 2, np.abs(r) - 0.5))),
    "log_cosh": lambda r: float(np.mean(np.log(np.cosh(r)))),
    "quantile": lambda r: float(np.mean(np.abs(r)) / 2),
}


def predict(x: np.ndarray) -> np.ndarray:
    return 0.3 * x[:, 0] + 0.1


def by_numpy(mask: np.ndarray, loss: str = "mse") -> Measures:
    y = POINTS.y[mask]
    away = y - predict(POINTS.x[mask])
    r2 = 1 - np.mean(away**2) / np.var(y)
    return Measures(len(y), LOSSES[loss](away), r2, np.sqrt(np.mean(away**2)), np.mean(np.abs(away)))


@pytest.mark.parametrize("loss", LOSSES)
def test_each_part_has_measures_of_its_own(loss: str) -> None:
    training, held_out = measures(POINTS, Settings(loss=loss, l1=7.0), MASK, predict)
    assert held_out is not None
    assert training == pytest.approx(by_numpy(~MASK, loss))
    assert held_out == pytest.approx(by_numpy(MASK, loss))


@pytest.mark.parametrize("none", [None, np.zeros(40, dtype=bool)])
def test_without_held_out_points_all_are_of_training(none: np.ndarray | None) -> None:
    training, held_out = measures(POINTS, Settings(), none, predict)
    assert training == pytest.approx(by_numpy(np.ones(40, dtype=bool)))
    assert held_out is None


def test_one_point_alone_has_no_r2_but_a_distance() -> None:
    training, _held_out = measures(Points([1.0], [2.0]), Settings(), None, lambda x: 0 * x[:, 0])
    assert training == Measures(1, 4.0, None, 2.0, 2.0)


def test_what_is_too_large_to_square_has_no_loss_but_a_distance() -> None:
    training, _held_out = measures(Points([1.0], [1e200]), Settings(), None, lambda x: 0 * x[:, 0])
    assert training == Measures(1, None, None, 1e200, 1e200)


@pytest.mark.parametrize(("dtype", "away"), [("float32", 2e-8), ("float64", 1e-17)])
def test_a_fit_that_meets_every_point_in_the_precision_of_the_run_is_exact(dtype: str, away: float) -> None:
    """PyTorch finds a loss of exactly 0 there, and the curve says so."""
    points = Points([1.0, 2.0, 3.0], [0.5, 1.0, 1.5])
    settings = Settings(dtype=dtype)
    exact, _held_out = measures(points, settings, None, lambda x: x[:, 0] / 2 + away)
    assert exact == Measures(3, 0.0, 1.0, 0.0, 0.0)
    beside, _held_out = measures(points, settings, None, lambda x: x[:, 0] / 2 + away * 1e3)
    assert beside.rmse == pytest.approx(away * 1e3, rel=0.1)
    assert beside.loss == pytest.approx((away * 1e3) ** 2, rel=0.2)


def test_a_part_that_is_met_is_exact_also_where_the_other_is_not() -> None:
    points, hidden = Points([1.0, 2.0, 3.0], [0.5, 1.0, 9.0]), np.array([False, False, True])
    training, held_out = measures(points, Settings(), hidden, lambda x: x[:, 0] / 2 + 1e-8)
    assert training == Measures(2, 0.0, 1.0, 0.0, 0.0)
    assert held_out is not None
    assert held_out.rmse == pytest.approx(7.5)
