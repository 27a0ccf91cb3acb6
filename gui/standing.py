"""Where the run that is going on stands: what everybody who shows it reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.experiment import Experiment
from core.insight.theory import rate_at
from core.training import Snapshot, Worker
from gui.speed_meter import SpeedMeter
from gui.store import Store
from gui.watcher import Watcher

if TYPE_CHECKING:
    from core.training.compiled.engine import Engine
    from core.training.failure import Failure
    from core.training.history import History
    from core.training.inside import Inside
    from core.training.inspection import Inspection
    from core.training.path import Way
    from core.training.run import Ghost


class Standing(QObject):
    """Reads the worker and its trainer, where there are any; the session alone, which is one, moves them."""

    def __init__(self, store: Store, parent: QObject | None) -> None:
        super().__init__(parent)
        self._store = store
        self._worker: Worker | None = None
        self._watcher = Watcher()
        self._meter = SpeedMeter()
        self._speed: float | None = 100.0
        self._shown: Snapshot | None = None
        self._inside: Inside | None = None
        self._ghost: Ghost | None = None
        self._slow = self._in_hand = False

    @property
    def loading(self) -> bool:
        """Whether a run is being built, which the first time takes as long as PyTorch takes to load."""
        raise NotImplementedError

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot of the step at which the run stands, or None where there is no run."""
        return None if self._worker is None else self._worker.latest

    @property
    def shown(self) -> Snapshot | None:
        """The snapshot that all views show: in a run that goes on, one of the last frame's."""
        shown, latest = self._shown, self.snapshot
        return shown if shown is not None and latest is not None and shown.run == latest.run else latest

    @property
    def in_hand(self) -> bool:
        """Whether somebody is moving the start of the run."""
        return self._in_hand

    @property
    def tip(self) -> Snapshot | None:
        """The snapshot of the newest step of the run."""
        return None if self._worker is None else self._worker.trainer.tip

    @property
    def earliest(self) -> int:
        """The first step that can be gone to."""
        return 0 if self._worker is None else self._worker.trainer.earliest

    @property
    def history(self) -> History | None:
        """What every step of the run left behind."""
        return None if self._worker is None else self._worker.trainer.history

    @property
    def way(self) -> Way | None:
        """The parameters that the run has gone through."""
        return None if self._worker is None else self._worker.trainer.path.way()

    @property
    def inspection(self) -> Inspection | None:
        """The inside of the step that is shown, where somebody watches and it is known."""
        return self._watcher.inspection_of(self._shown)

    @property
    def inside(self) -> Inside | None:
        """The step that is told phase by phase, where somebody wants it or it is being made so."""
        return self._inside

    @property
    def in_mid_step(self) -> bool:
        """Whether some phases of a step are done; what is changed meanwhile counts from the next one on."""
        return self._worker is not None and self._worker.trainer.in_mid_step

    @property
    def in_slow_motion(self) -> bool:
        """Whether the person is going through a step phase by phase, or has just come to the end of one."""
        return self._slow

    @property
    def ghost(self) -> Ghost | None:
        """What was abandoned when the run last branched."""
        return self._ghost

    @property
    def stopped(self) -> str | None:
        """Why the run has ended, or None."""
        return None if self._worker is None else self._worker.trainer.stopped

    @property
    def failure(self) -> Failure | None:
        """Why there is no step behind this one, where the run has ended so here."""
        return None if self._worker is None else self._worker.trainer.failure

    @property
    def measured_since(self) -> int:
        """The step behind which losses are of the kind that they are now."""
        return 0 if self._worker is None else self._worker.trainer.measured_since

    @property
    def alike_since(self) -> int | None:
        """The step behind which all steps were made as the next one is wanted; None for none."""
        return 0 if self._worker is None else self._worker.trainer.alike_since

    @property
    def present_rate(self) -> float:
        """The learning rate of the next step, or, on a schedule, of the last one."""
        settings, snapshot = self._store.settings, self.snapshot
        if self._worker is None or snapshot is None:
            return settings.learning_rate
        return rate_at(settings, snapshot, self._worker.trainer.taken_rate)

    @property
    def was_changed(self) -> bool:
        """Whether the run is not that of the store's experiment from its start on."""
        return self._worker is not None and self._worker.trainer.was_changed

    @property
    def change_waits(self) -> bool:
        """Whether the next step takes up a change that no step has taken up yet."""
        return self._worker is not None and self._worker.trainer.changed

    def experiment(self) -> Experiment:
        """The store's experiment, with the changes that were made during this run of it, and where it stands.

        A run whose changes are not all known any more could not be gone through again.
        """
        experiment = self._store.experiment
        if self._worker is None or self.loading:
            return experiment
        trainer = self._worker.trainer
        same = trainer.wanted == (experiment.points, experiment.settings)
        if not same:
            return experiment
        earlier = trainer.earlier
        step = 0 if trainer.was_changed and not earlier else trainer.latest.step
        return replace(experiment, earlier=earlier, step=step)

    @property
    def engine(self) -> Engine | None:
        """What makes the steps of the run, or None where there is no run."""
        return None if self._worker is None else self._worker.trainer.engine

    @property
    def steps_per_second(self) -> float:
        """How fast training goes, or went last; 0 before it has."""
        return self._meter.steps_per_second

    @property
    def speed(self) -> float | None:
        """Steps a second, None for as fast as it can."""
        return self._speed
