"""Which rows of a table are no points, and why."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
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
from core.texts import N_, _, enumerated, n_


@dataclass(frozen=True)
class Reason:
    """Why rows are left out: the sentence about one that is shown, "" where none is, and about so many."""

    of_one: str
    of_some: Callable[[int], str]


REASONS = {
    MISSING: Reason(
        N_("A cell of x or y is empty, or says that there is no value."),
        lambda count: n_("{count} has a missing cell", "{count} have a missing cell", count),
    ),
    NOT_A_NUMBER: Reason(
        N_("A cell of x or y is not a number."),
        lambda count: n_(
            "{count} has a cell that is not a number", "{count} have a cell that is not a number", count
        ),
    ),
    NOT_A_DATE: Reason(
        N_("A cell of x is not a date or time as in its column."),
        lambda count: n_(
            "{count} has a cell that is not a date or time as in its column ({example})",
            "{count} have a cell that is not a date or time as in their column ({example})",
            count,
        ),
    ),
    ERROR_CELL: Reason(
        N_("A cell of x or y has an error of the spreadsheet."),
        lambda count: n_(
            "{count} has a cell with an error ({example})",
            "{count} have a cell with an error ({example})",
            count,
        ),
    ),
    NO_RESULT: Reason(
        N_("A cell of x or y has a formula without its result."),
        lambda count: n_(
            "{count} has a formula without its result ({example})",
            "{count} have a formula without its result ({example})",
            count,
        ),
    ),
    OTHER_NOTATION: Reason(
        N_("A number is in another notation than its column."),
        lambda count: n_(
            "{count} has a number in another notation than its column, such as “{example}”",
            "{count} have a number in another notation than their column, such as “{example}”",
            count,
        ),
    ),
    STRAY_QUOTE: Reason(
        N_("A cell has a quotation mark without its partner, or amid other letters."),
        lambda count: n_(
            "{count} has a stray quotation mark ({example})",
            "{count} have a stray quotation mark ({example})",
            count,
        ),
    ),
    NOT_FINITE: Reason(
        N_("A number is infinite."),
        lambda count: n_("{count} has an infinite number", "{count} have an infinite number", count),
    ),
    TOO_MANY_CELLS: Reason(
        N_("The row has more cells than the table has columns."),
        lambda count: n_("{count} has too many cells", "{count} have too many cells", count),
    ),
    BEHIND: Reason(
        "",
        lambda count: n_("{count} stands behind the table", "{count} stand behind the table", count),
    ),
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
        return enumerated(
            reason.of_some(count).format(count=f"{count:,}", example=self.examples.get(key, ""))
            for key, reason in REASONS.items()
            if (count := self.counts[key])
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
        return _("Rows without a point, the first row of data being 1: {rows}.").format(
            rows="; ".join(numbers)
        )
