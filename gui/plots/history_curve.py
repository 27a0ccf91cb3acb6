"""One number of every step as a curve, with a mark at the step that is chosen."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from core.training.history import Series
from gui.plots.decimation import Extremes
from gui.plots.dot import Dot
from gui.plots.range_keeper import LIMIT, Range
from gui.plots.trace import Trace
from gui.plots.zero_marks import ZeroMarks, on_axis
from gui.theme import Theme

Floats = NDArray[np.float64]

MARKER = 11  # pixels, the width of the dot at the chosen step


class HistoryCurve:
    """Up to the chosen step in its colour; beyond it, where the run has been already, muted.

    It has the items of a plot, made once; `draw` is told of the view each time. On a logarithmic axis zeros
    lie on the lower edge of the view, and are marked there.
    """

    def __init__(
        self,
        theme: Theme,
        colour: str,
        width: float,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
        marker: float = MARKER,
    ) -> None:
        self.extremes = Extremes()
        self.trace = Trace(colour, width, style)
        self.beyond = Trace(theme.faded(colour), width, style)
        self.zeros = ZeroMarks(theme, colour)
        self.dot = Dot(theme, marker, colour, hollow=style != Qt.PenStyle.SolidLine)
        self._floor = 0.0  # where zeros are on a logarithmic axis

    @property
    def items(self) -> tuple[QGraphicsItem, ...]:
        """What there is to be added to a plot, from the back to the front."""
        return self.beyond, self.trace, self.zeros, self.dot

    @property
    def series(self) -> Series:
        """What is drawn."""
        return self.extremes.series

    def take(self, series: Series | None) -> None:
        """Draw this from now on; None is nothing."""
        if series is None:
            self.extremes.clear()
        else:
            self.extremes.take(series)

    def extent(self, logarithmic: bool) -> Range | None:
        """The least and the greatest number, as the axis has them; None without any that has a height."""
        return self.extent_from(0, logarithmic)

    def extent_from(self, step: int, logarithmic: bool) -> Range | None:
        """The same of what comes from a step on."""
        if not len(self.extremes):
            return None
        extent = self.extremes.extent(logarithmic, step)
        if extent and logarithmic:
            return math.log10(extent[0]), math.log10(extent[1])
        return extent

    def draw(self, view: tuple[Range, Range], area: QRectF, step: int, logarithmic: bool) -> None:
        """Draw the part in view; `view` in the units of the axes and `area` in pixels, the chosen `step`."""
        x, y = self.polyline(view, area, logarithmic)
        if step < len(self.extremes):
            parting = int(np.searchsorted(x, step, side="right"))
            begins = max(parting - 1, 0)
            self.beyond.draw(x[begins:], y[begins:], view[1], area.height())
            x, y = x[:parting], y[:parting]
        else:
            self.beyond.clear_curve()
        self.trace.draw(x, y, view[1], area.height())
        self.mark(self.dot, step, logarithmic)

    def polyline(
        self, view: tuple[Range, Range], area: QRectF, logarithmic: bool, first: int = 0
    ) -> tuple[Floats, Floats]:
        """The curve from step `first` on in a view that fills `area`, as the axes have it; marks zeros."""
        self._floor = self.zeros.floor(view[1], area)
        if not len(self.extremes):
            self.zeros.show_at(np.empty(0), self._floor, view[0], area)
            return np.empty(0), np.empty(0)
        x, low, high = self.extremes.columns(*view[0], round(area.width()), logarithmic)
        seen = slice(int(np.searchsorted(x, first)), None)
        x, low, high = x[seen], low[seen], high[seen]
        self.zeros.show_at(x[low == 0] if logarithmic else np.empty(0), self._floor, view[0], area)
        return _zigzag(x, *(on_axis(ends, logarithmic, self._floor) for ends in (low, high)))

    def mark(self, dot: Dot, step: int, logarithmic: bool) -> None:
        """Put a dot on the curve at a step, or nowhere where there is no number that can be drawn."""
        height = self.height(step, logarithmic)
        if height is None:
            dot.hide()
        else:
            dot.stand_at(step, height)

    def height(self, step: int, logarithmic: bool) -> float | None:
        """Where the number of a step is on the axis; of a range, its middle."""
        if not 1 <= step <= len(self.extremes):
            return None
        ends = on_axis(np.array(self.series.at(step)), logarithmic, self._floor)
        ends = np.clip(ends[np.isfinite(ends)], -LIMIT, LIMIT)
        return float(np.sum(ends / len(ends))) if len(ends) else None


def _zigzag(x: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """One curve through the extremes of every column, in the order in which it falls or rises there."""
    if len(x) < 2 or x[1] - x[0] <= 1:
        return x, low
    middle = low / 2 + high / 2
    falls = np.append(middle[1:] < middle[:-1], False)
    falls[-1] = falls[-2:][0]
    y = np.column_stack((np.where(falls, high, low), np.where(falls, low, high)))
    return np.repeat(x, 2), y.ravel()
