"""The units that stand beside numbers in the cells of a table."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Powers of ten that a mark stands for: spreadsheets read 12.5 % as 0.125.
_SCALES = {"%": -2, "‰": -3}

CURRENCY_SIGNS = "$¢£¤¥֏؋৳฿៛₠-⃀"  # of currencies
_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MAD MXN "
    "MYR NGN NOK NTD NZD PEN PHP PKR PLN RMB RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)
_BEFORE_A_NUMBER = (
    "Rs",
    "Fr",
    "SFr",
    "kr",
    "Kč",
    "zł",
    "Ft",
    "RM",
    "Rp",
    "lei",
    "元",
    "円",
    "元人民币",
    "人民币",
)

# What may stand before a number: a sign, "US$", a code, and few words.
_WORDS_OF_MONEY = "|".join((*_CODES.split(), *_BEFORE_A_NUMBER))
CURRENCY = rf"(?:[a-z]{{1,3}})?[{CURRENCY_SIGNS}]|(?:{_WORDS_OF_MONEY})(?![^\W\d_])\.?"

# What may stand behind one: words, which may begin with a sign and end in a power, with signs in between.
_NOT_FIRST = "(?![\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u218b])"  # ² and ½ count as letters
_POWER = r"(?:\^?[-+]?\d)"
_WORD = rf"(?:{_NOT_FIRST}[°º%‰{CURRENCY_SIGNS}]?(?:[^\W\d_]+\.?{_POWER}?)|[°º%‰{CURRENCY_SIGNS}])"
_BETWEEN = r"(?: ?[/·*⋅×] ?| |[-.])"
UNIT = rf"(?:{_WORD}(?:{_BETWEEN}(?:{_WORD}|1))*|[′″'\"]|'')"
LONGEST_UNIT = 24  # characters

_IS_CURRENCY = re.compile(CURRENCY, re.IGNORECASE)
_EXPONENT = re.compile(r"[edq][+-]?\d+", re.IGNORECASE)
# behind a number they make a rank or a day of it
_RANKS = "st nd rd th"
_MONTHS = "jan feb mar mär mrz apr may mai jun jul aug sep sept oct okt nov dec dez"
_NO_UNITS = frozenset(f"{_RANKS} {_MONTHS}".split())


def is_unit(text: str) -> bool:
    """Whether what stands beside a number is short enough to be its unit and makes no rank or day of it."""
    return (
        len(text) <= LONGEST_UNIT
        and not _EXPONENT.fullmatch(text)
        and text.rstrip(".").lower() not in _NO_UNITS
    )


def is_currency(unit: str) -> bool:
    """Whether a unit is an amount of money."""
    return _IS_CURRENCY.fullmatch(unit) is not None


def scale_of(unit: str) -> int:
    """The power of ten that a unit stands for."""
    return _SCALES.get(unit_key(unit), 0)


@lru_cache(maxsize=1024)
def unit_key(unit: str) -> str:
    """What two ways to write a unit have in common: m² and m2, km / h and km/h, min. and min."""
    return unicodedata.normalize("NFKC", unit).replace(" ", "").replace("^", "").rstrip(".")


def named_with(name: str, unit: str) -> str:
    """A column name that holds the unit."""
    return name if not unit or _holds(name, unit) else f"{name} ({unit})"


def _holds(name: str, unit: str) -> bool:
    """Whether a unit stands in a name as a word of its own: m in "length [m]", but not in "time"."""
    word = unit_key(unit).lstrip("°") or unit
    text = re.sub(r" ?([/·*]) ?|\^", r"\1", unicodedata.normalize("NFKC", name))
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text) is not None
