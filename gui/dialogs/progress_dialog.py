"""The dialog over a window whose person has to wait: what is done, how far, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from core.texts import _
from gui.theme import Theme

WIDTH = 360  # pixels
PARTS = 1000  # of the bar


class ProgressDialog(QDialog):
    """A sentence, a bar and a button. It says `cancelled()` once, and closes when its owner says so.

    `measures` says what the bar shows, `stops` what the button does.
    """

    cancelled = Signal()

    def __init__(self, text: str, measures: str, stops: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("progress_dialog")
        self.setWindowTitle(_("Please wait"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setPalette(theme.palette())
        self.setFont(theme.font())
        self._text = QLabel(text)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setObjectName("progress_bar")
        self._bar.setAccessibleName(text)
        self._bar.setToolTip(measures)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._buttons = QDialogButtonBox()
        self._cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self._cancel.setObjectName("progress_cancel")
        self._cancel.setAccessibleName(_("Cancel"))
        self._cancel.setToolTip(stops)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(12))
        for widget in (self._text, self._bar, self._buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(theme.px(WIDTH))

    def show_share(self, share: float) -> None:
        """Fill the bar to `share`, from 0 to 1; it only moves to and fro while nothing is known."""
        if share > 0:
            self._bar.setRange(0, PARTS)
            self._bar.setValue(round(share * PARTS))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when the window system, or the end of the program, wants it; that stops the work too."""
        self.reject()
        event.accept()

    def reject(self) -> None:
        """Say that the person wants to stop, and wait for the end of the work."""
        if self._cancel.isEnabled():
            self._cancel.setEnabled(False)
            self._cancel.setToolTip(_("It is being stopped."))
            self.cancelled.emit()
