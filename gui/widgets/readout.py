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

    Where a `narrowest` value is given, it makes do with the room for that: the value loses digits, the
    caption nothing. The caption may also stand elsewhere, as above a column of values.
    """

    def __init__(
        self, name: str, caption: str, widest: str, tip: str, theme: Theme, narrowest: str = ""
    ) -> None:
        super().__init__()
        self.setToolTip(tip)
        self._left, self._gap = theme.px(LEFT), theme.px(GAP)
        self._title = StillLabel(caption)
        self._title.setText(caption)
        self._title.setProperty("muted", True)
        self.value = StillLabel(widest)
        self.value.setText("–")
        self.value.setObjectName(name)
        self.value.setAccessibleName(caption)
        self.value.setFont(theme.font(bold=True, digits=True))
        self._narrowest = narrowest
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

    def name_elsewhere(self, elsewhere: bool) -> None:
        """Leave the caption out, or have it again."""
        if elsewhere != self._title.isHidden():
            self._title.setHidden(elsewhere)
            self._place()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the caption and the widest value."""
        return self._around(self.value.sizeHint().width())

    def minimumSizeHint(self) -> QSize:
        """Room for the caption and the narrowest value."""
        if not self._narrowest:
            return self.sizeHint()
        return self._around(self._least_value())

    def width_with_name(self) -> int:
        """The least width with the caption beside the value."""
        return self._left + self._title.sizeHint().width() + self._gap + self._least_value()

    def _least_value(self) -> int:
        return self.value.fontMetrics().horizontalAdvance(self._narrowest + " ")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self._place()

    def _around(self, value: int) -> QSize:
        """The size with a value of that width behind the longest caption."""
        title, height = self._title.sizeHint(), self.value.sizeHint().height()
        return QSize(self._before_value(title.width()) + value, max(title.height(), height))

    def _before_value(self, title: int) -> int:
        """Pixels at the left of the value, where the caption has so many."""
        return self._left if self._title.isHidden() else self._left + title + self._gap

    def _place(self) -> None:
        """The value stands behind its caption."""
        metrics = self._title.fontMetrics()
        title = metrics.horizontalAdvance(self._title.text()) + metrics.averageCharWidth() // 2
        before = self._before_value(title)
        self._title.setGeometry(self._left, 0, title, self.height())
        self.value.setGeometry(before, 0, max(0, self.width() - before), self.height())
