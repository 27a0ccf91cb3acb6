"""What is wrong and stays so: said in every window as long as it is, whatever else is said meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

Say = Callable[[], str]


class Notices(QObject):
    """Sentences that stand, each under the key of who put it there; `changed()` says that they may differ.

    A notice is asked for its sentence whenever it is shown, so that it speaks the language in use; an empty
    one is not shown.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices: dict[str, Say] = {}

    def put(self, key: str, say: Say) -> None:
        """Let `say` be heard from now on, in the place of what stood under `key`."""
        self._notices[key] = say
        self.changed.emit()

    def drop(self, key: str) -> None:
        """It is not so any more."""
        if self._notices.pop(key, None) is not None:
            self.changed.emit()

    def sentences(self) -> list[str]:
        """All that is to be said, in the order in which it came."""
        return [sentence for say in self._notices.values() if (sentence := say())]
