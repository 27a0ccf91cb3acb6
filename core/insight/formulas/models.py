"""What each model predicts, and how the slope of the loss runs back through it to its parameters.

The chain rule, as backpropagation applies it (Rumelhart, Hinton and Williams 1986), from the last layer on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from core.choices import Value
from core.experiment.settings import Settings
from core.insight.formulas.expression import Rule, parse
from core.insight.formulas.tidying import tidied

REMEMBERED = 8  # models whose rules are at hand
LINEAR = ("line", "polynomial")  # which are of one layer
FEWEST = 4  # terms that are written out; more are a sum
# By an activation's key, what it gives from z, and its slope, from what it gave.
ACTIVATIONS = {
    "tanh": ("tanh({z})", "1 - {h} ** 2"),
    "sigmoid": ("sigmoid({z})", "each({h}, 1 - {h})"),
    "relu": ("relu({z})", "sign({h})"),
}


class ModelRules(NamedTuple):
    """`forward`: from `x` and the parameters to `yhat`. `backward`: from `dL_yhat` to the gradient.

    `gradients` are the targets in `backward` of each array of parameters, in the order of training.
    """

    forward: list[Rule]
    backward: list[Rule]
    gradients: tuple[str, ...]


@lru_cache(REMEMBERED)
def model_rules(settings: Settings, features: int = 1) -> ModelRules:
    """The rules of the chosen model on `features` columns of x; none of one that has none here."""
    values = settings.values("model")
    if settings.model == "mlp":
        return _network(values, bool(settings.l1))
    if settings.model not in LINEAR:
        return ModelRules([], [], ())
    powers = _whole(values["degree"]) if settings.model == "polynomial" else 1
    return _linear(features, powers, bool(settings.l1))


def _linear(columns: int, powers: int, penalty: bool) -> ModelRules:
    """A line, or a polynomial in one column."""
    whole = "J" if penalty else "L"
    terms, weight, slope = "w * x", "w", "x"
    if columns > 1:
        written = " + ".join(f"w{j} * x{j}" for j in range(1, columns + 1))
        terms, weight, slope = written if columns <= FEWEST else f"columns(w, x, {columns})", "wj", "xj"
    elif powers > 1:
        written = " + ".join(f"w{k} * x ** {k}" for k in range(1, powers + 1))
        terms, weight, slope = written if powers <= FEWEST else f"powers(w, x, {powers})", "wk", "x ** k"
    backward = [
        f"d{whole}_{weight} = sum(dL_yhat * {slope}) + l1 * sign({weight})",
        f"d{whole}_b = sum(dL_yhat)",
    ]
    return _rules([f"yhat = {terms} + b"], backward, penalty, (f"d{whole}_{weight}", f"d{whole}_b"))


def _network(values: dict[str, Value], penalty: bool) -> ModelRules:
    """Hidden layers 1 to the last but one, and an affine output."""
    whole, output = "J" if penalty else "L", _whole(values["layers"]) + 1
    bend, slope = ACTIVATIONS[str(values["activation"])]
    inputs = {layer: "x" if layer == 1 else f"h{layer - 1}" for layer in range(1, output + 1)}
    sums = {layer: f"W{layer} @ {inputs[layer]} + b{layer}" for layer in inputs}
    forward = [f"h{layer} = {bend.format(z=sums[layer])}" for layer in range(1, output)]
    backward, above, gradients = [], "dL_yhat", []
    for layer in range(output, 0, -1):
        weight, bias = f"d{whole}_W{layer}", f"d{whole}_b{layer}"
        backward += [
            f"{weight} = outer({above}, {inputs[layer]}) + l1 * sign(W{layer})",
            f"{bias} = sum({above})",
        ]
        gradients += [bias, weight]
        if layer > 1:
            slope_here = slope.format(h=inputs[layer])
            backward.append(f"e{layer - 1} = each(T(W{layer}) @ {above}, {slope_here})")
            above = f"e{layer - 1}"
    return _rules([*forward, f"yhat = {sums[output]}"], backward, penalty, tuple(gradients[::-1]))


def _rules(forward: list[str], backward: list[str], penalty: bool, gradients: tuple[str, ...]) -> ModelRules:
    zeros = () if penalty else ("l1",)
    return ModelRules(
        tidied([parse(line) for line in forward], ()),
        tidied([parse(line) for line in backward], zeros, gradients),
        gradients,
    )


def _whole(value: Value) -> int:
    return int(str(value))
