"""How the boxes and arrows of a graph look, and which of them a phase of the step lights up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from core.insight.graph import CONSTANT, LEAF
from core.texts import _
from gui.plots.graph_boxes import FOLDED, GRADIENT, NOTE, TITLE, VALUE, Box, Row
from gui.plots.graph_drawing import (
    FRAME,
    HEADER,
    PAD_ACROSS,
    PAD_ALONG,
    ROW,
    ROWS,
    SIGN,
    Drawing,
    Frame,
    PlacedBox,
    Wire,
)
from gui.theme import BODY, DATA, GRID, MODEL, Theme
from gui.theme import GRADIENT as PINK

SMALL = 12  # pixels, of all texts but the first in a box
ROUND = 5  # pixels, of the corners
THIN, LINE, THICK = 1.2, 1.5, 2.5  # pixels
DASHES = (4, 2)  # pixels
DOTS = (2.0, 2.0)  # widths of the line
HEAD, HEAD_WIDTH = 6, 4  # pixels
TINT = 34  # of 255: how much of its colour lies behind a parameter
GHOST = 0.45  # how strongly the graph of the step before is painted
SPARE = 1  # pixel, for what is lost in rounding
MARK = 9  # pixels, the width of the sign before a gradient
NUMBERS = (VALUE, GRADIENT)  # the rows that change from step to step
SAMPLE = 26  # pixels, an arrow of the legend


def is_layer(box: Box) -> bool:
    """Whether a box belongs to the model."""
    return box.layer > 0 and box.kind != CONSTANT


def is_lit(box: Box, phase: str) -> bool:
    """Whether a phase does something in the whole box."""
    if box.kind == CONSTANT:
        return False
    if phase == "step":
        return box.kind == LEAF or (box.kind == FOLDED and is_layer(box))
    if box.kind == LEAF:
        return False
    return (phase == "forward" and is_layer(box)) or (phase == "loss" and not is_layer(box))


def lights_gradients(phase: str) -> bool:
    """Whether a phase fills or empties gradients."""
    return phase in ("backward", "zero_grad")


def has_light(box: Box, phase: str) -> bool:
    """Whether a phase does something in a box, or in its gradients."""
    return is_lit(box, phase) or (lights_gradients(phase) and any(row.kind == GRADIENT for row in box.rows))


class Look(NamedTuple):
    """How a drawing looks now: the phase that is lit, the key of what is chosen, and an old graph."""

    phase: str
    chosen: str
    ghost: bool


class GraphPainter:
    """Paints in pixels of scale 1 times the theme's; `fonts` are made once."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._title, self._small = theme.font(BODY, bold=True), theme.font(SMALL, digits=True)
        self._metrics = {font.key(): QFontMetricsF(font) for font in (self._title, self._small)}

    def width(self, row: Row) -> float:
        """The room that a row needs."""
        font = self._font(row.kind)
        mark = self._theme.px(MARK) if row.kind == GRADIENT else 0
        width = self._metrics[font.key()].horizontalAdvance(row.text) + mark + SPARE
        return width + self._aside(row) if row.aside else width

    def _aside(self, row: Row) -> float:
        """The room of what stands behind the text of a row."""
        return self._theme.px(GRID) + self._metrics[self._small.key()].horizontalAdvance(row.aside)

    def _font(self, kind: str) -> QFont:
        return self._title if kind == TITLE else self._small

    # --- the whole --------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, drawing: Drawing, look: Look) -> None:
        """Paint all but the numbers."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for frame in drawing.frames:
            self._paint_frame(painter, frame, frame.group == look.chosen)
        painter.setOpacity(GHOST if look.ghost else 1.0)
        for wire in drawing.wires:
            self._paint_wire(painter, wire, look.phase, drawing.upright)
        for frame in drawing.frames:
            self._paint_header(painter, frame)
        for placed in drawing.boxes:
            painter.setOpacity(GHOST if look.ghost and placed.box.kind != LEAF else 1.0)
            self._paint_box(painter, placed, look)
        painter.setOpacity(1.0)

    def paint_numbers(
        self, painter: QPainter, drawing: Drawing, text: Callable[[Row, Box], str], look: Look
    ) -> None:
        """Paint the numbers upon the rest."""
        for placed in drawing.boxes:
            for row, line in self._lines(placed):
                if row.kind in NUMBERS:
                    painter.setOpacity(GHOST if look.ghost and placed.box.kind != LEAF else 1.0)
                    self._write(painter, row, text(row, placed.box), line)
        painter.setOpacity(1.0)

    def paint_legend(self, painter: QPainter, place: QRectF, phase: str) -> None:
        """Say which arrows go forward and which backward."""
        px = self._theme.px
        painter.fillRect(place, QColor(self._theme.surface))
        painter.setFont(self._small)
        left = place.left() + px(GRID)
        pairs = ((_("forward"), phase in ("forward", "loss")), (_("backward"), phase == "backward"))
        for back, (word, lit) in enumerate(pairs):
            width = self._metrics[self._small.key()].horizontalAdvance(word)
            cell = QRectF(left, place.top(), px(SAMPLE) + width + 3 * px(GRID) / 2, place.height())
            if lit:
                self._paint_light(painter, cell.adjusted(-px(2), px(1), 0, -px(1)))
            middle = cell.center().y()
            ends = [QPointF(cell.left() + px(2), middle), QPointF(cell.left() + px(SAMPLE), middle)]
            if back:
                ends.reverse()
            path = QPainterPath(ends[0])
            path.lineTo(ends[1])
            self._paint_arrow(painter, path, bool(back), lit, 180.0 if back else 0.0)
            painter.setPen(QColor(self._theme.text))
            words = cell.adjusted(px(SAMPLE) + px(GRID) / 2, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
            left = cell.right() + px(2 * GRID)

    def _paint_light(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(QColor(self._theme.accent), self._theme.px(LINE)))
        painter.setBrush(QColor(self._theme.accent_soft))
        painter.drawRoundedRect(place, self._theme.px(ROUND), self._theme.px(ROUND))

    # --- boxes ------------------------------------------------------------------------------------------

    def _paint_box(self, painter: QPainter, placed: PlacedBox, look: Look) -> None:
        box, rect = placed
        self._paint_ground(painter, box, rect, is_lit(box, look.phase), box.key == look.chosen)
        px = self._theme.px
        for row, line in self._lines(placed):
            if row.kind == GRADIENT:
                if lights_gradients(look.phase):
                    self._paint_light(painter, line.adjusted(-px(MARK + 4), px(1), px(4), 0))
                self._paint_head(painter, QPointF(line.left() - px(MARK), line.center().y()), 180.0, PINK)
            elif row.kind not in NUMBERS:
                self._write(painter, row, row.text, line)
        if box.kind == FOLDED:
            self._paint_sign(painter, _sign_place(rect, px(SIGN), px(PAD_ALONG)), "+")

    def _lines(self, placed: PlacedBox) -> Iterator[tuple[Row, QRectF]]:
        """The rows of a box, and where the text of each stands."""
        px, rect = self._theme.px, placed.rect
        top = rect.top() + px(PAD_ALONG)
        for row in placed.box.rows:
            height = px(ROWS.get(row.kind, ROW))
            left = rect.left() + px(PAD_ACROSS) + (px(MARK) if row.kind == GRADIENT else 0)
            yield row, QRectF(left, top, rect.right() - px(PAD_ACROSS) - left, height)
            top += height

    def _paint_ground(self, painter: QPainter, box: Box, rect: QRectF, lit: bool, chosen: bool) -> None:
        theme = self._theme
        colour = {LEAF: MODEL, CONSTANT: DATA}.get(box.kind, theme.muted)
        if box.kind == FOLDED and is_layer(box):
            colour = MODEL
        pen = QPen(QColor(colour), theme.px(LINE))
        if box.kind == CONSTANT:
            pen.setDashPattern(DOTS)
        ground = QColor(theme.surface)
        if lit:
            ground = QColor(theme.accent_soft)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.surface))
        radius = theme.px(2 * ROUND if box.kind == LEAF else ROUND)
        painter.drawRoundedRect(rect, radius, radius)  # opaque, also where a tint follows
        if box.kind == LEAF and not lit:
            ground = QColor(MODEL)
            ground.setAlpha(TINT)
        if lit or chosen:
            pen = QPen(QColor(theme.accent), theme.px(THICK))
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, radius, radius)

    def _write(self, painter: QPainter, row: Row, text: str, line: QRectF) -> None:
        font = self._font(row.kind)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted if row.kind == NOTE else self._theme.text))
        metrics = self._metrics[font.key()]
        if metrics.horizontalAdvance(text) > line.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        base = line.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(line.left(), base), text)
        if row.aside:
            painter.setFont(self._small)
            painter.setPen(QColor(self._theme.muted))
            left = line.left() + metrics.horizontalAdvance(text) + self._theme.px(GRID)
            painter.drawText(QPointF(left, base), row.aside)

    def _paint_sign(self, painter: QPainter, place: QRectF, sign: str) -> None:
        """A plus or a minus in a little square."""
        px = self._theme.px
        painter.setPen(QPen(QColor(self._theme.accent), px(LINE)))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(place, px(2), px(2))
        arm = place.width() / 2 - px(3)
        middle = place.center()
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
        if sign == "+":
            painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))

    def _paint_frame(self, painter: QPainter, frame: Frame, chosen: bool) -> None:
        theme = self._theme
        pen = QPen(QColor(theme.accent if chosen else theme.was), theme.px(THICK if chosen else THIN))
        painter.setPen(pen)
        painter.setBrush(QColor(theme.background))
        painter.drawRoundedRect(frame.rect, theme.px(ROUND), theme.px(ROUND))

    def _paint_header(self, painter: QPainter, frame: Frame) -> None:
        """The name of a frame, upon whatever arrow passes there, and its sign."""
        theme = self._theme
        width = self._metrics[self._title.key()].horizontalAdvance(frame.title)
        left, gap = frame.rect.left() + theme.px(FRAME), theme.px(2)
        words = QRectF(left, frame.rect.top() + gap, width + gap, theme.px(HEADER) - gap)
        painter.fillRect(words, QColor(theme.background))
        painter.setFont(self._title)
        painter.setPen(QColor(theme.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, frame.title)
        self._paint_sign(painter, _sign_place(frame.rect, theme.px(SIGN), theme.px(PAD_ALONG)), "−")

    # --- arrows -----------------------------------------------------------------------------------------

    def _paint_wire(self, painter: QPainter, wire: Wire, phase: str, upright: bool) -> None:
        forward = "forward" if is_layer(wire.target) else "loss"
        ahead = 90.0 if upright else 0.0
        self._paint_arrow(painter, wire.forward, False, phase == forward, ahead)
        if wire.backward is not None:
            self._paint_arrow(painter, wire.backward, True, phase == "backward", ahead + 180)

    def _paint_arrow(
        self, painter: QPainter, path: QPainterPath, back: bool, lit: bool, degrees: float
    ) -> None:
        """An arrow along `path`, whose head looks in the direction of `degrees`, counted from the right."""
        theme = self._theme
        colour = PINK if back else theme.accent if lit else theme.muted
        width = (THICK if lit else THIN) * theme.scale
        pen = QPen(QColor(colour), width)
        if back:
            pen.setDashPattern([theme.px(each) / width for each in DASHES])  # which Qt counts in widths
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        self._paint_head(painter, path.currentPosition(), degrees, colour)

    def _paint_head(self, painter: QPainter, tip: QPointF, degrees: float, colour: str) -> None:
        px = self._theme.px
        way, side = HEADINGS[degrees % 360]
        back = tip - way * px(HEAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([tip, back + side * px(HEAD_WIDTH), back - side * px(HEAD_WIDTH)]))


RIGHT, UP = QPointF(1, 0), QPointF(0, -1)
HEADINGS = {0.0: (RIGHT, UP), 90.0: (UP, RIGHT), 180.0: (RIGHT * -1, UP), 270.0: (UP * -1, RIGHT)}


def header_of(frame: Frame, px: Callable[[float], int]) -> QRectF:
    """The strip of a frame that has its name, and closes it when it is clicked."""
    return QRectF(frame.rect.left(), frame.rect.top(), frame.rect.width(), px(HEADER))


def _sign_place(rect: QRectF, size: float, gap: float) -> QRectF:
    side = size - gap
    return QRectF(rect.right() - gap - side, rect.top() + gap, side, side)
