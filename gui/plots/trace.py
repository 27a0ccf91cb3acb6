"""One curve of a plot, drawn smooth where that is cheap and sharp where it is not."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen

from gui.plots.range_keeper import LIMIT

Floats = NDArray[np.float64]

DASHES = (4.0, 4.0)  # on and off, in widths: what lies below a dashed line shows between
BENDS = 24  # turns up or down; with more, antialiasing a wide line takes longer than a frame
STRAIGHT = 0.1  # pixels; a curve that strays no further from its chord is straight
LONG = 60_000.0  # pixels up and down in all; beyond this even a plain wide line does
ROOM = 0.05  # of the curve's width, for what the pen adds at its ends
BEYOND = 20.0  # heights of the view; a curve further out is drawn there, Qt's dashes count every pixel


class Trace(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve through points given in the units of the data; gaps where they are not finite."""

    def __init__(self, colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        super().__init__()
        self.smooth_pen = pg.mkPen(QColor(colour), width=width, style=style)
        if style == Qt.PenStyle.DashLine:
            self.smooth_pen.setDashPattern(DASHES)
        self.thin_pen = pg.mkPen(QColor(colour), width=1)
        self._bounds = QRectF()
        self._pen = self.smooth_pen
        self._smooth = True
        self.setPen(self._pen)
        self.setSegmentedLineMode("off")
        self.hide()

    def boundingRect(self) -> QRectF:
        """What was drawn in, with some room: pyqtgraph's own costs more than the drawing."""
        return self._bounds

    def draw(self, x: Floats, y: Floats, view: tuple[float, float], height: float) -> None:
        """Show the curve in a view from view[0] to view[1] that is `height` pixels high."""
        if not len(x):
            self.clear_curve()
            return
        self._bound(x, view)
        x, y = without_detours(x, y, view, height)
        finite = np.isfinite(y)
        whole = bool(finite.all())
        low, high = view
        beyond = BEYOND * (high - low)
        y = np.clip(y, max(low - beyond, -LIMIT), min(high + beyond, LIMIT))
        if not whole:
            y = np.where(finite, y, 0.0)
        climbs = np.diff(np.clip(y, low, high)) * (height / (high - low))
        upwards = climbs[np.abs(climbs) > 0.5] > 0
        smooth = int(np.count_nonzero(upwards[1:] != upwards[:-1])) <= BENDS
        long = not smooth and float(np.abs(climbs).sum()) > LONG
        self._use(self.thin_pen if long else self.smooth_pen, smooth)
        self.setData(
            x=x,
            y=y,
            connect="all" if whole else finite & np.append(finite[1:], False),
            antialias=smooth,
            skipFiniteCheck=True,
        )
        self.show()

    def _use(self, pen: QPen, smooth: bool) -> None:
        """Draw with this pen from now on; each change of one would be another update."""
        if pen is not self._pen:
            self._pen = pen
            self.setPen(pen)
        if smooth is not self._smooth:
            self._smooth = smooth
            self.setSegmentedLineMode("off" if smooth else "on")

    def _bound(self, x: Floats, view: tuple[float, float]) -> None:
        """Be where the curve may be seen; the plot cuts off what lies beyond."""
        width, height = float(x[-1] - x[0]), view[1] - view[0]
        bounds = QRectF(x[0] - ROOM * width, view[0], (1 + 2 * ROOM) * width, height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def clear_curve(self) -> None:
        """Show nothing."""
        if self.isVisible():
            self.setData(x=np.empty(0), y=np.empty(0), connect="all")
            self.hide()  # or it would be painted, at some cost


def without_detours(x: Floats, y: Floats, view: tuple[float, float], height: float) -> tuple[Floats, Floats]:
    """A straight curve by its ends alone, which draws many times as fast; any other as it is."""
    low, high = view
    straight = STRAIGHT * (high - low) / max(height, 1.0)
    with np.errstate(all="ignore"):
        chord = np.linspace(y[0], y[-1], len(y))
        near = max(abs(y[0] - low), abs(y[-1] - high)) < BEYOND * (high - low)
        if len(y) > 2 and near and np.abs(y - chord).max() < straight:
            return x[[0, -1]], y[[0, -1]]
    return x, y
