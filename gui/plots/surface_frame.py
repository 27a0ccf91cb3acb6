"""The frame around a surface: the ground it stands over, the walls behind it, and what the axes say."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from core.insight.numbers import significant
from core.texts import _
from gui.plots.projection import HEIGHT, Floats, Projection
from gui.plots.surface import Extent
from gui.plots.ticks import linear_ticks
from gui.theme import BODY, Theme

GAP = 6  # pixels between an axis and its numbers
TICKS = 4  # along one side, at most one more
DIGITS = 3  # of the loss
LONGEST_NAME = 130  # pixels; the rest is left out
FLOOR, CEILING = -HEIGHT, HEIGHT
RAISED = np.array([0.0, 0.0, CEILING - FLOOR])


class SurfaceFrame:
    """Paints the frame of one picture; where texts would overlap, the less important one is left out."""

    def __init__(self, painter: QPainter, theme: Theme, projection: Projection, picture: QRectF) -> None:
        self._painter = painter
        self._picture = picture
        self._theme = theme
        self._projection = projection
        self._figures, self._letters = theme.font(BODY, digits=True), theme.font(BODY)
        self._metrics = QFontMetricsF(self._figures)
        self._taken: list[QRectF] = []
        side = np.where(projection.eye[:2] < 0, -1.0, 1.0)
        self._near_u, self._near_v = float(side[0]), float(side[1])

    def paint_ground(self, extent: Extent) -> None:
        """Paint the ground and the two walls behind, with lines at the numbers."""
        far_u, far_v = -self._near_u, -self._near_v
        self._face([(-1, -1, FLOOR), (1, -1, FLOOR), (1, 1, FLOOR), (-1, 1, FLOOR)])
        for wall in ([(far_u, -1), (far_u, 1)], [(-1, far_v), (1, far_v)]):
            self._face([(*wall[0], FLOOR), (*wall[1], FLOOR), (*wall[1], CEILING), (*wall[0], CEILING)])
        lines = []
        for u, _text in _ticks(extent.u):
            lines += [((u, -1, FLOOR), (u, 1, FLOOR)), ((u, far_v, FLOOR), (u, far_v, CEILING))]
        for v, _text in _ticks(extent.v):
            lines += [((-1, v, FLOOR), (1, v, FLOOR)), ((far_u, v, FLOOR), (far_u, v, CEILING))]
        if lines:
            ends = self._projection.pixels(np.array(lines)).reshape(-1, 4)
            self._painter.drawLines([QLineF(*line) for line in ends.tolist()])

    def paint_texts(self, extent: Extent, names: tuple[str, str]) -> None:
        """Write what the axes are and where they begin and end."""
        sides = (
            [(x, self._near_v, FLOOR) for x in (-1.0, 1.0)],
            [(self._near_u, y, FLOOR) for y in (-1.0, 1.0)],
        )
        self._name_loss(extent.height)
        for ends, name, span in zip(sides, names, (extent.u, extent.v), strict=True):
            self._name_side(np.array(ends), name, _ticks(span))

    def _name_side(self, ends: Floats, name: str, ticks: list[tuple[float, str]]) -> None:
        """Write the name and the numbers along an edge of the ground, away from it."""
        start, end = self._projection.pixels(ends)
        away = _outward(start, end, self._projection.pixels(np.array([0.0, 0.0, FLOOR])))
        gap = self._theme.px(GAP)
        reach = max((_reach(away, self._size(text)) for _place, text in ticks), default=0.0)
        # Seen from above, the box is wider at its top than on the ground.
        beyond = max(0.0, *((self._projection.pixels(ends + RAISED) - (start, end)) @ away))
        room = gap + beyond
        name = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, self._theme.px(LONGEST_NAME))
        self._write(name, self._letters, (start + end) / 2, away, room + gap + 2 * reach, self._theme.text)
        ticks = sorted(ticks, key=lambda tick: -abs(tick[0]))  # the ends of the axis first
        ways = np.array([[(place + 1) / 2] for place, _text in ticks]).reshape(-1, 1)
        places = self._projection.pixels(ends[0] + ways * (ends[1] - ends[0]))
        for on_edge, (_place, text) in zip(places, ticks, strict=True):
            self._write(text, self._figures, on_edge, away, room, self._theme.muted)

    def _name_loss(self, span: tuple[float, float]) -> None:
        """Write the loss beside the upright edge farthest to the left."""
        corners = np.array([(self._near_u, -self._near_v), (-self._near_u, self._near_v)])
        low, high = (
            self._projection.pixels(np.column_stack((corners, [level, level]))) for level in (FLOOR, CEILING)
        )
        left = int(np.argmin(low[:, 0] + high[:, 0]))
        foot, top = low[left], high[left]
        if np.hypot(*(foot - top)) < 2 * self._metrics.height():
            return  # seen from above it has no length
        away, gap = np.array([-1.0, 0.0]), self._theme.px(GAP)
        middle = (foot + top) / 2
        name = self._longest_of(
            (_("loss, in powers of ten"), _("loss (log)"), _("loss")), middle[0] - gap - self._picture.left()
        )
        self._write(name, self._letters, middle, away, gap, self._theme.text)
        for place, level in zip((foot, top), span, strict=True):
            self._write(_power_of_ten(level), self._figures, place, away, gap, self._theme.muted)

    def _longest_of(self, names: tuple[str, ...], room: float) -> str:
        """The first of some names that has room, or the last."""
        return next((name for name in names if self._size(name)[0] <= room), names[-1])

    def _face(self, corners: list[tuple[float, float, float]]) -> None:
        theme = self._theme
        self._painter.setPen(QPen(QColor(theme.hairline), 1))
        self._painter.setBrush(QColor(theme.background))
        outline = self._projection.pixels(np.array(corners))
        self._painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in outline]))

    def _size(self, text: str) -> tuple[float, float]:
        return self._metrics.horizontalAdvance(text), self._metrics.height()

    def _write(self, text: str, font: QFont, place: Floats, away: Floats, gap: float, colour: str) -> None:
        """Write a text so that it begins `gap` pixels from a place, on the side that `away` points to."""
        size = self._size(text)
        middle = place + away * (gap + _reach(away, size))
        area = self._in_sight(QRectF(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size))
        if not text or any(area.intersects(other) for other in self._taken):
            return
        self._taken.append(area)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def _in_sight(self, area: QRectF) -> QRectF:
        """A text that would be cut off at a side of the picture, moved into it."""
        if not area.intersects(self._picture):
            return area
        left, right = self._picture.left() - area.left(), self._picture.right() - area.right()
        return area.translated(max(left, 0.0) + min(right, 0.0), 0.0)


def _ticks(span: tuple[float, float]) -> list[tuple[float, str]]:
    """The ticks of a side, from -1 to 1, and what they say."""
    low, half = span[0], span[1] / 2 - span[0] / 2
    return [((value - low) / half - 1, text) for value, text in linear_ticks(*span, TICKS)]


def _power_of_ten(exponent: float) -> str:
    """10 to the `exponent` as people read it, also where a float cannot hold it."""
    return significant(10.0**exponent if exponent < 308 else math.inf, DIGITS)


def _outward(start: Floats, end: Floats, middle: Floats) -> Floats:
    """The direction at right angles to an edge that leads away from the middle."""
    along = end - start
    away = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
    return away if away @ (start - middle) > 0 else -away


def _reach(away: Floats, size: tuple[float, float]) -> float:
    """How far a text reaches from its middle in a direction."""
    return float(np.abs(away) @ np.array(size)) / 2
