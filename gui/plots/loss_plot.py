"""The plot of the loss of every step of a run, and of the learning rate under it."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from core.texts import _
from core.training.history import Series
from gui.plots.canvas import STRIP_ROW, Canvas
from gui.plots.dot import Dot
from gui.plots.history_curve import MARKER, HistoryCurve, on_axis
from gui.plots.legend import HEIGHT, Entry, Legend
from gui.plots.range_keeper import Range, RangeKeeper, nice_step, roomy
from gui.plots.rate_strip import RateStrip
from gui.plots.upright import Upright
from gui.theme import GRID, MODEL, VALIDATION, Theme

FIRST_STEPS = (0.0, 10.0)  # the view before anything has run
DECADES = (-3.0, 3.0)  # and of the loss, as logarithms: 0.001 to 1,000
LINEAR = (0.0, 1.0)
AHEAD = 1.03  # the newest step never touches the edge
TRAINING, HELD_OUT, ABANDONED = "training", "held_out", "abandoned"
DIGITS = 4  # of a loss in the readout


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

    On a logarithmic axis the plot's own y coordinates are log10(loss). A dot stands at the chosen step; what
    the run has done beyond it is muted.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.logarithmic = True
        self.step = 0
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
        self.setToolTip(_("The wheel zooms, the middle button pans, F fits the view."))
        self._make_items()
        self._make_readout()
        self.axes["bottom"].set_name(_("step"))
        self.axes["left"].set_name(_("loss"))
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
                Entry(TRAINING, _("training"), MODEL, px(2), Qt.PenStyle.SolidLine),
                Entry(HELD_OUT, _("held out"), VALIDATION, px(2), Qt.PenStyle.DashLine),
                Entry(ABANDONED, _("abandoned"), theme.was, px(2), Qt.PenStyle.SolidLine),
            ),
        )
        self.legend.setParentItem(self.centralWidget)

    def _make_readout(self) -> None:
        """What says the numbers of the step under the cursor."""
        px = self.theme.px
        self.readout = QLabel(self.viewport())
        self.readout.setObjectName("loss_readout")
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setFont(self.theme.font(digits=True))
        self.readout.setStyleSheet(
            f"color: {self.theme.text}; background: {self.theme.surface};"
            f"border: 1px solid {self.theme.hairline}; border-radius: {px(4)}px;"
            f"padding: {px(3)}px {px(GRID)}px;"
        )
        self.readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout.hide()

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

    def clear(self) -> None:
        """A new run: show nothing, as in the beginning; a ghost is not taken away."""
        self.step = 0
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
        ghost = self.ghost.extremes
        _x, low, _high = ghost.columns(self._ghost_step, len(ghost), 1, self.logarithmic)
        low = on_axis(low[np.isfinite(low)], self.logarithmic)
        self._ghost_least = float(low.min()) if len(low) else None

    def _show_legend(self) -> None:
        """What is what, where there is more than one curve."""
        curves = {TRAINING: self.losses, HELD_OUT: self.validation, ABANDONED: self.ghost}
        shown = {key for key, curve in curves.items() if curve.series.steps}
        if len(shown) < 2:
            shown = set()
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
        self.rates.draw(self.step, past, self._hovered())

    def _draw_ghost(self) -> None:
        (x_view, y_view), area = self.view(), self.area()
        x, y = self.ghost.polyline(x_view, area.width(), self.logarithmic)
        first = int(np.searchsorted(x, self._ghost_step))
        self.ghost.trace.draw(x[first:], y[first:], y_view, area.height())

    # The readout

    def _hovered(self) -> int | None:
        """The step under the cursor."""
        steps = self.losses.series.steps
        if self._hover is None or not steps:
            return None
        return min(max(round(self.to_data(self._hover)[0]), 1), steps)

    def _show_hover(self) -> None:
        """Say the numbers of the step under the cursor."""
        step = self._hovered()
        self.readout.setVisible(step is not None)
        self._hover_line.stand_at(step, self.view()[1])
        if step is None or self._hover is None:
            self._hover_dot.hide()
            return
        self.readout.setText("\n".join(self._said(step)))
        self.readout.adjustSize()
        self._place_readout(self._hover)
        self.losses.mark(self._hover_dot, step, self.logarithmic)

    def _said(self, step: int) -> list[str]:
        """What is known of a step, in lines; of a long run, what is known of the steps kept together."""
        losses = self.losses.series
        first = (step - 1) // losses.stride * losses.stride + 1
        last = min(first + losses.stride - 1, losses.steps)
        steps = f"{first:,}" if first == last else f"{first:,}–{last:,}"
        lines = [_("step {step}  loss {loss}").format(step=steps, loss=_number(losses, step))]
        for text, series in (
            (_("held out {number}"), self.validation.series),
            (_("rate {number}"), self.rates.curve.series),
        ):
            if step <= series.steps:
                lines.append(text.format(number=_number(series, step)))
        return lines

    def _place_readout(self, cursor: QPointF) -> None:
        """Beside the cursor, never under it, never cut off."""
        area, gap = self.area().toRect(), self.theme.px(2 * GRID)
        size = self.readout.size()
        right = round(cursor.x()) + gap
        left = right if right + size.width() <= area.right() else right - 2 * gap - size.width()
        top = round(cursor.y()) - gap - size.height()
        self.readout.move(
            max(left, 0),
            top if top >= area.top() else min(top + 2 * gap + size.height(), area.bottom() - size.height()),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover = event.position() if self._within(event.position()) else None
        self._show_hover()
        self.rates.hover(self._hovered())

    def _within(self, pixel: QPointF) -> bool:
        """Whether a pixel is over the curves."""
        return self.area().contains(pixel) or self.rates.area().contains(pixel)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self._show_hover()
        self.rates.hover(None)


def _number(series: Series, step: int) -> str:
    """The number of a step, or the range of those that are kept together."""
    ends = [f"{end:.{DIGITS}g}" for end in series.at(step)]
    if ends[0] == ends[1]:
        return "–" if ends[0] == "nan" else ends[0]
    return _("{low} to {high}").format(low=ends[0], high=ends[1])
