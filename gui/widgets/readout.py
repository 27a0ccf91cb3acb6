"""A number with its name, at a width that does not change while the number does."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.theme import Theme
from gui.widgets.still_label import StillLabel

LEFT, GAP = 5, 4  # pixels at scale 1


class Readout(QWidget):
    """A caption and a value; `widest` is the widest value that is to be expected.

    With `shrinks`, where there is no room, the value loses a digit and then the caption its end; it has what
    the values so far have left.
    """

    def __init__(
        self, name: str, caption: str, widest: str, tip: str, theme: Theme, shrinks: bool = False
    ) -> None:
        super().__init__()
        self.setToolTip(tip)
        self._left, self._gap = theme.px(LEFT), theme.px(GAP)
        self._title = StillLabel(caption, shrinks)
        self._title.setText(caption)
        self._title.setProperty("muted", True)
        self.value = StillLabel(widest)
        self.value.setText("–")
        self.value.setObjectName(name)
        self.value.setAccessibleName(caption)
        self.value.setFont(theme.font(bold=True, digits=True))
        self._nearly = ""  # the value, with a digit less where it may be shortened
        self._needed = 0  # pixels, for the widest of these so far
        for label in (self._title, self.value):
            label.setParent(self)

    def show_caption(self, caption: str, tip: str) -> None:
        """Call the value otherwise, by a name that is no longer than the first one."""
        self._title.setText(caption)
        self.value.setAccessibleName(caption)
        self.setToolTip(tip)
        self._place()

    def show_text(self, text: str, shorter: Sequence[str] = ()) -> None:
        """Show `text`; where it has no room, the first of the `shorter` ones that has."""
        self.value.setText(text)
        self.value.show_shorter(shorter)
        self._nearly = shorter[0] if shorter else text
        if self._wanted() > self._needed:
            self._place()

    def sizeHint(self) -> QSize:
        """Room for the caption and the widest value."""
        return self._with_value(self._title.sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Room for the widest value, and for the caption unless it shrinks."""
        return self._with_value(self._title.minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self._needed = 0
        self._place()

    def _with_value(self, title: QSize) -> QSize:
        value = self.value.sizeHint()
        width = self._left + title.width() + self._gap + value.width()
        return QSize(width, max(title.height(), value.height()))

    def _wanted(self) -> int:
        """The width that the value must have, at most that of the widest."""
        advance = self.value.fontMetrics().horizontalAdvance(self._nearly + " ")
        return min(advance, self.value.sizeHint().width())

    def _place(self) -> None:
        """The value stands behind its caption, of which as much is seen as the value leaves."""
        self._needed = max(self._needed, self._wanted())
        room = self.width() - self._left - self._gap
        metrics = self._title.fontMetrics()
        caption = metrics.horizontalAdvance(self._title.text()) + metrics.averageCharWidth() // 2
        title = max(0, min(caption, room - self._needed))
        self._title.setGeometry(self._left, 0, title, self.height())
        self.value.setGeometry(self._left + title + self._gap, 0, room - title, self.height())
