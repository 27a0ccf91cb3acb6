"""A printed equation as a person would put it into a calculator; knows nothing of how it was written."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = r"\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
TERM = re.compile(
    rf"(?P<sign>[+−]?) ?(?P<factor>{NUMBER})"
    r"(?: \(?(?P<letter>[xu])(?P<column>\d*)(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]*)"
    rf"(?: (?P<away>[+−]) (?P<mean>{NUMBER})\))?)?"
    r"(?: |$)"
)
U = re.compile(rf"\(?x(?: (?P<away>[+−]) (?P<mean>{NUMBER}))?\)?(?: / (?P<scale>{NUMBER}))?")


def number(text: str) -> float:
    """A number as it is printed, such as 6.132×10⁷."""
    head, _times, power = text.partition("×10")
    return float(f"{head}e{power.translate(RAISED) or 0}")


def signed(sign: str | None, text: str | None) -> float:
    return 0.0 if text is None else -number(text) if sign == "−" else number(text)


def function_of(equation: str) -> Callable[[Floats], Floats]:
    """y `[N]` at x `[N, F]` by the equation, every operation in float64; fails if it cannot be read."""
    left, _equals, right = equation.partition("y = ")
    assert not left
    right, _where, u_is = right.partition(",  u = ")
    terms, end = [], 0
    while end < len(right):
        found = TERM.match(right, end)
        assert found, right[end:]
        terms.append(found)
        end = found.end()
    u = U.fullmatch(u_is) if u_is else None
    assert bool(u_is) == bool(u) == any(term["letter"] == "u" for term in terms)

    def evaluate(x: Floats) -> Floats:
        total = np.zeros(len(x))
        for term in terms:
            factor = np.full(len(x), signed(term["sign"], term["factor"]))
            if term["letter"]:
                value = x[:, int(term["column"] or 1) - 1] + signed(term["away"], term["mean"])
                if term["letter"] == "u" and u is not None:
                    value = (x[:, 0] + signed(u["away"], u["mean"])) / number(u["scale"] or "1")
                factor *= value ** int(term["power"].translate(RAISED) or 1)
            total += factor
        return total

    return evaluate
