"""Leaves out of formulas what is switched off: terms at 0, factors of 1, second names for one thing."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterable

from core.insight.formulas.expression import Rule

_FOLDS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}


def tidied(rules: Iterable[Rule], zeros: Collection[str], kept: Collection[str] = ()) -> list[Rule]:
    """The rules with the names in `zeros` at 0, and what that makes of them.

    A rule that only gives a name or a constant another name goes, unless its target is in `kept`, and those
    behind it take the first name.
    """
    same: dict[str, ast.expr] = {name: ast.Constant(0) for name in zeros}
    left = []
    for target, value in rules:
        simple = _Simpler(same).visit(value)
        if isinstance(simple, ast.Name | ast.Constant) and target not in kept:
            same[target] = simple
        else:
            left.append(Rule(target, simple))
    return left


class _Simpler(ast.NodeTransformer):
    """Simplifies from the leaves up; makes new nodes, for rules are shared."""

    def __init__(self, same: dict[str, ast.expr]) -> None:
        self._same = same

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._same.get(node.id, node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self.visit(node.operand)
        return operand if _is(operand, 0) else ast.UnaryOp(node.op, operand)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.comparators[0])
        one, other = _number(left), _number(right)
        if one is None or other is None:
            return ast.Compare(left, node.ops, [right])
        return ast.Constant(_COMPARISONS[type(node.ops[0])](one, other))

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            chosen: ast.expr = self.visit(node.body if test.value else node.orelse)
            return chosen
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        return _neutral(left, node.op, right) or _folded(left, node.op, right)


def _neutral(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr | None:
    """What 0 and 1 make of a sum, a product or a power; None where they do not occur."""
    match op:
        case ast.Add() if _is(left, 0):
            return right
        case ast.Add() | ast.Sub() if _is(right, 0):
            return left
        case ast.Sub() if _is(left, 0):
            return ast.UnaryOp(ast.USub(), right)
        case ast.Mult() if _is(left, 0) or _is(right, 1):
            return left
        case ast.Mult() if _is(right, 0) or _is(left, 1):
            return right
        case ast.Div() if _is(left, 0) or _is(right, 1):
            return left
        case ast.Pow() if _is(right, 0):
            return ast.Constant(1)
        case ast.Pow() if _is(right, 1) or _is(left, 0) or _is(left, 1):
            return left
    return None


def _folded(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    """Two constants as one; a quotient stays a fraction, unless it is a whole number."""
    one, other = _number(left), _number(right)
    if one is not None and other is not None:
        if type(op) in _FOLDS:
            return ast.Constant(_FOLDS[type(op)](one, other))
        if isinstance(op, ast.Div) and other and not one % other:
            return ast.Constant(one / other)
    return ast.BinOp(left, op, right)


def _number(node: ast.expr) -> float | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int | float) else None


def _is(node: ast.expr, number: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == number
