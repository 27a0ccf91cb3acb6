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
from gui.theme import Theme

Floats = NDArray[np.float64]

MARKER = 11  # pixels, the width of the dot at the chosen step


class HistoryCurve:
    """Up to the chosen step in its colour; beyond it, where the run has been already, muted.

    It has the items of a plot, made once; `draw` is told of the view each time.
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
        self.dot = Dot(theme, marker, colour, hollow=style != Qt.PenStyle.SolidLine)

    @property
    def items(self) -> tuple[QGraphicsItem, ...]:
        """What there is to be added to a plot, from the back to the front."""
        return self.beyond, self.trace, self.dot

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
        """The least and the greatest number, as the axis has them; None without any that can be drawn."""
        if not len(self.extremes):
            return None
        extent = self.extremes.extent(logarithmic)
        if extent and logarithmic:
            return math.log10(extent[0]), math.log10(extent[1])
        return extent

    def draw(self, view: tuple[Range, Range], area: QRectF, step: int, logarithmic: bool) -> None:
        """Draw the part in view; `view` in the units of the axes and `area` in pixels, the chosen `step`."""
        x, y = self.polyline(view[0], area.width(), logarithmic)
        if step < len(self.extremes):
            parting = int(np.searchsorted(x, step, side="right"))
            begins = max(parting - 1, 0)
            self.beyond.draw(x[begins:], y[begins:], view[1], area.height())
            x, y = x[:parting], y[:parting]
        else:
            self.beyond.clear_curve()
        self.trace.draw(x, y, view[1], area.height())
        self.mark(self.dot, step, logarithmic)

    def polyline(self, view: Range, width: float, logarithmic: bool) -> tuple[Floats, Floats]:
        """The curve over a view of the steps that is `width` pixels wide, as the axes have it."""
        if not len(self.extremes):
            return np.empty(0), np.empty(0)
        x, low, high = self.extremes.columns(*view, round(width), logarithmic)
        return _zigzag(x, on_axis(low, logarithmic), on_axis(high, logarithmic))

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
        known = [end for end in self.series.at(step) if math.isfinite(end) and (end > 0 or not logarithmic)]
        ends = [math.log10(end) if logarithmic else min(max(end, -LIMIT), LIMIT) for end in known]
        return sum(ends) / len(ends) if ends else None


def on_axis(values: Floats, logarithmic: bool) -> Floats:
    """Where numbers are on the axis; not finite where they cannot be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(values) if logarithmic else values


def _zigzag(x: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """One curve through the extremes of every column, in the order in which it falls or rises there."""
    if len(x) < 2 or x[1] - x[0] <= 1:
        return x, low
    middle = low / 2 + high / 2
    falls = np.append(middle[1:] < middle[:-1], False)
    falls[-1] = falls[-2:][0]
    y = np.column_stack((np.where(falls, high, low), np.where(falls, low, high)))
    return np.repeat(x, 2), y.ravel()
