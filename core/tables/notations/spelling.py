"""How one number is spelled: its value, what stands beside it, and how it says that it is negative."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.tables.notations.units import CURRENCY, UNIT, is_unit, scale_of

LONGEST = 80  # characters of a number with all that stands beside it

_BLANKS = "\t\n\v\f\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_WIDTH = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe0e\ufe0f\ufeff"
_MINUS = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u02bc\uff07\u066c"
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50"  # of other digits than 0 to 9
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}  # among them digits, point, %, $, ( and )
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


def _all_of(ranges: str) -> list[int]:
    """The codes of some characters, a-z standing for all from a to z."""
    codes: list[int] = []
    for first, last in re.findall(r"(.)(?:-(.))?", ranges, re.DOTALL):
        codes += range(ord(first), ord(last or first) + 1)
    return codes


_CLEAN: dict[int, str | int | None] = {
    **_FULL_WIDTH,
    **dict.fromkeys(_all_of(_BLANKS), " "),
    **dict.fromkeys(_all_of(_NO_WIDTH)),
    **dict.fromkeys(_all_of(_MINUS), "-"),
    **dict.fromkeys(_all_of(_APOSTROPHES), "'"),
    **{ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    ord("\u066b"): ".",
    ord("\u066a"): "%",
    ord("\uffe5"): "¥",
    ord("\u2103"): "°C",
    ord("\u2109"): "°F",
    ord("\u00b5"): "μ",
}

_POWER_OF_TEN = r"10(?:(?:\^|\*\*) ?\(?(?P<{0}1>[+-]?\d+)\)?|(?P<{0}2>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
_EXPONENT = (
    r"(?:e(?P<exponent>[+-]?\d+| \d\d)|[dq](?P<double>[+-]?\d+| \d\d)| [edq](?P<apart>[+-]\d+)"
    rf"| ?[x×·*⋅∙✕] ?(?:{_POWER_OF_TEN.format('times')}|10(?P<times3>[+-]\d+))"
    r"|\*\^(?P<mathematica>[+-]?\d+)"
    r"|(?<=\d\d\d\d)(?P<fortran>[+-]\d\d\d)(?!\d))"  # Fortran leaves out the D where it has no room for it
)
_GROUPED = r"[1-9]\d{{0,2}}(?P<{mark}>[{group}])\d{{3}}(?:(?P={mark})\d{{3}})*"
_INDIAN = r"[1-9]\d?(?:,\d\d)+,\d{3}"
_DECIMALS = (
    r"(?:{point}(?:\d{{3}}(?: \d{{3}})* \d{{1,3}}|-{{1,2}}(?!\d)|\d+|(?=$|[)edq±])))"  # 6.674 30; 12.-
)
_UNSIGNED = r"(?:(?:{whole}|\d+){decimals}?|{point}\d+)"


def _whole(decimal: str, mark: str) -> str:
    """The pattern of digits in groups; `mark` names the group of what stands between thousands."""
    grouped = _GROUPED.format(mark=mark, group=" '_" + ("," if decimal == "." else "."))
    return f"{_INDIAN}|{grouped}" if decimal == "." else grouped


def _unsigned(decimal: str, mark: str) -> str:
    """The pattern of digits with a decimal mark."""
    point = re.escape(decimal)
    whole, decimals = _whole(decimal, mark), _DECIMALS.format(point=point)
    return _UNSIGNED.format(whole=whole, decimals=decimals, point=point)


def _pattern(decimal: str) -> re.Pattern[str]:
    """The pattern of a number with all that may stand beside it."""
    return re.compile(
        rf"(?P<sign1>[+-]?) ?(?P<unit1>{CURRENCY})? ?(?P<open>\()? ?"
        rf"(?P<sign2>[+-]?) ?(?P<unit2>{CURRENCY})? ?"
        rf"(?:(?P<digits>{_unsigned(decimal, 'mark')})(?P<uncertain1>\(\d+\))?{_EXPONENT}?"
        rf"|{_POWER_OF_TEN.format('power')})"
        rf"(?P<uncertain2> ?(?:±|\+/-|\+-) ?{_unsigned(decimal, 'mark2')}(?:e[+-]?\d+)?)?"
        rf"(?P<behind>(?<![.,-]) ?-(?!\w))? ?(?P<unit3>{UNIT})? ?(?P<close>\))? ?(?P<unit4>{UNIT})?",
        re.IGNORECASE,
    )


def _plain_pattern(decimal: str) -> re.Pattern[str]:
    """The pattern of a number with nothing beside it."""
    point, whole = re.escape(decimal), _whole(decimal, "mark")
    # each in one way only, or a long cell takes minutes; 2024Q1 is a quarter and 1.5Q1 a number
    integer, real = r"\d+(?:e[+-]?\d+|[dq][+-]\d+)?", rf"(?:\d+{point}\d*|{point}\d+)(?:[edq][+-]?\d+)?"
    return re.compile(rf"[+-]?(?:{integer}|{real}|(?:{whole})(?:{point}\d*)?)", re.IGNORECASE)


_PLAIN = {decimal: _plain_pattern(decimal) for decimal in ".,"}
_ANY = {decimal: _pattern(decimal) for decimal in ".,"}
_INFINITE = re.compile(r"([+-]?)(?:inf(?:inity)?|∞|1\.#inf0*)", re.IGNORECASE)
_AS_FLOAT = {
    ".": str.maketrans("dDqQ", "eeee", ", '_"),
    ",": str.maketrans(",dDqQ", ".eeee", ". '_"),
}
_DIGIT = re.compile(r"\d")
_EXPONENTS = (
    "exponent",
    "double",
    "apart",
    "times1",
    "times2",
    "times3",
    "mathematica",
    "fortran",
    "power1",
    "power2",
)


class Spelling(NamedTuple):
    """A number as a cell has it.

    `unit` is what stands before or behind it, `value` what it says: 0.125 for 12.5 %. `negative` is the sign
    of a negative number: "-", "()" around it, "5-" behind it. `uncertain` says that an uncertainty follows.
    """

    value: float
    unit: str = ""
    negative: str = ""
    uncertain: bool = False


def cleaned(text: str) -> str:
    """A text without blanks around it and characters of no width, with plain digits, signs and blanks.

    Of ="1.5", by which programs keep a spreadsheet from changing a text, it is what stands in quotes.
    """
    if not text.isascii():
        text = text.translate(_CLEAN)
    text = text.strip()
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') else text


def spelled(text: str, decimal: str) -> Spelling | None:
    """The number that a cleaned text spells with a decimal mark, in any notation; None where there is none.

    Beyond the range of float64 it is infinite, or 0.
    """
    value = plain_value(text, decimal)
    if value is not None:
        return Spelling(value, negative="-" if text[0] == "-" else "")
    if len(text) > LONGEST or not _DIGIT.search(text):
        return None
    found = _ANY[decimal].fullmatch(text)
    return _spelling(found.groupdict(default=""), decimal) if found else None


def plain_value(text: str, decimal: str, scale: int = 0) -> float | None:
    """The nearest float64 of a cleaned text with nothing beside its number, times ten to a power of `scale`.

    None where it has more than a sign, digits, a mark between thousands and an exponent.
    """
    if _PLAIN[decimal].fullmatch(text):
        plain = text.translate(_AS_FLOAT[decimal])
        if not scale:
            return float(plain)
        if len(plain) > LONGEST:
            return None
        digits, _e, exponent = plain.lower().partition("e")
        return float(f"{digits}e{int(exponent or 0) + scale}")
    if found := _INFINITE.fullmatch(text):
        return float(found[1] + "inf")
    return None


def _spelling(parts: dict[str, str], decimal: str) -> Spelling | None:
    """The number in the parts of a text; None where they contradict each other."""
    units = {unit for key in ("unit1", "unit2", "unit3", "unit4") if (unit := parts[key])}
    signs = [sign for key in ("sign1", "sign2", "behind") if (sign := parts[key].strip())]
    uncertain = bool(parts["uncertain1"] or parts["uncertain2"])
    enclosed = bool(parts["open"])
    if enclosed != bool(parts["close"]) or len(units) > 1 or len(signs) + (enclosed and not uncertain) > 1:
        return None
    unit = units.pop() if units else ""
    exponent = next((parts[key] for key in _EXPONENTS if parts[key]), "")
    whole = decimal not in parts["digits"]
    is_code = parts["double"].isdigit() or parts["fortran"] or (parts["mark"] and exponent)
    if not is_unit(unit) or (whole and is_code):
        return None  # 1,234e5 has no thousands, and 2024Q1 is a quarter
    negative = ""
    if parts["behind"]:
        negative = "5-"
    elif "-" in signs:
        negative = "-"
    elif enclosed and not uncertain:
        negative = "()"
    digits = parts["digits"].translate(_AS_FLOAT[decimal]).rstrip("-") or "1"
    power = int(exponent.translate(_SUPERSCRIPT) or 0) + scale_of(unit)
    value = float(f"{digits}e{power}")
    return Spelling(-value if negative else value, unit, negative, uncertain)
