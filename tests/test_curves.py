"""What the numbers of a model mean: parameters in the units of the data, predictions and equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.insight.curves import Curve, Line, Network, Parameters, Polynomial
from core.insight.scaling import Scaling, no_scaling

Floats = NDArray[np.float64]

SCALED = Scaling(np.array([1900.0]), np.array([30.0]), -5000.0, 170.0)
X = np.linspace(1850.0, 1980.0, 25)

CURVES: list[Curve] = [
    Line({}),
    *[Polynomial({"degree": degree}) for degree in (1, 2, 4)],
    *[
        Network({"layers": layers, "width": 5, "activation": activation})
        for layers in (1, 2, 3)
        for activation in ("tanh", "relu", "sigmoid")
    ],
]


def name(curve: Curve) -> str:
    return " ".join(map(str, [type(curve).__name__, *curve.values.values()]))


def some_arrays(curve: Curve) -> list[Floats]:
    rng = np.random.default_rng(11)
    return [rng.normal(0, 1, shape) for shape in curve.shapes()]


def flat(parameters: Parameters) -> list[float]:
    return [float(n) for value in parameters.values() for n in np.ravel(value)]


@pytest.mark.parametrize("curve", CURVES, ids=name)
def test_parameters_in_data_units_predict_the_same_curve_without_any_scaling(curve: Curve) -> None:
    x = np.linspace(1890.0, 1910.0, 25)  # where powers of x still leave some digits
    arrays = some_arrays(curve)
    numbers = flat(curve.in_data_units(arrays, SCALED))
    unscaled = curve.from_data_units(numbers, no_scaling(1))
    expected = curve.predict(arrays, SCALED, x)
    np.testing.assert_allclose(curve.predict(unscaled, no_scaling(1), x), expected, rtol=1e-3)


@pytest.mark.parametrize("curve", CURVES, ids=name)
def test_to_data_units_and_back_gives_the_same_arrays(curve: Curve) -> None:
    near = Scaling(np.array([3.0]), np.array([2.0]), -5.0, 7.0)
    arrays = some_arrays(curve)
    back = curve.from_data_units(flat(curve.in_data_units(arrays, near)), near)
    for array, again in zip(arrays, back, strict=True):
        np.testing.assert_allclose(again, array, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("curve", CURVES, ids=name)
def test_a_curve_counts_its_numbers(curve: Curve) -> None:
    assert curve.count() == sum(array.size for array in some_arrays(curve))


def test_a_line_predicts_in_the_units_of_the_data() -> None:
    predicted = Line({}).predict([np.array([[2.0]]), np.array([0.5])], SCALED, X)
    np.testing.assert_allclose(predicted, (2.0 * (X - 1900) / 30 + 0.5) * 170 - 5000)


@pytest.mark.parametrize("curve", [*CURVES, Line({}, 2)], ids=name)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_many_sets_of_parameters_predict_at_once_what_each_predicts(
    curve: Curve, kind: type[np.floating[Any]]
) -> None:
    numbers = np.random.default_rng(2).normal(0, 1, (40, curve.count())).astype(kind)
    scaling = no_scaling(2) if curve.inputs == 2 else SCALED
    place = np.array([0.3, -0.7]) if curve.inputs == 2 else np.array([1931.0])
    bounds = np.cumsum([int(np.prod(shape)) for shape in curve.shapes()])[:-1]
    expected = [
        curve.predict(
            [part.reshape(shape) for part, shape in zip(np.split(row, bounds), curve.shapes(), strict=True)],
            scaling,
            place[None],
        )[0]
        for row in numbers
    ]
    np.testing.assert_allclose(curve.predict_all(numbers, scaling, place), expected, rtol=1e-9)


@pytest.mark.parametrize("curve", CURVES, ids=name)
def test_parameters_that_diverged_predict_at_once_without_a_warning(curve: Curve) -> None:
    numbers = np.array([[np.inf], [np.nan], [1e308]]) * np.ones(curve.count())
    assert curve.predict_all(numbers, SCALED, np.array([1931.0])).shape == (3,)
    assert curve.predict_all(numbers[:0], SCALED, np.array([1931.0])).shape == (0,)


def test_a_line_has_a_slope_and_an_intercept() -> None:
    parameters = Line({}).in_data_units([np.array([[2.0]]), np.array([0.5])], SCALED)
    slope = 2.0 * 170 / 30
    assert parameters == pytest.approx({"w": slope, "b": 0.5 * 170 - 5000 - slope * 1900})


def test_a_plane_has_a_slope_for_each_column() -> None:
    plane = Line({}, 2)
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    arrays = [np.array([[2.0, -1.0]]), np.array([0.5])]
    assert plane.predict(arrays, no_scaling(2), x).tolist() == [0.5, 7.5]
    assert plane.equation(plane.in_data_units(arrays, no_scaling(2))) == "y = 2.000 x1 − 1.000 x2 + 0.5000"


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_the_coefficients_of_a_polynomial_are_those_of_the_expanded_one(numbers: list[float]) -> None:
    bias, *weights = numbers
    scaling = Scaling(np.array([3.0]), np.array([2.0]), -5.0, 7.0)
    curve = Polynomial({"degree": 3})
    found = curve.in_data_units([np.array([weights]), np.array([bias])], scaling)
    x = np.linspace(-4.0, 10.0, 30)
    u = (x - 3.0) / 2.0
    y = 7.0 * (bias + weights[0] * u + weights[1] * u**2 + weights[2] * u**3) - 5.0
    expected = np.polyfit(x, y, 3)[::-1]
    np.testing.assert_allclose([found["b"], *np.ravel(found["w"])], expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("degree", [1, 3, 12])
def test_a_polynomial_of_zeros_keeps_its_degree(degree: int) -> None:
    curve = Polynomial({"degree": degree})
    arrays = [np.zeros(shape) for shape in curve.shapes()]
    parameters = curve.in_data_units(arrays, SCALED)
    assert np.shape(parameters["w"]) == (degree,)
    assert [a.shape for a in curve.from_data_units([0.0] * curve.count(), SCALED)] == curve.shapes()


@pytest.mark.parametrize(
    ("activation", "expected"), [("tanh", [-1, 0, 1]), ("relu", [0, 0, 1e4]), ("sigmoid", [0, 0.5, 1])]
)
def test_an_activation_far_out_neither_warns_nor_overflows(activation: str, expected: list[float]) -> None:
    curve = Network({"layers": 1, "width": 1, "activation": activation})
    arrays = [np.ones((1, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)]
    assert curve.predict(arrays, no_scaling(1), np.array([-1e4, 0.0, 1e4])) == pytest.approx(expected)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("curve", CURVES, ids=name)
@pytest.mark.parametrize("size", [np.inf, -np.inf, np.nan, 1e308])
def test_infinite_parameters_can_be_shown_without_a_warning(curve: Curve, size: float) -> None:
    arrays = [np.full(shape, size) for shape in curve.shapes()]
    parameters = curve.in_data_units(arrays, SCALED)
    assert curve.equation(parameters).startswith("y = ")
    assert curve.predict(arrays, SCALED, X).shape == X.shape
    assert len(curve.from_data_units([size] * curve.count(), SCALED)) == len(arrays)


@pytest.mark.parametrize(
    ("curve", "parameters", "equation"),
    [
        (Line({}), {"w": 2.31, "b": -0.42}, "y = 2.310 x − 0.4200"),
        (Line({}), {"w": -1.0, "b": 3.0}, "y = −1.000 x + 3.000"),
        (Line({}), {"w": 0.0, "b": -6.132e7}, "y = 0.000 x − 6.132×10⁷"),
        (Polynomial({"degree": 1}), {"w": np.array([2.0]), "b": 1.0}, "y = 2.000 x + 1.000"),
        (
            Polynomial({"degree": 3}),
            {"w": np.array([0.5, -1.2, 0.12]), "b": 2.0},
            "y = 0.1200 x³ − 1.200 x² + 0.5000 x + 2.000",
        ),
        (
            Polynomial({"degree": 12}),
            {"w": np.array([0.0] * 11 + [-1.0]), "b": 0.0},
            "y = −1.000 x¹² + 0.000 x¹¹",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_equation_reads_as_people_write_it(curve: Curve, parameters: Parameters, equation: str) -> None:
    assert curve.equation(parameters).startswith(equation)


def test_a_network_shows_its_layers_and_counts_its_parameters() -> None:
    curve = Network({"layers": 2, "width": 16, "activation": "tanh"})
    parameters = curve.in_data_units(some_arrays(curve), no_scaling(1))
    assert curve.equation(parameters) == "y = W3 tanh(W2 tanh(W1 x + b1) + b2) + b3   (321 parameters)"
    assert list(parameters) == ["w1", "b1", "w2", "b2", "w3", "b3"]


def test_the_features_of_a_polynomial_are_the_powers_of_x_as_torch_multiplies_them_up() -> None:
    x = np.random.default_rng(3).normal(0, 2, (500, 1))
    found = Polynomial({"degree": 12}).features(x)
    np.testing.assert_allclose(found, x ** np.arange(1, 13), rtol=1e-14)
    assert found.flags.c_contiguous
    powers = torch.cumprod(torch.tensor(x).expand(-1, 12), dim=1)
    assert powers.tolist() == found.tolist()
