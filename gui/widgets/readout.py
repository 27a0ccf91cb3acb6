"""A number with its name, at a width that does not change while the number does."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.still_label import StillLabel


class Readout(QWidget):
    """A caption and a value; `widest` is the widest value that is to be expected.

    With `shrinks` the caption gives way where there is no room.
    """

    def __init__(
        self, name: str, caption: str, widest: str, tip: str, theme: Theme, shrinks: bool = False
    ) -> None:
        super().__init__()
        self.setToolTip(tip)
        title = StillLabel(caption, shrinks)
        title.setText(caption)
        title.setProperty("muted", True)
        self.value = StillLabel(widest)
        self.value.setText("–")
        self.value.setObjectName(name)
        self.value.setAccessibleName(caption)
        self.value.setFont(theme.font(bold=True, digits=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(5), 0, 0, 0)
        layout.setSpacing(theme.px(4))
        layout.addWidget(title)
        layout.addWidget(self.value)

    def show_text(self, text: str) -> None:
        """Show `text`."""
        self.value.setText(text)
