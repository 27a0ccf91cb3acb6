"""Whether the rounded numbers of a line come to the rounded result behind them, as on a calculator."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from decimal import Context, Decimal, localcontext

from core.insight.numbers import MINUS, SUPERSCRIPTS

LOWERED = {raised: plain for plain, raised in SUPERSCRIPTS.items()}  # as str.translate takes them
NOT_FINITE = {"∞": "Infinity", f"{MINUS}∞": "-Infinity", "–": "NaN"}
CONTEXT = Context(prec=50, traps=[])  # digits, so that no difference loses those that are shown
CLOSE = Decimal("1e-12")  # of the result: calculators have no more digits

_OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
# What is not here, such as tanh, comes only nearly to what is shown.
_FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "abs": abs,
    "sqrt": Decimal.sqrt,
    "sign": lambda z: Decimal(0) if z == 0 else Decimal(1).copy_sign(z),
    "max": max,
    "min": min,
}


def number(written: str) -> Decimal:
    """A number as core.insight.numbers writes it."""
    if written in NOT_FINITE:
        return Decimal(NOT_FINITE[written])
    head, _times, power = written.replace(MINUS, "-").partition("×10")
    return Decimal(f"{head}e{power.translate(LOWERED) or 0}")


def comes_to(node: ast.expr, written: Callable[[ast.expr], str | None], result: str) -> bool:
    """Whether an expression comes to `result` just as it is written.

    `written` says which number stands for a part of it; None for a part that is written in parts. What is not
    finite counts as just so.
    """
    with localcontext(CONTEXT):
        stated = number(result)
        if not stated.is_finite():
            return True
        reached = _worth(node, written)
        return reached.is_finite() and abs(reached - stated) <= CLOSE * abs(stated)


def _worth(node: ast.expr, written: Callable[[ast.expr], str | None]) -> Decimal:
    """What an expression comes to with the numbers that are written; nan where that is not known."""
    found = written(node)
    if found is not None:
        return number(found)
    match node:
        case ast.UnaryOp(operand=operand):
            return -_worth(operand, written)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATIONS[type(op)](_worth(left, written), _worth(right, written))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_worth(argument, written) for argument in args))
    return Decimal(math.nan)
