"""The loss of every run of a sweep over its steps, as a map; the person points at a run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.texts import _
from core.training.sweep_plan import RATE, SEED, SweepPlan
from core.training.sweep_view import SweepView
from gui.plots.canvas import Canvas
from gui.plots.heat_map import HALF, HeatMap, Scale
from gui.plots.range_keeper import RangeKeeper
from gui.theme import Theme

Floats = NDArray[np.float64]

PAGE = 8  # runs that the page keys go


class SweepPlot(Canvas):
    """Says `run_hovered(run or None)` for what the cursor or the keys are at, and `run_chosen(run)`."""

    run_hovered = Signal(object)
    run_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._ready = False
        self._values: Floats = np.empty(0)
        self._plan = SweepPlan()
        self._marked: int | None = None
        self.scale = Scale(0.0, 1.0)
        empty = _("Press Run: each row here will be a run, coloured by its loss from step to step.")
        super().__init__(theme, RangeKeeper(0.0, 1.0), RangeKeeper(-HALF, HALF), empty, parent)
        self.setObjectName("sweep_plot")
        self.setAccessibleName(_("Loss of every run over its steps"))
        self.setToolTip(_("Click a row to make it the run; Up and Down go from row to row, Enter takes one."))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.map = HeatMap(theme)
        self.map.setParentItem(self.box)
        for lines in (self.grid, self.faint_grid):
            lines.hide()
        self.axes["bottom"].set_name(_("step"))
        self._ready = True
        self.redraw()

    def show_plan(self, plan: SweepPlan) -> None:
        """Make room for the runs of a plan; nothing is known of them yet."""
        self._plan, self._values = plan, plan.values()
        names = {RATE: _("learning rate"), SEED: _("seed")}
        self.axes["left"].set_name(names.get(plan.what, _("times the start values")))
        self.x_range.stand(0.0, float(plan.steps))
        self.axes["left"].logarithmic = plan.what != SEED
        ends = self._values[[0, -1]]
        low, high = (ends if plan.what == SEED else np.log10(ends)).tolist()
        self.map.rows = low, (high - low) / (plan.runs - 1)
        half = HALF * self.map.rows[1]
        self.y_range.stand(low - half, high + half)
        self.show_ranges()
        self.show_view(None)

    def show_view(self, view: SweepView | None) -> None:
        """Show how far a sweep has come."""
        self.scale = self.map.show_view(view)
        self.empty_text.setVisible(view is None)

    def mark(self, run: int | None) -> None:
        """Frame a row, or none."""
        self._marked = run
        self.map.mark(run)

    def fit_view(self) -> None:
        """All runs and all steps are always in view."""

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            self.map.stand_in(self.area().size(), self.view())

    def run_at(self, pixel: QPointF) -> int | None:
        """The run whose row is at a pixel; None outside of the map."""
        if not self.area().contains(pixel) or self.empty_text.isVisible():
            return None
        first, height = self.map.rows
        run = round((self.to_data(pixel)[1] - first) / height)
        return min(max(run, 0), len(self._values) - 1)

    # Qt's events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.run_hovered.emit(self.run_at(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        run = self.run_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and run is not None:
            self.run_chosen.emit(run)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """There is nothing to zoom."""
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.run_hovered.emit(None)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from run to run, Enter takes one."""
        key = Qt.Key(event.key())
        by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: PAGE, Qt.Key.Key_PageDown: -PAGE}
        if self.empty_text.isVisible():
            event.ignore()
        elif key in by:
            self.run_hovered.emit(self._run_beside(by[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._marked is not None:
            self.run_chosen.emit(self._marked)
        else:
            event.ignore()

    def _run_beside(self, by: int) -> int:
        """The run so many rows from the one that is marked; at first the best."""
        last = len(self._values) - 1
        if self._marked is None:
            best = self.map.best
            return last if best is None else best
        return min(max(self._marked + by, 0), last)
