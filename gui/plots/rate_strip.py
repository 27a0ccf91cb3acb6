"""The strip under the loss that shows the learning rate of every step, where a schedule changes it."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsGridLayout

from core.texts import _
from core.training.history import Series
from gui.plots.axis import Axis
from gui.plots.canvas import hairlines
from gui.plots.history_curve import HistoryCurve
from gui.plots.range_keeper import Range, RangeKeeper
from gui.plots.upright import Upright
from gui.theme import GRID, Theme

HEIGHT = 56  # pixels
TICK_DISTANCE = 18  # pixels, at least
MARKER = 7  # pixels
DECADES = (-4.0, 0.0)  # as logarithms, before there is a rate
MOST_DECADES = 6.0  # a rate that falls to nothing is drawn so far and no further
MARGIN = 0.1  # decades left free above and below


def rates_room(low: float, high: float) -> Range:
    """Half decades around logarithms of learning rates."""
    low = max(low, high - MOST_DECADES)
    return math.floor(2 * (low - MARGIN)) / 2, math.ceil(2 * (high + MARGIN)) / 2


class RateStrip:
    """Stands in one row of a plot's layout and has the steps of that plot; its height is a logarithm."""

    def __init__(self, theme: Theme, layout: QGraphicsGridLayout, row: int) -> None:
        self.theme = theme
        self.y_range = RangeKeeper(*DECADES, room=rates_room)
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self.box.disableAutoRange()
        self.axis = Axis(theme, "left")
        self.axis.logarithmic = True
        self.axis.tick_distance = TICK_DISTANCE
        self.axis.setStyle(hideOverlappingLabels=True)  # the loss has its own just above
        self.axis.linkToView(self.box)
        self.axis.set_name(_("rate"))
        self.curve = HistoryCurve(theme, theme.muted, theme.px(2), marker=MARKER)
        self.line = Upright(theme.muted)
        self.hover_line = Upright(theme.muted, Qt.PenStyle.DotLine)
        self.grid = pg.PlotCurveItem(pen=pg.mkPen(theme.hairline, width=1), connect="pairs", antialias=False)
        for item in (self.grid, self.hover_line, self.line, *self.curve.items):
            self.box.addItem(item, ignoreBounds=True)
        self._x_view: Range = (0.0, 1.0)
        self._y_view: Range | None = None
        self._uprights: list[float] = []
        self._layout, self._row = layout, row
        layout.addItem(self.axis, row, 0, Qt.AlignmentFlag.AlignRight)
        layout.addItem(self.box, row, 1)
        self.shown = True
        self._show(False)

    def take(self, rates: Series | None, running: bool) -> None:
        """Show the rates of these steps, or no strip for None."""
        begins = rates is not None and not self.shown
        self._show(rates is not None)
        self.curve.take(rates)
        self.y_range.running = running
        if begins:
            self.fit()
        extent = self.curve.extent(logarithmic=True)
        if extent:
            self.y_range.follow(*extent)

    def fit(self) -> None:
        """Show every rate, and no more."""
        extent = self.curve.extent(logarithmic=True)
        if extent:
            self.y_range.fit(*extent)

    def look(self, x_view: Range, uprights: list[float]) -> None:
        """Stand upon the steps of `x_view`, with lines of the grid at `uprights`."""
        self._x_view, self._uprights = x_view, uprights
        if self.shown:
            self._redraw()

    def area(self) -> QRectF:
        """The rectangle of the rates, in pixels of the viewport; an empty one while there is no strip."""
        return self.box.mapRectToScene(self.box.rect()) if self.shown else QRectF()

    def hover(self, step: int | None) -> None:
        """Show a line at the step under the cursor, or nowhere."""
        self.hover_line.stand_at(step, (self.y_range.low, self.y_range.high))

    def draw(self, step: int, line: float | None, hover: int | None) -> None:
        """Draw the curve, with a mark at `step` and lines where there are to be any."""
        if not self.shown:
            return
        y_view = (self.y_range.low, self.y_range.high)
        if self._y_view != y_view:
            self._redraw()
        self.curve.draw((self._x_view, y_view), self.area(), step, logarithmic=True)
        self.line.stand_at(line, y_view)
        self.hover(hover)

    def _redraw(self) -> None:
        """Show the range that is kept, and the grid in it."""
        self._y_view = y_view = (self.y_range.low, self.y_range.high)
        self.box.setRange(xRange=self._x_view, yRange=y_view, padding=0)
        levels = [position for position, _text in self.axis.ticks()]
        self.grid.setData(*hairlines(self._uprights, levels, self._x_view, y_view))

    def _show(self, shown: bool) -> None:
        if shown != self.shown:
            self.shown = shown
            self.box.setVisible(shown)
            self.axis.setVisible(shown)
            self._layout.setRowFixedHeight(self._row, self.theme.px(HEIGHT) if shown else 0)
            self._layout.setRowSpacing(self._row - 1, self.theme.px(GRID) if shown else 0)
