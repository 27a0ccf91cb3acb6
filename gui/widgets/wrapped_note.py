"""A note that takes a second line where it needs one, and says in its tooltip what has no room in two."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption

from gui.widgets.still_label import StillLabel

MOST_LINES = 2


class WrappedNote(StillLabel):
    """Asks for another height only where another number of lines is needed, lest all be laid out anew."""

    def __init__(self) -> None:
        super().__init__(shrinks=True)
        self._lines = 1

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`."""
        super().setText(text)
        self._count_lines()

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        hint = super().sizeHint()
        return QSize(hint.width(), hint.height() + (self._lines - 1) * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count_lines()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines, the last of which may be cut off."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        metrics = self.fontMetrics()
        lines = self.wrapped()
        for place, line in enumerate(lines):
            painter.drawText(QPointF(0, metrics.ascent() + place * metrics.lineSpacing()), line)
        tip = self.tip(self.text() if lines and lines[-1].endswith("…") else "")
        if tip != self.toolTip():
            self.setToolTip(tip)

    def wrapped(self) -> list[str]:
        """The lines that are shown."""
        lines = self._broken()
        metrics = self.fontMetrics()
        room = min(MOST_LINES, 1 + max(0, self.height() - metrics.height()) // metrics.lineSpacing())
        if len(lines) <= room:
            return lines
        rest = "".join(lines[room - 1 :])
        last = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())
        return [*lines[: room - 1], last]

    def _broken(self) -> list[str]:
        """The text in lines that are no wider than there is room for, with the gaps between them."""
        layout = QTextLayout(self.text(), self.font())
        layout.setTextOption(QTextOption())
        layout.beginLayout()
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
            lines.append(self.text()[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
        return lines

    def _count_lines(self) -> None:
        lines = min(max(len(self._broken()), 1), MOST_LINES)
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
