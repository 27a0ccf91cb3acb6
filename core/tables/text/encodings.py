"""Which encoding the bytes of a text are in: BOM, UTF-8, GB 18030, the system's, Latin 1."""

from __future__ import annotations

import codecs
import io
import locale
import re
from dataclasses import dataclass

from core.problem import Problem
from core.tables.limits import SAMPLE_BYTES
from core.tables.reading import ENCODINGS
from core.tables.source import BLOCK
from core.texts import _, n_

# UTF-32's mark begins with UTF-16's, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK = "\ufeff"
_FOREIGN = re.compile(rb"[\x80-\xff]")
_IN_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[A-Za-z])")
_EVERYDAY = re.compile(rb"[\xa1-\xd7][\xa1-\xfe]")  # punctuation and the characters of the first level
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_REPLACED = "\ufffd"
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")  # what is not ASCII in them is not seen by a byte
_FEW, _MANY = 0.25, 1.0  # stray letters to one that is in UTF-8


@dataclass(frozen=True)
class Letters:
    """How the letters of a text are stored, and how many of them are `stray`: not in this encoding."""

    encoding: str
    stray: int

    def sentence(self) -> str:
        """The sentence about stray letters; "" where there are none."""
        if self.stray == 0:
            return ""
        text = n_(
            "{count} letter is not in the encoding {encoding} and cannot be shown.",
            "{count} letters are not in the encoding {encoding} and cannot be shown.",
            self.stray,
        )
        return text.format(count=f"{self.stray:,}", encoding=_(ENCODINGS[self.encoding]))


def letters_of(file: io.BufferedIOBase, head: bytes, asked: str | None) -> Letters:
    """The encoding of the text in `file`, which begins with `head`, and what is stray in it.

    It is the one that was asked for, or else told by `head`; where that is plain ASCII, by the first lines
    behind it that are not.
    """
    late = _late_lines(file) if is_plain(head) else b""
    encoding = asked or propose_encoding(late or head)
    plain = encoding in _WIDE or (head.isascii() and not late)
    return Letters(encoding, 0 if plain else _stray(file, encoding))


def is_plain(head: bytes) -> bool:
    """Whether the first bytes of a text are the same in every encoding that has letters of one byte."""
    return head.isascii() and b"\0" not in head


def propose_encoding(head: bytes) -> str:
    """The key in ENCODINGS that fits the first bytes of a text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if _is_wide(head, first):
            return encoding
    if _is_utf8(head, _FEW):
        return "utf-8"
    if _fits(head, "gb18030") and _is_chinese(codecs.getincrementaldecoder("gb18030")().decode(head)):
        return "gb18030"
    if _is_utf8(head, _MANY):
        return "utf-8"
    for encoding in (_system_encoding(), "cp1252"):
        if encoding in ENCODINGS and _fits(head, encoding):
            return encoding
    return "latin-1"


def decoded(head: bytes, encoding: str) -> str:
    """The first bytes of a text as text without a BOM; Problem when they are not in the encoding.

    A few stray letters are allowed in the one that would be proposed.
    """
    errors = "replace" if encoding == propose_encoding(head) else "strict"
    try:
        return codecs.getincrementaldecoder(encoding)(errors).decode(head).removeprefix(_MARK)
    except UnicodeError as error:
        text = _("The text is not in the encoding {encoding}; choose another encoding.")
        raise Problem(text.format(encoding=_(ENCODINGS[encoding]))) from error


def _late_lines(file: io.BufferedIOBase) -> bytes:
    """The lines from the first one on that is not ASCII, as many as a sample has; none in plain ASCII."""
    file.seek(0)
    room = bytearray(BLOCK)  # one for all blocks, since to get new memory takes longer than to look at it
    while count := file.readinto(room):
        block = room if count == len(room) else room[:count]
        if not block.isascii() and (found := _FOREIGN.search(block)):  # the search alone takes long
            return bytes(block[block.rfind(b"\n", 0, found.start()) + 1 :]) + file.read(SAMPLE_BYTES)
    return b""


def _stray(file: io.BufferedIOBase, encoding: str) -> int:
    """How many letters of a text are not in the encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    stray, is_cut = 0, False
    while block := file.read(BLOCK):
        if is_cut or not block.isascii():  # by far the most are, and take no time
            stray += decoder.decode(block).count(_REPLACED) - _written_replacements(block, encoding)
            is_cut = bool(decoder.getstate()[0])
    return stray + decoder.decode(b"", final=True).count(_REPLACED)


def _written_replacements(block: bytes, encoding: str) -> int:
    """How many replacement characters were in a text before anybody read it."""
    mark = _REPLACED.encode(encoding, "ignore")
    return block.count(mark) if mark else 0


def _is_utf8(head: bytes, most: float) -> bool:
    """Whether the bytes, perhaps cut inside a letter, are UTF-8, with `most` stray letters to a good one."""
    if head.isascii():
        return True
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    stray = text.count(_REPLACED) - _written_replacements(head, "utf-8")
    good = sum(map(len, _NOT_ASCII.findall(text))) - text.count(_REPLACED)
    return stray <= most * good


def _is_wide(head: bytes, first: int) -> bool:
    """Whether every second byte, from that at `first` on, is mostly the empty half of an ASCII letter."""
    halves, letters = head[first::2], head[1 - first :: 2]
    return halves.count(0) > len(halves) / 2 and 0 not in letters


def _fits(head: bytes, encoding: str) -> bool:
    """Whether the bytes, perhaps cut inside a character, are in the encoding."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeError:
        return False
    return True


def _is_chinese(text: str) -> bool:
    """Whether most of what is not ASCII are everyday Chinese characters.

    Western accents also decode as GB 18030: one before a letter as a character that nobody writes, two as a
    rare one, which the second half of GB 2312 has, and a letter of UTF-8 as one amid a Western word.
    """
    foreign = sum(map(len, _NOT_ASCII.findall(text)))
    everyday = _IN_WORD.sub("", text).encode("gb2312", "ignore")
    return len(_EVERYDAY.findall(everyday)) >= 0.5 * foreign


def _system_encoding() -> str:
    """The key of the system's encoding, if it is one in ENCODINGS."""
    name = codecs.lookup(locale.getpreferredencoding(False)).name
    return next((key for key in ENCODINGS if codecs.lookup(key).name == name), name)
