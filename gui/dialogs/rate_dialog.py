"""The dialog that finds a learning rate: it tries, draws what it sees, and proposes one."""

from __future__ import annotations

import logging
import threading

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.experiment import Experiment
from core.insight.numbers import typed
from core.problem import Problem
from core.texts import _
from core.training.rate_finder import COUNT, RateSearch, find_rate
from gui.background import Background
from gui.plots.rate_plot import RatePlot
from gui.run_sentences import fault_sentence
from gui.screen_room import screen_room
from gui.theme import GRID, Theme

log = logging.getLogger(__name__)

SIZE = (640, 480)  # pixels, where the screen has so many
LOOK_EVERY = 30  # milliseconds
LINES = 3  # of the sentence at the end
BAR = 6  # pixels, the height of the progress bar


class RateDialog(QDialog):
    """Searches the learning rate for a copy of `experiment`; once accepted, `rate` is the one to use."""

    def __init__(self, experiment: Experiment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rate: float | None = None
        self._found: list[tuple[float, float]] = []
        self._halt = threading.Event()
        self._background = Background(self)
        self.setObjectName("rate_dialog")
        self.setWindowTitle(_("Find a learning rate"))
        self.setFont(theme.font())
        self.plot = RatePlot(theme)
        self.plot.chosen.connect(self._choose)
        self._bar = QProgressBar()
        self._sentence = QLabel()
        self._use = QPushButton()
        self._lay_out()
        self._choose(None)
        self._use.setToolTip(_("The search is still going on."))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._show_found)
        self._timer.start()
        self._start(experiment)

    def done(self, result: int) -> None:
        """Close, and end the search, whose thread ends with the step it is at."""
        self._halt.set()
        self._timer.stop()
        self._background.close(wait=False)
        super().done(result)

    # --- the search ---------------------------------------------------------------------------------------

    def _start(self, experiment: Experiment) -> None:
        """Search in the background, which stores what it finds in a list, and touches nothing else here."""
        found, halted = self._found, self._halt.is_set

        def work() -> RateSearch:
            return find_rate(
                experiment.points, experiment.settings, halted, lambda rate, loss: found.append((rate, loss))
            )

        self._background.run("rate", work, self._finish, self._fail)

    def _show_found(self) -> None:
        """Draw what the search has seen so far."""
        seen = len(self._found)
        if seen > self._bar.value():
            rates, losses = np.array(self._found[:seen]).T
            self.plot.show_losses(rates, losses)
            self._bar.setValue(seen)

    def _finish(self, search: RateSearch) -> None:
        self._end(search.reason)
        self.plot.show_losses(search.rates, search.losses)
        self._choose(search.proposed)
        self._use.setFocus()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            log.error("the search failed", exc_info=error)
        self._end(str(error) if isinstance(error, Problem) else fault_sentence())
        self._sentence.setStyleSheet(f"color: {self._theme.warning}")
        self._use.setToolTip(_("There is no rate to use."))

    def _end(self, sentence: str) -> None:
        self._timer.stop()
        self._bar.setValue(COUNT)
        self._sentence.setText(sentence)

    def _choose(self, rate: float | None) -> None:
        """Make `rate` the one to use."""
        self.rate = rate
        self.plot.show_rate(rate)
        self._use.setEnabled(rate is not None)
        self._use.setText(_("Use this rate") if rate is None else _("Use {rate}").format(rate=typed(rate)))
        self._use.setToolTip(
            _("There is no rate to use.")
            if rate is None
            else _("Train with this learning rate from now on; Undo brings the old one back.")
        )

    # --- the parts ----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.px(GRID)
        what = QLabel(
            _(
                "A copy of this run takes one step with each learning rate, from the smallest up, until its "
                "loss blows up. The run itself stays as it is."
            )
        )
        what.setWordWrap(True)
        what.setStyleSheet(f"color: {theme.muted}")
        self._bar.setObjectName("rate_progress")
        self._bar.setAccessibleName(_("Progress of the search"))
        self._bar.setToolTip(_("How many of the learning rates have been tried."))
        self._bar.setRange(0, COUNT)
        self._bar.setValue(0)  # a new bar stands before its beginning
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.px(BAR))
        self._sentence.setObjectName("rate_sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence.setMinimumHeight(LINES * self._sentence.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * gap, 2 * gap, 2 * gap, 2 * gap)
        layout.setSpacing(gap)
        layout.addWidget(what)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._sentence)
        layout.addLayout(self._buttons())
        wanted = QSize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        self.resize(wanted.boundedTo(screen_room(self)))

    def _buttons(self) -> QHBoxLayout:
        self._use.setObjectName("rate_use")
        self._use.setDefault(True)
        self._use.clicked.connect(self.accept)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("rate_cancel")
        cancel.setToolTip(_("Close this and leave the learning rate as it is."))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(cancel)
        line.addWidget(self._use)
        return line
