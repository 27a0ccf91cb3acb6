"""The question before a window goes whose work can be kept nowhere: to save it elsewhere, or let it go."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from core.texts import _
from gui.theme import Theme

WIDTH = 420  # pixels at scale 1


class UnkeptDialog(QDialog):
    """Says why the work is not kept. It closes with each of its buttons; two of them say `…_wanted()`."""

    save_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, why: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("unkept_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Your work would be lost"))
        self.setPalette(theme.palette())
        self.setFont(theme.font())
        text = QLabel(why)
        text.setObjectName("unkept_reason")
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setMinimumWidth(theme.px(WIDTH))
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        for name, label, kind, signal in (
            ("unkept_save", _("Save elsewhere …"), role.AcceptRole, self.save_wanted),
            ("unkept_close", _("Close and lose it"), role.DestructiveRole, self.close_wanted),
            ("unkept_stay", _("Go back"), role.RejectRole, None),
        ):
            button = buttons.addButton(label, kind)
            button.setObjectName(name)
            button.clicked.connect(self.close)
            if signal is not None:
                button.clicked.connect(signal)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)
