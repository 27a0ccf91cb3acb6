"""The ground both plots stand on: axes, grid, zoom, pan, the kept range, and a text while empty."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QToolTip, QWidget

from gui.plots.axis import Axis
from gui.plots.legend import Legend
from gui.plots.range_keeper import LIMIT, Range, RangeKeeper
from gui.theme import GRID, Theme
from gui.widgets.plain import plain_tip

Floats = NDArray[np.float64]

ZOOM = 1.0015  # per unit of the wheel; a notch is 120 units
FAINT = 90  # of 255, the lines between the lines of the grid
BEHIND = -100  # below everything else
STRIP_ROW, BOTTOM_ROW = 1, 2  # of the layout: between the data and their axis a plot may have a strip
EMPTY_STYLE = "color: {colour}; background: transparent;"
LOW = 150  # pixels; in a lower plot the data have the room of a legend and of the name below them
LEAST_SIZE = (130, 72)  # pixels; a plot that is narrower or lower is of no use
NARROWEST = 120  # pixels; the words of an empty plot need so much


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """A view box with two axes, whose range belongs to two RangeKeepers, and a legend.

    Not a PlotWidget: that brings along eight menus and the mouse modes of pyqtgraph, which nobody sees here.
    """

    def __init__(
        self,
        theme: Theme,
        x_range: RangeKeeper,
        y_range: RangeKeeper,
        empty: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, background=theme.surface)
        self.theme = theme
        self.legend = Legend(theme, ())  # of those that have something to tell apart
        self.x_range = x_range
        self.y_range = y_range
        self._pan_from: QPointF | None = None
        self._area: QRectF | None = None
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False)
        for moved in (self.box.geometryChanged, self.box.sigResized):  # the one comes behind the other
            moved.connect(self._forget_area)
        self.axes = {side: Axis(theme, side) for side in ("bottom", "left")}
        self._lay_out()
        self.grid = self._hairlines(255)
        self.faint_grid = self._hairlines(FAINT)
        self.empty_text = self._empty_text(empty)
        self._style_empty(stands_out=False)
        self.setMinimumSize(*(theme.px(length) for length in LEAST_SIZE))
        self.viewport().setMouseTracking(True)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._range_changed)  # also when an axis takes more room
        self.show_ranges()

    def _lay_out(self) -> None:
        """The box of the data at the top right, the axes beside it and under it."""
        self.centralLayout.setSpacing(0)
        bottom = self.axes["bottom"]
        for item, row, column in ((self.axes["left"], 0, 0), (self.box, 0, 1), (bottom, BOTTOM_ROW, 1)):
            self.centralLayout.addItem(item, row, column)
        for axis in self.axes.values():
            axis.linkToView(self.box)
            axis.setZValue(1)
        self.box.disableAutoRange()
        self.keep_above(GRID)

    def getViewBox(self) -> pg.ViewBox:  # noqa: N802
        """The box that maps the data to the screen, under the name that pyqtgraph gives it."""
        return self.box

    def keep_above(self, height: float) -> None:
        """Keep so many pixels, at scale 1, free above the data, unless the plot is low."""
        self._above = height
        gap = self.theme.px(GRID)
        above = self.theme.px(GRID if self._is_low() else height)
        self.centralLayout.setContentsMargins(gap, above, 2 * gap, gap / 2)

    def _is_low(self) -> bool:
        return bool(self.height() < self.theme.px(LOW))

    def _hairlines(self, alpha: int) -> pg.PlotCurveItem:
        """The grid, or the fainter lines in it."""
        colour = pg.mkColor(self.theme.hairline)
        colour.setAlpha(alpha)
        lines = pg.PlotCurveItem(pen=pg.mkPen(colour, width=1), connect="pairs", antialias=False)
        lines.setZValue(BEHIND)
        self.box.addItem(lines, ignoreBounds=True)
        return lines

    def _empty_text(self, text: str) -> QLabel:
        """The sentence that says what to do while there is nothing to see."""
        label = QLabel(text, self.viewport())
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def point_out_empty(self) -> None:
        """Let the sentence of the empty plot stand out, and the keys go here."""
        self._style_empty(stands_out=True)
        self.setFocus()

    def show_emptiness(self, empty: bool) -> None:
        """Show the sentence of the empty plot, as quiet as at first once there has been something."""
        self.empty_text.setVisible(empty)
        if not empty and self.empty_text.font().bold():
            self._style_empty(stands_out=False)

    def _style_empty(self, stands_out: bool) -> None:
        colour = self.theme.accent if stands_out else self.theme.muted
        self.empty_text.setFont(self.theme.font(15, bold=stands_out))
        self.empty_text.setStyleSheet(EMPTY_STYLE.format(colour=colour))

    # From the data to the screen and back. pyqtgraph's own way back fails below 1e-154 and above 1e154.

    def area(self) -> QRectF:
        """The rectangle of the data, in pixels of the viewport."""
        if self._area is None:  # each call of Qt may let the training thread go first
            self._area = self.box.mapRectToScene(self.box.rect())
        return QRectF(self._area)

    def _forget_area(self) -> None:
        self._area = None

    def view(self) -> tuple[Range, Range]:
        """The visible range of x and of y."""
        x, y = self.box.viewRange()
        return (float(x[0]), float(x[1])), (float(y[0]), float(y[1]))

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """The coordinates in the data of a pixel of the viewport."""
        area, (x, y) = self.area(), self.view()
        across = (pixel.x() - area.left()) / max(area.width(), 1.0)
        up = (area.bottom() - pixel.y()) / max(area.height(), 1.0)
        return x[0] + across * (x[1] - x[0]), y[0] + up * (y[1] - y[0])

    def to_pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """The pixels in the viewport of coordinates in the data."""
        area, (xs, ys) = self.area(), self.view()
        return (
            area.left() + (x - xs[0]) / (xs[1] - xs[0]) * area.width(),
            area.bottom() - (y - ys[0]) / (ys[1] - ys[0]) * area.height(),
        )

    def pixel_size(self) -> tuple[float, float]:
        """The width and the height of one pixel in the units of the data."""
        area, (x, y) = self.area(), self.view()
        return (x[1] - x[0]) / max(area.width(), 1.0), (y[1] - y[0]) / max(area.height(), 1.0)

    # The range

    def show_ranges(self) -> None:
        """Show what the range keepers say."""
        x, y = (self.x_range.low, self.x_range.high), (self.y_range.low, self.y_range.high)
        if self.view() != (x, y):
            self.box.setRange(xRange=x, yRange=y, padding=0)

    def set_running(self, running: bool) -> None:
        """While running the ranges only grow."""
        self.x_range.running = self.y_range.running = running

    def fit_view(self) -> None:
        """Show all that there is; a plot says what that means."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again what depends on the visible range; a plot adds its own."""
        for lines, upright, level in (
            (self.grid, *([tick for tick, _text in self.axes[side].ticks()] for side in ("bottom", "left"))),
            (self.faint_grid, *(self.axes[side].hairlines() for side in ("bottom", "left"))),
        ):
            lines.setData(*hairlines(upright, level, *self.view()))

    def _range_changed(self) -> None:
        self.empty_text.setGeometry(self._middle())
        self.redraw()

    def _middle(self) -> QRect:
        """Where the text of an empty plot has its place; nowhere in a plot too narrow for its words."""
        area = self.area()
        if area.width() < self.theme.px(NARROWEST):
            return QRect()
        across, down = (
            min(self.theme.px(4 * GRID), round(length / 10)) for length in (area.width(), area.height())
        )
        return area.adjusted(across, down, -across, -down).toRect()

    # What the person does to the view

    def zoom(self, pixel: QPointF, factor: float) -> None:
        """Make the view `factor` times as wide about a pixel; over an axis, that axis alone."""
        for keeper, middle in zip(self._meant(pixel), self.to_data(pixel), strict=True):
            if keeper is not None:
                keeper.hold(
                    middle + (keeper.low - middle) * factor,
                    middle + (keeper.high - middle) * factor,
                )
        self.show_ranges()

    def pan(self, pixel: QPointF, by: QPointF) -> None:
        """Shift the view by some pixels; from a pixel over an axis, along that axis alone."""
        width, height = self.pixel_size()
        for keeper, shift in zip(self._meant(pixel), (-by.x() * width, by.y() * height), strict=True):
            if keeper and abs(keeper.low + shift) < LIMIT and abs(keeper.high + shift) < LIMIT:
                keeper.hold(keeper.low + shift, keeper.high + shift)
        self.show_ranges()

    def _meant(self, pixel: QPointF) -> tuple[RangeKeeper | None, RangeKeeper | None]:
        """The ranges of x and of y, as far as a gesture at a pixel is about them."""
        area = self.area()
        return (
            None if pixel.x() < area.left() else self.x_range,
            None if pixel.y() > area.bottom() else self.y_range,
        )

    def end_gesture(self) -> None:
        """The mouse was let go, or the plot lost it."""
        self._pan_from = None

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            if event.buttons() & Qt.MouseButton.MiddleButton:
                self.pan(self._pan_from, event.position() - self._pan_from)
                self._pan_from = event.position()
            else:
                self.end_gesture()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button erases; the window's own menu must not come up under it."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom(event.position(), ZOOM**-turned)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F fits the view; every other key goes on to the window."""
        if event.key() == Qt.Key.Key_F and not event.modifiers():
            self.fit_view()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self.end_gesture()
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip keeps to the axes, margins and legend, and never covers what there is to see."""
        if isinstance(event, QHelpEvent) and (tip := self.legend_tip(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), plain_tip(tip), self)
            return True
        if isinstance(event, QHelpEvent) and self.area().contains(QPointF(event.pos())):
            event.accept()
            return True
        over_data = isinstance(event, QMouseEvent) and self.area().contains(event.position())
        if over_data and QToolTip.isVisible():
            QToolTip.hideText()
        return bool(super().viewportEvent(event))

    def legend_tip(self, place: QPointF) -> str:
        """What the entry of the legend at `place` of the viewport is, if there is one."""
        return self.legend.tip_at(place)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.end_gesture()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.end_gesture()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._laid_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "empty_text"):  # pyqtgraph resizes in its constructor
            self._laid_out()

    def _laid_out(self) -> None:
        """Place everything now; pyqtgraph would do it with the first paint."""
        self.keep_above(self._above)
        self.axes["bottom"].show_name(not self._is_low())
        self.centralLayout.activate()
        self._range_changed()

    def close(self) -> bool:
        """As any widget; pyqtgraph's own close destroys the scene while Qt may still draw it."""
        return QWidget.close(self)


def hairlines(
    uprights: Sequence[float], levels: Sequence[float], x: Range, y: Range
) -> tuple[Floats, Floats]:
    """The ends of the lines of a grid over the ranges `x` and `y`, in pairs, as coordinates of x and of y."""
    across = [end for tick in uprights for end in (tick, tick)] + [*x] * len(levels)
    up = [*y] * len(uprights) + [end for tick in levels for end in (tick, tick)]
    return np.array(across, dtype=np.float64), np.array(up, dtype=np.float64)
