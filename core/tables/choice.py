"""Which two columns become x and y."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from core.problem import Problem
from core.tables.cells import example, is_error, is_formula, is_missing
from core.tables.layout.kinds import cells_in
from core.tables.limits import DECIDING
from core.tables.notations.notation import notation_of, ways_to_write
from core.tables.reading import DECIMALS, Column, Reading
from core.tables.sample import Sample
from core.texts import _, enumerated, joined

_LISTED = 12  # columns or sheets named in a sentence
_LONGEST_FORMULA = 40  # characters of it in a sentence
_LOOKED_AT = 100  # columns, for why they are no numbers


def chosen_columns(sample: Sample, reading: Reading) -> tuple[int, int]:
    """The positions of x and y: those asked for, else the first of numbers; Problem when there are none."""
    columns = sample.layout.columns
    x = _position(reading.x, sample)
    y = _position(reading.y, sample)
    if x is not None and x == y:
        text = _("x and y are the same column, {name}; choose two columns.")
        raise Problem(text.format(name=columns[x].name))
    free = [index for index, column in enumerate(columns) if column.numeric and index not in (x, y)]
    free = _proposed(columns, free, (x is None) + (y is None))
    numbers = [index for index in free if not columns[index].has_times]
    if y is not None and columns[y].has_times:
        text = _("The column “{name}” has dates or times, which can be x but not y; choose numbers for y.")
        raise Problem(text.format(name=columns[y].name))
    if len(free) < (x is None) + (y is None) or (y is None and not numbers):
        raise _too_few(sample, reading)
    if x is None:
        # dates among the first two are what the numbers beside them are plotted over
        x = next((index for index in free[:2] if y is None and columns[index].has_times), free[0])
    if y is None:
        numbers = [index for index in numbers if index != x]
        # what is measured stands behind its date, and a number of the row before it
        behind = [index for index in numbers if columns[x].has_times and index > x]
        y = (behind or numbers)[0]
    return x, y


def _proposed(columns: Sequence[Column], free: list[int], wanted: int) -> list[int]:
    """The columns of numbers without those that count rows or are sparse, as long as enough are left."""
    numbers = [index for index in free if not columns[index].counts_rows]
    full = [index for index in numbers if not columns[index].is_sparse]
    return next((some for some in (full, numbers) if len(some) >= wanted), free)


def may_be_fitted(sample: Sample, reading: Reading) -> bool:
    """Whether a table has the columns that are asked for by name, or else two for x and y.

    A column of formulas counts: it would have numbers, were they calculated.
    """
    columns = sample.layout.columns
    if not {reading.x, reading.y} <= {None, *(name for each in columns for name in (each.name, each.title))}:
        return False
    try:
        chosen_columns(sample, reading)
    except Problem:
        formulas = len(uncalculated(sample))
        return formulas > 0 and formulas + sum(column.numeric for column in columns) > 1
    return True


def uncalculated(sample: Sample) -> list[int]:
    """The positions of the columns that are mostly formulas without their results."""
    return [index for index in range(sample.layout.width) if _example_of_formulas(sample, index)]


def no_results(sample: Sample, column: int) -> str:
    """The sentence about a column of formulas that were never calculated."""
    text = _(
        "The column “{name}” has formulas whose results are not in the file ({example}); "
        "open the file in a spreadsheet program to recalculate them, and save it there."
    )
    name = sample.layout.columns[column].name
    return text.format(name=name, example=_example_of_formulas(sample, column))


def _example_of_formulas(sample: Sample, column: int) -> str:
    """One of the formulas of a column that would be numbers if they had results; "" where it is none."""
    if sample.layout.columns[column].numeric:
        return ""
    cells = cells_in(sample.rows, column)
    formulas = [str(cell) for cell in cells if is_formula(cell)]
    if not formulas or 2 * len(formulas) < sum(not is_missing(cell) for cell in cells):
        return ""
    return formulas[0][:_LONGEST_FORMULA]


def _position(asked: str | int | None, sample: Sample) -> int | None:
    """The position of a column that can be numbers; None when none was asked for."""
    if asked is None:
        return None
    columns = sample.layout.columns
    names = [column.name for column in columns]
    titles = [column.title for column in columns]
    index = next((each.index(asked) for each in (names, titles) if asked in each), asked)
    if not isinstance(index, int) or not 0 <= index < len(columns):
        text = _("There is no column {name}; the columns are {columns}.")
        raise Problem(text.format(name=asked, columns=listed(names)))
    if _example_of_formulas(sample, index):
        raise Problem(no_results(sample, index))
    if not columns[index].numeric and not columns[index].is_empty:
        if cause := _unreadable(sample, index):
            raise cause
        text = _("The column “{name}” is text; choose a column of numbers: {columns}.")
        raise Problem(text.format(name=names[index], columns=listed(_numeric(columns)) or _("there is none")))
    return index


def _too_few(sample: Sample, reading: Reading) -> Problem:
    """The sentence for a table without two columns of numbers."""
    if not sample.rows:
        return Problem(_("The table has no rows under its column names; add rows of numbers."))
    if formulas := uncalculated(sample):
        return Problem(no_results(sample, formulas[0]))
    columns = sample.layout.columns
    numeric = _numeric(columns)
    for index, column in enumerate(columns[:_LOOKED_AT]):
        if not column.numeric and (cause := _unreadable(sample, index)):
            return cause
    if len(sample.sheets) > 1 and reading.sheet is None:
        text = _("None of the sheets {sheets} has two columns of numbers; a fit needs x and y.")
        return Problem(text.format(sheets=listed(sample.sheets)))
    if numbers := [column.name for column in columns if column.numeric and not column.has_times]:
        text = _("Only the column “{name}” has numbers; a fit needs two such columns, x and y.")
        return Problem(joined(text.format(name=numbers[0]), _no_number(sample)))
    if numeric:
        text = _("The table has dates or times ({columns}) and no column of numbers; y must be numbers.")
        return Problem(text.format(columns=listed(numeric)))
    return Problem(_("No column of the table has numbers; a fit needs two such columns, x and y."))


def _no_number(sample: Sample) -> str:
    """The sentence about a cell that cannot be read, in the first column of text; "" where there is none."""
    texts = (index for index, column in enumerate(sample.layout.columns) if not column.numeric)
    for column in itertools.islice(texts, _LOOKED_AT):
        for cell in cells_in(sample.rows, column):
            if not is_missing(cell):
                sentence = _(
                    "“{example}” in “{name}” is taken for text; write numbers or choose another separator."
                )
                return sentence.format(example=example(cell), name=sample.layout.columns[column].name)
    return ""


def _unreadable(sample: Sample, column: int) -> Problem | None:
    """Why a column that has numbers cannot be read; None for a column of text."""
    name = sample.layout.columns[column].name
    cells = [cell for cell in cells_in(sample.rows, column) if not is_missing(cell)]
    if cells and all(map(is_error, cells)):
        text = _("The column “{name}” has only errors ({example}); mend its formulas.")
        return Problem(text.format(name=name, example=example(cells[0])))
    cells = cells[:DECIDING]
    for mark in DECIMALS:
        marked = [cell for cell in cells if mark in str(cell)]
        if mark != sample.layout.decimal and marked and notation_of(cells, mark):
            text = _(
                "The column “{name}” has another decimal mark than the table ({example}); use one for all."
            )
            return Problem(text.format(name=name, example=example(marked[0])))
    if ways := ways_to_write(cells):
        text = _(
            "The column “{name}” has no single notation ({examples}); write all its numbers in the same."
        )
        return Problem(text.format(name=name, examples=enumerated(ways)))
    return None


def _numeric(columns: Sequence[Column]) -> list[str]:
    """The names of the columns of numbers."""
    return [column.name for column in columns if column.numeric]


def listed(names: Sequence[str]) -> str:
    """Some names in a sentence."""
    return enumerated([*names[:_LISTED], *(["…"] if len(names) > _LISTED else [])])
