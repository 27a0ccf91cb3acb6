"""Every text that a person reads passes through here on its way into their language."""

import gettext
import locale
import os
import sys
from pathlib import Path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "languages"
DOMAIN = "fitscope"


class _Current:
    """The language in use; one for the whole process, as gettext itself has it."""

    code = "en"
    translations: gettext.NullTranslations = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Speak the language `code` (a key of LANGUAGES) from now on; English for any other."""
    code = code if code in LANGUAGES else "en"
    _Current.code = code
    _Current.translations = gettext.translation(DOMAIN, CATALOGUES, [code], fallback=True)


def language() -> str:
    """The key in LANGUAGES of the language in use."""
    return _Current.code


def system_language() -> str:
    """The key in LANGUAGES that fits the system best."""
    variables = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((value for value in variables if value), "")
    if not wanted and sys.platform in ("win32", "darwin"):
        wanted = locale.getlocale()[0] or ""
    return "zh_CN" if wanted.lower().startswith(("zh", "chinese")) else "en"


def _(text: str) -> str:
    """`text` in the person's language."""
    return _Current.translations.gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """`one` or `many`, as `count` asks, in the person's language."""
    return _Current.translations.ngettext(one, many, count)


def joined(*sentences: str) -> str:
    """Sentences one after the other, as the person's language parts them; empty ones are left out."""
    whole = ""
    for sentence in filter(None, sentences):
        whole = _("{first} {second}").format(first=whole, second=sentence) if whole else sentence
    return whole


def N_(text: str) -> str:
    """`text` unchanged, marked for the catalogue; translated where it is shown."""
    return text
