"""The value of a formula, in float64: the half of a formula that is tested against PyTorch."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from core.insight.formulas.expression import Rule

STRAIGHT_FROM = 20.0  # log cosh z is z - log 2 from there on, to the last digit of float64

Value = Any  # a float64, or an array of them; NumPy's operations do not tell them apart

_OPERATIONS: dict[type[ast.operator | ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}


def _log_cosh(z: Value) -> Value:
    # As core.training.losses has it: small numbers keep all their digits, and large ones do not overflow.
    size = np.abs(z)
    curve = np.log1p(2 * np.sinh(np.minimum(size, STRAIGHT_FROM) / 2) ** 2)
    return curve + np.maximum(size - STRAIGHT_FROM, 0.0)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": np.abs,
    "sqrt": np.sqrt,
    "sign": np.sign,
    "max": np.maximum,
    "min": np.minimum,
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    "relu": lambda z: np.maximum(z, 0.0),
    "logcosh": _log_cosh,
    "T": np.transpose,
    "each": operator.mul,
    "dot": np.dot,
    "outer": lambda a, b: a @ b.T,
    "mean": lambda values: np.mean(values, axis=-1),
    "sum": lambda values: np.sum(values, axis=-1),
    "total": np.sum,
    "powers": lambda w, x, degree: w @ x[None] ** np.arange(1, degree + 1)[:, None],
    "columns": lambda w, x, _count: w @ x,
}


def evaluate(node: ast.expr, values: Mapping[str, Value]) -> Value:
    """The value of an expression; points of a batch lie along the last axis, `[n]` or `[width, n]`.

    What is beyond all numbers becomes inf or nan. Raises KeyError for a name that has no value.
    """
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATIONS[type(op)](evaluate(left, values), evaluate(right, values))
        case ast.UnaryOp(operand=operand):
            return -evaluate(operand, values)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _FUNCTIONS[name](*(evaluate(argument, values) for argument in args))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATIONS[type(op)](evaluate(left, values), evaluate(right, values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            holds = evaluate(test, values)
            if np.ndim(holds):
                return np.where(holds, evaluate(body, values), evaluate(orelse, values))
            return evaluate(body if holds else orelse, values)
    raise ValueError(ast.dump(node))


def evaluate_all(rules: Iterable[Rule], values: Mapping[str, Value]) -> dict[str, Value]:
    """`values`, and those of the rules, each of which may use those before it."""
    found = dict(values)
    with np.errstate(all="ignore"):
        for rule in rules:
            found[rule.target] = evaluate(rule.value, found)
    return found
