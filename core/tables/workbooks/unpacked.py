"""How much a ZIP file holds, by what it says and by what it is, found out before it is kept in memory."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from core.problem import Problem
from core.tables.limits import MAX_UNPACKED_BYTES, MEGABYTE
from core.tables.source import Cancel, stop_if
from core.texts import _

_BLOCK = 64 * 1024
_MOST_AT_ONCE = 4 * MEGABYTE
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError)


def check_unpacked(file: BinaryIO, name: str, cancelled: Cancel) -> None:
    """Problem when the members of a ZIP file need more than MAX_UNPACKED_BYTES together."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
        _check_total(sum(member.file_size for member in members), name)
        total = 0
        for member in members:
            for size in _sizes(file, member):
                total += size
                _check_total(total, name)
                stop_if(cancelled)
    except _DAMAGED as error:
        raise damaged(name) from error


def damaged(name: str) -> Problem:
    """The sentence for what should be a workbook and is none."""
    text = _("{name} is damaged or is not a workbook; open it in a spreadsheet program and save it anew.")
    return Problem(text.format(name=name))


def _check_total(total: int, name: str) -> None:
    """Problem when the members are too large."""
    if total > MAX_UNPACKED_BYTES:
        text = _("{name} needs more than {limit} MB unpacked; save the columns that you need as CSV.")
        raise Problem(text.format(name=name, limit=MAX_UNPACKED_BYTES // MEGABYTE))


def _sizes(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[int]:
    """The sizes of the pieces of a member as they come out; what its header says about them may be a lie."""
    if member.compress_type == zipfile.ZIP_STORED:
        yield member.compress_size
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    file.seek(member.header_offset)
    *_before, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name_length + extra_length, 1)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    left = member.compress_size
    while left > 0 and not inflate.eof:
        packed = file.read(min(_BLOCK, left))
        if not packed:
            raise zipfile.BadZipFile
        left -= len(packed)
        while packed:
            yield len(inflate.decompress(packed, _MOST_AT_ONCE))
            packed = inflate.unconsumed_tail
