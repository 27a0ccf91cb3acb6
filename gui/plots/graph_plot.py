"""The autograd graph of a step, to be asked and turned over with the mouse and the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.insight.graph import Graph
from core.texts import _
from gui.plots.bubble import Bubble
from gui.plots.claimed_keys import is_claimed
from gui.plots.graph_boxes import FOLDED, foldable
from gui.plots.graph_numbers import NO_NUMBERS, StepNumbers, told
from gui.plots.graph_view import GraphView, Stop
from gui.theme import GRID, Theme

WIDEST_BUBBLE = 340  # pixels
TURN_OVERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class GraphPlot(GraphView):
    """Tells of the box that is pointed at, and opens and closes layers by a click or a key."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
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
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space still runs and pauses
        self.viewport().setMouseTracking(True)

    def show_graph(
        self, graph: Graph | None, numbers: StepNumbers = NO_NUMBERS, ghost: bool = False, sentence: str = ""
    ) -> None:
        """Show this graph, and go on telling of what was chosen if it is still there."""
        before = self._structure
        super().show_graph(graph, numbers, ghost, sentence)
        if self._structure != before:
            self._hovered = self._chosen = ""
        self._tell()

    def toggle(self, group: str) -> None:
        """Open a group that is folded, or fold it."""
        self._hovered = ""
        super().toggle(group)
        self._tell()

    def marked(self) -> str:
        """What is pointed at, or was chosen."""
        return self._hovered or self._chosen

    def _tell(self) -> None:
        """Show the bubble of what is pointed at, or of what was chosen."""
        stop = next((each for each in self._stops() if each.key == self.marked()), None)
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

    # --- the mouse ---------------------------------------------------------------------------------------

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
