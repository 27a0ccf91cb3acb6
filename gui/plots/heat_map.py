"""Losses as colours: a row for each run of a sweep, a column for each of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from core.training.sweep_view import SweepView
from gui.plots.overlay import Overlay
from gui.theme import MODEL, Theme

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

DECADES = 6.0  # of the colours, at most
ABOVE = 0.3  # decades above the loss at the first step; what is higher has the last colour
LOST = 255  # what is no loss, behind 255 colours
FAINT = 90  # of 255, the pattern where a run has diverged
ARROW = 5  # pixels
HALF = 0.5  # of a row


class Scale(NamedTuple):
    """The losses of the first and of the last colour, as powers of ten."""

    low: float
    high: float
    open: bool = False  # whether there are higher ones, which have the last colour
    deeper: bool = False  # whether there are lower ones, such as 0, which have the first colour


def scale_of(losses: Floats) -> Scale:
    """The scale for losses `[R, k]`: from the lowest one up to twice what most runs begin with."""
    with np.errstate(all="ignore"):
        logs = np.log10(np.where(losses > 0, losses, np.nan))
    known = logs[np.isfinite(logs)]
    if not len(known):
        return Scale(0.0, 1.0)
    first = logs[:, 0]
    begin = float(np.median(first[np.isfinite(first)])) if np.isfinite(first).any() else float(known.min())
    high = min(begin + ABOVE, float(known.max()))
    low = max(float(known.min()), high - DECADES)
    deeper = bool((losses == 0).any()) or float(known.min()) < low
    if low == high:
        return Scale(low, low + 1.0, deeper=deeper)
    return Scale(low, high, high < float(known.max()), deeper)


def cells(losses: Floats, scale: Scale) -> Bytes:
    """The number of the colour of each loss; LOST for one that could not be computed."""
    with np.errstate(all="ignore"):
        height = (np.log10(np.maximum(losses, 0.0)) - scale.low) / (scale.high - scale.low)
        numbers = np.clip(height, 0.0, 1.0) * (LOST - 1)
    return np.where(np.isfinite(losses), numbers, LOST).astype(np.uint8)


def colour_table(theme: Theme) -> list[int]:
    """The colours of the cells, as Qt takes them."""
    lost = QColor(theme.zone_tints["diverging"])
    return [*(QColor(*colour).rgb() for colour in ramp(theme.deep_heights, LOST)), lost.rgb()]


def ramp(stops: Sequence[str], count: int) -> list[tuple[int, int, int]]:
    """So many colours between the stops."""
    colours = [QColor(stop) for stop in stops]
    channels = np.array([(colour.red(), colour.green(), colour.blue()) for colour in colours])
    places, wanted = np.linspace(0, 1, len(stops)), np.linspace(0, 1, count)
    found = np.stack([np.interp(wanted, places, channels[:, channel]) for channel in range(3)], axis=1)
    return [(int(red), int(green), int(blue)) for red, green, blue in found.round()]


def paint_arrow(painter: QPainter, theme: Theme, place: QPointF) -> None:
    """The arrow of the best run, behind a place and as high above it as below."""
    size = theme.px(ARROW)
    corners = [place + QPointF(0, -size), place + QPointF(2 * size, 0), place + QPointF(0, size)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.surface), 1))
    painter.setBrush(QColor(MODEL))
    painter.drawPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class HeatMap(Overlay):
    """Run 0 is the lowest row. `rows` are the place of its middle on the axis, and the height of a row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows = (0.0, 1.0)
        self._theme = theme
        self._table = colour_table(theme)
        self._cells: Bytes | None = None
        self._view: SweepView | None = None
        self._marked: int | None = None

    def show_view(self, view: SweepView | None) -> Scale:
        """Show the losses of a sweep, or none; the scale of the colours."""
        self._view = view
        self.update()
        if view is None or not view.losses.size:
            self._cells = None
            return Scale(0.0, 1.0)
        scale = scale_of(view.losses)
        self._cells = np.ascontiguousarray(cells(view.losses, scale)[::-1])
        return scale

    @property
    def best(self) -> int | None:
        """The best run, as far as it is known."""
        return None if self._view is None else self._view.best

    def mark(self, run: int | None) -> None:
        """Frame the row of a run, or none."""
        if run != self._marked:
            self._marked = run
            self.update()

    # Painting

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        view = self._view
        if view is None or self._cells is None or self.size.isEmpty():
            return
        painter.setClipRect(self.boundingRect())
        rows, columns = self._cells.shape
        image = QImage(self._cells.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        image.setColorTable(self._table)
        painter.drawImage(self._area(0.0, columns * view.stride, 0, rows), image)
        self._paint_lost(painter, view)
        self._paint_best(painter, view)
        if self._marked is not None:
            painter.setPen(QPen(QColor(self._theme.accent), self._theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._row(self._marked, 0.0))

    def _paint_lost(self, painter: QPainter, view: SweepView) -> None:
        """A pattern over what is no loss, so that it can be told without its colour."""
        colour = QColor(self._theme.text)
        colour.setAlpha(FAINT)
        brush = QBrush(colour, Qt.BrushStyle.BDiagPattern)
        for run in np.flatnonzero(view.diverged_at):
            painter.fillRect(self._row(int(run), float(view.diverged_at[run] - 1)), brush)

    def _paint_best(self, painter: QPainter, view: SweepView) -> None:
        """A small arrow at the row of the best run."""
        if view.best is None:
            return
        row = self._row(view.best, 0.0)
        paint_arrow(painter, self._theme, QPointF(row.left(), row.center().y()))

    def _row(self, run: int, since: float) -> QRectF:
        """The rectangle of a run, from a step on, up to the newest."""
        assert self._view is not None
        return self._area(since, float(self._view.step), run, run + 1)

    def _area(self, left: float, right: float, first: int, end: int) -> QRectF:
        """The rectangle of the steps from `left` to `right` and the runs from `first` to `end`, in pixels."""
        low, high = (self.rows[0] + (run - HALF) * self.rows[1] for run in (first, end))
        (x0, x1), (y0, y1) = self.view
        across, up = self.size.width() / (x1 - x0), self.size.height() / (y1 - y0)
        corner = QPointF((left - x0) * across, (y1 - high) * up)
        return QRectF(corner, QPointF((right - x0) * across, (y1 - low) * up))
