"""What the colours of a map of losses mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.insight.numbers import significant
from core.texts import _
from gui.plots.heat_map import ARROW, FAINT, Scale, paint_arrow
from gui.theme import GRID, Theme

WIDTH, BAND, SWATCH = 520, 96, 20  # pixels
HEIGHT = 10  # pixels, of the band and the swatch
DIGITS = 2


class ColourScale(QWidget):
    """A band of the colours between the losses of its ends, and the marks of diverged runs and the best."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale: Scale | None = None
        self.setObjectName("sweep_scale")
        self.setAccessibleName(_("Colours of the losses"))
        self.setToolTip(_("From the colour of the lowest loss to that of twice the first loss, or more."))
        self.setFont(theme.font(digits=True))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def show_scale(self, scale: Scale | None) -> None:
        """Show the scale of a map, or nothing while there is no map."""
        self._scale = scale
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(self._theme.px(WIDTH), self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The parts from left to right, each behind the one before."""
        if self._scale is None:
            return
        painter = QPainter(self)
        theme, gap = self._theme, self._theme.px(GRID)
        lowest = significant(10**self._scale.low, DIGITS)
        if self._scale.deeper:
            lowest = _("{loss} or less").format(loss=lowest)
        place = self._write(painter, 0, _("loss before the step") + " " + lowest) + gap
        band = self._box(place, BAND)
        gradient = QLinearGradient(band.topLeft(), band.topRight())
        for stop, colour in enumerate(theme.deep_heights):
            gradient.setColorAt(stop / (len(theme.deep_heights) - 1), QColor(colour))
        self._fill(painter, band, QBrush(gradient))
        highest = significant(10**self._scale.high, DIGITS)
        if self._scale.open:
            highest = _("{loss} or more").format(loss=highest)
        place = self._write(painter, band.right() + gap, highest)
        swatch = self._box(place + 3 * gap, SWATCH)
        self._fill(painter, swatch, QBrush(QColor(theme.zone_tints["diverging"])))
        pattern = QColor(theme.text)
        pattern.setAlpha(FAINT)
        painter.fillRect(swatch, QBrush(pattern, Qt.BrushStyle.BDiagPattern))
        place = self._write(painter, swatch.right() + gap, _("diverged")) + 3 * gap
        paint_arrow(painter, theme, QPointF(place, self.height() / 2))
        self._write(painter, place + 2 * theme.px(ARROW) + gap, _("best"))
        painter.end()

    def _write(self, painter: QPainter, left: float, text: str) -> float:
        """Write a text; where it ends."""
        painter.setPen(QColor(self._theme.muted))
        width = self.fontMetrics().horizontalAdvance(text)
        room = QRectF(left, 0.0, width + 1.0, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return left + width

    def _box(self, left: float, width: float) -> QRectF:
        px = self._theme.px
        return QRectF(QPointF(left, (self.height() - px(HEIGHT)) / 2), QSize(px(width), px(HEIGHT)).toSizeF())

    def _fill(self, painter: QPainter, box: QRectF, brush: QBrush) -> None:
        painter.setPen(QPen(QColor(self._theme.hairline), 1))
        painter.setBrush(brush)
        painter.drawRect(box)
