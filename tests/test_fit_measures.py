"""How well a fit fits: numpy's numbers, for the points of training and for those held out."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment import Points
from core.insight.fit_measures import Measures, measures

RANDOM = np.random.default_rng(7)
POINTS = Points(RANDOM.normal(size=40), RANDOM.normal(size=40))
MASK = np.arange(40) % 4 == 1


def predict(x: np.ndarray) -> np.ndarray:
    return 0.3 * x[:, 0] + 0.1


def by_numpy(mask: np.ndarray) -> Measures:
    y = POINTS.y[mask]
    away = y - predict(POINTS.x[mask])
    return Measures(1 - np.mean(away**2) / np.var(y), np.sqrt(np.mean(away**2)), np.mean(np.abs(away)))


def test_each_part_has_measures_of_its_own() -> None:
    training, held_out = measures(POINTS, MASK, predict)
    assert held_out is not None
    assert training == pytest.approx(by_numpy(~MASK))
    assert held_out == pytest.approx(by_numpy(MASK))


@pytest.mark.parametrize("none", [None, np.zeros(40, dtype=bool)])
def test_without_held_out_points_all_are_of_training(none: np.ndarray | None) -> None:
    training, held_out = measures(POINTS, none, predict)
    assert training == pytest.approx(by_numpy(np.ones(40, dtype=bool)))
    assert held_out is None


def test_one_point_alone_has_no_r2_but_a_distance() -> None:
    training, _held_out = measures(Points([1.0], [2.0]), None, lambda x: 0 * x[:, 0])
    assert training == Measures(None, 2.0, 2.0)
