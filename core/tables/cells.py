"""One cell and what it says: a number, nothing, or some other text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Floats
from core.tables.notations.missing import says_error, says_missing
from core.tables.notations.spelling import cleaned, plain_value
from core.tables.reading import ERROR_CELL, NO_RESULT, STRAY_QUOTE

Cell = str | int | float | bool | None
LONGEST_EXAMPLE = 24  # characters of a cell in a sentence


class ErrorCell(str):
    """What a spreadsheet shows for a formula that failed; in a text, #N/A may be a word for missing."""

    __slots__ = ()


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
        return not isinstance(cell, ErrorCell) and says_missing(cleaned(cell))
    return cell is None or cell != cell  # NaN is the one number that differs from itself


def is_error(cell: Cell) -> bool:
    """Whether the cell has the error that a spreadsheet shows for a formula without a result."""
    return isinstance(cell, ErrorCell) or (isinstance(cell, str) and says_error(cleaned(cell)))


def is_formula(cell: Cell) -> bool:
    """Whether the cell has a formula in the place of its result."""
    return isinstance(cell, str) and cell[:1] == "=" and cell[1:2] not in ("", "=", '"')


def number(cell: Cell, decimal: str = ".") -> float | None:
    """The number in a cell with nothing beside it; None for text, an answer or nothing."""
    if isinstance(cell, str):
        return plain_value(cleaned(cell), decimal)
    if cell is None or isinstance(cell, bool):
        return None
    return as_float(cell)


def part_of(
    values: Floats, cells: Sequence[Cell], odd: Sequence[int], reasons: Mapping[str, Callable[[Cell], bool]]
) -> Part:
    """Cells with these `values`, those at the positions `odd` being text.

    Of each of these the first reason that applies is known: an error, a formula without its result, a stray
    quotation mark, or one of `reasons`.
    """
    text = np.zeros(len(cells), dtype=np.bool_)
    text[odd] = True
    because: dict[str, NDArray[np.intp]] = {}
    left = list(odd)
    known: dict[str, Callable[[Cell], bool]] = {
        ERROR_CELL: is_error,
        NO_RESULT: is_formula,
        STRAY_QUOTE: lambda cell: '"' in str(cell),
    }
    for reason, applies in {**known, **reasons}.items():
        where = [index for index in left if applies(cells[index])]
        if where:
            because[reason] = np.array(where, dtype=np.intp)
            left = sorted(set(left).difference(where))
    return Part(
        values, text, because, {reason: example(cells[where[0]]) for reason, where in because.items()}
    )


def example(cell: Cell) -> str:
    """A cell for a sentence, not too long."""
    text = str(cell).strip()
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1]}…"


def shown(cell: Cell) -> str:
    """The cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def as_float(value: float) -> float:
    """The nearest float64; infinite where it is beyond them."""
    try:
        return float(value)
    except OverflowError:  # an int of more than 308 digits
        return float("inf")
