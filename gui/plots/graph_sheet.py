"""A graph drawn in the manner in which a panel shows most of it."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSizeF

from core.insight.graph import Graph
from gui.plots.graph_drawing import BARE, BESIDE, WORDY, Drawing, Manner, Measure, draw
from gui.plots.graph_painter import SMALL

LEAST_TEXT = 11  # pixels
LEAST_ZOOM, MOST_ZOOM = LEAST_TEXT / SMALL, 1.4
# What is tried in turn: the details, and whether it goes upwards.
MANNERS = (
    ((WORDY, False), (WORDY, True)),
    ((BESIDE, True), (BARE, False), (BARE, True)),  # of two that show as much, the one with more words
)


class GraphSheet:
    """Keeps one graph in all manners that have been asked for; `drawing` and `zoom` are those chosen last."""

    def __init__(self, measure: Measure, scale: float) -> None:
        self._measure, self._scale = measure, scale
        self._graph: Graph | None = None
        self._opened: Collection[str] = ()
        self._drawings: dict[Manner, Drawing] = {}
        self.drawing: Drawing | None = None
        self.zoom = 1.0

    def take(self, graph: Graph | None, opened: Collection[str]) -> None:
        """Draw this graph from now on, with these groups open."""
        self._graph, self._opened = graph, opened
        self._drawings = {}
        self.drawing = None

    def fit(self, room: QSizeF) -> None:
        """Choose the manner that shows most: with explaining words where they have room."""
        if self._graph is None:
            return
        for manners in MANNERS:
            drawings = [self._drawn(Manner(detail, upright, self._scale)) for detail, upright in manners]
            self.drawing = max(drawings, key=lambda each: _shown(each, room))
            fitting = _fitting(self.drawing, room)
            self.zoom = min(max(fitting, LEAST_ZOOM), MOST_ZOOM)
            if fitting >= LEAST_ZOOM:
                break

    def _drawn(self, manner: Manner) -> Drawing:
        """The graph in a manner, laid out when it is first asked for."""
        assert self._graph is not None
        if manner not in self._drawings:
            self._drawings[manner] = draw(self._graph, self._opened, self._measure, manner)
        return self._drawings[manner]


def _fitting(drawing: Drawing, room: QSizeF) -> float:
    """The zoom at which a drawing fits into a room."""
    return min(room.width() / max(drawing.width, 1), room.height() / max(drawing.height, 1))


def _shown(drawing: Drawing, room: QSizeF) -> float:
    """How well a drawing can be seen: the zoom at which it fits, or else how much less is in sight."""
    fitting = _fitting(drawing, room)
    if fitting >= LEAST_ZOOM:
        return fitting
    across = min(room.width() / (drawing.width * LEAST_ZOOM), 1.0)
    return across * min(room.height() / (drawing.height * LEAST_ZOOM), 1.0) - 1.0
