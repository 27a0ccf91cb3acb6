"""A text in pieces of whole lines, which several threads can parse at once."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.tables.source import BLOCK, Source, check_text, stop_if

Blocks = Iterable[bytes]


class Piece:
    """Some lines in UTF-8, which come in `blocks`; a parser reads them as if they were a file.

    Not an io.BytesIO: of one pandas would decode the bytes, only to encode them again.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = deque(blocks)

    def first_lines(self) -> Iterable[str]:
        """The lines, with their ends, as far as the first block goes."""
        first = self._blocks[0].decode("utf-8", "replace") if self._blocks else ""
        return io.StringIO(first, newline="")

    @property
    def is_long(self) -> bool:
        """Whether there is more than one block."""
        return len(self._blocks) > 1

    def has(self, byte: bytes) -> bool:
        """Whether a byte is anywhere in it."""
        return any(byte in block for block in self._blocks)

    def count(self, byte: bytes) -> int:
        """How often a byte is in it."""
        return sum(block.count(byte) for block in self._blocks)

    def read(self, count: int) -> bytes:
        """The next bytes, at most `count`; none at the end."""
        block = self._blocks.popleft() if self._blocks else b""
        if len(block) > count:
            self._blocks.appendleft(block[count:])
        return block[:count]

    def __iter__(self) -> Iterator[bytes]:
        """The blocks; pandas asks whether there is this, and does not use it."""
        return iter(lambda: self.read(BLOCK), b"")


def pieces_of_file(path: Path, source: Source, size: int) -> Iterator[Blocks]:
    """What is left in `source` of the file in UTF-8 at `path`, in pieces of about `size` bytes.

    Whoever parses a piece also reads it from the disk, so that this too is shared by the threads.
    """
    start = source.bytes_read - len(source.waiting)
    while start < source.size:
        stop_if(source.cancelled)
        end = _end_of_line(source, start + size)
        yield _blocks(path, start, end)
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


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from `start` to `end`, checked."""
    with path.open("rb", buffering=0) as file:
        file.seek(start, os.SEEK_SET)
        while start < end and (block := file.read(min(BLOCK, end - start))):
            check_text(block)
            start += len(block)
            yield block
