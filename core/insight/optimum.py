"""The best fit there is by the chosen loss, and how far a run is from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.best_fit import Basis, BestFit
from core.insight.curves import Curve, Parameters
from core.insight.pinball_fit import PinballFit
from core.insight.residual_losses import Pinball, SmoothLoss, Squares, residual_loss
from core.insight.scaling import Scaling, standard_scaling
from core.insight.smooth_fit import smooth_fit

if TYPE_CHECKING:
    from core.training.snapshot import Snapshot

Floats = NDArray[np.float64]

MeasuredBy = Squares | SmoothLoss | Pinball

EXACT = 1e-12  # standard deviations of y: residuals below it are nothing but rounding
CERTIFIED = 1e-6  # of the loss: what lies no higher above the lowest bound is the optimum


class Distance(NamedTuple):
    """How far a run is from the optimum.

    `excess` is how far its loss over the training points lies above the optimum's, never negative, and
    `relative` that as a share of the optimum's loss (None where the best fit meets every point). `rms` is the
    root mean square difference between its predictions and the best ones, in the units of y, and `parameters`
    the distance of the parameters (Euclid's, in the units of the data); each is None where many of them are
    equally good.
    """

    rms: float | None
    excess: float
    relative: float | None
    parameters: float | None


@dataclass(frozen=True, eq=False)
class Optimum:
    """The least loss of the training points, by the loss that is chosen.

    `parameters` are in the units of the data and named as those of a Snapshot; `loss` is that over the
    training points, in the units of the data as training shows it, without any penalty. No parameters at all
    have one that is lower by more than `gap`. `free` is the number of directions in which the parameters may
    go, at least a little way, without any change of the loss; where it is not 0 many sets of them are equally
    good, and these are one of them. In `free_fits` of these directions the predictions change too. `exact`
    tells whether the fit meets every point; then the loss is 0. `y` `[N]` and `predicted` `[N]` belong to x
    `[N, F]`; `weights` `[N]` certify the fit (see core.insight.residual_losses).
    """

    parameters: Parameters
    loss: float
    gap: float
    free: int
    free_fits: int
    exact: bool
    curve: Curve
    arrays: tuple[Floats, ...]
    scaling: Scaling
    x: Floats
    y: Floats
    predicted: Floats
    weights: Floats
    measured_by: MeasuredBy

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

    def excess(self, snapshot: Snapshot, every: int = 1) -> float:
        """How far the loss of `snapshot`, of the same model, lies above the least possible; never negative.

        In the units of the data, of every so many points. Not found from the difference of two losses but
        point by point, from the weights that certify the optimum, so that it keeps its digits near it.
        """
        with np.errstate(all="ignore"):
            residual = (self.y[::every] - snapshot.predict(self.x[::every])) / self.scaling.y_scale
            gap = float(np.mean(self.measured_by.gap(residual, self.weights[::every])))
            return self.measured_by.in_data_units(gap)

    def distance(self, snapshot: Snapshot) -> Distance:
        """How far `snapshot`, of the same model, is from here."""
        excess = self.excess(snapshot)
        with np.errstate(all="ignore"):
            apart = [
                np.ravel(now) - np.ravel(best)
                for now, best in zip(snapshot.parameters.values(), self.parameters.values(), strict=True)
            ]
            parameters = float(np.linalg.norm(np.concatenate(apart)))
            rms = float(np.sqrt(np.mean((snapshot.predict(self.x) - self.predicted) ** 2)))
            relative = None if self.exact else excess / self.loss
        return Distance(
            None if self.free_fits else rms, excess, relative, parameters if self.unique else None
        )


def training_points(points: Points, settings: Settings) -> Points:
    """`points` without those that are held out."""
    hidden = held_out(len(points), settings.validation, settings.validation_seed)
    return points.removed(hidden.nonzero()[0]) if hidden.any() else points


def optimum(
    points: Points, curve: Curve, settings: Settings | None = None, stop: Callable[[], bool] = bool
) -> Optimum | None:
    """The best fit of a `curve` that is linear in its parameters, over all of `points`.

    By the loss that `settings` choose, else by the mean squared error. Solved in float64 on an orthonormal
    basis of the features of standardised data. None of a loss that is not known, where there are no points,
    where powers of standardised x are too large to square, or where the best fit could not be certified; the
    loss is infinite where only the residuals are too large. Raises Cancelled once `stop` says so.
    """
    scaling = standard_scaling(points.x, points.y)
    loss = residual_loss(settings or Settings(), scaling.y_scale)
    if loss is None:
        return None
    with np.errstate(all="ignore"):
        x, y = scaling.x_in(points.x), scaling.y_in(points.y)
        design = np.column_stack((curve.features(x), np.ones(len(x))))
        lengths = np.sqrt(np.sum(design**2, axis=0))
    if not len(points) or not (np.isfinite(lengths).all() and np.isfinite(y).all()):
        return None
    lengths[lengths == 0] = 1.0
    basis = Basis(design / lengths)
    with np.errstate(all="ignore"):
        found = _best_fit(basis.columns, y, loss, stop)
        solution = basis.solution(found.place) / lengths
        predicted = basis.columns @ found.place
        least, gap = loss.mean(y - predicted), float(np.mean(loss.gap(y - predicted, found.weights)))
        nothing = float(loss.value(np.array([EXACT]))[0])
    if not gap <= CERTIFIED * least + nothing:
        return None
    arrays = (solution[None, :-1], solution[-1:])
    exact = least <= nothing
    return Optimum(
        curve.in_data_units(arrays, scaling),
        0.0 if exact else loss.in_data_units(least),
        loss.in_data_units(gap),
        design.shape[1] - basis.rank + found.free,
        found.free,
        exact,
        curve,
        arrays,
        scaling,
        points.x,
        points.y,
        scaling.y_out(predicted),
        found.weights,
        loss,
    )


def _best_fit(columns: Floats, y: Floats, loss: MeasuredBy, stop: Callable[[], bool]) -> BestFit:
    """The best fit in the space of `columns`."""
    place = columns.T @ y / len(y)
    place = place + columns.T @ (y - columns @ place) / len(y)  # once more, for the last digits
    residual = y - columns @ place
    if isinstance(loss, Squares):
        return BestFit(place, loss.slope(residual), 0)
    if np.max(np.abs(residual)) <= EXACT:
        return BestFit(place, np.zeros(len(y)), 0)  # through every point, so by any loss
    if isinstance(loss, SmoothLoss):
        return smooth_fit(columns, y, loss, stop)
    return PinballFit(loss, stop).best(columns, y)
