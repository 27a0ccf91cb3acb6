"""When a run should end: the rules a person can set, and the one of arriving."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.experiment.settings import Settings
from core.training.fit import Fit
from core.training.history import History
from core.training.snapshot import Snapshot

if TYPE_CHECKING:
    from core.training.compiled.block import Block

Floats = NDArray[np.float64]

CONVERGENCE_EVERY = 128  # steps between two looks at the gradient


class StopRules:
    """Counts from where training was last started; `best_step` is the one with the lowest loss of the run.

    The lowest loss is that of the points held out, where there are any.
    """

    def __init__(self) -> None:
        self.best_step = 0
        self._best = math.inf
        self._since = 0  # losses of earlier steps are not compared
        self._first_step = self._first_epoch = self._patient_since = 0
        self._seconds = 0.0
        self._clock: float | None = None

    def begin(self, settings: Settings, snapshot: Snapshot) -> None:
        """Behind `snapshot`, at which `settings` end the run, it goes on: what has run out is counted anew.

        What has not is counted on, so that the end of a run that was changed on its way follows from the
        changes alone, and a program can tell it.
        """
        if self._steps_are_done(settings, snapshot):
            self._first_step = snapshot.step
        if self._epochs_are_done(settings, snapshot):
            self._first_epoch = snapshot.epoch
        if self._time_is_up(settings):
            self._seconds = 0.0
        if self._has_no_patience(settings, snapshot):
            self._patient_since = snapshot.step

    def change(self, step: int) -> None:
        """Behind `step` something was changed: that is given the whole patience."""
        self._patient_since = step

    def forget_best(self, step: int) -> None:
        """Losses from `step` on are of another kind, and not to be compared with those before."""
        self._best, self.best_step, self._since = math.inf, step, step

    def rewind(self, snapshot: Snapshot, history: History) -> None:
        """The run goes on from `snapshot` in another way; what came after it in `history` is forgotten."""
        self._first_step = min(self._first_step, snapshot.step)
        self._first_epoch = min(self._first_epoch, snapshot.epoch)
        self._patient_since = min(self._patient_since, snapshot.step)
        if self.best_step > snapshot.step:
            self.forget_best(min(self._since, snapshot.step))
            series = history.losses() if snapshot.validation_loss is None else history.validation_losses()
            first = 0 if series is None else -(-self._since // series.stride)
            if series is not None and np.isfinite(series.low[first:]).any():
                place = first + int(np.nanargmin(series.low[first:]))
                self._best = float(series.low[place])
                self.best_step = min((place + 1) * series.stride, snapshot.step)

    def rest(self) -> None:
        """Training pauses: the time until the next step does not count."""
        self._clock = None

    def reason(self, settings: Settings, fit: Fit, snapshot: Snapshot) -> str | None:
        """Why the run should end behind `snapshot`, its newest step, or None."""
        self._note(snapshot)
        if snapshot.step % CONVERGENCE_EVERY == 0 and fit.converged():
            return "converged"
        if settings.loss_below is not None and snapshot.loss < settings.loss_below:
            return "loss_below"
        if settings.gradient_below is not None and fit.gradient_norm() < settings.gradient_below:
            return "gradient_below"
        if self._has_no_patience(settings, snapshot):
            return "patience" if snapshot.validation_loss is None else "early_stopping"
        if self._steps_are_done(settings, snapshot):
            return "steps"
        if self._epochs_are_done(settings, snapshot):
            return "epochs"
        return "seconds" if self._time_is_up(settings) else None

    def _has_no_patience(self, settings: Settings, snapshot: Snapshot) -> bool:
        waited = snapshot.step - max(self.best_step, self._patient_since)
        return settings.patience is not None and waited >= settings.patience

    def _steps_are_done(self, settings: Settings, snapshot: Snapshot) -> bool:
        return settings.steps is not None and snapshot.step - self._first_step >= settings.steps

    def _epochs_are_done(self, settings: Settings, snapshot: Snapshot) -> bool:
        return settings.epochs is not None and snapshot.epoch - self._first_epoch >= settings.epochs

    def _time_is_up(self, settings: Settings) -> bool:
        return settings.seconds is not None and self._seconds >= settings.seconds

    def room(self, settings: Settings, fit: Fit, snapshot: Snapshot) -> float:
        """How many steps there are behind `snapshot` until the ends by steps and by epochs."""
        found = math.inf
        if settings.steps is not None:
            found = self._first_step + settings.steps - snapshot.step
        if settings.epochs is not None:
            found = min(found, fit.steps_to_epoch(self._first_epoch + settings.epochs))
        return found

    def first(self, settings: Settings, step: int, block: Block, most: int) -> int:
        """How many of the steps of `block` behind `step`, up to `most`, no rule ends but at the last."""
        losses, ends = block.losses[:most], [most]
        if settings.loss_below is not None:
            ends += [*np.flatnonzero(losses < settings.loss_below)[:1] + 1]
        if settings.gradient_below is not None and block.norms is not None:
            ends += [*np.flatnonzero(block.norms[:most] < settings.gradient_below)[:1] + 1]
        if settings.patience is not None:
            counted = losses if block.held is None else block.held[:most]
            best = np.maximum(self._best_steps(step, counted), self._patient_since)
            waited = step + 1 + np.arange(most) - best
            ends += [*np.flatnonzero(waited >= settings.patience)[:1] + 1]
        return int(min(ends))

    def note(self, step: int, losses: Floats, held: Floats | None) -> None:
        """Keep the best of the steps behind `step`, at none of which the run ends."""
        counted = losses if held is None else held
        self.best_step = int(self._best_steps(step, counted)[-1])
        self._best = min(self._best, float(counted.min()))

    def _best_steps(self, step: int, losses: Floats) -> NDArray[np.int64]:
        """The best step up to each of those behind `step`."""
        lowest = np.minimum.accumulate(np.concatenate([[self._best], losses]))
        numbers = np.arange(step + 1, step + 1 + len(losses))
        return np.maximum.accumulate(np.where(losses < lowest[:-1], numbers, self.best_step))

    def _note(self, snapshot: Snapshot) -> None:
        """Keep the time and the best step, also for rules that are only set later."""
        now = time.monotonic()
        self._seconds += 0.0 if self._clock is None else now - self._clock
        self._clock = now
        loss = snapshot.loss if snapshot.validation_loss is None else snapshot.validation_loss
        if loss < self._best:
            self._best, self.best_step = loss, snapshot.step
