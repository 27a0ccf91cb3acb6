"""What each name of a formula looks like, what it means, and the colour of that meaning."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from core.texts import N_, _

ROLES = ("data", "model", "gradient", "reference", "was")  # of a symbol or a number; empty for none
SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
BEFORE = "ₜ₋₁"


class Symbol(NamedTuple):
    """A symbol: as LaTeX, as text, its role, what it means, and what counts it.

    `counter` is "t" for what changes from step to step, "i" for what each point has of its own. `chosen`
    marks what a person sets: such numbers are shown as they were set.
    """

    latex: str
    text: str
    role: str = ""
    words: str = ""
    counter: str = ""
    chosen: bool = False


def _chosen(latex: str, text: str, words: str) -> Symbol:
    return Symbol(latex, text, "", words, "", True)


def _kept(latex: str, text: str, words: str) -> Symbol:
    """What an optimizer keeps or finds at each step."""
    return Symbol(latex, text, "", words, "t")


SYMBOLS = {
    # the data and the model
    "x": Symbol("x", "x", "data", N_("input of a point"), "i"),
    "xj": Symbol("x_j", "xⱼ", "data", N_("column j of the inputs"), "i"),
    "y": Symbol("y", "y", "data", N_("target of a point"), "i"),
    "yhat": Symbol(r"\hat{y}", "ŷ", "model", N_("prediction of the model"), "i"),
    "theta": Symbol(r"\theta", "θ", "model", N_("any parameter of the model"), "t"),
    "any": Symbol(r"\theta", "θ", "model", N_("any parameter of the model")),
    "all": Symbol(r"\theta", "θ", "model", N_("any parameter of the model")),
    "w": Symbol("w", "w", "model", N_("weight: what x is multiplied by")),
    "wj": Symbol("w_j", "wⱼ", "model", N_("weight of column j")),
    "wk": Symbol("w_k", "wₖ", "model", N_("weight of power k")),
    "b": Symbol("b", "b", "model", N_("bias: what is added")),
    "W": Symbol("W", "W", "model", N_("weights of a layer")),
    "h": Symbol("h", "h", "model", N_("output of a hidden layer"), "i"),
    "weights": Symbol("w", "w", "model", N_("every weight")),
    "n": Symbol("n", "n", "", N_("number of points in the batch"), "", True),
    "k": Symbol("k", "k", "", N_("power of x"), "", True),
    # the loss
    "r": Symbol("r", "r", "", N_("how far the model is off at a point"), "i"),
    "part": Symbol(r"\ell", "ℓ", "", N_("share of a point in the loss"), "i"),
    "L": Symbol("L", "L", "", N_("loss before the step: how wrong the model is")),
    "J": Symbol("J", "J", "", N_("objective: loss and penalty together")),
    "knee": _chosen(r"\delta", "δ", N_("r up to it counts squared, a larger r in proportion")),
    "beta": _chosen(r"\beta", "β", N_("r below it counts squared, a larger r in proportion")),
    "scale": _chosen("s", "s", N_("r well below it counts squared, a larger r in proportion")),
    "quantile": _chosen("q", "q", N_("the share of points that should lie below")),
    "l1": _chosen(r"\lambda_1", "λ₁", N_("how hard large weights are punished")),
    # the gradient; e, since delta is what Huber's loss has
    "e": Symbol("e", "e", "gradient", N_("gradient at a layer, before its activation"), "i"),
    "normL": Symbol(r"\|\nabla L\|", "‖∇L‖", "gradient", N_("length of the whole gradient")),
    "normJ": Symbol(r"\|\nabla J\|", "‖∇J‖", "gradient", N_("length of the whole gradient")),
    "clip_norm": _chosen(r"g_{\max}", "gₘₐₓ", N_("the length that the gradient may have")),
    "c": Symbol("c", "c", "", N_("factor that shortens the gradient")),
    "clipped": Symbol("g", "g", "gradient", N_("gradient that the optimizer takes"), "t"),
    "g": Symbol("g", "g", "gradient", N_("gradient of the parameter"), "t"),
    "each": Symbol(r"\odot", "⊙", "", N_("product, number by number")),
    "T": Symbol(r"\top", "ᵀ", "", N_("rows become columns")),
    # what a person sets of an optimizer
    "lr": _chosen(r"\gamma", "γ", N_("learning rate: scales the steps")),
    "t": Symbol("t", "t", "", N_("number of the step"), "", True),
    "momentum": _chosen(r"\mu", "μ", N_("how much of the last step is carried on")),
    "dampening": _chosen(r"\tau", "τ", N_("how much of the new gradient is left out")),
    "weight_decay": _chosen(r"\lambda", "λ", N_("how hard each parameter is pulled to 0")),
    "beta1": _chosen(r"\beta_1", "β₁", N_("how much of the old mean m is kept")),
    "beta2": _chosen(r"\beta_2", "β₂", N_("how much of the old mean v is kept")),
    "eps": _chosen(r"\varepsilon", "ε", N_("a tiny number, so that nothing is divided by 0")),
    "momentum_decay": _chosen(r"\psi", "ψ", N_("how fast μ grows to its full size")),
    "lr_decay": _chosen(r"\kappa", "κ", N_("how fast the learning rate falls")),
    "rho": _chosen(r"\rho", "ρ", N_("how much of the old means is kept")),
    "alpha": _chosen(r"\alpha", "α", N_("how much of the old mean is kept")),
    "eta_minus": _chosen(r"\eta^{-}", "η⁻", N_("f when the gradient has changed its sign")),
    "eta_plus": _chosen(r"\eta^{+}", "η⁺", N_("f when it has kept its sign")),
    "step_min": _chosen(r"\Gamma_{\min}", "Γₘᵢₙ", N_("smallest Δ")),
    "step_max": _chosen(r"\Gamma_{\max}", "Γₘₐₓ", N_("largest Δ")),
    "lambd": _chosen(r"\Lambda", "Λ", N_("how hard θ is pulled to 0, and how fast η falls")),
    "t0": _chosen("t_0", "t₀", N_("the step from which on θ̄ is a mean")),
    # what an optimizer keeps, and finds on its way; a prime, since many fonts lose the hat of an m
    "decayed": Symbol(r"\tilde{g}", "g̃", "gradient", N_("gradient with the weight decay"), "t"),
    # not b, which is the bias
    "buffer": _kept("p", "p", N_("momentum: sum of the gradients, old ones fade")),
    "ahead": Symbol(r"\bar{g}", "ḡ", "gradient", N_("gradient with momentum"), "t"),
    "m": _kept("m", "m", N_("mean of the gradients, old ones fade")),
    "v": _kept("v", "v", N_("mean of the squared gradients, old ones fade")),
    "vmax": _kept(r"v^{\max}", "vᵐᵃˣ", N_("largest v so far")),
    "mhat": _kept("m'", "m′", N_("m, corrected for its start at 0")),
    "vhat": _kept("v'", "v′", N_("v, corrected for its start at 0")),
    "warm": _kept(r"\mu", "μ", N_("momentum of this step")),
    "warmer": Symbol(r"\mu_{t+1}", "μₜ₊₁", "", N_("momentum of the next step")),
    "product": _kept(r"\Pi", "Π", N_("product of all μ so far")),
    "rho_inf": Symbol(r"\rho_\infty", "ρ∞", "", N_("the most steps that v can look back on")),
    "rho_t": _kept(r"\rho", "ρ", N_("steps that v looks back on by now")),
    "rect": _kept("r", "r", N_("how far v can be trusted: 1 is fully")),
    "fit": _kept("l", "l", N_("1 over the usual size of the gradient")),
    "u": _kept("u", "u", N_("largest gradient so far, old ones fade")),
    "squares": _kept("G", "G", N_("sum of all squared gradients")),
    "slow": _kept(r"\tilde{\gamma}", "γ̃", N_("learning rate by now")),
    "change": _kept(r"\Delta", "Δ", N_("move, before the learning rate")),
    "changes": _kept("u", "u", N_("mean of the squared moves, old ones fade")),
    "mean_g": _kept(r"\bar{g}", "ḡ", N_("mean of the gradients, old ones fade")),
    "turn": _kept("p", "p", N_("below 0 when the gradient has changed its sign")),
    "factor": _kept("f", "f", N_("what Δ is multiplied by")),
    "size": _kept(r"\Delta", "Δ", N_("step size of this parameter")),
    "held": Symbol("h", "h", "gradient", N_("gradient, or 0 when its sign has changed"), "t"),
    "eta": _kept(r"\eta", "η", N_("learning rate by now")),
    "weight": _kept(r"\mu", "μ", N_("share of the newest θ in the mean")),
    "ax": Symbol(r"\bar{\theta}", "θ̄", "reference", N_("mean of θ over the late steps"), "t"),
    "grads": Symbol("g", "g", "gradient", N_("gradient of all parameters"), "t"),
    "iteration": Symbol("k", "k", "", N_("number of the iteration"), "", True),
    "dg": Symbol(r"\Delta g", "Δg", "gradient", N_("change of g over one iteration")),
    "ds": Symbol(r"\Delta\theta", "Δθ", "", N_("move of that iteration")),
    "inverse": Symbol(r"\rho", "ρ", "", N_("1 over how much the loss bends along Δθ")),
    "part_of": Symbol(r"\alpha", "α", "", N_("share of Δθ in the direction")),
    "q": Symbol("q", "q", "", N_("−g, without what the remembered moves explain")),
    "direction": Symbol("d", "d", "", N_("direction of the move")),
    "length": Symbol("a", "a", "", N_("length of the move")),
}
# What a symbol means with one optimizer, where that is more, or else, than with the others.
SPECIAL = {
    ("adamax", "beta2"): N_("how much of the old u is kept"),
    ("asgd", "alpha"): N_("how fast η falls"),
    ("nadam", "mhat"): N_("m, looking one step ahead"),
    ("rmsprop", "buffer"): N_("momentum: sum of the moves, old ones fade"),
}
LAYERED = re.compile(r"(W|b|h|e|w|x)(\d+)")
SLOPE = re.compile(r"d([LJ])_(\w+)")


class Look(NamedTuple):
    """A name as it is typeset and written: `latex` without colour, `text` and `role`."""

    latex: str
    text: str
    role: str
    chosen: bool


@cache
def look(name: str, each: bool = False) -> Look:
    """How the name of a formula looks; with `each` it is that of one point among many, i."""
    slope = SLOPE.fullmatch(name)
    if slope is not None:
        of, by = slope.group(1), look(slope.group(2), each)
        return Look(rf"\frac{{\partial {of}}}{{\partial {by.latex}}}", f"∂{of}/∂{by.text}", "gradient", False)
    before = name.endswith("_")
    base, layer = split(name)
    symbol = SYMBOLS[base]
    latex, text = symbol.latex, symbol.text + layer.translate(SUBSCRIPTS)
    below = [layer] if layer else []
    if symbol.counter == "t":
        below.append("t-1" if before else "t")
    elif symbol.counter == "i" and each:
        below.append("i")
        text += "ᵢ"
    if below:
        latex = _with_subscript(latex, ",".join(below))
    if before:
        return Look(latex, text + BEFORE, "was", symbol.chosen)
    return Look(latex, text, symbol.role, symbol.chosen)


def split(name: str) -> tuple[str, str]:
    """The name in SYMBOLS, and the number of the layer, if it has one."""
    name = name.removesuffix("_")
    layered = LAYERED.fullmatch(name)
    return (layered.group(1), layered.group(2)) if layered else (name, "")


def meaning(name: str, optimizer: str = "") -> tuple[str, str]:
    """The text of a name and what it means, in words; with an optimizer, by its key, what it means there."""
    base, _layer = split(name)
    words = SPECIAL.get((optimizer, base), SYMBOLS[base].words)
    return SYMBOLS[base].text, _(words)


def _with_subscript(latex: str, below: str) -> str:
    """`latex` with a subscript, behind the one that it may have."""
    head, line, tail = latex.partition("_")
    if line:
        return f"{head}_{{{tail.strip('{}')},{below}}}"
    return f"{latex}_{{{below}}}"
