"""The points on the fit plot: each of them while that is possible, one per cell of a fine grid beyond."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QGraphicsItem

from gui.theme import DATA, Theme

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

ALL_DRAWN = 20_000  # points; more are thinned
CELLS = 256  # along each side of the grid; about one dot for every two pixels
SAMPLE = 10_000  # points looked at to find where most of them are
CENTRAL = (1.0, 99.0)  # percentiles between which the fine grid lies
SIZES = ((500, 9), (5_000, 7), (ALL_DRAWN, 5))  # up to so many points, so many pixels wide
SMALLEST = 3  # pixels, the width of a dot of a thinned cloud
RING = 5  # pixels, by which the ring around a selected point is wider


def thinned(x: Floats, y: Floats) -> Indices:
    """The indices of at most one point for each cell of two grids: over where most points are, and over all.

    So a far outlier neither vanishes nor squeezes the others into one cell. O(N).
    """
    stride = max(1, len(x) // SAMPLE)
    low_x, high_x = np.percentile(x[::stride], CENTRAL)
    low_y, high_y = np.percentile(y[::stride], CENTRAL)
    central = (x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y)
    return np.concatenate([_one_per_cell(x, y, np.flatnonzero(part)) for part in (central, ~central)])


def _one_per_cell(x: Floats, y: Floats, chosen: Indices) -> Indices:
    """One of the chosen points for each cell of a grid over them."""
    if not len(chosen):
        return chosen
    cell = _cells(x[chosen]) * CELLS + _cells(y[chosen])
    one = np.full(CELLS * CELLS, -1, dtype=np.intp)
    one[cell] = chosen
    return one[one >= 0]


def _cells(values: Floats) -> NDArray[np.int32]:
    """The row or column of each value, from 0 to CELLS - 1."""
    low, high = values.min(), values.max()
    width = (high - low) / CELLS or 1.0
    cells: NDArray[np.int32] = np.minimum((values - low) / width, CELLS - 1).astype(np.int32)
    return cells


class Dots:
    """Two scatters made once: the points, and a ring around each selected one."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.points = pg.ScatterPlotItem(
            brush=pg.mkBrush(DATA), pen=pg.mkPen(theme.surface, width=1), antialias=True, pxMode=True
        )
        self.rings = pg.ScatterPlotItem(
            brush=None, pen=pg.mkPen(theme.accent, width=theme.px(2)), antialias=True, pxMode=True
        )
        for item in (self.points, self.rings):
            # Kept as a picture: the curve moves over it sixty times a second.
            item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._size = SIZES[0][1]

    def show(self, x: Floats, y: Floats) -> None:
        """Show these points; x and y `[N]`, finite."""
        if len(x) > ALL_DRAWN:
            shown = thinned(x, y)
            x, y = x[shown], y[shown]
            self._size = SMALLEST
        else:
            self._size = next(size for most, size in SIZES if len(x) <= most)
        edge = self.theme.surface if self._size > SMALLEST else None
        self.points.setData(x=x, y=y, size=self.theme.px(self._size), pen=pg.mkPen(edge))

    def select(self, x: Floats, y: Floats) -> None:
        """Put a ring around these points."""
        if len(x) > ALL_DRAWN:
            shown = thinned(x, y)
            x, y = x[shown], y[shown]
        self.rings.setData(x=x, y=y, size=self.theme.px(self._size + RING))
