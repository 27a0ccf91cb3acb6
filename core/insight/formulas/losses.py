"""The losses and their slopes, as PyTorch computes them: the mean over the n points of a batch.

Of prediction and target, and so of the residual r; after the documentation of torch.nn, and of
core.training.losses for those that torch does not have.
"""

from __future__ import annotations

from types import MappingProxyType

from core.experiment.settings import Settings
from core.insight.formulas.expression import Rule, parse
from core.insight.formulas.tidying import tidied

_OFF = "r = yhat - y"
_MEAN = "L = mean(part)"
_PENALTY = "J = L + l1 * total(abs(weights))"
LOSS_RULES = MappingProxyType(
    {
        "mse": (_OFF, "L = mean(r ** 2)"),
        "mae": (_OFF, "L = mean(abs(r))"),
        "huber": (_OFF, "part = 1 / 2 * r ** 2 if abs(r) <= knee else knee * (abs(r) - 1 / 2 * knee)", _MEAN),
        "smooth_l1": (_OFF, "part = r ** 2 / (2 * beta) if abs(r) < beta else abs(r) - 1 / 2 * beta", _MEAN),
        "log_cosh": (_OFF, "part = scale ** 2 * logcosh(r / scale)", _MEAN),
        "quantile": (_OFF, "part = max(-quantile * r, (1 - quantile) * r)", _MEAN),
    }
)
LOSS_NAMES = MappingProxyType({"delta": "knee"})  # for hyper-parameters whose names mean something else too
# How the loss changes with one prediction. At a kink torch takes the mean of both slopes, or 0.
SLOPES = MappingProxyType(
    {
        "mse": "dL_yhat = 2 / n * r",
        "mae": "dL_yhat = 1 / n * sign(r)",
        "huber": "dL_yhat = 1 / n * r if abs(r) <= knee else 1 / n * knee * sign(r)",
        "smooth_l1": "dL_yhat = 1 / n * (r / beta) if abs(r) < beta else 1 / n * sign(r)",
        "log_cosh": "dL_yhat = 1 / n * scale * tanh(r / scale)",
        "quantile": (
            "dL_yhat = 1 / n * (1 - quantile) if r > 0 else -(1 / n * quantile) if r < 0 "
            "else 1 / n * (1 / 2 - quantile)"
        ),
    }
)


def loss_rules(settings: Settings) -> list[Rule]:
    """From predictions `yhat` and targets `y` to the loss `L`, if it has rules, and to `J` with a penalty."""
    penalty = [_PENALTY] if settings.l1 else []
    return [parse(line) for line in (*LOSS_RULES.get(settings.loss, ()), *penalty)]


def slope_rules(settings: Settings) -> list[Rule]:
    """From the residual `r` of a point to the slope of the loss for its prediction, `dL_yhat`; or none."""
    return tidied([parse(SLOPES[settings.loss])], ()) if settings.loss in SLOPES else []
