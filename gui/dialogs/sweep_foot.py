"""The foot of the dialog of a sweep: how far it is, what it says, and the buttons that start and end it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.texts import _
from gui.theme import GRID, Theme

LINES = 2  # of the sentence
BAR = 6  # pixels, the height of the progress bar


class SweepFoot(QWidget):
    """Says `run_wanted()`, which is also Pause and Go on, `cancel_wanted()` and `close_wanted()`."""

    run_wanted = Signal()
    cancel_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar, self._sentence = QProgressBar(), QLabel()
        self._cancel, self._run, close = QPushButton(_("Cancel")), QPushButton(), QPushButton(_("Close"))
        close.setToolTip(_("Close this; a sweep that is going on ends."))
        for name, button, wanted in (
            ("cancel", self._cancel, self.cancel_wanted),
            ("run", self._run, self.run_wanted),
            ("close", close, self.close_wanted),
        ):
            button.setObjectName(f"sweep_{name}")
            button.setAutoDefault(False)
            button.clicked.connect(wanted)
        self._run.setDefault(True)
        self.setFocusProxy(self._run)
        self._lay_out((self._cancel, self._run, close))

    def say(self, sentence: str, warning: bool = False) -> None:
        """Show a sentence, in the colour of a warning if it is one."""
        self._sentence.setText(sentence)
        self._sentence.setStyleSheet(f"color: {self._theme.warning}" if warning else "")

    def show_progress(self, step: int, steps: int) -> None:
        """Show that so many of the steps are made."""
        self._bar.setRange(0, steps)
        self._bar.setValue(step)

    def show_state(self, running: bool, under_way: bool) -> None:
        """Offer what can be done: to a sweep that is `under_way`, `running` or paused, or to none."""
        if running:
            words = _("Pause"), _("Stop where the runs are; they can go on from there.")
        elif under_way:
            words = _("Go on"), _("Go on from where the runs are.")
        else:
            words = _("Run"), _("Train all runs together from their start.")
        self._run.setText(words[0])
        self._run.setToolTip(words[1])
        self._cancel.setEnabled(under_way)
        self._cancel.setToolTip(
            _("End the sweep and forget it.") if under_way else _("There is no sweep to cancel.")
        )

    def _lay_out(self, buttons: tuple[QPushButton, ...]) -> None:
        bar, sentence, gap = self._bar, self._sentence, self._theme.px(GRID)
        bar.setObjectName("sweep_progress")
        bar.setAccessibleName(_("Progress of the sweep"))
        bar.setToolTip(_("How many of the steps are made."))
        bar.setTextVisible(False)
        bar.setFixedHeight(self._theme.px(BAR))
        sentence.setObjectName("sweep_sentence")
        sentence.setWordWrap(True)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        sentence.setFont(self._theme.font(digits=True))
        sentence.setMinimumHeight(LINES * sentence.fontMetrics().lineSpacing())
        line, layout = QHBoxLayout(), QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each in (line, layout):
            each.setSpacing(gap)
        line.addWidget(sentence, 1)
        for button in buttons:
            line.addWidget(button)
        layout.addWidget(bar)
        layout.addLayout(line)
