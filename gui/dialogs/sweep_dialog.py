"""The dialog that trains many runs together, shows all of them live, and makes one of them the run."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.choices import STOP_RULES
from core.experiment import Experiment, Settings
from core.insight.numbers import significant
from core.problem import Problem
from core.texts import _, joined
from core.training.sweep_plan import RATE, SEED, START, check_sweep
from core.training.sweep_view import SweepView
from core.training.sweep_worker import SweepWorker
from gui.dialogs.sweep_form import SweepForm
from gui.plots.sweep_curves import SweepCurves
from gui.plots.sweep_plot import SweepPlot
from gui.run_sentences import fault_sentence
from gui.store import Store
from gui.theme import GRID, Theme
from gui.widgets.colour_scale import ColourScale

log = logging.getLogger(__name__)

SIZE = (980, 600)  # pixels, where the screen has so many
FRAME = 18  # milliseconds
PATIENCE = 0.2  # seconds that the window waits for the end of a step
LINES = 2  # of the sentence
BAR = 6  # pixels, the height of the progress bar


class SweepDialog(QDialog):
    """Sweeps upon the experiment that `store` has when Run is pressed, and leaves the run itself alone.

    `run_wanted(settings)` asks for one of the runs to become the run.
    """

    run_wanted = Signal(object)

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._theme = theme
        self._experiment: Experiment | None = None  # that the sweep is upon
        self._worker: SweepWorker | None = None
        self._view: SweepView | None = None
        self._marked: int | None = None
        self._ending: list[SweepWorker] = []
        self.setObjectName("sweep_dialog")
        self.setWindowTitle(_("Sweep"))
        self.setFont(theme.font())
        self.form = SweepForm(theme, store.settings)
        self.plot = SweepPlot(theme)
        self.curves = SweepCurves(theme)
        self._scale = ColourScale(theme)
        self._bar, self._sentence = QProgressBar(), QLabel()
        self._run, self._cancel, self._close = (
            QPushButton(),
            QPushButton(_("Cancel")),
            QPushButton(_("Close")),
        )
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._look)
        self._lay_out()
        self._join()
        self._show_empty()
        self._run.setFocus()

    def done(self, result: int) -> None:
        """Close, and end the sweep, whose thread ends with the steps it is at."""
        self._end()
        super().done(result)

    # --- the sweep ----------------------------------------------------------------------------------------

    def _toggle(self) -> None:
        """Run, pause, or go on."""
        worker = self._worker
        if worker is None or worker.complete or worker.error is not None:
            self._begin()
        elif worker.running:
            self._halt(worker)
            self._look()
        else:
            worker.play()
            self._timer.start()
        self._show_state()

    def _begin(self) -> None:
        """Start another sweep, upon what there is now."""
        self._end()
        self.form.take()
        experiment = self._store.experiment
        try:
            plan = self.form.plan()
            check_sweep(plan, experiment.settings)
        except Problem as problem:
            self._show_empty()
            self._say(str(problem), warning=True)
            return
        self._experiment = experiment
        self.plot.show_plan(plan)
        self.curves.show_points(experiment.points)
        self._bar.setRange(0, plan.steps)
        self._worker = SweepWorker(experiment.points, experiment.settings, plan, self.curves.x)
        self._worker.play()
        self._timer.start()
        self._say(_("Loading PyTorch …"))
        self.plot.setFocus()

    def _end(self) -> None:
        """End the sweep, if there is one."""
        self._timer.stop()
        if self._worker is not None:
            self._halt(self._worker)
        self._worker = self._view = None
        self._mark(None)

    def _halt(self, worker: SweepWorker) -> None:
        """Let the thread end; where that takes longer than a person waits, it ends alone."""
        worker.pause(PATIENCE)

    def _drop(self) -> None:
        """End the sweep and forget it."""
        self._end()
        self._show_empty()

    def _look(self) -> None:
        """Show what the sweep has come to."""
        worker = self._worker
        if worker is None:
            return
        running = worker.running  # first: it may end meanwhile
        if worker.latest is not None and worker.latest is not self._view:
            self._show_view(worker.latest)
        if not running:
            self._timer.stop()
            self._show_state()
            if worker.error is not None:
                self._fail(worker.error)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            log.error("the sweep failed", exc_info=error)
        self._say(str(error) if isinstance(error, Problem) else fault_sentence(), warning=True)

    # --- what is shown --------------------------------------------------------------------------------------

    def _show_empty(self) -> None:
        """Nothing has been swept."""
        self.curves.show_points(self._store.points)
        try:
            self.plot.show_plan(self.form.plan())
        except Problem:
            self.plot.show_view(None)
        self._scale.show_scale(None)
        self._bar.setRange(0, 1)
        self._bar.setValue(0)
        self._show_state()
        self._say(
            _(
                "Trains many copies of this run together, each in its own way, and draws all of them. "
                "The run itself stays as it is until you click one."
            )
        )

    def _show_view(self, view: SweepView) -> None:
        self._view = view
        self.plot.show_view(view)
        self.curves.show_view(view)
        self._scale.show_scale(self.plot.scale)
        self._bar.setValue(view.step)
        self._say_marked()

    def _show_state(self) -> None:
        """What can be pressed, as the sweep stands."""
        worker = self._worker
        under_way = worker is not None and not worker.complete and worker.error is None
        running = worker is not None and worker.running
        words = (_("Pause"), _("Stop where the runs are; they can go on from there."))
        if not running:
            words = (
                (_("Go on"), _("Go on from where the runs are."))
                if under_way
                else (_("Run"), _("Train all runs together from their start."))
            )
        self._run.setText(words[0])
        self._run.setToolTip(words[1])
        self.form.setEnabled(not under_way)
        self.form.setToolTip(_("Cancel the sweep to change this.") if under_way else "")
        self._cancel.setEnabled(under_way)
        self._cancel.setToolTip(
            _("End the sweep and forget it.") if under_way else _("There is no sweep to cancel.")
        )

    def _follow(self) -> None:
        """The points or settings of the window are others."""
        if self._view is not None:
            self._say_marked()
        elif self._worker is None:
            self.curves.show_points(self._store.points)

    def _mark(self, run: int | None) -> None:
        """Let one run stand out in both pictures, and tell its loss."""
        self._marked = run
        self.plot.mark(run)
        self.curves.mark(run)
        if self._view is not None:
            self._say_marked()

    def _say_marked(self) -> None:
        """The run that is pointed at, and the best one."""
        view = self._view
        if view is None:
            return
        best = view.best
        run = best if self._marked is None else self._marked
        if run is None:
            self._say(_("All runs have diverged: sweep lower values, or standardise."), warning=True)
            return
        words = "{run}."
        if run == best:
            words = _("Best: {run}.") if view.complete else _("Best so far: {run}.")
        step = _("Step {step}.").format(step=f"{view.step:,}")
        self._say(joined(words.format(run=self._name(view, run)), step, self._outdated()))

    def _outdated(self) -> str:
        """A sentence, where there is something else to sweep upon by now."""
        swept, now = self._experiment, self._store.experiment
        if swept is None or (swept.points is now.points and _others(swept.settings) == _others(now.settings)):
            return ""
        return _("Points or settings have changed since: Run sweeps them anew.")

    def _name(self, view: SweepView, run: int) -> str:
        """A run as a sentence calls it."""
        names = {
            RATE: _("learning rate {value}"),
            SEED: _("seed {value}"),
            START: _("{value} times the start values"),
        }
        name = names[view.plan.what].format(value=f"{view.values[run]:g}")
        if view.diverged_at[run]:
            return _("{run}: diverged at step {step}").format(run=name, step=f"{view.diverged_at[run]:,}")
        loss = significant(float(view.standing[run]))
        if self._experiment is not None and self._experiment.settings.validation:
            return _("{run}: validation loss {loss}").format(run=name, loss=loss)
        return _("{run}: loss {loss}").format(run=name, loss=loss)

    def _say(self, sentence: str, warning: bool = False) -> None:
        self._sentence.setText(sentence[:1].upper() + sentence[1:])
        self._sentence.setStyleSheet(f"color: {self._theme.warning}" if warning else "")

    # --- the run ----------------------------------------------------------------------------------------

    def _choose(self, run: int) -> None:
        """Make a run of the sweep the run."""
        view, experiment = self._view, self._experiment
        if view is None or experiment is None:
            return
        self._mark(run)
        self.run_wanted.emit(self._settings_of(view, run, self._store.settings))
        self._say(
            _("{run}. The run in the window now starts with it; Undo there brings the old one back.").format(
                run=self._name(view, run)
            )
        )

    @staticmethod
    def _settings_of(view: SweepView, run: int, settings: Settings) -> Settings:
        if view.plan.what == START:
            return replace(settings, start="own", start_values=tuple(view.starts[run].tolist()))
        return view.plan.settings_of(settings, float(view.values[run]))

    # --- the parts ----------------------------------------------------------------------------------------

    def _join(self) -> None:
        for plot in (self.plot, self.curves):
            plot.run_hovered.connect(self._mark)
            plot.run_chosen.connect(self._choose)
        self._run.clicked.connect(self._toggle)
        self._cancel.clicked.connect(self._drop)
        self._close.clicked.connect(self.reject)
        self.form.changed.connect(self._drop)
        self._store.changed.connect(self._follow)

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.px(GRID)
        self._bar.setObjectName("sweep_progress")
        self._bar.setAccessibleName(_("Progress of the sweep"))
        self._bar.setToolTip(_("How many of the steps are made."))
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.px(BAR))
        self._sentence.setObjectName("sweep_sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence.setFont(theme.font(digits=True))
        self._sentence.setMinimumHeight(LINES * self._sentence.fontMetrics().lineSpacing())
        pictures = QHBoxLayout()
        pictures.setSpacing(gap)
        pictures.addWidget(self.plot, 1)
        pictures.addWidget(self.curves, 1)
        foot = QHBoxLayout()
        foot.setSpacing(gap)
        foot.addWidget(self._sentence, 1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * gap, 2 * gap, 2 * gap, 2 * gap)
        layout.setSpacing(gap)
        layout.addLayout(self._head())
        layout.addLayout(pictures, 1)
        layout.addWidget(self._scale)
        layout.addWidget(self._bar)
        layout.addLayout(foot)
        wanted = QSize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        self.resize(wanted.boundedTo(self.screen().availableSize()))

    def _head(self) -> QHBoxLayout:
        """What is swept, and the buttons that start and end it."""
        self._run.setObjectName("sweep_run")
        self._run.setDefault(True)
        self._cancel.setObjectName("sweep_cancel")
        self._cancel.setAutoDefault(False)
        self._close.setObjectName("sweep_close")
        self._close.setAutoDefault(False)
        self._close.setToolTip(_("Close this; a sweep that is going on ends."))
        line = QHBoxLayout()
        line.setSpacing(self._theme.px(GRID))
        line.addWidget(self.form)
        line.addStretch()
        line.addWidget(self._cancel)
        line.addWidget(self._run)
        return line


def _others(settings: Settings) -> Settings:
    """The settings, but for what a sweep tries out or leaves aside."""
    usual = Settings()
    names = ("learning_rate", "seed", "start", "start_values", "engine", *STOP_RULES)
    return replace(settings, **{name: getattr(usual, name) for name in names})
