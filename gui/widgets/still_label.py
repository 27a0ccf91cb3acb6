"""A line of text whose place in the window stays as it is, whatever the text becomes."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from gui.widgets.plain import plain_tip


class StillLabel(QLabel):
    """Text in one line, ending in … where there is no room for all of it; then the tooltip has all.

    A QLabel lays out the window anew with each text, and ten times a second that takes its time. This one
    asks for the width of `widest`, once; with `shrinks` it makes do with less.
    """

    def __init__(self, widest: str = "", shrinks: bool = False) -> None:
        super().__init__()
        self._text = self._more = ""
        self._shorter: Sequence[str] = ()
        self._widest = widest
        self._shrinks = shrinks

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`."""
        if text != self._text:
            self._text = text
            self._shorter = ()
            self.setAccessibleDescription(text)
            self.update()

    def show_shorter(self, shorter: Sequence[str]) -> None:
        """Rather than cut the text off, show the first of these that fits: a number cut off is another."""
        self._shorter = shorter

    def explain(self, more: str) -> None:
        """Have the tooltip say more than there is room for."""
        if more != self._more:
            self._more = more
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the widest text."""
        metrics = self.fontMetrics()
        spare = metrics.averageCharWidth() // 2  # letters may stand out beyond their advance
        return QSize(metrics.horizontalAdvance(self._widest) + spare, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """The same, or no width at all."""
        hint = self.sizeHint()
        return QSize(0, hint.height()) if self._shrinks else hint

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        metrics, shown = self.fontMetrics(), self.shown()
        # By its base line: in the middle, Chinese letters would push the others down and cut them off.
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(0, base), shown)
        tip = self.tip(self._text if shown != self._text else "")
        if tip != self.toolTip():
            self.setToolTip(tip)

    def shown(self) -> str:
        """What there is room for: the whole text, a shorter one, or as much of it as fits."""
        metrics = self.fontMetrics()
        fitting = (t for t in (self._text, *self._shorter) if metrics.horizontalAdvance(t) <= self.width())
        found = next(fitting, None)
        return self.cut_off() if found is None else found

    def cut_off(self) -> str:
        """As much of the text as there is room for."""
        return self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())

    def tip(self, left_out: str) -> str:
        """What the tooltip says; `left_out` is the whole text where some of it is left out, else empty."""
        more = " ".join(filter(None, (left_out, self._more)))
        return plain_tip(more) if more else ""
