"""The points, and over them the fitted curve of every run of a sweep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from core.experiment import Points
from core.texts import _
from core.training.sweep_view import SweepView
from gui.plots.canvas import Canvas
from gui.plots.dots import Scatter
from gui.plots.fan import Fan
from gui.plots.range_keeper import LIMIT, RangeKeeper
from gui.theme import DATA, Theme

Floats = NDArray[np.float64]

SAMPLES = 129  # of a curve over the view
DOT = 7  # pixels
MOST_DOTS = 1000  # of very many points every second, third … one
REACH = 8.0  # pixels; a curve this near is under the cursor


class SweepCurves(Canvas):
    """Says `run_hovered(run or None)` for the curve under the cursor, and `run_chosen(run)`."""

    run_hovered = Signal(object)
    run_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._ready = False
        self.x: Floats = np.linspace(-1.0, 1.0, SAMPLES)
        empty = _("There are no points yet: draw some in the window.")
        super().__init__(theme, RangeKeeper(-1.0, 1.0), RangeKeeper(-1.0, 1.0), empty, parent)
        self.setObjectName("sweep_curves")
        self.setAccessibleName(_("Fitted curves of all runs"))
        self.setToolTip(_("Point at a curve to see which run it is; click to make it the run."))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.dots = Scatter(DATA, theme.surface, 1)
        self.fan = Fan(theme)
        self.fan.setParentItem(self.box)
        self.box.addItem(self.dots, ignoreBounds=True)
        self._ready = True
        self.redraw()

    def show_points(self, points: Points) -> None:
        """Show other points, and no curves yet."""
        x, y = (np.clip(values, -LIMIT, LIMIT) for values in (points.x[:, 0], points.y))
        every = -(-max(len(x), 1) // MOST_DOTS)
        self.dots.setData(x=x[::every], y=y[::every], size=self.theme.px(DOT))
        self.empty_text.setVisible(not len(points))
        self.axes["left"].set_name(points.y_name)
        if self.axes["bottom"].set_x(points):
            self.redraw()
        if len(points):
            self.x_range.fit(float(x.min()), float(x.max()))
            self.y_range.fit(float(y.min()), float(y.max()))
            self.show_ranges()
        self.x = np.linspace(self.x_range.low, self.x_range.high, SAMPLES)
        self.show_view(None)

    def show_view(self, view: SweepView | None) -> None:
        """Show the curves of a sweep, or none."""
        self.fan.show_view(view, self.x)

    def mark(self, run: int | None) -> None:
        """Let the curve of a run stand out, or none."""
        self.fan.mark(run)

    def fit_view(self) -> None:
        """Show the points, and the curves as far as they were sampled."""
        for keeper in (self.x_range, self.y_range):
            keeper.stand(*keeper.home)
        self.show_ranges()

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            self.fan.stand_in(self.area().size(), self.view())

    def run_at(self, pixel: QPointF) -> int | None:
        """The run whose curve is at a pixel, or None."""
        if not self.area().contains(pixel):
            return None
        return self.fan.nearest(*self.to_data(pixel), REACH * self.theme.scale * self.pixel_size()[1])

    # Qt's events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.run_hovered.emit(self.run_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        run = self.run_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and run is not None:
            self.run_chosen.emit(run)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.run_hovered.emit(None)
        return super().viewportEvent(event)
