"""Which encoding the bytes of a text are in: BOM, strict UTF-8, GB 18030, the system's, Latin 1."""

from __future__ import annotations

import codecs
import locale

from core.problem import Problem
from core.tables.reading import ENCODINGS
from core.texts import _

# UTF-32's mark begins with UTF-16's, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK = "\ufeff"


def propose_encoding(head: bytes) -> str:
    """The key in ENCODINGS that fits the first bytes of a text; one that can decode them."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if _fits(head, "utf-8"):
        return "utf-8"
    if _fits(head, "gb18030") and _is_chinese(decoded(head, "gb18030")):
        return "gb18030"
    for encoding in (_system_encoding(), "cp1252"):
        if encoding in ENCODINGS and _fits(head, encoding):
            return encoding
    return "latin-1"


def decoded(head: bytes, encoding: str) -> str:
    """The first bytes of a text as text without a BOM; Problem when they are not in the encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head).removeprefix(_MARK)
    except UnicodeError as error:
        text = _("The text is not in the encoding {encoding}; choose another encoding.")
        raise Problem(text.format(encoding=_(ENCODINGS[encoding]))) from error


def _fits(head: bytes, encoding: str) -> bool:
    """Whether the bytes, perhaps cut inside a character, are in the encoding."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeError:
        return False
    return True


def _is_chinese(text: str) -> bool:
    """Whether most of what is not ASCII are everyday Chinese characters.

    Western accents before a letter also decode as GB 18030, but as characters that nobody writes.
    """
    foreign = [character for character in text if not character.isascii()]
    everyday = len("".join(foreign).encode("gb2312", "ignore")) / 2
    return everyday >= 0.5 * len(foreign)


def _system_encoding() -> str:
    """The key of the system's encoding, if it is one in ENCODINGS."""
    name = codecs.lookup(locale.getpreferredencoding(False)).name
    return next((key for key in ENCODINGS if codecs.lookup(key).name == name), name)
