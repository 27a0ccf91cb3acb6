"""Planes through parameters: a run's own numbers are found on them, and Li's directions are NumPy's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment import Points, Settings
from core.insight.curves import Line, Network, Polynomial
from core.insight.plane import Plane, line_plane, parameter_names, parameter_plane, path_plane
from core.insight.scaling import no_scaling, standard_scaling
from core.training import Snapshot, Trainer

X = np.random.default_rng(2).uniform(-1.0, 3.0, 25)
WORLDS = {
    "near": Points(X, 1.5 * X - 0.7 + 0.3 * np.sin(9.0 * X)),
    "years": Points(1960.0 + 30.0 * (X - 1.0), 4.0 * X + np.cos(5.0 * X)),
    "large y": Points(X, 1e9 + X + 0.1 * np.sin(9.0 * X)),
    "small": Points(1e-7 * X, 1e-5 * X + 1e-6),
    "constant": Points([3.0] * 25, X),
    "one": Points([2.0], [5.0]),
}
NAMES = ("first", "second")
ENDLESS = Settings(epochs=None, dtype="float64")
START = (0.75, -2.0)


def run(trainer: Trainer, steps: int) -> list[Snapshot]:
    """The start and the next steps."""
    snapshots = [trainer.latest]
    for _step in range(steps):
        trainer.go_on()
        snapshots.append(trainer.step())
    return snapshots


def principal(path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The directions `[2, P]` and the shares of variance of a path, by a singular value decomposition."""
    _left, values, directions = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
    return directions[:2], (values**2 / np.sum(values**2))[:2]


def walk(steps: int, size: int, seed: int = 0, wide: float = 1.0) -> np.ndarray:
    """A curved path of parameters away from 0."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0.0, 3.0, steps)[:, None]
    return 5.0 + time * rng.normal(size=size) + wide * np.sin(2.0 * time) * rng.normal(size=size)


# --- the line -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("world", WORLDS)
def test_a_lines_parameters_are_found_as_w_and_b_of_the_data(world: str, standardise: bool) -> None:
    settings = replace(ENDLESS, standardise=standardise, start="own", start_values=START)
    trainer = Trainer(WORLDS[world], settings)
    snapshots = run(trainer, 12)
    plane = line_plane(trainer.curve, trainer.scaling)
    assert (plane.names, plane.shares) == (("w", "b"), None)
    places = plane.places(trainer.path.way().numbers)
    if trainer.stopped != "diverged":
        assert len(places) == len(snapshots)
    for (u, v), snapshot in zip(places, snapshots, strict=False):
        w, b = snapshot.parameters["w"], snapshot.parameters["b"]
        size = max(abs(trainer.scaling.y_mean), abs(float(w)) * abs(trainer.scaling.x_mean[0]), abs(b))
        assert u == pytest.approx(w, rel=1e-9)
        assert v == pytest.approx(b, rel=1e-9, abs=1e-14 * size)
        assert plane.at(w, b) == pytest.approx([n for a in snapshot.arrays for n in a.ravel()], rel=1e-7)


@pytest.mark.parametrize("world", ["near", "years", "large y"])
def test_a_step_of_a_standardised_line_is_as_long_as_w_and_b_say(world: str) -> None:
    trainer = Trainer(WORLDS[world], replace(ENDLESS, standardise=True, learning_rate=0.1))
    before, after = run(trainer, 1)
    plane = line_plane(trainer.curve, trainer.scaling)
    numbers = trainer.path.way().numbers
    weight, bias = numbers[1] - numbers[0]
    scaling = trainer.scaling
    w = weight * scaling.y_scale / scaling.x_scale[0]
    b = bias * scaling.y_scale - w * scaling.x_mean[0]
    assert plane.shift(numbers[1] - numbers[0]) == pytest.approx((w, b), rel=1e-9)
    assert w == pytest.approx(after.parameters["w"] - before.parameters["w"], rel=1e-6)


def test_the_best_line_is_where_its_own_w_and_b_are_however_far_y_lies_from_0() -> None:
    data = WORLDS["large y"]
    scaling = standard_scaling(data.x, data.y)
    w, b = np.polyfit(data.x[:, 0], data.y - 1e9, 1)
    x_mean, x_scale = scaling.x_mean[0], scaling.x_scale[0]
    by_hand = [w * x_scale / scaling.y_scale, (b + (1e9 - scaling.y_mean) + w * x_mean) / scaling.y_scale]
    plane = line_plane(Line({}), scaling)
    assert plane.at(w, b + 1e9) == pytest.approx(by_hand, abs=1e-5)
    assert plane.places(np.array([by_hand]))[0] == pytest.approx([w, b + 1e9], rel=1e-13)


finite = st.floats(-1e6, 1e6)


@given(finite, finite, st.floats(-1e4, 1e4), st.floats(1e-3, 1e3), st.floats(-1e4, 1e4), st.floats(1e-3, 1e3))
def test_what_is_at_a_place_is_found_there(
    u: float, v: float, x_mean: float, x_scale: float, y_mean: float, y_scale: float
) -> None:
    scaling = replace(
        no_scaling(1), x_mean=np.array([x_mean]), x_scale=np.array([x_scale]), y_mean=y_mean, y_scale=y_scale
    )
    plane = line_plane(Line({}), scaling)
    found_u, found_v = plane.places(plane.at(u, v)[None])[0]
    assert found_u == pytest.approx(u, rel=1e-9, abs=1e-12)
    assert found_v == pytest.approx(v, rel=1e-9, abs=1e-11 * max(abs(u * x_mean), abs(y_mean), y_scale))


# --- any two parameters -------------------------------------------------------------------------------------


CURVES: list[Any] = [
    pytest.param({"model": "line"}, ["w", "b"], id="line"),
    pytest.param({"model": "polynomial"}, ["w1", "w2", "w3", "b"], id="cubic"),
    pytest.param({"model": "polynomial", "options": {"polynomial.degree": 1}}, ["w1", "b"], id="degree 1"),
    pytest.param(
        {"model": "mlp", "options": {"mlp.width": 2, "mlp.layers": 2}},
        [f"w1[{k}, 0]" for k in (0, 1)]
        + ["b1[0]", "b1[1]"]
        + [f"w2[{k}]" for k in ("0, 0", "0, 1", "1, 0", "1, 1")]
        + ["b2[0]", "b2[1]", "w3[0, 0]", "w3[0, 1]", "b3[0]"],
        id="network",
    ),
    pytest.param(
        {"model": "mlp", "options": {"mlp.width": 1}}, ["w1[0, 0]", "b1[0]", "w2[0, 0]", "b2[0]"], id="one"
    ),
]


@pytest.mark.parametrize(("choices", "names"), CURVES)
def test_the_names_are_those_of_the_parameters_in_their_order(
    choices: dict[str, Any], names: list[str]
) -> None:
    trainer = Trainer(WORLDS["near"], replace(ENDLESS, **choices))
    snapshot = run(trainer, 3)[-1]
    found = parameter_names(trainer.curve)
    assert list(found) == names
    assert len(found) == len(snapshot.numbers())
    for name, number in zip(found, snapshot.numbers(), strict=True):
        key, _bracket, place = name.rstrip("]").partition("[")
        if place:
            value = np.asarray(snapshot.parameters[key])[tuple(int(part) for part in place.split(", "))]
        elif key in snapshot.parameters:
            value = snapshot.parameters[key]
        else:
            value = np.asarray(snapshot.parameters[key[0]])[int(key[1:]) - 1]
        assert value == number


def test_each_weight_of_several_columns_has_a_name() -> None:
    assert parameter_names(Line({}, 3)) == ("w1", "w2", "w3", "b")
    named = parameter_names(Network({"width": 1, "layers": 1, "activation": "tanh"}, 2))
    assert named == ("w1[0, 0]", "w1[0, 1]", "b1[0]", "w2[0, 0]", "b2[0]")
    assert parameter_names(Polynomial({"degree": 2})) == ("w1", "w2", "b")


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (5, 30), (48, 2)])
def test_two_parameters_move_alone_and_are_read_off_exactly(first: int, second: int) -> None:
    trainer = Trainer(WORLDS["near"], replace(ENDLESS, model="mlp", dtype="float32"))
    numbers = trainer.path.way().numbers[0]
    kept = numbers.copy()
    plane = parameter_plane(trainer.curve, numbers, first, second)
    names = parameter_names(trainer.curve)
    assert plane.names == (names[first], names[second])
    assert plane.places(numbers[None]).tolist() == [[numbers[first], numbers[second]]]
    at = plane.at(0.25, -7.0)
    expected = kept.astype(np.float64)
    expected[first], expected[second] = 0.25, -7.0
    assert at.tolist() == expected.tolist()
    assert plane.shift(expected) == (0.25, -7.0)
    assert np.array_equal(numbers, kept)


# --- along a path -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("steps", "size"), [(3, 2), (3, 40), (50, 4), (300, 49), (400, 7)])
def test_the_directions_and_shares_are_those_of_the_singular_values(steps: int, size: int, seed: int) -> None:
    path = walk(steps, size, seed)
    kept = path.copy()
    plane = path_plane(path[-1], path, NAMES)
    assert plane is not None
    assert np.array_equal(path, kept)
    directions, shares = principal(path)
    np.testing.assert_allclose(np.abs(np.sum(plane.along * directions, axis=1)), 1.0, rtol=1e-9)
    np.testing.assert_allclose(plane.along @ plane.along.T, np.eye(2), atol=1e-9)
    assert plane.shares == pytest.approx(shares, rel=1e-9)
    assert plane.names == NAMES
    expected = (path - path[0]) @ plane.along.T
    np.testing.assert_allclose(plane.places(path), expected, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(plane.at(*expected[-1]), path[-1], rtol=1e-9, atol=1e-9)


def test_the_directions_are_the_eigenvectors_of_the_covariance_of_a_real_run() -> None:
    trainer = Trainer(WORLDS["near"], replace(ENDLESS, model="mlp", batch_size=5))
    run(trainer, 200)
    path = trainer.path.way().numbers
    plane = path_plane(path[-1], path, NAMES)
    assert plane is not None
    variances, vectors = np.linalg.eigh(np.cov(path.T))
    for row, place in enumerate((-1, -2)):
        assert np.abs(plane.along[row] @ vectors[:, place]) == pytest.approx(1.0, rel=1e-9)
        assert plane.shares is not None
        assert plane.shares[row] == pytest.approx(variances[place] / variances.sum(), rel=1e-9)


def test_a_long_path_gives_nearly_the_directions_of_all_its_steps() -> None:
    path = walk(5_003, 9)
    plane = path_plane(path[0], path, NAMES)
    assert plane is not None
    directions, shares = principal(path)
    assert np.abs(np.sum(plane.along * directions, axis=1)) == pytest.approx([1.0, 1.0], abs=1e-3)
    assert plane.shares == pytest.approx(shares, rel=0.02)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_the_directions_point_where_they_did_before(signs: tuple[int, int]) -> None:
    path = walk(60, 12)
    first = path_plane(path[-1], path, NAMES)
    assert first is not None
    before = Plane(first.origin, first.along * np.array(signs)[:, None], NAMES)
    longer = walk(70, 12)
    after = path_plane(longer[-1], longer, NAMES, before)
    assert after is not None
    assert (np.sum(after.along * before.along, axis=1) > 0.9).all()


def is_numpys(found: Plane, path: np.ndarray) -> None:
    """The directions and shares are those of the singular values, in either order and of either sense."""
    directions, shares = principal(path)
    assert found.shares is not None
    order = [0, 1] if found.shares[0] >= found.shares[1] else [1, 0]
    assert found.shares == pytest.approx(shares[order], rel=1e-6)
    np.testing.assert_allclose(np.abs(np.sum(found.along * directions[order], axis=1)), 1.0, rtol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_on_a_path_that_grows_the_directions_are_numpys_and_none_turns_round(seed: int) -> None:
    path, before = walk(160, 9, seed), None
    for steps in range(20, 160, 7):
        found = path_plane(path[steps - 1], path[:steps], NAMES, before)
        assert found is not None
        is_numpys(found, path[:steps])
        if before is not None:
            assert (np.sum(found.along * before.along, axis=1) > 0.7).all()
        before = found


def test_where_the_shares_cross_the_directions_keep_their_places() -> None:
    """A path that swings along one side, and more and more along another."""
    sides = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 2)))[0].T
    step = np.arange(90.0)
    way = np.column_stack((np.cos(step), 0.05 * step * np.cos(1.7 * step))) @ sides
    before, orders = path_plane(way[11], way[:12], NAMES), []
    assert before is not None
    for steps in range(13, 90):
        found = path_plane(way[steps - 1], way[:steps], NAMES, before)
        assert found is not None
        is_numpys(found, way[:steps])
        assert (np.sum(found.along * before.along, axis=1) > 0.7).all()
        orders.append(found.shares is not None and found.shares[0] >= found.shares[1])
        before = found
    assert orders[0]
    assert not orders[-1]


def test_the_plane_of_another_model_turns_nothing() -> None:
    path = walk(20, 6)
    alone = path_plane(path[0], path, NAMES)
    beside = path_plane(path[0], path, NAMES, Plane(np.zeros(4), np.eye(2, 4), NAMES))
    assert alone is not None
    assert beside is not None
    assert np.array_equal(alone.along, beside.along)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_too_short_a_path_has_no_plane(steps: int) -> None:
    assert path_plane(np.zeros(5), walk(9, 5)[:steps], NAMES) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", [0.0, 1e-30, 0.3, 1e30])
def test_a_path_that_stands_still_has_no_plane(value: float, dtype: str) -> None:
    assert path_plane(np.full(5, value), np.full((50, 5), value, dtype), NAMES) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("steps", [3, 20, 400, 3_000])
@pytest.mark.parametrize("size", [2, 7, 200])
def test_a_straight_path_has_no_plane(steps: int, size: int, dtype: str) -> None:
    rng = np.random.default_rng(size)
    path = rng.normal(size=size) + np.sort(rng.random(steps))[:, None] * rng.normal(size=size)
    assert path_plane(path[0], path.astype(dtype), NAMES) is None


@pytest.mark.parametrize("wide", [1e-4, 1e-3, 1.0])
def test_a_path_that_bends_a_little_has_its_plane(wide: float) -> None:
    path = walk(100, 8, wide=wide)
    plane = path_plane(path[0], path, NAMES)
    assert plane is not None
    directions, shares = principal(path)
    np.testing.assert_allclose(np.abs(np.sum(plane.along * directions, axis=1)), 1.0, rtol=1e-6)
    assert plane.shares == pytest.approx(shares, rel=1e-4)


@pytest.mark.parametrize("scale", [1e-100, 1e-20, 1e20, 1e150, 1e300])
def test_the_size_of_the_parameters_does_not_matter(scale: float) -> None:
    path = walk(40, 5)
    near, far = path_plane(path[0], path, NAMES), path_plane(scale * path[0], scale * path, NAMES)
    assert near is not None
    assert far is not None
    np.testing.assert_allclose(np.abs(np.sum(near.along * far.along, axis=1)), 1.0, rtol=1e-9)
    assert far.shares == pytest.approx(near.shares, rel=1e-9)


def test_one_parameter_alone_spans_no_plane() -> None:
    assert path_plane(np.zeros(1), np.arange(9.0)[:, None] ** 2, NAMES) is None
