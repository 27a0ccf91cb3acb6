"""The autograd graph of a step, with its numbers; layers are opened and closed by a click."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from core.insight.graph import Graph
from core.texts import _
from gui.plots.bubble import Bubble
from gui.plots.claimed_keys import is_claimed
from gui.plots.graph_boxes import FOLDED, Box, Row, foldable
from gui.plots.graph_drawing import Drawing, PlacedBox
from gui.plots.graph_numbers import NO_NUMBERS, StepNumbers, row_text, told
from gui.plots.graph_painter import GraphPainter, Look, has_light, header_of
from gui.plots.graph_sheet import GraphSheet
from gui.theme import GRID, Theme

MARGIN = 8  # pixels around the graph
LEGEND = 22  # pixels, above it, for what the arrows mean
LEAST = 100  # pixels, the least width and height
WIDEST_BUBBLE = 340  # pixels
FROM_THE_END = ("loss", "backward")  # phases of which the box nearest to the loss tells most
TURN_OVERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Stop(NamedTuple):
    """What can be pointed at: a box or the header of an open group, in the pixels of the drawing."""

    key: str
    rect: QRectF
    box: Box | None


class GraphPlot(QAbstractScrollArea):
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
        self._hovered = ""
        self._chosen = ""
        self._grip: QPointF | None = None
        self._dragged = False
        self._bubble = Bubble("graph_bubble", theme, self)
        self._bubble.setWordWrap(True)
        self.setObjectName("graph_plot")
        self.setAccessibleName(_("Graph of the step"))
        self.setToolTip(
            _(
                "Point at a box to read what it does, and click one with a + to open it. Drag moves a graph "
                "that is larger than its panel."
            )
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(theme.px(LEAST), theme.px(LEAST))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space still runs and pauses
        self.viewport().setMouseTracking(True)
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
            self._hovered = self._chosen = ""
            self._lay_out()
        self._tell()
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
        self._hovered = ""
        self._lay_out()
        after = self._corner(group)
        if before is not None and after is not None:
            self._scroll_by(after - before)
        self._tell()

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

    # --- telling ----------------------------------------------------------------------------------------

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

    def _tell(self) -> None:
        """Show the bubble of what is pointed at, or of what was chosen."""
        key = self._hovered or self._chosen
        stop = next((each for each in self._stops() if each.key == key), None)
        if stop is None or self._graph is None or not self.isVisible() or self._dragged:
            self._bubble.hide()
            return
        lines = [_("Click, or press Enter, to fold it again.")]
        if stop.box is not None:
            lines = told(stop.box, self._graph, self._numbers)
        window = self.window()
        if self._bubble.parentWidget() is not window:
            self._bubble.setParent(window)
        place = self._on_viewport(stop.rect).intersected(QRectF(self.viewport().rect()))
        corner = self.viewport().mapTo(window, place.topRight().toPoint())
        self._bubble.setMaximumWidth(min(self.theme.px(WIDEST_BUBBLE), window.width() - self.theme.px(GRID)))
        self._bubble.say(lines, QPointF(corner), QRectF(window.rect()))
        self._bubble.raise_()

    # --- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            area = QRectF(self.viewport().rect())
            drawing = self.drawing
            if drawing is None:
                painter.fillRect(area, QColor(self.theme.surface))
                self._paint_sentence(painter, area)
                return
            look = Look(self._phase, self._hovered or self._chosen, self._ghost)
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

    # --- Qt's events ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, _across: int, _down: int) -> None:  # noqa: N802
        """Paint it at its new place."""
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._dragged = event.position(), False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            way = event.position() - self._grip
            if self._dragged or way.manhattanLength() >= QApplication.startDragDistance():
                self._dragged = True
                self._grip = event.position()
                self._scroll_by(-way)
                self._tell()
            return
        self._grip, self._dragged = None, False
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            clicked = self._grip is not None and not self._dragged
            self._grip, self._dragged = None, False
            if clicked:
                self._choose(self._at(event.position()))
            self._point_at(event.position())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hovered = ""
        self._tell()
        super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The cursor has left, or rests: upon a box its bubble says enough."""
        if event.type() == QEvent.Type.ToolTip and self._hovered:
            return True
        if event.type() == QEvent.Type.Leave:
            self._hovered = ""
            self._tell()
            self.viewport().update()
        return super().viewportEvent(event)

    def _at(self, pixel: QPointF) -> Stop | None:
        place = (pixel - self._origin()) / self.zoom
        return next((each for each in self._stops() if each.rect.contains(place)), None)

    def _point_at(self, pixel: QPointF) -> None:
        stop = self._at(pixel)
        key = stop.key if stop is not None else ""
        shape = Qt.CursorShape.ArrowCursor
        if stop is not None and self._can_turn_over(stop):
            shape = Qt.CursorShape.PointingHandCursor
        elif self.horizontalScrollBar().maximum() or self.verticalScrollBar().maximum():
            shape = Qt.CursorShape.OpenHandCursor
        self.viewport().setCursor(shape)
        if key != self._hovered:
            self._hovered = key
            self._tell()
            self.viewport().update()

    def _choose(self, stop: Stop | None) -> None:
        """What a click does: a folded group opens, an open one is folded, and another box goes on telling."""
        self._chosen = ""
        if stop is not None and self._can_turn_over(stop):
            self.toggle(stop.key)
        elif stop is not None:
            self._chosen = stop.key
        self._tell()

    def _can_turn_over(self, stop: Stop) -> bool:
        return stop.box is None or stop.box.kind == FOLDED

    # --- the keyboard -----------------------------------------------------------------------------------

    def focusNextPrevChild(self, ahead: bool) -> bool:  # noqa: N802
        """Tab goes from box to box, and then on."""
        return self._go_on(1 if ahead else -1) or super().focusNextPrevChild(ahead)

    def _go_on(self, by: int) -> bool:
        stops = self._stops()
        keys = [stop.key for stop in stops]
        place = keys.index(self._chosen) + by if self._chosen in keys else 0 if by > 0 else len(keys) - 1
        if not 0 <= place < len(keys):
            return False
        self._chosen = keys[place]
        self._show_whole(self._on_viewport(stops[place].rect))
        self._tell()
        self.viewport().update()
        return True

    def _show_whole(self, rect: QRectF) -> None:
        """Scroll as little as brings all of a rectangle of the viewport into sight."""
        room = self._room(self.viewport().size().toSizeF())
        x = min(rect.left() - room.left(), 0) + max(rect.right() - room.right(), 0)
        y = min(rect.top() - room.top(), 0) + max(rect.bottom() - room.bottom(), 0)
        self._scroll_by(QPointF(x, y))

    def event(self, event: QEvent) -> bool:
        """Enter and Space are shortcuts of the window, except on a box that opens or closes."""
        return is_claimed(event, self._wants) or super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning here."""
        groups = foldable(self._graph) if self._graph is not None else ()
        return event.key() in TURN_OVERS and self._chosen in groups

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._wants(event):
            self.toggle(self._chosen)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = {Qt.FocusReason.TabFocusReason: 1, Qt.FocusReason.BacktabFocusReason: -1}
        if event.reason() in reasons:
            self._chosen = ""
            self._go_on(reasons[event.reason()])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._forget()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._forget()

    def _forget(self) -> None:
        self._hovered = self._chosen = ""
        self._grip, self._dragged = None, False
        self._bubble.hide()
        self.viewport().update()
