"""What each optimizer makes of a gradient: the update rules as torch.optim carries them out, for each.

Written after PyTorch's documentation and its sources (torch/optim, the "single tensor" functions), with
PyTorch's symbols where those of two optimizers do not clash. A hyper-parameter at 0 takes its terms with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.choices import Value
from core.experiment.settings import Settings
from core.insight.formulas.expression import Rule, parse
from core.insight.formulas.tidying import tidied

# Hyper-parameters whose terms go when they are 0.
SWITCHES = (
    *("weight_decay", "momentum", "dampening", "beta1", "beta2", "eps", "momentum_decay", "lr_decay"),
    *("rho", "alpha", "lambd", "t0"),
)

_DECAYED = "decayed = g + weight_decay * theta_"
_SHRUNK = "(1 - lr * weight_decay) * theta_"  # by a decay that is decoupled from the gradient
_MOMENTS = ("m = beta1 * m_ + (1 - beta1) * {g}", "v = beta2 * v_ + (1 - beta2) * {g} ** 2")
_UNBIASED = ("mhat = m / (1 - beta1 ** t)", "vhat = v / (1 - beta2 ** t)")

# The two-loop recursion of LBFGS (Nocedal 1980): what one iteration adds to the memory, then for every
# remembered pair from the newest to the oldest, then once, then from the oldest to the newest. q begins as
# minus the gradient.
PAIR = ("dg = grads - grads_", "ds = length_ * direction_", "inverse = 1 / dot(dg, ds)")
BACKWARD_LOOP = ("part_of = inverse * dot(ds, q_)", "q = q_ - part_of * dg")
TURN = ("direction = dot(dg, ds) / dot(dg, dg) * q",)
FORWARD_LOOP = ("direction = direction_ + (part_of - inverse * dot(dg, direction_)) * ds",)

# By PyTorch's names, what an optimizer keeps of the steps before.
KEPT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sgd": {"momentum_buffer": "buffer"},
        "adam": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "vmax"},
        "adamw": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "vmax"},
        "nadam": {"exp_avg": "m", "exp_avg_sq": "v", "mu_product": "product"},
        "radam": {"exp_avg": "m", "exp_avg_sq": "v"},
        "adamax": {"exp_avg": "m", "exp_inf": "u"},
        "adagrad": {"sum": "squares"},
        "adadelta": {"square_avg": "v", "acc_delta": "changes"},
        "rmsprop": {"square_avg": "v", "grad_avg": "mean_g", "momentum_buffer": "buffer"},
        "rprop": {"prev": "held", "step_size": "size"},
        "asgd": {"eta": "eta", "mu": "weight", "ax": "ax"},
        "lbfgs": {},
    }
)


def beginning(settings: Settings, rate: float) -> dict[str, float]:
    """What an optimizer keeps before its first step; what is not here begins at 0."""
    values = settings.values("optimizer")
    begin = dict.fromkeys(KEPT.get(settings.optimizer, {}).values(), 0.0)
    begin |= {"product": 1.0, "size": rate, "eta": rate, "weight": 1.0}
    begin["squares"] = float(str(values.get("initial_accumulator_value", 0.0)))
    return begin


def update_rules(settings: Settings) -> list[Rule]:
    """The rules from `g`, the gradient of a parameter, and `theta_`, its value, to `theta`, in order.

    None of an optimizer that has none here.
    """
    if settings.optimizer not in _WRITERS:
        return []
    values = settings.values("optimizer")
    zeros = {name for name in SWITCHES if name in values and not values[name]}
    lines = _WRITERS[settings.optimizer](values)
    return tidied([parse(line) for line in lines], zeros, ("theta",))


def _sgd(values: Mapping[str, Value]) -> list[str]:
    if not values["momentum"]:
        return [_DECAYED, "theta = theta_ - lr * decayed"]
    later = "momentum * buffer_ + (1 - dampening) * decayed"
    # The first step takes the gradient whole, which matters only where there is dampening.
    buffer = f"buffer = decayed if t == 1 else {later}" if values["dampening"] else f"buffer = {later}"
    if not values["nesterov"]:
        return [_DECAYED, buffer, "theta = theta_ - lr * buffer"]
    return [_DECAYED, buffer, "ahead = decayed + momentum * buffer", "theta = theta_ - lr * ahead"]


def _adam(values: Mapping[str, Value], decoupled: bool = False) -> list[str]:
    decoupled = decoupled or bool(values.get("decoupled_weight_decay"))
    first, second = _UNBIASED
    moments = _moments(decoupled)
    if values["amsgrad"]:
        moments.append("vmax = max(vmax_, v)")
        second = "vhat = vmax / (1 - beta2 ** t)"
    begin = _SHRUNK if decoupled else "theta_"
    return [*moments, first, second, f"theta = {begin} - lr * mhat / (sqrt(vhat) + eps)"]


def _nadam(values: Mapping[str, Value]) -> list[str]:
    decoupled = bool(values["decoupled_weight_decay"])
    gradient, begin = ("g", _SHRUNK) if decoupled else ("decayed", "theta_")
    return [
        *_moments(decoupled),
        "warm = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))",
        "warmer = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))",
        "product = product_ * warm",
        f"mhat = warmer * m / (1 - product * warmer) + (1 - warm) * {gradient} / (1 - product)",
        _UNBIASED[1],
        f"theta = {begin} - lr * mhat / (sqrt(vhat) + eps)",
    ]


def _radam(values: Mapping[str, Value]) -> list[str]:
    decoupled = bool(values["decoupled_weight_decay"])
    begin = _SHRUNK if decoupled else "theta_"
    share = "(rho_t - 4) * (rho_t - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho_t)"
    return [
        *_moments(decoupled),
        _UNBIASED[0],
        "rho_inf = 2 / (1 - beta2) - 1",
        "rho_t = rho_inf - 2 * t * beta2 ** t / (1 - beta2 ** t)",
        f"rect = sqrt({share}) if rho_t > 5 else 1",
        "fit = sqrt(1 - beta2 ** t) / (sqrt(v) + eps) if rho_t > 5 else 1",
        f"theta = {begin} - lr * mhat * rect * fit",
    ]


def _adamax(_values: Mapping[str, Value]) -> list[str]:
    return [
        *_moments(False)[:2],
        "u = max(beta2 * u_, abs(decayed) + eps)",
        _UNBIASED[0],
        "theta = theta_ - lr * mhat / u",
    ]


def _adagrad(_values: Mapping[str, Value]) -> list[str]:
    return [
        _DECAYED,
        "squares = squares_ + decayed ** 2",
        "slow = lr / (1 + (t - 1) * lr_decay)",
        "theta = theta_ - slow * decayed / (sqrt(squares) + eps)",
    ]


def _adadelta(_values: Mapping[str, Value]) -> list[str]:
    return [
        _DECAYED,
        "v = rho * v_ + (1 - rho) * decayed ** 2",
        "change = sqrt(changes_ + eps) / sqrt(v + eps) * decayed",
        "changes = rho * changes_ + (1 - rho) * change ** 2",
        "theta = theta_ - lr * change",
    ]


def _rmsprop(values: Mapping[str, Value]) -> list[str]:
    lines = [_DECAYED, "v = alpha * v_ + (1 - alpha) * decayed ** 2"]
    size = "sqrt(v) + eps"
    if values["centered"]:
        lines.append("mean_g = alpha * mean_g_ + (1 - alpha) * decayed")
        size = "sqrt(v - mean_g ** 2) + eps"
    if not values["momentum"]:
        return [*lines, f"theta = theta_ - lr * decayed / ({size})"]
    return [*lines, f"buffer = momentum * buffer_ + decayed / ({size})", "theta = theta_ - lr * buffer"]


def _rprop(_values: Mapping[str, Value]) -> list[str]:
    return [
        "turn = g * held_",
        "factor = eta_plus if turn > 0 else eta_minus if turn < 0 else 1",
        "size = min(max(factor * size_, step_min), step_max)",
        "held = 0 if turn < 0 else g",
        "theta = theta_ - size * sign(held)",
    ]


def _asgd(_values: Mapping[str, Value]) -> list[str]:
    return [
        _DECAYED,
        "theta = (1 - lambd * eta_) * theta_ - eta_ * decayed",
        "ax = ax_ + weight_ * (theta - ax_)",
        "eta = lr / (1 + lambd * lr * t) ** alpha",
        "weight = 1 / max(1, t - t0)",
    ]


def _lbfgs(values: Mapping[str, Value]) -> list[str]:
    first_length = "length = min(1, 1 / total(abs(grads))) * lr if iteration == 1 else lr"
    lines = [*PAIR, *BACKWARD_LOOP, *TURN, *FORWARD_LOOP]
    searched = values["line_search_fn"] != "none"
    return [*lines, *([] if searched else [first_length]), "theta = theta_ + total(length * direction)"]


def _moments(decoupled: bool) -> list[str]:
    """The two fading means, of the gradient as it is or with the weight decay in it."""
    gradient = "g" if decoupled else "decayed"
    return [*([] if decoupled else [_DECAYED]), *(line.format(g=gradient) for line in _MOMENTS)]


_WRITERS = MappingProxyType(
    {
        "sgd": _sgd,
        "adam": _adam,
        "adamw": lambda values: _adam(values, decoupled=True),
        "nadam": _nadam,
        "radam": _radam,
        "adamax": _adamax,
        "adagrad": _adagrad,
        "adadelta": _adadelta,
        "rmsprop": _rmsprop,
        "rprop": _rprop,
        "asgd": _asgd,
        "lbfgs": _lbfgs,
    }
)
