"""One stream of an OLE file, the container of XLS."""

from __future__ import annotations

import struct

OLE = b"\xd0\xcf\x11\xe0"  # what such a file begins with
_HEADER = 512  # bytes
_ENTRY = 128  # bytes of a directory entry
_SHIFTS, _STARTS = struct.Struct("<30x2H"), struct.Struct("<48xI4x5I")
_IN_HEADER = struct.Struct("<109I")  # the sectors of the first part of the table of sectors
_PLACE_IN_HEADER = 76
_LAST = 0xFFFFFFF9  # numbers from here on are no sectors


def ole_stream(content: bytes, names: tuple[str, ...]) -> bytes:
    """The bytes of the first stream with one of these names; ValueError or struct.error without one."""
    return _Container(content).stream(names)


class _Container:
    """An OLE file: sectors, in chains that a table tells, and small ones in a stream of their own."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, small_shift = _SHIFTS.unpack_from(content)
        if not (7 <= shift <= 16 and 4 <= small_shift <= shift):
            raise ValueError
        self._size, self._small_size = 1 << shift, 1 << small_shift
        directory, self._cutoff, small_table, _count, more, _more = _STARTS.unpack_from(content)
        sectors = list(_IN_HEADER.unpack_from(content, _PLACE_IN_HEADER))
        while more < _LAST and len(sectors) * self._size <= len(content):
            *listed, more = self._numbers(self._sector(more))
            sectors += listed
        table = b"".join(self._sector(sector) for sector in sectors if sector < _LAST)
        self._next = self._numbers(table)
        self._entries = self._chain(directory)
        self._small_next = self._numbers(self._chain(small_table))

    def stream(self, names: tuple[str, ...]) -> bytes:
        """The bytes of a stream."""
        root = self._entries[:_ENTRY]
        for place in range(0, len(self._entries), _ENTRY):
            entry = self._entries[place : place + _ENTRY]
            length = struct.unpack_from("<H", entry, 64)[0]
            if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") in names:
                start, size = struct.unpack_from("<2I", entry, 116)
                if size >= self._cutoff:
                    return self._chain(start)[:size]
                small = self._chain(struct.unpack_from("<I", root, 116)[0])
                return _linked(small, self._small_size, 0, start, self._small_next)[:size]
        raise ValueError

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._size
        return self._content[begin : begin + self._size]

    def _chain(self, start: int) -> bytes:
        return _linked(self._content, self._size, self._size, start, self._next)

    @staticmethod
    def _numbers(content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _linked(content: bytes, size: int, first: int, start: int, following: tuple[int, ...]) -> bytes:
    """The sectors of a chain one behind the other, never more than there are, should it go in a circle."""
    parts: list[bytes] = []
    while start < len(following) and len(parts) <= len(following):
        begin = first + start * size
        parts.append(content[begin : begin + size])
        start = following[start]
    return b"".join(parts)
