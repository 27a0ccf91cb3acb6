"""The path of a run over the landscape: where it has been, where it goes on, and a stretch that is marked."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from core.insight.plane import Plane
from core.training.path import Way
from gui.plots.clipping import legs_within
from gui.plots.overlay import Overlay
from gui.theme import MODEL, Theme

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

BEHIND_MARKS = -40  # and behind the arrows
MOST = 4_000  # places that are kept; of a longer path every second, fourth … step is drawn
LONGEST = 40_000.0  # pixels of line in sight; of a path that leaps to and fro both ends are drawn
FAR = 8.0  # sizes of the view; a place further out is looked for there
SMOOTH = 1_500  # pieces of line; more are drawn without antialiasing
SHORT = 6_000.0  # pixels of line; a longer one, which crosses itself, takes too long to be antialiased
MARGIN = 8.0  # pixels around the view, lest the ends of a line be seen


class Places:
    """The places on a plane of the steps of a run, as many as can be drawn; new steps are added to them.

    `steps` `[m]` rise, and `at` `[m, 2]` are their u and v.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Have no places."""
        self.steps: Steps = np.empty(0, dtype=np.int64)
        self.at: Floats = np.empty((0, 2))
        self._known: tuple[object, ...] = ()
        self._rows = 0  # of the way that have been looked at
        self._every = 1

    def take(self, run: int, way: Way, plane: Plane) -> None:
        """Have the places of this way of the run number `run`, on this plane."""
        known = (run, plane, way.stride, way.cuts)
        if known != self._known:
            self.clear()
            self._known = known
        rows = len(way.numbers)
        while -(-rows // self._every) > MOST:
            self._every *= 2
            self.steps, self.at = self.steps[::2], self.at[::2]
        new = np.arange(-(-self._rows // self._every) * self._every, rows, self._every)
        if len(new):
            self.steps = np.concatenate((self.steps, new * way.stride))
            self.at = np.concatenate((self.at, plane.places(way.numbers[new])))
        self._rows = rows


class Trail(Overlay):
    """Lives in the pixels of the view box: a line up to the chosen step, muted beyond it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.places = Places()
        self.abandoned: Floats = np.empty((0, 2))
        self._run, self._plane = 0, (("", ""), False)
        self._abandoned_pen = QPen(QColor(theme.was), theme.px(2))
        self._pens = [
            QPen(QColor(theme.faded(MODEL)), theme.px(2)),
            QPen(QColor(MODEL), theme.px(2)),
            QPen(QColor(theme.text), theme.px(4)),
        ]
        self._chosen: tuple[int, Floats] = (0, np.zeros(2))
        self._stretch: tuple[int, int] | None = None
        self.setZValue(BEHIND_MARKS)

    def take(self, run: int, way: Way, plane: Plane) -> None:
        """Show this way on this plane; on the same axes the path of the run before stays, muted."""
        axes = plane.names, plane.as_trained
        if axes != self._plane or plane.axes is None:
            self.abandoned = self.places.at[:0]
        elif run != self._run and len(self.places.steps) > 1:
            self.abandoned = self.places.at
        self._run, self._plane = run, axes
        self.places.take(run, way, plane)

    def clear(self) -> None:
        """Show nothing."""
        self.places.clear()
        self.abandoned = self.places.at
        self.update()

    def choose(self, step: int, place: Floats) -> None:
        """The chosen step is `step`, at the place (u, v), which need not be one of those that are kept."""
        self._chosen = step, place
        self.update()

    def show_stretch(self, stretch: tuple[int, int] | None) -> None:
        """Show the part from one step to another broader; None is no part."""
        self._stretch = stretch
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not len(self.places.steps) or self.size.isEmpty():
            return
        if len(self.abandoned):
            painter.setPen(self._abandoned_pen)
            self._draw(painter, self._far_pixels(self.abandoned))
        step, place = self._chosen
        at, ball = self._far_pixels(self.places.at), self._far_pixels(place[None])
        parting = int(np.searchsorted(self.places.steps, step, side="right"))
        parts = [np.vstack((ball, at[parting:])), np.vstack((at[:parting], ball))]
        if self._stretch is not None:
            parts.insert(0, at[self._within(self._stretch)])
        pens = self._pens if self._stretch is None else [self._pens[2], *self._pens[:2]]
        for pen, part in zip(pens, parts, strict=False):
            painter.setPen(pen)
            self._draw(painter, part)

    def pixels(self, places: Floats) -> tuple[Floats, Floats]:
        """Where places `[m, 2]` are in the view box; what is far out of sight is brought nearer."""
        size = np.array([self.size.width(), self.size.height()])
        with np.errstate(all="ignore"):
            shares = np.nan_to_num(self._far_pixels(places) / size, nan=FAR)
        across, down = (np.clip(shares, -FAR, FAR) * size).T
        return across, down

    def _far_pixels(self, places: Floats) -> Floats:
        """Where places `[m, 2]` are in pixels `[m, 2]` of the view box, which may be beyond all numbers."""
        (left, right), (low, high) = self.view
        with np.errstate(all="ignore"):
            across = (places[:, 0] - left) / (right - left) * self.size.width()
            down = (high - places[:, 1]) / (high - low) * self.size.height()
        return np.column_stack((across, down))

    def _within(self, stretch: tuple[int, int]) -> slice:
        """The places of a stretch, from the kept step before it, if its own is not kept, to the one behind.

        There is always one at least: of nothing no line can be made.
        """
        steps = self.places.steps
        first = int(np.searchsorted(steps, stretch[0], side="right")) - 1
        return slice(first, int(np.searchsorted(steps, stretch[1])) + 1)

    def _draw(self, painter: QPainter, pixels: Floats) -> None:
        """What is in sight of a line through `pixels` `[m, 2]`, without pieces that nobody would see."""
        with np.errstate(all="ignore"):
            moved = np.append(True, (np.diff(pixels.round(), axis=0) != 0).any(axis=1))
        moved[-1:] = True
        seen = legs_within(pixels[moved], self.size.width(), self.size.height(), MARGIN).both_ends(LONGEST)
        if len(seen.begin):
            smooth = len(seen.begin) < SMOOTH and seen.lengths().sum() < SHORT
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(smooth))
            corners, leads = seen.corners()
            painter.drawPath(pg.functions.arrayToQPath(*corners.T, connect=leads, finiteCheck=False))
