"""Shows on the parts of a window what the store and the session say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from core.experiment import Experiment, Points, Settings
from core.experiment.split import held_out
from core.insight.fit_measures import Measures, measures
from core.insight.fitted_function import Equation
from core.insight.units import DATA, TRAINED
from core.texts import _
from core.training import Snapshot
from core.training.history import Series
from gui.panels.data_panel import DataPanel
from gui.panels.fit_card import FitCard
from gui.panels.loss_card import LossCard
from gui.panels.readout_bar import ReadoutBar
from gui.panels.run_bar import RunBar
from gui.panels.settings_panel import SettingsPanel
from gui.panels.time_bar import TimeBar
from gui.widgets.message_line import MessageLine
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.tables import ReadPoints
    from core.training.run import Ghost

Floats = NDArray[np.float64]

AT_ONCE = 60_000  # points times parameters: for so many, the measures are found within a frame
SPLIT_AT_ONCE = 30_000  # points, for which the split is found within a frame
FIT, LOSS = "fit", "loss"  # the panels that training changes in every frame
USUAL_SPEED = 100.0  # steps a second; 0 stands for full speed


class Measured(NamedTuple):
    """How well a fit fits the training points and those held out, None without any, and its equation."""

    training: Measures | None
    held_out: Measures | None
    equation: Equation

    @property
    def loss(self) -> float | None:
        """That of the training points."""
        return None if self.training is None else self.training.loss


NO_FIT = Measured(None, None, Equation(""))


@dataclass(frozen=True)
class Parts:
    """What a window is made of."""

    actions: Mapping[str, QAction]
    run_bar: RunBar
    readouts: ReadoutBar
    data: DataPanel
    settings: SettingsPanel
    fit: FitCard
    loss: LossCard
    time: TimeBar
    message: MessageLine


class Presenter(QObject):
    """Follows a workspace for one window; what the person wants goes the other way, by the window."""

    def __init__(self, workspace: Workspace, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._store = workspace.store
        self._session = workspace.session
        self._parts = parts
        self._held_out: NDArray[np.bool_] | None = None
        self._split_points: Points | None = None  # those that it is of
        self._is_split = True  # whether it is known by now
        self._equation = NO_FIT.equation
        self._measuring: object = None  # what is being found out in the background
        self._known = 0  # steps of the run that have been shown
        self._seen: set[str] = set()
        parts.fit.plot.draw_in(workspace.drawing)
        self._join()

    def show_all(self) -> None:
        """Everything as it is now: the window may be new upon an old workspace."""
        session, parts = self._session, self._parts
        self.show_preferences()
        parts.settings.show_settings(self._store.settings)
        parts.settings.show_points(len(self._store.points))
        parts.actions["trained_units"].setVisible(self._store.settings.standardise)
        if session.devices:
            parts.settings.show_devices(session.devices)
        parts.data.show_points(self._store.points)
        self._split()
        self.fit_view()
        self._show_start(session.start)
        self._show_ghost(session.ghost)
        self._known = 0 if session.tip is None else session.tip.step
        if session.snapshot is not None:
            self._show_snapshot(session.snapshot)
            self._show_numbers(session.snapshot)
        self._show_state()
        self._show_undo()
        session.say_again()

    def show_seen(self, key: str, seen: bool) -> None:
        """A panel comes into sight, or goes out of it; training does nothing to what nobody sees."""
        if key not in (FIT, LOSS):
            return
        (self._seen.add if seen else self._seen.discard)(key)
        snapshot = self._session.shown
        if seen and snapshot is not None:
            self._show_snapshot(snapshot)
            self._show_numbers(snapshot)

    def show_preferences(self) -> None:
        """What the person chose about the look, and the speed."""
        preferences, parts = self._workspace.preferences, self._parts
        parts.fit.show_tool(preferences.get("tool", "draw"))
        parts.fit.show_residuals(preferences.get("residuals", "off"))
        logarithmic = preferences.get("log_loss", True)
        parts.actions["log_loss"].setChecked(logarithmic)
        parts.loss.plot.show_logarithmic(logarithmic)
        parts.actions["reference"].setChecked(preferences.get("reference", True))
        parts.actions["trained_units"].setChecked(preferences.get("units", DATA) == TRAINED)
        self._show_reference()
        speed = preferences.get("speed", USUAL_SPEED) or None
        parts.run_bar.show_speed(speed)
        self._session.set_speed(speed)

    def show_read(self, found: ReadPoints) -> None:
        """What was read from a file."""
        self._show_others(found.proposes_standardise)
        self._parts.message.keep(found.message)

    def show_loaded(self) -> None:
        """Other points are there."""
        from core.tables import proposes_standardise

        self._show_others(proposes_standardise(self._store.points))

    def _show_others(self, proposes_standardise: bool) -> None:
        """Show all of other points; large numbers are better trained on standardised."""
        self.fit_view()
        message = self._parts.message
        if proposes_standardise and not self._store.settings.standardise:
            message.keep(_("The numbers are far from 1: standardised, training goes much faster."))
            message.propose(_("Standardise"), self._standardise)
        else:
            message.withdraw()

    def fit_view(self) -> None:
        """Show all points, and the whole loss curve."""
        self._parts.fit.plot.fit_view()
        self._parts.loss.plot.fit_view()

    def leave(self) -> None:
        """The window goes: what is being found out for it is not wanted any more."""
        for key in ("measures", "split"):
            self._workspace.background.drop(key)
        self._workspace.solver.drop("reference")
        self._parts.fit.plot.cloud.clear()

    def _join(self) -> None:
        store, session, parts = self._store, self._session, self._parts
        store.changed.connect(self._show_change)
        store.confirmed.connect(self._say_what_is_so)
        store.points_changed.connect(self._show_points)
        store.settings_changed.connect(self._show_settings)
        store.refused.connect(parts.message.warn)
        store.undo_stack.indexChanged.connect(self._show_undo)
        session.run_started.connect(self._show_start)
        session.branched.connect(self._show_ghost)
        session.snapshot_changed.connect(self._show_snapshot)
        session.numbers_changed.connect(self._show_numbers)
        session.state_changed.connect(self._show_state)
        session.said.connect(parts.message.say_state)
        session.idle.connect(parts.message.idle)
        session.devices_found.connect(parts.settings.show_devices)

    def _show_change(self, _after: Experiment, before: Experiment, anew: bool) -> None:
        """What was proposed for other points is of no use for these."""
        replaced = anew or not len(before.points)
        if replaced:
            self._parts.message.withdraw()
        self._say_what_is_so(replaced)

    def _say_what_is_so(self, replaced: bool = False) -> None:
        """What was refused has been mended, and what was said of a change before this one is past."""
        if self._parts.message.is_past(replaced):
            self._session.say_again()

    def _show_points(self, points: Points) -> None:
        self._parts.data.show_points(points)
        self._parts.settings.show_points(len(points))
        self._split()
        self._show_reference()
        self._show_measures(self._session.snapshot)

    def _split(self) -> None:
        """Find which points are held out, and show all points; for many the finding takes its time."""
        points, settings = self._store.points, self._store.settings
        work = partial(held_out, len(points), settings.validation, settings.validation_seed)
        background = self._workspace.background
        background.drop("split")
        self._split_points = points
        if len(points) <= SPLIT_AT_ONCE or not settings.validation:
            self._held_out = work() if settings.validation else None
            self._is_split = True
        else:
            self._held_out = None
            self._is_split = False
            background.run("split", work, self._show_split, lambda _error: None)
        self._parts.fit.plot.show_points(points, self._held_out)

    def _show_split(self, mask: NDArray[np.bool_]) -> None:
        self._held_out = mask
        self._is_split = True
        self._parts.fit.plot.show_points(self._store.points, mask)
        self._show_measures(self._session.snapshot)

    def _show_settings(self, settings: Settings, before: Settings) -> None:
        self._parts.settings.show_settings(settings)
        self._parts.actions["trained_units"].setVisible(settings.standardise)
        if settings.standardise:
            self._parts.message.withdraw()
        one, other = ((each.validation, each.validation_seed) for each in (settings, before))
        if one != other:
            self._split()
        if one != other or _differs("loss", settings, before):
            self._show_measures(self._session.snapshot)
        changed = [name for name in ("model", "loss") if _differs(name, settings, before)]
        if changed:
            self._workspace.solver.drop("reference")
        if one != other or changed:
            self._show_reference()

    def _show_reference(self) -> None:
        """The best curve by the chosen loss, found in the background: for many points it takes its time."""
        workspace, points, settings = self._workspace, self._store.points, self._store.settings
        show = partial(self._parts.fit.show_reference, settings.loss)
        if not self._parts.actions["reference"].isChecked():
            workspace.solver.drop("reference")
            show(None)
            return
        scaling = None if self._session.snapshot is None else self._session.snapshot.scaling
        work = partial(workspace.last_theory.curve, points, settings, scaling)
        workspace.solver.search("reference", work, show, lambda _error: show(None), passing=True)

    def _show_start(self, start: Snapshot | None) -> None:
        self._parts.fit.plot.show_start(None if start is None else start.predict)
        self._parts.fit.plot.show_ghost(None)
        self._parts.loss.plot.show_ghost(None, 0)
        self._parts.loss.plot.clear()
        self._known = 0
        if start is None:
            self._parts.fit.plot.show_fit(None)
            self._show_numbers(None)

    def _show_ghost(self, ghost: Ghost | None) -> None:
        """What was abandoned where the run branched off, or that it has been taken up again."""
        self._known = self._known if ghost is None else ghost.step
        self._parts.fit.plot.show_ghost(None if ghost is None else ghost.snapshot.predict)
        self._parts.loss.plot.show_ghost(
            None if ghost is None else ghost.losses, 0 if ghost is None else ghost.step
        )

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if FIT in self._seen:
            self._parts.fit.plot.show_fit(snapshot.predict)
        history = self._session.history
        if history is not None:
            self._show_history(history.losses(), history.validation_losses(), history.rates(), snapshot.step)

    def _show_history(
        self, losses: Series, validation: Series | None, rates: Series | None, step: int
    ) -> None:
        """All that is known of the run, which is more than its chosen step where it has been further already.

        What training does between this frame and the next is left for that one.
        """
        self._known = max(self._known, step) if self._session.running else losses.steps
        if LOSS in self._seen:
            known = [None if series is None else series.upto(self._known) for series in (validation, rates)]
            self._parts.loss.plot.show_history(losses.upto(self._known), known[0], known[1], step)

    def _show_numbers(self, snapshot: Snapshot | None) -> None:
        self._parts.readouts.show_numbers(snapshot)
        self._show_measures(snapshot)
        self._parts.time.show_device("" if snapshot is None else snapshot.device)
        self._show_time(snapshot)

    def _show_time(self, snapshot: Snapshot | None) -> None:
        """The chosen step among those that can be gone to."""
        first, step = self._session.earliest, None if snapshot is None else snapshot.step
        self._parts.time.show_time(first, step, max(self._known, step or 0))
        self._parts.time.show_speed(self._session.steps_per_second)
        self._parts.actions["back"].setEnabled(step is not None and step > first)

    def _show_measures(self, snapshot: Snapshot | None) -> None:
        """How well the fit of `snapshot` fits, and its equation, whose digits depend on that.

        Of many points that is found in the background. Until then the loss beside the step is the one that
        this very step found before its update.
        """
        points, background, readouts = self._store.points, self._workspace.background, self._parts.readouts
        self._measuring = None
        if snapshot is None or not len(points):
            background.drop("measures")
            self._show_measured(NO_FIT)
            readouts.show_loss(None)
            return
        # a run may show itself upon new points before they are split here
        is_split = self._is_split and self._split_points is points
        before = self._equation if self._session.running else None
        work = partial(_measured, points, self._store.settings, self._held_out, snapshot, before)
        if is_split and len(points) * snapshot.curve.count() <= AT_ONCE:
            background.drop("measures")
            found = work()
            self._show_measured(found)
            readouts.show_loss(found.loss)
            return
        readouts.show_loss_before(snapshot.loss)
        if is_split:
            self._measuring = work
            show = partial(self._show_measured_late, work)
            background.run("measures", work, show, self._miss_measures, passing=True)

    def _show_measured(self, found: Measured) -> None:
        self._equation = found.equation
        self._parts.fit.show_measures(found.training, found.held_out)
        self._parts.fit.show_equation(found.equation.text)

    def _show_measured_late(self, work: object, found: Measured) -> None:
        """Show what `work` has found; while a run goes on, the loss beside the step is of a later one."""
        self._show_measured(found)
        if work is self._measuring and not self._session.running:
            self._parts.readouts.show_loss(found.loss)

    def _miss_measures(self, _error: Exception) -> None:
        self._show_measured(NO_FIT)

    def _show_state(self) -> None:
        running = self._session.running
        self._parts.run_bar.show_running(running, self._session.loading)
        self._parts.fit.plot.set_running(running)
        self._parts.loss.plot.set_running(running)

    def _show_undo(self) -> None:
        stack, actions = self._store.undo_stack, self._parts.actions
        for name, able, text, plain in (
            ("undo", stack.canUndo(), stack.undoText(), _("&Undo")),
            ("redo", stack.canRedo(), stack.redoText(), _("&Redo")),
        ):
            actions[name].setEnabled(able)
            actions[name].setText(f"{plain} {text}".strip())

    def _standardise(self) -> None:
        self._store.change(standardise=True)


def _differs(table: str, one: Settings, other: Settings) -> bool:
    """Whether two settings choose otherwise from a table."""
    return (getattr(one, table), one.values(table)) != (getattr(other, table), other.values(table))


def _measured(
    points: Points,
    settings: Settings,
    held_out: NDArray[np.bool_] | None,
    snapshot: Snapshot,
    before: Equation | None,
) -> Measured:
    """The measures and the equation of a fit; `before` is the equation that stands there now."""
    training, others = measures(points, settings, held_out, snapshot.predict)
    return Measured(training, others, snapshot.fitted_function(points, training.rmse).equation(before))
