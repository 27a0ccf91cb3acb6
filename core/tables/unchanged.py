"""A table in a file that must stay as it is while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.tables.reading import Cancelled, Changed, Reading
from core.tables.sample import Block, Sample, Table
from core.tables.source import Cancel, Progress
from core.texts import _

Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp:
    """What differs as soon as a file is written or replaced: its size, its time and its place on the disk."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


@dataclass(frozen=True)
class UnchangedTable:
    """A table that raises Changed where its file at `path` no longer has the `stamp` of its opening."""

    table: Table
    path: Path
    stamp: Stamp

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.table.name

    @property
    def is_text(self) -> bool:
        """Whether it has an encoding and a separator."""
        return self.table.is_text

    def sample(self, reading: Reading, in_haste: bool = False) -> Sample:
        """The first rows, understood as `reading` asks."""
        with self._kept():
            return self.table.sample(reading, in_haste)

    def blocks(
        self, sample: Sample, columns: tuple[int, int], progress: Progress, cancelled: Cancel
    ) -> Iterable[Block]:
        """The cells of two columns, from the first data row to the last."""
        with self._kept():
            yield from self.table.blocks(sample, columns, progress, cancelled)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Raise Changed at the end if the file was changed, also in the place of what that has led to."""
        try:
            yield
        except Cancelled:
            raise
        except Exception as error:
            if stamp_of(self.path) != self.stamp:
                raise self._changed() from error
            raise
        if stamp_of(self.path) != self.stamp:
            raise self._changed()

    def _changed(self) -> Changed:
        text = _(
            "{name} was changed while it was read; open it again, or a copy of it where a program still "
            "writes to it."
        )
        return Changed(text.format(name=self.name))
