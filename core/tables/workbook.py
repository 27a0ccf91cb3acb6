"""Tables in a workbook: XLSX, XLS, ODS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.problem import Problem
from core.tables.cells import Cell
from core.tables.layout import understand
from core.tables.limits import SAMPLE_ROWS, check_rows, file_size
from core.tables.reading import Reading
from core.tables.sample import Block, Sample, block_of
from core.tables.source import Cancel, Progress, never, stop_if
from core.tables.unpacked import check_unpacked, damaged
from core.texts import _

ZIP = b"PK\x03\x04"  # XLSX, XLSB, ODS
OLE = b"\xd0\xcf\x11\xe0"  # XLS, and workbooks with a password
_CHILD = Path(__file__).with_name("workbook_child.py")
_PASSWORD, _NO_SHEET, _TOO_LARGE = 3, 4, 5  # exit statuses of the child
_EXIT_STATUSES = range(256)  # of a process that ends by itself; the system has others for one that it ends


@dataclass(frozen=True)
class _Answer:
    """What the child said: which sheets there are, and some rows of one."""

    sheets: tuple[str, ...] = ()
    sheet: str = ""
    row_count: int = 0
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Workbook:
    """A workbook in a file; the first rows of its sheets are kept, to be understood anew quickly."""

    path: Path
    cancelled: Cancel = never
    heads: dict[str, _Answer] = field(default_factory=dict)

    is_text = False

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @classmethod
    def from_file(cls, path: Path, cancelled: Cancel = never) -> Workbook:
        """The workbook at `path`; Problem when it is too large, also unpacked."""
        file_size(path)
        with path.open("rb") as file:
            if file.read(len(ZIP)) == ZIP:
                check_unpacked(file, path.name, cancelled)
        return cls(path, cancelled)

    def sample(self, reading: Reading) -> Sample:
        """The first rows of a sheet, understood as `reading` asks."""
        head = self._head(reading.sheet or "")
        rows = head.rows[:SAMPLE_ROWS]
        if not rows:
            text = _("The sheet {sheet} of {name} is empty; choose another sheet.")
            raise Problem(text.format(sheet=head.sheet, name=self.name))
        whole = len(head.rows) <= SAMPLE_ROWS
        asked = replace(reading, sheet=head.sheet, separator=None, encoding=None)
        layout = understand(rows, asked, whole=whole)
        return Sample(
            layout, layout.data(rows), whole, layout.first, head.sheets, layout.notes, layout.behind(rows)
        )

    def blocks(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterable[Block]:
        """The cells of two columns, from the first data row to the last."""
        if sample.whole:
            yield block_of(sample.rows, columns, sample.layout, len(sample.behind))
            return
        sheet = sample.layout.reading.sheet or ""
        pair = replace(sample.layout, columns=tuple(sample.layout.columns[column] for column in columns))
        done, skip = 0, sample.skip
        for answer in self._ask(sheet, 0, columns, cancelled):
            done += len(answer.rows)
            check_rows(done - sample.skip)
            yield block_of(answer.rows[skip:], (0, 1), pair)
            skip = max(0, skip - len(answer.rows))
            progress(min(done / max(answer.row_count, 1), 1.0))

    def _head(self, sheet: str) -> _Answer:
        """The first rows of a sheet, "" for the first with data; one more than a sample has."""
        if sheet not in self.heads:
            answers = list(self._ask(sheet, SAMPLE_ROWS + 1, None, self.cancelled))
            if not answers:
                raise damaged(self.name)
            check_rows(answers[0].row_count)
            rows = [row for answer in answers for row in answer.rows]
            self.heads[sheet] = self.heads[answers[0].sheet] = replace(answers[0], rows=rows)
        return self.heads[sheet]

    def _ask(
        self, sheet: str, limit: int, columns: tuple[int, int] | None, cancelled: Cancel
    ) -> Iterator[_Answer]:
        """What the child reads: first what there is, without rows, then the rows in blocks."""
        about = _Answer()
        for line in self._lines(sheet, str(limit), ",".join(map(str, columns or ())), cancelled):
            try:
                content = json.loads(line)
            except ValueError as error:
                raise damaged(self.name) from error
            if isinstance(content, dict):
                about = _Answer(tuple(content["sheets"]), content["sheet"], content["rows"])
                yield about
            else:
                yield replace(about, rows=content)

    def _lines(self, sheet: str, limit: str, columns: str, cancelled: Cancel) -> Iterator[bytes]:
        """The lines that the child writes; Problem when it fails. It has ended when this ends."""
        with subprocess.Popen(
            [sys.executable, "-P", str(_CHILD), str(self.path), sheet, limit, columns],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
        ) as child:
            try:
                for line in child.stdout or ():
                    stop_if(cancelled)
                    if line.strip() and line.endswith(b"\n"):  # of the last it may have written a part only
                        yield line
                self._check(child.wait(), sheet)
            finally:
                child.kill()

    def _check(self, status: int, sheet: str) -> None:
        """Problem when the child could not read the workbook."""
        texts = {
            _PASSWORD: _("{name} is protected by a password; save it without one and open it again."),
            _NO_SHEET: _("{name} has no sheet {sheet}; choose another sheet."),
            _TOO_LARGE: _(
                "{name} takes more memory than a table may or is damaged; save the columns you need as CSV."
            ),
        }
        if status not in _EXIT_STATUSES:
            status = _TOO_LARGE
        if status in texts:
            raise Problem(texts[status].format(name=self.name, sheet=sheet))
        if status != 0:
            raise damaged(self.name)
