"""The one owner of points and settings: it changes them, can undo every change, and says so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from core.choices import Value
from core.experiment import Experiment, Points, Settings
from core.experiment.points import require_one_column
from core.problem import Problem
from core.texts import _
from gui.edit import Edit, KeptRun
from gui.undo_memory import UndoMemory

SEEDS = 10_000  # to choose from; they stay short enough to be written on a blackboard


class Store(QObject):
    """Points and settings, their changes and their undo stack.

    `changed(experiment, before, anew)` comes first with each change; with `anew` it is no edit, but something
    else in the place of what was. `points_changed(points)` and `settings_changed(settings, before)` follow.
    `refused(sentence)` says why something asked for cannot be, and then nothing has changed; `confirmed()`
    that it is so already. Raises Problem where `experiment` cannot be shown.
    """

    changed = Signal(object, object, object)
    points_changed = Signal(object)
    settings_changed = Signal(object, object)
    refused = Signal(str)
    confirmed = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment or Experiment(Points(), Settings())
        require_one_column(self.points)
        self.undo_stack = QUndoStack(self)
        self._strokes = count(1)
        self._stroke = -1
        self._shown_edit: Edit | None = None  # while it is being shown
        self._memory = UndoMemory(self.undo_stack)

    @property
    def points(self) -> Points:
        """The points as they are now."""
        return self.experiment.points

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.experiment.settings

    @property
    def remedied(self) -> tuple[Settings, ...]:
        """The settings before each of the remedies that were taken last, the oldest first.

        They begin behind the newest edit of points, or by hand of anything that steps depend on: from there
        on it is another question.
        """
        found: list[Settings] = []
        for index in reversed(range(self.undo_stack.index())):
            edit = self.undo_stack.command(index)
            assert isinstance(edit, Edit)
            before, after = edit.before, edit.after
            if edit.remedy:
                found.append(before.settings)
            elif before.points is not after.points or not before.settings.steps_like(after.settings):
                break
        return tuple(reversed(found))

    # --- points ---------------------------------------------------------------------------------------

    def add_points(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points at x `[M]`, y `[M]`."""
        self._edit_points(lambda points: points.added(x, y), _("add points"))

    def remove_points(self, indices: ArrayLike) -> None:
        """Remove the points at `indices`."""
        self._edit_points(lambda points: points.removed(indices), _("remove points"))

    def move_points(self, indices: ArrayLike, dx: float, dy: float) -> None:
        """Shift the points at `indices` by (dx, dy), in the units of the data."""
        self._edit_points(lambda points: points.moved(indices, dx, dy), _("move points"))

    def clear_points(self) -> None:
        """Remove all points."""
        if len(self.points):
            self._edit_points(lambda _points: Points(), _("clear points"))

    def replace(self, points: Points) -> None:
        """Put other points in the place of these."""
        self._edit_points(lambda _points: points, _("load points"), anew=True)

    # --- settings -------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """Change settings by name."""
        self._edit_settings(lambda settings: replace(settings, **changes))

    def set_option(self, key: str, value: Value) -> None:
        """Change one hyper-parameter, by "row.parameter"."""
        self._edit_settings(lambda settings: settings.with_option(key, value))

    def apply(self, change: Callable[[Settings], Settings]) -> None:
        """Change settings and hyper-parameters at once, to what `change` makes of them; one edit to undo."""
        self._edit_settings(change)

    def follow(self, remedy: Callable[[Settings], Settings]) -> None:
        """Change settings as a diagnosis proposes; one edit to undo, which is remembered as a remedy."""
        self._edit_settings(remedy, remedy=True)

    def new_start_values(self) -> None:
        """PyTorch's start values from a new seed."""
        others = [seed for seed in range(SEEDS) if seed != self.settings.seed]
        self.change(seed=random.choice(others), start="pytorch")

    # --- both -----------------------------------------------------------------------------------------

    def open(self, experiment: Experiment) -> bool:
        """Put another experiment in the place of this one, or this one at its step; whether that could be."""
        try:
            require_one_column(experiment.points)
            if experiment.step or not _same(experiment, self.experiment):
                self._put(experiment, _("open experiment"), anew=True)
        except Problem as problem:
            self.refused.emit(str(problem))
            return False
        return True

    def begin_stroke(self) -> None:
        """From now on changes are one, as those of one drag of the mouse are."""
        self._stroke = next(self._strokes)

    def end_stroke(self) -> None:
        """From now on each change is one of its own."""
        self._stroke = -1

    def start_again(self) -> None:
        """Have the run begin again, with the same points and settings; one edit to undo."""
        self._put(replace(self.experiment, step=0), _("start the run again"))

    def start_with(self, settings: Settings) -> None:
        """Have a run of these settings from its start, without what was recorded; one edit to undo."""
        self._put(Experiment(self.points, settings), _("start another run"), anew=True)

    def exchange_run(self, run: KeptRun | None) -> KeptRun | None:
        """Put `run`, which ends by the edit that is being shown, away with it, and take what was there.

        So undo and redo each bring back the run that the other one ended; None where there is none.
        """
        edit = self._shown_edit
        if edit is None:
            return None
        edit.run, found = run, edit.run
        self._memory.make_room(edit)
        return found

    @property
    def brings_back_a_run(self) -> bool:
        """Whether undo brings back the run that the last edit ended."""
        edit, index = self._shown_edit, self.undo_stack.index()
        if edit is not None:  # of which the stack does not know yet that it is done, or undone
            return edit.run is not None and self.experiment is edit.after
        last = self.undo_stack.command(index - 1) if index else None
        return isinstance(last, Edit) and last.run is not None

    def show_edit(self, edit: Edit, experiment: Experiment) -> None:
        """Make `experiment`, which is on one side of `edit`, the present one, and say what is different.

        What is asked for meanwhile is not done: it comes from a field that goes away with a half-typed
        number, and would get between the commands of the undo stack.
        """
        before, self.experiment = self.experiment, experiment
        self._shown_edit = edit
        try:
            self.changed.emit(experiment, before, edit.anew)
            if experiment.points is not before.points:
                self.points_changed.emit(experiment.points)
            if experiment.settings != before.settings:
                self.settings_changed.emit(experiment.settings, before.settings)
        finally:
            self._shown_edit = None

    def close(self) -> None:
        """Nothing can be undone any more.

        Once both are garbage, Python may destroy an edit before the stack that has it, which fails then.
        """
        self.undo_stack.blockSignals(True)
        self.undo_stack.clear()

    def _edit_points(self, edit: Callable[[Points], Points], text: str, anew: bool = False) -> None:
        try:
            self._edit(edit(self.points), self.settings, text, anew)
        except Problem as problem:
            self.refused.emit(str(problem))

    def _edit_settings(self, edit: Callable[[Settings], Settings], remedy: bool = False) -> None:
        if self._shown_edit is not None:
            return
        try:
            settings = _with_start_values_that_fit(edit(self.settings), self.settings)
        except Problem as problem:
            self.refused.emit(str(problem))
            self.settings_changed.emit(self.settings, self.settings)
            return
        self._edit(self.points, settings, _("change settings"), remedy=remedy)

    def _edit(
        self, points: Points, settings: Settings, text: str, anew: bool = False, remedy: bool = False
    ) -> None:
        """Have these points and settings; what was recorded of a run goes with those that it came to."""
        edited = Experiment(points, settings)
        if not _same(edited, Experiment(self.points, self.settings)):
            self._push(edited, text, anew, remedy)
        elif self._shown_edit is None:
            self.confirmed.emit()

    def _push(self, experiment: Experiment, text: str, anew: bool = False, remedy: bool = False) -> None:
        """Make `experiment` the present one; what changes nothing is nothing to undo either."""
        require_one_column(experiment.points)
        if not _same(experiment, self.experiment):
            self._put(experiment, text, anew, remedy)

    def _put(self, experiment: Experiment, text: str, anew: bool = False, remedy: bool = False) -> None:
        if self._shown_edit is not None:
            return
        before = self.experiment
        self.undo_stack.push(Edit(self, before, experiment, text, self._stroke, anew=anew, remedy=remedy))
        self._memory.keep_within()


def _with_start_values_that_fit(settings: Settings, before: Settings) -> Settings:
    """Own start values belong to a model: another one begins with those of PyTorch."""
    same = (settings.model, settings.values("model")) == (before.model, before.values("model"))
    if same or settings.start != "own" or settings.start_values != before.start_values:
        return settings
    return replace(settings, start=Settings().start, start_values=())


def _same(one: Experiment, other: Experiment) -> bool:
    """Whether two experiments differ in nothing, not even in where the points come from."""
    return one == other and one.points.source == other.points.source
