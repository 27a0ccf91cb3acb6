"""The stable learning rates, against the iteration matrices of the optimizer and against the real Trainer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.curves import Curve, Line, Polynomial
from core.insight.scaling import Scaling, no_scaling, standard_scaling
from core.insight.stability import Bowl, Descent, Zones
from core.training import Trainer

Floats = NDArray[np.float64]

DESCENTS = [
    Descent(),
    Descent(weight_decay=0.3),
    Descent(momentum=0.5),
    Descent(momentum=0.9, weight_decay=0.1),
    Descent(momentum=0.8, dampening=0.5),
    Descent(momentum=0.7, nesterov=True),
    Descent(momentum=0.9, nesterov=True, weight_decay=0.2),
]
MODELS = [("line", 1), ("polynomial", 3)]
SHARES = st.floats(0, 0.98)


def iteration_matrix(hessian: Floats, rate: float, descent: Descent) -> Floats:
    """What one step of torch.optim.SGD does to the distances from the lowest point and to the momentum.

    Written out from the pseudo-code in PyTorch's documentation: gradient, decay, momentum, step.
    """
    size = len(hessian)
    one, none = np.eye(size), np.zeros((size, size))
    gradient = np.hstack((hessian + descent.weight_decay * one, none))
    place, momentum = np.hstack((one, none)), np.hstack((none, one))
    if not descent.momentum:
        return np.vstack((place - rate * gradient, momentum * 0))
    momentum = descent.momentum * momentum + (1 - descent.dampening) * gradient
    step = gradient + descent.momentum * momentum if descent.nesterov else momentum
    return np.vstack((place - rate * step, momentum))


def growth(hessian: Floats, rate: float, descent: Descent) -> float:
    """The factor by which distances grow in a step, in the long run."""
    return float(np.abs(np.linalg.eigvals(iteration_matrix(hessian, rate, descent))).max())


@st.composite
def descents(draw: st.DrawFn) -> Descent:
    """Any hyper-parameters that SGD takes."""
    momentum, nesterov = draw(SHARES), draw(st.booleans())
    nesterov = nesterov and momentum > 0
    dampening = 0.0 if nesterov else draw(SHARES)
    return Descent(momentum, dampening, nesterov, draw(st.sampled_from([0.0, 0.01, 2.0])))


@given(descents(), st.lists(st.floats(0.01, 100), min_size=1, max_size=4))
def test_no_direction_grows_below_the_limit_and_one_grows_above_it(
    descent: Descent, curvatures: list[float]
) -> None:
    hessian = np.diag(curvatures)
    limit = descent.limit(max(curvatures))
    assert growth(hessian, 0.999 * limit, descent) < 1
    assert growth(hessian, 1.001 * limit, descent) > 1


@given(descents(), st.floats(0.01, 100))
def test_smooth_rates_have_positive_factors_and_the_others_do_not(descent: Descent, curvature: float) -> None:
    def smooth(rate: float) -> bool:
        matrix = iteration_matrix(np.array([[curvature]]), rate, descent)
        roots = np.roots(np.poly(matrix if descent.momentum else matrix[:1, :1]))
        return bool((np.abs(roots.imag) < 1e-9).all() and (roots.real > 0).all())

    assume(descent.momentum == 0 or descent.momentum > 0.01)  # else both ends are as good as one
    end = descent.smooth_end(curvature)
    assert smooth(0.99 * end)
    assert not smooth(1.01 * end)


@given(descents(), st.floats(0.01, 100))
def test_a_run_crawls_as_long_as_a_hundred_steps_do_not_come_nearer(
    descent: Descent, curvature: float
) -> None:
    def left(rate: float) -> float:
        return growth(np.array([[curvature]]), rate, descent) ** 100

    crawling, smooth = descent.crawling_end(curvature), descent.smooth_end(curvature)
    assert crawling <= smooth
    assert left(0.99 * crawling) > np.exp(-1)
    if crawling < smooth:
        assert left(min(1.01 * crawling, smooth)) < np.exp(-1)


def test_zones_never_overlap_and_name_every_rate() -> None:
    bowl = Bowl.of(np.linspace(0, 3, 9)[:, None])
    assert bowl is not None
    for descent, size in itertools.product([*DESCENTS, Descent(0.99), Descent(0.999)], [None, 1, 4]):
        zones = bowl.zones(descent, size)
        assert 0 < zones.crawling <= zones.smooth <= zones.oscillating == bowl.limit(descent, size)
    zones = Zones(0.1, 0.2, 0.3)
    names = [zones.name(rate) for rate in (0.05, 0.1, 0.15, 0.2, 0.25, 0.1 + 0.2, 0.31, 9.0)]
    assert names == ["crawling"] * 2 + ["smooth"] * 2 + ["oscillating"] * 2 + ["diverging"] * 2


# --- the shape of the loss -------------------------------------------------------------------------------


def test_the_bowl_is_that_of_the_hessian() -> None:
    random = np.random.default_rng(3)
    features = random.normal(size=(30, 3))
    design = np.column_stack((features, np.ones(30)))
    bowl = Bowl.of(features)
    assert bowl is not None
    values = np.linalg.eigvalsh(2 / 30 * design.T @ design)
    assert bowl.least == pytest.approx(values[0])
    assert bowl.largest == pytest.approx(values[-1])
    assert bowl.condition == pytest.approx(np.linalg.cond(2 / 30 * design.T @ design))
    assert bowl.longest == pytest.approx(2 * max(row @ row for row in design))


def test_the_condition_of_years_cubed_keeps_its_digits() -> None:
    years = np.arange(1990.0, 2020.0)
    bowl = Bowl.of(years[:, None] ** np.arange(1, 4))
    assert bowl is not None
    exact = 1.6420446659718130e34  # from eigenvalues of the integer matrix AᵀA, computed with 80 digits
    assert bowl.condition == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("x", [[3.0, 3.0, 3.0], [0.0, 0.0], [5.0]])
def test_where_a_direction_is_flat_the_condition_is_infinite_and_the_limit_is_not(x: list[float]) -> None:
    bowl = Bowl.of(np.array(x)[:, None])
    assert bowl is not None
    assert bowl.condition == np.inf
    assert bowl.limit(Descent(), None) == pytest.approx(1 / (1 + x[0] ** 2))


@pytest.mark.parametrize("x", [[], [1e200, 2e200]])
def test_there_is_no_shape_without_points_or_beyond_numbers(x: list[float]) -> None:
    assert Bowl.of(np.array(x).reshape(-1, 1)) is None


# --- the real Trainer ------------------------------------------------------------------------------------


class Course:
    """A run of the Trainer that starts beside the lowest point, on the steepest slope."""

    def __init__(self, seed: int, model: str, degree: int, descent: Descent, standardise: bool) -> None:
        random = np.random.default_rng(seed)
        x = random.uniform(-1.5, 1.5, 25)
        self.points = Points(x, np.sin(2 * x) + random.normal(0, 0.3, 25))
        self.curve: Curve = Polynomial({"degree": degree}) if model == "polynomial" else Line({})
        self.descent, self.standardise, self.model, self.degree = descent, standardise, model, degree
        self.scaling: Scaling = (
            standard_scaling(self.points.x, self.points.y) if standardise else no_scaling(1)
        )
        features = self.curve.features(self.scaling.x_in(self.points.x))
        design = np.column_stack((features, np.ones(25)))
        hessian = 2 / 25 * design.T @ design
        slope = 2 / 25 * design.T @ self.scaling.y_in(self.points.y)
        self.lowest = np.linalg.solve(hessian + descent.weight_decay * np.eye(len(hessian)), slope)
        self.steepest = np.linalg.eigh(hessian)[1][:, -1]
        bowl = Bowl.of(features)
        assert bowl is not None
        self.bowl = bowl

    def distances(self, rate: float, steps: int, batch_size: int | None = None) -> list[float]:
        """The distance along the steepest direction, before the first step and behind each."""
        start = self.lowest + self.steepest
        values = self.curve.in_data_units((start[None, :-1], start[-1:]), self.scaling).values()
        settings = Settings(
            model=self.model,
            optimizer="sgd",
            learning_rate=rate,
            batch_size=batch_size,
            dtype="float64",
            epochs=None,
            standardise=self.standardise,
            start="own",
            start_values=tuple(float(n) for value in values for n in np.ravel(value)),
            options={
                "polynomial.degree": self.degree,
                **{f"sgd.{name}": value for name, value in self.descent._asdict().items()},
            },
        )
        trainer = Trainer(self.points, settings)
        found = [self._distance(trainer)]
        for _step in range(steps):
            trainer.step()
            found.append(self._distance(trainer))
        return found

    def _distance(self, trainer: Trainer) -> float:
        weight, bias = trainer.latest.arrays
        return abs(float((np.append(weight, bias) - self.lowest) @ self.steepest))


CASES = [
    (seed, *model, descent, standardise)
    for seed, (model, descent, standardise) in enumerate(itertools.product(MODELS, DESCENTS, [False, True]))
]


@pytest.mark.one_in(6)
@pytest.mark.parametrize(("seed", "model", "degree", "descent", "standardise"), CASES)
def test_the_trainer_converges_just_below_the_limit_and_diverges_just_above_it(
    seed: int, model: str, degree: int, descent: Descent, standardise: bool
) -> None:
    course = Course(seed, model, degree, descent, standardise)
    limit = course.bowl.limit(descent, None)
    below, above = (course.distances(share * limit, 250) for share in (0.99, 1.01))
    assert below[0] == pytest.approx(1)
    assert below[-1] < 0.05
    assert above[-1] > 10


@pytest.mark.parametrize("seed", range(3))
def test_a_crawling_run_crawls_a_smooth_one_never_overshoots_and_an_oscillating_one_does(seed: int) -> None:
    course = Course(seed, "line", 1, Descent(), False)
    zones = course.bowl.zones(Descent(), None)
    assert course.distances(0.99 * zones.crawling, 100)[-1] > np.exp(-1)
    smooth = course.distances(0.9 * zones.smooth, 4)
    assert all(after < 0.2 * before for before, after in itertools.pairwise(smooth))


# --- mini-batches ----------------------------------------------------------------------------------------


def mean_square_growth(design: Floats, rate: float, descent: Descent, size: int) -> float:
    """The factor by which the mean square of the distances grows in a step, for batches with replacement."""
    matrices = [iteration_matrix(2 * np.outer(row, row), rate, descent) for row in design]
    mean = sum(matrices) / len(matrices)
    squares = sum(np.kron(matrix, matrix) for matrix in matrices) / len(matrices)
    of_mean = np.kron(mean, mean)
    return float(np.abs(np.linalg.eigvals(of_mean + (squares - of_mean) / size)).max())


@pytest.mark.one_in(6)
@pytest.mark.parametrize("size", [1, 4, 16])
@pytest.mark.parametrize("descent", DESCENTS)
@pytest.mark.parametrize("seed", range(3))
def test_below_the_estimate_for_mini_batches_the_mean_square_stays_bounded(
    seed: int, descent: Descent, size: int
) -> None:
    random = np.random.default_rng(seed)
    features = random.normal(0, 1, (20, 1)) + seed
    bowl = Bowl.of(features)
    assert bowl is not None
    design = np.column_stack((features, np.ones(20)))
    estimate = bowl.limit(descent, size)
    assert mean_square_growth(design, 0.99 * estimate, descent, size) < 1
    assert mean_square_growth(design, 20 * estimate, descent, size) > 1


@given(st.floats(0.1, 10), st.floats(1, 10), st.integers(1, 1000))
def test_without_momentum_the_estimate_is_that_of_the_paper(
    curvature: float, spread: float, size: int
) -> None:
    longest = curvature * spread
    expected = 2 * size / (longest + (size - 1) * curvature)
    assert Descent().batch_limit(curvature, longest, size) == pytest.approx(min(expected, 2 * size / longest))


@pytest.mark.parametrize("descent", DESCENTS)
def test_the_estimate_of_ever_larger_batches_is_the_limit_of_all_points(descent: Descent) -> None:
    assert descent.batch_limit(2.0, 9.0, 10**9) == pytest.approx(descent.limit(2.0))
