"""The numbers of one step on a plane of parameters: gradient, move, and what the optimizer keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.insight.plane import Plane
from core.insight.units import MOVE, PLACE, SLOPE, kind_of
from core.training.path import flat

if TYPE_CHECKING:
    from core.training.inspection import Inspection

Pair = tuple[float, float]


class StepOnPlane(NamedTuple):
    """An inspected step, all of it in the units of u and v: those of the data, or those of training."""

    inspection: Inspection
    plane: Plane

    @property
    def start(self) -> Pair:
        """Where the step began."""
        u, v = self.plane.places(flat(self.inspection.before.arrays)[None])[0].tolist()
        return u, v

    @property
    def made(self) -> Pair:
        """How far it went."""
        return self.plane.shift(self.inspection.step)

    @property
    def gradient(self) -> Pair:
        """The slopes of the loss along u and v."""
        return self.plane.slope(self.inspection.gradient, self._unit)

    def downhill(self, slopes: Pair) -> Pair:
        """The rate times `slopes`, against them: where plain gradient descent would go."""
        rate = self.inspection.snapshot.learning_rate
        return -rate * slopes[0], -rate * slopes[1]

    def kept(self, name: str) -> Pair | None:
        """What the optimizer keeps by that name; None where there is no such thing here.

        What has a meaning for the parameters as trained alone is not there in the units of the data.
        """
        numbers, plane = self.inspection.state.get(name), self.plane
        if numbers is None:
            return None
        kind = kind_of(name, self.inspection.optimizer)
        if kind == SLOPE:
            return plane.slope(numbers, self._unit)
        if kind == MOVE:
            return plane.shift(numbers)
        if kind == PLACE:
            u, v = plane.places(numbers[None])[0].tolist()
            return u, v
        if plane.axes is None or not (plane.as_trained or self.inspection.snapshot.scaling.changes_nothing()):
            return None
        first, second = plane.axes
        return float(numbers[first]), float(numbers[second])

    @property
    def _unit(self) -> float:
        return 1.0 if self.plane.as_trained else self.inspection.unit
