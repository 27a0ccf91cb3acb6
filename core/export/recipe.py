"""What every section of a program has to know of the fit that it is about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from core.choices import OPTIMIZERS, SCHEDULES
from core.choices.schedules import Schedule
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.curve_of import curve_of
from core.insight.curves import Curve
from core.insight.scaling import Scaling, no_scaling, standard_scaling
from core.insight.trainable import check_points, own_start_values

Floats = NDArray[np.float64]

USUAL_EPOCHS = 1000  # where nothing says how long to train

_apart = lru_cache(maxsize=2)(held_out)  # a million points take a tenth of a second


@dataclass(frozen=True, eq=False)
class Recipe:
    """Points, settings and what follows from them.

    `given` is the scaling of the run where there is one; else it is made from the training points. Raises
    Problem where no run could start.
    """

    points: Points
    settings: Settings
    given: Scaling | None

    def __post_init__(self) -> None:
        check_points(self.points, self.settings, self.curve, self.scaling)

    @property
    def columns(self) -> int:
        """How many columns x has."""
        return int(self.points.x.shape[1])

    @cached_property
    def apart(self) -> NDArray[np.bool_]:
        """Which points are held out."""
        return _apart(len(self.points), self.settings.validation, self.settings.validation_seed)

    @cached_property
    def holds_out(self) -> bool:
        """Whether any are."""
        return bool(self.apart.any())

    @cached_property
    def training(self) -> tuple[Floats, Floats]:
        """x `[n, F]` and y `[n]` of the points that are trained on, in the units of the data."""
        points = self.points
        return (points.x[~self.apart], points.y[~self.apart]) if self.holds_out else (points.x, points.y)

    @property
    def held(self) -> tuple[Floats, Floats]:
        """x `[m, F]` and y `[m]` of the points that are held out, in the units of the data."""
        return self.points.x[self.apart], self.points.y[self.apart]

    @cached_property
    def scaling(self) -> Scaling:
        """How the data are scaled."""
        if not self.settings.standardise:
            return no_scaling(self.columns)
        return self.given or standard_scaling(*self.training)

    @property
    def prepared(self) -> bool:
        """Whether the model takes something else than x itself."""
        return self.settings.standardise or self.settings.model == "polynomial"

    @property
    def double(self) -> bool:
        """Whether training is in float64."""
        return self.settings.dtype == "float64"

    @property
    def device(self) -> str:
        """The device, empty for the CPU."""
        return "" if self.settings.device == "cpu" else self.settings.device

    @property
    def batch_size(self) -> int | None:
        """How many points a step takes; None for all."""
        size = self.settings.batch_size
        return None if size is None or size >= len(self.training[1]) else size

    @property
    def batches(self) -> int:
        """The steps of an epoch."""
        return math.ceil(len(self.training[1]) / self.batch_size) if self.batch_size else 1

    @property
    def usual_steps(self) -> int:
        """For how many steps a run of these settings usually trains."""
        epochs, steps = self.settings.epochs, self.settings.steps
        if epochs is None:
            return USUAL_EPOCHS * self.batches if steps is None else steps
        return epochs * self.batches if steps is None else min(steps, epochs * self.batches)

    def has_points_of(self, other: Recipe) -> bool:
        """Whether the same points are trained on."""
        mine, its = self.settings, other.settings
        return (
            self.points is other.points
            and mine.validation == its.validation
            and mine.validation_seed == its.validation_seed
        )

    def begins_anew(self, before: Recipe) -> bool:
        """Whether, behind `before`, the pass over the points begins anew."""
        return not (self.has_points_of(before) and self.settings.batch_size == before.settings.batch_size)

    def measures_as(self, other: Recipe) -> bool:
        """Whether losses of the two can be compared."""
        same_loss = self.settings.loss == other.settings.loss
        return (
            same_loss
            and self.settings.values("loss") == other.settings.values("loss")
            and self.has_points_of(other)
        )

    @property
    def schedule(self) -> Schedule | None:
        """The chosen schedule; None where the learning rate stays."""
        row = SCHEDULES[self.settings.schedule]
        return row if row.runs else None

    @property
    def several(self) -> bool:
        """Whether one step takes several looks at the loss, each with its gradient."""
        return not OPTIMIZERS[self.settings.optimizer].first_order

    @property
    def unit(self) -> str:
        """What, behind a loss of scaled data, makes it one of the data, as code."""
        return f" * {self.loss_unit}" if self.settings.standardise else ""

    @property
    def loss_unit(self) -> str:
        """The unit of the loss of scaled data, as code."""
        order = getattr(self.settings.row("loss"), "order", 1)
        return "y_scale" + (f"**{order}" if order != 1 else "")

    @property
    def batch_code(self) -> str:
        """How many points a step takes, as code."""
        return "len(all_targets)" if self.batch_size is None else str(self.batch_size)

    @cached_property
    def curve(self) -> Curve:
        """The curve of the model."""
        return curve_of(self.settings, self.columns)

    def start_values(self) -> Floats:
        """The person's own start values `[P]`, flat, as training has them."""
        arrays = own_start_values(self.settings, self.curve, self.scaling)
        return np.concatenate([array.ravel() for array in arrays])
