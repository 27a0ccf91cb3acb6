"""The mathematics of one step: model, loss, gradient and update rule, as formulas and with numbers."""

from core.insight.formulas.blocks import Block, Formula, formulas
from core.insight.formulas.numbers import Line, with_step
from core.insight.formulas.symbols import ROLES
from core.insight.formulas.writing import Span, Spans

__all__ = ["ROLES", "Block", "Formula", "Line", "Span", "Spans", "formulas", "with_step"]
