"""The language that every formula is written in: a closed part of Python's expressions, parsed and never run.

A rule like "m = beta1 * m_ + (1 - beta1) * g" is evaluated by evaluation.py, typeset by typesetting.py and
written with numbers by writing.py, so that what is shown is what was tested. A name that ends in "_" is the
value before the step.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
COMPARISONS = (ast.Gt, ast.Lt, ast.LtE, ast.GtE, ast.Eq)
FUNCTIONS = {
    "abs": 1,
    "sqrt": 1,
    "sign": 1,
    "max": 2,
    "min": 2,
    "tanh": 1,
    "sigmoid": 1,
    "relu": 1,
    "logcosh": 1,
    "T": 1,  # the transpose
    "dot": 2,  # the product of two vectors
    "each": 2,  # the product, number by number
    "outer": 2,  # over the points of the batch, the sum of a bᵀ
    "mean": 1,  # over the points of the batch
    "sum": 1,  # over the points of the batch
    "total": 1,  # over all parameters of a kind
    "powers": 3,  # w1 x + w2 x^2 + ... up to a degree
    "columns": 3,  # w1 x1 + w2 x2 + ... over so many columns
}


class Rule(NamedTuple):
    """What a name becomes: `target` = `value`."""

    target: str
    value: ast.expr


def parse(line: str) -> Rule:
    """The rule that `line`, "name = expression", says; raises ValueError for anything not in the language."""
    body = ast.parse(line).body
    if len(body) != 1 or not isinstance(body[0], ast.Assign) or len(body[0].targets) != 1:
        raise ValueError(f"not a rule: {line}")
    target = body[0].targets[0]
    if not isinstance(target, ast.Name):
        raise ValueError(f"not a name: {line}")
    _check(body[0].value)
    return Rule(target.id, body[0].value)


def names(node: ast.AST) -> Iterator[str]:
    """The names of values in an expression, from left to right; those of functions are none."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.IfExp):
        for part in (node.body, node.test, node.orelse):
            yield from names(part)
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from names(argument)
    else:
        for child in ast.iter_child_nodes(node):
            yield from names(child)


def _check(node: ast.expr) -> None:
    """Raise ValueError unless all of `node` belongs to the language."""
    match node:
        case ast.Name():
            return
        case ast.Constant(value=int() | float()):
            return
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
            parts = [left, right]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            parts = [operand]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if FUNCTIONS.get(name) == len(args):
            parts = args
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=body, orelse=orelse
        ) if isinstance(op, COMPARISONS):
            parts = [left, right, body, orelse]
        case _:
            raise ValueError(f"not in the language of formulas: {ast.unparse(node)}")
    for part in parts:
        _check(part)
