"""What is known of a sheet of a workbook beside the values of its cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

Range = tuple[tuple[int, int], tuple[int, int]]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of any sheet
_MOST_TOLD = 2_000_000  # cells
_LONGEST = 200  # characters of a formula that are kept


@dataclass
class SheetFacts:
    """Rows and columns are counted from 0 at the corner of the sheet.

    `told` has, by row and column, what cells say for which the reader of values has none: the error that is
    shown, and the formula, with its "=", whose result is not stored. `hidden_rows` counts those with content.
    `merged` are the first and last cells of merged ranges.
    """

    told: dict[int, dict[int, object]] = field(default_factory=lambda: defaultdict(dict))
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    _count: int = 0
    _numbers: Counter[int] = field(default_factory=Counter)
    _percents: Counter[int] = field(default_factory=Counter)

    @property
    def percent_columns(self) -> list[int]:
        """The columns most of whose numbers are shown as percent, of those that were counted."""
        return [column for column, count in self._percents.items() if 2 * count > self._numbers[column]]

    def tell(self, rows: range, columns: range, text: object) -> None:
        """Note what some cells say, as far as a sheet can have them and there is room."""
        columns = columns[: max(MAX_COLUMNS - columns.start, 0)]
        for row in rows[: max(MAX_ROWS - rows.start, 0)] if columns else ():
            if self._count > _MOST_TOLD:
                return
            self.told[row].update(dict.fromkeys(columns, text))
            self._count += len(columns)

    def count_number(self, column: int, is_percent: bool) -> None:
        """Count a cell with a number, which is shown as percent or is not."""
        self._numbers[column] += 1
        self._percents[column] += is_percent

    def hide_columns(self, first: int, end: int) -> None:
        """Note that the columns from `first` to before `end` are hidden."""
        self.hidden_columns.update(range(max(first, 0), min(end, MAX_COLUMNS)))


def error(text: str) -> dict[str, str]:
    """An error that a cell shows, marked as such: #N/A may also be a text for a value that is missing."""
    return {"error": text.strip()}


def formula(text: str) -> str:
    """A formula without a result, as a cell shows it; one that repeats another has no text of its own."""
    return f"={text.strip().removeprefix('=')[:_LONGEST] or '…'}"
