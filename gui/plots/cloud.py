"""Very many points on the fit plot: a picture of their density, made in the background."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.background import Background
from gui.plots.canvas import Canvas
from gui.plots.density import Drawn, Extent, Indices, Scene, drawn
from gui.plots.overlay import Overlay
from gui.theme import DATA, Theme

Floats = NDArray[np.float64]

JOB = "density"
BEHIND = -1  # the dots and the curves, but not the grid
NONE: Indices = np.empty(0, dtype=np.intp)


class Cloud(Overlay):
    """A picture in the pixels of the view box of a plot.

    While a view is new, the picture of the one before moves with it. `found(few)` says which points are to be
    drawn one by one instead of it, as indices; None for none of them.
    """

    def __init__(self, theme: Theme, plot: Canvas, found: Callable[[Indices | None], None]) -> None:
        super().__init__()
        # Among the data, so that the grid is below it and the curves above, although it is in pixels.
        self.setFlag(Overlay.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(BEHIND)
        plot.box.addItem(self, ignoreBounds=True)
        self.drawn: Drawn | None = None
        self._theme = theme
        self._plot = plot
        self._found = found
        self._background: Background | None = None
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._selected = NONE
        self._image = QImage()
        self._asked: Scene | None = None

    def draw_in(self, background: Background) -> None:
        """Draw in the background from now on, and no longer at once."""
        self._background = background

    def show_points(self, x: Floats, y: Floats) -> None:
        """Show these points, `[N]`, finite."""
        self._x, self._y, self._selected, self._asked = x, y, NONE, None
        self.draw()

    def select(self, indices: Indices) -> None:
        """Let the points at `indices` be seen as selected."""
        if len(self._x) and (len(indices) or len(self._selected)):
            self._selected, self._asked = indices, None
            self.draw()

    def clear(self) -> None:
        """Show nothing."""
        self._x = self._y = np.empty(0)
        self._selected, self._asked = NONE, None
        if self._background is not None:
            self._background.drop(JOB)
        self.drawn = None
        self._image = QImage()
        self.update()

    def draw(self) -> None:
        """Have the view that is shown now drawn, unless that is so or nobody sees it."""
        area = self._plot.area()
        x, y = self._plot.view()
        self.setPos(x[0], y[1])
        self.stand_in(QSizeF(area.width(), area.height()), (x, y))
        scene = self._scene()
        if scene is None or (self._asked is not None and self._asked.extent == scene.extent):
            return
        self._asked = scene
        if self._background is None:
            self._take(drawn(scene))
        else:
            self._background.run(JOB, lambda: drawn(scene), self._take, self._miss, passing=True)

    def _scene(self) -> Scene | None:
        """What is to be drawn."""
        ratio = self._plot.devicePixelRatioF()
        width, height = round(self.size.width() * ratio), round(self.size.height() * ratio)
        if not len(self._x) or min(width, height) < 1 or not self._plot.isVisible():
            return None
        data, accent = (int(colour.removeprefix("#"), 16) for colour in (DATA, self._theme.accent))
        radius = max(1, round(self._theme.scale * ratio))
        extent = Extent(*self.view, width, height)
        return Scene(self._x, self._y, self._selected, extent, data, accent, radius)

    def _take(self, drawn: Drawn) -> None:
        """Show a picture; of points or a view that were, while the next one is being made."""
        if drawn.few is not None and drawn.scene.x is not self._x:
            return
        self.drawn = drawn
        self._image = QImage()
        if drawn.few is None:
            height, width = drawn.pixels.shape
            picture = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(drawn.pixels.data, width, height, 4 * width, picture)
        self._found(drawn.few)
        self.update()

    def _miss(self, error: Exception) -> None:
        """There is no picture, as when the memory is full; whoever looks after errors tells of it."""
        self._asked = None
        raise error

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.drawn is not None and not self._image.isNull():
            painter.setClipRect(QRectF(QPointF(), self.size))
            painter.drawImage(self._place(self.drawn.extent), self._image)

    def _place(self, extent: Extent) -> QRectF:
        """Where in the view box an extent is now."""
        (left, right), (low, high) = self.view
        across, up = self.size.width() / (right - left), self.size.height() / (high - low)
        return QRectF(
            QPointF((extent.x[0] - left) * across, (high - extent.y[1]) * up),
            QPointF((extent.x[1] - left) * across, (high - extent.y[0]) * up),
        )
