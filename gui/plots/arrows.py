"""Arrows from one place of a plot, such as the step that was taken and the gradient that it followed."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.overlay import Overlay
from gui.theme import Theme

HEAD = 9  # pixels, the length of an arrow's head
BEHIND_MARKS = -30
SHORTEST = 2.0  # pixels; a shorter arrow is none
RIM = 2  # pixels of ground on both sides, so that an arrow stands out from what is below


class Arrow(NamedTuple):
    """From `start` to `end`, in the pixels of the view box."""

    start: QPointF
    end: QPointF
    colour: str
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


class Arrows(Overlay):
    """Lives in the pixels of the view box and draws a few arrows, the last ones on top."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.shown: list[Arrow] = []
        self._theme = theme
        self.setZValue(BEHIND_MARKS)

    def draw(self, arrows: list[Arrow]) -> None:
        """Draw these and no others."""
        self.shown = arrows
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for rim in (True, False):  # all rims first, so that none hides an arrow that goes the same way
            for arrow in self.shown:
                self._paint(painter, arrow, rim)

    def _paint(self, painter: QPainter, arrow: Arrow, rim: bool) -> None:
        """The arrow, or what sets it off from the ground."""
        way = arrow.end - arrow.start
        length = math.hypot(way.x(), way.y())
        if length < SHORTEST:
            return
        along = way / length
        head = min(self._theme.px(HEAD), length)
        neck = arrow.end - along * head
        side = QPointF(-along.y(), along.x()) * (head / 2)
        tip = QPolygonF([arrow.end, neck + side, neck - side])
        line, outline = QPen(QColor(arrow.colour), arrow.width, arrow.style), QPen(Qt.PenStyle.NoPen)
        if rim:
            ground, width = QColor(self._theme.surface), self._theme.px(RIM)
            line, outline = QPen(ground, arrow.width + width), QPen(ground, width)
        painter.setPen(line)
        painter.drawLine(arrow.start, neck)
        painter.setPen(outline)
        painter.setBrush(line.color())
        painter.drawPolygon(tip)
