"""A graph laid out for the screen: its boxes, the frames of open groups, and the arrows between them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from core.insight.graph import CONSTANT, Graph, Node
from gui.plots.graph_boxes import (
    FOLDED,
    NOTE,
    TITLE,
    Box,
    Row,
    box_of,
    foldable,
    folded_box,
    members,
    title_of,
)
from gui.plots.graph_layout import Edge, Gaps, Laid, Place, Size, lay_out

WORDY, BESIDE, BARE = DETAILS = ("wordy", "beside", "bare")  # where explaining words stand
GAPS = {WORDY: (28, 20), BESIDE: (24, 16), BARE: (24, 16)}  # pixels between ranks, flat and upright
GAP_ACROSS, GAP_PASSING = 10, 14
PAD_ACROSS, PAD_ALONG = 7, 3  # inside a box
ROWS = {TITLE: 17}  # pixels high; the others are lower
ROW = 16
SIGN = 16  # the width that a + takes in a box
FRAME, HEADER = 10, 20  # around an open group, and above it
APART = 4.0  # an arrow of the backward pass lies so far beside that of the forward pass
ENTRY = 14.0  # between arrows that come into one box, at most
LEAST_ENTRY = 8.0  # left free at the corners of a box

Measure = Callable[[Row], float]


class PlacedBox(NamedTuple):
    """A box and where it stands."""

    box: Box
    rect: QRectF


class Frame(NamedTuple):
    """The frame around an open group, and its name."""

    group: str
    title: str
    rect: QRectF


class Wire(NamedTuple):
    """The way from one box to another: forward, and `backward` where a gradient comes back along it."""

    target: Box
    forward: QPainterPath
    backward: QPainterPath | None


class Drawing(NamedTuple):
    """All that is to be painted, in pixels from (0, 0) to `width` and `height`; `upright` goes upwards."""

    boxes: tuple[PlacedBox, ...]
    frames: tuple[Frame, ...]
    wires: tuple[Wire, ...]
    width: float
    height: float
    upright: bool


class Manner(NamedTuple):
    """How a graph is drawn: with which of DETAILS; `upright` goes upwards, else to the right."""

    detail: str
    upright: bool
    scale: float


def draw(graph: Graph, opened: Collection[str], measure: Measure, manner: Manner) -> Drawing:
    """The graph with these groups open."""
    return _Draughtsman(graph, opened, measure, manner).drawing()


class _Group(NamedTuple):
    """An open group, laid out by itself."""

    laid: Laid
    size: Size


class _Draughtsman:
    """Lays the open groups out, then all around them. Lengths are along and across until the end."""

    def __init__(self, graph: Graph, opened: Collection[str], measure: Measure, manner: Manner) -> None:
        self._graph, self._measure = graph, measure
        self._detail, self._upright, scale = manner
        self._scale = scale
        gap = GAPS[self._detail][self._upright]
        self._gaps = Gaps(gap * scale, GAP_ACROSS * scale, GAP_PASSING * scale)
        folds = foldable(graph)
        self._owners: dict[int, str] = {}
        self._open: dict[str, list[Node]] = {}
        self._boxes: dict[str, Box] = {}
        self._sizes: dict[str, Size] = {}
        self._keys: dict[int, str] = {}  # of the box of each node
        for group in folds:
            own = members(graph, group)
            self._owners.update({node.id: group for node in own})
            if group in opened:
                self._open[group] = own
            else:
                self._add(folded_box(graph, group))
        for node in graph.nodes:
            if node.id not in self._keys:
                self._add(box_of(node, graph))
        self._main = self._main_line()
        self._crossing = [
            (source, node.id)
            for node in graph.nodes
            for source in node.inputs
            if self._owner(source) != self._owner(node.id)
        ]

    def _add(self, box: Box) -> None:
        if self._detail != WORDY:
            box = box._replace(rows=self._fewer(box))
        self._boxes[box.key] = box
        self._keys.update(dict.fromkeys(box.nodes, box.key))

    def _fewer(self, box: Box) -> tuple[Row, ...]:
        """The rows of a box without its explaining words, or with the first of them beside its name."""
        first, *rest = box.rows
        notes = [row for row in rest if row.kind == NOTE][:1]
        numbers = [row for row in rest if row.kind != NOTE]
        if self._detail == BESIDE and notes:
            return first._replace(aside=notes[0].text), *numbers
        return first, *(notes if box.kind == FOLDED else ()), *numbers

    def _owner(self, node: int) -> str:
        """The key of what stands outside for a node: itself, or its group."""
        return self._owners.get(node, self._keys[node])

    def _main_line(self) -> set[int]:
        """The nodes through which the data go."""
        found: set[int] = set()
        for node in self._graph.nodes:
            if any(each in found or self._graph.nodes[each].kind == CONSTANT for each in node.inputs):
                found.add(node.id)
        return found

    # --- sizes ------------------------------------------------------------------------------------------

    def _size(self, box: Box) -> Size:
        if box.key not in self._sizes:
            self._sizes[box.key] = self._measured(box)
        return self._sizes[box.key]

    def _measured(self, box: Box) -> Size:
        px = self._scale
        width = max(self._measure(row) for row in box.rows) + 2 * PAD_ACROSS * px
        if box.kind == FOLDED:
            width = max(width, self._measure(box.rows[0]) + (2 * PAD_ACROSS + SIGN) * px)
        height = sum(ROWS.get(row.kind, ROW) for row in box.rows) * px + 2 * PAD_ALONG * px
        return Size(height, width) if self._upright else Size(width, height)

    # --- layout -----------------------------------------------------------------------------------------

    def drawing(self) -> Drawing:
        """Everything in its place."""
        groups = {key: self._lay_out_group(key, own) for key, own in self._open.items()}
        sizes: dict[str, Size] = {}
        for node in self._graph.nodes:
            key = self._owner(node.id)
            if key not in sizes:
                sizes[key] = groups[key].size if key in groups else self._size(self._boxes[key])
        edges = list(dict.fromkeys((self._owner(a), self._owner(b)) for a, b in self._crossing))
        straight = {self._owner(each) for each in self._main}
        laid = lay_out(sizes, edges, straight, (), self._gaps)
        return self._on_screen(laid, sizes, groups)

    def _lay_out_group(self, key: str, own: list[Node]) -> _Group:
        """The inside of an open group, with the places where arrows come in and go out."""
        inside = {node.id for node in own}
        sizes: dict[str, Size] = {}
        edges: list[Edge] = []
        entries: list[str] = []
        for node in own:
            box = self._keys[node.id]
            for source in node.inputs:
                if source not in inside:
                    entries.append(port := _entry(source, node.id))
                    sizes[port] = Size(0, self._gaps.passing)
                edges.append((self._keys[source] if source in inside else _entry(source, node.id), box))
            sizes[box] = self._size(self._boxes[box])
        feeding = {source for node in own for source in node.inputs}
        for source in dict.fromkeys(a for a, b in self._crossing if a in inside and a in feeding):
            sizes[_exit(source)] = Size(0, self._gaps.passing)
            edges.append((self._keys[source], _exit(source)))
        main = [self._keys[node.id] for node in own if node.id in self._main]
        laid = lay_out(sizes, edges, (*main, *entries), entries, self._gaps)
        before, after = self._margins()
        across = laid.across + before + after
        line = laid.places[main[-1]][1] if main else laid.across / 2
        header = HEADER * self._scale if self._upright else 0.0
        size = Size(laid.along + 2 * FRAME * self._scale + header, across, line + before - across / 2)
        return _Group(laid, size)

    def _margins(self) -> tuple[float, float]:
        """The room of a frame before and behind its inside, across."""
        frame, header = FRAME * self._scale, HEADER * self._scale
        return (frame, frame) if self._upright else (frame + header, frame)

    # --- on the screen ----------------------------------------------------------------------------------

    def _on_screen(self, laid: Laid, sizes: dict[str, Size], groups: dict[str, _Group]) -> Drawing:
        self._laid, self._groups = laid, groups
        self._total = laid.along
        middles = {key: place for key, place in laid.places.items() if key not in groups}
        self._spans = spans = dict(laid.spans)
        self._origins: dict[str, Place] = {}
        for key, group in groups.items():
            along, across = laid.places[key]
            corner = (
                along - group.size.along / 2 + FRAME * self._scale,
                across - group.size.across / 2 + self._margins()[0],
            )
            self._origins[key] = corner
            middles.update({name: _shifted(place, corner) for name, place in group.laid.places.items()})
            spans.update({name: _moved(span, corner[0]) for name, span in group.laid.spans.items()})
        self._middles = middles
        boxes = tuple(
            PlacedBox(box, self._rect(middles[key], self._size(box))) for key, box in self._boxes.items()
        )
        frames = tuple(
            Frame(key, title_of(self._graph, key), self._rect(laid.places[key], group.size))
            for key, group in groups.items()
        )
        width, height = (laid.across, laid.along) if self._upright else (laid.along, laid.across)
        return Drawing(boxes, frames, self._wires(), width, height, self._upright)

    def _rect(self, middle: Place, size: Size) -> QRectF:
        along, across = middle
        ends = [
            self._point((along + sign * size.along / 2, across + sign * size.across / 2)) for sign in (-1, 1)
        ]
        return QRectF(*ends).normalized()

    def _point(self, place: Place) -> QPointF:
        along, across = place
        return QPointF(across, self._total - along) if self._upright else QPointF(along, across)

    def _wires(self) -> tuple[Wire, ...]:
        """The arrows; those into one box come in beside each other, in the order in which they come along."""
        ways: dict[tuple[str, str], list[Place]] = {}
        for node in self._graph.nodes:
            for source in node.inputs:
                ends = self._keys[source], self._keys[node.id]
                if ends[0] != ends[1]:
                    ways.setdefault(ends, self._way(source, node.id))
        into: dict[str, list[tuple[str, str]]] = {}
        for ends in sorted(ways, key=lambda ends: ways[ends][-1][1]):
            into.setdefault(ends[1], []).append(ends)
        return tuple(self._wire(ends, ways[ends], into[ends[1]]) for ends in ways)

    def _wire(self, ends: tuple[str, str], way: list[Place], rivals: list[tuple[str, str]]) -> Wire:
        source, target = (self._boxes[key] for key in ends)
        size = self._size(target)
        step = min(ENTRY * self._scale, (size.across - LEAST_ENTRY * self._scale) / len(rivals))
        offset = (rivals.index(ends) - (len(rivals) - 1) / 2) * step
        along, across = self._middles[target.key]
        entry = along - size.along / 2
        whole = [*way, (self._spans[target.key][0], across + offset), (entry, across + offset)]
        has_gradient = source.kind != CONSTANT
        apart = APART * self._scale / 2
        forward = self._path(whole, -apart if has_gradient else 0.0)
        backward = self._path(whole, apart).toReversed() if has_gradient else None
        return Wire(target, forward, backward)

    def _way(self, source: int, target: int) -> list[Place]:
        """The points from the border of the source to the last before the target."""
        key, taker = self._keys[source], self._keys[target]
        along, across = self._middles[key]
        way = [(along + self._size(self._boxes[key]).along / 2, across), (self._spans[key][1], across)]
        outer = self._owner(source), self._owner(target)
        if outer[0] == outer[1]:
            return way + self._bends(outer[0], (key, taker))
        if outer[0] in self._groups and (gate := _exit(source)) in self._middles:
            way += [*self._bends(outer[0], (key, gate)), self._middles[gate]]
        way += self._laid.bends.get(outer, ())
        if outer[1] in self._groups:
            gate = _entry(source, target)
            way += [self._middles[gate], *self._bends(outer[1], (gate, taker))]
        return way

    def _bends(self, group: str, edge: Edge) -> list[Place]:
        """The bends of an edge inside an open group, or outside of all."""
        if group not in self._groups:
            return list(self._laid.bends.get(edge, ()))
        return [
            _shifted(place, self._origins[group]) for place in self._groups[group].laid.bends.get(edge, ())
        ]

    def _path(self, way: list[Place], aside: float) -> QPainterPath:
        """A smooth line through the points, so far aside."""
        places = [(along, across + aside) for along, across in way]
        path = QPainterPath(self._point(places[0]))
        for (along, across), (to_along, to_across) in pairwise(places):
            middle = (along + to_along) / 2
            if to_along <= along:
                continue
            ends = ((middle, across), (middle, to_across), (to_along, to_across))
            path.cubicTo(*(self._point(each) for each in ends))
        return path


def _entry(source: int, target: int) -> str:
    """The key of the place where an arrow comes into an open group."""
    return f"from {source} to {target}"


def _exit(source: int) -> str:
    """The key of the place where an arrow leaves an open group past other boxes of it."""
    return f"out of {source}"


def _moved(span: Place, by: float) -> Place:
    return span[0] + by, span[1] + by


def _shifted(place: Place, corner: Place) -> Place:
    return place[0] + corner[0], place[1] + corner[1]
