"""Which experiment file the work is that of, so that saving never writes other points over it unasked."""

from __future__ import annotations

from weakref import ref

from PySide6.QtCore import QObject, Signal

from core.experiment import Experiment, Points
from gui.store import Store


class OpenFile(QObject):
    """The path of the file that is open, or nothing; `changed()` tells of another one.

    Other points that take the place of these are not those of the file, and its path goes with them; undo and
    redo bring both back together.
    """

    changed = Signal()

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._path = ""
        self._left: list[tuple[ref[Points], str]] = []  # points that others have replaced, and their paths
        store.changed.connect(self._follow)

    @property
    def path(self) -> str:
        """Where the work was opened from or saved to."""
        return self._path

    @path.setter
    def path(self, path: str) -> None:
        self._path = path
        self.changed.emit()

    def _follow(self, after: Experiment, before: Experiment, anew: bool) -> None:
        """Let go of the path with the points, and find again that of points that come back."""
        if not anew or after.points is before.points:
            return
        gone = (None, before.points)
        self._left = [(old, path) for old, path in self._left if not any(old() is each for each in gone)]
        self._left.append((ref(before.points), self._path))
        self.path = next((path for old, path in self._left if old() is after.points), "")
