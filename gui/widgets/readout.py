"""A number with its name, at a width that does not change while the number does."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.theme import Theme
from gui.widgets.elided_label import ElidedLabel


class Readout(QWidget):
    """A caption and a value; `widest` is the widest value that is to be expected; with `shrinks`
    the caption gives way where there is no room."""

    def __init__(
        self, name: str, caption: str, widest: str, tip: str, theme: Theme, shrinks: bool = False
    ) -> None:
        super().__init__()
        self.setToolTip(tip)
        title = ElidedLabel()
        title.setText(caption)
        if not shrinks:
            title.setMinimumWidth(title.sizeHint().width())
        title.setProperty("muted", True)
        self.value = QLabel("–")
        self.value.setObjectName(name)
        self.value.setAccessibleName(caption)
        self.value.setFont(theme.font(bold=True, digits=True))
        self.value.setMinimumWidth(QFontMetrics(self.value.font()).horizontalAdvance(widest))
        self.value.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(8), 0, 0, 0)
        layout.setSpacing(theme.px(4))
        layout.addWidget(title)
        layout.addWidget(self.value)

    def show_text(self, text: str) -> None:
        """Show `text`."""
        self.value.setText(text)
