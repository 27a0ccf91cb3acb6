"""What a diagnosis goes by, and what it finds: the evidence of one step, a finding and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.choices import Value
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.diagnosis.recent import Recent, recent
from core.insight.optimum import Distance, training_points
from core.insight.theory import Theory
from core.training.history import Series
from core.training.snapshot import Snapshot

Floats = NDArray[np.float64]

MOST_WORK = 200_000  # points times parameters; of more points only some are looked at
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

    `theory` is that of these points and settings, None where nobody has worked it out; `stopped` says why
    the run ended, if it did so at this step.
    """

    points: Points
    settings: Settings
    snapshot: Snapshot
    losses: Series
    validation: Series | None = None
    theory: Theory | None = None
    stopped: str | None = None

    @property
    def step(self) -> int:
        """The chosen step."""
        return self.snapshot.step

    @cached_property
    def training(self) -> Points:
        """The points that training sees."""
        return training_points(self.points, self.settings)

    @cached_property
    def looked_at(self) -> Points:
        """The training points, or, of very many, some from everywhere among them."""
        points = self.training
        most = max(MOST_WORK // self.snapshot.curve.count(), FEWEST_LOOKED_AT)
        every = -(-len(points) // most)
        return points if every <= 1 else Points(points.x[::every], points.y[::every])

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
        return size is not None and size < len(self.training)

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
        """The least loss that this model can have, where theory knows it."""
        optimum = None if self.theory is None else self.theory.optimum
        return None if optimum is None else optimum.loss

    @cached_property
    def distance(self) -> Distance | None:
        """How far the fit is from the best one, where that is known and can be computed."""
        optimum = None if self.theory is None else self.theory.optimum
        known = optimum is not None and optimum.fits(self.snapshot)
        distance = optimum.distance(self.snapshot) if known and optimum is not None else None
        return distance if distance is not None and np.isfinite(distance.excess) else None

    @property
    def above(self) -> float | None:
        """What the loss of all points lies above the least possible, as a share of that.

        None where nothing is known of it, or where the best fit meets every point.
        """
        return None if self.distance is None else self.distance.relative

    def worth(self, share: float) -> bool:
        """Whether more than this `share` of the least loss is left to gain, or nobody knows."""
        if self.distance is None or self.least is None:
            return True
        return self.distance.excess > share * self.least + UNSEEN * self.variance

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
        if self.distance is None or self.least is None:
            return False
        return self.distance.excess <= ARRIVED * self.least + ROUNDING * self.variance

    @cached_property
    def gain(self) -> Recent:
        """The newest losses above the least possible, where that can be told from them; else as they are."""
        if self.least is None or self.batches:
            return self.recent
        return self.recent.above(self.least)
