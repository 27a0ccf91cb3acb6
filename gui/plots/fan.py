"""The fitted curves of all runs of a sweep: the worse the loss, the fainter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from core.training.sweep_view import SweepView
from gui.plots.overlay import Overlay
from gui.plots.trace import without_detours
from gui.theme import MODEL, Theme

Floats = NDArray[np.float64]

FAINTEST, STRONGEST = 0.08, 0.6  # of the colour of the model, for all but the best run
FAR = 3.0  # decades of the loss above the best one; there and beyond a curve is at its faintest
MOST_FAINT = 64  # curves; of more runs every second, third … one, so that a frame has time for them
BEST, MARKED = 3, 3  # pixels
BEYOND = 20.0  # heights of the view; a curve further out is drawn there


def strengths(standing: Floats) -> Floats:
    """How strong the curve of each run `[R]` is drawn, by its loss; 0 for one that has none."""
    with np.errstate(all="ignore"):
        logs = np.log10(np.maximum(standing, np.finfo(float).tiny))
    known = np.isfinite(standing)
    if not known.any():
        return np.zeros(len(standing))
    worse = np.clip((logs - logs[known].min()) / FAR, 0.0, 1.0)
    return np.where(known, STRONGEST + worse * (FAINTEST - STRONGEST), 0.0)


class Fan(Overlay):
    """Paints all curves at once; the best one and the one that is marked lie above the others."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._x: Floats = np.empty(0)
        self._curves: Floats = np.empty((0, 0))
        self._standing: Floats = np.empty(0)
        self._best: int | None = None
        self._marked: int | None = None

    def show_view(self, view: SweepView | None, x: Floats) -> None:
        """Show the curves of a sweep over x `[M]`, or none."""
        self._x = x
        self._curves = np.empty((0, 0)) if view is None else view.curves
        self._standing = np.empty(0) if view is None else view.standing
        self._best = None if view is None else view.best
        self.update()

    def mark(self, run: int | None) -> None:
        """Let the curve of a run stand out, or none."""
        if run != self._marked:
            self._marked = run
            self.update()

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """The run whose curve is nearest to (x, y), within `reach` up or down."""
        if not len(self._curves):
            return None
        heights = np.array([np.interp(x, self._x, curve) for curve in self._curves])
        away = np.abs(heights - y)
        away[~np.isfinite(away)] = np.inf
        run = int(np.argmin(away))
        return run if away[run] <= reach else None

    # Painting

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not len(self._curves) or self.size.isEmpty():
            return
        painter.setClipRect(self.boundingRect())
        drawn = strengths(self._standing)
        every = -(-len(drawn) // MOST_FAINT)
        for run in np.argsort(drawn):
            if drawn[run] and run % every == 0 and run not in (self._best, self._marked):
                self._paint_curve(painter, int(run), self._mixed(drawn[run]), 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._best is not None:
            self._paint_curve(painter, self._best, QColor(MODEL), BEST)
        if self._marked is not None:
            self._paint_curve(painter, self._marked, QColor(self._theme.accent), MARKED)

    def _paint_curve(self, painter: QPainter, run: int, colour: QColor, width: int) -> None:
        curve = self._curves[run]
        if not np.isfinite(curve).all():
            return
        (left, right), (low, high) = self.view
        x, y = without_detours(self._x, curve, (low, high), self.size.height())
        beyond = BEYOND * (high - low)
        across = (x - left) / (right - left) * self.size.width()
        down = (high - np.clip(y, low - beyond, high + beyond)) / (high - low) * self.size.height()
        painter.setPen(QPen(colour, self._theme.px(width), Qt.PenStyle.SolidLine))
        painter.drawPolyline(arrayToQPolygonF(across, down))

    def _mixed(self, strength: float) -> QColor:
        """The colour of the model, so strong upon the surface; opaque, which is many times as fast."""
        model, surface = QColor(MODEL), QColor(self._theme.surface)
        return QColor.fromRgbF(
            *(
                strength * one + (1 - strength) * other
                for one, other in (
                    (model.redF(), surface.redF()),
                    (model.greenF(), surface.greenF()),
                    (model.blueF(), surface.blueF()),
                )
            )
        )
