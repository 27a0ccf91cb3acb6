"""Keeps the work on disk, so that a crash, a kill or a power cut loses at most the last second."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from threading import Event, Lock

from PySide6.QtCore import QObject, QTimer, Signal

from core.experiment import Experiment
from core.experiment.file import save_work
from core.experiment.slots import Slot, is_open, known_slots, take_slot
from core.experiment.work import Unreadable, read_work
from core.file_names import readable
from core.problem import Problem
from core.texts import _
from core.whole_file import reason_in_words
from gui.background import Background
from gui.standing import Standing
from gui.store import Store

log = logging.getLogger(__name__)

DELAY = 0.15  # seconds from a change to the write, and from one write to the next, in which others may come
RETRY = 2000  # milliseconds until that is tried again which failed
CHECK = 3000  # milliseconds between looks whether the work is still where it was written
CRASHES = 2  # of windows with this work, after which another does not open it by itself
FEW = 10_000  # points that are written again and again during a run without anybody noticing
MOST_RECORDED = 200_000  # points of earlier parts of a run, of which more would not be on disk soon


class Autosave(QObject):
    """Writes the store's experiment, in the background, soon after each change, and again where that failed.

    The step at which its run stands goes with it; it is written when the run comes to rest, and now and then.
    `changed()` says that `failure` may be another: why the work is not on disk. Each running program holds
    a slot of its own, so that two windows do not overwrite each other's work. `beside_others` tells that
    there were others at the start, `starts_plain` that work was left alone because windows crashed with it,
    `shown` whose work was shown, and `unreadable` what could not be read. `written(experiment)` follows each
    write.
    """

    changed = Signal()
    written = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.beside_others = any(map(is_open, known_slots(folder)))
        self.shown: Path | None = None
        self.starts_plain = False
        self.unreadable: Unreadable | None = None
        self._error: Exception | None = None
        self._slot: Slot | None = None
        self._store: Store | None = None
        self._run: Standing | None = None
        self._saved: Experiment | None = None
        self._saved_step = 0  # at which the run stood then
        self._writing, self._closing = Lock(), Event()
        self._background = Background(self)
        self._timer = QTimer(self)  # until that is tried again which failed
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)
        self._checks = QTimer(self)
        self._checks.setInterval(CHECK)
        self._checks.timeout.connect(self._check)
        try:
            self._slot = take_slot(folder, self._fits)
            self._slot.begin()
        except (OSError, Problem) as error:
            self._note_failure(error)

    @property
    def slot(self) -> Slot | None:
        """The place of this program's work."""
        return self._slot

    @property
    def failure(self) -> str:
        """Why the work is not on disk, in a sentence; "" while nothing is known to be wrong."""
        return "" if self._error is None else failure_sentence(self._error, self.folder)

    def restore(self) -> Experiment | None:
        """The work of the last time, or None if there is none that can be read.

        What cannot be read is put aside, so that the next work does not overwrite it.
        """
        slot = self._slot
        if slot is None and isinstance(self._error, OSError):  # it may be seen all the same
            slot = next((slot for slot in known_slots(self.folder) if slot.path.exists()), None)
        if slot is None or not slot.path.exists():
            return None
        work = read_work(slot.path)
        if isinstance(work, Unreadable):
            self.unreadable = work
            if work.path == slot.path:
                self._leave_slot()
            return None
        self.shown = slot.path
        return work

    def watch(self, store: Store, run: Standing) -> None:
        """Keep the work of `store`, and where its `run` stands, from now on."""
        self._store, self._saved, self._run = store, store.experiment, run
        self._saved_step = store.experiment.step
        store.points_changed.connect(self._soon)
        store.settings_changed.connect(self._soon)
        self._checks.start()
        if self._error is not None:
            self._timer.start(RETRY)

    @property
    def is_written(self) -> bool:
        """Whether the work is on disk as it is now, as far as is known."""
        return self._store is None or self._saved is self._store.experiment

    def flush(self) -> bool:
        """Write now what is not written yet; whether it is on disk then."""
        if not self.is_written or self._has_moved():
            try:
                self._note(self._write())
            except (OSError, Problem) as error:
                self._fail(error)
        return self.is_written

    def close(self) -> None:
        """Write what is not written yet, and let the slot go."""
        self._closing.set()
        self._background.close()
        self.flush()
        self._timer.stop()
        self._checks.stop()
        if self._slot is not None:
            self._slot.forget_crashes()
            self._leave_slot()

    # --- in the background --------------------------------------------------------------------------------

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._save()

    def follow_run(self) -> None:
        """The run may have come to rest at another step."""
        if self._has_moved():
            self._soon()

    def _has_moved(self) -> bool:
        """Whether the run stands at another step than when it was written."""
        if self._run is None or self._run.loading or self._run.snapshot is None:
            return False
        return self._run.snapshot.step != self._saved_step

    def _save(self) -> None:
        self._background.run("autosave", self._write_all, self._note, self._fail, passing=True)

    def _write_all(self) -> Experiment:
        """Write until nothing has changed meanwhile, without a turn of the window, which may stand still."""
        assert self._store is not None
        begin = time.monotonic()
        while True:
            begin += DELAY
            self._closing.wait(max(0, begin - time.monotonic()))
            begin = time.monotonic()
            written = self._write()
            if written is self._store.experiment or self._closing.is_set():
                return written

    def _write(self) -> Experiment:
        """Write the work as it is now to the slot, and return it.

        It goes to another slot where its own is gone, or where there was none; there nothing is overwritten.
        """
        assert self._store is not None
        with self._writing:
            if self._slot is None or not self._slot.is_held:
                self._leave_slot()
                self._slot = take_slot(self.folder, lambda slot: not slot.path.exists())
                self._slot.begin()
            experiment = self._store.experiment
            save_work(self._with_run(experiment), self._slot.path)
        return experiment

    def _with_run(self, experiment: Experiment) -> Experiment:
        """`experiment` with the changes of its run and the step at which that stands, where there is room."""
        run = self._run
        if run is None or run.loading or run.snapshot is None:
            return experiment
        step = run.snapshot.step
        try:
            whole = run.experiment()
        except Problem:  # it has just gone on in another way, and will come to rest again
            return experiment
        self._saved_step = step
        if whole.points is not experiment.points or whole.settings is not experiment.settings:
            return experiment  # which has changed meanwhile, and is written again
        others = {id(part.points): len(part.points) for part in whole.earlier}
        others.pop(id(experiment.points), None)
        return whole if sum(others.values()) <= MOST_RECORDED else experiment

    def _check(self) -> None:
        """Look whether the work is still there, which somebody may have removed, and where its run is now."""
        if self._timer.isActive() or self._background.busy or self._store is None:
            return
        if self._has_moved() and len(self._store.points) <= FEW:
            self._save()
        else:
            self._background.run("check", self._is_there, self._write_again, self._fail)

    def _is_there(self) -> bool:
        slot = self._slot
        return slot is not None and slot.is_held and slot.path.exists()

    def _write_again(self, is_there: bool) -> None:
        if not is_there and self._store is not None and self._store.experiment != Experiment():
            self._saved = None
            self._save()

    # --- what became of it --------------------------------------------------------------------------------

    def _note(self, experiment: Experiment) -> None:
        self._saved = experiment
        if self._error is not None:
            self._error = None
            log.info("the work is kept again")
            self.changed.emit()
        self.written.emit(experiment)

    def _fail(self, error: Exception) -> None:
        """Say so, and go on trying."""
        self._note_failure(error)
        self._timer.start(RETRY)
        self.changed.emit()

    def _note_failure(self, error: Exception) -> None:
        if str(error) != str(self._error):  # once for each reason
            log.warning("the work cannot be kept in %s: %s", self.folder, error)
        self._error = error

    def _fits(self, slot: Slot) -> bool:
        """Whether to begin in `slot`: not with work that windows have crashed with again and again."""
        crashed = slot.crashes() >= CRASHES
        self.starts_plain = self.starts_plain or crashed
        return not (self.starts_plain and slot.path.exists())

    def _leave_slot(self) -> None:
        if self._slot is not None:
            self._slot.release()
            self._slot = None


def failure_sentence(error: Exception, folder: Path) -> str:
    """That work is not kept in `folder`, why, and what to do."""
    cause = error.__cause__ if isinstance(error, Problem) else error
    reason = reason_in_words(cause) if isinstance(cause, OSError) else str(error)
    sentence = _(
        "Your work is not kept at the moment in {folder}: {reason}. Fitscope goes on trying; save the work "
        "elsewhere to be safe."
    )
    return sentence.format(folder=readable(folder), reason=reason.rstrip("."))
