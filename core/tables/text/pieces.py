"""A text in pieces of whole lines, which several threads can parse at once."""

from __future__ import annotations

import io
import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.tables.source import BLOCK, Source, check_text, stop_if

READ_AT_ONCE = 64 * 1024  # bytes, few enough to stay in the processor's cache until they are parsed

Blocks = Iterable[bytes]  # that can be gone through more than once


class Piece:
    """Some lines in UTF-8, which come in `blocks`; a parser reads them as if they were a file.

    Each block is fetched when it is asked for, and looked at on its way to the parser, while it is still in
    the processor's cache. Not an io.BytesIO: of one pandas would decode the bytes, only to encode them again.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = iter(blocks)
        self._waiting = deque(itertools.islice(self._blocks, 2))
        self.has_quotes = self.has_blanks = False  # in what has been fetched
        for block in self._waiting:
            self._look_at(block)

    def first_lines(self) -> Iterable[str]:
        """The lines, with their ends, as far as the first block goes."""
        first = self._waiting[0].decode("utf-8", "replace") if self._waiting else ""
        return io.StringIO(first, newline="")

    @property
    def is_long(self) -> bool:
        """Whether there is more than one block, before the first has been read."""
        return len(self._waiting) > 1

    def read(self, count: int) -> bytes:
        """The next bytes, at most `count`; none at the end."""
        if not self._waiting:
            block = next(self._blocks, b"")
            self._look_at(block)
        else:
            block = self._waiting.popleft()
        if len(block) > count:
            self._waiting.appendleft(block[count:])
        return block[:count]

    def __iter__(self) -> Iterator[bytes]:
        """The blocks; pandas asks whether there is this, and does not use it."""
        return iter(lambda: self.read(READ_AT_ONCE), b"")

    def _look_at(self, block: bytes) -> None:
        self.has_quotes = self.has_quotes or b'"' in block
        self.has_blanks = self.has_blanks or b" " in block


@dataclass(frozen=True)
class _PartOfFile:
    """The bytes of a file from `start` to `end`, in blocks, checked."""

    path: Path
    start: int
    end: int
    is_ascii: bool

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            left = self.end - file.seek(self.start)
            while left > 0 and (block := file.read(min(READ_AT_ONCE, left))):
                check_text(block, self.is_ascii)
                left -= len(block)
                yield block


def pieces_of_file(path: Path, source: Source, size: int) -> Iterator[Blocks]:
    """What is left in `source` of the file in UTF-8 at `path`, in pieces of about `size` bytes.

    Whoever parses a piece also reads it from the disk, so that this too is shared by the threads.
    """
    start = source.bytes_read - len(source.waiting)
    while start < source.size:
        stop_if(source.cancelled)
        end = _end_of_line(source, start + size)
        yield _PartOfFile(path, start, end, source.is_ascii)
        source.progress(min(end / source.size, 1.0))
        start = end


def pieces_of(source: Source, size: int) -> Iterator[Blocks]:
    """What is left in `source`, in pieces of about `size` bytes."""
    parts: list[bytes] = []
    length = 0
    while block := source.read():
        length += len(block)
        end = block.rfind(b"\n") + 1 if length >= size else 0
        if end == 0:  # not enough yet, or in a long line, or all lines end in \r
            parts.append(block)
            continue
        yield [*parts, block[:end]]
        parts, length = [block[end:]], len(block) - end
    if any(parts):
        yield [part for part in parts if part]


def _end_of_line(source: Source, start: int) -> int:
    """Where the line ends that the byte at `start` is in; the size where it is the last."""
    if start >= source.size:
        return source.size
    source.file.seek(start)
    while (part := source.file.readline(BLOCK)) and not part.endswith(b"\n"):
        stop_if(source.cancelled)
    return source.file.tell() if part else source.size
