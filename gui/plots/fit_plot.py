"""The plot of the data and of the curve that is learning them; the person draws the data upon it."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsRectItem, QWidget

from core.experiment.points import Points
from core.texts import _
from gui.plots.canvas import Canvas
from gui.plots.dots import HOLLOW, Dots, Indices
from gui.plots.legend import HEIGHT, Entry, Legend
from gui.plots.range_keeper import LIMIT, RangeKeeper
from gui.plots.residuals import MOST, Mode, Residuals
from gui.plots.tools import ERASER, DrawTool, EraseTool, MoveTool, Tool
from gui.plots.trace import Trace
from gui.theme import DATA, MODEL, REFERENCE, Theme

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Predict = Callable[[Floats], Floats]

HOME = (-3.0, 3.0)  # the view of an empty plot, on both axes
FEWEST, MOST_SAMPLES = 256, 600  # of a curve over the visible range
LEAP = 10  # pixels that an arrow key moves a selection with Shift; 1 without
VEIL = 30  # of 255, how opaque the selection rectangle is
FIT, REFERENCE_CURVE, START, GHOST = "fit", "reference", "start", "ghost"
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
    """

    stroke_began = Signal()
    stroke_ended = Signal()
    points_drawn = Signal(object, object)
    points_erased = Signal(object)
    points_moved = Signal(object, object, object)
    selection_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.points = Points()
        self.selection: Indices = np.empty(0, dtype=np.intp)
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._predict: dict[str, Predict | None] = dict.fromkeys((FIT, REFERENCE_CURVE, START, GHOST))
        self._some_held_out = False
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
        self._tools = {"draw": DrawTool(self), "move": MoveTool(self), "erase": EraseTool(self)}
        self._eraser = EraseTool(self)
        self._tool: Tool = self._tools["draw"]
        self._ready = True
        self.set_tool("draw")
        self._show_names()
        self.redraw()

    def _make_items(self) -> None:
        """Every item is made here, once; later only its data change."""
        px = self.theme.px
        curve = px(3)
        self.dots = Dots(self.theme)
        self.traces = {
            START: Trace(self.theme.was, px(2), Qt.PenStyle.DotLine),
            GHOST: Trace(self.theme.was, px(2)),
            FIT: Trace(MODEL, curve),
            # Above the fit, so that a fit which has arrived shows its dashes.
            REFERENCE_CURVE: Trace(REFERENCE, px(2), Qt.PenStyle.DashLine),
        }
        for item in (self.dots.points, self.dots.hollow, *self.traces.values(), self.dots.rings):
            self.box.addItem(item, ignoreBounds=True)
        self.residuals = Residuals(self.theme)
        self.legend = Legend(
            self.theme,
            (
                Entry("data", _("data"), DATA),
                Entry("training", _("training"), DATA),
                Entry("held_out", _("held out"), DATA, px(HOLLOW), hollow=True),
                Entry(FIT, _("fit"), MODEL, curve, Qt.PenStyle.SolidLine),
                Entry(REFERENCE_CURVE, _("least squares"), REFERENCE, px(2), Qt.PenStyle.DashLine),
                Entry(START, _("start"), self.theme.was, px(2), Qt.PenStyle.DotLine),
                Entry(GHOST, _("abandoned"), self.theme.was, px(2), Qt.PenStyle.SolidLine),
            ),
        )
        self._circle = QGraphicsEllipseItem()
        self._circle.setPen(QPen(QColor(self.theme.muted), px(1.5)))
        self._rectangle = QGraphicsRectItem()
        veil = QColor(self.theme.accent)
        self._rectangle.setPen(QPen(veil, 1))
        veil.setAlpha(VEIL)
        self._rectangle.setBrush(veil)
        for overlay in (self.residuals, self._circle, self._rectangle):
            overlay.setParentItem(self.box)
        self.legend.setParentItem(self.centralWidget)
        self.residuals.setZValue(-1)
        for hidden in (self._circle, self._rectangle):
            hidden.setZValue(1)
            hidden.hide()

    # What is shown

    def show_points(self, points: Points, held_out: Mask | None = None) -> None:
        """Show these points, those that training never sees hollow: where `held_out` `[N]` is True.

        The selection stays on the points it was on, as far as they are still there.
        """
        before, self.points = self.points, points
        self._x, self._y = drawable(points.x[:, 0]), drawable(points.y)
        self.empty_text.setVisible(not len(points))
        self._show_names()
        self._some_held_out = held_out is not None and bool(held_out.any())
        self.dots.show(self._x, self._y, held_out if self._some_held_out else None)
        self._change_selection(kept_selection(self.selection, before, points), moved=True)
        self._make_room()
        self._draw_residuals()
        self._show_legend()

    def show_fit(self, predict: Predict | None) -> None:
        """Show the fitted curve: `predict` maps x `[M]` to y `[M]`; None shows nothing."""
        self._show(FIT, predict)
        self._draw_residuals()

    def show_reference(self, predict: Predict | None) -> None:
        """Show the least-squares curve to compare with."""
        self._show(REFERENCE_CURVE, predict)

    def show_start(self, predict: Predict | None) -> None:
        """Show where the fit started."""
        self._show(START, predict)

    def show_ghost(self, predict: Predict | None) -> None:
        """Show where the fit was that has been abandoned."""
        self._show(GHOST, predict)

    def show_residuals(self, mode: Mode) -> None:
        """Show the residuals as "lines" or "squares", or not at all ("off")."""
        self._residual_mode = mode
        self._draw_residuals()

    def fit_view(self) -> None:
        """Show all points and no more."""
        if len(self._x):
            self.x_range.fit(float(self._x.min()), float(self._x.max()))
            self.y_range.fit(float(self._y.min()), float(self._y.max()))
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
        self.legend.stand_at(area)
        for key in self.traces:
            self._draw_curve(key)
        self._draw_residuals()

    def _show(self, key: str, predict: Predict | None) -> None:
        self._predict[key] = predict
        self._draw_curve(key)
        self._show_legend()

    def _draw_curve(self, key: str) -> None:
        """Sample one curve over the visible range, about two samples a pixel."""
        predict, trace = self._predict[key], self.traces[key]
        if predict is None:
            trace.clear_curve()
            return
        area, (x_view, y_view) = self.area(), self.view()
        count = int(np.clip(2 * area.width(), FEWEST, MOST_SAMPLES))
        x = np.linspace(*x_view, count)
        y = self._values(predict, x)
        trace.draw(x, y, y_view, area.height())
        self.legend.point(key, out_of_sight(y, y_view))

    def _draw_residuals(self) -> None:
        predict = self._predict[FIT]
        mode = self._residual_mode if predict and 0 < len(self._x) <= MOST else "off"
        if predict is None or mode == "off":
            nothing = np.empty(0)
            self.residuals.draw("off", nothing, nothing, nothing, nothing > 0)
            return
        step = self.pixel_size()[0]
        values = self._values(predict, np.concatenate((self._x, self._x + step)))
        finite = np.isfinite(values[: len(self._x)])
        fitted, further = values[: len(self._x)][finite], values[len(self._x) :][finite]
        x, y = self._in_box(self._x[finite], self._y[finite])
        self.residuals.draw(mode, x, y, self._in_box(self._x[finite], fitted)[1], further > fitted)

    @staticmethod
    def _values(predict: Predict, x: Floats) -> Floats:
        """A diverging model may overflow: that is for the loss to report, not for the plot."""
        with np.errstate(all="ignore"):
            return np.asarray(predict(x), dtype=np.float64)

    def _in_box(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """The pixels in the view box of coordinates in the data."""
        left, top = self.area().left(), self.area().top()
        with np.errstate(over="ignore"):
            across, down = self.to_pixels(x, y)
        return across - left, down - top

    def _show_legend(self) -> None:
        shown = {key for key, predict in self._predict.items() if predict is not None}
        data = {"training", "held_out"} if self._some_held_out else {"data"}
        self.legend.show_only(shown | (data if len(self.points) else set()))

    def _show_names(self) -> None:
        self.axes["bottom"].set_name(self.points.x_name)
        self.axes["left"].set_name(self.points.y_name)

    def _make_room(self) -> None:
        """Not in mid-stroke: a view that moves under the hand would move the points too."""
        if self._gesture is None and len(self._x):
            self.x_range.follow(float(self._x.min()), float(self._x.max()))
            self.y_range.follow(float(self._y.min()), float(self._y.max()))
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
        self.dots.select(chosen)
        if changed:
            self.selection_changed.emit(chosen)

    # What the tools ask and want

    def nearest(self, pixel: QPointF, reach: float) -> int | None:
        """The index of the point nearest to a pixel, within `reach` pixels."""
        near = self.near(pixel, pixel, reach)
        if not len(near):
            return None
        x, y = self.to_pixels(self._x[near], self._y[near])
        return int(near[np.argmin((x - pixel.x()) ** 2 + (y - pixel.y()) ** 2)])

    def near(self, start: QPointF, end: QPointF, reach: float) -> Indices:
        """The indices of the points within `reach` pixels of the way from `start` to `end`."""
        around = QRectF(start, end).normalized().adjusted(-reach, -reach, reach, reach)
        candidates = self.within(around)
        x, y = self.to_pixels(self._x[candidates], self._y[candidates])
        way = end - start
        length = way.x() ** 2 + way.y() ** 2
        along = ((x - start.x()) * way.x() + (y - start.y()) * way.y()) / (length or 1.0)
        along = np.clip(along, 0.0, 1.0)
        away = (x - start.x() - along * way.x()) ** 2 + (y - start.y() - along * way.y()) ** 2
        return candidates[away <= reach**2]

    def within(self, rectangle: QRectF) -> Indices:
        """The indices of the points in a rectangle of pixels."""
        left, top = self.to_data(rectangle.topLeft())
        right, bottom = self.to_data(rectangle.bottomRight())
        inside = (self._x >= left) & (self._x <= right) & (self._y >= bottom) & (self._y <= top)
        return np.flatnonzero(inside)

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
        self._rectangle.setVisible(rectangle is not None)
        if rectangle is not None:
            self._rectangle.setRect(rectangle.translated(-self.area().topLeft()))

    def set_tool(self, name: str) -> None:
        """The left button now draws ("draw"), moves ("move") or erases ("erase")."""
        self.end_gesture()
        self._tool = self._tools[name]
        self.viewport().setCursor(self._tool.cursor)
        self.setAccessibleDescription(_(self._tool.tip))

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
        self.viewport().setCursor(self._tool.cursor)
        if self._stroke:
            self._stroke = False
            self.stroke_ended.emit()
        self._make_room()

    def _press(self, event: QMouseEvent, again: bool) -> None:
        tools = {Qt.MouseButton.LeftButton: self._tool, Qt.MouseButton.RightButton: self._eraser}
        tool = tools.get(event.button())
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, again=True)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._gesture is None:
            erasing = self._tool is self._tools["erase"] and self.area().contains(event.position())
            self.show_eraser(event.position() if erasing else None)
        elif event.buttons() & self._gesture[1]:
            self._gesture[0].drag(event.position())
        else:
            self.end_gesture()  # the button was let go where nobody told us

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is not None and event.button() == self._gesture[1]:
            self.end_gesture()
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._gesture is None:
            self.show_eraser(None)

    def event(self, event: QEvent) -> bool:
        """Keys that would be a shortcut of the window mean the selection while there is one."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._wants(event)
        ):
            event.accept()
            return True
        return super().event(event)

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


def out_of_sight(y: Floats, view: tuple[float, float]) -> str:
    """An arrow to where a curve is that lies wholly above or below the view; "" for one that does not."""
    with np.errstate(invalid="ignore"):
        return "↑" if (y > view[1]).all() else "↓" if (y < view[0]).all() else ""


def drawable(values: Floats) -> Floats:
    """The same values, kept where there is room to calculate with them."""
    inside = not len(values) or (values.min() >= -LIMIT and values.max() <= LIMIT)
    return np.ascontiguousarray(values) if inside else np.clip(values, -LIMIT, LIMIT)


def kept_selection(selection: Indices, before: Points, after: Points) -> Indices:
    """The indices in `after` of the points that were selected in `before`.

    With as many points as before, they were moved: either the selected ones or the others are where they
    were. Otherwise some came or went, and the selected ones are known by their coordinates.
    """
    if not len(selection) or after is before:
        return selection
    old, new = (np.column_stack((points.x[:, 0], points.y)) for points in (before, after))
    if len(old) == len(new):
        same = (old == new).all(axis=1)
        chosen = np.zeros(len(old), dtype=bool)
        chosen[selection] = True
        return selection if same[chosen].all() or same[~chosen].all() else selection[:0]
    common = min(len(old), len(new))
    if np.array_equal(old[:common], new[:common]):
        return selection[selection < common]
    return np.flatnonzero(np.isin(new.view(np.complex128), old[selection].view(np.complex128)))
