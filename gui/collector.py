"""Collects garbage in the GUI thread alone, because elsewhere that would destroy Qt objects."""

import gc
import sys
import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

EVERY = 2_000  # milliseconds
FEW = 700  # new objects, for which Python itself would not begin a collection; a window at rest makes none
LONG = 0.004  # seconds of a collection, which holds up the window


class Collector(QObject):
    """Takes the place of Python's automatic collections, from its making on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._modules = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.collect)
        self._again = QTimer(self)  # when Qt has taken all parts of the window away
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._look_at_all)

    def start(self) -> None:
        """Everything is loaded: what is there now stays, so that a collection need not look at it again."""
        self._keep_all()
        self._timer.start()

    def watch(self, window: QWidget) -> None:
        """Look once more at what stays when `window`, which may be among it, has gone."""
        window.destroyed.connect(self._again.start)

    def _look_at_all(self) -> None:
        """Collect what that window was made of, while another one is being shown anyway."""
        gc.unfreeze()
        gc.collect()
        if self._timer.isActive():
            self._keep_all()

    def collect(self) -> None:
        """Collect, if there is enough; what takes long because more was loaded, such as pandas, stays too."""
        if gc.get_count()[0] <= FEW:
            return
        begin = time.perf_counter()
        gc.collect()
        if len(sys.modules) > self._modules and time.perf_counter() - begin > LONG:
            self._keep_all()

    def _keep_all(self) -> None:
        gc.freeze()
        self._modules = len(sys.modules)
