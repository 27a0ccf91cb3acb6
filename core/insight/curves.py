"""What the numbers of a model mean, without torch: its curve, its equation, its parameters in data units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import comb
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.choices import Value
from core.insight.numbers import DIGITS, MINUS, in_full, significant, superscript
from core.insight.scaling import Scaling
from core.texts import n_

Floats = NDArray[np.float64]
Parameters = dict[str, float | Floats]

ACTIVATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 0.5 * (1.0 + np.tanh(0.5 * z)),
}
LAYER = 2  # arrays of an affine layer: its weight and its bias
WHERE = ",  u = "  # between an equation in u and what u is


class Around(NamedTuple):
    """Where the x of an equation is counted from, and in what: u = (x - mean) / scale; mean `[F]`."""

    mean: Floats
    scale: float


class Curve:
    """A stack of affine layers, given as arrays (weight `[out, in]`, bias `[out]`, weight, bias, ...).

    The arrays are those of training, so they belong to scaled data; `scaling` leads back to data units. They
    may be any arrays of one that is not `layered`.
    """

    layered = True

    def __init__(self, values: Mapping[str, Value], features: int = 1) -> None:
        self.values = values
        self.inputs = features

    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the arrays, in order."""
        return [(1, self.inputs), (1,)]

    def features(self, x: Floats) -> Floats:
        """What the first layer takes `[N, P]`, from scaled x `[N, F]`."""
        return x

    def predict(self, arrays: Sequence[Floats], scaling: Scaling, x: Floats) -> Floats:
        """y `[M]` in data units at x `[M]` or `[M, F]` in data units."""
        columns = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
        with np.errstate(all="ignore"):
            hidden = self.features(scaling.x_in(columns))
            for layer in range(0, len(arrays), 2):
                hidden = hidden @ arrays[layer].T.astype(np.float64) + arrays[layer + 1]
                if layer + 2 < len(arrays):
                    hidden = self.activate(hidden)
            return scaling.y_out(hidden[:, 0])

    def predict_all(self, numbers: NDArray[Any], scaling: Scaling, x: Floats) -> Floats:
        """y `[M]` in data units at the one place x `[F]`, for M sets of parameters at once.

        `numbers` `[M, P]` are flat, as core.training.path has them. Equal to `predict` with each of them.
        """
        with np.errstate(all="ignore"):
            columns = np.asarray(x, dtype=np.float64)[None]
            inputs = self.features(scaling.x_in(columns))[0]
            arrays = self._arrays(numbers)
            hidden = _times_one(next(arrays), inputs) + next(arrays)[:, 0]
            for weights in arrays:
                hidden = self.activate(hidden)
                hidden = (weights @ hidden[:, :, None])[:, :, 0] + next(arrays)[:, 0]
            return scaling.y_out(hidden[:, 0])

    def _arrays(self, numbers: NDArray[Any]) -> Iterator[Floats]:
        """The arrays in order, each as `[M, rows, columns]`; a bias has one row."""
        end = 0
        for shape in self.shapes():
            size, columns = int(np.prod(shape)), shape[-1]
            begin, end = end, end + size
            block = numbers[:, begin:end].astype(np.float64)
            yield block.reshape(len(numbers), size // columns, columns)

    def activate(self, hidden: Floats) -> Floats:
        """What stands between two layers."""
        return hidden

    def in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> Parameters:
        """The parameters by name, in data units."""
        first, bias, *rest = (array.astype(np.float64) for array in arrays)
        with np.errstate(all="ignore"):
            weight = first / scaling.x_scale
            layers = [weight, bias - weight @ scaling.x_mean, *rest]
            layers[-2] = layers[-2] * scaling.y_scale
            layers[-1] = scaling.y_out(layers[-1])
        return self.named(layers)

    def from_data_units(self, numbers: Sequence[float], scaling: Scaling) -> list[Floats]:
        """The arrays of training from all parameters, flat, in data units and in the order of `named`."""
        layers = self.arrays(numbers)
        with np.errstate(all="ignore"):
            layers[1] = layers[1] + layers[0] @ scaling.x_mean
            layers[0] = layers[0] * scaling.x_scale
            layers[-2] = layers[-2] / scaling.y_scale
            layers[-1] = (layers[-1] - scaling.y_mean) / scaling.y_scale
        return layers

    def slopes_in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> list[Floats]:
        """The slopes along the parameters in data units, from those along the arrays of training.

        The transpose of the linear part of from_data_units, as the chain rule says.
        """
        first, bias, *rest = (array.astype(np.float64) for array in arrays)
        with np.errstate(all="ignore"):
            layers = [first * scaling.x_scale + bias[:, None] * scaling.x_mean, bias, *rest]
            layers[-2:] = [layer / scaling.y_scale for layer in layers[-2:]]
        return layers

    def arrays(self, numbers: Sequence[float] | Floats) -> list[Floats]:
        """All parameters in a row `[P]` as the arrays that they are."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes()])
        parts = np.split(np.array(numbers, dtype=np.float64)[: ends[-1]], ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes(), strict=True)]

    def named(self, layers: Sequence[Floats]) -> Parameters:
        """The arrays by name."""
        return dict(zip(self.names(), layers, strict=True))

    def names(self) -> tuple[str, ...]:
        """What the arrays are called: w and b, or of several layers w1, b1, w2, b2, ..."""
        layers = len(self.shapes()) // LAYER
        if layers == 1:
            return "w", "b"
        return tuple(f"{letter}{layer + 1}" for layer in range(layers) for letter in "wb")

    def count(self) -> int:
        """How many numbers the model has."""
        return sum(int(np.prod(shape)) for shape in self.shapes())

    def stretch(self, deviation: float) -> float:
        """In what an equation around the mean counts x, whose standard deviation is given."""
        return 1.0

    def is_linear(self) -> bool:
        """Whether y is a sum of the parameters, each times what it belongs to."""
        return len(self.shapes()) == LAYER

    def equation(self, parameters: Parameters, digits: int = DIGITS, around: Around | None = None) -> str:
        """The fitted function, as one line of text, its numbers with so many significant digits.

        `parameters` belong to u = (x - mean) / scale where `around` is given, else to x.
        """
        raise NotImplementedError


class Line(Curve):
    """y = w x + b."""

    def named(self, layers: Sequence[Floats]) -> Parameters:
        """w and b; w is a number for one feature."""
        weight = layers[0][0]
        return {"w": float(weight[0]) if len(weight) == 1 else weight, "b": float(layers[1][0])}

    def equation(self, parameters: Parameters, digits: int = DIGITS, around: Around | None = None) -> str:
        """Such as y = 2.310 x − 0.4200, or y = 2.310 (x − 1970) − 0.4200."""
        weights = np.atleast_1d(parameters["w"])
        names = ["x"] if len(weights) == 1 else [f"x{i + 1}" for i in range(len(weights))]
        if around is not None:
            names = [_bracketed(name, mean) for name, mean in zip(names, around.mean.tolist(), strict=True)]
        return _sum([*zip(weights, names, strict=True), (float(np.asarray(parameters["b"])), "")], digits)


class Polynomial(Curve):
    """y = b + w1 x + w2 x² + …, in powers of x up to the degree; x has one feature."""

    def shapes(self) -> list[tuple[int, ...]]:
        """One layer over the powers of x."""
        return [(1, self.degree()), (1,)]

    def degree(self) -> int:
        """The highest power."""
        return int(str(self.values["degree"]))

    def stretch(self, deviation: float) -> float:
        """A round number: the powers of what is large in it would be larger still."""
        return float(f"{deviation:.0e}")

    def features(self, x: Floats) -> Floats:
        """The powers 1 to degree of x `[N, 1]`, as columns: each the one before, times x.

        So torch.cumprod, in an exported program, gives the same numbers to the last bit.
        """
        with np.errstate(over="ignore"):
            powers: Floats = np.multiply.accumulate(np.broadcast_to(x, (len(x), self.degree())), axis=1)
        return powers

    def in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> Parameters:
        """w `[degree]` and b, of the polynomial in unscaled x."""
        scaled = np.array([arrays[1][0], *arrays[0][0]], dtype=np.float64)
        with np.errstate(all="ignore"):
            coefficients = _of_line(scaled, -scaling.x_mean[0] / scaling.x_scale[0], 1 / scaling.x_scale[0])
            coefficients *= scaling.y_scale
            coefficients[0] += scaling.y_mean
        return {"w": coefficients[1:], "b": float(coefficients[0])}

    def from_data_units(self, numbers: Sequence[float], scaling: Scaling) -> list[Floats]:
        """The inverse of in_data_units; `numbers` are w1, w2, …, b."""
        with np.errstate(all="ignore"):
            coefficients = _of_line(
                np.array([numbers[-1], *numbers[:-1]]), scaling.x_mean[0], scaling.x_scale[0]
            )
            coefficients[0] -= scaling.y_mean
            coefficients /= scaling.y_scale
        return [coefficients[None, 1:], coefficients[:1]]

    def slopes_in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> list[Floats]:
        """As of any curve; power j of unscaled x is in the powers k up to it of scaled x."""
        mean, scale = float(scaling.x_mean[0]), float(scaling.x_scale[0])
        powers = np.arange(self.degree() + 1)
        of_power = np.concatenate((arrays[1], arrays[0][0])).astype(np.float64)
        with np.errstate(all="ignore"):
            ways = np.array([[float(comb(j, k)) for k in powers.tolist()] for j in powers.tolist()])
            shares = np.float64(mean) ** np.maximum(powers[:, None] - powers, 0) * np.float64(scale) ** powers
            found = (ways * shares) @ of_power / scaling.y_scale
        return [found[None, 1:], found[:1]]

    def equation(self, parameters: Parameters, digits: int = DIGITS, around: Around | None = None) -> str:
        """Such as y = 0.1200 x³ − 1.200 x² + 0.5000 x + 2.000, highest power first.

        With `around` in powers of u, and behind them what that is: u = (x − 1970) / 30.
        """
        weights = np.atleast_1d(parameters["w"])
        letter = "x" if around is None else "u"
        powers = [letter if k == 0 else f"{letter}{superscript(k + 1)}" for k in range(len(weights))]
        terms = list(zip(weights, powers, strict=True))[::-1]
        text = _sum([*terms, (float(np.asarray(parameters["b"])), "")], digits)
        if around is None:
            return text
        from_mean = _bracketed("x", float(around.mean[0]))
        if around.scale == 1:
            return f"{text}{WHERE}{from_mean.strip('()')}"
        return f"{text}{WHERE}{from_mean} / {in_full(around.scale)}"


class Network(Curve):
    """A multilayer perceptron with equally wide hidden layers."""

    def shapes(self) -> list[tuple[int, ...]]:
        """Weights and biases of the hidden layers and of the output."""
        width, layers = int(str(self.values["width"])), int(str(self.values["layers"]))
        sizes = [self.inputs, *[width] * layers, 1]
        return [shape for before, after in pairwise(sizes) for shape in ((after, before), (after,))]

    def activate(self, hidden: Floats) -> Floats:
        """The chosen activation."""
        return ACTIVATIONS[str(self.values["activation"])](hidden)

    def equation(self, parameters: Parameters, digits: int = DIGITS, around: Around | None = None) -> str:
        """The nesting of the layers, and how many parameters they have: more numbers than anybody reads."""
        name = str(self.values["activation"])
        inner = "x"
        layers = len(parameters) // 2
        for layer in range(1, layers + 1):
            inner = f"W{layer} {inner} + b{layer}"
            if layer < layers:
                inner = f"{name}({inner})"
        count = self.count()
        return f"y = {inner}   " + n_("({count} parameter)", "({count} parameters)", count).format(
            count=count
        )


def in_a_row(parameters: Parameters) -> tuple[float, ...]:
    """All numbers of parameters by name, as own start values are given."""
    return tuple(float(number) for value in parameters.values() for number in np.ravel(value))


def _bracketed(name: str, mean: float) -> str:
    """What is left of `name` without its mean, such as (x − 1970)."""
    return f"({name} {'+' if mean < 0 else MINUS} {in_full(abs(mean))})" if mean else name


def _sum(terms: Sequence[tuple[float, str]], digits: int) -> str:
    """y = the terms (factor, what it multiplies), with their signs between them."""
    text = "y ="
    for position, (factor, what) in enumerate(terms):
        sign = MINUS if factor < 0 else "+" if position else ""
        text += f" {sign}{' ' if position else ''}{significant(abs(float(factor)), digits)}"
        text += f" {what}" if what else ""
    return text.replace("=  ", "= ")


def _times_one(weights: Floats, inputs: Floats) -> Floats:
    """weights `[M, out, in]` times the same inputs `[in]`, as `[M, out]`: one product instead of M."""
    sets, outputs, width = weights.shape
    product: Floats = (weights.reshape(sets * outputs, width) @ inputs).reshape(sets, outputs)
    return product


def _of_line(coefficients: Floats, intercept: float, slope: float) -> Floats:
    """The coefficients of p(intercept + slope x) from those of p(x), all lowest power first."""
    found = np.zeros(len(coefficients))
    for coefficient in coefficients[::-1]:  # Horner's scheme
        found[1:] = found[1:] * intercept + found[:-1] * slope
        found[0] = found[0] * intercept + coefficient
    return found
