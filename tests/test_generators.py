"""The ready-made points: what statistics says of them, and that they never change."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment import GENERATORS, Points, generate
from core.experiment.generators import NEAREST_OUTLIER, REACH
from core.problem import Problem

MANY = 20_000

TRUTH = {
    "line": lambda x: 0.3 + 0.8 * x,
    "outliers": lambda x: 0.3 + 0.8 * x,
    "unequal": lambda x: 0.3 + 0.8 * x,
    "parabola": lambda x: np.polyval([0.5, 0, -2], x),
    "sine": lambda x: 2 * np.sin(1.6 * x),
    "step": lambda x: 1.5 * np.sign(x),
}


def residuals(points: Points, key: str) -> np.ndarray:
    return points.y - TRUTH[key](points.x[:, 0])


@pytest.mark.parametrize("key", TRUTH)
def test_without_noise_every_point_lies_on_the_curve(key: str) -> None:
    points = generate(key, {"noise": 0, "outliers": 0, "count": 500})
    assert residuals(points, key) == pytest.approx(0, abs=1e-12)


def test_without_noise_the_clusters_are_three_points() -> None:
    points = generate("clusters", {"noise": 0, "count": 500})
    assert len(np.unique(np.column_stack((points.x, points.y)), axis=0)) == 3


@pytest.mark.parametrize("key", [key for key in TRUTH if key != "unequal"])
def test_the_noise_has_the_deviation_asked_for(key: str) -> None:
    found = residuals(generate(key, {"noise": 0.5, "outliers": 0, "count": MANY}), key)
    error = 0.5 / np.sqrt(MANY)
    assert found.mean() == pytest.approx(0, abs=4 * error)
    assert found.std() == pytest.approx(0.5, abs=4 * error)


def test_the_unequal_noise_grows_from_nothing_to_twice_as_much() -> None:
    points = generate("unequal", {"noise": 0.5, "count": MANY})
    x, found = points.x[:, 0], residuals(points, "unequal")
    thirds = [found[(x > low) & (x < low + 0.2)].std() for low in (-REACH, -0.1, REACH - 0.2)]
    assert thirds == pytest.approx([0.5 * 0.1 / 3, 0.5, 1.0], abs=0.06)


def test_the_clusters_are_as_wide_as_they_are_high() -> None:
    noise = 0.1
    points = generate("clusters", {"noise": noise, "count": MANY})
    x, y = points.x[:, 0], points.y
    for low, high in ((-4, -1), (-0.8, 1.2), (1.2, 4)):
        inside = (x > low) & (x < high)
        assert inside.mean() == pytest.approx(1 / 3, abs=0.02)
        assert (x[inside].std(), y[inside].std()) == pytest.approx((noise, noise), rel=0.05)


@pytest.mark.parametrize("share", [0, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("key", TRUTH)
def test_exactly_the_share_asked_for_lies_far_from_the_curve(key: str, share: float) -> None:
    points = generate(key, {"noise": 0, "outliers": share, "count": 1000})
    far = np.abs(residuals(points, key)) >= NEAREST_OUTLIER
    assert far.sum() == round(1000 * share)
    assert np.abs(residuals(points, key))[~far] == pytest.approx(0, abs=1e-12)


def test_the_outliers_tilt_the_squares_and_not_the_median() -> None:
    points = generate("outliers", {"count": 1000})
    slope = np.polyfit(points.x[:, 0], points.y, 1)[0]
    pairs = np.random.default_rng(5).integers(1000, size=(20_000, 2))
    dx, dy = (values[pairs[:, 0]] - values[pairs[:, 1]] for values in (points.x[:, 0], points.y))
    theil_sen = np.median(dy[dx != 0] / dx[dx != 0])
    assert slope < 0.65
    assert theil_sen == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize("key", GENERATORS)
def test_the_defaults_fill_the_empty_view(key: str) -> None:
    points = generate(key)
    assert len(points) == 120
    assert np.abs(points.x).max() <= REACH + 0.5
    assert np.abs(points.y).max() <= REACH + 1.0
    assert np.ptp(points.x) > REACH
    assert np.ptp(points.y) > REACH


@pytest.mark.parametrize("key", GENERATORS)
def test_the_same_seed_gives_the_same_points_and_another_seed_others(key: str) -> None:
    np.random.seed(1)  # the global state must not matter
    once = generate(key, {"seed": 7})
    np.random.random(5)
    assert generate(key, {"seed": 7}) == once
    assert generate(key, {"seed": 8}) != once


@pytest.mark.parametrize("key", TRUTH)
def test_more_noise_leaves_every_x_of_a_curve_where_it_was(key: str) -> None:
    assert np.array_equal(generate(key, {"noise": 0}).x, generate(key, {"noise": 1}).x)


@pytest.mark.parametrize("key", GENERATORS)
@pytest.mark.parametrize("count", [1, 2, 100_000])
def test_any_count_is_met(key: str, count: int) -> None:
    points = generate(key, {"count": count, "outliers": 0.5})
    assert points.x.shape == (count, 1)


def test_the_source_says_how_to_make_the_points_again() -> None:
    assert generate("sine", {"seed": 3}).source == "generated: sine, seed 3"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"count": 0}, "Number of points must be a whole number from 1 to 100000, not 0"),
        ({"count": 100_001}, "Number of points"),
        ({"noise": -1}, "Noise"),
        ({"noise": float("nan")}, "Noise"),
        ({"outliers": 0.51}, "Share of outliers"),
        ({"seed": -1}, "Seed"),
        ({"cuont": 5}, "did you mean count"),
    ],
)
def test_a_wrong_value_is_a_sentence(values: dict[str, float], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        generate("line", values)


def test_an_unknown_generator_is_a_sentence() -> None:
    with pytest.raises(Problem, match="did you mean line"):
        generate("lines")


@pytest.mark.parametrize("key", GENERATORS)
def test_every_row_says_what_it_is(key: str) -> None:
    row = GENERATORS[key]
    assert row.key == key
    assert row.label
    assert row.tip.endswith(".")
    assert [p.key for p in row.parameters] == ["count", "noise", "outliers", "seed"]
    for parameter in row.parameters:
        assert parameter.check(parameter.default) == parameter.default
        assert parameter.label
        assert parameter.tip.endswith(".")
