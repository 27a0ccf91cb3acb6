"""The translations into one language, of which none can bring a text down: what does not fit is English."""

from __future__ import annotations

import gettext
import logging
from pathlib import Path
from string import Formatter

DOMAIN = "fitscope"

log = logging.getLogger(__name__)


class Unreadable(Exception):
    """A catalogue that is not there, is damaged, or holds nothing."""


class Catalogue:
    """The texts of one language; without a file it is English, in which the program is written.

    A translation that asks for values which its text has not would raise where these are filled in. Such a
    one is logged when it is first wanted, and the English text stands in its place.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._translations = gettext.NullTranslations() if file is None else _read(file)
        self._fitting: dict[tuple[str, ...], str] = {}

    def text(self, english: str) -> str:
        """`english` in this language."""
        return self._checked(self._translations.gettext(english), english)

    def counted(self, one: str, many: str, count: int) -> str:
        """`one` or `many`, as `count` asks, in this language."""
        try:
            found = self._translations.ngettext(one, many, count)
        except ArithmeticError:  # from the rule by which the file counts
            found = one if count == 1 else many
        return self._checked(found, one, many)

    def _checked(self, translation: str, *english: str) -> str:
        """`translation`, or the last of the texts where it is no translation of them."""
        key = (translation, *english)
        fitting = self._fitting.get(key)
        if fitting is None:
            fitting = self._fitting[key] = translation if _fits(translation, english) else english[-1]
            if fitting != translation:
                log.warning("a translation does not fit its text: %r for %r", translation, english)
        return fitting


def _read(file: Path) -> gettext.NullTranslations:
    """The translations in `file`; raises Unreadable, with its cause, where there are none."""
    try:
        with file.open("rb") as stream:
            translations = gettext.GNUTranslations(stream)
    except Exception as error:  # gettext checks nothing of what it reads, and can meet any error
        raise Unreadable(file) from error
    if not translations.info():
        raise Unreadable(file)
    return translations


def _fits(translation: str, english: tuple[str, ...]) -> bool:
    """Whether all that is filled in in `translation` is so in one of the English texts."""
    if translation in english:
        return True
    allowed = set().union(*map(_fields, english))
    try:
        return _fields(translation) <= allowed
    except ValueError:
        return False


def _fields(text: str) -> set[tuple[str, str | None, str | None]]:
    """What str.format fills in, and how; raises ValueError where that is not written well."""
    parts = Formatter().parse(text) if "{" in text or "}" in text else ()
    return {(name, how, first) for _literal, name, how, first in parts if name is not None}
