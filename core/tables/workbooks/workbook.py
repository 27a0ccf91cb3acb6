"""Tables in a workbook: XLSX, XLS, ODS."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from core.file_names import shown_name
from core.problem import Problem
from core.tables.cells import Cell
from core.tables.choice import listed, may_be_fitted, no_results, uncalculated
from core.tables.layout import Layout, Row, understand
from core.tables.limits import check_rows, file_size
from core.tables.notations.numbers import Numbers
from core.tables.reading import Column, Reading
from core.tables.sample import Block, Excerpt, Sample, block_of, decided
from core.tables.source import Cancel, Progress, never
from core.tables.workbooks.unpacked import check_unpacked, damaged
from core.tables.workbooks.workbook_process import SheetPart, sheet_parts
from core.texts import _, n_

ROWS_LOOKED_AT = 2_000  # at first; a sheet that has no more is understood by all of them
ZIP = b"PK\x03\x04"  # XLSX, XLSB, ODS


@dataclass(frozen=True)
class Workbook:
    """A workbook in a file; the first rows of its sheets are kept, to be understood anew quickly."""

    path: Path
    cancelled: Cancel = never
    heads: dict[str, SheetPart] = field(default_factory=dict)

    is_text = False

    @property
    def name(self) -> str:
        """The name of the file."""
        return shown_name(self.path)

    @classmethod
    def from_file(cls, path: Path, cancelled: Cancel = never) -> Workbook:
        """The workbook at `path`; Problem when it is too large, also unpacked."""
        file_size(path)
        with path.open("rb") as file:
            if file.read(len(ZIP)) == ZIP:
                check_unpacked(file, shown_name(path), cancelled)
        return cls(path, cancelled)

    def sample(self, reading: Reading, in_haste: bool = False) -> Sample:
        """The first rows of a sheet, understood as `reading` asks; else of the first with points."""
        if not reading.sheet:
            return self._proposed(reading)
        return self._understood(self._head(reading.sheet), reading)

    def _proposed(self, reading: Reading) -> Sample:
        """The first rows of the first sheet with the columns that are asked for, or else with any data."""
        names = replace(reading, x=_if_name(reading.x), y=_if_name(reading.y))
        found: list[Sample] = []
        problems: list[Problem] = []
        with closing(self._heads()) as heads:  # the others need not be read then
            for head in heads:
                try:
                    found.append(self._understood(head, reading))
                except Problem as problem:
                    problems.append(problem)
                    continue
                if may_be_fitted(found[-1], names):
                    return found[-1]
        if not found:
            raise problems[0]
        return found[0]

    def _understood(self, head: SheetPart, reading: Reading) -> Sample:
        """The first rows of one sheet; Problem where it is empty."""
        if not head.rows:
            text = _("The sheet {sheet} of {name} is empty; choose another sheet.")
            raise Problem(text.format(sheet=head.sheet, name=self.name))
        whole = not head.later
        asked = replace(reading, sheet=head.sheet, separator=None, encoding=None)
        further = [row for _before, rows in head.later for row in rows]
        layout = understand(head.rows, asked, whole=whole, further=further)
        layout = _with_percents(layout, head.percent_columns)
        data, behind = layout.data(head.rows), layout.behind(head.rows)
        sample = Sample(layout, data, whole, layout.first, head.sheets, behind=len(behind))
        if not whole:
            sample = decided(_with_far_rows(head, sample, further), partial(self._cells, head.sheet))
        return replace(sample, notes=(*layout.notes, *_notes(head, sample)))

    def _cells(self, sheet: str, columns: Sequence[int]) -> Generator[list[Cell]]:
        """The cells of some columns of a sheet, row by row."""
        for part in sheet_parts(self.path, sheet, 0, columns, self.cancelled):
            yield from part.rows

    def blocks(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterable[Block]:
        """The cells of two columns, from the first data row to the last."""
        if sample.whole:
            yield block_of(sample.rows, columns, sample.layout, sample.behind)
            return
        sheet = sample.layout.reading.sheet or ""
        pair = replace(sample.layout, columns=tuple(sample.layout.columns[column] for column in columns))
        done = 0
        for part in sheet_parts(self.path, sheet, 0, columns, cancelled):
            end = None if sample.stop is None else max(sample.stop - done, 0)
            yield block_of(part.rows[max(sample.skip - done, 0) : end], (0, 1), pair)
            done += len(part.rows)
            progress(min(done / max(part.row_count, 1), 1.0))
        yield block_of([], (0, 1), pair, sample.behind)

    def _head(self, sheet: str) -> SheetPart:
        """The first rows of a sheet, and some later ones."""
        if sheet not in self.heads:
            list(self._read_heads(sheet))
        return self.heads[sheet]

    def _heads(self) -> Generator[SheetPart]:
        """The first rows of one sheet after the other, each read when it is wanted."""
        sheets = next((head.sheets for head in self.heads.values()), ())
        if sheets and all(sheet in self.heads for sheet in sheets):
            return (self.heads[sheet] for sheet in sheets)
        return self._read_heads("")

    def _read_heads(self, sheet: str) -> Generator[SheetPart]:
        """The first rows of a sheet, or of each where it is ""; they are kept."""
        rows: list[list[Cell]] = []
        for part in sheet_parts(self.path, sheet, ROWS_LOOKED_AT, None, self.cancelled):
            check_rows(part.row_count)
            rows += part.rows
            if part.is_end:
                self.heads[part.sheet] = replace(part, rows=rows)
                rows = []
                yield self.heads[part.sheet]
        if not self.heads:
            raise damaged(self.name)


def _if_name(column: str | int | None) -> str | None:
    """The name of a column that was asked for; a position does not tell which sheet is meant."""
    return column if isinstance(column, str) else None


def _with_far_rows(head: SheetPart, sample: Sample, further: Sequence[Row]) -> Sample:
    """A sample with rows from far down, and with the row where notes behind the table begin."""
    layout = sample.layout
    if sample.behind and not any(map(layout.is_of_table, further)):  # it ends among the first rows
        return replace(sample, whole=True, behind=head.filled - layout.first - len(sample.rows))
    (_before, last) = head.later[-1]
    behind = layout.count_behind(last)
    if behind == len(last):
        behind = 0  # they may as well be of the table, where it is odd
    later = tuple(
        Excerpt(rows[: head.filled - behind - before], partial(int, before - layout.first))
        for before, rows in head.later
    )
    stop = head.filled - behind if behind else None
    return replace(sample, rows=head.rows[layout.first :], later=later, behind=behind, stop=stop)


def _with_percents(layout: Layout, columns: Sequence[int]) -> Layout:
    """A layout that knows which columns the spreadsheet shows as percent; of a turned table none is."""
    if not columns or layout.lying is not None:
        return layout
    known = [
        replace(column, notation=replace(column.notation, shown_with="%"))
        if index in columns and isinstance(column.notation, Numbers) and not column.notation.beside
        else column
        for index, column in enumerate(layout.columns)
    ]
    return replace(layout, columns=tuple(known))


def _notes(head: SheetPart, sample: Sample) -> tuple[str, ...]:
    """What a person should know of a sheet beside its cells."""
    columns = sample.layout.columns
    formulas = [no_results(sample, column) for column in uncalculated(sample)[:1]]
    found = (*formulas, _other_sheets(head), _hidden_rows(head), _hidden_columns(head, columns))
    return tuple(filter(None, found))


def _other_sheets(head: SheetPart) -> str:
    """Which other sheets there are."""
    others = [sheet for sheet in head.sheets if sheet != head.sheet]
    if not others:
        return ""
    text = n_("There is another sheet: {sheets}.", "There are {count} other sheets: {sheets}.", len(others))
    return text.format(count=len(others), sheets=listed(others))


def _hidden_rows(head: SheetPart) -> str:
    """That rows are read which the spreadsheet does not show."""
    if head.hidden_rows == 0:
        return ""
    text = n_(
        "{count} row that is hidden in the spreadsheet is read too.",
        "{count} rows that are hidden in the spreadsheet, by a filter or by hand, are read too.",
        head.hidden_rows,
    )
    return text.format(count=f"{head.hidden_rows:,}")


def _hidden_columns(head: SheetPart, columns: Sequence[Column]) -> str:
    """That columns can be chosen which the spreadsheet does not show."""
    names = [column.name for index, column in enumerate(columns) if index in head.hidden_columns]
    if not names:
        return ""
    text = n_(
        "The column {names} is hidden in the spreadsheet.",
        "The columns {names} are hidden in the spreadsheet.",
        len(names),
    )
    return text.format(names=listed(names))
