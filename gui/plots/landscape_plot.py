"""The loss over two parameters as a landscape, and the run in it; the person sets where it starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from core.insight.numbers import significant
from core.insight.plane import Plane
from core.texts import _
from core.training.path import Way
from gui.plots.bubble import Bubble
from gui.plots.canvas import Canvas
from gui.plots.contour_map import ContourMap, Picture
from gui.plots.dot import Cross, Dot
from gui.plots.landscape_range import ANYTHING, HOME, landscape_room
from gui.plots.legend import HEIGHT, Entry, Legend
from gui.plots.legend_words import ARROW_TIPS, abandoned_tip, optimum_tip
from gui.plots.moves import ARROWS, MoveArrows, Moves
from gui.plots.range_keeper import LIMIT, Range, RangeKeeper
from gui.plots.trail import Trail
from gui.theme import MODEL, REFERENCE, Theme

Floats = NDArray[np.float64]

WASTEFUL = 4.0  # times the room that it takes; a wider view shrinks once nothing runs
REACH = 12.0  # pixels; a step this near is under the cursor
BALL, MARK, START, OPTIMUM = 15, 13, 11, 12  # pixels
DIGITS = 4


class LandscapePlot(Canvas):
    """Shows a landscape over u and v, and a run in it.

    `view_changed()` asks for the landscape of another view. `place_chosen(u, v)` says where the run should
    start, between `grabbed()` and `released()`. `step_hovered(step or None)` is the step under the cursor,
    `step_wanted(step)` the one to go to.
    """

    view_changed = Signal()
    grabbed = Signal()
    released = Signal()
    place_chosen = Signal(float, float)
    step_hovered = Signal(object)
    step_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._ready = False
        self._awaits_points = True
        self._hover: QPointF | None = None
        self._hovered: int | None = None
        self._run = 0
        self._gesture = ""  # "place" while the start is dragged, "step" while a step is looked for
        self._wanted: int | None = None  # the step that this gesture has asked for last
        self._seen: tuple[Range, Range] | None = None
        self._extent: tuple[Range, Range] | None = None
        self.measure: Callable[[float, float], float | None] = lambda _u, _v: None
        empty = _("The landscape of the loss appears here once there are points.")
        self.reach: Floats = ANYTHING  # what changes a fit, along u and v
        across, up = (RangeKeeper(*HOME, room=partial(self._room, axis)) for axis in range(2))
        super().__init__(theme, across, up, empty, parent)
        self.keep_above(HEIGHT)
        self.setObjectName("landscape_plot")
        self.setAccessibleName(_("Landscape of the loss"))
        self.setToolTip(
            _("Click or drag to start from there; Ctrl goes to a step of the path. The wheel zooms, F fits.")
        )
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._make_items()
        self._ready = True
        self.redraw()

    def _make_items(self) -> None:
        """Every item is made here, once; later only its data change."""
        theme, px = self.theme, self.theme.px
        self.map, self.trail, self._arrows = ContourMap(theme), Trail(theme), MoveArrows(theme)
        self.arrows = self._arrows.item
        self.optimum = Cross(theme, OPTIMUM, REFERENCE)
        self.start = Dot(theme, START, theme.was, hollow=True)
        self.mark = Dot(theme, MARK, MODEL, hollow=True)
        self.ball = Dot(theme, BALL, MODEL)
        for overlay in (self.map, self.trail, self.arrows):
            overlay.setParentItem(self.box)
        for layer, item in enumerate((self.start, self.optimum, self.ball, self.mark)):
            self.box.addItem(item, ignoreBounds=True)
            item.setZValue(10 + layer)
        for lines in (self.grid, self.faint_grid):
            lines.hide()  # the contours are lines enough
        self.legend = Legend(
            theme,
            (
                *(
                    Entry(key, _(label), _(ARROW_TIPS[key]), colour or theme.text, px(width), style)
                    for key, (label, colour, width, style) in ARROWS.items()
                ),
                Entry("optimum", _("optimum"), optimum_tip(), REFERENCE, px(3), Qt.PenStyle.SolidLine),
                Entry("abandoned", _("abandoned"), abandoned_tip(), theme.was, px(2), Qt.PenStyle.SolidLine),
            ),
        )
        self.legend.setParentItem(self.centralWidget)
        self.bubble = Bubble("landscape_readout", theme, self.viewport())

    # What is shown

    def show_names(self, names: tuple[str, str]) -> None:
        """Call the axes u and v so."""
        self.axes["bottom"].set_name(names[0])
        self.axes["left"].set_name(names[1])

    def show_picture(self, picture: Picture | None) -> None:
        """Show a landscape, or none yet."""
        self.map.show_picture(picture)
        self._show_emptiness()
        self._hover_at(self._hover)  # the loss under the cursor may be another

    def await_points(self, awaited: bool) -> None:
        """Say that there are no points; without `awaited` a landscape is there, or on its way."""
        self._awaits_points = awaited
        self._show_emptiness()

    def show_run(self, run: int, way: Way, plane: Plane, step: int, ball: Floats) -> None:
        """Show the way of the run number `run`, with the ball (u, v) at its chosen step."""
        if run != self._run:
            self._run, self._hovered = run, None
        self.trail.take(run, way, plane)
        self.trail.choose(step, ball)
        _show_at(self.ball, ball)
        self._clear_legend()

    @property
    def moves(self) -> Moves | None:
        """What is shown as arrows."""
        return self._arrows.moves

    def show_moves(self, moves: Moves | None) -> None:
        """Show as arrows what led to the chosen step; None is no arrows."""
        self._arrows.moves = moves
        self._draw_arrows()
        self._show_legend()

    def show_optimum(self, place: Floats | None) -> None:
        """Show where the loss is lowest, where that is known."""
        _show_at(self.optimum, place)
        self._show_legend()
        self._clear_legend()

    def show_start(self, place: Floats | None) -> None:
        """Show where the run started."""
        _show_at(self.start, place)

    def show_mark(self, place: Floats | None) -> None:
        """Show the step that is marked in all views, or none."""
        _show_at(self.mark, place)

    def show_stretch(self, stretch: tuple[int, int] | None) -> None:
        """Show the part of the path between two steps broader, or none."""
        self.trail.show_stretch(stretch)

    def forget_paths(self) -> None:
        """What comes next has nothing to do with the runs before."""
        self.trail.clear()
        self._show_legend()

    def clear(self) -> None:
        """Show nothing: there is no run."""
        self.show_picture(None)
        self.trail.clear()
        self.show_moves(None)
        for item in (self.optimum, self.start, self.mark, self.ball):
            item.hide()
        self._show_legend()

    def ball_is_out_of_sight(self) -> bool:
        """Whether the run has gone where this view does not reach."""
        (left, right), (low, high) = self.view()
        at = self.ball.pos()
        inside = self.ball.isVisible() and left <= at.x() <= right and low <= at.y() <= high
        return bool(len(self.trail.places.steps)) and not inside

    def follow(self, places: Floats) -> None:
        """Make room for finite places `[m, 2]`; not while the hand is on them, nor where there is room."""
        if self._gesture == "place" or not len(places):
            return
        low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        self._extent = (low[0], high[0]), (low[1], high[1])
        for keeper, (least, most) in zip((self.x_range, self.y_range), self._extent, strict=True):
            if not _suits(keeper, least, most):
                keeper.follow(least, most)
        self.show_ranges()

    def _room(self, axis: int, low: float, high: float) -> Range:
        return landscape_room(low, high, float(self.reach[axis]))

    def is_held(self) -> bool:
        """Whether the person has chosen the view."""
        return self.x_range.held or self.y_range.held

    def fit_view(self) -> None:
        """Show the path, its start and the optimum."""
        if self._extent is None:
            self.x_range.stand(*HOME)
            self.y_range.stand(*HOME)
        else:
            for keeper, (low, high) in zip((self.x_range, self.y_range), self._extent, strict=True):
                keeper.fit(low, high)
        self.show_ranges()

    def redraw(self) -> None:
        super().redraw()
        if not self._ready:
            return
        area, view = self.area(), self.view()
        size = QSizeF(area.width(), area.height())
        self.map.stand_in(size, view)
        self.trail.stand_in(size, view)
        self.arrows.stand_in(size, view)
        self.legend.stand_at(area)
        self._clear_legend()
        self._draw_arrows()
        if view != self._seen:
            self._seen = view
            self.view_changed.emit()

    def _draw_arrows(self) -> None:
        self._arrows.draw(self)
        magnified = self._arrows.magnified
        self.legend.point("step", f"×{magnified:,.0f}" if magnified > 1 else "")

    def _show_emptiness(self) -> None:
        self.empty_text.setVisible(self._awaits_points and self.map.picture is None)

    def _clear_legend(self) -> None:
        """Let the legend cover none of what the run is about, now least of all."""
        marks = [item.pos() for item in (self.ball, self.optimum, self.start) if item.isVisible()]
        with np.errstate(all="ignore"):  # a run that diverges may be anywhere
            x, y = self.to_pixels(
                np.array([mark.x() for mark in marks]), np.array([mark.y() for mark in marks])
            )
        self.legend.keep_clear([QPointF(*pixel) for pixel in zip(x.tolist(), y.tolist(), strict=True)])

    def _show_legend(self) -> None:
        shown = set() if self.moves is None else {key for key, way in self.moves.ways.items() if any(way)}
        if self.optimum.isVisible():
            shown.add("optimum")
        if len(self.trail.abandoned):
            shown.add("abandoned")
        self.legend.show_only(shown)

    # What the person does

    def _near(self, pixel: QPointF) -> int | None:
        """The step of the path that is nearest to a pixel, within REACH."""
        places = self.trail.places
        if not len(places.steps):
            return None
        x, y = self.trail.pixels(places.at)
        here = pixel - self.area().topLeft()
        away = (x - here.x()) ** 2 + (y - here.y()) ** 2
        nearest = int(np.argmin(away[::-1]))  # of those that are equally near, the newest
        nearest = len(away) - 1 - nearest
        return int(places.steps[nearest]) if away[nearest] <= self.theme.px(REACH) ** 2 else None

    def _hover_at(self, pixel: QPointF | None) -> None:
        """Say what is under the cursor."""
        self._hover = pixel
        step = None if pixel is None else self._near(pixel)
        if step != self._hovered:
            self._hovered = step
            self.step_hovered.emit(step)
        if pixel is None or self.map.picture is None:
            self.bubble.hide()
        else:
            self.bubble.say(self._said(pixel), pixel, self.area())

    def _said(self, pixel: QPointF) -> list[str]:
        """The place under the cursor and its loss, or, if there is one, the step there and its place."""
        places = self.trail.places
        if self._hovered is None:
            u, v = self.to_data(pixel)
        else:
            u, v = places.at[np.searchsorted(places.steps, self._hovered)].tolist()
        names = (self.axes["bottom"].name, self.axes["left"].name)
        lines = [
            "   ".join(
                f"{name} {significant(value, DIGITS)}" for name, value in zip(names, (u, v), strict=True)
            )
        ]
        if self._hovered is not None:
            return [_("step {step}").format(step=f"{self._hovered:,}"), *lines]
        loss = self.measure(u, v)
        if loss is not None:
            lines.append(_("loss {number}").format(number=significant(loss, DIGITS)))
        return lines

    def _drag(self, pixel: QPointF) -> None:
        if self._gesture == "place":
            area = self.area()
            x = min(max(pixel.x(), area.left()), area.right())
            y = min(max(pixel.y(), area.top()), area.bottom())
            self.place_chosen.emit(*self.to_data(QPointF(x, y)))
        elif self._hovered is not None and self._hovered != self._wanted:
            self._wanted = self._hovered
            self.step_wanted.emit(self._hovered)

    def end_gesture(self) -> None:
        super().end_gesture()
        gesture, self._gesture = self._gesture, ""
        if gesture == "place":
            self.released.emit()

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        inside = self.area().contains(event.position()) and self.map.picture is not None
        if event.button() == Qt.MouseButton.LeftButton and inside and not self._gesture:
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._gesture, self._wanted = ("step" if control else "place"), None
            self._hover_at(event.position())
            if self._gesture == "place":
                self.grabbed.emit()
            self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._gesture and not event.buttons() & Qt.MouseButton.LeftButton:
            self.end_gesture()  # the button was let go where nobody told us
        inside = self.area().contains(event.position())
        self._hover_at(event.position() if inside else None)
        if self._gesture:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._gesture:
            self.end_gesture()
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_at(None)


def _suits(keeper: RangeKeeper, low: float, high: float) -> bool:
    """Whether a range holds what is to be seen without waste, so that it need not move when a run rests."""
    if not keeper.low <= low <= high <= keeper.high:
        return False
    least, most = keeper.room(low, high)
    return keeper.running or keeper.high - keeper.low <= WASTEFUL * (most - least)


def _show_at(item: Dot | Cross, place: Floats | None) -> None:
    """Put a mark at (u, v), or nowhere."""
    if place is None or not np.isfinite(place).all() or np.abs(place).max() > LIMIT:
        item.hide()
    else:
        item.stand_at(float(place[0]), float(place[1]))
