"""What a diagnosis goes by, and what it finds: the evidence of one step, a finding and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.choices import Value
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.diagnosis.recent import Recent, recent
from core.insight.theory import Theory
from core.training.history import Series
from core.training.snapshot import Snapshot

if TYPE_CHECKING:
    from core.training.failure import Failure

Floats = NDArray[np.float64]

MOST_WORK = 100_000  # points times parameters; of more points only some are looked at
FEWEST_LOOKED_AT = 512  # points
ARRIVED = 1e-5  # of the least loss; nobody sees what is left above it
UNSEEN = 1e-6  # of the variance of y: the fit is within a thousandth of a standard deviation of the best
ROUNDING = 1e-11  # of the variance of y: the square of a float32's rounding, with some room


@dataclass(frozen=True)
class Remedy:
    """What one click does: `changes` of settings by name, and `options` by "row.parameter"."""

    label: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Value] = field(default_factory=dict)

    def applied(self, settings: Settings) -> Settings:
        """The settings with the remedy; raises Problem where it is none for them."""
        return replace(settings, **self.changes, options={**settings.options, **self.options})


@dataclass(frozen=True)
class Finding:
    """One sentence about a run, in the person's language, and the remedy for what it says, if any."""

    key: str
    sentence: str
    warning: bool = False
    remedy: Remedy | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run at its chosen step. `losses` and `validation` are those of its steps, in the units of the data.

    `points` are those that training sees, without those that are held out. `theory` is that of the run, None
    where nobody has worked it out; `stopped` says why it ended, if it did so at this step. Losses of the
    steps up to `since` were of other points or of another loss, and are not compared. `failure` says why no
    step comes behind it, if so.
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
        """The newest losses."""
        return recent(self.losses, self.step)

    @property
    def batches(self) -> bool:
        """Whether a step looks at some of the points only."""
        size = self.settings.batch_size
        return size is not None and size < len(self.points)

    @property
    def rate(self) -> float:
        """The learning rate of the chosen step; before the first one, that which is set."""
        return self.snapshot.learning_rate if self.step else self.settings.learning_rate

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
        if optimum is None or not optimum.fits(self.snapshot):
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
            return True
        return self.excess > share * self.least + UNSEEN * self.variance

    @cached_property
    def variance(self) -> float:
        """The variance of y; of an equal y, its square."""
        y = self.looked_at.y
        return float(np.var(y)) or float(y[0]) ** 2 if len(y) else 0.0

    @property
    def arrived(self) -> bool:
        """Whether nothing is left to gain."""
        if self.stopped == "converged":
            return True
        if self.excess is None or self.least is None:
            return False
        return self.excess <= ARRIVED * self.least + ROUNDING * self.variance

    @cached_property
    def gain(self) -> Recent:
        """The newest losses above the least possible, where that can be told from them; else as they are."""
        if self.least is None or self.batches:
            return self.recent
        return self.recent.above(self.least)
