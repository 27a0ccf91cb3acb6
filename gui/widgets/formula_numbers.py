"""A formula with the numbers of a step in it: one line of coloured text, which becomes two where it must."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.insight.formulas import Spans
from core.texts import _
from gui.theme import Theme


class FormulaNumbers(QWidget):
    """Shows spans of text in the colours of their roles, `inks`.

    It grows with what it shows, and never shrinks while that comes and goes ten times a second, so that
    nothing below it jumps.
    """

    def __init__(self, theme: Theme, inks: Mapping[str, str]) -> None:
        super().__init__()
        self._spans: Spans = ()
        self._laid: QTextLayout | None = None
        self._formats = {role: _format(ink) for role, ink in inks.items()}
        self.setObjectName("formula_numbers")
        self.setAccessibleName(_("The formula with the numbers of this step"))
        self.setFont(theme.font(digits=True))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)

    def text(self) -> str:
        """The whole line."""
        return "".join(span.text for span in self._spans)

    def show_spans(self, spans: Spans | None) -> None:
        """Show a line, or, with None, nothing; the room for it stays."""
        if (spans or ()) == self._spans:
            return
        self._spans = spans or ()
        self._laid = None
        self.setAccessibleDescription(self.text())
        self._grow()
        self.update()

    def sizeHint(self) -> QSize:
        """As much as it has."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._laid = None
            self.setFixedHeight(self._height_of_lines())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        self._layout().draw(painter, QPointF(0, 0))

    def _grow(self) -> None:
        needed = self._height_of_lines()
        if needed > self.height():
            self.setFixedHeight(needed)

    def _height_of_lines(self) -> int:
        return round(self._layout().boundingRect().height() + 0.49) if self._spans else 0

    def _layout(self) -> QTextLayout:
        """The text in lines as wide as there is room."""
        if self._laid is None:
            self._laid = self._made()
        return self._laid

    def _made(self) -> QTextLayout:
        made = QTextLayout(self.text(), self.font(), self)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        made.setTextOption(option)
        made.setFormats(self._ranges())
        made.beginLayout()
        top = 0.0
        while (line := made.createLine()).isValid():
            line.setLineWidth(max(1, self.width()))
            line.setPosition(QPointF(0, top))
            top += line.height()
        made.endLayout()
        return made

    def _ranges(self) -> list[QTextLayout.FormatRange]:
        ranges, start = [], 0
        for span in self._spans:
            if span.role:
                found = QTextLayout.FormatRange()
                found.start, found.length = start, len(span.text)
                found.format = self._formats[span.role]
                ranges.append(found)
            start += len(span.text)
        return ranges


def _format(ink: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(ink))
    return made
