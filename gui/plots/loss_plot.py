"""The plot of the loss of every step of a run."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from core.texts import _
from gui.plots.canvas import Canvas
from gui.plots.decimation import Extremes
from gui.plots.dot import Dot
from gui.plots.range_keeper import LIMIT, Range, RangeKeeper, nice_step, roomy
from gui.plots.trace import Trace
from gui.theme import GRID, MODEL, Theme

Floats = NDArray[np.float64]

FIRST_STEPS = (0.0, 10.0)  # the view before anything has run
DECADES = (-3.0, 3.0)  # and of the loss, as logarithms: 0.001 to 1,000
LINEAR = (0.0, 1.0)
AHEAD = 1.02  # the newest step never touches the edge
MARKER = 11  # pixels, the width of the dot at the newest step
DIGITS = 4  # of a loss in the readout


def steps_room(low: float, high: float) -> Range:
    """From nothing to the next of 10, 20, 50, 100 … steps."""
    return 0.0, max(FIRST_STEPS[1], nice_step(high * AHEAD))


def losses_room(low: float, high: float) -> Range:
    """Rounded limits; not below zero for losses that are not."""
    room = roomy(low, high)
    return max(room[0], 0.0) if low >= 0 else room[0], room[1]


def decades_room(low: float, high: float) -> Range:
    """Limits for logarithms of losses, in half decades at least: a loss often falls through many."""
    room = roomy(low, high)
    return min(room[0], math.floor(2 * low) / 2), max(room[1], math.ceil(2 * high) / 2)


class LossPlot(Canvas):
    """Shows the losses of steps 1, 2 … n; logarithmic unless told otherwise.

    On a logarithmic axis the plot's own y coordinates are log10(loss).
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.logarithmic = True
        self.extremes = Extremes()
        self._hover: QPointF | None = None
        self._ready = False
        empty = _("The loss of every step appears here once training runs.")
        super().__init__(
            theme, RangeKeeper(*FIRST_STEPS, room=steps_room), RangeKeeper(*DECADES), empty, parent
        )
        self.setObjectName("loss_plot")
        self.setAccessibleName(_("Loss of every step"))
        self.setToolTip(_("The wheel zooms, the middle button pans, F fits the view."))
        self._make_items()
        self.axes["bottom"].set_name(_("step"))
        self.axes["left"].set_name(_("loss"))
        self._ready = True
        self.show_logarithmic(True)

    def _make_items(self) -> None:
        """Every item is made here, once; later only its data change."""
        px = self.theme.px
        self.trace = Trace(MODEL, px(2))
        self.marker = Dot(self.theme, MARKER)
        self._hover_line = pg.PlotCurveItem(
            pen=pg.mkPen(self.theme.muted, width=1, style=Qt.PenStyle.DotLine)
        )
        self._hover_dot = Dot(self.theme, MARKER)
        for item in (self._hover_line, self.trace, self.marker, self._hover_dot):
            self.box.addItem(item, ignoreBounds=True)
        self.readout = QLabel(self.viewport())
        self.readout.setObjectName("loss_readout")
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setFont(self.theme.font(digits=True))
        self.readout.setStyleSheet(
            f"color: {self.theme.text}; background: {self.theme.surface};"
            f"border: 1px solid {self.theme.hairline}; border-radius: {px(4)}px;"
            f"padding: {px(3)}px {px(GRID)}px;"
        )
        self.readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout.hide()

    # What is shown

    def show_losses(self, losses: Floats) -> None:
        """Show the losses of steps 1 … n, float64 `[n]`; a view on a growing buffer, never copied."""
        if not len(losses):
            self.clear()
            return
        begins = not len(self.extremes)
        self.extremes.take(losses)
        if begins:
            self.empty_text.hide()
            self._start_view()
        else:
            self._follow()
        self._draw()

    def clear(self) -> None:
        """A new run: show nothing, as in the beginning."""
        self.extremes.clear()
        self.empty_text.show()
        self._start_view()
        self._draw()

    def show_logarithmic(self, logarithmic: bool) -> None:
        """Show log10(loss), or the loss itself; the steps in view stay."""
        self.logarithmic = logarithmic
        self.y_range.room = decades_room if logarithmic else losses_room
        axis = self.axes["left"]
        axis.logarithmic = logarithmic
        axis.picture = None
        axis.update()
        self._fit_losses()
        self.show_ranges()
        self.redraw()

    def fit_view(self) -> None:
        """Show every step; with some room for the next ones while running."""
        steps = len(self.extremes)
        if steps and not self.x_range.running:
            self.x_range.stand(0.0, max(1.0, steps * AHEAD))
        else:
            self.x_range.fit(0.0, float(steps))
        extent = self._extent()
        if extent:
            self.y_range.stand(*(roomy if self.logarithmic else losses_room)(*extent))
        self.show_ranges()

    def _start_view(self) -> None:
        self.x_range.fit(0.0, float(len(self.extremes)))
        self._fit_losses()
        self.show_ranges()

    def _fit_losses(self) -> None:
        """Show every loss that can be drawn, and no more."""
        extent = self._extent()
        if extent:
            self.y_range.fit(*extent)
        else:
            self.y_range.stand(*(DECADES if self.logarithmic else LINEAR))

    def _follow(self) -> None:
        """Make room for the newest step."""
        self.x_range.follow(0.0, float(len(self.extremes)))
        extent = self._extent()
        if extent:
            self.y_range.follow(*extent)
        self.show_ranges()

    def _extent(self) -> Range | None:
        """The least and the greatest loss, as the axis has them."""
        extent = self.extremes.extent(self.logarithmic)
        if extent and self.logarithmic:
            return float(np.log10(extent[0])), float(np.log10(extent[1]))
        return extent

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            self._draw()

    def _draw(self) -> None:
        """Draw the part of the history that is in view."""
        if not len(self.extremes):
            self.trace.clear_curve()
            self.marker.hide()
        else:
            area, ((first, last), y_view) = self.area(), self.view()
            pixels = round(area.width())
            x, low, high = self.extremes.columns(first, last, pixels, self.logarithmic)
            self.trace.draw(*self._zigzag(x, self._on_axis(low), self._on_axis(high)), y_view, area.height())
            self._mark(self.marker, len(self.extremes))
        self._show_hover()

    @staticmethod
    def _zigzag(x: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """One curve through the extremes of every column, in the order in which it falls or rises there."""
        if len(x) < 2 or x[1] - x[0] <= 1:
            return x, low
        middle = (low + high) / 2
        falls = np.append(middle[1:] < middle[:-1], False)
        falls[-1] = falls[-2]
        y = np.column_stack((np.where(falls, high, low), np.where(falls, low, high)))
        return np.repeat(x, 2), y.ravel()

    def _on_axis(self, losses: Floats) -> Floats:
        """Where losses are on the axis; NaN where they cannot be."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(losses) if self.logarithmic else losses

    def _mark(self, dot: Dot, step: int) -> None:
        """Put a dot on the curve at a step, or nowhere when its loss cannot be drawn."""
        loss = float(self._on_axis(self.extremes.losses[step - 1 : step])[0])
        if np.isfinite(loss):
            dot.stand_at(step, min(max(loss, -LIMIT), LIMIT))
        else:
            dot.hide()

    # The readout

    def _show_hover(self) -> None:
        """Say the loss of the step under the cursor."""
        shown = self._hover is not None and len(self.extremes) > 0
        for part in (self.readout, self._hover_line):
            part.setVisible(shown)
        if not shown or self._hover is None:
            self._hover_dot.hide()
            return
        step = min(max(round(self.to_data(self._hover)[0]), 1), len(self.extremes))
        loss = f"{self.extremes.losses[step - 1]:.{DIGITS}g}"
        self.readout.setText(_("step {step}  loss {loss}").format(step=f"{step:,}", loss=loss))
        self.readout.adjustSize()
        self._place_readout(self._hover)
        self._mark(self._hover_dot, step)
        self._hover_line.setData(x=np.array([step, step], dtype=np.float64), y=np.array(self.view()[1]))

    def _place_readout(self, cursor: QPointF) -> None:
        """Beside the cursor, never under it, never cut off."""
        area, gap = self.area().toRect(), self.theme.px(2 * GRID)
        size = self.readout.size()
        right = round(cursor.x()) + gap
        left = right if right + size.width() <= area.right() else right - 2 * gap - size.width()
        top = round(cursor.y()) - gap - size.height()
        self.readout.move(
            max(left, 0),
            top if top >= area.top() else min(top + 2 * gap + size.height(), area.bottom() - size.height()),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover = event.position() if self.area().contains(event.position()) else None
        self._show_hover()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self._show_hover()
