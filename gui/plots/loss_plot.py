"""The plot of the loss of every step of a run, and of the learning rate under it."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from core.texts import _
from core.training.history import Series
from gui.plots.bubble import Bubble
from gui.plots.canvas import STRIP_ROW, Canvas
from gui.plots.dot import Dot
from gui.plots.history_curve import MARKER, HistoryCurve
from gui.plots.legend import HEIGHT, Entry, Legend
from gui.plots.legend_words import abandoned_tip, held_out_loss_tip, training_tip
from gui.plots.range_keeper import Range, RangeKeeper, nice_step, roomy
from gui.plots.rate_strip import RateStrip
from gui.plots.step_tools import BrushTool, ScrubTool, Stretch
from gui.plots.step_words import said
from gui.plots.upright import Upright
from gui.plots.veil import Veil
from gui.plots.zero_marks import EXACTLY_ZERO, zero_entry
from gui.theme import GRID, MODEL, VALIDATION, Theme

FIRST_STEPS = (0.0, 10.0)  # the view before anything has run
DECADES = (-3.0, 3.0)  # and of the loss, as logarithms: 0.001 to 1,000
LINEAR = (0.0, 1.0)
AHEAD = 1.03  # the newest step never touches the edge
TRAINING, HELD_OUT, ABANDONED = "training", "held_out", "abandoned"
THINNEST = 2  # pixels, the width of a stretch of one step


def steps_room(low: float, high: float) -> Range:
    """From nothing to the next of 10, 20, 50, 100 … steps."""
    return 0.0, max(FIRST_STEPS[1], nice_step(high * AHEAD))


def losses_room(low: float, high: float) -> Range:
    """Rounded limits; not below zero for losses that are not."""
    room = roomy(low, high)
    return max(room[0], 0.0) if low >= 0 else room[0], room[1]


def decades_room(low: float, high: float) -> Range:
    """Limits for logarithms of losses, in half decades at least: a loss often falls through many."""
    room = roomy(low, high)
    return min(room[0], math.floor(2 * low) / 2), max(room[1], math.ceil(2 * high) / 2)


class LossPlot(Canvas):
    """Shows the losses of steps 1, 2 … n; logarithmic unless told otherwise.

    On a logarithmic axis the plot's own y coordinates are log10(loss), and losses of 0 lie on the lower edge,
    marked. A dot stands at the chosen step; what the run has done beyond it is muted.

    `step_hovered` tells the step under the cursor (from 1 on), or None when the cursor leaves;
    `step_wanted` that the person goes to a step (from 0 on) with the left button; `stretch_brushed` the
    steps (first, last) that the person marks with Shift held, or None to mark none. Each is emitted only
    when it changes.
    """

    step_hovered = Signal(object)
    step_wanted = Signal(object)
    stretch_brushed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.logarithmic = True
        self.step = 0
        self._told: int | None = None
        self._marked: int | None = None
        self._stretch: Stretch | None = None
        self._gesture: ScrubTool | BrushTool | None = None
        self._ghost_step = 0
        self._ghost_least: float | None = None
        self._hover: QPointF | None = None
        self._ready = False
        empty = _("The loss of every step appears here once training runs.")
        super().__init__(
            theme, RangeKeeper(*FIRST_STEPS, room=steps_room), RangeKeeper(*DECADES), empty, parent
        )
        self.setObjectName("loss_plot")
        self.setAccessibleName(_("Loss of every step"))
        self.setToolTip(
            _(
                "The loss that each step found before its update, of the points of its batch; dashed the "
                "validation loss, behind the step."
            )
            + "\n"
            + _("Click to go to a step, Shift-drag to mark a stretch. The wheel zooms, F fits the view.")
        )
        self._make_items()
        self.readout = Bubble("loss_readout", theme, self.viewport())
        self._scrub, self._brush = ScrubTool(self), BrushTool(self)
        self.axes["bottom"].set_name(_("step"))
        self._show_legend()
        self._ready = True
        self.show_logarithmic(True)

    def _make_items(self) -> None:
        """Every item is made here, once; later only its data change."""
        theme, px = self.theme, self.theme.px
        self.losses = HistoryCurve(theme, MODEL, px(2))
        self.validation = HistoryCurve(theme, VALIDATION, px(2), Qt.PenStyle.DashLine)
        self.ghost = HistoryCurve(theme, theme.was, px(2))
        self.chosen_line = Upright(theme.muted)
        self._hover_line = Upright(theme.muted, Qt.PenStyle.DotLine)
        self._hover_dot = Dot(theme, MARKER)
        for item in (
            *self.ghost.items,
            self._hover_line,
            self.chosen_line,
            *self.losses.items,
            *self.validation.items,
            self._hover_dot,
        ):
            self.box.addItem(item, ignoreBounds=True)
        self.centralLayout.setAlignment(
            self.axes["left"], Qt.AlignmentFlag.AlignRight
        )  # as that of the strip
        self.rates = RateStrip(theme, self.centralLayout, STRIP_ROW)
        self.legend = Legend(
            theme,
            (
                Entry(
                    TRAINING, _("training, before step"), training_tip(), MODEL, px(2), Qt.PenStyle.SolidLine
                ),
                Entry(HELD_OUT, _("held out"), held_out_loss_tip(), VALIDATION, px(2), Qt.PenStyle.DashLine),
                Entry(ABANDONED, _("abandoned"), abandoned_tip(), theme.was, px(2), Qt.PenStyle.SolidLine),
                zero_entry(theme),
            ),
        )
        self.legend.setParentItem(self.centralWidget)
        self._veil = Veil(theme, self.box, depth=-1)

    # What is shown

    def show_history(
        self, losses: Series, validation: Series | None, rates: Series | None, step: int
    ) -> None:
        """Show what is known of a run, whose chosen step is `step`; the series are never copied.

        `validation` are the losses of the points held out, if there are any, and `rates` the learning rates,
        if a schedule changes them.
        """
        if not losses.steps:
            self.clear()
            return
        begins = not self.losses.series.steps
        self.step = step
        self.losses.take(losses)
        self.validation.take(validation)
        self.rates.take(rates, self.x_range.running)
        self._show_legend()
        if begins:
            self.empty_text.hide()
            self._start_view()
        else:
            self._follow()
        self._draw()

    def show_ghost(self, losses: Series | None, step: int) -> None:
        """Show what was abandoned of a run from `step` on, behind the curve; None is nothing."""
        self.ghost.take(losses)
        self._ghost_step = step
        self._find_least_of_ghost()
        self._show_legend()
        self._follow()
        self._draw()

    def show_mark(self, step: int | None) -> None:
        """Show a step that is marked in another plot, as if it were under the cursor; None is none."""
        self._marked = step
        self._show_hover()
        self.rates.hover(self._looked_at())

    def show_stretch(self, stretch: Stretch | None) -> None:
        """Show which steps, from the first to the last, are marked; None is none."""
        self._stretch = stretch
        self._show_veil()

    def clear(self) -> None:
        """A new run: show nothing, as in the beginning; a ghost is not taken away."""
        self.step = 0
        self._marked = self._stretch = None
        for curve in (self.losses, self.validation):
            curve.take(None)
        self.rates.take(None, running=False)
        self.empty_text.show()
        self._show_legend()
        self._start_view()
        self._draw()

    def show_logarithmic(self, logarithmic: bool) -> None:
        """Show log10(loss), or the loss itself; the steps in view stay."""
        self.logarithmic = logarithmic
        self.y_range.room = decades_room if logarithmic else losses_room
        axis = self.axes["left"]
        axis.logarithmic = logarithmic
        axis.picture = None
        axis.update()
        self._find_least_of_ghost()
        self._show_legend()
        self._fit_losses()
        self.show_ranges()
        self.redraw()

    def fit_view(self) -> None:
        """Show every step; with some room for the next ones while running."""
        steps = self._steps()
        if steps and not self.x_range.running:
            self.x_range.stand(0.0, max(1.0, steps * AHEAD))
        else:
            self.x_range.fit(0.0, float(steps))
        extent = self._extent()
        if extent:
            self.y_range.stand(*(roomy if self.logarithmic else losses_room)(*extent))
        self.rates.fit()
        self.show_ranges()
        self._draw()

    def _start_view(self) -> None:
        self.x_range.fit(0.0, float(self._steps()))
        self._fit_losses()
        self.rates.fit()
        self.show_ranges()

    def _fit_losses(self) -> None:
        """Show every loss that can be drawn, and no more."""
        extent = self._extent()
        if extent:
            self.y_range.fit(*extent)
        else:
            self.y_range.stand(*(DECADES if self.logarithmic else LINEAR))

    def _follow(self) -> None:
        """Make room for the newest step."""
        self.x_range.follow(0.0, float(self._steps()))
        extent = self._extent()
        if extent:
            self.y_range.follow(*extent)
        self.show_ranges()

    def _steps(self) -> int:
        """How many steps there are to be seen."""
        return max(self.losses.series.steps, self.ghost.series.steps)

    def _extent(self) -> Range | None:
        """The least and the greatest loss, as the axis has them.

        Of a ghost the least alone counts: what was abandoned has often diverged, and would press the curve
        that goes on flat.
        """
        found = [curve.extent(self.logarithmic) for curve in (self.losses, self.validation)]
        ends = [end for extent in found if extent for end in extent]
        if ends and self._ghost_least is not None:
            ends.append(self._ghost_least)
        return (min(ends), max(ends)) if ends else None

    def _find_least_of_ghost(self) -> None:
        """Once, since a ghost does not change."""
        extent = self.ghost.extent_from(self._ghost_step, self.logarithmic)
        self._ghost_least = None if extent is None else extent[0]

    def _show_legend(self) -> None:
        """What is what, where there is more than one curve, or zeros have no height."""
        curves = {TRAINING: self.losses, HELD_OUT: self.validation, ABANDONED: self.ghost}
        shown = {key for key, curve in curves.items() if curve.series.steps}
        if self.logarithmic and any(curve.extremes.has_zero() for curve in curves.values()):
            shown.add(EXACTLY_ZERO)
        if len(shown) < 2:
            shown = set()
        self.axes["left"].set_name(_("loss") if HELD_OUT in shown else _("loss before"))
        if bool(shown) != bool(self.legend.shown):
            self.keep_above(HEIGHT if shown else GRID)
        self.legend.show_only(shown)

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            self.legend.stand_at(self.area())
            self.rates.look(self.view()[0], [tick for tick, _text in self.axes["bottom"].ticks()])
            self._draw()

    def _draw(self) -> None:
        """Draw the part of the history that is in view."""
        area, view = self.area(), self.view()
        self.losses.draw(view, area, self.step, self.logarithmic)
        self.validation.draw(view, area, self.step, self.logarithmic)
        self._draw_ghost()
        past = float(self.step) if self.step < self.losses.series.steps else None
        self.chosen_line.stand_at(past, view[1])
        self._show_hover()
        self._show_veil()
        self.rates.draw(self.step, past, self._looked_at())

    def _draw_ghost(self) -> None:
        view, area = self.view(), self.area()
        x, y = self.ghost.polyline(view, area, self.logarithmic, self._ghost_step)
        self.ghost.trace.draw(x, y, view[1], area.height())

    def _show_veil(self) -> None:
        """Cover the steps that are marked, as far as they are in view."""
        origin = self.area().topLeft()
        self._veil.cover(None if self._stretch is None else self._covered(self._stretch), origin)

    def _covered(self, stretch: Stretch) -> QRectF:
        """The rectangle of a stretch of steps, each as wide as from half before it to half behind it."""
        area, ends = self.area(), np.array([stretch[0] - 0.5, stretch[1] + 0.5])
        left, right = self.to_pixels(ends, ends)[0].tolist()
        missing = max(THINNEST - (right - left), 0.0) / 2
        whole = QRectF(area)
        whole.setLeft(left - missing)
        whole.setRight(right + missing)
        return whole.intersected(area)

    # The readout

    def step_at(self, pixel: QPointF) -> int:
        """The step at a pixel, of those from 0 to the newest."""
        return min(max(round(self.to_data(pixel)[0]), 0), self.losses.series.steps)

    def _hovered(self) -> int | None:
        """The step under the cursor."""
        if self._hover is None or not self.losses.series.steps:
            return None
        return max(self.step_at(self._hover), 1)

    def _looked_at(self) -> int | None:
        """The step whose numbers are said: the one under the cursor, or else the one that is marked."""
        hovered = self._hovered()
        if hovered is not None:
            return hovered
        left, right = self.view()[0]
        marked, steps = self._marked, self.losses.series.steps
        known = steps and marked is not None and 0 <= marked <= steps and left <= marked <= right
        return marked if known else None

    def _show_hover(self) -> None:
        """Say the numbers of the step that is looked at, and tell the one under the cursor."""
        self._mark(self._looked_at())
        hovered = self._hovered()
        if hovered != self._told:
            self._told = hovered
            self.step_hovered.emit(hovered)

    def _mark(self, step: int | None) -> None:
        """Put line, dot and readout at a step, or nowhere."""
        self._hover_line.stand_at(step, self.view()[1])
        if step is None:
            self._hover_dot.hide()
            self.readout.hide()
            return
        self.losses.mark(self._hover_dot, step, self.logarithmic)
        place = self._place(step) if self._hover is None else self._hover
        lines = said(step, self.losses.series, self.validation.series, self.rates.curve.series)
        self.readout.say(lines, place, self.area())

    def _place(self, step: int) -> QPointF:
        """The pixel of a step on the curve, kept inside the axes; halfway up without a loss to draw."""
        area = self.area()
        height = self.losses.height(step, self.logarithmic)
        x, y = self.to_pixels(np.array([step]), np.array([0.0 if height is None else height]))
        down = area.center().y() if height is None else min(max(float(y[0]), area.top()), area.bottom())
        return QPointF(float(x[0]), down)

    # What the person wants

    def want_step(self, step: int) -> None:
        """The person wants to go to a step."""
        self.step_wanted.emit(step)

    def brush(self, stretch: Stretch | None) -> None:
        """The person marks a stretch of steps, or none."""
        self.stretch_brushed.emit(stretch)

    def end_gesture(self) -> None:
        super().end_gesture()
        self._gesture = None

    def _within(self, pixel: QPointF) -> bool:
        """Whether a pixel is over the curves."""
        return self.area().contains(pixel) or self.rates.area().contains(pixel)

    def _look(self, pixel: QPointF | None) -> None:
        """Follow the cursor to a pixel, or away."""
        self._hover = pixel if pixel is not None and self._within(pixel) else None
        self._show_hover()
        self.rates.hover(self._looked_at())

    def _show_cursor(self, pixel: QPointF, marking: bool) -> None:
        """Let the cursor say what a press would do at a pixel, with Shift held or not."""
        able = self.losses.series.steps and self._within(pixel)
        shape = Qt.CursorShape.SizeHorCursor if marking else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape if able else Qt.CursorShape.ArrowCursor)

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.losses.series.steps and self._within(event.position()):
            self._gesture = self._brush if _shift(event) else self._scrub
            self._gesture.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._look(event.position())
        if self._gesture is None:
            self._show_cursor(event.position(), _shift(event))
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._gesture.drag(event.position())
        else:
            self.end_gesture()  # the button was let go where nobody told us

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            self._gesture.release()
            self.end_gesture()

    def leaveEvent(self, event: QEvent) -> None:
        self._look(None)

    def hideEvent(self, event: QHideEvent) -> None:
        self._look(None)
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """Escape, which may be a shortcut of the window, means the stretch while there is one."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()
            return True
        return super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning here and now."""
        return event.key() == Qt.Key.Key_Escape and not event.modifiers() and self._stretch is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._wants(event):
            self.end_gesture()
            self.brush(None)
        else:
            super().keyPressEvent(event)


def _shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
