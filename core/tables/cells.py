"""One cell and what it says: a number, nothing, or some other text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Floats
from core.tables.reading import ERROR_CELL

Cell = str | int | float | bool | None

_MISSING = re.compile(
    r"(?:--?|\?|\.\.?|#?n/?a|#n/a n/a|<na>|-?nan|null|none|-?1\.#(?:ind|qnan))?", re.IGNORECASE
)
_ERROR = re.compile(r"#[¡¿]?[\w/ ]+[!?]|#{3,}|err:\d{3}", re.IGNORECASE)  # in any language; Err:502 in Calc
_SPACES = " '’\u00a0\u202f\u2009"  # between thousands, in one country or another
_GROUPED = r"\d{{1,3}}(?:(?P<mark>[{group}])\d{{3}}(?:(?P=mark)\d{{3}})*)"
_NUMBER = rf"[+-]?(?:(?:{_GROUPED}|\d+)(?:{{point}}\d*)?|{{point}}\d+)(?:e[+-]?\d+)?"
_NUMBERS = {
    ".": re.compile(_NUMBER.format(group="," + _SPACES, point=r"\."), re.IGNORECASE),
    ",": re.compile(_NUMBER.format(group="." + _SPACES, point=","), re.IGNORECASE),
}
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_GROUPS = {
    mark: str.maketrans(dict.fromkeys(f"{other} '’\u00a0\u202f\u2009")) for mark, other in (".,", ",.")
}


@dataclass(frozen=True)
class Part:
    """Some cells of one column: `values` `[N]`, NaN where there is no number, and where that is `text`.

    `because` has the positions, among those of `text`, of cells of which more is known than that they are no
    number, and `examples` one such cell; the keys are reasons for which a row is left out.
    """

    values: Floats
    text: NDArray[np.bool_]
    because: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)


def is_missing(cell: Cell) -> bool:
    """Whether the cell is empty or says that there is no value."""
    if isinstance(cell, str):
        return _MISSING.fullmatch(cell.strip()) is not None
    return cell is None or cell != cell  # NaN is the one number that differs from itself


def is_error(cell: Cell) -> bool:
    """Whether the cell has the error that a spreadsheet shows for a formula without a result."""
    return isinstance(cell, str) and _ERROR.fullmatch(cell.strip()) is not None


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
    errors = [index for index, cell in enumerate(cells) if text[index] and is_error(cell)]
    because = {ERROR_CELL: np.array(errors, dtype=np.intp)} if errors else {}
    examples = {ERROR_CELL: str(cells[errors[0]]).strip()} if errors else {}
    return Part(values, np.array(text, dtype=np.bool_), because, examples)


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
