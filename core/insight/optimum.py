"""The best fit there is, in closed form, and how far a run is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.curves import Curve, Parameters
from core.insight.scaling import Scaling, standard_scaling

if TYPE_CHECKING:
    from core.training.snapshot import Snapshot

Floats = NDArray[np.float64]

EXACT = 1e-24  # of the variance of y: a loss below it is nothing but rounding


class Distance(NamedTuple):
    """How far a run is from the optimum.

    `rms` is the root mean square difference between its predictions and the best ones, in the units of y;
    `excess` = rms² is how far its MSE over the training points lies above the optimum's, and `relative` that
    as a share of the optimum's loss (None where the best fit meets every point). `parameters` is the distance
    of the parameters (Euclid's, in the units of the data), None where many sets of them are equally good.
    """

    rms: float
    excess: float
    relative: float | None
    parameters: float | None


@dataclass(frozen=True, eq=False)
class Optimum:
    """The least squares of the training points.

    `parameters` are in the units of the data and named as those of a Snapshot; `loss` is the MSE over the
    training points. `free` is the number of directions in which the parameters may go without any change of
    the loss; where it is not 0 many sets of them are equally good, and these are one of them.
    """

    parameters: Parameters
    loss: float
    free: int
    exact: bool
    curve: Curve
    arrays: tuple[Floats, ...]
    scaling: Scaling
    x: Floats
    predicted: Floats

    @property
    def unique(self) -> bool:
        """Whether no other parameters are as good."""
        return self.free == 0

    def predict(self, x: Floats) -> Floats:
        """y `[M]` of the best fit at x `[M]` or `[M, F]`, both in the units of the data."""
        return self.curve.predict(self.arrays, self.scaling, x)

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether `snapshot` is of the same model, so that the two can be compared."""
        curve = snapshot.curve
        return type(curve) is type(self.curve) and curve.shapes() == self.curve.shapes()

    def distance(self, snapshot: Snapshot) -> Distance:
        """How far `snapshot`, of the same model, is from here.

        The excess is found from the difference of the predictions, not of the losses: to least squares the
        residuals are orthogonal, so both are the same, and this one keeps its digits near the optimum.
        """
        with np.errstate(all="ignore"):
            excess = float(np.mean((snapshot.predict(self.x) - self.predicted) ** 2))
            apart = [
                np.ravel(now) - np.ravel(best)
                for now, best in zip(snapshot.parameters.values(), self.parameters.values(), strict=True)
            ]
            parameters = float(np.linalg.norm(np.concatenate(apart)))
            relative = None if self.exact else excess / self.loss
        return Distance(float(np.sqrt(excess)), excess, relative, parameters if self.unique else None)


def training_points(points: Points, settings: Settings) -> Points:
    """`points` without those that are held out."""
    hidden = held_out(len(points), settings.validation, settings.validation_seed)
    return points.removed(hidden.nonzero()[0]) if hidden.any() else points


def optimum(points: Points, curve: Curve) -> Optimum | None:
    """The least squares of a `curve` that is linear in its parameters, over all of `points`.

    Solved in float64 by a rank-aware solver (numpy's lstsq) on the features of standardised data, each scaled
    to the length 1. None where there are no points, or where powers of standardised x are too large to
    square; the loss is infinite where only the residuals are.
    """
    scaling = standard_scaling(points.x, points.y)
    with np.errstate(all="ignore"):
        x, y = scaling.x_in(points.x), scaling.y_in(points.y)
        design = np.column_stack((curve.features(x), np.ones(len(x))))
        lengths = np.sqrt(np.sum(design**2, axis=0))
    if not len(points) or not (np.isfinite(lengths).all() and np.isfinite(y).all()):
        return None
    lengths[lengths == 0] = 1.0
    solution, rank = _solve(design / lengths, y)
    solution = solution / lengths
    arrays = (solution[None, :-1], solution[-1:])
    with np.errstate(all="ignore"):
        predicted = design @ solution
        share = float(np.mean((y - predicted) ** 2))
        loss = share * scaling.y_scale * scaling.y_scale
    return Optimum(
        curve.in_data_units(arrays, scaling),
        loss,
        design.shape[1] - rank,
        share <= EXACT,
        curve,
        arrays,
        scaling,
        points.x,
        scaling.y_out(predicted),
    )


def _solve(design: Floats, y: Floats) -> tuple[Floats, int]:
    """The shortest of the least-squares solutions `[P]` for `design` `[N, P]` and y `[N]`, and the rank."""
    # The triangle holds all that the points say, in a few rows, so that many points take but a moment.
    triangle = np.asarray(np.linalg.qr(np.column_stack((design, y)), mode="r"), dtype=np.float64)
    rounding = float(np.finfo(np.float64).eps) * max(design.shape)
    solution, _residuals, rank, _values = np.linalg.lstsq(triangle[:, :-1], triangle[:, -1], rcond=rounding)
    return solution.astype(np.float64), int(rank)
