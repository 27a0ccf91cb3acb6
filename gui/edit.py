"""One change of points or settings, as undo and redo know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QUndoCommand

from core.experiment import Experiment

if TYPE_CHECKING:
    from gui.store import Store


class KeptRun(Protocol):
    """A run that is put away: whoever keeps it knows only how many bytes it holds."""

    @property
    def nbytes(self) -> int:
        """The bytes of its numbers."""


class Edit(QUndoCommand):
    """One change: the whole experiment before it and after it. Both are frozen, so nothing is copied.

    `done` says that the change has been shown already, so that pushing it shows nothing; `anew` that it puts
    something else in the place of what was, and so takes a new run, and `remedy` that a diagnosis
    proposed it. `run` is the run that ended by it, or, once it is undone, the one that this ended; None
    where the run went on, or had made no step.
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
        self.run: KeptRun | None = None
        self._store = store
        self._stroke = stroke
        self._done = done

    def renewed(self) -> Edit:
        """The same, to be pushed upon another stack, which shows nothing."""
        edit = Edit(
            self._store,
            self.before,
            self.after,
            self.text(),
            self._stroke,
            done=True,
            anew=self.anew,
            remedy=self.remedy,
        )
        edit.run = self.run
        return edit

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
            self._store.show_edit(self, self.after)
        self._done = False

    def undo(self) -> None:
        """Show what was before."""
        self._store.show_edit(self, self.before)
