"""The legend of a plot: one line above the data at the right, only what is on screen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.theme import GRID, Theme

SAMPLE = 22  # pixels, the length of the piece of line before a text
LINE = 20  # pixels, the height of an entry
HEIGHT = LINE + GRID  # pixels to keep free above the data
DOT = 4  # pixels, the radius of a point
OPACITY = 225  # of 255: where it has to stand upon the data, they shimmer through
TIGHTNESS = (1.0, 0.6, 0.4)  # of samples and gaps; the later ones for a narrow plot
MOST = 0.6  # of the data's width and height; a column that needs more is left out
TEXT = 12  # pixels, a size below the body, to leave the plot to the data
APART = 10  # pixels, from a column to what it should not cover
CORNERS = ((1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0))  # across and down, the best one first


@dataclass(frozen=True)
class Entry:
    """One line of the legend; without a style a dot, or, `hollow`, a ring, or a triangle that `falls`.

    `tip` says what it is, and what one does with it.
    """

    key: str
    text: str
    tip: str
    colour: str
    width: float = 0.0
    style: Qt.PenStyle | None = None
    hollow: bool = False
    falls: bool = False


class Legend(QGraphicsItem):
    """Lives in the pixels of the plot; `show_only` says which entries are on screen.

    It stands above the data, or, where the plot is too narrow for one line, as a column in that of their
    corners where it covers the least of what the plot wants clear.
    """

    def __init__(self, theme: Theme, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.theme = theme
        self.entries = list(entries)
        self.shown: list[Entry] = []
        self._places: list[QRectF] = []
        self._arrows: dict[str, str] = {}
        self._area = QRectF()
        self._column = False
        self._corner = CORNERS[0]
        self._clear: tuple[QPointF, ...] = ()
        self._tight = 1.0
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_only(self, keys: Collection[str]) -> None:
        """Show the entries with these keys."""
        shown = [entry for entry in self.entries if entry.key in keys]
        if shown != self.shown:
            self.shown = shown
            self.stand_at(self._area)

    def rename(self, key: str, text: str) -> None:
        """Give an entry another text."""
        self.entries = [replace(entry, text=text) if entry.key == key else entry for entry in self.entries]
        self.show_only({entry.key for entry in self.shown})

    def point(self, key: str, arrow: str) -> None:
        """Set `arrow` behind the text of an entry whose curve is out of sight, or "" behind one in sight."""
        if self._arrows.get(key, "") != arrow:
            self._arrows[key] = arrow
            self.stand_at(self._area)

    def keep_clear(self, places: Sequence[QPointF]) -> None:
        """Do not cover these places, in pixels of the plot, if it can be; the first is the most important."""
        self._clear = tuple(places)
        if self._column and self._best_corner() != self._corner:
            self.stand_at(self._area)

    def _text(self, entry: Entry) -> str:
        return f"{entry.text} {self._arrows.get(entry.key, '')}".rstrip()

    def tip_at(self, place: QPointF) -> str:
        """What the entry at `place`, in pixels of the plot, is; nothing where there is none."""
        here = place - self.pos()
        pairs = zip(self._places, self.shown, strict=True) if self.isVisible() else ()
        return next((entry.tip for area, entry in pairs if area.contains(here)), "")

    def stand_at(self, area: QRectF) -> None:
        """Stand above the data, whose rectangle is `area`, at the right, or as a column in one corner."""
        scene = self.scene()
        if scene is not None:  # or a paint that comes before Qt has gathered the changes forgets this place
            scene.update(self.sceneBoundingRect())
        self.prepareGeometryChange()
        self._area = area
        px = self.theme.px
        metrics = QFontMetricsF(self.theme.font(TEXT))
        texts = [metrics.horizontalAdvance(self._text(entry)) for entry in self.shown]
        for self._tight in TIGHTNESS:
            widths = [text + self._tight * px(SAMPLE + 3 * GRID) for text in texts]
            self._column = sum(widths) > area.right()  # the room above the axis is free too
            if not self._column:
                break
        if self._column:
            self._places = [QRectF(0, row * px(LINE), max(widths), px(LINE)) for row in range(len(widths))]
        else:
            lefts = accumulate(widths, initial=0.0)
            self._places = [
                QRectF(left, 0, width, px(LINE)) for left, width in zip(lefts, widths, strict=False)
            ]
        size = self.boundingRect().size()
        small = size.width() <= MOST * area.width() and size.height() <= MOST * area.height()
        self.setVisible(small if self._column else area.top() >= px(HEIGHT))
        if self._column:
            self._corner = self._best_corner()
            self.setPos(self._place_in(self._corner).topLeft())
        else:
            self.setPos(area.right() - size.width(), area.top() - px(HEIGHT) + px(GRID / 2))
        self.update()

    def _place_in(self, corner: tuple[float, float]) -> QRectF:
        """The rectangle of a column in a corner of the data."""
        gap, size = self.theme.px(GRID / 2), self.boundingRect().size()
        room = self._area.adjusted(gap, gap, -gap - size.width(), -gap - size.height())
        across, down = corner
        return QRectF(QPointF(room.left() + across * room.width(), room.top() + down * room.height()), size)

    def _best_corner(self) -> tuple[float, float]:
        """Where a column covers the least; it stays where it is, unless another corner is better."""
        apart = self.theme.px(APART)

        def badness(corner: tuple[float, float]) -> tuple[object, ...]:
            place = self._place_in(corner).adjusted(-apart, -apart, apart, apart)
            return (*map(place.contains, self._clear), corner != self._corner)

        return min(CORNERS, key=badness)

    def boundingRect(self) -> QRectF:
        return reduce(QRectF.united, self._places, QRectF())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        px = self.theme.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._column:
            background = QColor(self.theme.surface)
            background.setAlpha(OPACITY)
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.setBrush(background)
            painter.drawRoundedRect(self.boundingRect().adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        painter.setFont(self.theme.font(TEXT))
        for place, entry in zip(self._places, self.shown, strict=True):
            self._paint_sample(painter, entry, place)
            painter.setPen(QColor(self.theme.text))
            text = place.adjusted(self._tight * px(SAMPLE + 2 * GRID), 0, 0, 0)
            painter.drawText(
                text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text(entry)
            )

    def _paint_sample(self, painter: QPainter, entry: Entry, place: QRectF) -> None:
        """The dot or the piece of line before a text."""
        left, length = (self._tight * self.theme.px(part) for part in (GRID, SAMPLE))
        left, middle = place.left() + left, place.center().y()
        if entry.style is None:
            ring = QPen(QColor(entry.colour), entry.width)
            painter.setPen(ring if entry.hollow else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.surface if entry.hollow else entry.colour))
            at, radius = QPointF(left + length / 2, middle), self.theme.px(DOT)
            if entry.falls:
                corners = ((-radius, -radius), (radius, -radius), (0, radius))
                painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))
            else:
                painter.drawEllipse(at, radius, radius)
        else:
            painter.setPen(QPen(QColor(entry.colour), entry.width, entry.style))
            painter.drawLine(QPointF(left, middle), QPointF(left + length, middle))
