"""A plot of bars, each named at the left, over an axis of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui.plots.bars import Bar, Bars
from gui.plots.canvas import Canvas
from gui.plots.range_keeper import RangeKeeper
from gui.theme import Theme
from gui.widgets.plain import plain_tip

APART = 0.5  # rows between two groups
NARROWEST = 600  # pixels, for the names, the bars and the texts beside them
SCREEN = 0.8  # of the screen's width, that a plot needs at most
ROW, AXIS = 18, 60  # pixels that each bar needs, and what is under the last one
LEAST_PIXELS = 160  # the height of a chart of few bars
LEAST = 0.3  # decades that the shortest bar is long, at least
TENTHS = 10  # of a decade: in such steps the axis grows
DECADE = 125  # pixels between two ticks, at least: so each is ten times the one before
MOST_TEXT = 0.8  # of the width, for the text beside the longest bar
START = (0.0, 3.0)  # powers of ten, before anything is known


class BarPlot(Canvas):
    """Shows bars from the top down; the axis begins below the shortest one, as powers of ten have no zero."""

    def __init__(self, theme: Theme, name: str, axis: str, empty: str, parent: QWidget | None = None) -> None:
        self._ready = False
        self._bars: Sequence[Bar] = ()
        self._places: list[float] = []
        self._width = 0.0
        super().__init__(theme, RangeKeeper(*START), RangeKeeper(-0.5, 0.5), empty, parent)
        self.setObjectName(name)
        self.setMinimumWidth(min(theme.px(NARROWEST), round(SCREEN * self.screen().availableSize().width())))
        self.bars = Bars(theme)
        self.bars.setParentItem(self.box)
        self.axes["bottom"].logarithmic = True
        self.axes["bottom"].tick_distance = DECADE
        self.axes["bottom"].set_name(axis)
        self.axes["left"].given = []
        self._ready = True
        self.redraw()

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these; none is an empty plot."""
        if bars == self._bars:
            return
        self._bars = bars
        self._places = _places(bars)
        self.axes["left"].given = _names(bars, self._places)
        self.empty_text.setVisible(not bars)
        self.setAccessibleDescription(self.text())
        self.y_range.stand(min(self._places, default=0.0) - 0.5, 0.5)
        rows = self.y_range.high - self.y_range.low
        self.setMinimumHeight(self.theme.px(max(LEAST_PIXELS, ROW * rows + AXIS)))
        self._make_room()
        self.axes["left"].picture = None
        self.axes["left"].update()
        self.bars.show_bars(bars, self._places)
        self.redraw()

    def forget(self) -> None:
        """An empty plot, whose axis begins anew."""
        self.x_range.stand(*START)
        self.show_bars(())

    def text(self) -> str:
        """All bars, in lines of words."""
        return "\n".join(f"{bar.name}: {bar.text}" if bar.name else bar.text for bar in self._bars)

    def fit_view(self) -> None:
        """All bars are always in view."""

    def zoom(self, pixel: QPointF, factor: float) -> None:
        """It stays as it is."""

    def pan(self, pixel: QPointF, by: QPointF) -> None:
        """It stays where it is."""

    def bar_at(self, pixel: QPointF) -> Bar | None:
        """The bar whose row is at a pixel."""
        up = self.to_data(pixel)[1]
        found = (bar for bar, place in zip(self._bars, self._places, strict=True) if abs(up - place) <= 0.5)
        return next(found, None)

    def redraw(self) -> None:
        super().redraw()
        if self._ready:
            if self.area().width() != self._width:  # the texts need another share of it
                self._width = self.area().width()
                self.x_range.stand(*START)
                self._make_room()
            self.grid.setData(*self._uprights())
            self.bars.stand_in(self.area().size(), self.view())

    def _uprights(self) -> tuple[list[float], list[float]]:
        """The lines at the ticks; none at the names."""
        ticks = [tick for tick, _text in self.axes["bottom"].ticks()]
        low, high = self.view()[1]
        return [end for tick in ticks for end in (tick, tick)], [low, high] * len(ticks)

    def _make_room(self) -> None:
        """Let the axis begin below all bars, and end behind the texts beside them; it only grows."""
        values = [bar.value for bar in self._bars if bar.value]
        if values:
            first = self.x_range.home == START
            low = _rounded(math.log10(min(values)) - LEAST, math.floor)
            low = low if first else min(low, self.x_range.low)
            high = max(self._end(bar, low) for bar in self._bars if bar.value)
            high = _rounded(high, math.ceil)
            self.x_range.stand(low, high if first else max(high, self.x_range.high))
        self.show_ranges()

    def _end(self, bar: Bar, low: float) -> float:
        """Where the axis must end for the text beside a bar to be read."""
        share = min(MOST_TEXT, self.bars.text_room(bar) / max(self.area().width(), 1.0))
        return low + (math.log10(max(bar.value or 1.0, bar.high)) - low) / (1 - share)

    # Qt's events

    def wheelEvent(self, event: QWheelEvent) -> None:
        """There is nothing to zoom."""
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Each row has a tooltip of its own."""
        if isinstance(event, QHelpEvent):
            bar = self.bar_at(QPointF(event.pos()))
            tip = "" if bar is None else bar.tip
            QToolTip.showText(event.globalPos(), plain_tip(tip) if tip else "", self)
            return True
        return super().viewportEvent(event)


def _places(bars: Sequence[Bar]) -> list[float]:
    """Where each row is: from 0 downwards, groups a little apart."""
    places, place = [], 0.0
    for index, bar in enumerate(bars):
        if index:
            place -= 1.0 + (APART if bar.group != bars[index - 1].group else 0.0)
        places.append(place)
    return places


def _names(bars: Sequence[Bar], places: Sequence[float]) -> list[tuple[float, str]]:
    """The names, each in the middle of its group of bars."""
    groups: dict[int, list[int]] = {}
    for index, bar in enumerate(bars):
        groups.setdefault(bar.group, []).append(index)
    return [
        (sum(places[index] for index in rows) / len(rows), bars[rows[0]].name) for rows in groups.values()
    ]


def _rounded(value: float, towards: Callable[[float], int]) -> float:
    return towards(value * TENTHS) / TENTHS
