"""The plot of the data and of the curve that is learning them; the person draws the data upon it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QWidget

from core.experiment.points import Points
from core.insight.curves import Curve
from core.insight.scaling import Scaling
from core.texts import _
from core.training.path import Way
from gui.background import Background
from gui.plots.canvas import Canvas
from gui.plots.claimed_keys import is_claimed
from gui.plots.cloud import Cloud
from gui.plots.dots import ALL_DRAWN, Dots, Indices
from gui.plots.fit_curves import FIT, GHOST, MARKED, REFERENCE_CURVE, START, FitCurves, Predict
from gui.plots.hand import Hand
from gui.plots.legend import HEIGHT
from gui.plots.nearby_step import NearbyStep
from gui.plots.range_keeper import RangeKeeper
from gui.plots.residuals import Mode, Residuals
from gui.plots.shown_points import ShownPoints, kept_selection
from gui.plots.tools import ERASER, Tool
from gui.plots.veil import Veil
from gui.theme import Theme

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

HOME = (-3.0, 3.0)  # the view of an empty plot, on both axes
LEAP = 10  # pixels that an arrow key moves a selection with Shift; 1 without
NEAR = 6  # pixels; the curve of a step this near is under the cursor
NO_KEYS = Qt.KeyboardModifier.NoModifier
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class FitPlot(Canvas):
    """Shows points, fit, reference, start and residuals; tells what the person wants done to the points.

    Coordinates in signals are in the units of the data, as float64 arrays `[M]` or floats; indices are
    those of the points shown last. Every stroke of the mouse lies between stroke_began and stroke_ended.

    The curve by hand, between fit_grabbed and fit_released: `fit_shifted(dy)` up by dy since the last one,
    or, of a line, `fit_turned(pivot_x, pivot_y, x, y)` about the pivot, to go through (x, y) now.

    The steps of a run: `step_hovered(step)` is the one whose curve the free cursor is near, or None, told
    when it changes; `step_wanted(step)` the one that the person goes to with Ctrl and the left button.
    """

    stroke_began = Signal()
    stroke_ended = Signal()
    points_drawn = Signal(object, object)
    points_erased = Signal(object)
    points_moved = Signal(object, object, object)
    selection_changed = Signal(object)
    fit_grabbed = Signal()
    fit_released = Signal()
    fit_shifted = Signal(object)
    fit_turned = Signal(object, object, object, object)
    step_hovered = Signal(object)
    step_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.points = Points()
        self.selection: Indices = np.empty(0, dtype=np.intp)
        self.shown = ShownPoints(self)
        self.turnable = False
        self._nearby: NearbyStep | None = None
        self._told: int | None = None
        self._held_out: Mask | None = None
        self._few: Indices | None = None  # of very many points, those that are drawn one by one
        self._residual_mode: Mode = "off"
        self._stroke = False
        self._gesture: tuple[Tool, Qt.MouseButton] | None = None
        self._ready = False
        empty = _("Click to add a point, drag to spray many — or open a file.")
        super().__init__(theme, RangeKeeper(*HOME), RangeKeeper(*HOME), empty, parent)
        self.keep_above(HEIGHT)
        self.setObjectName("fit_plot")
        self.setAccessibleName(_("Points and fit"))
        self._make_items()
        self._hand = Hand(self)
        self._ready = True
        self.set_tool("draw")
        self._show_names()
        self.redraw()

    def _make_items(self) -> None:
        """Every item is made here, once; later only its data change."""
        self.dots = Dots(self.theme)
        self.curves = FitCurves(self.theme, self)
        self.traces, self.legend = self.curves.traces, self.curves.legend
        for item in (self.dots.points, self.dots.hollow, *self.traces.values(), self.dots.rings):
            self.box.addItem(item, ignoreBounds=True)
        self.legend.setParentItem(self.centralWidget)
        self.cloud = Cloud(self.theme, self, self._show_dots)
        self.residuals = Residuals(self.theme, self)
        self._veil = Veil(self.theme, self.box, depth=1)
        self._circle = QGraphicsEllipseItem(self.box)
        self._circle.setPen(QPen(QColor(self.theme.muted), self.theme.px(1.5)))
        self._circle.setZValue(1)
        self._circle.hide()

    # What is shown

    def show_points(self, points: Points, held_out: Mask | None = None) -> None:
        """Show these points, those that training never sees hollow: where `held_out` `[N]` is True.

        The selection stays on the points it was on, as far as they are still there.
        """
        before, self.points = self.points, points
        self.shown.take(points)
        self.show_emptiness(not len(points))
        self._show_names()
        self._held_out = held_out if held_out is not None and held_out.any() else None
        if len(before) != len(points):
            self._few = None
        self._draw_points()
        self._change_selection(kept_selection(self.selection, before, points), moved=True)
        self._make_room()
        self._draw_residuals()
        self._show_legend()

    def draw_in(self, background: Background) -> None:
        """Draw very many points in the background from now on."""
        self.cloud.draw_in(background)

    def show_fit(self, predict: Predict | None) -> None:
        """Show the fitted curve: `predict` maps x `[M]` to y `[M]`; None shows nothing."""
        self._show(FIT, predict)
        self._draw_residuals()

    def show_reference(self, predict: Predict | None, name: str = "") -> None:
        """Show the curve to compare with; from now on it is called `name`, if one is given."""
        if name:
            self.legend.rename(REFERENCE_CURVE, name)
        self._show(REFERENCE_CURVE, predict)

    def show_start(self, predict: Predict | None) -> None:
        """Show where the fit started."""
        self._show(START, predict)

    def show_ghost(self, predict: Predict | None) -> None:
        """Show where the fit was that has been abandoned."""
        self._show(GHOST, predict)

    def show_mark(self, predict: Predict | None) -> None:
        """Show the fitted curve of a step that is marked."""
        self._show(MARKED, predict)

    def show_way(self, way: Way | None, curve: Curve | None, scaling: Scaling | None) -> None:
        """Know the curves of a run by its way, to find the step under the cursor; None is no run."""
        self._nearby = None
        if way is not None and curve is not None and scaling is not None and curve.inputs == 1:
            self._nearby = NearbyStep(way, curve, scaling)
        if self._told is not None and (way is None or self._told > way.steps):
            self._look(None, NO_KEYS)

    def show_turnable(self, turnable: bool) -> None:
        """Let the fit be turned by its ends, which only a line can be."""
        self.turnable = turnable

    def show_residuals(self, mode: Mode) -> None:
        """Show the residuals as "lines" or "squares", or not at all ("off")."""
        self._residual_mode = mode
        self._draw_residuals()

    def fit_view(self) -> None:
        """Show all points and no more."""
        if len(self.shown.x):
            self.x_range.fit(*self.shown.x_extent)
            self.y_range.fit(*self.shown.y_extent)
        else:
            self.x_range.stand(*HOME)
            self.y_range.stand(*HOME)
        self.show_ranges()

    def redraw(self) -> None:
        super().redraw()
        if not self._ready:
            return
        area = self.area()
        self.residuals.stand_in(QRectF(0, 0, area.width(), area.height()))
        self.curves.draw()
        self._draw_residuals()
        self.cloud.draw()

    def _show(self, key: str, predict: Predict | None) -> None:
        self.curves.show(key, predict)
        self._show_legend()

    def _draw_points(self) -> None:
        """Each of them; of very many their density, or those in sight."""
        x, y = self.shown.x, self.shown.y
        if len(x) <= ALL_DRAWN:
            self._few = None
            self.cloud.clear()
            self.dots.show(x, y, self._held_out)
            return
        if self._few is not None:
            self.dots.show(x, y, self._held_out, self._few)  # as they are moved
        else:
            self._show_dots(None)
        self.cloud.show_points(x, y)

    def _show_dots(self, few: Indices | None) -> None:
        """Draw some of very many points one by one; with None the cloud shows them."""
        self._few = few
        part = np.empty(0, dtype=np.intp) if few is None else few
        if len(part) or len(self.dots.points.data) or len(self.dots.hollow.data):
            self.dots.show(self.shown.x, self.shown.y, self._held_out, part)
            self.dots.select(part if few is None else self.selection)
        self._show_legend()

    def _is_dense(self) -> bool:
        """Whether the points are drawn by their density."""
        return len(self.shown.x) > ALL_DRAWN and self._few is None

    def _draw_residuals(self) -> None:
        self.residuals.show_mode(self._residual_mode, self.shown.x, self.shown.y, self.fit_heights)

    def _show_legend(self) -> None:
        data = {"data"} if self._held_out is None else {"training", "held_out"}
        if self._is_dense() and self._held_out is not None:
            data = {"all"}
        self.curves.show_legend(data if len(self.points) else ())

    def _show_names(self) -> None:
        self.axes["left"].set_name(self.points.y_name)
        if self.axes["bottom"].set_x(self.points):
            self.redraw()

    def _make_room(self) -> None:
        """Not in mid-stroke: a view that moves under the hand would move the points too."""
        if self._gesture is None and len(self.shown.x):
            self.x_range.follow(*self.shown.x_extent)
            self.y_range.follow(*self.shown.y_extent)
            self.show_ranges()

    # The selection

    def select(self, indices: ArrayLike) -> None:
        """Select the points at `indices` and no others."""
        chosen = np.unique(np.asarray(indices, dtype=np.intp))
        self._change_selection(chosen, moved=False)

    def select_all(self) -> None:
        """Select every point."""
        self._change_selection(np.arange(len(self.points)), moved=False)

    def _change_selection(self, chosen: Indices, moved: bool) -> None:
        """Show the selection where it is now, and tell when it has changed."""
        changed = not np.array_equal(chosen, self.selection)
        if not changed and not (moved and len(chosen)):
            return
        self.selection = chosen
        self.dots.select(chosen[:0] if self._is_dense() else chosen)
        self.cloud.select(chosen)
        if changed:
            self.selection_changed.emit(chosen)

    # What the tools ask and want

    def draw(self, pixels: Sequence[QPointF]) -> None:
        """The person wants points at those of these pixels that are inside the axes."""
        area = self.area()
        drawn = [self.to_data(pixel) for pixel in pixels if area.contains(pixel)]
        if drawn:
            x, y = np.array(drawn).T
            self._begin_stroke()
            self.points_drawn.emit(x.copy(), y.copy())

    def erase(self, indices: Indices) -> None:
        """The person wants the points at `indices` gone."""
        if len(indices):
            self._begin_stroke()
            self.points_erased.emit(indices)

    def move_selection(self, dx: float, dy: float) -> None:
        """The person drags the selection by (dx, dy), in the units of the data."""
        if len(self.selection) and (dx or dy):
            self._begin_stroke()
            self.points_moved.emit(self.selection, dx, dy)

    def show_eraser(self, pixel: QPointF | None) -> None:
        """Show the circle of the eraser at a pixel, or hide it."""
        self._circle.setVisible(pixel is not None)
        if pixel is not None:
            radius = self.theme.px(ERASER)
            centre = pixel - self.area().topLeft()
            self._circle.setRect(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)

    def show_rectangle(self, rectangle: QRectF | None) -> None:
        """Show the selection rectangle, in pixels of the viewport, or hide it."""
        self._veil.cover(rectangle, self.area().topLeft())

    def fit_heights(self, x: Floats) -> Floats | None:
        """y `[M]` of the fitted curve at x `[M]`; None without one."""
        return self.curves.heights(FIT, x)

    def grab_fit(self, held: bool) -> None:
        """The person takes the fitted curve by hand, or lets it go."""
        (self.fit_grabbed if held else self.fit_released).emit()

    def shift_fit(self, dy: float) -> None:
        """The person shifts the fitted curve up by dy, in the units of the data."""
        self.fit_shifted.emit(dy)

    def turn_fit(self, pivot: tuple[float, float], to: tuple[float, float]) -> None:
        """The person turns the fitted line about `pivot`, to go through `to`, in the units of the data."""
        self.fit_turned.emit(*pivot, *to)

    def step_near(self, pixel: QPointF) -> int | None:
        """The step of the run whose curve passes near a pixel."""
        if self._nearby is None or not self.area().contains(pixel):
            return None
        return self._nearby.find(*self.to_data(pixel), self.theme.px(NEAR) * self.pixel_size()[1])

    def want_step(self, step: int) -> None:
        """The person wants to go to a step."""
        self.step_wanted.emit(step)

    def set_tool(self, name: str) -> None:
        """The left button now draws ("draw"), moves ("move") or erases ("erase")."""
        self.end_gesture()
        self._hand.take(name)
        self.viewport().setCursor(self._hand.tool.cursor)
        self.setAccessibleDescription(self._hand.tip())

    def _look(self, pixel: QPointF | None, modifiers: Qt.KeyboardModifier) -> None:
        """Follow the free cursor to a pixel, or away: the step there, and what a press would do."""
        busy = self._gesture is not None or self._pan_from is not None
        step = None if pixel is None or busy else self.step_near(pixel)
        if step != self._told:
            self._told = step
            self.step_hovered.emit(step)
        if pixel is not None and not busy:
            self.viewport().setCursor(self._hand.cursor(pixel, modifiers, step))

    # Strokes

    def _begin_stroke(self) -> None:
        """Told with the first change, so that a stroke without any leaves nothing to undo."""
        if self._gesture is not None and not self._stroke:
            self._stroke = True
            self.stroke_began.emit()

    def end_gesture(self) -> None:
        super().end_gesture()
        if self._gesture is None:
            return
        tool, _button = self._gesture
        self._gesture = None
        tool.release()
        self.viewport().setCursor(self._hand.tool.cursor)
        if self._stroke:
            self._stroke = False
            self.stroke_ended.emit()
        self._make_room()

    def _press(self, event: QMouseEvent, again: bool) -> None:
        tool = self._hand.tool_for(event)
        if tool is None or self._gesture is not None or not self.area().contains(event.position()):
            return
        self._gesture = (tool, event.button())
        self.viewport().setCursor(tool.cursor)
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        tool.press(event.position(), extend, again)

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event, again=False)
        super().mousePressEvent(event)
        self._look(event.position(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, again=True)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._gesture is None:
            erasing = self._hand.erases() and self.area().contains(event.position())
            self.show_eraser(event.position() if erasing else None)
        elif event.buttons() & self._gesture[1]:
            self._gesture[0].drag(event.position())
        else:
            self.end_gesture()  # the button was let go where nobody told us
        self._look(event.position(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is not None and event.button() == self._gesture[1]:
            self.end_gesture()
        super().mouseReleaseEvent(event)
        self._look(event.position(), event.modifiers())

    def leaveEvent(self, event: QEvent) -> None:
        if self._gesture is None:
            self.show_eraser(None)
        self._look(None, NO_KEYS)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look(None, NO_KEYS)

    def event(self, event: QEvent) -> bool:
        """Keys that would be a shortcut of the window mean the selection while there is one."""
        return is_claimed(event, self._wants) or super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning here and now."""
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return event.key() == Qt.Key.Key_A
        keys = (*ARROWS, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return bool(plain and event.key() in keys and len(self.selection))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._wants(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_A:
            self.select_all()
        elif event.key() == Qt.Key.Key_Escape:
            self.select([])
        elif event.key() in ARROWS:
            self._nudge(
                ARROWS[Qt.Key(event.key())], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        else:
            self.erase(self.selection)

    def _nudge(self, direction: tuple[int, int], far: bool) -> None:
        """Move the selection by a pixel, or by a leap."""
        width, height = self.pixel_size()
        pixels = self.theme.px(LEAP if far else 1)
        self.move_selection(direction[0] * pixels * width, direction[1] * pixels * height)
