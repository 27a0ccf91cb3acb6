"""The line at the foot of the window that says, in a sentence, what is going on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.theme import Theme


class MessageLine(QWidget):
    """A sentence, marked when it is a warning, and at times a button that does what it proposes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._action: Callable[[], object] = lambda: None
        self._keeps = False
        self.refuses = False
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setObjectName("message")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text.setMinimumHeight(2 * self._text.fontMetrics().lineSpacing())
        self._button = QPushButton()
        self._button.setObjectName("message_action")
        self._button.clicked.connect(self._act)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self.say("")
        self.withdraw()

    def say(self, sentence: str, warning: bool = False) -> None:
        """Show `sentence`. A proposal stays beside it until it is taken or withdrawn."""
        icon = "alert-triangle" if warning else "info-circle"
        self._icon.setPixmap(self._theme.icon(icon).pixmap(self._theme.icon_size()))
        self._text.setText(sentence)
        self._text.setStyleSheet(f"color: {self._theme.warning if warning else self._theme.text}")
        self._keeps = self.refuses = False

    def keep(self, sentence: str) -> None:
        """Show `sentence`, which only news replaces."""
        self.say(sentence)
        self._keeps = True

    def idle(self, sentence: str) -> None:
        """Show `sentence`, which is no news."""
        if not self._keeps:
            self.say(sentence)

    def warn(self, sentence: str) -> None:
        """Show `sentence` as a warning, until the person has done better."""
        self.say(sentence, True)
        self.refuses = True

    def propose(self, label: str, action: Callable[[], object]) -> None:
        """Show a button that does `action`."""
        self._action = action
        self._button.setText(label)
        self._button.show()

    def withdraw(self) -> None:
        """Propose nothing any more."""
        self._button.hide()

    def _act(self) -> None:
        self.withdraw()
        self._action()
