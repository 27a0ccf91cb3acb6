"""Collects garbage in the GUI thread alone, because elsewhere that would destroy Qt objects."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 2_000  # milliseconds
YOUNG = 1  # the oldest generation collected before `freeze`


class Collector(QObject):
    """Takes the place of Python's automatic collections from its making on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._oldest = YOUNG
        gc.disable()
        timer = QTimer(self)
        timer.setInterval(EVERY)
        timer.timeout.connect(self._collect)
        timer.start()

    def freeze(self) -> None:
        """What is there now stays: PyTorch's many objects need never be looked at again."""
        gc.freeze()
        self._oldest = 2

    def _collect(self) -> None:
        gc.collect(self._oldest)
