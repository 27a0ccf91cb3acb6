"""The bytes of a text on their way to a parser: as UTF-8, without what stands before the data, counted."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from core.problem import Problem
from core.tables.limits import SAMPLE_BYTES
from core.tables.reading import Cancelled
from core.texts import _

Progress = Callable[[float], object]
Cancel = Callable[[], bool]

BLOCK = 256 * 1024


class NotAscii(Exception):
    """A text that begins in ASCII has other letters further down: it must be known which they are."""


def never() -> bool:
    """That nobody cancels."""
    return False


def ignore(_share: float) -> None:
    """Tell nobody about the progress."""


def stop_if(cancelled: Cancel) -> None:
    """Raise Cancelled if the person has cancelled."""
    if cancelled():
        raise Cancelled(_("The reading was cancelled."))


class Source:
    """What a parser reads from: `read(n)` gives UTF-8 without the first `skip` lines.

    Calls `progress` with the share that has been read, and raises Cancelled as soon as `cancelled()` is true,
    and NotAscii for a byte that is not although it `is_ascii`.
    Bytes that are not in the encoding become replacement characters: they are in no number.
    """

    def __init__(
        self,
        file: BinaryIO,
        size: int,
        encoding: str,
        skip: int,
        progress: Progress,
        cancelled: Cancel,
        is_ascii: bool = False,
    ) -> None:
        self.file = file
        self.size = size
        self.progress = progress
        self.cancelled = cancelled
        self.is_ascii = is_ascii
        # UTF-8 goes through as it is, which is faster than to decode it twice
        self.decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
        self.bytes_read = 0
        self.waiting = _without_lines(self._block(max(BLOCK, SAMPLE_BYTES)), skip)

    def read(self, count: int = BLOCK) -> bytes:
        """The next bytes, at most `count`; none at the end."""
        if not self.waiting:
            self.waiting = self._block(BLOCK)
        given, self.waiting = self.waiting[:count], self.waiting[count:]
        return given

    def __iter__(self) -> Iterator[str]:
        """The lines, with their ends."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        while block := self.read():
            lines = physical_lines(rest + decoder.decode(block))
            # the last one may go on in the next block, or be the first half of a \r\n
            rest = lines.pop() if lines else ""
            yield from lines
        if rest:
            yield rest

    def _block(self, count: int) -> bytes:
        """The next bytes of the file as UTF-8, checked."""
        stop_if(self.cancelled)
        block = self.file.read(min(count, self.size - self.bytes_read))
        self.bytes_read += len(block)
        if self.decoder is not None:
            block = self.decoder.decode(block, final=not block).encode("utf-8", "replace")
            if not block and self.bytes_read < self.size:
                return self._block(count)  # a whole block inside one character
        check_text(block, self.is_ascii)
        self.progress(min(self.bytes_read / self.size, 1.0))
        return block


def check_text(block: bytes, is_ascii: bool = False) -> None:
    """Problem when the bytes are no text: it has no NUL; NotAscii when they should be that and are not."""
    if is_ascii and not block.isascii():
        raise NotAscii
    if b"\0" in block:
        raise Problem(_("This file is no text, whatever its name says; open a CSV file or a spreadsheet."))


def physical_lines(text: str) -> list[str]:
    """The lines of a text with their ends, which are \\n, \\r or \\r\\n and nothing else."""
    return list(io.StringIO(text, newline=""))


def _without_lines(block: bytes, skip: int) -> bytes:
    """The bytes without a UTF-8 BOM and their first `skip` lines."""
    block = block.removeprefix(codecs.BOM_UTF8)
    if skip == 0:
        return block
    return b"".join(block.splitlines(keepends=True)[skip:])
