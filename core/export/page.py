"""The pieces of a program: lines, and lists of numbers that are shown short and saved whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.export.words import WIDTH, comment
from core.texts import _

Floats = NDArray[np.float64]

SECTIONS = ("data", "model", "loss", "optimizer", "loop", "result", "drawing")
INDENT = "    "
FEW = 6  # numbers that are shown whole
MOST_SHOWN = 60  # lines of changes
SHOWN, DIGITS = 3, 4  # of more: how many, and how exactly


class Line(NamedTuple):
    """One line of a program.

    `phase` is a word of core.choices.phases.PHASES where the line, or the comment above it, is one of the
    five of a step, else empty. `section` is a word of SECTIONS.
    """

    text: str
    phase: str = ""
    section: str = ""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A list of numbers `[N]` in a program, between the code `before` and `after` it."""

    before: str
    values: Floats
    after: str
    section: str

    def shown(self) -> Line:
        """All of a few; of many the first, in short, and how many there are."""
        if len(self.values) <= FEW and len(row := self._row(self.values)) <= WIDTH:
            return Line(row, section=self.section)
        note = _("{count} numbers").format(count=f"{len(self.values):,}")
        first = [f"{_short(number)!r}, " for number in self.values[:SHOWN].tolist()]
        return Line(f"{self.before}[{''.join(first)}...]{self.after}  # {note}", section=self.section)

    def whole(self) -> Iterator[str]:
        """All, in as many lines as they take."""
        if len(self.values) <= FEW and len(row := self._row(self.values)) <= WIDTH:
            yield row
            return
        yield f"{self.before}["
        row = "   "
        for number in map(repr, self.values.tolist()):
            if len(row) + len(number) + 2 > WIDTH:
                yield row
                row = "   "
            row += f" {number},"
        yield row
        yield f"]{self.after}"

    def _row(self, values: Floats) -> str:
        return f"{self.before}[{', '.join(map(repr, values.tolist()))}]{self.after}"


@dataclass(frozen=True, eq=False)
class Folded:
    """Pieces of which there are too many for the eye; only a comment in their place is shown."""

    pieces: tuple[Line | Numbers, ...]
    note: tuple[Line, ...]


class Page:
    """One section of a program, written from the top down."""

    def __init__(self, section: str) -> None:
        self.section = section
        self.pieces: list[Line | Numbers | Folded] = []

    def code(self, text: str, phase: str = "", inside: int = 0) -> None:
        """Code, in the body of `inside` blocks."""
        indent = INDENT * inside
        self.pieces += [Line(indent + row if row else "", phase, self.section) for row in text.split("\n")]

    def say(self, sentence: str, phase: str = "", inside: int = 0) -> None:
        """A comment."""
        for line in comment(sentence, len(INDENT) * inside):
            self.code(line, phase, inside)

    def numbers(self, before: str, values: Floats, after: str) -> None:
        """A list of numbers between code."""
        self.pieces.append(Numbers(before, values, after, self.section))

    @contextmanager
    def few(self, inside: int = 0) -> Iterator[None]:
        """Of what is written meanwhile, only the first lines are shown."""
        before = len(self.pieces)
        yield
        more = tuple(piece for piece in self.pieces[before + MOST_SHOWN :] if not isinstance(piece, Folded))
        if more:
            del self.pieces[before + MOST_SHOWN :]
            note = Page(self.section)
            note.say(_("… and more, which the saved program has."), inside=inside)
            self.pieces.append(Folded(more, tuple(piece for piece in note.pieces if isinstance(piece, Line))))

    def gap(self, rows: int = 1) -> None:
        """Empty lines."""
        self.pieces += [Line("", "", self.section)] * rows


def _short(number: float) -> float:
    """A number in few digits; a whole one as it is."""
    return number if isinstance(number, int) else float(f"{number:.{DIGITS}g}")
