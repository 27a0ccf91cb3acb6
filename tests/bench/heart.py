"""Notes when the window could do something, from its first paint until its run is built."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

from gui.main_window import MainWindow


class Heart(QObject):
    """Beats every so many milliseconds, unless something holds the window up; `done` takes all times."""

    def __init__(self, window: MainWindow, every: int, done: Callable[[list[float]], None]) -> None:
        super().__init__(window)
        self._window, self._done = window, done
        self._beats: list[float] = []
        self._timer = QTimer(self)
        self._timer.setInterval(every)
        self._timer.timeout.connect(self._beat)
        window.session.run_started.connect(self._end)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Begin behind the first paint; let all events go on."""
        if event.type() == QEvent.Type.Paint and not self._timer.isActive():
            self._timer.start()
        return False

    def _beat(self) -> None:
        self._beats.append(time.perf_counter())

    def _end(self, start: object) -> None:
        if start is not None:
            self._beat()
            self._done(self._beats)
