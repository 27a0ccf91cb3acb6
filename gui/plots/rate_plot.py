"""The plot of a search of learning rates: the loss behind each, and the rate that is chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from core.choices import FIELDS
from core.choices.limits import USUAL_LOWEST_RATE
from core.texts import _
from gui.plots.canvas import Canvas
from gui.plots.dot import Dot
from gui.plots.legend import HEIGHT, Legend
from gui.plots.loss_plot import DECADES, decades_room
from gui.plots.range_keeper import RangeKeeper
from gui.plots.trace import Trace
from gui.plots.upright import Upright
from gui.plots.zero_marks import EXACTLY_ZERO, ZeroMarks, on_axis, zero_entry
from gui.theme import GRID, MODEL, Theme

Floats = NDArray[np.float64]

LOWEST, HIGHEST = (float(np.log10(end)) for end in (USUAL_LOWEST_RATE, FIELDS["learning_rate"].maximum))
MARKER = 13  # pixels
BESIDE = 0.1  # decades free at both ends of the axis
KEY_STEP = 0.05  # decades that an arrow key goes
DIGITS = 2  # of a rate that is pointed at


class RatePlot(Canvas):
    """Shows losses over rates, both as powers of ten; says `chosen(rate)` when the person points at one.

    Losses of 0 lie on the lower edge, and are marked there.
    """

    chosen = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._rates = np.empty(0)  # as log10
        self._losses = np.empty(0)
        self._rate: float | None = None
        self._lowest = LOWEST
        self._ready = False
        empty = _("The loss at each learning rate appears here.")
        ranges = RangeKeeper(LOWEST - BESIDE, HIGHEST + BESIDE), RangeKeeper(*DECADES, room=decades_room)
        super().__init__(theme, *ranges, empty, parent)
        self.setObjectName("rate_plot")
        self.setAccessibleName(_("Loss over learning rate"))
        self.setToolTip(_("Click to choose another rate; the arrow keys move it."))
        self.trace = Trace(MODEL, theme.px(2))
        self.line = Upright(theme.accent)
        self.zeros = ZeroMarks(theme, MODEL)
        self.marker = Dot(theme, MARKER)
        for item in (self.line, self.trace, self.zeros, self.marker):
            self.box.addItem(item, ignoreBounds=True)
        self.legend = Legend(theme, (zero_entry(theme),))
        self.legend.setParentItem(self.centralWidget)
        for side, name in (("bottom", _("learning rate")), ("left", _("loss"))):
            self.axes[side].logarithmic = True
            self.axes[side].set_name(name)
        self._ready = True

    def show_losses(self, rates: Floats, losses: Floats) -> None:
        """Show the `losses` behind steps with rising `rates`, both `[n]`, without what cannot be drawn.

        The axis begins at the first rate.
        """
        if len(rates) and float(np.log10(rates[0])) != self._lowest:
            self._lowest = float(np.log10(rates[0]))
            self._fit_rates()
        drawn = np.isfinite(losses) & (losses >= 0)
        self._rates, self._losses = np.log10(rates[drawn]), losses[drawn]
        self.empty_text.setVisible(not len(self._rates))
        zeros = bool((self._losses == 0).any())
        self.keep_above(HEIGHT if zeros else GRID)
        self.legend.show_only({EXACTLY_ZERO} if zeros else ())
        self._fit_losses()
        self.show_ranges()
        self._draw()

    def show_rate(self, rate: float | None) -> None:
        """Mark `rate`, or none."""
        self._rate = None if rate is None else float(np.log10(rate))
        self._draw()

    def fit_view(self) -> None:
        """Show all rates, and every loss."""
        self._fit_rates()
        self._fit_losses()
        self.show_ranges()

    def _fit_rates(self) -> None:
        self.x_range.stand(self._lowest - BESIDE, HIGHEST + BESIDE)

    def _fit_losses(self) -> None:
        heights = np.log10(self._losses[self._losses > 0])
        if len(heights):
            self.y_range.fit(float(heights.min()), float(heights.max()))

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            self.legend.stand_at(self.area())
            self._draw()

    def _draw(self) -> None:
        view, area = self.view(), self.area()
        floor = self.zeros.floor(view[1], area)
        heights = on_axis(self._losses, True, floor)
        self.trace.draw(self._rates, heights, view[1], area.height())
        self.zeros.show_at(self._rates[self._losses == 0], floor, view[0], area)
        self.line.stand_at(self._rate, view[1])
        if self._rate is None or not len(self._rates) or self._rate > self._rates[-1]:
            self.marker.hide()
        else:
            self.marker.stand_at(self._rate, float(np.interp(self._rate, self._rates, heights)))

    def _choose(self, place: float) -> None:
        """Take the rate at `place` on the axis, as a person would write it."""
        if len(self._rates):
            place = min(max(place, self._lowest), HIGHEST)
            self.chosen.emit(float(f"{10**place:.{DIGITS}g}"))

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._point_at(event.button(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(Qt.MouseButton.LeftButton, event.position())

    def _point_at(self, button: Qt.MouseButton, pixel: QPointF) -> None:
        if button == Qt.MouseButton.LeftButton:
            self._choose(self.to_data(pixel)[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys move the rate."""
        step = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}.get(Qt.Key(event.key()))
        if step is not None and self._rate is not None:
            self._choose(self._rate + step)
        else:
            super().keyPressEvent(event)
