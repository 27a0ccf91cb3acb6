"""The mathematics of one phase: its line of code, what it does in words, its formulas, its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from core.insight.formulas import Block, Line
from core.texts import _
from gui.theme import Theme
from gui.widgets.formula_label import FormulaLabel
from gui.widgets.formula_numbers import FormulaNumbers

NO_BREAK = "\N{NO-BREAK SPACE}"
SIGN = "▶"  # before the code of a phase that is lit


class FormulaBlock(QFrame):
    """One phase. While it is lit it has the ground of what is switched on, and a sign."""

    def __init__(self, block: Block, code: str, theme: Theme, inks: Mapping[str, str]) -> None:
        super().__init__()
        self.phase = block.phase
        self._block = block
        self._code = code
        self._theme = theme
        self.lit = False
        self.setObjectName(f"formula_block_{block.phase}")
        self.setAccessibleName(code)
        self._heading = QLabel(code)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setFont(theme.code_font())
        self._heading.setWordWrap(True)
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.labels = [FormulaLabel(each.latex, each.text, theme) for each in block.formulas]
        self._numbers = [FormulaNumbers(theme, inks) for _each in block.formulas]
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(8))
        rows.setSpacing(theme.px(4))
        rows.addWidget(self._heading)
        rows.addWidget(self._text(block.words))
        for label, numbers in zip(self.labels, self._numbers, strict=True):
            rows.addSpacing(theme.px(4))
            rows.addWidget(label)
            rows.addWidget(numbers)
        if block.notes:
            rows.addSpacing(theme.px(4))
            rows.addWidget(self._text(block.notes))
        if block.legend:
            rows.addSpacing(theme.px(4))
            rows.addWidget(self._text(_in_one(block.legend)))
        if block.sources:
            rows.addWidget(self._text(_("See {sources}.").format(sources=", ".join(block.sources))))

    def says(self, block: Block, code: str) -> bool:
        """Whether another block of this phase says the same."""
        return code == self._code and _texts(block) == _texts(self._block)

    def show_numbers(self, lines: Sequence[Line]) -> None:
        """Show the line of each formula; None for none."""
        for numbers, line in zip(self._numbers, lines, strict=True):
            numbers.show_spans(line)

    def light(self, lit: bool) -> None:
        """Mark the phase, or take its mark away."""
        if lit != self.lit:
            self.lit = lit
            self._heading.setText(f"{SIGN} {self._code}" if lit else self._code)
            self.setAccessibleDescription(_("This is the line that runs now.") if lit else "")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground of a lit phase, and a hairline below."""
        painter = QPainter(self)
        if self.lit:
            painter.fillRect(self.rect(), QColor(self._theme.accent_soft))
            bar = QRectF(0, 0, self._theme.px(3), self.height())
            painter.fillRect(bar, QColor(self._theme.accent))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, QColor(self._theme.hairline))

    def _text(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("muted", True)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label


def _in_one(legend: Sequence[tuple[str, str]]) -> str:
    """The legend as one text, in which a symbol stays beside its number."""
    return f"{NO_BREAK}· ".join(f"{symbol.replace(' ', NO_BREAK)}: {words}" for symbol, words in legend)


def _texts(block: Block) -> list[object]:
    """All that there is to read of a block."""
    return [
        *(formula.latex for formula in block.formulas),
        block.words,
        block.notes,
        block.legend,
        block.sources,
    ]
