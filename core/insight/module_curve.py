"""A model of which nothing but its module is known: what it predicts, and what its parameters are called."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.choices import Value
from core.choices.models import Model
from core.choices.named import named
from core.insight.curves import Around, Curve, Parameters
from core.insight.numbers import DIGITS
from core.insight.scaling import Scaling
from core.texts import _, n_

if TYPE_CHECKING:
    from torch import nn

Floats = NDArray[np.float64]


class ModuleCurve(Curve):
    """The module that `row` names, asked anew for each curve; so it takes torch, when it is first asked.

    What its parameters mean is not known, so they are the same numbers in the units of the data and in those
    of training: what is scaled is what goes in and what comes out.
    """

    layered = False

    def __init__(self, row: Model, values: Mapping[str, Value], features: int = 1) -> None:
        super().__init__(values, features)
        self._row = row
        self._kept = threading.local()  # a module has the numbers of one caller while it is asked

    def module(self) -> nn.Module:
        """One for this thread, in float64, whose own numbers say nothing."""
        from core.training.seeded import seeded

        if not hasattr(self._kept, "module"):
            with seeded(0):
                made = named(self._row.runs)(self.inputs, **self._row.arguments(self.values))
            self._kept.module = made.double().eval()
        module: nn.Module = self._kept.module
        return module

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(each.shape) for name, each in self.module().named_parameters()}

    def shapes(self) -> list[tuple[int, ...]]:
        """Those of the parameters, in the module's order."""
        return list(self._shapes.values())

    def predict(self, arrays: Sequence[Floats], scaling: Scaling, x: Floats) -> Floats:
        """y `[M]` in data units at x `[M]` or `[M, F]` in data units."""
        import torch
        from torch.func import functional_call

        columns = scaling.x_in(np.asarray(x, dtype=np.float64).reshape(len(x), -1))
        numbers = {
            name: torch.tensor(array, dtype=torch.float64)
            for name, array in zip(self._shapes, arrays, strict=True)
        }
        with torch.no_grad(), np.errstate(all="ignore"):
            found = functional_call(self.module(), numbers, (torch.tensor(columns),))
            return scaling.y_out(found[:, 0].numpy())

    def predict_all(self, numbers: NDArray[Any], scaling: Scaling, x: Floats) -> Floats:
        """y `[M]` in data units at the one place x `[F]`, for M sets of parameters `[M, P]`."""
        place = np.asarray(x, dtype=np.float64)[None]
        return np.array([self.predict(self.arrays(row), scaling, place)[0] for row in numbers])

    def in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> Parameters:
        """The parameters by the module's names."""
        return self.named([np.asarray(array, dtype=np.float64) for array in arrays])

    def from_data_units(self, numbers: Sequence[float], scaling: Scaling) -> list[Floats]:
        """The arrays of the same numbers."""
        return self.arrays(numbers)

    def slopes_in_data_units(self, arrays: Sequence[Floats], scaling: Scaling) -> list[Floats]:
        """The same slopes."""
        return [np.asarray(array, dtype=np.float64) for array in arrays]

    def names(self) -> tuple[str, ...]:
        """Those of the module."""
        return tuple(self._shapes)

    def is_linear(self) -> bool:
        """It may be; that is not known."""
        return False

    def equation(self, parameters: Parameters, digits: int = DIGITS, around: Around | None = None) -> str:
        """What it is called, and how many parameters it has."""
        count = self.count()
        return f"y = {_(self._row.label)}(x)   " + n_(
            "({count} parameter)", "({count} parameters)", count
        ).format(count=count)
