"""What the colours of a map of losses mean."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.insight.numbers import significant
from core.texts import _
from gui.plots.heat_map import ARROW, FAINT, Scale, paint_arrow
from gui.theme import GRID, Theme

WIDTH, BAND, SWATCH = 520, 96, 20  # pixels
LEAST = 24  # pixels, of the band where there is little room
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
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_scale(self, scale: Scale | None) -> None:
        """Show the scale of a map, or nothing while there is no map."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text, or, where that has no room, two."""
        width = self._theme.px(WIDTH) if self._scale is None else math.ceil(self._width_of_all())
        return QSize(width, self._line())

    def minimumSizeHint(self) -> QSize:
        """Room for the marks; what else is cut is not worth a dialog that is wider than the screen."""
        return QSize(math.ceil(self._marks(None)), self._line())

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """How many lines there are depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of one line, or of two."""
        return self._line() * (1 if self._scale is None or self._width_of_all() <= width else 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The losses from left to right, and the marks behind them, or below them where they have no room."""
        if self._scale is None:
            return
        painter = QPainter(self)
        wide = self._width_of_all() <= self.width()
        end = self._losses(painter, self._scale, self.width())
        painter.translate(*((end + self._between(), 0.0) if wide else (0.0, self._line())))
        self._marks(painter)
        painter.end()

    def _width_of_all(self) -> float:
        losses = 0.0 if self._scale is None else self._losses(None, self._scale, math.inf)
        return losses + self._between() + self._marks(None)

    def _between(self) -> int:
        return 3 * self._theme.px(GRID)

    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def _losses(self, painter: QPainter | None, scale: Scale, room: float) -> float:
        """Draw the band between its losses, if there is a painter; where it ends, in `room` if it can be."""
        theme, gap = self._theme, self._theme.px(GRID)
        lowest, highest = (significant(10**end, DIGITS) for end in (scale.low, scale.high))
        if scale.deeper:
            lowest = _("{loss} or less").format(loss=lowest)
        if scale.open:
            highest = _("{loss} or more").format(loss=highest)
        place = self._write(painter, 0, _("loss before the step") + " " + lowest) + gap
        free = room - place - gap - self._write(None, 0, highest)
        band = self._box(place, min(max(free, theme.px(LEAST)), theme.px(BAND)))
        gradient = QLinearGradient(band.topLeft(), band.topRight())
        for stop, colour in enumerate(theme.deep_heights):
            gradient.setColorAt(stop / (len(theme.deep_heights) - 1), QColor(colour))
        self._fill(painter, band, QBrush(gradient))
        return self._write(painter, band.right() + gap, highest)

    def _marks(self, painter: QPainter | None) -> float:
        """Draw what marks a diverged run and the best one, if there is a painter; where it ends."""
        theme, gap = self._theme, self._theme.px(GRID)
        swatch = self._box(0, theme.px(SWATCH))
        self._fill(painter, swatch, QBrush(QColor(theme.zone_tints["diverging"])))
        pattern = QColor(theme.text)
        pattern.setAlpha(FAINT)
        self._fill(painter, swatch, QBrush(pattern, Qt.BrushStyle.BDiagPattern))
        place = self._write(painter, swatch.right() + gap, _("diverged")) + self._between()
        if painter is not None:
            paint_arrow(painter, theme, QPointF(place, self._line() / 2))
        return self._write(painter, place + 2 * theme.px(ARROW) + gap, _("best"))

    def _write(self, painter: QPainter | None, left: float, text: str) -> float:
        """Write a text; where it ends."""
        width = self.fontMetrics().horizontalAdvance(text)
        if painter is not None:
            painter.setPen(QColor(self._theme.muted))
            room = QRectF(left, 0.0, width + 1.0, self._line())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return left + width

    def _box(self, left: float, width: float) -> QRectF:
        """A box of that width at `left`, amid the line."""
        height = self._theme.px(HEIGHT)
        return QRectF(left, (self._line() - height) / 2, width, height)

    def _fill(self, painter: QPainter | None, box: QRectF, brush: QBrush) -> None:
        if painter is not None:
            painter.setPen(QPen(QColor(self._theme.hairline), 1))
            painter.setBrush(brush)
            painter.drawRect(box)
