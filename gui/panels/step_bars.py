"""The numbers of a step as bars: its gradient, how far it went, and what the optimizer remembers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.insight.numbers import significant
from core.insight.units import as_trained_only
from core.texts import _
from gui.theme import GRID, Theme
from gui.widgets.plain import plain_tip

LINE = 17  # pixels, the height of a row
BAR = 7  # pixels, the height of a bar
NUMBER = 76  # pixels, the width of a number
SHORT_NAME = 1  # letters; a column that is called so has its name before each number, others have a heading
MOST_NAME = 0.4  # of the width, for the names of the rows
DIGITS = 3


class StepRow(NamedTuple):
    """One quantity: what it is called, its colour, its numbers, one for each column, and what it is for.

    None of them is what there is as trained only.
    """

    name: str
    colour: str
    numbers: tuple[float, ...] | None
    tip: str = ""

    @property
    def largest(self) -> float:
        """The largest of its numbers, which has the longest bar."""
        return max((abs(number) for number in self.numbers or () if math.isfinite(number)), default=0.0)


class StepBars(QWidget):
    """A row for each quantity, a column for each parameter; a bar is as long as it is beside its row's.

    Below them is a remark, where there is one.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[StepRow, ...] = ()
        self._remark = ""
        self.setObjectName("step_bars")
        self.setAccessibleName(_("The numbers of the step"))
        self.setToolTip(
            _(
                "The gradient that this step followed, how far it went, and what the optimizer keeps for "
                "each parameter, by PyTorch's names. A bar to the right is above zero. Plain gradient "
                "descent goes by −rate × gradient. With Standardise it does so as trained: in the units of "
                "the data the step is another one, as if each direction had a rate of its own."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_rows(self, columns: Sequence[str], rows: Sequence[StepRow], remark: str = "") -> None:
        """Show these numbers under these columns, and a remark; without rows there are no bars at all."""
        lines = self._lines()
        self._columns, self._rows, self._remark = tuple(columns), tuple(rows), remark
        self.setAccessibleDescription(self.text())
        self.setVisible(bool(rows))
        if lines != self._lines():
            self.updateGeometry()
        self.update()

    def text(self) -> str:
        """All numbers, in lines of words, and the remark."""
        rows = [f"{row.name}: {self._said(row)}" for row in self._rows]
        return "\n".join([*rows, *filter(None, [self._remark])])

    def _said(self, row: StepRow) -> str:
        if row.numbers is None:
            return as_trained_only()
        pairs = zip(self._columns, row.numbers, strict=True)
        return ", ".join(f"{column} {significant(number, DIGITS)}" for column, number in pairs)

    def event(self, event: QEvent) -> bool:
        """The tooltip of a row tells what it is, before what all of them are."""
        if isinstance(event, QHelpEvent):
            line = event.pos().y() // self._theme.px(LINE) - (not self._brief())
            tip = self._rows[line].tip if 0 <= line < len(self._rows) else ""
            if tip:
                QToolTip.showText(event.globalPos(), plain_tip(f"{self._rows[line].name}: {tip}"), self)
                return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """As high as its rows, their heading and the remark, if there are these."""
        return QSize(self._theme.px(3 * NUMBER), self._theme.px(LINE) * self._lines())

    def _lines(self) -> int:
        return len(self._rows) + (not self._brief()) + bool(self._remark)

    def _brief(self) -> bool:
        """Whether all columns have short names."""
        return all(len(column) <= SHORT_NAME for column in self._columns)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the names, and in each column a bar and its number."""
        painter, px = QPainter(self), self._theme.px
        painter.setFont(self._theme.font(12, digits=True))
        widest = max((painter.fontMetrics().horizontalAdvance(row.name) for row in self._rows), default=0)
        name = min(widest + px(2 * GRID), round(MOST_NAME * self.width()))
        column = (self.width() - name) / max(len(self._columns), 1)
        brief = self._brief()
        if not brief:
            painter.setPen(QColor(self._theme.muted))
            for place, text in enumerate(self._columns):
                self._write(painter, QRectF(name + place * column, 0, column, px(LINE)), text)
        for line, row in enumerate(self._rows, 0 if brief else 1):
            top = line * px(LINE)
            painter.setPen(QColor(self._theme.muted))
            self._write(painter, QRectF(0, top, name - px(GRID), px(LINE)), row.name)
            if row.numbers is None:
                self._write(painter, QRectF(name, top, self.width() - name, px(LINE)), as_trained_only())
                continue
            for place, number in enumerate(row.numbers):
                cell = QRectF(name + place * column, top, column, px(LINE))
                if brief:
                    painter.setPen(QColor(self._theme.muted))
                    self._write(painter, cell, self._columns[place])
                    beside = painter.fontMetrics().horizontalAdvance(self._columns[place]) + px(GRID)
                    cell.setLeft(cell.left() + max(beside, px(2 * GRID)))
                share = number / row.largest if row.largest and math.isfinite(number) else 0.0
                self._paint_cell(painter, cell, row.colour, number, share)
        painter.setPen(QColor(self._theme.muted))
        last = QRectF(0, (self._lines() - 1) * px(LINE), self.width(), px(LINE))
        self._write(painter, last, self._remark)

    def _write(self, painter: QPainter, place: QRectF, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_cell(self, painter: QPainter, cell: QRectF, colour: str, number: float, share: float) -> None:
        """The number, and right of it a bar from the middle of what is left."""
        px = self._theme.px
        painter.setPen(QColor(self._theme.text))
        self._write(painter, cell, significant(number, DIGITS))
        left = cell.left() + px(NUMBER)
        room = cell.right() - px(GRID) - left
        if room <= 0:
            return
        middle, height = left + room / 2, px(BAR)
        top = cell.center().y() - height / 2
        zero = QRectF(middle, cell.top() + px(2), 1, cell.height() - px(4))
        painter.fillRect(zero, QColor(self._theme.muted))
        end = middle + share * room / 2
        painter.fillRect(QRectF(min(middle, end), top, abs(end - middle), height), QColor(colour))
