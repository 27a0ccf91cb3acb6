"""How a gradient that is too long is shortened, as torch.nn.utils.clip_grad_norm_ does it."""

from __future__ import annotations

from core.experiment.settings import Settings
from core.insight.formulas.expression import Rule, parse

TINY = "0.000001"  # PyTorch adds it, so that nothing divides by zero


def clip_rules(settings: Settings) -> list[Rule]:
    """From `slopes`, the gradient of all parameters, to `g`, that of one; none without clipping."""
    if settings.clip_norm is None:
        return []
    slope = "dJ_any" if settings.l1 else "dL_any"
    factor = f"c = min(1, clip_norm / (norm + {TINY}))"
    return [parse(line) for line in ("norm = sqrt(total(slopes ** 2))", factor, f"g = c * {slope}")]
