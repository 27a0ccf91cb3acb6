"""The points of the fit plot where they are on the screen: which of them are near a pixel, or in a part."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from core.experiment.points import Points
from gui.plots.canvas import Canvas
from gui.plots.dots import Indices
from gui.plots.range_keeper import LIMIT, Range, clamped

Floats = NDArray[np.float64]


class ShownPoints:
    """x and y `[N]` of points as they can be drawn; pixels are those of the plot's viewport."""

    def __init__(self, plot: Canvas) -> None:
        self._plot = plot
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.x_extent = self.y_extent = (0.0, 0.0)  # from the least to the greatest

    def take(self, points: Points) -> None:
        """These are the points from now on."""
        self.x, self.x_extent = drawable(points.x[:, 0])
        self.y, self.y_extent = drawable(points.y)

    def nearest(self, pixel: QPointF, reach: float) -> int | None:
        """The index of the point nearest to a pixel, within `reach` pixels."""
        near = self.near(pixel, pixel, reach)
        if not len(near):
            return None
        x, y = self._plot.to_pixels(self.x[near], self.y[near])
        return int(near[np.argmin((x - pixel.x()) ** 2 + (y - pixel.y()) ** 2)])

    def near(self, start: QPointF, end: QPointF, reach: float) -> Indices:
        """The indices of the points within `reach` pixels of the way from `start` to `end`."""
        around = QRectF(start, end).normalized().adjusted(-reach, -reach, reach, reach)
        candidates = self.within(around)
        x, y = self._plot.to_pixels(self.x[candidates], self.y[candidates])
        way = end - start
        length = way.x() ** 2 + way.y() ** 2
        along = ((x - start.x()) * way.x() + (y - start.y()) * way.y()) / (length or 1.0)
        along = np.clip(along, 0.0, 1.0)
        away = (x - start.x() - along * way.x()) ** 2 + (y - start.y() - along * way.y()) ** 2
        return candidates[away <= reach**2]

    def within(self, rectangle: QRectF) -> Indices:
        """The indices of the points in a rectangle of pixels."""
        left, top = self._plot.to_data(rectangle.topLeft())
        right, bottom = self._plot.to_data(rectangle.bottomRight())
        across = np.flatnonzero((self.x >= left) & (self.x <= right))  # first: of many it leaves few
        y = self.y[across]
        return across[(y >= bottom) & (y <= top)]


def drawable(values: Floats) -> tuple[Floats, Range]:
    """The same values, kept where there is room to calculate with them; the least and the greatest."""
    if not len(values):
        return values, (0.0, 0.0)
    low, high = float(values.min()), float(values.max())
    if low >= -LIMIT and high <= LIMIT:
        return np.ascontiguousarray(values), (low, high)
    return np.clip(values, -LIMIT, LIMIT), (clamped(low), clamped(high))


def kept_selection(selection: Indices, before: Points, after: Points) -> Indices:
    """The indices in `after` of the points that were selected in `before`.

    With as many points as before, they were moved: either the selected ones or the others are where they
    were. Otherwise some came or went, and the selected ones are known by their coordinates.
    """
    if not len(selection) or after is before:
        return selection
    if len(before) == len(after):
        same = (before.x[:, 0] == after.x[:, 0]) & (before.y == after.y)
        chosen = np.zeros(len(same), dtype=bool)
        chosen[selection] = True
        return selection if same[chosen].all() or same[~chosen].all() else selection[:0]
    x, y, common = after.x[:, 0], after.y, min(len(before), len(after))
    if np.array_equal(before.x[:common, 0], x[:common]) and np.array_equal(before.y[:common], y[:common]):
        return selection[selection < common]
    old_x, old_y = before.x[selection, 0], before.y[selection]
    near = np.flatnonzero((x >= old_x.min()) & (x <= old_x.max()))  # of very many that leaves few
    near = near[(y[near] >= old_y.min()) & (y[near] <= old_y.max())]
    found: Indices = near[np.isin(x[near] + 1j * y[near], old_x + 1j * old_y)]
    return found
