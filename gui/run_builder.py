"""Builds runs without holding up the window; the first one takes as long as PyTorch takes to load."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.experiment import Experiment, Points
from core.training.libraries import load_libraries
from gui.background import Background

if TYPE_CHECKING:
    from core.training import Trainer
    from core.training.devices import Device


class RunBuilder:
    """Calls built(trainer) or failed(error) for the experiment that was asked for last, and for no other.

    `busy` says whether there is one under way.
    """

    def __init__(
        self,
        background: Background,
        built: Callable[[Trainer], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.busy = False
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
        self._background.run("run", lambda: build_trainer(experiment), self._built, self._failed)

    def drop(self) -> None:
        """What is being built is not wanted any more."""
        self.busy = False
        self._background.drop("run")

    def _built(self, trainer: Trainer) -> None:
        self.busy = False
        self._tell_built(trainer)

    def _failed(self, error: Exception) -> None:
        self.busy = False
        self._tell_failed(error)


def build_trainer(experiment: Experiment) -> Trainer:
    """The run of an experiment, at its step 0."""
    from core.training import Trainer

    return Trainer(experiment.points, experiment.settings, experiment.earlier)


def _load_torch() -> None:
    """So that the person's own first step finds everything there."""
    from core.training.compiled.compiler import makers

    load_libraries()
    build_trainer(Experiment(Points([0.0, 1.0], [0.0, 1.0]))).step()
    makers()  # which takes reading, and then is known


def _find_devices() -> tuple[Device, ...]:
    from core.training.devices import available_devices

    return available_devices()
