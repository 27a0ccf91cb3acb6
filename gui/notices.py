"""What must stay in sight as long as it is so, or until the person has acted; it outlives a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

Say = Callable[[], str]


class Choice(NamedTuple):
    """A button: its name, what is on it and what it does: a function, or an action of the window by name."""

    name: str
    label: Say
    does: Callable[[], object] | str


class Notice(NamedTuple):
    """A sentence and the buttons for it, each asked for whenever it is shown, in the language in use."""

    say: Say
    choices: tuple[Choice, ...]
    warns: bool


class Notices(QObject):
    """All that there is to be noticed, each under a key; `changed()` says that it may differ."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices: dict[str, Notice] = {}

    def put(self, key: str, say: Say, choices: tuple[Choice, ...] = (), warns: bool = True) -> None:
        """Let `say` be heard from now on, in the place of what stood under `key`."""
        self._notices[key] = Notice(say, choices, warns)
        self.changed.emit()

    def drop(self, key: str) -> None:
        """It is not so any more, or the person has acted."""
        if self._notices.pop(key, None) is not None:
            self.changed.emit()

    def in_order(self) -> list[Notice]:
        """Those that have something to say: the warnings first, and otherwise the oldest."""
        speaking = [notice for notice in self._notices.values() if notice.say()]
        return sorted(speaking, key=lambda notice: not notice.warns)
