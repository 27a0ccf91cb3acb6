"""What is found out about a view: heights between the cells, what decides it, the sentence for a slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.landscape import landscape
from core.insight.objective import Objective
from core.insight.plane import Plane, line_plane, parameter_plane
from core.insight.theory import theory
from core.training import Trainer
from gui.plots.contour_map import DECADES
from gui.survey import Survey, best_numbers, slice_sentence, survey, what_decides
from gui.theme import Theme
from tests.lines import best_line

Floats = NDArray[np.float64]

X = np.linspace(-2.0, 2.0, 12)
POINTS = Points(X, 2.0 * X + 1.0 + 0.3 * np.sin(7.0 * X))
SETTINGS = Settings(dtype="float64", epochs=None)
VIEW = ((-1.0, 4.0), (-2.0, 3.0))


def objective(settings: Settings = SETTINGS, points: Points = POINTS) -> Objective:
    """What makes the loss of a run that has just begun."""
    trainer = Trainer(points, settings)
    return Objective(points, settings, trainer.curve, trainer.scaling)


def found(settings: Settings = SETTINGS, points: Points = POINTS, plane: Plane | None = None) -> Survey:
    own = objective(settings, points)
    plane = plane or line_plane(own.curve, own.scaling)
    return survey(own, plane, VIEW, Theme().heights)


def best(settings: Settings = SETTINGS, plane: Plane | None = None) -> Floats | None:
    """Where the best parameters fall on a plane, as (u, v)."""
    own = objective(settings)
    plane = plane or line_plane(own.curve, own.scaling)
    numbers = best_numbers(own, theory(POINTS, settings, own.scaling).optimum)
    return None if numbers is None else np.asarray(plane.places(numbers[None])[0])


@pytest.fixture(scope="module")
def bowl() -> Survey:
    return found()


# --- heights ------------------------------------------------------------------------------------------------


def test_at_the_cells_the_surface_has_the_logarithms_of_the_losses(bowl: Survey) -> None:
    grid = np.stack(np.meshgrid(bowl.landscape.u, bowl.landscape.v), axis=-1)
    logs = np.log10(bowl.landscape.losses)
    assert (logs > logs.max() - DECADES).all()
    assert bowl.heights(grid.reshape(-1, 2)) == pytest.approx(logs.ravel(), abs=1e-9)
    assert bowl.surface().height == pytest.approx(logs)


def test_between_them_it_is_linear_along_each_axis(bowl: Survey) -> None:
    """Against np.interp, along u in the two rows and then between them."""
    rng = np.random.default_rng(1)
    places = np.column_stack((rng.uniform(*VIEW[0], 200), rng.uniform(*VIEW[1], 200)))
    expected = []
    for u, v in places:
        column = np.array([np.interp(u, bowl.picture.u, row) for row in bowl.height])
        expected.append(np.interp(v, bowl.picture.v, column))
    assert bowl.heights(places) == pytest.approx(np.array(expected), abs=1e-9)


def test_at_the_edges_there_is_a_height_and_beside_them_none(bowl: Survey) -> None:
    (left, right), (low, high) = VIEW
    corners = np.array([[left, low], [right, high], [left, high], [right, low]])
    assert np.isfinite(bowl.heights(corners)).all()
    beside = np.array([[left - 0.01, 0.0], [right + 0.01, 0.0], [0.0, high + 1], [np.nan, 0], [np.inf, 0]])
    assert np.isnan(bowl.heights(beside)).all()
    assert bowl.heights(np.empty((0, 2))).shape == (0,)


def test_the_optimum_of_a_line_is_that_of_least_squares() -> None:
    assert best() == pytest.approx(np.polyfit(POINTS.x[:, 0], POINTS.y, 1))


def test_the_optimum_is_that_of_the_chosen_loss() -> None:
    _least, *line = best_line(POINTS.x[:, 0], POINTS.y)
    assert best(replace(SETTINGS, loss="mae")) == pytest.approx(line)
    assert best(replace(SETTINGS, loss="mae", l1=0.1)) is None


@pytest.mark.parametrize("standardise", [False, True])
def test_on_a_slice_the_optimum_is_where_it_falls_and_the_sentence_says_so(standardise: bool) -> None:
    settings = replace(SETTINGS, model="polynomial", standardise=standardise)
    own = objective(settings)
    scaling = own.scaling
    x, y = scaling.x_in(POINTS.x)[:, 0], scaling.y_in(POINTS.y)
    cubic = np.polyfit(x, y, 3)  # x³ first, b last
    plane = parameter_plane(own.curve, np.zeros(own.curve.count()), 0, 3)
    made = found(settings, plane=plane)
    assert best(settings, plane) == pytest.approx([cubic[2], cubic[3]], rel=1e-6, abs=1e-9)
    assert slice_sentence(plane, made, with_goal=True) == (
        "The optimum lies beside this slice; the cross is where it falls. "
        "Slice through 4 parameters; the 2 others stay as they are."
    )
    directions = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 2)))[0].T
    slanted = Plane(np.array([0.5, -1.0, 2.0, 0.0]), directions, ("first", "second"))
    away = np.array([*cubic[2::-1], cubic[3]]) - slanted.origin
    assert best(settings, slanted) == pytest.approx(directions @ away, rel=1e-6)


def test_a_network_has_no_optimum() -> None:
    settings = replace(SETTINGS, model="mlp")
    own = objective(settings)
    plane = parameter_plane(own.curve, np.zeros(own.curve.count()), 0, 1)
    assert best(settings, plane) is None


# --- what decides -------------------------------------------------------------------------------------------


def decides(settings: Settings = SETTINGS, points: Points = POINTS) -> tuple[object, ...]:
    own = objective(settings, points)
    return what_decides(own, line_plane(own.curve, own.scaling), VIEW)


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 0.5},
        {"optimizer": "sgd"},
        {"start": "own", "start_values": (5.0, 5.0)},
        {"seed": 7},
        {"batch_size": 3},
        {"schedule": "exponential"},
        {"epochs": 3},
        {"validation_seed": 0},
    ],
    ids=str,
)
def test_what_only_training_asks_for_leaves_the_landscape_as_it_is(change: dict[str, object]) -> None:
    assert decides(replace(SETTINGS, **change)) == decides()  # type: ignore[arg-type]


def test_what_the_loss_is_made_of_makes_another_one() -> None:
    huber = replace(SETTINGS, loss="huber")
    each = [
        SETTINGS,
        replace(SETTINGS, loss="mae"),
        huber,
        huber.with_option("huber.delta", 0.2),
        replace(SETTINGS, validation=0.25),
        replace(SETTINGS, validation=0.25, validation_seed=3),
        replace(SETTINGS, standardise=True),
        replace(SETTINGS, model="polynomial"),
    ]
    found = [decides(settings) for settings in each]
    assert [found.index(one) for one in found] == list(range(len(each)))


def test_other_points_make_another_one() -> None:
    assert decides(points=POINTS.moved([0], 0.0, 1.0)) != decides()


def test_another_plane_or_view_makes_another_one() -> None:
    own = objective()
    plane = line_plane(own.curve, own.scaling)
    same = what_decides(own, line_plane(own.curve, own.scaling), VIEW)
    assert what_decides(own, plane, VIEW) == same
    assert what_decides(own, plane, (VIEW[1], VIEW[0])) != same
    assert what_decides(own, Plane(plane.origin + 1, plane.along, plane.names), VIEW) != same
    assert what_decides(own, Plane(plane.origin, 2 * plane.along, plane.names), VIEW) != same


# --- the sentence -------------------------------------------------------------------------------------------


def plane_of(count: int, shares: tuple[float, float] | None = None) -> Plane:
    axes = None if shares else (0, 1)
    return Plane(np.zeros(count), np.eye(2, count), ("one", "two"), axes, shares)


@pytest.mark.parametrize(
    ("plane", "sentence"),
    [
        (plane_of(2), ""),
        (plane_of(3), "Slice through 3 parameters; 1 other stays as it is."),
        (plane_of(49), "Slice through 49 parameters; the 47 others stay as they are."),
        (
            plane_of(49, (0.81234, 0.1)),
            "Slice through 49 parameters along the path: 81.2% and 10.0% of its variance.",
        ),
    ],
    ids=["all", "one other", "others", "path"],
)
def test_a_slice_is_said_to_be_one(plane: Plane, sentence: str, bowl: Survey) -> None:
    assert slice_sentence(plane, None) == sentence
    assert slice_sentence(plane, bowl) == sentence


def test_an_estimate_is_said_to_be_one(bowl: Survey) -> None:
    partly = bowl._replace(landscape=bowl.landscape._replace(points=5_000, of=100_000))
    assert slice_sentence(plane_of(2), partly) == "Estimated from 5,000 of 100,000 points."
    both = slice_sentence(plane_of(3), partly)
    assert both.startswith("Slice through 3")
    assert both.endswith("Estimated from 5,000 of 100,000 points.")


def test_the_picture_is_of_the_losses(bowl: Survey) -> None:
    own = objective()
    again = landscape(own, line_plane(own.curve, own.scaling), *VIEW)
    assert np.array_equal(bowl.landscape.losses, again.losses)
    lowest = np.unravel_index(np.argmin(again.losses), again.losses.shape)
    assert bowl.picture.colours[lowest].tolist() == [255, 255, 255]
    assert bowl.picture.colours.shape == (*again.losses.shape, 3)
    inside = np.vstack(bowl.picture.lines)
    assert (inside >= [VIEW[0][0], VIEW[1][0]]).all()
    assert (inside <= [VIEW[0][1], VIEW[1][1]]).all()


def test_a_landscape_beyond_all_numbers_is_found_all_the_same() -> None:
    own = objective()
    view = ((1e200, 2e200), (0.0, 1.0))
    made = survey(own, line_plane(own.curve, own.scaling), view, Theme().heights)
    assert np.isnan(made.height).all()
    assert np.isnan(made.heights(np.array([[1.5e200, 0.5]]))).all()
    assert made.picture.lines == ()
