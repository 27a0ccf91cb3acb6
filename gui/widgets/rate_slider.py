"""A slider for numbers that differ by powers of ten; under its groove the zones of the learning rate."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

from core.insight.numbers import significant
from core.insight.stability import ZONES, Zones
from core.insight.theory import Theory
from core.texts import N_, _
from gui.theme import Theme
from gui.widgets.section import note

PER_DECADE = 50  # positions in a power of ten
DIGITS = 3
FAINT = 0.6  # of the patterns
BAND, GAP, TICK = 6, 2, 2  # pixels: the height of the zones, what is above them, how far their ends stand out

# Each zone can be told from its neighbours without its colour.
PATTERNS = {
    "crawling": Qt.BrushStyle.NoBrush,
    "smooth": Qt.BrushStyle.NoBrush,
    "oscillating": Qt.BrushStyle.BDiagPattern,
    "diverging": Qt.BrushStyle.DiagCrossPattern,
}
RANGES = {
    "crawling": N_("crawling, below {high}: a hundred steps come hardly nearer"),
    "smooth": N_("smooth, {low} to {high}: straight down to the lowest loss"),
    "oscillating": N_("oscillating, {low} to {high}: past the lowest loss and back, ever nearer"),
    "diverging": N_("diverging, from {low} on: farther away with every step"),
}


class RateSlider(QSlider):
    """A logarithmic slider from `minimum` to `maximum`; it says `chosen(value)` when the person moves it.

    It begins lower where the rate that is set, or a zone, is below `minimum`, and then at a power of ten.
    `note` is a label for the line below it: it names the zone of the present rate, or says why there is none.
    """

    chosen = Signal(float)

    def __init__(self, minimum: float, maximum: float, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._theory: Theory | None = None
        self._tip = ""
        self._usual_lowest = self._lowest = math.log10(minimum)
        self._highest = math.log10(maximum)
        self._rate = minimum
        self.note = note("learning_rate_note")
        self.setRange(0, round((self._highest - self._lowest) * PER_DECADE))
        self.setPageStep(PER_DECADE)
        self.setSingleStep(PER_DECADE // 10)
        self.valueChanged.connect(self._choose)
        self.sliderReleased.connect(self._hold)

    def number(self, position: int) -> float:
        """The number at a position."""
        return float(f"{10 ** (self._lowest + position / PER_DECADE):.{DIGITS}g}")

    def show_number(self, number: float) -> None:
        """Move to the position nearest to `number`, silently."""
        self._rate = number
        self._hold()
        with QSignalBlocker(self):
            self.setValue(round(self._position(number)))
        self._say_zone()

    def show_tip(self, tip: str) -> None:
        """Explain the slider with `tip`; below it the tooltip tells the zones."""
        self._tip = tip
        self._say_ranges()

    def show_theory(self, theory: Theory | None) -> None:
        """Show the zones that `theory` knows, or why it knows none."""
        room, self._theory = self._band_room(), theory
        self._hold()
        self._say_zone()
        self._say_ranges()
        if room != self._band_room():
            self.updateGeometry()
        self.update()

    def zone(self) -> str:
        """The zone of the present rate, a key of ZONES; empty where none is known."""
        zones = self._zones()
        return "" if zones is None else zones.name(self._rate)

    def _hold(self) -> None:
        """Begin where the rate and all zones are on the slider, but never move it under a hand that drags."""
        zones = self._zones()
        ends = [] if zones is None else [end for end in zones if 0 < end < math.inf]
        needed = [math.floor(math.log10(self._rate)), *(math.ceil(math.log10(end)) - 1 for end in ends)]
        lowest = min(self._usual_lowest, *needed)
        if lowest == self._lowest or self.isSliderDown():
            return
        self._lowest = lowest
        with QSignalBlocker(self):
            self.setRange(0, round((self._highest - lowest) * PER_DECADE))
            self.setValue(round(self._position(self._rate)))
        self.update()

    # --- words ------------------------------------------------------------------------------------------

    def _zones(self) -> Zones | None:
        return None if self._theory is None else self._theory.zones

    def _choose(self, position: int) -> None:
        self._rate = self.number(position)
        self._say_zone()
        self.chosen.emit(self._rate)

    def _say_zone(self) -> None:
        """Name the zone below the slider, and to those who do not see it."""
        theory, text = self._theory, ""
        if theory is not None:
            text = theory.why_not if theory.zones is None else _zone_text(theory, self._rate)
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def _say_ranges(self) -> None:
        """What the slider is for, and where each zone begins and ends."""
        theory = self._theory
        if theory is None or theory.zones is None:
            self.setToolTip(self._tip)
            return
        from html import escape  # here, since the window is painted without it

        lines = [self._tip, *range_lines(theory.zones)]
        if theory.estimated:
            lines.append(_("For mini-batches this is an estimate (Ma, Bassily and Belkin 2018)."))
        self.setToolTip("<span>" + "<br>".join(escape(line, quote=False) for line in lines) + "</span>")

    # --- drawing ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """That of a slider, and room for the zones."""
        return super().sizeHint() + QSize(0, self._band_room())

    def minimumSizeHint(self) -> QSize:
        """That of a slider, and room for the zones."""
        return super().minimumSizeHint() + QSize(0, self._band_room())

    def initStyleOption(self, option: QStyleOptionSlider) -> None:  # noqa: N802
        """Groove and handle stand above the zones."""
        super().initStyleOption(option)
        option.rect = option.rect.adjusted(0, 0, 0, -self._band_room())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The zones, and the slider."""
        zones = self._zones()
        if zones is not None:
            self._draw_zones(zones)
        super().paintEvent(event)

    def _band_room(self) -> int:
        return 0 if self._zones() is None else self._theme.px(GAP + BAND + TICK)

    def _draw_zones(self, zones: Zones) -> None:
        painter = QPainter(self)
        top = self.height() - self._theme.px(BAND + TICK)
        left, right = self._across(self.minimum()), self._across(self.maximum())
        line = QColor(self._theme.muted)
        line.setAlphaF(FAINT)
        for name, end in zip(ZONES, (*zones, math.inf), strict=True):
            here = right if math.isinf(end) else self._across(self._position(end))
            area = QRect(left, top, here - left, self._theme.px(BAND))
            painter.fillRect(area, QColor(self._theme.zone_tints[name]))
            painter.fillRect(area, QBrush(line, PATTERNS[name]))
            if left < here < right:
                tick = QRect(here, top - self._theme.px(TICK), 1, self._theme.px(BAND + 2 * TICK))
                painter.fillRect(tick, QColor(self._theme.muted))
            left = here
        painter.end()

    def _position(self, number: float) -> float:
        """Where `number` is on the slider, also beyond its ends."""
        return (math.log10(number) - self._lowest) * PER_DECADE

    def _across(self, position: float) -> int:
        """The pixel at which the middle of the handle is for a position; at the ends for those beyond."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove, handle = (
            self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
            for part in (QStyle.SubControl.SC_SliderGroove, QStyle.SubControl.SC_SliderHandle)
        )
        share = min(max(position / self.maximum(), 0.0), 1.0)
        return groove.left() + handle.width() // 2 + round(share * (groove.width() - handle.width()))


def range_lines(zones: Zones) -> list[str]:
    """A line for each zone that is not empty: from where to where it goes, and what a run does there."""
    starts, ends = (0.0, *zones), (*zones, math.inf)
    return [
        _(RANGES[name]).format(low=significant(low, DIGITS), high=significant(high, DIGITS))
        for name, low, high in zip(ZONES, starts, ends, strict=True)
        if low < high
    ]


def _zone_text(theory: Theory, rate: float) -> str:
    """The zone of `rate`, and its share of the limit."""
    assert theory.zones is not None
    words = (
        _("{zone}: {share} × the limit ≈ {limit}")
        if theory.estimated
        else _("{zone}: {share} × the limit {limit}")
    )
    share, limit = theory.share(rate) or 0.0, theory.limit or 0.0
    return words.format(
        zone=_(ZONES[theory.zones.name(rate)]), share=significant(share, 2), limit=significant(limit, DIGITS)
    )
