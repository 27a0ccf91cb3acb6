"""The points on the fit plot: each of them while that is possible, one per cell of a fine grid beyond."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
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
HOLLOW = 1.5  # pixels, the width of the line of a hollow dot
SMALLEST_HOLLOW = 5  # pixels; a smaller dot has no room for its hole
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


def _drawn(x: Floats, y: Floats, part: Indices, many: bool) -> Indices:
    """The points of a part that are drawn."""
    return part[thinned(x[part], y[part])] if many and len(part) else part


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


class Scatter(pg.ScatterPlotItem):  # type: ignore[misc]
    """Points that all look the same, which makes them twenty times as quick to change."""

    def __init__(self, brush: str | None, pen: str, width: float) -> None:
        super().__init__(brush=pg.mkBrush(brush), pen=pg.mkPen(pen, width=width), antialias=True, pxMode=True)
        # Kept as a picture: the curve moves over it sixty times a second.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._bounds: QRectF | None = None

    def boundingRect(self) -> QRectF:
        """As pyqtgraph has it, but found once for each change: Qt asks many times a frame."""
        if self._bounds is None:
            self._bounds = super().boundingRect()
        return self._bounds

    def prepareGeometryChange(self) -> None:  # noqa: N802
        """What comes will have other bounds."""
        super().prepareGeometryChange()
        self._bounds = None

    def setData(self, *arguments: object, **changes: object) -> None:  # noqa: N802
        """Show other points."""
        super().setData(*arguments, **changes)
        self._bounds = None

    def updateSpots(self, dataSet: NDArray[np.void] | None = None) -> None:  # noqa: N802, N803
        """pyqtgraph looks up the picture of each point; here it is the same for all."""
        data = self.data if dataSet is None else dataSet
        if len(data):
            style = tuple(self.opts[name] for name in ("symbol", "size", "pen", "brush"))
            data["sourceRect"] = self.fragmentAtlas[[style]][0]
        self._updateMaxSpotSizes(data=data)
        self.invalidate()


class Dots:
    """Three scatters made once: the points, hollow those held out, and a ring around each selected one."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.points = Scatter(DATA, theme.surface, 1)
        self.hollow = Scatter(theme.surface, DATA, theme.px(HOLLOW))
        self.rings = Scatter(None, theme.accent, theme.px(2))
        self._edges = {True: pg.mkPen(theme.surface, width=1), False: pg.mkPen(None)}
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._shown: Indices | slice = slice(None)
        self._size = SIZES[0][1]

    def show(self, x: Floats, y: Floats, held_out: NDArray[np.bool_] | None = None) -> None:
        """Show these points, the ones `held_out` of training hollow; all `[N]`, x and y finite."""
        self._x, self._y = x, y
        many = len(x) > ALL_DRAWN
        self._size = SMALLEST if many else next(size for most, size in SIZES if len(x) <= most)
        hollow = np.empty(0, dtype=np.intp)
        if held_out is None:
            filled = self._shown = thinned(x, y) if many else slice(None)
        else:
            filled, hollow = (_drawn(x, y, np.flatnonzero(part), many) for part in (~held_out, held_out))
            self._shown = np.concatenate((filled, hollow))
        size = self.theme.px(self._size)
        self.points.setData(x=x[filled], y=y[filled], size=size, pen=self._edges[self._size > SMALLEST])
        if held_out is not None or len(self.hollow.data):
            self.hollow.setData(x=x[hollow], y=y[hollow], size=max(size, self.theme.px(SMALLEST_HOLLOW)))

    def select(self, indices: Indices) -> None:
        """Put a ring around these points, as far as they are drawn."""
        chosen = np.zeros(len(self._x), dtype=bool)
        chosen[indices] = True
        chosen = chosen[self._shown]
        self.rings.setData(
            x=self._x[self._shown][chosen],
            y=self._y[self._shown][chosen],
            size=self.theme.px(self._size + RING),
        )
