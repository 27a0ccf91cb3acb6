"""What a diagnosis goes by: the evidence of one step, and what follows from it for every rule alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.choices import LOSSES
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.diagnosis.motion import GROWS, STANDS, SWING_WINDOW, SWINGS, motion
from core.insight.diagnosis.recent import Recent, recent
from core.insight.theory import PENALTIES, Theory
from core.training.history import Series
from core.training.snapshot import Snapshot

if TYPE_CHECKING:
    from core.insight.optimum import Optimum
    from core.training.failure import Failure

Floats = NDArray[np.float64]

MOST_WORK = 100_000  # points times parameters; of more points only some are looked at
FEWEST_LOOKED_AT = 512  # points
WORTH_SAYING = 0.01  # of the least loss: what is left is more than that
ARRIVED = 1e-5  # of the least loss; nobody sees what is left above it
UNSEEN = 1e-3  # standard deviations of y: a fit that is so near to the best looks like it
ROUNDING = 3e-6  # standard deviations of y: what a float32 rounds away, with some room
SMALL = 3e-5  # standard deviations of y: residuals that are little but rounding, and swing with it


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run at its chosen step. `losses` and `validation` are those of its steps, in the units of the data.

    `points` are those that training sees, without those that are held out. `theory` is that of the run, None
    where nobody has worked it out; `stopped` says why it ended, if it did so at this step. Losses of the
    steps up to `since` were of other points or of another loss, and are not compared. `failure` says why no
    step comes behind it, if so. `alike_since` is the step behind which all steps were made with `settings`;
    None where none was, as of a change that no step has taken up: then the curve says nothing of them.
    `present_rate` is the learning rate now, where a schedule has made another one of that which is set.
    `remedied` are the settings before each of the remedies that led to these, the oldest first.
    """

    points: Points
    settings: Settings
    snapshot: Snapshot
    losses: Series
    validation: Series | None = None
    theory: Theory | None = None
    stopped: str | None = None
    since: int = 0
    failure: Failure | None = None
    alike_since: int | None = 0
    present_rate: float | None = None
    remedied: tuple[Settings, ...] = ()

    @property
    def step(self) -> int:
        """The chosen step."""
        return self.snapshot.step

    def _every(self, count: int) -> int:
        """Every which of `count` points is looked at: all, or, of very many, some from everywhere."""
        most = max(MOST_WORK // self.snapshot.curve.count(), FEWEST_LOOKED_AT)
        return max(-(-count // most), 1)

    @cached_property
    def looked_at(self) -> Points:
        """The points, or, of very many, some from everywhere among them."""
        every = self._every(len(self.points))
        return self.points if every == 1 else Points(self.points.x[::every], self.points.y[::every])

    @cached_property
    def residuals(self) -> Floats:
        """y minus the fit, of the points looked at `[n]`, in the units of y."""
        points = self.looked_at
        with np.errstate(all="ignore"):
            return points.y - self.snapshot.predict(points.x)

    @cached_property
    def recent(self) -> Recent:
        """The newest losses that were made with these settings."""
        since = self.step if self.alike_since is None else self.alike_since
        return recent(self.losses, self.step, since=since)

    @cached_property
    def motion(self) -> str:
        """What the loss does under these settings, a word of core.insight.diagnosis.motion."""
        high = self.losses.high
        first = float(high[0]) if len(high) else 0.0
        zone = self.zone if self.sure else ""
        return motion(self.recent, self.gain, first, self.batches, zone, self.loss_of(SMALL))

    @property
    def batches(self) -> bool:
        """Whether a step looks at some of the points only."""
        size = self.settings.batch_size
        return size is not None and size < len(self.points)

    @property
    def rate(self) -> float:
        """The learning rate now: that which is set, or what a schedule has made of it."""
        if self.present_rate is not None:
            return self.present_rate
        scheduled = self.settings.schedule != "constant" and self.step
        return self.snapshot.learning_rate if scheduled else self.settings.learning_rate

    @property
    def penalised(self) -> bool:
        """Whether something else than the loss is made small, so that the lowest loss is not the goal."""
        values = self.settings.values("optimizer")
        return bool(self.settings.l1) or any(values.get(name) for name in PENALTIES)

    @property
    def sure(self) -> bool:
        """Whether theory knows where the learning rate lies, and does not only estimate it."""
        return self.theory is not None and self.theory.zones is not None and not self.theory.estimated

    @cached_property
    def zone(self) -> str:
        """Where the learning rate lies, a key of core.insight.stability.ZONES; empty where nobody knows."""
        zones = None if self.theory is None else self.theory.zones
        return "" if zones is None else zones.name(self.rate)

    @property
    def limit(self) -> float | None:
        """The largest stable learning rate, where theory knows it."""
        return None if self.theory is None else self.theory.limit

    @property
    def share(self) -> float | None:
        """The learning rate in units of the largest stable one."""
        return None if self.theory is None else self.theory.share(self.rate)

    @cached_property
    def least(self) -> float | None:
        """The least loss that this model can have by the chosen loss, where theory knows it."""
        optimum = None if self.theory is None else self.theory.optimum
        return None if optimum is None else optimum.loss

    @cached_property
    def excess(self) -> float | None:
        """What the loss lies above the least possible, where that is known and can be computed.

        As core.insight.optimum.Optimum.excess has it, by the chosen loss; of very many points some stand for
        all.
        """
        optimum = None if self.theory is None else self.theory.optimum
        return None if optimum is None else self._above(optimum)

    def _above(self, optimum: Optimum) -> float | None:
        """What the loss lies above that of `optimum`; None where it cannot be compared."""
        if not optimum.fits(self.snapshot):
            return None
        excess = optimum.excess(self.snapshot, self._every(len(optimum.x)))
        return excess if np.isfinite(excess) else None

    @property
    def above(self) -> float | None:
        """The same as a share of the least loss; None also where the best fit meets every point."""
        if self.excess is None or self.theory is None or self.theory.optimum is None:
            return None
        return None if self.theory.optimum.exact else self.excess / self.theory.optimum.loss

    def worth(self, share: float) -> bool:
        """Whether more than this `share` of the least loss is left to gain, or nobody knows."""
        if self.excess is None or self.least is None:
            return not self.at_optimum
        return self.excess > share * self.least + self.loss_of(UNSEEN)

    @cached_property
    def variance(self) -> float:
        """The variance of y; of an equal y, its square."""
        y = self.looked_at.y
        return float(np.var(y)) or float(y[0]) ** 2 if len(y) else 0.0

    def loss_of(self, residual: float) -> float:
        """About the loss of residuals of so many standard deviations of y."""
        size = residual * residual * self.variance
        return size if LOSSES[self.settings.loss].order == 2 else float(np.sqrt(size))

    @cached_property
    def at_optimum(self) -> bool:
        """Whether nothing is left to gain, as far as anybody can see."""
        return self.stopped == "converged" if self.at_bound is None else self.at_bound

    @cached_property
    def at_bound(self) -> bool | None:
        """Whether the loss is the least that there is, by any penalty; None where that is not known.

        A loss that goes up and down just above it, as near as steps of this length come, is there too.
        """
        bound = None if self.theory is None else self.theory.bound
        above = None if bound is None else self._above(bound)
        if bound is None or above is None:
            return None
        near = WORTH_SAYING * bound.loss + self.loss_of(UNSEEN)
        if self.motion in (STANDS, SWINGS):
            highest = float(self.recent.newest_part(SWING_WINDOW).high.max()) - bound.loss
            return max(above, highest) <= near
        return above <= ARRIVED * bound.loss + self.loss_of(ROUNDING)

    @property
    def arrived(self) -> bool:
        """Whether that is so, or the run has ended as if it were; not where the next steps lead away."""
        return (self.stopped == "converged" or self.at_optimum) and self.motion != GROWS

    @cached_property
    def gain(self) -> Recent:
        """The newest losses above the least possible, where that can be told from them; else as they are."""
        if self.least is None or self.batches:
            return self.recent
        return self.recent.above(self.least)
