"""The page that times the ways to train on this machine, live, and says what pays and what does not."""

from __future__ import annotations

import logging
import time
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.experiment import Experiment
from core.problem import Problem
from core.texts import _, joined
from core.training.speed.as_text import as_text, batches_title, how_sentence, sizes_title, ways_title
from core.training.speed.figures import Compiling, Report
from core.training.speed.loop_code import loop_code
from core.training.speed.verdicts import batch_verdict, disturbed_sentence, size_verdict, ways_verdict
from core.training.speed.worker import SpeedWorker
from gui.dialogs.speed_bars import batch_bars, size_bars, way_bars
from gui.dialogs.speed_page import SpeedPage
from gui.dialogs.text_dialog import show_text
from gui.run_sentences import fault_sentence
from gui.screen_room import screen_room
from gui.session import Session
from gui.store import Store
from gui.theme import GRID, Theme

log = logging.getLogger(__name__)

SIZE = (980, 640)  # pixels, where the screen has so many
LEAST_HEIGHT = 480  # pixels, where the screen has so many
LOOK_EVERY = 100  # milliseconds; more often would take time from what is measured
READ_EVERY = 1.0  # seconds between two texts while it measures, so that they can be read
PATIENCE = 0.2  # seconds that the window waits for the end of a repetition, when it closes
LINES = 2  # of the sentence
BAR = 6  # pixels, the height of the progress bar
PARTS = 1000  # of the progress


class SpeedDialog(QDialog):
    """Measures upon the experiment that `store` has when Measure is pressed; meanwhile the run rests."""

    def __init__(self, store: Store, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self._theme = theme
        self._experiment: Experiment | None = None  # that was measured
        self._worker: SpeedWorker | None = None
        self._report: Report | None = None
        self._compiling: Compiling | None = None
        self._ending: list[SpeedWorker] = []
        self._read_at = 0.0
        self._waits = False  # for the end of the step that the run was at
        self._goes_on = False  # the run, when measuring is done
        self.setObjectName("speed_dialog")
        self.setWindowTitle(_("Speed"))
        self.setFont(theme.font())
        empty = _("Press Measure: what is timed appears here, bar by bar.")
        rate, points = _("steps a second, logarithmic"), _("points a second, logarithmic")
        self.ways = SpeedPage(theme, "ways", ways_title(), rate, empty)
        self.batches = SpeedPage(theme, "batches", batches_title(), points, empty)
        self.sizes = SpeedPage(theme, "sizes", sizes_title(), rate, empty)
        self.pages = QTabWidget()
        self._bar, self._sentence = QProgressBar(), QLabel()
        self._start, self._cancel = QPushButton(_("Measure")), QPushButton(_("Cancel"))
        self._copy, self._code = QPushButton(_("Copy")), QPushButton(_("The loops"))
        self._close = QPushButton(_("Close"))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._lay_out()
        self._join()
        self._show_state()
        self._say(self._what())
        self._start.setFocus()

    def done(self, result: int) -> None:
        """Close, and end the measuring, whose thread ends with the steps it is at."""
        self._end()
        self._timer.stop()
        for worker in self._ending:
            worker.wait(PATIENCE)
        _prepare_engine_behind(self._ending, self._session)
        super().done(result)

    # --- measuring ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Measure what there is now; the run rests meanwhile."""
        experiment = self._store.experiment
        if not len(experiment.points):
            self._say(_("There are no points to train on yet: draw some, or open a file."), warning=True)
            return
        if _any_running(self._ending):
            self._say(
                _("The last measurement has not ended yet: press Measure again in a moment."), warning=True
            )
            return
        self._ending.clear()
        self._experiment, self._report = experiment, None
        for page in (self.ways, self.batches, self.sizes):
            page.forget()
        self._goes_on = self._session.running
        self._session.pause()
        self._worker, self._waits = SpeedWorker(experiment.points, experiment.settings, self._compiling), True
        self._timer.start()
        self._look()
        self._show_state()
        self._cancel.setFocus()

    def _end(self) -> None:
        """End the measuring, if it is going on, and let the run go on that waited for it."""
        if self._worker is not None:
            self._worker.end(timeout=0.0)
            self._ending.append(self._worker)
            self._take(self._worker.latest, read=True)
        self._worker = None
        goes_on, self._goes_on = self._goes_on, False
        if goes_on and not self._session.running:
            self._session.run()
        self._show_state()

    def _give_up(self) -> None:
        """The person has seen enough."""
        self._end()
        self._say(_("Cancelled: the bars are what was timed until then."))
        self._start.setFocus()

    def _look(self) -> None:
        """Show what is known by now."""
        worker = self._worker
        if worker is None:
            self._look_behind()
            return
        if self._waits:
            if self._session.running:
                self._say(_("Waiting for the end of the step that the run is at …"))
                return
            self._waits = False
            worker.start()
        running = worker.running  # first: it may end meanwhile
        due = time.monotonic() >= self._read_at + READ_EVERY
        self._take(worker.latest, read=due)
        self._say(worker.latest.doing)
        if not running:
            self._end()
            self._finish(worker.error)

    def _look_behind(self) -> None:
        """As soon as the measuring has ended, which may want other code, have that of the run made again."""
        if not _any_running(self._ending):
            self._timer.stop()
            self._ending.clear()
            self._session.prepare_engine()

    def _finish(self, error: Exception | None) -> None:
        """Say how it ended."""
        if error is None:
            self._say_done()
        else:
            if not isinstance(error, Problem):
                log.error("measuring failed", exc_info=error)
            self._say(str(error) if isinstance(error, Problem) else fault_sentence(), warning=True)
        self._start.setFocus()

    def _take(self, report: Report, read: bool) -> None:
        """Show a report; with `read`, also what it says."""
        if report is self._report and not read:
            return
        self._report = report
        self._compiling = report.compiling or self._compiling
        self._bar.setValue(round(PARTS * report.done))
        self.ways.plot.show_bars(way_bars(report, self._theme))
        self.batches.plot.show_bars(batch_bars(report, self._theme))
        self.sizes.plot.show_bars(size_bars(report, self._theme))
        if read:
            self._read_at = time.monotonic()
            self.ways.verdict.setText(ways_verdict(report))
            self.batches.verdict.setText(batch_verdict(report))
            self.sizes.verdict.setText(size_verdict(report))

    # --- what happens beside it -------------------------------------------------------------------------

    def _follow_run(self) -> None:
        """Whoever lets the run go on ends the measuring: each would slow the other down."""
        if self._worker is not None and not self._waits and self._session.running:
            self._goes_on = False
            self._end()
            self._say(
                _("Training goes on in the window, so measuring has ended: each would slow the other down."),
                warning=True,
            )

    def _follow_store(self) -> None:
        """The points or settings of the window are others."""
        if self._worker is None and self._report is not None and self._report.complete:
            self._say_done()

    # --- what is shown --------------------------------------------------------------------------------------

    def _what(self) -> str:
        return _(
            "Times steps like those of this run on this machine, in about half a minute, and longer where "
            "code has to be compiled. The run itself stays as it is, and rests meanwhile."
        )

    def _say_done(self) -> None:
        """What was measured, and whether that still is what there is."""
        assert self._report is not None
        disturbed, outdated = disturbed_sentence(self._report), self._outdated()
        sentence = joined(how_sentence(self._report), disturbed, outdated)
        self._say(sentence, warning=bool(disturbed or outdated))

    def _outdated(self) -> str:
        measured, now = self._experiment, self._store.experiment
        if measured is None or (measured.points is now.points and measured.settings == now.settings):
            return ""
        return _("Points or settings have changed since: Measure times them anew.")

    def _show_state(self) -> None:
        """What can be pressed now."""
        running = self._worker is not None
        known = self._report is not None and bool(self._report.ways)
        for button, able, tip, why_not in (
            (
                self._start,
                not running,
                _("Time all ways to train, all batch sizes, and more and more points."),
                _("The measurement is going on."),
            ),
            (
                self._cancel,
                running,
                _("End the measurement; what was timed so far stays."),
                _("There is nothing to cancel."),
            ),
            (
                self._copy,
                known,
                _("Put all figures and sentences onto the clipboard."),
                _("Nothing is timed yet."),
            ),
        ):
            button.setEnabled(able)
            button.setToolTip(tip if able else why_not)
        self._bar.setEnabled(running)

    def _say(self, sentence: str, warning: bool = False) -> None:
        self._sentence.setText(sentence)
        self._sentence.setStyleSheet(f"color: {self._theme.warning}" if warning else "")

    def _copy_text(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(as_text(self._report))
            self._say(_("Copied."))

    def _show_code(self) -> None:
        code = loop_code(self._store.settings)
        show_text(self, _("The loops"), f"```python\n{code}\n```\n")

    # --- the parts ------------------------------------------------------------------------------------------

    def _join(self) -> None:
        self._start.clicked.connect(self._begin)
        self._cancel.clicked.connect(self._give_up)
        self._copy.clicked.connect(self._copy_text)
        self._code.clicked.connect(self._show_code)
        self._close.clicked.connect(self.reject)
        self._session.state_changed.connect(self._follow_run)
        self._store.changed.connect(self._follow_store)

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.px(GRID)
        self.pages.setObjectName("speed_pages")
        self.pages.setDocumentMode(True)
        for page, title in (
            (self.ways, ways_title()),
            (self.batches, batches_title()),
            (self.sizes, sizes_title()),
        ):
            self.pages.addTab(page, title)
        self._bar.setObjectName("speed_progress")
        self._bar.setAccessibleName(_("Progress of the measurement"))
        self._bar.setToolTip(_("How much of it is timed."))
        self._bar.setRange(0, PARTS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.px(BAR))
        self._sentence.setObjectName("speed_sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence.setFont(theme.font(digits=True))
        self._sentence.setMinimumHeight(LINES * self._sentence.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * gap, gap, 2 * gap, 2 * gap)
        layout.setSpacing(gap)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._sentence)
        layout.addLayout(self._buttons())
        room, wanted = screen_room(self), QSize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        self.resize(wanted.boundedTo(room))
        self.setMinimumHeight(min(theme.px(LEAST_HEIGHT), room.height()))

    def _buttons(self) -> QHBoxLayout:
        """What can be done with the figures at the left, measuring at the right."""
        self._code.setToolTip(_("Read the two loops of a course that are timed here."))
        self._close.setToolTip(_("Close this; a measurement that is going on ends."))
        line = QHBoxLayout()
        line.setSpacing(self._theme.px(GRID))
        for name, button in (("code", self._code), ("copy", self._copy), ("", None)):
            if button is None:
                line.addStretch()
                continue
            button.setObjectName(f"speed_{name}")
            line.addWidget(button)
        for name, button in (("close", self._close), ("cancel", self._cancel), ("start", self._start)):
            button.setObjectName(f"speed_{name}")
            line.addWidget(button)
        for button in (self._code, self._copy, self._close, self._cancel):
            button.setAutoDefault(False)
        self._start.setDefault(True)
        return line


def _any_running(workers: list[SpeedWorker]) -> bool:
    return any(worker.running for worker in workers)


def _prepare_engine_behind(workers: list[SpeedWorker], session: Session) -> None:
    """The same without the page, which is closed by then."""
    if _any_running(workers):
        QTimer.singleShot(LOOK_EVERY, session, partial(_prepare_engine_behind, workers, session))
    elif workers:
        session.prepare_engine()
