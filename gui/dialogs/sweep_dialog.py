"""The dialog that trains many runs together, shows all of them live, and makes one of them the run."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from core.experiment import Experiment, Settings
from core.problem import Problem
from core.texts import _, joined
from core.training.sweep_plan import START, SweepPlan, check_sweep
from core.training.sweep_view import SweepView
from core.training.sweep_worker import SweepWorker
from gui.dialogs.sweep_foot import SweepFoot
from gui.dialogs.sweep_form import SweepForm
from gui.dialogs.sweep_pictures import SweepPictures
from gui.dialogs.sweep_words import (
    all_diverged_sentence,
    capitalised,
    outdated_sentence,
    run_words,
    standing_sentence,
)
from gui.preferences import Preferences
from gui.run_sentences import fault_sentence
from gui.screen_room import screen_room
from gui.store import Store
from gui.theme import GRID, Theme

log = logging.getLogger(__name__)

SIZE = (980, 600)  # pixels, where the screen has so many
FRAME = 18  # milliseconds
PATIENCE = 0.008  # seconds that the window waits for the end of a step; what takes longer ends alone


class SweepDialog(QDialog):
    """Sweeps upon the experiment that `store` has when Run is pressed, and leaves the run itself alone.

    `run_wanted(settings)` asks for one of the runs to become the run. `view` is what the sweep has come to,
    None where there is nothing to show.
    """

    run_wanted = Signal(object)

    def __init__(
        self, store: Store, preferences: Preferences, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._theme = theme
        self._experiment: Experiment | None = None  # that the sweep is upon
        self._worker: SweepWorker | None = None
        self.view: SweepView | None = None
        self._marked: int | None = None
        self.setObjectName("sweep_dialog")
        self.setWindowTitle(_("Sweep"))
        self.setFont(theme.font())
        self.form = SweepForm(theme, store.settings, preferences)
        self.pictures = SweepPictures(theme)
        self.foot = SweepFoot(theme)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._look)
        self._lay_out()
        self._join()
        self._show_empty()
        self.foot.setFocus()

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
            worker.pause(PATIENCE)
            self._look()
        else:
            worker.play()
            self._timer.start()
        self._show_state()

    def _begin(self) -> None:
        """Start another sweep, upon what there is now."""
        if not self.form.take():
            return
        self._end()
        experiment = self._store.experiment
        try:
            plan = self.form.plan()
            check_sweep(plan, experiment.settings)
        except Problem as problem:
            self._show_empty()
            self.foot.say(str(problem), warning=True)
            return
        self.form.remember()
        self._experiment = experiment
        self.pictures.show_empty(experiment.points, plan)
        self.foot.show_progress(0, plan.steps)
        self._worker = SweepWorker(experiment.points, experiment.settings, plan, self.pictures.curves.x)
        self._worker.play()
        self._timer.start()
        self.foot.say(_("Loading PyTorch …"))
        self.pictures.setFocus()

    def _end(self) -> None:
        """End the sweep, if there is one."""
        self._timer.stop()
        if self._worker is not None:
            self._worker.pause(PATIENCE)
        self._worker = self.view = None
        self._mark(None)

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
        if worker.latest is not None and worker.latest is not self.view:
            self._show_view(worker.latest)
        if not running:
            self._timer.stop()
            self._show_state()
            if worker.error is not None:
                self._fail(worker.error)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            log.error("the sweep failed", exc_info=error)
        self.foot.say(str(error) if isinstance(error, Problem) else fault_sentence(), warning=True)

    # --- what is shown --------------------------------------------------------------------------------------

    def _show_empty(self) -> None:
        """Nothing has been swept."""
        self.pictures.show_empty(self._store.points, self._plan())
        self.foot.show_progress(0, 1)
        self._show_state()
        self.foot.say(
            _(
                "Trains many copies of this run together, each in its own way, and draws all of them. "
                "The run itself stays as it is until you click one."
            )
        )

    def _plan(self) -> SweepPlan | None:
        """The plan that the form has, if it can be."""
        try:
            return self.form.plan()
        except Problem:
            return None

    def _show_view(self, view: SweepView) -> None:
        self.view = view
        self.pictures.show_view(view)
        self.foot.show_progress(view.step, view.plan.steps)
        self._say_marked()

    def _show_state(self) -> None:
        """What can be pressed, as the sweep stands."""
        worker = self._worker
        under_way = worker is not None and not worker.complete and worker.error is None
        self.foot.show_state(worker is not None and worker.running, under_way)
        self.form.setEnabled(not under_way)
        self.form.setToolTip(_("Cancel the sweep to change this.") if under_way else "")

    def _follow(self) -> None:
        """The points or settings of the window are others."""
        if self.view is not None:
            self._say_marked()
        elif self._worker is None:
            self.pictures.show_empty(self._store.points, self._plan())

    def _mark(self, run: int | None) -> None:
        """Let one run stand out in both pictures, and tell its loss."""
        self._marked = run
        self.pictures.mark(run)
        self._say_marked()

    def _say_marked(self) -> None:
        """The run that is pointed at, or else the best one and what can be done."""
        view = self.view
        if view is None:
            return
        run = view.best if self._marked is None else self._marked
        if run is None:
            self.foot.say(all_diverged_sentence(view.plan.what), warning=True)
            return
        sentence, outdated = standing_sentence(view, run, self._words(view, run)), self._outdated(view)
        self.foot.say(joined(sentence, outdated or _("Click a row or a curve to make it the run.")))

    def _outdated(self, view: SweepView) -> str:
        """A sentence, where there is something else to sweep upon by now."""
        swept = self._experiment
        return "" if swept is None else outdated_sentence(view.plan.what, swept, self._store.experiment)

    def _words(self, view: SweepView, run: int) -> str:
        return run_words(view, run, self._experiment is not None and self._experiment.settings.validation > 0)

    # --- the run ----------------------------------------------------------------------------------------

    def _choose(self, run: int) -> None:
        """Make a run of the sweep the run."""
        view = self.view
        if view is None:
            return
        self._mark(run)
        outdated = self._outdated(view)
        if outdated and view.plan.what == START:  # its start values are those of another model, perhaps
            self.foot.say(outdated, warning=True)
            return
        self.run_wanted.emit(self._settings_of(view, run))
        chosen = _(
            "{run}. The run in the window now starts with it; Undo there brings the old settings back."
        )
        self.foot.say(capitalised(chosen.format(run=self._words(view, run))))

    def _settings_of(self, view: SweepView, run: int) -> Settings:
        """The settings of the window, with what a run of the sweep has of its own."""
        settings = self._store.settings
        if view.plan.what == START:
            return replace(settings, start="own", start_values=tuple(view.starts[run].tolist()))
        return view.plan.settings_of(settings, float(view.values[run]))

    # --- the parts ----------------------------------------------------------------------------------------

    def _join(self) -> None:
        self.pictures.run_hovered.connect(self._mark)
        self.pictures.run_chosen.connect(self._choose)
        self.foot.run_wanted.connect(self._toggle)
        self.foot.cancel_wanted.connect(self._drop)
        self.foot.close_wanted.connect(self.reject)
        self.form.changed.connect(self._drop)
        self.form.refused.connect(lambda sentence: self.foot.say(sentence, warning=True))
        self._store.changed.connect(self._follow)

    def _lay_out(self) -> None:
        gap = self._theme.px(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * gap, 2 * gap, 2 * gap, 2 * gap)
        layout.setSpacing(gap)
        room = screen_room(self)
        self.form.lay_out(room.width() - 4 * gap)
        layout.addWidget(self.form)
        layout.addWidget(self.pictures, 1)
        layout.addWidget(self.foot)
        wanted = QSize(*(self._theme.px(length) for length in SIZE))
        self.resize(wanted.boundedTo(room))
