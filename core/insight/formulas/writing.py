"""A formula in one line of plain text: with its symbols, or with the numbers of a step in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from core.insight.formulas.evaluation import Value, evaluate
from core.insight.formulas.expression import Rule
from core.insight.formulas.rounding import comes_to
from core.insight.formulas.symbols import BEFORE, SLOPE, look
from core.insight.formulas.typesetting import ATOM, POWER, PRODUCT, SIGN, SUM
from core.insight.numbers import DIGITS, MINUS, significant, superscript
from core.texts import n_

MOST_DIGITS = 9  # to tell two numbers apart
LONGEST_NUMBER = 9  # characters
LONGEST_VECTOR = 4  # numbers of a vector that are written
SUMMED = ("total", "powers", "columns", "outer", "dot", "each", "T")  # written as what they come to
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
    "outer": ("Σ {0} {1}ᵀ", POWER, PRODUCT),
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
    """The rule with `values` in place of its symbols: `name` = … = its value, which is among them.

    It ends with ≈ where the numbers as they are shown do not come to what is shown of the value.
    """
    target, digits = look(rule.target), _digits(rule.target, values)
    result = shown(values[rule.target], target.chosen, digits)
    writer, written = _Writer(values, {f"{rule.target}_": digits}), _taken(rule.value, values)
    spans, _tightness = writer.write(written, True)
    line = [Span(name, target.role), Span(" = ")]
    if len(spans) == 1:  # a number alone
        return merged([*line, Span(result, target.role)])
    sign = " = " if comes_to(written, writer.number, result) else " ≈ "
    return merged([*line, *spans, Span(sign), Span(result, target.role)])


def before_and_after(name: str, before: float, after: float) -> Spans:
    """What a parameter was and is, without the way there."""
    digits = _digits("theta", {"theta_": before, "theta": after})
    was, now = shown(before, digits=digits), shown(after, digits=digits)
    return Span(name, "model"), Span(": "), Span(was, "was"), Span(" → "), Span(now, "model")


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
        self._leaves: dict[ast.expr, Span | None] = {}

    def write(self, node: ast.expr, first: bool) -> Written:
        """The pieces of a text, and how tightly they hold together."""
        leaf = self._leaf(node)
        if leaf is not None:
            return _number(*leaf, first)
        match node:
            case ast.Name(id=name):
                return self._symbol(name)
            case ast.UnaryOp(operand=operand):
                return [Span(MINUS), *self._held(operand, PRODUCT, False)], SIGN if first else SUM
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(left, op, right, first)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(node, name, args, first)
            case ast.IfExp():
                return self._cases(node)
        raise ValueError(ast.dump(node))

    def _leaf(self, node: ast.expr) -> Span | None:
        """The number that is written for an expression, with its role; None where it is written in parts."""
        if node not in self._leaves:
            self._leaves[node] = self._new_leaf(node)
        return self._leaves[node]

    def _new_leaf(self, node: ast.expr) -> Span | None:
        match node:
            case ast.Constant(value=int() | float() as value):
                return Span(exact(value))
            case _ if self._values is None:
                return None
            case ast.Name(id=name):
                symbol, digits = look(name), self._digits.get(name, DIGITS)
                return Span(shown(self._values[name], symbol.chosen, digits), symbol.role)
            case ast.BinOp(
                left=ast.Constant(value=int() | float() as one), op=ast.Sub(), right=ast.Name(id=name)
            ) if look(name).chosen:
                return Span(exact(one - float(self._values[name])))
            case ast.Call(func=ast.Name(id=name)) if name in SUMMED:
                return Span(shown(evaluate(node, self._values)))
        return None

    def number(self, node: ast.expr) -> str | None:
        """The number that is written for an expression; None where it is written in parts."""
        leaf = self._leaf(node)
        return None if leaf is None else leaf.text

    def _symbol(self, name: str) -> Written:
        symbol = look(name)
        whole = BEFORE not in symbol.text and not SLOPE.fullmatch(name)
        return [Span(symbol.text, symbol.role)], ATOM if whole else POWER

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
        if self._values is not None and name == "sum":
            return self._first_of(args[0], int(self._values["n"]), first)
        pattern, least, tightness = CALLS[name]
        spans: list[Span] = []
        for number, piece in enumerate(PLACE.split(pattern)):
            place = int(piece) if number % 2 else None
            spans += [Span(piece)] if place is None else self._held(args[place], least, place == 0)
        return spans, tightness

    def _first_of(self, points: ast.expr, count: int, first: bool) -> Written:
        """The first term of a sum over the points, and how many there are."""
        more = n_("… ({count} term)", "… ({count} terms)", count).format(count=f"{count:,}")
        return [*self._held(points, SUM, first), Span(f" + {more}")], SUM

    def _cases(self, node: ast.IfExp) -> Written:
        """All branches with their conditions."""
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


def _taken(node: ast.expr, values: Mapping[str, Value]) -> ast.expr:
    """What is written of an expression with numbers: of cases that which holds, of a mean what its sum is."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            holds = bool(np.asarray(evaluate(test, values)).flat[0])
            return _taken(body if holds else orelse, values)
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(_taken(left, values), op, _taken(right, values))
        case ast.Call(func=ast.Name(id="mean"), args=points):
            share = ast.BinOp(ast.Constant(1), ast.Div(), ast.Name("n"))
            return ast.BinOp(share, ast.Mult(), ast.Call(ast.Name("total"), points, []))
        case ast.Call(func=ast.Name(id="sum"), args=[points]) if values["n"] == 1:
            return points
    return node


def _number(written: str, role: str, first: bool) -> Written:
    if written.startswith(MINUS):
        return ([Span(written, role)], SIGN) if first else ([Span(f"({written})", role)], ATOM)
    return [Span(written, role)], SIGN if "×" in written else ATOM


def _bracketed(spans: list[Span]) -> list[Span]:
    return [Span("("), *spans, Span(")")]
