"""Every text that a person reads passes through here on its way into their language."""

import locale
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from core.catalogue import DOMAIN, Catalogue, Unreadable

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "languages"
# What cannot stand in the catalogue, as it is said where that cannot be read; whoever helps may read English.
WITHOUT_CATALOGUE = {
    "zh_CN": (
        "中文文本无法读取，所以 Fitscope 暂时显示英文；请重新安装 Fitscope。 "
        "(The Chinese texts cannot be read, so Fitscope speaks English; install it again.)"
    )
}

log = logging.getLogger(__name__)


class _Current:
    """The language in use; one for the whole process, as gettext itself has it."""

    code = "en"
    catalogue = Catalogue()
    complaint = ""


def use_language(code: str) -> None:
    """Speak the language `code` (a key of LANGUAGES) from now on; English for any other, or a damaged one."""
    _Current.code, _Current.catalogue, _Current.complaint = "en", Catalogue(), ""
    if code not in WITHOUT_CATALOGUE:
        return
    try:
        catalogue = Catalogue(catalogue_file(code))
    except Unreadable:
        log.warning("there are no texts in %s", code, exc_info=True)
        _Current.complaint = WITHOUT_CATALOGUE[code]
    else:
        _Current.code, _Current.catalogue = code, catalogue


def catalogue_file(code: str) -> Path:
    """Where the texts in the language `code` are."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.mo"


def language() -> str:
    """The key in LANGUAGES of the language in use."""
    return _Current.code


def language_complaint() -> str:
    """What is wrong with the language that was asked for last, in a sentence; empty where nothing is."""
    return _Current.complaint


def system_language() -> str:
    """The key in LANGUAGES that fits the system best."""
    variables = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((value for value in variables if value), "")
    if not wanted and sys.platform in ("win32", "darwin"):
        wanted = locale.getlocale()[0] or ""
    return "zh_CN" if wanted.lower().startswith(("zh", "chinese")) else "en"


def _(text: str) -> str:
    """`text` in the person's language."""
    return _Current.catalogue.text(text)


def n_(one: str, many: str, count: int) -> str:
    """`one` or `many`, as `count` asks, in the person's language."""
    return _Current.catalogue.counted(one, many, count)


def joined(*sentences: str) -> str:
    """Sentences one after the other, as the person's language parts them; empty ones are left out."""
    whole = ""
    for sentence in filter(None, sentences):
        whole = _("{first} {second}").format(first=whole, second=sentence) if whole else sentence
    return whole


def enumerated(items: Iterable[str]) -> str:
    """Some things one after the other in a sentence, as the person's language parts them."""
    whole = ""
    for item in items:
        whole = _("{first}, {second}").format(first=whole, second=item) if whole else item
    return whole


def N_(text: str) -> str:
    """`text` unchanged, marked for the catalogue; translated where it is shown."""
    return text
