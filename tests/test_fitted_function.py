"""The fitted function reproduces the curve: what is printed of it, read back by a parser that is not ours."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment import Points, Settings, generate
from core.insight.curves import Curve, Line, Network, Parameters, Polynomial
from core.insight.fitted_function import Equation, FittedFunction
from core.insight.measures import rmse
from core.insight.numbers import DIGITS
from core.insight.optimum import optimum
from core.insight.scaling import Scaling, no_scaling
from core.tables.data_sets import DATA_SETS, load_data_set
from core.training import Snapshot, Trainer
from tests.equations import function_of

HERE = Path(__file__).parent
FILES = sorted([*(HERE / "reports").glob("n*.csv"), *(HERE / "nist").glob("*.csv")])
DEGREES = range(1, 13)
RANDOM = np.random.default_rng(5)
X = np.linspace(-3.0, 5.0, 60)
NOISE = RANDOM.normal(0.0, 1.0, 60)

Floats = np.ndarray


def read(path: Path) -> Points:
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return Points([float(row["x"]) for row in rows], [float(row["y"]) for row in rows])


def model(degree: int, columns: int = 1) -> Curve:
    return Line({}, columns) if degree == 1 else Polynomial({"degree": degree})


def best(points: Points, degree: int, kind: type = np.float64) -> Snapshot:
    """The least-squares fit of standardised data, as a run in numbers of this `kind` would hold it."""
    curve = model(degree, points.x.shape[1])
    found = optimum(points, curve)
    assert found is not None
    arrays = tuple(array.astype(kind) for array in found.arrays)
    return Snapshot(1, 1, 1, 0.0, arrays, curve, found.scaling, "cpu", 0.1)


def raw(points: Points, degree: int) -> Snapshot:
    """Much the same fit, as a run on data that are not standardised would hold it."""
    scaled = best(points, degree)
    parameters = scaled.parameters
    arrays = (np.atleast_2d(parameters["w"]), np.atleast_1d(parameters["b"]))
    return scaled._replace(arrays=arrays, scaling=no_scaling(points.x.shape[1]))


def function(snapshot: Snapshot, points: Points) -> FittedFunction:
    return snapshot.fitted_function(points, rmse(points.y, snapshot.predict(points.x)))


def allowed(snapshot: Snapshot, points: Points) -> float:
    """1 % of the RMSE; of a perfect fit, what rounding leaves of the range of y and of the curve's sum."""
    away = points.y - snapshot.predict(points.x)
    extent = np.ptp(points.y) or np.abs(points.y).max()
    finest = max(np.finfo(snapshot.arrays[0].dtype).eps, 1e-10) * extent
    x = np.abs((points.x - snapshot.scaling.x_mean) / snapshot.scaling.x_scale)
    sizes = np.abs(snapshot.curve.arrays(np.concatenate([a.ravel() for a in snapshot.arrays]))[0])
    powers = x if isinstance(snapshot.curve, Line) else x ** np.arange(1, sizes.shape[1] + 1)
    total = (powers @ sizes[0] + abs(float(snapshot.arrays[1][0]))).max() * snapshot.scaling.y_scale
    own = (sizes.size + 2) * np.finfo(float).eps * total + np.finfo(float).eps * abs(snapshot.scaling.y_mean)
    return float(max(0.01 * np.sqrt(np.mean(away**2)), finest, 2 * own))


def printed_error(text: str, snapshot: Snapshot, points: Points) -> float:
    return float(np.abs(function_of(text)(points.x) - snapshot.predict(points.x)).max())


def parameter_error(parameters: Parameters, snapshot: Snapshot, points: Points) -> float:
    """By how much all digits of the parameters miss the curve, evaluated as --json is read."""
    weights = np.atleast_1d(parameters["w"])
    u = (points.x - parameters.get("mean", 0.0)) / parameters.get("scale", 1.0)
    columns = u if isinstance(snapshot.curve, Line) else u ** np.arange(1, len(weights) + 1)
    return float(np.abs(columns @ weights + parameters["b"] - snapshot.predict(points.x)).max())


def assert_reproduces(snapshot: Snapshot, points: Points) -> Equation:
    written = function(snapshot, points)
    equation, most = written.equation(), allowed(snapshot, points)
    assert printed_error(equation.text, snapshot, points) <= most, equation.text
    parameters = written.parameters()
    assert parameter_error(parameters, snapshot, points) <= most
    assert set(parameters) in ({"w", "b"}, {"w", "b", "mean", "scale"})
    assert equation == written.equation(equation)  # at rest in mid-run, too
    return equation


@pytest.mark.one_in(8)
@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_equation_reproduces_the_curve_on_files_that_are_hard(path: Path, degree: int) -> None:
    points = read(path)
    for snapshot in (best(points, degree), best(points, degree, np.float32), raw(points, degree)):
        assert_reproduces(snapshot, points)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("degree", DEGREES)
def test_the_equation_reproduces_the_curve_on_every_data_set(degree: int) -> None:
    for key in DATA_SETS:
        points = load_data_set(key)
        for snapshot in (best(points, degree), best(points, degree, np.float32), raw(points, degree)):
            assert_reproduces(snapshot, points)


@given(
    st.integers(1, 12),
    st.integers(2, 40),
    st.floats(-9, 9),
    st.floats(-3, 12),
    st.floats(-9, 9),
    st.floats(-3, 6),
    st.floats(-9, 0),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 99),
)
def test_the_equation_reproduces_the_curve_wherever_the_data_lie(
    degree: int,
    count: int,
    x_size: float,
    x_away: float,
    y_size: float,
    y_away: float,
    noise: float,
    kind: type,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    x, bends = random.normal(0, 1, count), random.normal(0, 1, degree + 1)
    y = np.polynomial.polynomial.polyval(x, bends) + 10**noise * random.normal(0, 1, count)
    points = Points(10**x_size * (x + 10**x_away), 10**y_size * (y + 10**y_away))
    assert_reproduces(best(points, degree, kind), points)
    if abs(x_size) < 5 and x_away < 2:
        assert_reproduces(raw(points, degree), points)


@given(st.integers(2, 6), st.floats(-6, 6), st.floats(0, 9), st.integers(0, 99))
def test_the_equation_of_a_plane_reproduces_it(columns: int, size: float, away: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = 10**size * (random.normal(0, 1, (400, columns)) + 10**away * random.normal(0, 1, columns))
    points = Points(x, x @ random.normal(0, 10**-size, columns) + random.normal(0, 0.1, 400))
    assert_reproduces(best(points, 1), points)


def fewer_digits(equation: Equation, written: FittedFunction, snapshot: Snapshot) -> str:
    """The same form with one digit fewer."""
    around = None
    parameters = snapshot.parameters
    if equation.centred:
        around = written._centre()
        scaling = snapshot.scaling
        scaling = Scaling(
            (scaling.x_mean - around.mean) / around.scale,
            scaling.x_scale / around.scale,
            scaling.y_mean,
            scaling.y_scale,
        )
        parameters = snapshot.curve.in_data_units(snapshot.arrays, scaling)
    assert snapshot.curve.equation(parameters, equation.digits, around) == equation.text
    return snapshot.curve.equation(parameters, equation.digits - 1, around)


def test_one_digit_fewer_would_not_do() -> None:
    longer = 0
    for points in [*map(read, FILES), *(load_data_set(key) for key in DATA_SETS)]:
        for degree in DEGREES:
            snapshot = best(points, degree)
            written = function(snapshot, points)
            equation = written.equation()
            if equation.digits > DIGITS and len(points) <= 256:
                longer += 1
                text = fewer_digits(equation, written, snapshot)
                assert printed_error(text, snapshot, points) > 0.98 * allowed(snapshot, points), text
    assert longer > 100


def test_usual_data_read_as_ever() -> None:
    points = Points(X, 2.31 * X - 0.42 + NOISE)
    snapshot = Snapshot(
        1, 1, 1, 0.0, (np.array([[2.31]]), np.array([-0.42])), Line({}), no_scaling(1), "cpu", 0.1
    )
    assert snapshot.equation(points) == snapshot.equation() == "y = 2.310 x − 0.4200"


@pytest.mark.parametrize(
    ("x", "y", "degree", "expected"),
    [
        ([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], 1, "y = 2.000 x + 1.000"),  # perfect
        ([3.0], [5.0], 1, "y = 0.000 x + 5.000"),
        ([4.0, 4.0, 4.0], [1.0, 2.0, 3.0], 1, "y = 0.000 x + 2.000"),  # constant x
        ([1.0, 2.0, 3.0], [7.0, 7.0, 7.0], 1, "y = 0.000 x + 7.000"),  # constant y
        ([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], 1, "y = 0.000 x + 0.000"),
        (1e9 + np.arange(4.0), [1.0, 2.0, 1.0, 2.0], 1, "y = 0.2000 (x − 1000000001.5) + 1.500"),
        (
            1e9 + np.arange(3.0),
            [3.0, 2.0, 4.0],
            2,
            "y = 0.9600 u² + 0.4000 u + 2.000,  u = (x − 1000000001) / 0.8",
        ),
    ],
)
def test_what_is_special_is_written_shortly(
    x: list[float], y: list[float], degree: int, expected: str
) -> None:
    points = Points(x, y)
    assert assert_reproduces(best(points, degree), points).text == expected


def test_numbers_of_any_size_are_written_without_a_warning() -> None:
    for size in (1e-300, 1e-150, 1e150, 1e300):
        for points in (Points(X * size, X), Points(X, X * size + NOISE * size), Points(X * size, X * size)):
            for degree in (1, 2, 12):
                found = best(points, degree).fitted_function(points, 1.0)
                assert found.equation().text.startswith("y = ")
                assert found.parameters()


def test_a_fit_that_diverged_and_one_without_points_have_the_usual_digits() -> None:
    arrays = (np.array([[np.nan]]), np.array([np.inf]))
    gone = Snapshot(1, 1, 1, 0.0, arrays, Line({}), no_scaling(1), "cpu", 0.1)
    points = Points(X, X)
    assert gone.equation(points) == gone.equation()
    written = FittedFunction(Line({}), (np.array([[1 / 3]]), np.zeros(1)), no_scaling(1), Points(), None)
    assert written.equation().text == "y = 0.3333 x + 0.000"
    assert written.parameters() == {"w": 1 / 3, "b": 0.0}


def test_a_network_prints_its_layers_and_gives_all_its_parameters() -> None:
    points = generate("sine")
    snapshot = Trainer(points, Settings("mlp")).latest
    written = function(snapshot, points)
    assert isinstance(snapshot.curve, Network)
    assert written.equation().text == snapshot.equation()
    assert [np.shape(value) for value in written.parameters().values()] == [(16, 1), (16,), (1, 16), (1,)]


def test_the_parameters_of_x_itself_stay_wherever_they_reproduce_the_curve() -> None:
    points = load_data_set("nile")
    for degree in (1, 2, 3):
        snapshot = best(points, degree)
        for name, value in function(snapshot, points).parameters().items():
            np.testing.assert_array_equal(value, snapshot.parameters[name])
    far = function(best(points, 12), points).parameters()
    assert (far["mean"], far["scale"]) == pytest.approx((points.x.mean(), points.x.std()), rel=0.05)


def test_digits_do_not_flicker_while_training_runs() -> None:
    points = Points(X, 2.31 * X - 0.42 + 0.05 * NOISE)
    trainer = Trainer(points, Settings(optimizer="adam", learning_rate=0.02))
    seen, alone = [], []
    before: Equation | None = None
    for _frame in range(120):
        for _step in range(8):
            trainer.step()
        written = function(trainer.latest, points)
        before = written.equation(before)
        seen.append(before.digits)
        alone.append(written.equation().digits)
        assert printed_error(before.text, trainer.latest, points) <= allowed(trainer.latest, points)
    assert sum(np.diff(seen) != 0) <= 4 < sum(np.diff(alone) != 0)


def test_a_form_does_not_flicker_while_training_runs() -> None:
    points = Points(1900 + 10 * X, 0.4 * X + 0.02 * NOISE)
    curve, before, changes = Line({}), None, 0
    for frame in range(200):
        w = 0.04 * (1 + 1e-4 * np.sin(frame))
        arrays = (np.array([[w]]), np.array([-1900 * w]))
        snapshot = Snapshot(1, frame, 1, 0.0, arrays, curve, no_scaling(1), "cpu", 0.1)
        after = function(snapshot, points).equation(before)
        changes += before is not None and after.centred != before.centred
        before = after
    assert changes <= 1


def test_many_points_are_looked_at_in_a_few_places_and_missed_at_none() -> None:
    x = np.random.default_rng(2).normal(1900, 30, 200_000)
    points = Points(x, np.sin(x / 20) + np.random.default_rng(3).normal(0, 0.1, len(x)))
    for degree in (1, 5, 12):
        assert_reproduces(best(points, degree), points)
