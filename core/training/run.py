"""What everybody may read of one run: where it stands, and what is planned for it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from core.experiment.experiment import MOST_STRETCHES, Stretch
from core.insight.curves import Curve
from core.insight.scaling import Scaling
from core.training.checkpoints import Checkpoints
from core.training.compiled.engine import Engine
from core.training.failure import Failure
from core.training.fit import Fit, Wanted
from core.training.history import History, Series
from core.training.inside import Inside
from core.training.inspection import Inspection, inspection
from core.training.path import Path
from core.training.plan import Part, measure, same, size_of
from core.training.slow_step import SlowStep
from core.training.snapshot import Snapshot
from core.training.threads import with_own_threads


class Ghost(NamedTuple):
    """What was abandoned when a run went on from `step` in another way: its losses, and its last snapshot."""

    step: int
    losses: Series
    snapshot: Snapshot


class Run:
    """Where a run stands; the trainer alone, which is one, moves it.

    `start` is the snapshot of its step 0, `latest` that of the step at which it stands, `tip` that of the
    newest step it has come to.
    Whatever is changed at an earlier step begins a branch, and what it abandons is the `ghost`. `history`
    holds what every step left behind, `path` its parameters, `inspected` what the step that was watched last
    shows of itself. `inside` is the step that was opened last, phase by phase; while `opens` is set, so is
    the step that is gone to. `notice` is a sentence about something that happened on the way. `torn` says
    that an error has left the fit elsewhere than the run stands.
    """

    run: int
    device: str
    threads: int
    notice: str
    ghost: Ghost | None
    engine: Engine
    curve: Curve
    scaling: Scaling
    fit: Fit
    history: History
    path: Path
    start: Snapshot
    latest: Snapshot
    tip: Snapshot
    inspected: Inspection | None
    inside: Inside | None
    opens: bool
    torn: bool
    _before: Snapshot
    _plan: list[Part]
    _wanted: Wanted  # next
    _planned: Wanted  # by the last part of the plan
    _slow: SlowStep | None
    _stopped: str | None
    _stopped_at: int
    _failure: Failure | None
    _checkpoints: Checkpoints

    @property
    def stopped(self) -> str | None:
        """Why the run should end, or None; what was changed since then may be a reason to go on.

        One of "epochs", "steps", "seconds", "loss_below", "gradient_below", "patience", "early_stopping",
        "converged", and, where the next step is not finite, "diverged" and "nan".
        """
        if self.latest.step != self._stopped_at:
            return None
        changed = self._wanted is not self._planned
        return None if changed and self._failure is None else self._stopped

    @property
    def failure(self) -> Failure | None:
        """Why there is no step behind this one, where the run has ended so here."""
        return self._failure if self.latest.step == self._stopped_at else None

    @property
    def earliest(self) -> int:
        """The first step that can be gone to: 0, unless changes of many points took too much memory."""
        return self._checkpoints.earliest

    @property
    def earlier(self) -> tuple[Stretch, ...]:
        """The parts of the run before what is wanted now, as an experiment keeps them, if it can."""
        plan = self._plan
        if self.changed:
            here = self.latest.step
            plan = [*(part for part in plan if part.since < here), Part(here, self._wanted)]
        parts = [Stretch(two.since, *one.wanted) for one, two in pairwise(plan)]
        return tuple(parts) if self.earliest == 0 and len(parts) <= MOST_STRETCHES else ()

    @property
    def nbytes(self) -> int:
        """The bytes of its points, which it also has as tensors, and of all that it remembers, about."""
        ghost = self.ghost
        abandoned = 0 if ghost is None else ghost.losses.low.nbytes + ghost.losses.high.nbytes
        remembered = self.history.nbytes + self.path.nbytes + self._checkpoints.nbytes
        return 2 * size_of(self._plan) + remembered + abandoned

    @property
    def measured_since(self) -> int:
        """The step behind which losses are of the kind that they are now: of these points, by this loss."""
        here, since = self.latest.step, 0
        parts = [part for part in self._plan if part.since < max(here, 1)]
        if self._wanted is not self._planned:
            parts.append(Part(here, self._wanted))
        for one, two in pairwise(parts):
            since = since if measure(one.wanted) == measure(two.wanted) else two.since
        return since

    @property
    def alike_since(self) -> int | None:
        """The step behind which all steps up to this one were made as the next is wanted; None for none."""
        here = self.latest.step
        parts = [part for part in self._plan if part.since < max(here, 1)]
        since: int | None = None if here else 0
        for part in reversed(parts):
            if part.wanted.points is not self._wanted.points:
                break
            if not part.wanted.settings.steps_like(self._wanted.settings):
                break
            since = part.since
        return since

    @property
    def taken_rate(self) -> float:
        """The learning rate that was set for the step at which the run stands."""
        return self.fit.taken.settings.learning_rate

    @property
    def changed(self) -> bool:
        """Whether the next step takes up a change that no step has taken up yet."""
        return not same(self._wanted, self._plan[-1].wanted)

    @property
    def wanted(self) -> Wanted:
        """The points and settings that the next new step takes."""
        return self._wanted

    @with_own_threads
    def full_loss(self) -> float:
        """The loss of all training points at the present parameters, in the units of the data."""
        return self.fit.full_loss()

    @property
    def is_to_open(self) -> bool:
        """Whether the step at which the run stands must be made again, to be opened."""
        step = self.latest.step
        can_be = step == 0 or step > self.earliest
        return self.opens and can_be and not self.in_mid_step and not self.is_open

    @property
    def is_open(self) -> bool:
        """Whether `inside` is of the step at which the run stands.

        At step 0 it is of the one that would be first, and after a divergence perhaps of that which does not
        count.
        """
        step, inside = self.latest.step, self.inside
        if inside is None:
            return False
        if step == 0 and not inside.complete:
            return self.tip.step > 0 or inside.settings == self._wanted.settings
        last = step + (self.failure is not None)
        return inside.complete and step <= inside.number <= last

    @property
    def was_changed(self) -> bool:
        """Whether the run is not that of what is wanted now from its start on."""
        return self.earliest > 0 or len(self._plan) > 1 or (self.changed and self.latest.step > 0)

    @property
    def in_mid_step(self) -> bool:
        """Whether a step is under way of which some phases are done; whatever comes next completes it."""
        return self._slow is not None

    @with_own_threads
    def inspect(self) -> Inspection:
        """The inside of the step at which the run stands; not while another thread steps it."""
        return inspection(self.fit, self.latest, self._before)
