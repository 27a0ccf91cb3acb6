"""The strip above the message line for what is so as long as it is: nothing else takes its place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from core.texts import _
from gui.notices import Choice, Notices
from gui.theme import Theme

LINES = 2  # of a sentence that there is room for


class NoticeStrip(QWidget):
    """One notice at a time, with its buttons and a way to the others; not there while there is none.

    The way to the others stays where it is, and the second press of a double click presses nothing: under
    the mouse may be a button of the next notice by then.
    """

    def __init__(
        self, notices: Notices, actions: Mapping[str, QAction], theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._notices = notices
        self._actions = actions
        self._theme = theme
        self._choices: tuple[Choice, ...] = ()
        self._buttons: list[QPushButton] = []
        self._at = 0
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setObjectName("notice")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text.setMinimumHeight(LINES * self._text.fontMetrics().lineSpacing())
        self._next = QPushButton()
        self._next.setObjectName("notice_next")
        self._next.setToolTip(_("Show the next of the notices."))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        self._row.setSpacing(theme.px(8))
        self._row.addWidget(self._icon)
        self._row.addWidget(self._next)
        self._row.addWidget(self._text, 1)
        self._next.clicked.connect(lambda: self._show(self._at + 1))
        notices.changed.connect(self._show_first)
        self._show_first()

    def _show_first(self) -> None:
        self._show(0)

    def _show(self, at: int) -> None:
        """Show the notice at that place, counted on from the first again behind the last."""
        notices = self._notices.in_order()
        self.setVisible(bool(notices))
        if not notices:
            self._text.setText("")
            return
        self._at = at % len(notices)
        notice = notices[self._at]
        icon = self._theme.icon("alert-triangle" if notice.warns else "info-circle")
        self._icon.setPixmap(icon.pixmap(self._theme.icon_size()))
        self._text.setStyleSheet(f"color: {self._theme.warning if notice.warns else self._theme.text}")
        self._text.setText(notice.say())
        self._next.setText(_("{number} of {count} ▸").format(number=self._at + 1, count=len(notices)))
        self._next.setVisible(len(notices) > 1)
        self._show_choices(notice.choices)

    def _show_choices(self, choices: tuple[Choice, ...]) -> None:
        """The buttons for `choices`: those that are there already, where they are the same."""
        wanted = [(f"notice_{choice.name}", choice.label()) for choice in choices]
        if [(button.objectName(), button.text()) for button in self._buttons] != wanted:
            for button in self._buttons:
                self._row.removeWidget(button)
                button.setParent(None)
                button.deleteLater()
            self._buttons = [QPushButton(label) for _name, label in wanted]
            for number, button in enumerate(self._buttons):
                button.setObjectName(wanted[number][0])
                button.clicked.connect(lambda _checked=False, number=number: self._act(number))
                button.installEventFilter(self)
                self._row.addWidget(button)
        self._choices = choices

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the second press of a double click away from the buttons."""
        return event.type() == QEvent.Type.MouseButtonDblClick

    def _act(self, number: int) -> None:
        does = self._choices[number].does
        if isinstance(does, str):
            self._actions[does].trigger()
        else:
            does()
