"""Builds runs without holding up the window; the first one takes as long as PyTorch takes to load."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from core.experiment import Experiment, Points
from core.training.libraries import load_libraries
from gui.background import Background

if TYPE_CHECKING:
    from core.training import Trainer
    from core.training.devices import Device


class Return:
    """A run on its way to the step at which it was saved: how far it is, and a way to stop it there."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.share = 0.0  # from 0 to 1
        self.halt = Event()


class RunBuilder:
    """Calls built(trainer) or failed(error) for the experiment that was asked for last, and for no other.

    `busy` says whether there is one under way, and `on_return` how far it is on its way to the step at which
    it was saved; None where it begins at its start.
    """

    def __init__(
        self,
        background: Background,
        built: Callable[[Trainer], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.busy = False
        self.on_return: Return | None = None
        self._background = background
        self._tell_built = built
        self._tell_failed = failed

    def load_torch(self) -> None:
        """Import all that a first step needs; if that fails, so does every run, which says why."""
        self._background.run("torch", _load_torch, lambda _nothing: None, lambda _error: None)

    def find_devices(
        self, then: Callable[[tuple[Device, ...]], None], failed: Callable[[Exception], None]
    ) -> None:
        """Find the processors that can train, behind what was asked for before: it may take a while."""
        self._background.run("devices", _find_devices, then, failed)

    def build(self, experiment: Experiment, at_once: bool) -> None:
        """Build the run of an experiment; `at_once` before this returns, or else in the background."""
        self.drop()
        if at_once:
            try:
                trainer = build_trainer(experiment)
            except Exception as error:
                self._tell_failed(error)
            else:
                self._tell_built(trainer)
            return
        self.busy = True
        way = self.on_return = Return(experiment.step) if experiment.step else None

        def work(unwanted: Callable[[], bool]) -> Trainer:
            trainer = build_trainer(experiment)
            if way is not None:
                go_through(trainer, way, unwanted)
            return trainer

        self._background.search("run", work, self._built, self._failed)

    def drop(self) -> None:
        """What is being built is not wanted any more."""
        self._rest()
        self._background.drop("run")

    def _rest(self) -> None:
        self.busy, self.on_return = False, None

    def _built(self, trainer: Trainer) -> None:
        self._rest()
        self._tell_built(trainer)

    def _failed(self, error: Exception) -> None:
        self._rest()
        self._tell_failed(error)


def build_trainer(experiment: Experiment) -> Trainer:
    """The run of an experiment, at its step 0."""
    from core.training import Trainer

    return Trainer(experiment.points, experiment.settings, experiment.earlier)


def go_through(trainer: Trainer, way: Return, unwanted: Callable[[], bool]) -> None:
    """Make all steps of a run again up to the one of `way`, or until it is halted."""
    while trainer.tip.step < way.step and trainer.failure is None:
        if way.halt.is_set() or unwanted():
            return
        trainer.go_on()  # where a rule had stopped it, the person had let it go on
        trainer.leap(way.step - trainer.latest.step)
        way.share = trainer.tip.step / way.step
    trainer.go_to(way.step)


def _load_torch() -> None:
    """So that the person's own first step finds everything there."""
    from core.training.compiled.compiler import makers

    load_libraries()
    build_trainer(Experiment(Points([0.0, 1.0], [0.0, 1.0]))).step()
    makers()  # which takes reading, and then is known


def _find_devices() -> tuple[Device, ...]:
    from core.training.devices import available_devices

    return available_devices()
