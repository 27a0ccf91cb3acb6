"""The same numbers come out of every separator, decimal mark and notation that a table can be written in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from core.problem import Problem
from core.tables import read_points

X = [0.5, 1.5, 2.25, 3.0, 4.75, 6.0, 8.5]
Y = [1234.5, 20.25, -310.75, 4100.0, 98765.25, 7.5, -1500.5]
CLOSE = 1e-12  # relative: what dividing a percentage by a hundred may round off
SEPARATORS = (",", ";", "\t", "|", "，", "  ")
SHAPES = ((True, False), (False, True))  # of texts between the columns, and of both columns in the notation
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
OTHER_MARK = {".": ",", ",": "."}

Write = Callable[[float, str], str]  # of a number and the decimal mark


def exactly(value: float, mark: str) -> str:
    """As many digits as it takes, and no exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", mark)


def grouped(by: str) -> Write:
    """Thousands apart by a mark, or by the one that is not the decimal mark."""

    def write(value: float, mark: str) -> str:
        whole, _point, part = f"{value:,.2f}".partition(".")
        return whole.replace(",", by or OTHER_MARK[mark]) + mark + part

    return write


def indian(value: float, mark: str) -> str:
    """Groups of two digits before the last three."""
    whole, _point, part = f"{abs(value) * 100:.2f}".partition(".")
    groups, rest = [whole[-3:]], whole[:-3]
    while rest:
        groups.insert(0, rest[-2:])
        rest = rest[:-2]
    return ("-" if value < 0 else "") + ",".join(groups) + "." + part


def around(before: str, behind: str, number: Write = exactly) -> Write:
    """Something in front of each number or behind it."""
    return lambda value, mark: before + number(value, mark) + behind


def sign_first(before: str, number: Write = exactly) -> Write:
    return lambda value, mark: ("-" if value < 0 else "") + before + number(abs(value), mark)


def negative(before: str, behind: str, number: Write = exactly) -> Write:
    """Negative numbers written otherwise than by a sign in front."""
    return lambda value, mark: before + number(-value, mark) + behind if value < 0 else number(value, mark)


def exponent(letter: str) -> Write:
    return lambda value, mark: f"{value:.6e}".replace("e", letter).replace(".", mark)


NOTATIONS: dict[str, tuple[Write, float]] = {  # and what the numbers are multiplied by
    "plain": (exactly, 1),
    "exponents with e": (exponent("e"), 1),
    "exponents with E": (exponent("E"), 1),
    "exponents with D": (exponent("D"), 1),
    "exponents with d": (exponent("d"), 1),
    "plus signs": (lambda value, mark: ("+" if value > 0 else "") + exactly(value, mark), 1),
    "thousands": (grouped(""), 1),
    "thousands apart by no-break spaces": (grouped("\u00a0"), 1),
    "thousands apart by narrow spaces": (grouped("\u202f"), 1),
    "thousands apart by thin spaces": (grouped("\u2009"), 1),
    "thousands apart by apostrophes": (grouped("'"), 1),
    "thousands apart by typographic apostrophes": (grouped("’"), 1),
    "Indian groups": (indian, 100),
    "percent": (around("", "%"), 0.01),
    "percent and thousands": (around("", "%", grouped("")), 0.01),
    "percent behind a no-break space": (around("", "\u00a0%"), 0.01),
    "dollars": (sign_first("$"), 1),
    "dollars and thousands": (sign_first("$", grouped("")), 1),
    "dollars in parentheses": (negative("(", ")", lambda value, mark: "$" + grouped("")(value, mark)), 1),
    "euros behind": (around("", "\u00a0€"), 1),
    "euros behind and thousands": (around("", "\u00a0€", grouped("")), 1),
    "yen": (sign_first("¥"), 1),
    "pounds": (sign_first("£", grouped("")), 1),
    "a code of a currency before": (sign_first("EUR\u00a0"), 1),
    "a code of a currency behind": (around("", "\u00a0USD"), 1),
    "centimetres": (around("", "\u00a0cm"), 1),
    "centimetres at once": (around("", "cm"), 1),
    "degrees": (around("", "\u00a0°C"), 1),
    "kilo-ohms": (around("", "kΩ"), 1),
    "microseconds": (around("", "\u00a0µs"), 1),
    "metres a second": (around("", "\u00a0m/s"), 1),
    "square metres": (around("", "\u00a0m²"), 1),
    "metres in Chinese": (around("", "米"), 1),
    "units and thousands": (around("", "\u00a0kg", grouped("")), 1),
    "parentheses": (negative("(", ")"), 1),
    "parentheses and thousands": (negative("(", ")", grouped("")), 1),
    "minus behind": (negative("", "-"), 1),
    "typographic minus": (negative("\u2212", ""), 1),
    "full-width digits": (lambda value, mark: exactly(value, mark).translate(FULL_WIDTH), 1),
    "characters of no width": (around("\u200b", "\ufeff"), 1),
}


def table(separator: str, mark: str, write: Write, texts: bool, both: bool) -> str:
    """A table with names; with a column of text between the two of numbers, if `texts`.

    The numbers of x are plain ones unless `both`; cells that have the separator are in quotes.
    """
    of_x = write if both else exactly
    rows = [["load", "reach"], *([of_x(x, mark), write(y, mark)] for x, y in zip(X, Y, strict=True))]
    if texts:
        rows = [[x, "dry" if number else "weather", y] for number, (x, y) in enumerate(rows)]
    return "".join(
        separator.join(f'"{cell}"' if separator in cell else cell for cell in row) + "\n" for row in rows
    )


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_numbers_are_the_same(notation: str, tmp_path: Path) -> None:
    write, factor = NOTATIONS[notation]
    path = tmp_path / "table.csv"
    for separator, mark, (texts, both) in product(SEPARATORS, ".,", SHAPES):
        if (notation == "Indian groups" and mark == ",") or (
            notation == "full-width digits" and separator == "，"
        ):
            continue
        text = table(separator, mark, write, texts, both)
        path.write_text(text, encoding="utf-8")
        try:
            points = read_points(path).points
        except Problem as problem:
            raise AssertionError(f"{problem}\n{text}") from problem
        assert len(points) == len(Y), text
        x = np.array(X) * (factor if both else 1)
        np.testing.assert_allclose(points.x[:, 0], x, CLOSE, err_msg=text)
        np.testing.assert_allclose(points.y, np.array(Y) * factor, CLOSE, err_msg=text)
