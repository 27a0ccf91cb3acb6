"""The options of the command line that say how a table is read."""

from __future__ import annotations

import argparse
import codecs

from core.problem import Problem
from core.tables.reading import DATE_ORDERS, DECIMALS, ENCODINGS, Reading, check_separator
from core.texts import _

OPTIONS = {
    "x": "--x",
    "y": "--y",
    "sheet": "--sheet",
    "separator": "--separator",
    "decimal": "--decimal",
    "encoding": "--encoding",
    "date_order": "--date-order",
    "header": "--header",
}
SEPARATOR_WORDS = {"tab": "\t", r"\t": "\t", "space": " ", "comma": ",", "semicolon": ";", "bar": "|"}
DECIMAL_WORDS = {"point": ".", "comma": ","}
# What Python knows by a name of its own, and this package reads by that of an encoding that has it all.
WIDER_ENCODINGS = {"ascii": "utf-8", "utf-8-sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}
_SHOWN = 20  # characters of a wrong value in a sentence


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Let `parser` understand how a table is to be read."""
    group = parser.add_argument_group(
        _("How a table is read"), _("What is left out is proposed by how the table looks.")
    )
    group.add_argument("--x", metavar="COL", help=_("The column for x."))
    group.add_argument("--y", metavar="COL", help=_("The column for y."))
    group.add_argument("--sheet", metavar="NAME", help=_("The sheet of a workbook."))
    group.add_argument(
        "--separator",
        metavar="CHARACTER",
        help=_("What stands between two cells of a row: any character, or the word tab or space."),
    )
    group.add_argument("--decimal", metavar="MARK", help=_("What stands before the decimals: . or ,"))
    group.add_argument(
        "--encoding",
        metavar="NAME",
        help=_("How the letters are stored in the file: {names}.").format(names=", ".join(ENCODINGS)),
    )
    group.add_argument(
        "--date-order",
        metavar="|".join(DATE_ORDERS),
        help=_("In which order day, month and year stand in dates such as 03/04/2024."),
    )
    group.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help=_("Whether the first row of the table has the names of the columns."),
    )


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the options ask for; Problem for a value that none can have, and for any beside an experiment."""
    given = {name: getattr(arguments, name) for name in OPTIONS if getattr(arguments, name) is not None}
    if given and arguments.file is None:
        text = _("{option} says how a file is read; say which file to open.")
        raise Problem(text.format(option=OPTIONS[next(iter(given))]))
    if given and is_experiment(arguments.file):
        text = _("{option} is for tables; an experiment has its points already, so leave it out.")
        raise Problem(text.format(option=OPTIONS[next(iter(given))]))
    for name, meaning in (
        ("separator", _separator),
        ("decimal", _decimal),
        ("encoding", _encoding),
        ("date_order", _date_order),
    ):
        if name in given:
            given[name] = meaning(given[name])
    return Reading(**given)


def is_experiment(path: object) -> bool:
    """Whether a file is an experiment by its name, and else a table."""
    return str(path).lower().endswith(".json")


def _separator(text: str) -> str:
    separator = SEPARATOR_WORDS.get(text.lower(), text)
    check_separator(separator)
    return separator


def _decimal(text: str) -> str:
    mark = DECIMAL_WORDS.get(text.lower(), text)
    if mark not in DECIMALS:
        raise _wrong("--decimal", " ".join(DECIMALS), text)
    return mark


def _date_order(text: str) -> str:
    if text.lower() not in DATE_ORDERS:
        raise _wrong("--date-order", ", ".join(DATE_ORDERS), text)
    return text.lower()


def _encoding(text: str) -> str:
    try:
        name = codecs.lookup(text).name
    except (LookupError, ValueError):
        name = ""
    name = WIDER_ENCODINGS.get(name, name)
    key = next((key for key in ENCODINGS if codecs.lookup(key).name == name), None)
    if key is None:
        raise _wrong("--encoding", ", ".join(ENCODINGS), text)
    return key


def _wrong(option: str, expected: str, text: str) -> Problem:
    """The sentence for a value that an option cannot have."""
    sentence = _("{name} must be {expected}, not {value}.")
    return Problem(sentence.format(name=option, expected=expected, value=text[:_SHOWN]))
