"""Bars from left to right, painted over a plot, each with its figure beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.overlay import Overlay
from gui.theme import GRID, Theme

THICK = 26  # pixels of a bar, at most
FULL = 0.76  # of its row, that a bar takes
WHISKER = 0.5  # of a bar's height, the mark of its quartiles


class Bar(NamedTuple):
    """One bar: `value` (above 0) on the axis, its quartiles, and a `text` beside it; None has the text alone.

    `name` stands at the left of its `group`, the bars of which stand together; `tip` says what is meant.
    """

    name: str
    text: str
    value: float | None
    colour: str
    low: float = 0.0
    high: float = 0.0
    hatched: bool = False
    tip: str = ""
    group: int = 0


class Bars(Overlay):
    """`places` are where the rows are on the upright axis; along the other one are powers of ten."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bars: Sequence[Bar] = ()
        self._places: Sequence[float] = ()

    def show_bars(self, bars: Sequence[Bar], places: Sequence[float]) -> None:
        """Show these, at these places."""
        self._bars, self._places = bars, places
        self.update()

    def text_room(self, bar: Bar) -> float:
        """Pixels that the text beside a bar takes."""
        metrics = QFontMetricsF(self._theme.font(digits=True))
        return metrics.horizontalAdvance(bar.text) + self._theme.px(2 * GRID)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.size.isEmpty():
            return
        painter.setClipRect(self.boundingRect())
        painter.setFont(self._theme.font(digits=True))
        for bar, place in zip(self._bars, self._places, strict=True):
            self._paint_bar(painter, bar, place)

    def _paint_bar(self, painter: QPainter, bar: Bar, place: float) -> None:
        row = self._row(place)
        end = row.left()
        if bar.value is not None:
            end = self._across(bar.value)
            self._fill(painter, bar, QRectF(row.topLeft(), QPointF(end, row.bottom())))
            self._paint_quartiles(painter, bar, row)
            end = max(end, self._across(bar.high))
        gap = self._theme.px(GRID)
        painter.setPen(QColor(self._theme.text if bar.value is not None else self._theme.muted))
        room = QRectF(end + gap, row.center().y() - row.height(), self.size.width() - end, 2 * row.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, bar.text)

    def _fill(self, painter: QPainter, bar: Bar, box: QRectF) -> None:
        colour = QColor(bar.colour)
        if not bar.hatched:
            painter.fillRect(box, colour)
            return
        painter.fillRect(box, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_quartiles(self, painter: QPainter, bar: Bar, row: QRectF) -> None:
        """A line from the lower to the upper quartile, across the end of the bar."""
        low, high = self._across(bar.low), self._across(bar.high)
        if high - low < 2:
            return
        middle, half = row.center().y(), WHISKER * row.height() / 2
        painter.setPen(QPen(QColor(self._theme.text), 1))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle - half), QPointF(end, middle + half))

    def _across(self, value: float) -> float:
        """Where a value is, in pixels; nothing is left of the axis."""
        low, high = self.view[0]
        return max(0.0, (math.log10(value) - low) / (high - low) * self.size.width()) if value > 0 else 0.0

    def _row(self, place: float) -> QRectF:
        """The whole width, as high as a bar."""
        low, high = self.view[1]
        unit = self.size.height() / (high - low)
        height = min(FULL * unit, self._theme.px(THICK))
        return QRectF(0.0, (high - place) * unit - height / 2, self.size.width(), height)
