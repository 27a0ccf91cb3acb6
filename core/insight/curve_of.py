"""Finds the curve of a chosen model: the one that its row names, or else one that asks its module."""

from core.choices import MODELS
from core.choices.named import named
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.module_curve import ModuleCurve


def curve_of(settings: Settings, columns: int) -> Curve:
    """The curve of the model of `settings` on so many columns of x."""
    row, values = MODELS[settings.model], settings.values("model")
    curve: Curve = named(row.curve)(values, columns) if row.curve else ModuleCurve(row, values, columns)
    return curve
