"""The points on the fit plot, one by one."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

from gui.theme import DATA, Theme

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

ALL_DRAWN = 20_000  # points; of more, those that are few enough in sight, and else their density
SIZES = ((500, 9), (5_000, 7), (ALL_DRAWN, 5))  # up to so many points, so many pixels wide
HOLLOW = 1.5  # pixels, the width of the line of a hollow dot
SMALLEST_HOLLOW = 5  # pixels; a smaller dot has no room for its hole
RING = 5  # pixels, by which the ring around a selected point is wider


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
        self._edge = pg.mkPen(theme.surface, width=1)
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._shown: Indices | slice = slice(None)
        self._size = SIZES[0][1]

    def show(
        self,
        x: Floats,
        y: Floats,
        held_out: NDArray[np.bool_] | None = None,
        part: Indices | None = None,
    ) -> None:
        """Show these points, the ones `held_out` of training hollow; all `[N]`, x and y finite.

        With `part` only those at these indices.
        """
        self._x, self._y = x, y
        count = len(x) if part is None else len(part)
        self._size = next(size for most, size in SIZES if count <= most)
        filled: Indices | slice = slice(None) if part is None else part
        hollow = np.empty(0, dtype=np.intp)
        self._shown = filled
        if held_out is not None:
            every = np.arange(len(x)) if part is None else part
            filled, hollow = every[~held_out[every]], every[held_out[every]]
            self._shown = np.concatenate((filled, hollow))
        size = self.theme.px(self._size)
        self.points.setData(x=x[filled], y=y[filled], size=size, pen=self._edge)
        if held_out is not None or len(self.hollow.data):
            self.hollow.setData(x=x[hollow], y=y[hollow], size=max(size, self.theme.px(SMALLEST_HOLLOW)))

    def select(self, indices: Indices) -> None:
        """Put a ring around these points, as far as they are drawn."""
        if not len(indices) and not len(self.rings.data):
            return
        chosen = np.zeros(len(self._x), dtype=bool)
        chosen[indices] = True
        chosen = chosen[self._shown]
        self.rings.setData(
            x=self._x[self._shown][chosen],
            y=self._y[self._shown][chosen],
            size=self.theme.px(self._size + RING),
        )
