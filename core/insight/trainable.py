"""Whether training can start: points and start values that a model, in its precision, can work with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.scaling import Scaling
from core.problem import Problem
from core.texts import _, n_

Floats = NDArray[np.float64]

LARGEST = {"float32": 1e18, "float64": 1e150}  # beyond these a squared error overflows


def check_points(points: Points, settings: Settings, curve: Curve, scaling: Scaling) -> None:
    """Raise Problem if these points cannot be trained on."""
    if not len(points):
        raise Problem(_("There are no points to fit yet: draw some, or open a file."))
    if settings.model == "polynomial" and points.x.shape[1] != 1:
        raise Problem(_("A polynomial takes one column of x; choose another model, or one column."))
    x, y = _ends(points.x), _ends(points.y)  # scaled, they are the ends still
    raw = max(np.abs(x).max(), np.abs(y).max())
    farthest = np.abs(scaling.x_in(x)).max(axis=0)  # whose features are the largest
    largest = max(curve.features(farthest[None]).max(), np.abs(scaling.y_in(y)).max())
    if largest > LARGEST[settings.dtype] or raw > LARGEST["float64"]:
        raise Problem(
            _(
                "The numbers reach {value}, too large to train on in {dtype}: "
                "scale the data down, choose Standardise, or choose float64."
            ).format(value=f"{max(raw, largest):.3g}", dtype=settings.dtype)
        )


def _ends(values: Floats) -> Floats:
    """The least and the greatest of each column."""
    return np.stack((values.min(axis=0), values.max(axis=0)))


def own_start_values(settings: Settings, curve: Curve, scaling: Scaling) -> list[Floats]:
    """The start values of `settings`, as training has them; raises Problem where they do not fit."""
    given, needed = len(settings.start_values), curve.count()
    if given != needed:
        raise Problem(
            n_(
                "The model has {needed} parameter, and {given} start values are given; give {needed}.",
                "The model has {needed} parameters, and {given} start values are given; give {needed}.",
                needed,
            ).format(needed=needed, given=given)
        )
    arrays = curve.from_data_units(settings.start_values, scaling)
    largest = max(float(np.abs(array).max()) for array in arrays)
    if not largest <= LARGEST[settings.dtype]:
        raise Problem(
            _("The start values reach {value}, too large for {dtype}; choose smaller ones.").format(
                value=f"{largest:.3g}", dtype=settings.dtype
            )
        )
    return arrays
