"""The two systems of units that the numbers of a standardised run can be told in: the data's, and training's.

Training moves the parameters φ of scaled data; those of the person's data are θ = A φ + a. Places lead from
one system to the other by that, moves by A, and slopes, as the chain rule says, by the transpose of A⁻¹.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import Curve, Parameters
from core.insight.scaling import Scaling
from core.texts import _

Floats = NDArray[np.float64]

DATA, TRAINED = UNITS = ("data", "trained")  # as the choice between them is remembered

# What kinds of numbers there are for each parameter.
PLACE, MOVE, SLOPE, PURE = "place", "move", "slope", "pure"
# By PyTorch's names, of what kind that is which an optimizer keeps; whatever is not here, such as a mean of
# squares, says something of the parameters as trained alone.
KEPT: Mapping[str, str] = MappingProxyType(
    {
        "exp_avg": SLOPE,
        "momentum_buffer": SLOPE,
        "grad_avg": SLOPE,
        "prev_flat_grad": SLOPE,
        "d": MOVE,
        "ax": PLACE,
        **dict.fromkeys(("step", "mu_product", "mu", "eta", "t"), PURE),
    }
)
SPECIAL = MappingProxyType({("rmsprop", "momentum_buffer"): MOVE})  # of moves, not of gradients


def step_of_data() -> str:
    """Why a step in the units of the data does not follow its optimizer's rule."""
    return _("Made as trained, the step is not −rate × gradient here.")


def as_trained_only() -> str:
    """What stands in the place of numbers that have no meaning in the units of the data."""
    return _("as trained only")


def as_trained_in_short() -> str:
    """The same where that has no room."""
    return _("trained")


def kind_of(name: str, optimizer: str) -> str | None:
    """The kind of what `optimizer` keeps by that name; None for what there is as trained only."""
    return SPECIAL.get((optimizer, name), KEPT.get(name))


@dataclass(frozen=True, eq=False)
class DataUnits:
    """Leads from the flat numbers `[P]` of training to those of the data.

    `loss` times a loss of training is one in the units of the data.
    """

    curve: Curve
    scaling: Scaling
    loss: float = 1.0

    def place(self, numbers: Floats) -> Floats:
        """The parameters."""
        return _in_a_row(self.curve.in_data_units(self.curve.arrays(numbers), self.scaling))

    def move(self, numbers: Floats) -> Floats:
        """A difference between parameters."""
        return _in_a_row(self.curve.in_data_units(self.curve.arrays(numbers), self._unshifted))

    def slope(self, numbers: Floats) -> Floats:
        """A gradient of the loss, or a mean of gradients: the slope of the loss in the units of the data."""
        return _flat(self.curve.slopes_in_data_units(self.curve.arrays(numbers), self.scaling)) * self.loss

    def of_kind(self, kind: str, numbers: Floats) -> Floats:
        """Numbers of one of the kinds."""
        if kind == PURE:
            return numbers
        return {PLACE: self.place, MOVE: self.move, SLOPE: self.slope}[kind](numbers)

    def trained_place(self, numbers: Floats) -> Floats:
        """The inverse of `place`."""
        return _flat(self.curve.from_data_units(numbers.tolist(), self.scaling))

    def trained_move(self, numbers: Floats) -> Floats:
        """The inverse of `move`."""
        return _flat(self.curve.from_data_units(numbers.tolist(), self._unshifted))

    def part_of(self, direction: Floats) -> Floats:
        """What a move of training is multiplied by to find how far it goes in a `direction` of the data."""
        arrays = self.curve.arrays(direction)
        return _flat(self.curve.slopes_in_data_units(arrays, self.scaling.inverse()))

    @property
    def _unshifted(self) -> Scaling:
        """What scales differences: they have no mean of y in them."""
        return replace(self.scaling, y_mean=0.0)


def _flat(arrays: list[Floats]) -> Floats:
    """All numbers of arrays in one row `[P]`."""
    return np.concatenate([array.ravel() for array in arrays])


def _in_a_row(parameters: Parameters) -> Floats:
    return np.concatenate([np.ravel(each) for each in parameters.values()]).astype(np.float64)
