"""Python written by a program: literals, calls and comments that no name from outside can break."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

LONGEST_NAME = 60  # characters of a file's or a column's name
WIDTH = 88  # characters of a line, as most people's editors have it
SENTENCE = 54  # columns of a comment, which must be read at a glance, and in a narrow pane
SIGN = "# "
REPLACED = "�"


def plain(name: str) -> str:
    """`name` for a person's eye, in one line: nothing in it can end a comment or turn the writing around."""
    shown = "".join(c if c.isprintable() else REPLACED for c in name[:LONGEST_NAME])
    return shown + "…" if len(name) > LONGEST_NAME else shown


def literal(value: object) -> str:
    """`value` (a number, word, switch, None, or a tuple of them) as Python reads it back, exactly."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and '"' not in value else text


def call(name: str, *places: str, **arguments: str) -> str:
    """The call of `name` with arguments that are code already; one in each line where it is long."""
    parts = [*places, *(f"{key}={text}" for key, text in arguments.items())]
    short = f"{name}({', '.join(parts)})"
    if len(short) <= WIDTH:
        return short
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), ")"])


def literals(arguments: Mapping[str, object]) -> dict[str, str]:
    """Keyword arguments as code."""
    return {name: literal(value) for name, value in arguments.items()}


@lru_cache(maxsize=512)  # a program is written anew at every change, of nearly the same sentences
def comment(sentence: str, indent: int = 0) -> tuple[str, ...]:
    """The lines of a comment that stands `indent` columns from the left; none of nothing."""
    if not sentence:
        return ()
    clean = "".join(c if c.isprintable() else " " for c in sentence)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in clean)  # as Chinese letters are
    columns = (SENTENCE - len(SIGN) - indent) * len(clean) // (len(clean) + wide)
    return tuple(SIGN + line for line in textwrap.wrap(clean, columns))
