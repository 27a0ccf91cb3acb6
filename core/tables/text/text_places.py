"""Lines from far down a text, without those before them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from core.tables.source import BLOCK, check_text, physical_lines

FAR_BYTES = 8 * 1024  # that are looked at in one place
_UNITS = {"utf-16": "<u2", "utf-16-le": "<u2", "utf-16-be": ">u2", "utf-32": "<u4"}  # else bytes
_OTHER_ORDER = {codecs.BOM_UTF16_BE: ">u2", codecs.BOM_UTF32_BE: ">u4"}
_MARKED = ("utf-16", "utf-32")  # the first bytes of the text tell which of them comes first


@dataclass(frozen=True)
class Place:
    """Whole lines of a text from `start` on, counted in bytes, but for the first line that ends there."""

    start: int
    lines: list[str]


def far_places(file: BinaryIO, size: int, encoding: str, last_bytes: int) -> tuple[Place, Place]:
    """Lines around the middle, and in the `last_bytes`, of a text that is longer than a sample."""
    middle, last = size // 2, max(size - last_bytes, size // 2)
    unit = _unit(file, encoding)
    places: list[Place] = []
    for start, end in ((middle, min(middle + FAR_BYTES, size)), (last, size)):
        start -= start % unit.itemsize
        lines = _lines(file, start, end, encoding, unit)
        if end < size:
            del lines[-1:]  # it was cut
        places.append(Place(start, lines[1:]))
    return places[0], places[1]


def lines_before(file: BinaryIO, place: Place, encoding: str) -> int:
    """How many lines of a text stand before those of a place."""
    unit = _unit(file, encoding)
    file.seek(0)
    count, left = 1, place.start  # the line in which the place begins
    while left > 0 and (block := file.read(min(BLOCK, left))):
        count += int(np.count_nonzero(np.frombuffer(block, unit) == ord("\n")))
        left -= len(block)
    return count


def bytes_of(lines: list[str], encoding: str) -> int:
    """How many bytes some lines have in a text."""
    mark = len("".encode(encoding))
    return len("".join(lines).encode(encoding, "replace")) - mark


def _unit(file: BinaryIO, encoding: str) -> np.dtype[np.unsignedinteger]:
    """The numbers that letters are stored as."""
    unit = np.dtype(_UNITS.get(encoding, "u1"))
    if encoding in _MARKED:
        file.seek(0)
        unit = np.dtype(_OTHER_ORDER.get(file.read(unit.itemsize), unit))
    return unit


def _lines(
    file: BinaryIO, start: int, end: int, encoding: str, unit: np.dtype[np.unsignedinteger]
) -> list[str]:
    """The lines between two places; the first may have no beginning."""
    file.seek(0)
    mark = file.read(unit.itemsize) if encoding in _MARKED else b""
    file.seek(start)
    text = (mark + file.read(end - start)).decode(encoding, "replace")
    check_text(text.encode("utf-8", "replace"))
    return physical_lines(text)
