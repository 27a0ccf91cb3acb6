"""The inside of one step: every tensor before and after each phase of it, frozen, for the eye."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.choices.phases import PHASES
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.scaling import Scaling

if TYPE_CHECKING:
    from core.insight.graph import Graph

Floats = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.float32]


class TensorView(NamedTuple):
    """One tensor at one moment, as torch describes it.

    `role` is a word of ROLES, `values` are its numbers, in its own shape and precision. `grad_fn` is the name
    of the operation that made it, such as "AddmmBackward0", empty for none; `grad` is None where torch has
    None. What is `trained_only`, or has such a gradient, has no numbers in the units of the data.
    """

    name: str
    role: str
    values: Numbers
    dtype: str
    device: str
    requires_grad: bool
    grad_fn: str = ""
    grad: Numbers | None = None
    trained_only: bool = False
    grad_trained_only: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor; () for a single number."""
        return self.values.shape


ROLES = ("data", "result", "parameter", "state")  # of what a tensor is


class Inside(NamedTuple):
    """One step, as far as it has been made: `done` of its phases; a complete one has len(PHASES).

    `number` is the step that is being made, and `settings` those that it takes. `views` are the tensors
    before the first phase and behind each phase that is done, `[done + 1]`. All numbers are those of
    training: of scaled data, where the settings say so. `names` are those of the parameter arrays (w, b, or
    w1, b1, w2 …). `before` and `after` are these arrays, float64, `gradient` what the optimizer takes of
    them: with any penalty and after any clipping, and `unclipped` the length of that before the clipping.
    `state_before` and `state_after` are what the optimizer keeps, one mapping for each parameter array, by
    PyTorch's names, with arrays of its shape or floats. `inputs` `[n, P]`, `targets` `[n]` and `prediction`
    `[n]` are those of the step's batch, in the precision of training. `loss` is the loss itself and
    `objective` what is minimised: the loss with any penalty. `graph` is that of autograd, as far as it is
    built. `unit` times such a loss is one in the units of the data, and `unit_before` the same of the loss
    whose gradients there were before the step. `bends` are points of the batch for which an input of ReLU is
    exactly 0, the first of them, by their places. `rate` is the learning rate that the step takes. `points`
    counts those that the run trains on, 0 where that is not said. What no phase has found yet is None. One
    that core.insight.data_step has told in the units of the data has what it was made of as `trained`.
    """

    run: int
    number: int
    done: int
    settings: Settings
    curve: Curve
    scaling: Scaling
    names: tuple[str, ...]
    views: tuple[tuple[TensorView, ...], ...]
    inputs: Numbers
    targets: Numbers
    before: tuple[Floats, ...]
    state_before: tuple[Mapping[str, Floats | float], ...]
    rate: float
    unit: float
    unit_before: float
    prediction: Numbers | None = None
    loss: float | None = None
    objective: float | None = None
    graph: Graph | None = None
    gradient: tuple[Floats, ...] | None = None
    unclipped: float | None = None
    after: tuple[Floats, ...] | None = None
    state_after: tuple[Mapping[str, Floats | float], ...] | None = None
    points: int = 0
    bends: tuple[int, ...] = ()
    trained: Inside | None = None

    @property
    def of_data(self) -> bool:
        """Whether this is told in the units of the data."""
        return self.trained is not None

    @property
    def phase(self) -> str:
        """The phase that was done last, a word of PHASES; empty before the first."""
        return PHASES[self.done - 1] if self.done else ""

    @property
    def complete(self) -> bool:
        """Whether all phases are done."""
        return self.done == len(PHASES)
