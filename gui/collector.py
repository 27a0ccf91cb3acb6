"""Collects garbage in the GUI thread alone, because elsewhere that would destroy Qt objects."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 2_000  # milliseconds


class Collector(QObject):
    """Takes the place of Python's automatic collections, from its making on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Everything is loaded: what is there now stays, so that a collection need not look at it again."""
        gc.freeze()
        self._timer.start()

    def _collect(self) -> None:
        gc.collect()
