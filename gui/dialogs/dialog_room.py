"""Dialogs that have no room on a small screen, or at a large scale: all of them can be reached there too."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.screen_room import screen_room


def keep_on_screen(dialog: QDialog) -> None:
    """Make a dialog no larger than its screen, as it is shown first; what has no room can be scrolled to."""
    room = screen_room(dialog)
    if not isinstance(dialog, QFileDialog) and not _fits(dialog, room):
        dialog.setMinimumSize(0, 0)
        for label in dialog.findChildren(QLabel):
            if label.wordWrap():
                label.setMinimumWidth(0)
        if not _fits(dialog, room):
            _let_scroll(dialog)
    if dialog.testAttribute(Qt.WidgetAttribute.WA_Resized):
        dialog.resize(dialog.size().boundedTo(room))


def _fits(dialog: QDialog, room: QSize) -> bool:
    least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    return least == least.boundedTo(room)


def _let_scroll(dialog: QDialog) -> None:
    """Put all that is in a dialog into an area that scrolls."""
    least, layout = dialog.minimumSizeHint(), dialog.layout()
    if layout is None:
        return
    body, area = QWidget(), QScrollArea()
    body.setLayout(layout)  # which takes its widgets along
    area.setObjectName("dialog_area")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(body)
    around = QVBoxLayout(dialog)
    around.setContentsMargins(0, 0, 0, 0)
    around.addWidget(area)
    dialog.setMinimumSize(least.boundedTo(screen_room(dialog)))
