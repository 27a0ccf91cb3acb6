"""A formula as LaTeX, its symbols coloured by role: \\textcolor{ROLE}{…}, for the window to fill in."""

from __future__ import annotations

import ast

from core.insight.formulas.expression import Rule, names
from core.insight.formulas.symbols import SLOPE, SYMBOLS, Look, look

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly the parts of an expression hold together
SIGNS = {ast.Gt: ">", ast.Lt: "<", ast.LtE: r"\le", ast.GtE: r"\ge", ast.Eq: "="}
OPPOSITE = {ast.Gt: r"\le", ast.Lt: r"\ge", ast.LtE: ">", ast.GtE: "<", ast.Eq: r"\ne"}

# Of each function of the language: its look, how tightly its arguments must hold together, and how it does.
CALLS = {
    "abs": (r"\left|{0}\right|", (SUM,), ATOM),
    "sqrt": (r"\sqrt{{{0}}}", (SUM,), ATOM),
    "sign": (r"\mathrm{{sign}}\left({0}\right)", (SUM,), ATOM),
    "max": (r"\max\left({0}, {1}\right)", (SUM, SUM), ATOM),
    "min": (r"\min\left({0}, {1}\right)", (SUM, SUM), ATOM),
    "tanh": (r"\tanh\left({0}\right)", (SUM,), ATOM),
    "sigmoid": (r"\sigma\left({0}\right)", (SUM,), ATOM),
    "relu": (r"\mathrm{{ReLU}}\left({0}\right)", (SUM,), ATOM),
    "logcosh": (r"\log \cosh\left({0}\right)", (SUM,), ATOM),
    "T": (r"{{{0}}}^{{\top}}", (ATOM,), POWER),
    "dot": (r"{{{0}}}^{{\top}} {1}", (ATOM, ATOM), PRODUCT),
    "each": (r"{0} \odot {1}", (PRODUCT, POWER), PRODUCT),
    "outer": (r"\sum_{{i=1}}^{{n}} {0} \, {{{1}}}^{{\top}}", (POWER, ATOM), PRODUCT),
    "mean": (r"\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} {0}", (PRODUCT,), PRODUCT),
    "sum": (r"\sum_{{i=1}}^{{n}} {0}", (PRODUCT,), PRODUCT),
    "total": (r"\sum {0}", (PRODUCT,), PRODUCT),
    "powers": (r"\sum_{{k=1}}^{{{2}}} {weight} \, {{{1}}}^{{k}}", (ATOM, ATOM, ATOM), PRODUCT),
    "columns": (r"\sum_{{j=1}}^{{{2}}} {weight} \, {column}", (ATOM, ATOM, ATOM), PRODUCT),
}
Typeset = tuple[str, int]


def coloured(symbol: Look) -> str:
    """A symbol in the colour of its role."""
    return rf"\textcolor{{{symbol.role}}}{{{symbol.latex}}}" if symbol.role else symbol.latex


def latex(rule: Rule, each: bool = False) -> str:
    """The rule as an equation; with `each` the symbols of single points have an i."""
    anew = f"{rule.target}_" in names(rule.value) and not SYMBOLS[rule.target].counter
    becomes = r"\leftarrow" if anew else "="
    return f"{coloured(look(rule.target, each))} {becomes} {_Typesetter(each).typeset(rule.value)[0]}"


class _Typesetter:
    def __init__(self, each: bool) -> None:
        self._each = each

    def typeset(self, node: ast.expr) -> Typeset:
        """LaTeX, and how tightly its parts hold together."""
        match node:
            case ast.Name(id=name):
                return coloured(look(name, self._each)), POWER if SLOPE.fullmatch(name) else ATOM
            case ast.Constant(value=int() | float() as value):
                return _number(value), ATOM
            case ast.UnaryOp(operand=operand):
                return f"-{self._held(operand, PRODUCT)}", SIGN
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(left, op, right)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
            case ast.IfExp():
                return self._cases(node), ATOM
        raise ValueError(ast.dump(node))

    def _operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Typeset:
        match op:
            case ast.Add():
                return f"{self._held(left, SUM)} + {self._held(right, SUM)}", SUM
            case ast.Sub():
                return f"{self._held(left, SUM)} - {self._held(right, PRODUCT)}", SUM
            case ast.Div():
                return rf"\frac{{{self.typeset(left)[0]}}}{{{self.typeset(right)[0]}}}", PRODUCT
            case ast.Pow():
                return f"{{{self._held(left, ATOM)}}}^{{{self.typeset(right)[0]}}}", POWER
        second = self._held(right, PRODUCT)
        times = r"\cdot" if second.lstrip("{")[0].isdigit() else r"\,"
        return f"{self._held(left, PRODUCT)} {times} {second}", PRODUCT

    def _call(self, name: str, args: list[ast.expr]) -> Typeset:
        pattern, least, tightness = CALLS[name]
        parts = [self._held(argument, each) for argument, each in zip(args, least, strict=True)]
        sums = {"powers": look("wk", self._each), "columns": look("wj", self._each)}
        weight = coloured(sums[name]) if name in sums else ""
        return pattern.format(*parts, weight=weight, column=coloured(look("xj", self._each))), tightness

    def _cases(self, node: ast.IfExp) -> str:
        """The branches, each with its condition; that of the last is what is left."""
        rows = []
        last: ast.expr = node
        while isinstance(last, ast.IfExp):
            assert isinstance(last.test, ast.Compare)
            test, rest = last.test, last.orelse
            rows.append((last.body, self._condition(test, SIGNS[type(test.ops[0])])))
            left = "=" if len(rows) > 1 else OPPOSITE[type(test.ops[0])]  # neither above nor below
            last = rest
        rows.append((last, self._condition(test, left)))
        lines = r" \\ ".join(f"{self.typeset(value)[0]} & {condition}" for value, condition in rows)
        return rf"\begin{{cases}} {lines} \end{{cases}}"

    def _condition(self, test: ast.Compare, sign: str) -> str:
        return f"{self.typeset(test.left)[0]} {sign} {self.typeset(test.comparators[0])[0]}"

    def _held(self, node: ast.expr, least: int) -> str:
        """An expression, in brackets if its parts hold together less tightly than `least`."""
        text, tightness = self.typeset(node)
        return text if tightness >= least else rf"\left({text}\right)"


def _number(value: float) -> str:
    mantissa, power, exponent = f"{value:.10g}".partition("e")
    if not power:
        return mantissa
    raised = f"10^{{{int(exponent)}}}"
    return raised if mantissa == "1" else rf"{mantissa} \cdot {raised}"
