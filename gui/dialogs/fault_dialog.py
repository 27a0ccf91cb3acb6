"""The dialog about a fault of the program: that it goes on, and a report for those who can mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from core.texts import _
from gui.fault_report import fault_report
from gui.workspace import Workspace

WIDTH = 420  # pixels
GAP = 12


class FaultDialog(QDialog):
    """Says what a person can do now. The report is not shown: it would frighten, and help nobody here."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fault_dialog")
        self.setWindowTitle(_("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        sentence = _label(
            _(
                "Something went wrong inside Fitscope. You can go on; if anything looks wrong from now on, "
                "save your work and start Fitscope again."
            )
        )
        sentence.setObjectName("fault_sentence")
        self._note = _label(
            _(
                "A report helps those who make Fitscope. It holds versions, settings and the last lines of "
                "the log, and nothing from your files."
            )
        )
        self._note.setObjectName("fault_note")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        copy = buttons.addButton(_("Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("fault_copy")
        copy.setToolTip(_("Put the report on the clipboard, to be pasted into a message."))
        copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        layout.setSpacing(GAP)
        for widget in (sentence, self._note, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(WIDTH)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(fault_report(self._workspace))
        self._note.setText(
            _("The report is on the clipboard; paste it into a message to those who can help.")
        )


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
