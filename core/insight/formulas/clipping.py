"""How a gradient that is too long is shortened, as torch.nn.utils.clip_grad_norm_ does it."""

from __future__ import annotations

from core.experiment.settings import Settings
from core.insight.formulas.expression import Rule, parse

TINY = "0.000001"  # PyTorch adds it, so that nothing divides by zero

TARGETS = ("normL", "normJ", "c", "clipped")


def clip_rules(settings: Settings) -> list[Rule]:
    """From all gradients to the one that the optimizer takes for a parameter; none without clipping."""
    if settings.clip_norm is None:
        return []
    whole = "J" if settings.l1 else "L"
    length = f"norm{whole} = sqrt(total(d{whole}_all ** 2))"
    factor = f"c = min(1, clip_norm / (norm{whole} + {TINY}))"
    return [parse(line) for line in (length, factor, f"clipped = c * d{whole}_any")]
