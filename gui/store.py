"""The one owner of points and settings: it changes them, can undo every change, and says so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.choices import Value
from core.experiment import Experiment, Points, Settings
from core.experiment.points import require_one_column
from core.problem import Problem
from core.texts import _

SEEDS = 10_000  # to choose from; they stay short enough to be written on a blackboard
LARGEST_UNDO = 256 * 2**20  # bytes of points kept for undo, beside the newest change


class Edit(QUndoCommand):
    """One change: the whole experiment before it and after it. Both are frozen, so nothing is copied.

    `done` says that the change has been shown already, so that pushing it shows nothing; `anew` that it puts
    something else in the place of what was, and so takes a new run, and `remedy` that a diagnosis
    proposed it.
    """

    def __init__(
        self,
        store: Store,
        before: Experiment,
        after: Experiment,
        text: str,
        stroke: int = -1,
        done: bool = False,
        anew: bool = False,
        remedy: bool = False,
    ) -> None:
        super().__init__(text)
        self.anew = anew
        self.remedy = remedy
        self.before = before
        self.after = after
        self._store = store
        self._stroke = stroke
        self._done = done

    def id(self) -> int:
        """The stroke that the edit belongs to; edits of one stroke become one."""
        return self._stroke

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802
        """Take in the next edit of the same stroke; one of another kind came between, as by a key."""
        if not isinstance(other, Edit) or other.text() != self.text():
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        """Show what was after."""
        if not self._done:
            self._store.show_experiment(self.after, self.anew)
        self._done = False

    def undo(self) -> None:
        """Show what was before."""
        self._store.show_experiment(self.before, self.anew)


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
        self._showing = False
        self._largest = _size(self.experiment)

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
        """Put another experiment in the place of this one; whether that could be."""
        try:
            self._push(experiment, _("open experiment"), anew=True)
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

    def show_experiment(self, experiment: Experiment, anew: bool = False) -> None:
        """Make `experiment` the present one, and say what is different.

        What is asked for meanwhile is not done: it comes from a field that goes away with a half-typed
        number, and would get between the commands of the undo stack.
        """
        before, self.experiment = self.experiment, experiment
        self._showing = True
        try:
            self.changed.emit(experiment, before, anew)
            if experiment.points is not before.points:
                self.points_changed.emit(experiment.points)
            if experiment.settings != before.settings:
                self.settings_changed.emit(experiment.settings, before.settings)
        finally:
            self._showing = False

    def _edit_points(self, edit: Callable[[Points], Points], text: str, anew: bool = False) -> None:
        try:
            self._edit(edit(self.points), self.settings, text, anew)
        except Problem as problem:
            self.refused.emit(str(problem))

    def _edit_settings(self, edit: Callable[[Settings], Settings], remedy: bool = False) -> None:
        if self._showing:
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
        elif not self._showing:
            self.confirmed.emit()

    def _push(self, experiment: Experiment, text: str, anew: bool = False, remedy: bool = False) -> None:
        """Make `experiment` the present one; what changes nothing is nothing to undo either."""
        require_one_column(experiment.points)
        if self._showing or _same(experiment, self.experiment):
            return
        before = self.experiment
        self.undo_stack.push(Edit(self, before, experiment, text, self._stroke, anew=anew, remedy=remedy))
        self._largest = max(self._largest, _size(experiment))
        if self._largest * self.undo_stack.count() > LARGEST_UNDO:
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        """Drop the oldest edits while their points take too much memory."""
        stack = self.undo_stack
        edits = [edit for edit in map(stack.command, range(stack.count())) if isinstance(edit, Edit)]
        sizes: dict[int, int] = {}
        first = len(edits)
        while first:
            before = edits[first - 1].before
            sizes[id(before.points)] = _size(before)
            if sum(sizes.values()) > LARGEST_UNDO and first < len(edits):
                break
            first -= 1
        if first:
            self._keep_only(edits[first:], stack.cleanIndex() - first)

    def _keep_only(self, edits: list[Edit], clean: int) -> None:
        """Fill the stack anew with these edits, silently: QUndoStack itself cannot forget the oldest.

        What the person sees of the stack stays as it is. `clean` is the index of the saved state, below zero
        where there is none.
        """
        kept = [(e.before, e.after, e.text(), e.id(), e.anew, e.remedy) for e in edits]
        stack = self.undo_stack
        stack.blockSignals(True)
        stack.clear()
        stack.resetClean()
        for index, (before, after, text, stroke, *marks) in enumerate(kept):
            if index == clean:
                stack.setClean()
            stack.push(Edit(self, before, after, text, stroke, True, *marks))
        stack.blockSignals(False)


def _with_start_values_that_fit(settings: Settings, before: Settings) -> Settings:
    """Own start values belong to a model: another one begins with those of PyTorch."""
    same = (settings.model, settings.values("model")) == (before.model, before.values("model"))
    if same or settings.start != "own" or settings.start_values != before.start_values:
        return settings
    return replace(settings, start=Settings().start, start_values=())


def _same(one: Experiment, other: Experiment) -> bool:
    """Whether two experiments differ in nothing, not even in where the points come from."""
    return one == other and one.points.source == other.points.source


def _size(experiment: Experiment) -> int:
    """The bytes of its points."""
    return experiment.points.x.nbytes + experiment.points.y.nbytes
