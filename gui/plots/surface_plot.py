"""The loss as a surface in space that turns under the hand; painted, so that it needs no OpenGL."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.texts import _
from gui.plots.canvas import LEAST_SIZE, ZOOM
from gui.plots.claimed_keys import is_claimed
from gui.plots.projection import Floats, Projection, Room, turned
from gui.plots.surface import FEWER_CELLS, MOST_CELLS, Extent, Relief, Surface, extent_of
from gui.plots.surface_frame import SurfaceFrame
from gui.plots.surface_path import HALO, LINE, paint_path
from gui.theme import GRID, MODEL, REFERENCE, Theme

FIRST_VIEW = (-60.0, 38.0)  # azimuth and elevation, degrees
TURN = 0.5  # degrees for a pixel of the mouse
NUDGE = 5.0  # degrees for an arrow key
CLOSER = 1.2  # for a key that brings the surface nearer
NEAREST, FARTHEST = 6.0, 0.5  # zoom
MARGINS = (64, 12, 24, 26)  # pixels left, above, right and below for what the axes say
BALL, MARK, CROSS = 12, 11, 13  # pixels across
RIM = 2  # pixels
ARROWS = {
    Qt.Key.Key_Left: (NUDGE, 0.0),
    Qt.Key.Key_Right: (-NUDGE, 0.0),
    Qt.Key.Key_Up: (0.0, -NUDGE),
    Qt.Key.Key_Down: (0.0, NUDGE),
}
ZOOMS = {Qt.Key.Key_Plus: CLOSER, Qt.Key.Key_Minus: 1 / CLOSER}
NOTHING = np.empty(0)


class SurfacePlot(QWidget):
    """Shows a surface, and on it the path of the run, its ball, a marked step and the optimum.

    Coordinates are float64: `u` and `v` in the units of the parameters, heights as log10 of the loss. The
    surface is painted once for each view of it; a frame of a running fit paints only what lies upon it. While
    the hand turns it, it has fewer cells.
    """

    def __init__(
        self, theme: Theme, names: tuple[str, str] = ("", ""), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._names = names
        self._surface: Surface | None = None
        self._extent: Extent | None = None
        self._reliefs: dict[int, Relief] = {}  # by the most cells along a side
        self._path: tuple[Floats, Floats, Floats] = (NOTHING, NOTHING, NOTHING)
        self._chosen = 0
        self._mark: tuple[float, float, float] | None = None
        self._optimum: tuple[float, float, float] | None = None
        self._azimuth, self._elevation = FIRST_VIEW
        self._zoom = 1.0
        self._picture: QPixmap | None = None
        self._grip: QPointF | None = None
        self.setObjectName("surface_plot")
        self.setAccessibleName(_("Loss surface"))
        self.setToolTip(
            _("Drag turns the surface, the wheel brings it nearer, double click shows it as at first.")
        )
        self.setMinimumSize(*(theme.px(length) for length in LEAST_SIZE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)  # or a move without a button, after one was let go elsewhere, goes unseen
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # What is shown

    def show_surface(self, surface: Surface | None) -> None:
        """Show this surface; None, or one without any finite height, shows a sentence instead."""
        self._surface = surface
        self._extent = extent_of(surface) if surface is not None else None
        self._reliefs = {}
        self._show_hand()
        self._repaint()

    def show_names(self, u_name: str, v_name: str) -> None:
        """Name the two axes of the ground."""
        if self._names != (u_name, v_name):
            self._names = (u_name, v_name)
            self._repaint()

    def show_path(self, u: Floats, v: Floats, height: Floats, chosen: int) -> None:
        """Show the path of the run through `u`, `v`, `height` [m], with the ball at index `chosen`.

        The path beyond the ball is faded; m may be 0.
        """
        self._path = (u, v, height)
        self._chosen = min(max(chosen, 0), max(len(u) - 1, 0))
        self.update()

    def show_mark(self, u: float = 0.0, v: float = 0.0, height: float | None = None) -> None:
        """Mark the step under the cursor; without a height, none."""
        self._mark = None if height is None else (u, v, height)
        self.update()

    def show_optimum(self, u: float = 0.0, v: float = 0.0, height: float | None = None) -> None:
        """Show where the loss is least; without a height, nowhere."""
        self._optimum = None if height is None else (u, v, height)
        self.update()

    # The view

    @property
    def angles(self) -> tuple[float, float]:
        """Azimuth and elevation of the eye, in degrees."""
        return self._azimuth, self._elevation

    @property
    def zoom(self) -> float:
        """How many times as large as at first the surface is."""
        return self._zoom

    def turn_to(self, azimuth: float, elevation: float) -> None:
        """Look from there (degrees); never from below the ground, and never beyond straight above."""
        self._azimuth, self._elevation = turned(azimuth, elevation)
        self._repaint()

    def zoom_to(self, zoom: float) -> None:
        """Show the surface so many times as large as at first, within limits."""
        self._zoom = min(max(zoom, FARTHEST), NEAREST)
        self._repaint()

    def reset_view(self) -> None:
        """Show the surface as at first."""
        self._zoom = 1.0
        self.turn_to(*FIRST_VIEW)

    def to_pixel(self, u: float, v: float, height: float) -> QPointF | None:
        """Where on the widget a place of the surface is drawn; None without a surface."""
        if self._extent is None:
            return None
        place = self._extent.places(np.array(u), np.array(v), np.array(height))
        x, y = self._projection().pixels(place)
        return QPointF(x, y) if np.isfinite([x, y]).all() else None

    def _projection(self) -> Projection:
        left, above, right, below = (self.theme.px(margin) for margin in MARGINS)
        room = Room(left, above, self.width() - left - right, self.height() - above - below)
        return Projection(self._azimuth, self._elevation, self._zoom, room)

    # Painting

    def _repaint(self) -> None:
        """Paint the surface anew at the next paint."""
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._surface is None or self._extent is None:
                self._paint_empty(painter)
                return
            painter.drawPixmap(0, 0, self._current_picture(self._surface, self._extent))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_path(painter, self._extent)
            self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        if self._optimum is not None:
            self._at(painter, self._optimum, self._paint_cross)
        if len(self._path[0]):
            u, v, height = (float(values[self._chosen]) for values in self._path)
            self._at(painter, (u, v, height), self._paint_ball)
        if self._mark is not None:
            self._at(painter, self._mark, self._paint_mark)

    def _current_picture(self, surface: Surface, extent: Extent) -> QPixmap:
        """The surface in its frame, painted when it or the way one looks at it has changed."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._picture is None or self._picture.size() != size:
            self._picture = self._painted(surface, extent, size, ratio)
        return self._picture

    def _painted(self, surface: Surface, extent: Extent, size: QSize, ratio: float) -> QPixmap:
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.surface))
        projection = self._projection()
        most = MOST_CELLS if self._grip is None else FEWER_CELLS
        if most not in self._reliefs:
            self._reliefs[most] = Relief(surface, extent, most)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = SurfaceFrame(painter, self.theme, projection, QRectF(self.rect()))
            frame.paint_ground(extent)
            self._reliefs[most].paint(painter, projection, self.theme)
            frame.paint_texts(extent, self._names)
        return picture

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        gap = self.theme.px(4 * GRID)
        painter.setFont(self.theme.font(15))
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(
            self.rect().adjusted(gap, gap, -gap, -gap),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            _("The surface appears here once there are points."),
        )

    def _paint_path(self, painter: QPainter, extent: Extent) -> None:
        """Paint what is to come faded, and what has been upon it."""
        pixels = self._projection().pixels(extent.places(*self._path))
        faded = self.theme.faded(MODEL)
        paint_path(painter, self.theme, pixels[self._chosen :], faded, halo=False)
        paint_path(painter, self.theme, pixels[: self._chosen + 1], MODEL, halo=True)

    def _at(
        self,
        painter: QPainter,
        place: tuple[float, float, float],
        paint: Callable[[QPainter, QPointF], None],
    ) -> None:
        pixel = self.to_pixel(*place)
        if pixel is not None:
            paint(painter, pixel)

    def _paint_ball(self, painter: QPainter, pixel: QPointF) -> None:
        painter.setPen(QPen(QColor(self.theme.surface), self.theme.px(RIM)))
        painter.setBrush(QColor(MODEL))
        self._paint_circle(painter, pixel, BALL)

    def _paint_mark(self, painter: QPainter, pixel: QPointF) -> None:
        painter.setBrush(QColor(self.theme.surface))
        painter.setPen(QPen(QColor(MODEL), self.theme.px(RIM)))
        self._paint_circle(painter, pixel, MARK)

    def _paint_circle(self, painter: QPainter, pixel: QPointF, size: float) -> None:
        radius = self.theme.px(size) / 2
        painter.drawEllipse(pixel, radius, radius)

    def _paint_cross(self, painter: QPainter, pixel: QPointF) -> None:
        reach = self.theme.px(CROSS) / 2
        for width, colour in ((HALO, self.theme.surface), (LINE, REFERENCE)):
            painter.setPen(QPen(QColor(colour), self.theme.px(width), c=Qt.PenCapStyle.RoundCap))
            for x, y in ((reach, 0.0), (0.0, reach)):
                painter.drawLine(pixel - QPointF(x, y), pixel + QPointF(x, y))

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._extent is not None:
            self._grip = event.position()
            self._show_hand()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._let_go()  # where nobody told us
            return
        by, self._grip = event.position() - self._grip, event.position()
        degrees = TURN / self.theme.scale
        self.turn_to(self._azimuth - degrees * by.x(), self._elevation + degrees * by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_view()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """There is none here, and the window's own must not come up."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._extent is not None:
            self.zoom_to(self._zoom * ZOOM ** (event.angleDelta().y() or event.angleDelta().x()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Arrow keys that would be a shortcut of the window turn the surface while it has the focus.

        F goes to the window, which fits the range too.
        """
        if is_claimed(event, lambda key: _wants(key) and key.key() != Qt.Key.Key_F):
            return True
        if event.type() == QEvent.Type.WindowDeactivate:
            self._let_go()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not _wants(event):
            event.ignore()
        elif key in ARROWS:
            azimuth, elevation = ARROWS[key]
            self.turn_to(self._azimuth + azimuth, self._elevation + elevation)
        elif key in ZOOMS:
            self.zoom_to(self._zoom * ZOOMS[key])
        else:
            self.reset_view()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._let_go()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._let_go()
        super().hideEvent(event)

    def _let_go(self) -> None:
        if self._grip is not None:
            self._grip = None
            self._repaint()  # with all cells again
        self._show_hand()

    def _show_hand(self) -> None:
        """A hand says that there is something to take hold of."""
        if self._extent is None:
            self.unsetCursor()
        else:
            held = self._grip is not None
            self.setCursor(Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor)


def _wants(event: QKeyEvent) -> bool:
    """Whether a key has a meaning here."""
    more = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    plain = not event.modifiers() & ~more
    return bool(plain and event.key() in (*ARROWS, *ZOOMS, Qt.Key.Key_F))
