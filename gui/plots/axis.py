"""An axis of a plot: few rounded ticks, a plain-text name, a width that changes in steps."""

import html
import math
from functools import partial

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem

from core.experiment.points import Points
from core.experiment.time_scale import TimeScale
from gui.plots.date_ticks import date_ticks
from gui.plots.ticks import Ticks, linear_ticks, log_hairlines, log_ticks
from gui.theme import GRID, Theme

TICK_DISTANCE = {"bottom": 56, "left": 44}  # pixels between two ticks, at least
BREATH = 1.3  # widths of a label from one label to the next, at least
LEAST_WIDTH = 5 * GRID  # pixels kept for the tick labels of a vertical axis
LONGEST_NAME = 200  # characters looked at; a hostile file may bring a million


class Axis(pg.AxisItem):  # type: ignore[misc]
    """One side of a plot; with `logarithmic`, positions are log10 of what the ticks say."""

    def __init__(self, theme: Theme, orientation: str) -> None:
        self._theme = theme
        self._name = ""
        self._is_named = True
        self.logarithmic = False
        self.given: Ticks | None = None  # the ticks, where they are names and not numbers
        self._scale: TimeScale | None = None  # where positions are dates or times
        self.tick_distance = TICK_DISTANCE[orientation]
        super().__init__(orientation, pen=theme.hairline, textPen=theme.muted, tickPen=theme.hairline)
        self.enableAutoSIPrefix(False)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setStyle(
            tickFont=theme.font(digits=True),
            tickLength=theme.px(4),
            tickTextOffset=theme.px(4),
            hideOverlappingLabels=theme.px(2 * GRID),
        )
        self.label.setFont(theme.font())
        self.label.setDefaultTextColor(theme.muted)
        self._updateMaxTextSize(0)

    def ticks(self) -> Ticks:
        """The ticks for the range and the length that this axis has now: as many as can be read."""
        if self.given is not None:
            return self.given
        make = log_ticks if self.logarithmic else linear_ticks
        if self._scale is not None:
            make = partial(date_ticks, self._scale)
        low, high = self.range
        most = max(2, math.floor(self._length() / self._theme.px(self.tick_distance)))
        ticks = make(low, high, most)
        while self.orientation == "bottom" and most > 2 and not self._readable(ticks):
            most -= 1
            ticks = make(low, high, most)
        return ticks

    def _readable(self, ticks: Ticks) -> bool:
        """Whether the labels leave some room between them."""
        metrics = QFontMetricsF(self._theme.font(digits=True))
        return sum(metrics.horizontalAdvance(text) for _position, text in ticks) * BREATH <= self._length()

    def _length(self) -> float:
        size = self.size()
        return float(size.width() if self.orientation == "bottom" else size.height())

    def hairlines(self) -> list[float]:
        """Where the grid has lines between the ticks."""
        return log_hairlines(*self.range) if self.logarithmic else []

    @property
    def name(self) -> str:
        """What is written beside the axis."""
        return self._name

    def set_name(self, name: str) -> None:
        """Write `name` beside the axis, as plain text, on one line, shortened to fit."""
        plain = " ".join("".join(c if c.isprintable() else " " for c in name[:LONGEST_NAME]).split())
        if plain != self._name:
            self._name = plain
            self.resizeEvent()

    def show_name(self, shown: bool) -> None:
        """Have the name beside the axis, or leave its room to the data."""
        if shown != self._is_named:
            self._is_named = shown
            self.showLabel(shown and bool(self._name))

    def set_x(self, points: Points) -> bool:
        """Be the axis of the x of these points, which may be dates; whether the ticks are others now."""
        self.set_name(points.x_title)
        if points.time_scale == self._scale:
            return False
        self._scale = points.time_scale
        self.picture = None  # pyqtgraph's drawing of the ticks as they were
        self.update()
        return True

    def _show_name(self) -> None:
        """pyqtgraph takes a label for HTML, and a column may be named after a tag."""
        room = max(self._length() - 2 * self._theme.px(GRID), self._theme.px(LEAST_WIDTH))
        metrics = QFontMetricsF(self.label.font())
        self.setLabel(html.escape(metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room)))
        if not self._is_named:
            self.showLabel(False)

    # pyqtgraph's hooks

    def resizeEvent(self, event: QResizeEvent | None = None) -> None:
        if self._name:
            self._show_name()
        super().resizeEvent(event)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        return [(0.0, [position for position, _text in self.ticks()])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        return [text for _position, text in self.ticks()]

    def _updateMaxTextSize(self, size: float) -> None:  # noqa: N802
        """Wide in steps of the grid, so that a longer label seldom moves the plot; as high as the font."""
        grid = self._theme.px(GRID)
        if self.orientation == "left":
            size = max(self._theme.px(LEAST_WIDTH), math.ceil(size / grid) * grid)
        else:
            size = QFontMetricsF(self._theme.font(digits=True)).height() + grid / 2
        super()._updateMaxTextSize(size)
