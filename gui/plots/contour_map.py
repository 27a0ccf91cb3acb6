"""The ground of the landscape: its heights as colours, and the lines of equal loss upon them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.overlay import Overlay, View
from gui.theme import Theme

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

DECADES = 6.0  # from the highest loss down; what lies lower has the colour of the ground
GROUND = -50  # below everything that is in the landscape
LINE = 110  # of 255, how opaque the contours are


class Picture(NamedTuple):
    """Colours `[r, c, 3]` at the places `u` `[c]` and `v` `[r]`, and lines of places `[m, 2]`."""

    u: Floats
    v: Floats
    colours: Bytes
    lines: tuple[Floats, ...]


def logarithms(losses: Floats) -> Floats:
    """log10 of losses, none lower than DECADES below the highest; NaN for an infinite one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(np.isfinite(losses), np.log10(np.maximum(losses, 0.0)), np.nan)
    known = logs[np.isfinite(logs)]
    return np.asarray(np.maximum(logs, known.max() - DECADES) if len(known) else logs, dtype=np.float64)


def colours(losses: Floats, ramp: Sequence[str]) -> Bytes:
    """The colours `[..., 3]` of losses, from the first of `ramp` for the lowest to its last."""
    stops = np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in ramp])
    logs = logarithms(losses)
    known = logs[np.isfinite(logs)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    height = np.nan_to_num((logs - low) / ((high - low) or 1.0), nan=1.0)
    places = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(height, places, stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


class ContourMap(Overlay):
    """Lives in the pixels of the view box; what it shows is painted once for each view."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self._theme = theme
        self._painted: QPixmap | None = None
        self.setZValue(GROUND)

    def show_picture(self, picture: Picture | None) -> None:
        """Show this from now on; None is nothing."""
        self.picture = picture
        self._painted = None
        self.update()

    def stand_in(self, size: QSizeF, view: View) -> None:
        """Another size or view needs another picture."""
        if (size, view) != (self.size, self.view):
            self._painted = None
        super().stand_in(size, view)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is None or self.size.isEmpty():
            return
        if self._painted is None:
            self._painted = self._paint(self.picture, 1.0 if widget is None else widget.devicePixelRatioF())
        painter.drawPixmap(0, 0, self._painted)

    def _paint(self, picture: Picture, ratio: float) -> QPixmap:
        """The picture as this view shows it."""
        pixmap = QPixmap((self.size * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        rows, columns = picture.colours.shape[:2]
        upside_down = np.ascontiguousarray(picture.colours[::-1])
        image = QImage(upside_down.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        painter.drawImage(self._place_of(picture), image)
        colour = QColor(self._theme.muted)
        colour.setAlpha(LINE)
        painter.setPen(QPen(colour, self._theme.px(1)))
        for line in picture.lines:
            x, y = self._pixels(line)
            painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))
        painter.end()
        return pixmap

    def _place_of(self, picture: Picture) -> QRectF:
        """The rectangle of the cells in pixels; each place is in the middle of its cell."""
        half_u, half_v = (picture.u[1] - picture.u[0]) / 2, (picture.v[1] - picture.v[0]) / 2
        corners = np.array(
            [
                [picture.u[0] - half_u, picture.v[-1] + half_v],
                [picture.u[-1] + half_u, picture.v[0] - half_v],
            ]
        )
        x, y = self._pixels(corners)
        return QRectF(QPointF(x[0], y[0]), QPointF(x[1], y[1]))

    def _pixels(self, places: Floats) -> tuple[Floats, Floats]:
        (left, right), (low, high) = self.view
        return (
            (places[:, 0] - left) / (right - left) * self.size.width(),
            (high - places[:, 1]) / (high - low) * self.size.height(),
        )
