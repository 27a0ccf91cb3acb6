"""The strip above the message line for what is wrong as long as it is: nothing else takes its place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.texts import joined
from gui.notices import Notices
from gui.theme import Theme


class NoticeStrip(QWidget):
    """All notices one behind the other, beside a warning sign; not there while there is none."""

    def __init__(self, notices: Notices, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._notices = notices
        icon = QLabel()
        icon.setPixmap(theme.icon("alert-triangle").pixmap(theme.icon_size()))
        self._text = QLabel()
        self._text.setObjectName("notice")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text.setStyleSheet(f"color: {theme.warning}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(icon)
        layout.addWidget(self._text, 1)
        notices.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        text = joined(*self._notices.sentences())
        self._text.setText(text)
        self.setVisible(bool(text))
