"""Tables in a text: CSV, TSV, aligned by spaces, or copied from a spreadsheet."""

from __future__ import annotations

import io
import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from core.choices.cores import CORES
from core.file_names import shown_name
from core.problem import Problem
from core.tables.cells import Cell, Part
from core.tables.layout import Layout, RowReader
from core.tables.limits import MAX_FILE_BYTES, SAMPLE_BYTES, check_rows, check_size, file_size
from core.tables.notations.notation import Notation
from core.tables.reading import Reading
from core.tables.sample import Block, Sample, block_of
from core.tables.source import BLOCK, Cancel, Progress, Source, ignore, never
from core.tables.text.encodings import Letters, letters_of
from core.tables.text.pieces import Blocks, Piece, pieces_of, pieces_of_file
from core.tables.text.text_places import Place, far_places, lines_before
from core.tables.text.text_sample import sample_of

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)

ROWS_AT_ONCE = 100_000
PIECE = 4 * 2**20  # bytes at most that pandas is given at once, by one of some threads
SHARES = 8  # pieces of a smaller table; with fewer their memory, with more their beginnings take longer
THREADS = min(CORES, 4)
_LONGEST_LINE = 64 * SAMPLE_BYTES


@dataclass(frozen=True)
class TextTable:
    """A table in a file, or in `data` (UTF-8) when it was pasted; `name` is what a person calls it."""

    name: str
    size: int
    path: Path | None = None
    data: bytes = b""
    known_samples: dict[Reading, Sample] = field(default_factory=dict)
    known_letters: dict[str | None, Letters] = field(default_factory=dict)  # by the encoding asked for

    is_text = True

    @classmethod
    def from_file(cls, path: Path) -> TextTable:
        """The table in the file at `path`."""
        return cls(shown_name(path), file_size(path), path=path)

    @classmethod
    def from_text(cls, text: str, name: str) -> TextTable:
        """The table in a text that was pasted."""
        data = text[: MAX_FILE_BYTES + 1].encode("utf-8", "replace")
        check_size(len(data.strip()), name)
        check_size(len(data), name)
        return cls(name, len(data), data=data)

    def sample(self, reading: Reading, in_haste: bool = False) -> Sample:
        """The first rows, understood as `reading` asks."""
        known = self.known_samples.get(reading)
        if known is None or (known.is_ascii and not in_haste):
            self.known_samples[reading] = known = sample_of(self, reading, in_haste)
        return known

    def blocks(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterable[Block]:
        """The cells of two columns, from the first data row to the last.

        pandas reads what is regular, piece by piece in several threads; where a row is not, our own slower
        reader begins again.
        """
        layout = sample.layout
        if sample.whole:
            return [block_of(sample.rows, columns, layout, sample.behind)]
        separator = _separator(layout)
        # pandas would read by a separator of several bytes in Python, and warn of it
        is_quick = len(separator.encode()) == 1 and not sample.mend
        if is_quick and all(len(row) <= layout.width for row in sample.rows):
            try:
                return list(self._quickly(sample, columns, progress, cancelled))
            except (ValueError, OverflowError):  # pandas' ParserError is a ValueError
                _log.info("%s is not regular; reading it row by row", self.name)
        return self._carefully(sample, columns, progress, cancelled)

    def _quickly(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterator[Block]:
        """The blocks as pandas reads them; ValueError where rows have too many cells."""
        import pandas as pd  # noqa: F401 (once, before several threads would)

        rows = 0
        under_way: deque[Future[Block]] = deque()
        with self._open() as file, ThreadPoolExecutor(THREADS, thread_name_prefix="table") as pool:
            for lines in self._pieces(self._source(file, sample, progress, cancelled)):
                under_way.append(pool.submit(_block_in, lines, columns, sample.layout))
                if len(under_way) > 2 * THREADS:
                    yield (block := under_way.popleft().result())
                    rows += len(block)
                    check_rows(rows)
            while under_way:
                yield under_way.popleft().result()
        yield block_of([], columns, sample.layout, sample.behind)

    def _pieces(self, source: Source) -> Iterator[Blocks]:
        """The data in pieces that threads can share."""
        size = min(max(self.size // SHARES, BLOCK), PIECE)
        if self.path is None or source.decoder is not None:
            return pieces_of(source, size)
        return pieces_of_file(self.path, source, size)

    def _carefully(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterator[Block]:
        """The blocks row by row; rows with too many cells are counted."""
        rows = self.rows(sample, progress, cancelled)
        while some := list(itertools.islice(rows, ROWS_AT_ONCE)):
            yield block_of(some, columns, sample.layout)
        yield block_of([], columns, sample.layout, sample.behind)

    def rows(
        self, sample: Sample, progress: Progress = ignore, cancelled: Cancel = never
    ) -> Iterator[list[str]]:
        """The rows from the first data row on, to the notes behind the table."""
        with self._open() as file:
            lines: Iterable[str] = self._source(file, sample, progress, cancelled)
            yield from RowReader(sample.mend(lines) if sample.mend else lines, _separator(sample.layout))

    def _source(self, file: BinaryIO, sample: Sample, progress: Progress, cancelled: Cancel) -> Source:
        """The data of the open file, from the first data row on."""
        encoding = sample.layout.reading.encoding or "utf-8"
        return Source(
            file, sample.stop or self.size, encoding, sample.skip, progress, cancelled, sample.is_ascii
        )

    def _open(self) -> io.BytesIO | io.BufferedReader:
        """The bytes from their beginning."""
        return io.BytesIO(self.data) if self.path is None else self.path.open("rb")

    def far_places(self, encoding: str, last_bytes: int) -> tuple[Place, Place]:
        """Lines around the middle, and in the `last_bytes`."""
        with self._open() as file:
            return far_places(file, self.size, encoding, last_bytes)

    def lines_before(self, place: Place, encoding: str) -> int:
        """How many lines stand before those of a place."""
        with self._open() as file:
            return lines_before(file, place, encoding)

    def letters(self, head: bytes, asked: str | None) -> Letters:
        """How the letters are stored; a pasted text has none that are stray."""
        if self.path is None:
            return Letters("utf-8", 0)
        if asked not in self.known_letters:
            with self._open() as file:
                self.known_letters[asked] = letters_of(file, head, asked)
        return self.known_letters[asked]

    def head(self) -> tuple[bytes, bool]:
        """The first bytes, and whether they are all."""
        with self._open() as file:
            head = file.read(SAMPLE_BYTES)
            while not head.rstrip(b"\r\n").count(b"\n") and len(head) < _LONGEST_LINE:
                more = file.read(SAMPLE_BYTES)
                if not more:
                    break
                head += more
        return head, len(head) >= self.size


def _block_in(blocks: Blocks, columns: tuple[int, int], layout: Layout) -> Block:
    """Two columns of some lines, by pandas; ValueError where a row has too many cells."""
    lines = Piece(blocks)
    if len(_first_row(lines, _separator(layout))) > layout.width:
        raise ValueError  # by the first row pandas would judge all others
    skips_blanks = lines.has_quotes and lines.has_blanks
    frame = _frame(lines, columns, layout, skips_blanks)
    if lines.has_quotes:
        if lines.has_blanks and not skips_blanks:
            frame = _frame(Piece(blocks), columns, layout, skips_blanks=True)
        if len(frame) < sum(block.count(b"\n") for block in blocks):
            raise ValueError  # a quotation mark has swallowed lines, which may be rows
    x, y = (_part(frame[column], layout.notation(column)) for column in columns)
    return Block(x, y)


def _frame(lines: Piece, columns: tuple[int, int], layout: Layout, skips_blanks: bool) -> pd.DataFrame:
    """The cells of some lines; blanks before a number do no harm, but before a quotation mark they do."""
    import pandas as pd

    separator = _separator(layout)
    return pd.read_csv(
        lines,
        sep=r"\s+" if separator == " " else separator,
        decimal=layout.decimal,
        header=None,
        names=range(layout.width),
        index_col=False,
        dtype={column: str for column in columns if not layout.notation(column).is_plain},
        skipinitialspace=skips_blanks or separator == " ",  # it takes time
        low_memory=False,
        encoding_errors="replace",
    )


def _first_row(lines: Piece, separator: str) -> list[str]:
    """The cells of the first row; ValueError where it cannot be told."""
    rows = iter(RowReader(lines.first_lines(), separator))
    try:
        first = next(rows, [])
        if lines.is_long and next(rows, None) is None:
            raise ValueError  # it may go on in the next block
    except Problem as error:
        raise ValueError from error
    return first


def _separator(layout: Layout) -> str:
    """What stands between two cells."""
    return layout.reading.separator or ","


def _part(column: pd.Series[object], notation: Notation) -> Part:
    """One column that pandas has read; cleaned cell by cell only where it found more than numbers."""
    if column.dtype.kind in "iuf":
        values = column.to_numpy(dtype=np.float64)
        return Part(values, np.zeros(len(values), dtype=np.bool_))
    missing = column.isna().to_numpy()
    cells = [None if gone else _cell(cell) for cell, gone in zip(column.tolist(), missing, strict=True)]
    return notation.read(cells)


def _cell(cell: object) -> Cell:
    """A cell that pandas has read, as one of ours; it makes answers of True and False."""
    return cell if isinstance(cell, (str, int, float)) else str(cell)
