"""What led from one step of a run to the next, as arrows over the landscape."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt

from core.insight.step_on_plane import StepOnPlane
from core.texts import N_
from gui.plots.arrows import Arrow, Arrows
from gui.plots.canvas import Canvas
from gui.plots.range_keeper import LIMIT, nice_step
from gui.theme import GRADIENT, MODEL, Theme

Place = tuple[float, float]

# Arrows are drawn as many times their length as makes the step's this long, in pixels; but not more than MOST
# times, since what is smaller still is rounding.
SHORT, RIGHT, LONG = 18.0, 40.0, 70.0
MOST = 1_000.0
VANISHING = 1.0  # pixels, although magnified; there is no arrow then

MOMENTA = ("momentum_buffer", "exp_avg")  # what optimizers call the direction that they remember

# What the arrows are called, and how they look: colour (none is that of text), width, style.
ARROWS: dict[str, tuple[str, str, float, Qt.PenStyle]] = {
    "gradient": (N_("−gradient"), GRADIENT, 4.0, Qt.PenStyle.SolidLine),
    "momentum": (N_("−momentum"), "", 2.0, Qt.PenStyle.DotLine),
    "step": (N_("this step"), MODEL, 2.0, Qt.PenStyle.SolidLine),
}


class Moves(NamedTuple):
    """What led away from the place `start`: for each key of ARROWS how far it goes, as (u, v)."""

    start: Place
    ways: Mapping[str, Place]

    @classmethod
    def of(cls, step: StepOnPlane) -> Moves:
        """The step, and beside it what the gradient or the momentum alone would have made of it."""
        ways = {"gradient": step.downhill(step.gradient), "step": step.made}
        for name in MOMENTA:
            if (momentum := step.kept(name)) is not None:
                ways["momentum"] = step.downhill(momentum)
        return cls(step.start, ways)


class MoveArrows:
    """Draws them all from the place that the step left, `magnified` so that the step's has a good length."""

    def __init__(self, theme: Theme) -> None:
        self.item = Arrows(theme)
        self.moves: Moves | None = None
        self.magnified = 1.0
        self._theme = theme

    def draw(self, plot: Canvas) -> None:
        """Draw the moves where `plot` has them now."""
        start = None if self.moves is None else _pixel_of(self.moves.start, plot)
        if self.moves is None or start is None:
            self.item.draw([])
            return
        width, height = plot.pixel_size()
        ways = {
            key: QPointF(u / width, -v / height)
            for key, (u, v) in self.moves.ways.items()
            if math.isfinite(u) and math.isfinite(v)
        }
        self._magnify(ways.get("step", QPointF()))
        drawn = []
        for key, (_label, colour, wide, style) in ARROWS.items():
            way = self._length(key, ways.get(key, QPointF()))
            drawn.append(Arrow(start, start + way, colour or self._theme.text, self._theme.px(wide), style))
        self.item.draw(drawn)

    def _length(self, key: str, way: QPointF) -> QPointF:
        """The arrow as it is drawn: at least SHORT, and at most LONG; one that is nothing is not drawn."""
        length = math.hypot(way.x(), way.y()) * self.magnified
        if not VANISHING < length < math.inf:
            return QPointF()
        most = math.inf if self.magnified == 1 and key == "step" else self._theme.px(LONG)
        return way * self.magnified * (min(max(length, self._theme.px(SHORT)), most) / length)

    def _magnify(self, step: QPointF) -> None:
        """Choose how many times as long the arrows are, and stay with it while that serves."""
        length, px = math.hypot(step.x(), step.y()), self._theme.px
        if not 0 < length < LIMIT:
            wanted = 1.0
        elif px(SHORT) <= length * self.magnified <= px(LONG):
            wanted = self.magnified
        else:
            wanted = min(max(1.0, nice_step(px(RIGHT) / length / 2)), MOST)
        self.magnified = wanted


def _pixel_of(place: Place, plot: Canvas) -> QPointF | None:
    """Where a place is in the view box; None where no number says it."""
    with np.errstate(all="ignore"):
        x, y = plot.to_pixels(*np.array([[place[0]], [place[1]]]))
    pixel = QPointF(float(x[0]), float(y[0])) - plot.area().topLeft()
    return pixel if math.isfinite(pixel.x()) and math.isfinite(pixel.y()) else None
