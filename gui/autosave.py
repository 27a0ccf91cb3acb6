"""Keeps the work on disk, so that a crash, a kill or a power cut loses at most the last second."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from core.experiment import Experiment, load_experiment, save_experiment
from core.problem import Problem
from gui.background import Background
from gui.store import Store, require_one_column

log = logging.getLogger(__name__)

DELAY = 400  # milliseconds from the first change to the write
UNREAD = "unread"  # before the name of work that was put aside
SLOTS = 9  # windows open at once that keep their own work


class Autosave(QObject):
    """Writes the store's experiment, in the background, soon after each change.

    `failed(sentence)` says why the work cannot be kept. Each running program holds a slot of its own, so
    that two windows do not overwrite each other's work.
    """

    failed = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock, self._path = _free_slot(folder)
        self._store: Store | None = None
        self._background = Background(self)
        self._saved: Experiment | None = None
        self._failure = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._save)

    def restore(self) -> Experiment | None:
        """The work of the last time, or None if there is none that can be read.

        What cannot be read is put aside, so that the next work does not overwrite it.
        """
        if self._path is None or not self._path.exists():
            return None
        try:
            experiment = load_experiment(self._path, alone=True)  # there is no window yet
            require_one_column(experiment.points)
        except Problem as problem:
            log.warning("the work of the last time cannot be read: %s", problem)
            with suppress(OSError):
                self._path.replace(self._path.with_name(f"{UNREAD}-{self._path.name}"))
            return None
        return experiment

    def watch(self, store: Store) -> None:
        """Keep the work of `store` from now on."""
        self._store, self._saved = store, store.experiment
        store.points_changed.connect(self._soon)
        store.settings_changed.connect(self._soon)

    def close(self) -> None:
        """Write what is not written yet, and let the slot go."""
        self._timer.stop()
        self._background.close()
        if self._store is not None and self._path is not None and self._saved is not self._store.experiment:
            try:
                save_experiment(self._store.experiment, self._path)
            except Problem as problem:
                log.warning("%s", problem)
        if self._lock is not None:
            self._lock.unlock()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _save(self) -> None:
        if self._store is None or self._path is None:
            return
        experiment, path = self._store.experiment, self._path
        self._background.run(
            "autosave",
            lambda: save_experiment(experiment, path),
            lambda _result: self._note(experiment),
            self._fail,
        )

    def _fail(self, error: Exception) -> None:
        """Say so once for each reason, not after each change."""
        log.warning("the work cannot be kept: %s", error)
        if str(error) != self._failure:
            self._failure = str(error)
            self.failed.emit(self._failure)

    def _note(self, experiment: Experiment) -> None:
        self._saved = experiment


def _free_slot(folder: Path) -> tuple[QLockFile | None, Path | None]:
    """A lock that nobody else holds, and the file that goes with it; nothing where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        log.warning("the work cannot be kept in %s", folder, exc_info=True)
        return None, None
    for slot in range(1, SLOTS + 1):
        lock = QLockFile(str(folder / f"work-{slot}.lock"))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            return lock, folder / f"work-{slot}.fit.json"
    log.warning("the work cannot be kept in %s: every place is taken or cannot be written", folder)
    return None, None
