"""What every section of a program has to know of the fit that it is about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from core.choices import MODELS, SCHEDULES
from core.choices.schedules import Schedule
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.curves import Curve
from core.insight.scaling import Scaling, no_scaling, standard_scaling
from core.insight.trainable import check_points, own_start_values
from core.training.named import named

Floats = NDArray[np.float64]

USUAL_EPOCHS = 1000  # where nothing says how long to train

_apart = lru_cache(maxsize=2)(held_out)  # a million points take a tenth of a second


@dataclass(frozen=True, eq=False)
class Recipe:
    """Points, settings and what follows from them; `length` is the number of steps that was asked for.

    `given` is the scaling of the run where there is one; else it is made from the training points. Raises
    Problem where no run could start.
    """

    points: Points
    settings: Settings
    length: int | None
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
    def steps(self) -> int:
        """For how many steps the program trains."""
        if self.length is not None:
            return self.length
        epochs, steps = self.settings.epochs, self.settings.steps
        if epochs is None:
            return USUAL_EPOCHS * self.batches if steps is None else steps
        return epochs * self.batches if steps is None else min(steps, epochs * self.batches)

    @property
    def schedule(self) -> Schedule | None:
        """The chosen schedule; None where the learning rate stays."""
        row = SCHEDULES[self.settings.schedule]
        return row if row.runs else None

    @property
    def several(self) -> bool:
        """Whether one step takes several looks at the loss, each with its gradient."""
        return self.settings.optimizer == "lbfgs"

    @property
    def unit(self) -> str:
        """What, behind a loss of scaled data, makes it one of the data, as code."""
        order = getattr(self.settings.row("loss"), "order", 1)
        return "" if not self.settings.standardise else " * y_scale" + (f"**{order}" if order != 1 else "")

    @cached_property
    def curve(self) -> Curve:
        """The curve of the model."""
        curve: Curve = named(MODELS[self.settings.model].curve)(self.settings.values("model"), self.columns)
        return curve

    def start_values(self) -> Floats:
        """The person's own start values `[P]`, flat, as training has them."""
        arrays = own_start_values(self.settings, self.curve, self.scaling)
        return np.concatenate([array.ravel() for array in arrays])
