"""Colours the words of a program, and only those of lines that are new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui.theme import Theme

if TYPE_CHECKING:
    from pygments.lexers.python import PythonLexer

QUOTES = ('"""', "'''")  # of a text that may go over several lines
MOST_KEPT = 1024  # lines whose colours are remembered


class Span(NamedTuple):
    """Where in a line a colour begins, over how many units of UTF-16, and the key of Theme.code for it."""

    start: int
    length: int
    kind: str


Spans = tuple[Span, ...]


class CodeColours(QSyntaxHighlighter):
    """Colours a line whenever it is changed; it must know all lines before."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats = {kind: _format(colour) for kind, colour in theme.code.items()}
        self._spans: Sequence[Spans] = ((),)
        self._before: Sequence[Spans] = self._spans

    def expect(self, lines: Sequence[str]) -> None:
        """The document is about to have these lines."""
        self._before, self._spans = self._spans, coloured(lines)

    def settle(self, last: int) -> None:
        """The document has them: from line `last` on, colour what is another kind of word now."""
        shift = len(self._before) - len(self._spans)
        for number in range(last, len(self._spans)):
            if self._before[number + shift] != self._spans[number]:
                self.rehighlightBlock(self.document().findBlockByNumber(number))

    def highlightBlock(self, _text: str) -> None:  # noqa: N802
        """Colour one line."""
        number = self.currentBlock().blockNumber()
        if number < len(self._spans):
            for start, length, kind in self._spans[number]:
                self.setFormat(start, length, self._formats[kind])


def prepare_colours() -> None:
    """Load what finds the kinds of words, which takes a moment; may be called from any thread."""
    _lexer()


def coloured(lines: Sequence[str]) -> list[Spans]:
    """The spans of each line of a Python program."""
    return [spans for part in _parts(lines) for spans in _spans_of(part)]


def _parts(lines: Sequence[str]) -> Iterator[str]:
    """The program in parts that can be read alone: a line each, or all lines of a text over several."""
    part: list[str] = []
    is_open = False
    for line in lines:
        part.append(line)
        if sum(line.count(quote) for quote in QUOTES) % 2:
            is_open = not is_open
        if not is_open:
            yield "\n".join(part)
            part = []
    if part:
        yield "\n".join(part)


@lru_cache(MOST_KEPT)
def _spans_of(part: str) -> list[Spans]:
    """The spans of each line in a part; remembered, because most lines stay when a setting changes."""
    lines: list[list[Span]] = [[]]
    column = 0
    for _place, token, value in _lexer().get_tokens_unprocessed(part):
        kind = _kind(str(token))
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
                column = 0
            length = len(piece.encode("utf-16-le")) // 2
            if kind and length:
                lines[-1].append(Span(column, length, kind))
            column += length
    return [tuple(line) for line in lines]


KINDS = (
    ("Token.Comment", "comment"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Name.Function", "name"),
    ("Token.Name.Class", "name"),
)


@cache
def _kind(token: str) -> str:
    """The key of Theme.code for a token of Pygments; empty for what looks as all text does."""
    return next((kind for start, kind in KINDS if token.startswith(start)), "")


@cache
def _lexer() -> PythonLexer:
    from pygments.lexers.python import PythonLexer  # here, since the window is painted without it

    return PythonLexer()


def _format(colour: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    return made
