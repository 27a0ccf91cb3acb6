"""Keeps what undo holds within its memory: runs that were put away go first, then whole edits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QUndoStack

from core.experiment import Experiment
from gui.edit import Edit

LARGEST_UNDO = 256 * 2**20  # bytes that are kept for undo, beside the newest change
SETTINGS_BYTES = 2_000  # of the settings of one experiment, or of one part of a recorded run, about


class UndoMemory:
    """Drops what is oldest of an undo stack when all that it holds takes more than LARGEST_UNDO."""

    def __init__(self, stack: QUndoStack) -> None:
        self._stack = stack
        self._largest = 0  # bytes of the largest edit so far

    def keep_within(self) -> None:
        """Drop the oldest edits, if there is too much; the newest, which has just been pushed, stays."""
        stack = self._stack
        newest = stack.command(stack.count() - 1)
        assert isinstance(newest, Edit)
        self.make_room(newest)
        if self._largest * stack.count() <= LARGEST_UNDO:
            return
        edits = self._edits()
        first = _first_that_fits(edits)
        if first:
            self._keep_only(edits[first:], stack.cleanIndex() - first)

    def make_room(self, edit: Edit) -> None:
        """Let go of the runs of the oldest edits, which undo then begins anew, for what `edit` holds now."""
        held = _held(edit.before) | _held(edit.after)
        self._largest = max(self._largest, sum(held.values()) + _run_bytes(edit))
        if self._largest * (self._stack.count() + 1) <= LARGEST_UNDO:
            return
        others = [other for other in self._edits() if other is not edit]
        for other in others:
            held |= _held(other.before)
        excess = sum(held.values()) + sum(map(_run_bytes, (*others, edit))) - LARGEST_UNDO
        for other in others:
            if excess <= 0:
                return
            excess -= _run_bytes(other)
            other.run = None

    def _edits(self) -> list[Edit]:
        stack = self._stack
        return [edit for edit in map(stack.command, range(stack.count())) if isinstance(edit, Edit)]

    def _keep_only(self, edits: Sequence[Edit], clean: int) -> None:
        """Fill the stack anew with these edits, silently: QUndoStack itself cannot forget the oldest.

        What the person sees of the stack stays as it is. `clean` is the index of the saved state, below zero
        where there is none.
        """
        kept = [edit.renewed() for edit in edits]
        stack = self._stack
        stack.blockSignals(True)
        stack.clear()
        stack.resetClean()
        for index, edit in enumerate(kept):
            if index == clean:
                stack.setClean()
            stack.push(edit)
        stack.blockSignals(False)


def _first_that_fits(edits: Sequence[Edit]) -> int:
    """The place of the oldest edit that can be kept together with all newer ones; the newest always is."""
    held: dict[int, int] = {}
    total, first = 0, len(edits)
    while first:
        edit = edits[first - 1]
        new = {key: size for key, size in _held(edit.before).items() if key not in held}
        held |= new
        total += sum(new.values()) + _run_bytes(edit)
        if total > LARGEST_UNDO and first < len(edits):
            break
        first -= 1
    return first


def _held(experiment: Experiment) -> dict[int, int]:
    """The bytes of all that an experiment holds, by what it is, so that what is shared is counted once."""
    held = {id(experiment): SETTINGS_BYTES} | {id(part): SETTINGS_BYTES for part in experiment.earlier}
    for points in (experiment.points, *(part.points for part in experiment.earlier)):
        held[id(points)] = points.x.nbytes + points.y.nbytes
    return held


def _run_bytes(edit: Edit) -> int:
    return 0 if edit.run is None else edit.run.nbytes
