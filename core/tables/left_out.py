"""Which rows of a table are no points, and why."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.tables.reading import (
    BEHIND,
    ERROR_CELL,
    MISSING,
    NO_RESULT,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_FINITE,
    OTHER_NOTATION,
    STRAY_QUOTE,
    TOO_MANY_CELLS,
)
from core.texts import N_, _, n_

# Why a single row of the table is left out.
WHY = {
    MISSING: N_("A cell of x or y is empty."),
    NOT_A_NUMBER: N_("A cell of x or y is not a number."),
    NOT_A_DATE: N_("A cell of x is not a date or time as in its column."),
    ERROR_CELL: N_("A cell of x or y has an error of the spreadsheet."),
    NO_RESULT: N_("A cell of x or y has a formula without its result."),
    OTHER_NOTATION: N_("A number is in another notation than its column."),
    STRAY_QUOTE: N_("A cell has a quotation mark without its partner, or amid other letters."),
    NOT_FINITE: N_("A number is infinite."),
    TOO_MANY_CELLS: N_("The row has more cells than the table has columns."),
}

_LISTED = 5  # rows named in a sentence


@dataclass
class LeftOut:
    """How many rows are left out for which reason, each row once, and an example of some reasons.

    `rows` are the numbers of the first of them, the first data row being 1; None where they are not known.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    rows: list[int] | None = field(default_factory=list)

    def note_rows(self, numbers: Iterable[int]) -> None:
        """Take up the numbers of more rows that are left out, as far as a sentence has room."""
        if self.rows is not None:
            self.rows += itertools.islice(numbers, _LISTED + 1 - len(self.rows))

    @property
    def because(self) -> dict[str, int]:
        """How many rows are left out for each reason that there was."""
        return {reason: count for reason, count in self.counts.items() if count}

    def reasons(self) -> str:
        """How many rows are left out and why, in words."""
        counts = self.because
        texts = {
            MISSING: n_("{count} has a missing cell", "{count} have a missing cell", self.counts[MISSING]),
            NOT_A_NUMBER: n_(
                "{count} has a cell that is not a number",
                "{count} have a cell that is not a number",
                self.counts[NOT_A_NUMBER],
            ),
            NOT_A_DATE: n_(
                "{count} has a cell that is not a date or time as in its column ({example})",
                "{count} have a cell that is not a date or time as in their column ({example})",
                self.counts[NOT_A_DATE],
            ),
            ERROR_CELL: n_(
                "{count} has a cell with an error ({example})",
                "{count} have a cell with an error ({example})",
                self.counts[ERROR_CELL],
            ),
            NO_RESULT: n_(
                "{count} has a formula without its result ({example})",
                "{count} have a formula without its result ({example})",
                self.counts[NO_RESULT],
            ),
            OTHER_NOTATION: n_(
                "{count} has a number in another notation than its column, such as “{example}”",
                "{count} have a number in another notation than their column, such as “{example}”",
                self.counts[OTHER_NOTATION],
            ),
            STRAY_QUOTE: n_(
                "{count} has a stray quotation mark ({example})",
                "{count} have a stray quotation mark ({example})",
                self.counts[STRAY_QUOTE],
            ),
            NOT_FINITE: n_(
                "{count} has an infinite number", "{count} have an infinite number", self.counts[NOT_FINITE]
            ),
            TOO_MANY_CELLS: n_(
                "{count} has too many cells", "{count} have too many cells", self.counts[TOO_MANY_CELLS]
            ),
            BEHIND: n_(
                "{count} stands behind the table", "{count} stand behind the table", self.counts[BEHIND]
            ),
        }
        return ", ".join(
            text.format(count=f"{counts[key]:,}", example=self.examples.get(key, ""))
            for key, text in texts.items()
            if key in counts
        )

    def sentence(self) -> str:
        """The sentence about the rows that are left out; "" when all are read."""
        count = self.counts.total()
        if count == 0:
            return ""
        text = n_("{count} row is left out: {reasons}.", "{count} rows are left out: {reasons}.", count)
        return text.format(count=f"{count:,}", reasons=self.reasons())

    def where(self) -> str:
        """The sentence about which rows are left out; "" where none is, or it is not known."""
        if not self.rows:
            return ""
        numbers = [f"{row:,}" for row in self.rows[:_LISTED]] + ["…"] * (len(self.rows) > _LISTED)
        return _("Rows without a point, counted below the names: {rows}.").format(rows="; ".join(numbers))
