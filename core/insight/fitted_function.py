"""The fitted function in numbers that reproduce it: in few digits as an equation, or in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.points import Points
from core.insight.curves import Around, Curve, Parameters, in_a_row
from core.insight.numbers import DIGITS, ENOUGH, rounded
from core.insight.scaling import Scaling, no_scaling, standard_scaling

Floats = NDArray[np.float64]

SHARE = 0.01  # of the RMSE: so near to the curve is what is written, at every point
FINEST = 1e-10  # of the range of y: nothing is written more closely, also where the fit is perfect
MOST_PLAIN = 6  # digits; where an equation in x takes more, one around the mean of x may take fewer
KEPT = 2  # digits more than it takes, which an equation may have while it changes all the time
PLACES = 256  # at which a curve over one feature is looked at, where there are more points
EPSILON = float(np.finfo(np.float64).eps)


class Equation(NamedTuple):
    """An equation, the significant digits of its numbers, and whether it is one around the mean of x."""

    text: str
    digits: int = DIGITS
    centred: bool = False


class Form(NamedTuple):
    """A way to write the curve: from where x is counted (None: as it is), and the parameters that go with it.

    `u` `[M, F]` are the places, counted so, and `rounding` is what float64 may lose of the sum there.
    """

    around: Around | None
    parameters: Parameters
    u: Floats
    rounding: float


class FittedFunction:
    """A curve, given as training has it, over some points, from which it is `rmse` away, in the units of y.

    What is written of it lies within `tolerance` of it at every one of them: 1 % of the RMSE, but not less
    than rounding leaves. Without an RMSE, where it is not finite or there are no points, nothing can be told
    of that, and the usual digits are all there are.
    """

    def __init__(
        self, curve: Curve, arrays: Sequence[Floats], scaling: Scaling, points: Points, rmse: float | None
    ) -> None:
        self._curve, self._arrays, self._scaling = curve, arrays, scaling
        self._x = points.x
        self._known = curve.is_linear() and rmse is not None and len(points) > 0
        self._places, self._heights, self.tolerance = points.x[:0], points.y[:0], 0.0
        if rmse is not None and self._known:
            self._places = _places(points.x)
            self._heights = curve.predict(arrays, scaling, self._places)
            self.tolerance = max(SHARE * rmse, self._finest(points.y), 2 * self._own_rounding())

    def equation(self, before: Equation | None = None) -> Equation:
        """The equation in as few digits as it takes, in x or, where that takes fewer, around the mean of x.

        `before` is the one that stood there in the frame before: then neither the digits nor the form change
        with every frame.
        """
        form, digits = self._form(), DIGITS
        if self._known:
            form, digits = self._shortest(form, before is not None and not before.centred)
        centred = form.around is not None
        if before is not None and before.centred == centred and digits < before.digits <= digits + KEPT:
            digits = before.digits if self._is_enough(form, before.digits) else digits
        return Equation(self._curve.equation(form.parameters, digits, form.around), digits, centred)

    def parameters(self) -> Parameters:
        """All parameters by name, in all digits: in x where that reproduces the curve, else around its mean.

        Around the mean they belong to u = (x - mean) / scale, and `mean` and `scale` are among them.
        """
        plain = self._form()
        if not self._known or self._is_enough(plain, ENOUGH):
            return plain.parameters
        mean, scale = self._centre()
        return {
            **self._form(Around(mean, scale)).parameters,
            "mean": mean if len(mean) > 1 else float(mean[0]),
            "scale": scale,
        }

    # --- forms --------------------------------------------------------------------------------------------

    def _shortest(self, plain: Form, stays: bool) -> tuple[Form, int]:
        """The form to choose, and the fewest digits that it takes; one in x `stays` a little longer."""
        most = MOST_PLAIN + KEPT * stays
        digits = self._fewest(plain, DIGITS, most)
        if digits is not None:
            return plain, digits
        centred = self._form(self._centre())
        fewer = self._fewest(centred) or ENOUGH
        digits = self._fewest(plain, most + 1, fewer)
        return (centred, fewer) if digits is None else (plain, digits)

    def _form(self, around: Around | None = None) -> Form:
        scaling = self._scaling if around is None else self._scaling.seen_from(*around)
        parameters = self._curve.in_data_units(self._arrays, scaling)
        if not self._known:
            return Form(around, parameters, self._places, 0.0)
        u = self._places if around is None else (self._places - around.mean) / around.scale
        return Form(around, parameters, u, self._rounding(self._curve.arrays(in_a_row(parameters)), u))

    def _centre(self) -> Around:
        """A round number near the mean of each column, and one near the deviation."""
        found = standard_scaling(self._x, np.empty(0))
        pairs = zip(found.x_mean.tolist(), found.x_scale.tolist(), strict=True)
        means = np.array([_near(mean, deviation) for mean, deviation in pairs])
        return Around(means, self._curve.stretch(float(found.x_scale[0])))

    # --- how near it is -----------------------------------------------------------------------------------

    def _fewest(self, form: Form, least: int = DIGITS, most: int = ENOUGH) -> int | None:
        """The fewest digits that are enough; None if none of these are."""
        return next((digits for digits in range(least, most + 1) if self._is_enough(form, digits)), None)

    def _is_enough(self, form: Form, digits: int) -> bool:
        """Whether what is written in so many digits is as near as it has to be, as float64 works it out."""
        written = self._curve.arrays([rounded(number, digits) for number in in_a_row(form.parameters)])
        with np.errstate(all="ignore"):
            away = np.abs(self._curve.predict(written, self._plain, form.u) - self._heights).max()
        return bool(away + form.rounding <= self.tolerance)

    @property
    def _plain(self) -> Scaling:
        """What is written is of no other units."""
        return no_scaling(self._curve.inputs)

    def _finest(self, y: Floats) -> float:
        """The least difference that counts: training rounds as much, and a perfect fit needs an end."""
        with np.errstate(over="ignore"):
            extent = float(y.max() - y.min()) or float(np.abs(y).max())
        return max(float(np.finfo(self._arrays[0].dtype).eps), FINEST) * extent

    def _own_rounding(self) -> float:
        """By how much the curve itself, as it is worked out, may be off."""
        scaling = self._scaling
        rounding = self._rounding(self._arrays, scaling.x_in(self._places))
        return rounding * scaling.y_scale + EPSILON * abs(scaling.y_mean)

    def _rounding(self, arrays: Sequence[Floats], x: Floats) -> float:
        """How much float64 may lose of the sum of all terms, at the place x `[M, F]` where it is the most."""
        sizes = [np.abs(array) for array in arrays]
        largest = float(self._curve.predict(sizes, self._plain, np.abs(x)).max())
        return EPSILON * (self._curve.count() + 1) * largest if math.isfinite(largest) else math.inf


def _places(x: Floats) -> Floats:
    """Where to compare two curves over x `[N, F]`: at all of them, or, for many of one feature, at some.

    These are the extremes of a Chebyshev polynomial. Between them a polynomial is at most 1 / cos(pi d / 2 n)
    times as large, d being its degree and n their number (Ehlich and Zeller 1964), for us 1.003 times.
    """
    if x.shape[1] > 1 or len(x) <= PLACES:
        return x
    low, high = float(x.min()), float(x.max())
    angles = np.linspace(0.0, math.pi, PLACES)
    places: Floats = np.clip(low / 2 + high / 2 - (high / 2 - low / 2) * np.cos(angles), low, high)
    return places[:, None]


def _near(mean: float, deviation: float) -> float:
    """The roundest number that is at most a quarter of the deviation away from the mean."""
    return round(mean, -math.floor(math.log10(deviation / 2)))
