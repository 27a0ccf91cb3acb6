"""The numbers of one step, for the eye."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.insight.curves import Curve, Parameters, in_a_row
from core.insight.fitted_function import FittedFunction
from core.insight.measures import rmse
from core.insight.scaling import Scaling

Floats = NDArray[np.float64]

FEW = 64  # numbers; Python looks at so many in less time than NumPy takes to begin, and a step is short


class Snapshot(NamedTuple):
    """One step of one run; frozen, plain NumPy and floats.

    `loss` is the number that the forward pass of this step gave, as a PyTorch program would print it: of the
    step's batch and before its update, in the units of the data (at step 0, of all points). `arrays`
    are the parameters after the update as training has them. `validation_loss` is that of the points held
    out, behind the update, in the units of the data; None where there are none. `learning_rate` is the
    one that this step took.
    """

    run: int
    step: int
    epoch: int
    loss: float
    arrays: tuple[Floats, ...]
    curve: Curve
    scaling: Scaling
    device: str
    learning_rate: float
    validation_loss: float | None = None

    @property
    def parameters(self) -> Parameters:
        """The parameters by name, as floats or float64 arrays, in the units of the data."""
        return self.curve.in_data_units(self.arrays, self.scaling)

    def predict(self, x: Floats) -> Floats:
        """y `[M]` of the model at x `[M]`, both in the units of the data."""
        return self.curve.predict(self.arrays, self.scaling, x)

    def fitted_function(self, points: Points, rmse: float | None) -> FittedFunction:
        """What can be written of the fit over `points`, from which it is `rmse` away."""
        return FittedFunction(self.curve, self.arrays, self.scaling, points, rmse)

    def equation(self, points: Points | None = None) -> str:
        """The fitted function, as one line of text, in the units of the data.

        It reproduces the curve over `points`; without any, its numbers have the usual digits.
        """
        if points is None:
            return self.curve.equation(self.parameters)
        away = rmse(points.y, self.predict(points.x))
        return self.fitted_function(points, away).equation().text

    def numbers(self) -> tuple[float, ...]:
        """All parameters in a row, as own start values are given."""
        return in_a_row(self.parameters)

    def finite(self) -> bool:
        """Whether every parameter is finite."""
        for array in self.arrays:
            if array.size > FEW:
                if not np.isfinite(array).all():
                    return False
            elif not all(map(math.isfinite, array.ravel().tolist())):
                return False
        return True
