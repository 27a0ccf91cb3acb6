"""The autograd graph of a step with its numbers, fitted to its place and painted."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from core.insight.graph import Graph
from gui.plots.graph_boxes import Box, Row
from gui.plots.graph_drawing import Drawing, PlacedBox
from gui.plots.graph_numbers import NO_NUMBERS, StepNumbers, row_text
from gui.plots.graph_painter import GraphPainter, Look, has_light, header_of
from gui.plots.graph_sheet import GraphSheet
from gui.theme import GRID, Theme

MARGIN = 8  # pixels around the graph
LEGEND = 22  # pixels, above it, for what the arrows mean
LEAST = 100  # pixels, the least width and height
FROM_THE_END = ("loss", "backward")  # phases of which the box nearest to the loss tells most


class Stop(NamedTuple):
    """What can be pointed at: a box or the header of an open group, in the pixels of the drawing."""

    key: str
    rect: QRectF
    box: Box | None


class GraphView(QAbstractScrollArea):
    """Shows a Graph, fitted to the panel down to a readable size; beyond that it scrolls."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._painter = GraphPainter(theme)
        self._graph: Graph | None = None
        self._structure: tuple[object, ...] | None = None
        self._numbers = NO_NUMBERS
        self._ghost = False
        self._phase = ""
        self._sentence = ""
        self._opened: set[str] = set()
        self._sheet = GraphSheet(self._painter.width, theme.scale)
        self._picture: tuple[object, QPixmap] | None = None  # and what it is of
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(theme.px(LEAST), theme.px(LEAST))
        self.viewport().setAutoFillBackground(False)

    # --- what is shown ----------------------------------------------------------------------------------

    def show_graph(
        self, graph: Graph | None, numbers: StepNumbers = NO_NUMBERS, ghost: bool = False, sentence: str = ""
    ) -> None:
        """Show this graph, or instead of one a sentence; a ghost is that of the step before.

        While its structure stays, only numbers are painted anew.
        """
        structure = graph.structure if graph is not None else ()
        self._graph, self._numbers, self._ghost, self._sentence = graph, numbers, ghost, sentence
        if structure != self._structure:
            self._structure = structure
            self._lay_out()
        self.viewport().update()

    def light(self, phase: str) -> None:
        """Light what a phase (a word of PHASES) works on; nothing for an empty one."""
        if phase != self._phase:
            self._phase = phase
            self._bring_lit_into_sight()
            self.viewport().update()

    @property
    def drawing(self) -> Drawing | None:
        """What is painted, in pixels before any zoom."""
        return self._sheet.drawing

    @property
    def zoom(self) -> float:
        """How many times as large as at first it is painted."""
        return self._sheet.zoom

    def toggle(self, group: str) -> None:
        """Open a group that is folded, or fold it; its upper left corner stays where it is, where it can."""
        before = self._corner(group)
        self._opened ^= {group}
        self._lay_out()
        after = self._corner(group)
        if before is not None and after is not None:
            self._scroll_by(after - before)

    # --- layout -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Place everything anew."""
        self._sheet.take(self._graph, self._opened)
        self._fit()
        self.setAccessibleDescription(self._in_words())

    def _fit(self) -> None:
        self._sheet.fit(self._room(self.maximumViewportSize().toSizeF()).size())
        self._set_scroll_bars()
        self._bring_lit_into_sight()
        self.viewport().update()

    def _room(self, size: QSizeF) -> QRectF:
        """The place for the graph in a viewport of this size."""
        px = self.theme.px
        whole = QRectF(0, 0, size.width(), size.height())
        return whole.adjusted(px(MARGIN), px(LEGEND), -px(MARGIN), -px(MARGIN) / 2)

    def _set_scroll_bars(self) -> None:
        drawing, bars = self.drawing, (self.horizontalScrollBar(), self.verticalScrollBar())
        room = self._room(self.maximumViewportSize().toSizeF())
        width, height = (drawing.width, drawing.height) if drawing is not None else (0.0, 0.0)
        free = (width * self.zoom - room.width(), height * self.zoom - room.height())
        across, down = free
        for _again in range(2):  # since each bar takes room from the other way
            across = free[0] + (bars[1].sizeHint().width() if down >= 1 else 0)
            down = free[1] + (bars[0].sizeHint().height() if across >= 1 else 0)
        for bar, more, page in zip(bars, (across, down), (room.width(), room.height()), strict=True):
            bar.setRange(0, round(more) if more >= 1 else 0)
            bar.setPageStep(round(page))
            bar.setSingleStep(self.theme.px(2 * GRID))

    def _origin(self) -> QPointF:
        """Where on the viewport the drawing begins."""
        drawing = self.drawing
        room = self._room(self.viewport().size().toSizeF())
        if drawing is None:
            return room.topLeft()
        free = (room.width() - drawing.width * self.zoom, room.height() - drawing.height * self.zoom)
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        by = [
            -bar.value() if bar.maximum() else max(left, 0) / 2 for left, bar in zip(free, bars, strict=True)
        ]
        return room.topLeft() + QPointF(*by)

    def place_of(self, key: str) -> QRectF:
        """Where on the viewport a box or the header of an open group is; empty for none such."""
        stop = next((each for each in self._stops() if each.key == key), None)
        return self._on_viewport(stop.rect) if stop is not None else QRectF()

    def _bring_lit_into_sight(self) -> None:
        """Scroll to what is lit; where that has no room, to where the phase begins, or to the loss."""
        boxes = self.drawing.boxes if self.drawing is not None else ()
        lit = [each.rect for each in boxes if has_light(each.box, self._phase)]
        if not lit:
            return
        room, whole = self._room(self.viewport().size().toSizeF()), reduce(QRectF.united, lit)
        if whole.width() * self.zoom > room.width() or whole.height() * self.zoom > room.height():
            whole = lit[-1] if self._phase in FROM_THE_END else lit[0]
        self._show_whole(self._on_viewport(whole))

    def _on_viewport(self, rect: QRectF) -> QRectF:
        origin = self._origin()
        return QRectF(origin + rect.topLeft() * self.zoom, rect.size() * self.zoom)

    def _corner(self, group: str) -> QPointF | None:
        place = self.place_of(group)
        return None if place.isEmpty() else place.topLeft()

    def _scroll_by(self, way: QPointF) -> None:
        for bar, length in ((self.horizontalScrollBar(), way.x()), (self.verticalScrollBar(), way.y())):
            bar.setValue(bar.value() + round(length))

    def _stops(self) -> list[Stop]:
        """All that can be pointed at, boxes before the frames around them, from input to output."""
        drawing = self.drawing
        if drawing is None:
            return []
        frames = [Stop(each.group, header_of(each, self.theme.px), None) for each in drawing.frames]
        return [*(Stop(placed.box.key, placed.rect, placed.box) for placed in drawing.boxes), *frames]

    def _show_whole(self, rect: QRectF) -> None:
        """Scroll as little as brings all of a rectangle of the viewport into sight."""
        room = self._room(self.viewport().size().toSizeF())
        x = min(rect.left() - room.left(), 0) + max(rect.right() - room.right(), 0)
        y = min(rect.top() - room.top(), 0) + max(rect.bottom() - room.bottom(), 0)
        self._scroll_by(QPointF(x, y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, _across: int, _down: int) -> None:  # noqa: N802
        """Paint it at its new place."""
        self.viewport().update()

    # --- what it says ------------------------------------------------------------------------------------

    def text(self, placed: PlacedBox) -> list[str]:
        """What stands in a box now."""
        return [f"{self._row_text(row, placed.box)} {row.aside}".strip() for row in placed.box.rows]

    def _row_text(self, row: Row, box: Box) -> str:
        return row_text(row, box, self._graph, self._numbers) if self._graph is not None else ""

    def _in_words(self) -> str:
        """The boxes in a line of words, for those who do not see them."""
        drawing = self.drawing
        if drawing is None:
            return self._sentence
        return ", ".join(placed.box.rows[0].text for placed in drawing.boxes)

    # --- painting ---------------------------------------------------------------------------------------

    def marked(self) -> str:
        """The key of what is marked; empty for nothing."""
        return ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            area = QRectF(self.viewport().rect())
            drawing = self.drawing
            if drawing is None:
                painter.fillRect(area, QColor(self.theme.surface))
                self._paint_sentence(painter, area)
                return
            look = Look(self._phase, self.marked(), self._ghost)
            painter.drawPixmap(0, 0, self._still_picture(drawing, look))
            painter.setClipRect(area.adjusted(0, self.theme.px(LEGEND - 2), 0, 0))
            self._go_to_drawing(painter)
            self._painter.paint_numbers(painter, drawing, self._row_text, look)

    def _go_to_drawing(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._origin())
        painter.scale(self.zoom, self.zoom)

    def _still_picture(self, drawing: Drawing, look: Look) -> QPixmap:
        """All but the numbers, painted when it has changed."""
        ratio = self.devicePixelRatioF()
        size, origin = self.viewport().size(), self._origin()
        key = (drawing, look, self.zoom, origin.x(), origin.y(), size.width(), size.height(), ratio)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(self.theme.surface))
            with QPainter(picture) as painter:
                self._go_to_drawing(painter)
                self._painter.paint(painter, drawing, look)
                painter.resetTransform()
                strip = QRectF(0, 0, size.width(), self.theme.px(LEGEND - 2))
                self._painter.paint_legend(painter, strip, look.phase)
            self._picture = key, picture
        return self._picture[1]

    def _paint_sentence(self, painter: QPainter, area: QRectF) -> None:
        gap = self.theme.px(2 * GRID)
        painter.setFont(self.theme.font(15))
        painter.setPen(QColor(self.theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(gap, gap, -gap, -gap), flags, self._sentence)
