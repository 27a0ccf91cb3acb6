"""A formula in one line of plain text: with its symbols, or with the numbers of a step in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from core.insight.formulas.evaluation import Value, evaluate
from core.insight.formulas.expression import Rule
from core.insight.formulas.symbols import BEFORE, look
from core.insight.formulas.typesetting import ATOM, POWER, PRODUCT, SIGN, SUM
from core.insight.numbers import DIGITS, MINUS, significant, superscript

MOST_DIGITS = 9  # to tell two numbers apart
LONGEST_NUMBER = 9  # characters
LONGEST_VECTOR = 4  # numbers of a vector that are written
SUMMED = (
    "mean",
    "sum",
    "total",
    "powers",
    "columns",
    "outer",
    "dot",
    "each",
    "T",
)  # written as the number that they come to
SIGNS = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "≤", ast.GtE: "≥", ast.Eq: "="}
OPPOSITE = {ast.Gt: "≤", ast.Lt: "≥", ast.LtE: ">", ast.GtE: "<", ast.Eq: "≠"}
# Of each function of the language: its look, how tightly its arguments must hold together, and how it does.
CALLS = {
    "abs": ("|{0}|", SUM, ATOM),
    "sqrt": ("√{0}", ATOM, ATOM),
    "sign": ("sign({0})", SUM, ATOM),
    "max": ("max({0}, {1})", SUM, ATOM),
    "min": ("min({0}, {1})", SUM, ATOM),
    "tanh": ("tanh({0})", SUM, ATOM),
    "sigmoid": ("σ({0})", SUM, ATOM),
    "relu": ("ReLU({0})", SUM, ATOM),
    "logcosh": ("log cosh({0})", SUM, ATOM),
    "T": ("{0}ᵀ", ATOM, POWER),
    "dot": ("{0}ᵀ {1}", POWER, PRODUCT),
    "each": ("{0} ⊙ {1}", PRODUCT, PRODUCT),
    "outer": ("Σ {0} {1}ᵀ", ATOM, PRODUCT),
    "mean": ("1/n · Σ {0}", PRODUCT, PRODUCT),
    "sum": ("Σ {0}", PRODUCT, PRODUCT),
    "total": ("Σ {0}", PRODUCT, PRODUCT),
    "powers": ("Σ wₖ {1}ᵏ", ATOM, PRODUCT),
    "columns": ("Σ wⱼ xⱼ", ATOM, PRODUCT),
}
PLACE = re.compile(r"\{(\d)\}")


class Span(NamedTuple):
    """A piece of a line of text, and the role of what it says, a word of ROLES or none."""

    text: str
    role: str = ""


Spans = tuple[Span, ...]
Written = tuple[list[Span], int]


def exact(value: float) -> str:
    """A number that a person has set, as short as it is: 0.9, 24, 1×10⁻⁸."""
    if not np.isfinite(value):
        return significant(value)
    number = f"{value:.10g}"
    if len(number) > LONGEST_NUMBER:  # one that was made from what a person has set
        number = f"{value:.{DIGITS}g}"
    mantissa, power, exponent = number.partition("e")
    return (mantissa + (f"×10{superscript(int(exponent))}" if power else "")).replace("-", MINUS)


def shown(value: Value, chosen: bool = False, digits: int = DIGITS) -> str:
    """A number, or that of the first point, or the first numbers of a vector."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 2 and len(array) > 1:
        parts = [significant(float(number)) for number in array[:LONGEST_VECTOR, 0]]
        return f"({', '.join(parts)}{', …' if len(array) > LONGEST_VECTOR else ''})"
    number = float(array.flat[0])
    return exact(number) if chosen else significant(number, digits)


def text(rule: Rule) -> str:
    """The rule with its symbols, for somebody who hears it."""
    spans, _tightness = _Writer(None).write(rule.value, True)
    return f"{look(rule.target).text} = {''.join(span.text for span in spans)}"


def with_numbers(rule: Rule, values: Mapping[str, Value], name: str) -> Spans:
    """The rule with `values` in place of its symbols: `name` = … = its value, which is among them."""
    target, digits = look(rule.target), _digits(rule.target, values)
    result = shown(values[rule.target], target.chosen, digits)
    spans, _tightness = _Writer(values, {f"{rule.target}_": digits}).write(rule.value, True)
    line = [Span(name, target.role), Span(" = ")]
    if len(spans) == 1:  # a number alone
        return merged([*line, Span(result, target.role)])
    return merged([*line, *spans, Span(" = "), Span(result, target.role)])


def result_alone(rule: Rule, values: Mapping[str, Value], name: str) -> Spans:
    """What the rule comes to, without the way there."""
    target = look(rule.target)
    return Span(name, target.role), Span(" = "), Span(shown(values[rule.target]), target.role)


def _digits(target: str, values: Mapping[str, Value]) -> int:
    """How many digits it takes to tell what was from what is."""
    before = values.get(f"{target}_")
    if before is None or before == values[target]:
        return DIGITS
    counts = range(DIGITS, MOST_DIGITS + 1)
    return next((n for n in counts if shown(before, digits=n) != shown(values[target], digits=n)), DIGITS)


def merged(spans: Iterable[Span]) -> Spans:
    """Neighbours of one role as one."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].role == span.role:
            found[-1] = Span(found[-1].text + span.text, span.role)
        else:
            found.append(span)
    return tuple(found)


class _Writer:
    """Writes symbols where `values` is None. A number below 0 is in brackets, unless it is the `first`."""

    def __init__(self, values: Mapping[str, Value] | None, digits: Mapping[str, int] | None = None) -> None:
        self._values = values
        self._digits = digits or {}

    def write(self, node: ast.expr, first: bool) -> Written:
        """The pieces of a text, and how tightly they hold together."""
        match node:
            case ast.Name(id=name):
                return self._name(name, first)
            case ast.Constant(value=int() | float() as value):
                return self._number(exact(value), "", first)
            case ast.BinOp(
                left=ast.Constant(value=int() | float() as one), op=ast.Sub(), right=ast.Name(id=name)
            ) if self._values is not None and look(name).chosen:
                return self._number(exact(one - float(self._values[name])), "", first)
            case ast.UnaryOp(operand=operand):
                return [Span(MINUS), *self._held(operand, PRODUCT, False)], SIGN if first else SUM
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(left, op, right, first)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(node, name, args, first)
            case ast.IfExp():
                return self._cases(node, first)
        raise ValueError(ast.dump(node))

    def _name(self, name: str, first: bool) -> Written:
        symbol = look(name)
        if self._values is None:
            return [Span(symbol.text, symbol.role)], ATOM if BEFORE not in symbol.text else POWER
        number = shown(self._values[name], symbol.chosen, self._digits.get(name, DIGITS))
        return self._number(number, symbol.role, first)

    def _number(self, number: str, role: str, first: bool) -> Written:
        if number.startswith(MINUS):
            return ([Span(number, role)], SIGN) if first else ([Span(f"({number})", role)], ATOM)
        return [Span(number, role)], SIGN if "×" in number else ATOM

    def _operation(self, left: ast.expr, op: ast.operator, right: ast.expr, first: bool) -> Written:
        match op:
            case ast.Add():
                return [*self._held(left, SUM, first), Span(" + "), *self._held(right, SUM, False)], SUM
            case ast.Sub():
                right_side = self._held(right, PRODUCT, False)
                return [*self._held(left, SUM, first), Span(f" {MINUS} "), *right_side], SUM
            case ast.Div():
                right_side = self._held(right, POWER, False)
                return [*self._held(left, PRODUCT, first), Span(" / "), *right_side], PRODUCT
            case ast.Pow():
                return [*self._held(left, ATOM, False), *self._power(right)], POWER
            case ast.MatMult() if self._values is None:
                return [
                    *self._held(left, PRODUCT, first),
                    Span(" "),
                    *self._held(right, PRODUCT, False),
                ], PRODUCT
        return [*self._held(left, PRODUCT, first), Span(" · "), *self._held(right, PRODUCT, False)], PRODUCT

    def _power(self, node: ast.expr) -> list[Span]:
        """An exponent: raised where it is a whole number, else behind ^."""
        spans, tightness = self.write(node, True)
        raised = "".join(span.text for span in spans)
        if raised.isascii() and raised.isdigit():
            return [Span(superscript(int(raised)))]
        return [Span("^"), *(spans if tightness >= POWER else _bracketed(spans))]

    def _call(self, node: ast.Call, name: str, args: list[ast.expr], first: bool) -> Written:
        if self._values is not None and name in SUMMED:
            return self._summed(node, name, args, first)
        pattern, least, tightness = CALLS[name]
        spans: list[Span] = []
        for number, piece in enumerate(PLACE.split(pattern)):
            place = int(piece) if number % 2 else None
            spans += [Span(piece)] if place is None else self._held(args[place], least, place == 0)
        return spans, tightness

    def _summed(self, node: ast.Call, name: str, args: list[ast.expr], first: bool) -> Written:
        """What a sum comes to; of a mean, what its sum does."""
        assert self._values is not None
        if name == "mean":
            total = np.sum(np.asarray(evaluate(args[0], self._values)))
            count = exact(float(self._values["n"]))
            return [Span(f"1/{count} · "), *self._number(significant(float(total)), "", False)[0]], PRODUCT
        return self._number(shown(evaluate(node, self._values)), "", first)

    def _cases(self, node: ast.IfExp, first: bool) -> Written:
        """The branch that is taken, or all with their conditions."""
        if self._values is not None:
            holds = bool(np.asarray(evaluate(node.test, self._values)).flat[0])
            return self.write(node.body if holds else node.orelse, first)
        spans: list[Span] = []
        last: ast.expr = node
        while isinstance(last, ast.IfExp):
            assert isinstance(last.test, ast.Compare)
            test = last.test
            spans += [
                *self.write(last.body, True)[0],
                *self._condition(test, SIGNS[type(test.ops[0])]),
                Span("; "),
            ]
            last = last.orelse
        left = "=" if isinstance(node.orelse, ast.IfExp) else OPPOSITE[type(test.ops[0])]
        return [Span("{"), *spans, *self.write(last, True)[0], *self._condition(test, left), Span("}")], ATOM

    def _condition(self, test: ast.Compare, sign: str) -> list[Span]:
        left, right = self.write(test.left, True)[0], self.write(test.comparators[0], True)[0]
        return [Span(" : "), *left, Span(f" {sign} "), *right]

    def _held(self, node: ast.expr, least: int, first: bool) -> list[Span]:
        spans, tightness = self.write(node, first)
        return spans if tightness >= least else _bracketed(self.write(node, True)[0])


def _bracketed(spans: list[Span]) -> list[Span]:
    return [Span("("), *spans, Span(")")]
