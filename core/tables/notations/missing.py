"""The words by which people and programs say that a value is missing, and the errors of spreadsheets."""

from __future__ import annotations

import re

from core.tables.notations.units import CURRENCY_SIGNS

# By their language, in small letters and without blanks and points.
_WORDS = {
    "programs": "na n/a n/d n/v nan null nil none <na> <null> <none> #na #nv undef undefined nodata novalue",
    "English": (
        "missing notavailable notapplicable notmeasured notrecorded notknown unknown unavailable "
        "empty blank nd nr"
    ),
    "German": (
        "ka nv keine keiner keines kein keineangabe keineangaben keinedaten keinwert keinewerte keinemessung "
        "fehlt fehlend fehlwert leer unbekannt nichtgemessen nichtverfügbar "
        "nichtvorhanden entfällt ohneangabe"
    ),
    "Chinese": (
        "缺失 缺失值 缺 缺值 缺测 缺省 空 空值 空白 无 无值 无数据 没有 没有数据 暂无 暂无数据 暂缺 "
        "未知 不详 未测 未测量 不适用 不可用"
    ),
    "others": "manquant inconnu vide mancante sindatos desconocido vacío",
}
_ALL_WORDS = frozenset(word for words in _WORDS.values() for word in words.split())
# also with a currency beside it: the accounting format of spreadsheets has $ - where there is no amount
_SIGNS = re.compile(rf"(?:[{CURRENCY_SIGNS}]? ?[-?._/\\…~*]+ ?[{CURRENCY_SIGNS}%]?)?")
_NOT_A_NUMBER = re.compile(r"[+-]?(?:nan(?:\(\w*\))?|1\.#(?:ind|[qs]nan)\d*)")
_SPREADSHEET = re.compile(r"#\w/\w!?(?: \w/\w)?")  # #N/A, in German #N/V, in Polish #N/D!
_ERROR = re.compile(r"#[¡¿]?[\w/ ]+[!?]|#{3,}|err:\d{3}")  # in any language; Calc has Err:502
_BRACKETS = re.compile(r"[(\[<](.*)[)\]>]")
_LONGEST = 32  # characters


def says_missing(text: str) -> bool:
    """Whether a cleaned text says that there is no value; an empty one does."""
    if len(text) > _LONGEST:
        return False
    text = text.lower()
    if _SIGNS.fullmatch(text) or _NOT_A_NUMBER.fullmatch(text) or _SPREADSHEET.fullmatch(text):
        return True
    inside = _BRACKETS.fullmatch(text)
    return any(_condensed(part) in _ALL_WORDS for part in (text, inside[1] if inside else text))


def says_error(text: str) -> bool:
    """Whether a cleaned text is what a spreadsheet shows for a formula without a result."""
    return len(text) <= _LONGEST and _ERROR.fullmatch(text.lower()) is not None and not says_missing(text)


def _condensed(text: str) -> str:
    """A text without blanks and points: "n.a." and "k. A." are words for missing."""
    return text.replace(" ", "").replace(".", "")
