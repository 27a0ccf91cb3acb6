"""One cell and what it says: a number, nothing, or some other text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Floats

Cell = str | int | float | bool | None

_MISSING = re.compile(
    r"(?:--?|\?|\.\.?|#?n/?a|#n/a n/a|<na>|-?nan|null|none|-?1\.#(?:ind|qnan))?", re.IGNORECASE
)
_SPACES = " '’\u00a0\u202f\u2009"  # between thousands, in one country or another
_GROUPED = r"\d{{1,3}}(?:(?P<mark>[{group}])\d{{3}}(?:(?P=mark)\d{{3}})*)"
_NUMBER = rf"[+-]?(?:(?:{_GROUPED}|\d+)(?:{{point}}\d*)?|{{point}}\d+)(?:e[+-]?\d+)?"
_NUMBERS = {
    ".": re.compile(_NUMBER.format(group="," + _SPACES, point=r"\."), re.IGNORECASE),
    ",": re.compile(_NUMBER.format(group="." + _SPACES, point=","), re.IGNORECASE),
}
_GROUPS = {mark: str.maketrans(dict.fromkeys(other + _SPACES)) for mark, other in (".,", ",.")}
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_GROUPS = {
    mark: str.maketrans(dict.fromkeys(f"{other} '’\u00a0\u202f\u2009")) for mark, other in (".,", ",.")
}


@dataclass(frozen=True)
class Part:
    """Some cells of one column: `values` `[N]`, NaN where there is no number, and where that is `text`."""

    values: Floats
    text: NDArray[np.bool_]


def is_missing(cell: Cell) -> bool:
    """Whether the cell is empty or says that there is no value."""
    if isinstance(cell, str):
        return _MISSING.fullmatch(cell.strip()) is not None
    return cell is None or cell != cell  # NaN is the one number that differs from itself


def number(cell: Cell, decimal: str = ".") -> float | None:
    """The number in a cell, with or without thousands separators; None for text, an answer or nothing."""
    if isinstance(cell, str):
        return _number_in(cell, decimal)
    if cell is None or isinstance(cell, bool):
        return None
    return _float(cell)


def part(cells: Iterable[Cell], decimal: str) -> Part:
    """The numbers in some cells of one column."""
    cells = list(cells)
    if set(map(type, cells)) == {float}:
        return Part(np.array(cells, dtype=np.float64), np.zeros(len(cells), dtype=np.bool_))
    found = [number(cell, decimal) for cell in cells]
    values = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
    text = [value is None and not is_missing(cell) for cell, value in zip(cells, found, strict=True)]
    return Part(values, np.array(text, dtype=np.bool_))


def shown(cell: Cell) -> str:
    """The cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _number_in(text: str, decimal: str) -> float | None:
    """The number that a text spells, or None."""
    text = text.strip().replace("\u2212", "-")  # the minus sign of typesetters
    if _NUMBERS[decimal].fullmatch(text):
        plain = text.translate(_GROUPS[decimal])
        return _float(plain.replace(",", "."))
    return _float(text) if _INFINITE.fullmatch(text) else None


def _float(value: str | float) -> float:
    """The nearest float64; infinite where it is beyond them."""
    try:
        return float(value)
    except OverflowError:  # an int of more than 308 digits
        return float("inf")
