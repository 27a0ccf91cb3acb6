"""What a look inside a step shows: the gradient that it followed, and what its optimizer remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import Tensor

from core.training.path import Floats, flat
from core.training.snapshot import Snapshot

if TYPE_CHECKING:
    from core.training.fit import Fit


class Inspection(NamedTuple):
    """The inside of one step, in flat float64 arrays `[P]`, as training has the parameters, in their order.

    `snapshot` is that of the step and `before` that of the step before it (at step 0 the same). `gradient` is
    what the optimizer took: of the step's own batch, at the parameters of `before`, with any penalty
    and after any clipping; where no step led here, that of all training points. `state` is what the
    optimizer keeps for every single parameter, by PyTorch's names, such as "momentum_buffer" or "exp_avg".
    `unit` times a loss, of the kind whose gradient it is, is one in the units of the data. `optimizer` is its
    key.
    """

    snapshot: Snapshot
    before: Snapshot
    gradient: Floats
    state: Mapping[str, Floats]
    unit: float
    optimizer: str = ""

    @property
    def step(self) -> Floats:
        """How far the parameters went in this step."""
        after, before = (flat(each.arrays).astype(np.float64) for each in (self.snapshot, self.before))
        return np.subtract(after, before)


def inspection(fit: Fit, snapshot: Snapshot, before: Snapshot) -> Inspection:
    """What is inside the step of `snapshot`, at which `fit` stands and to which `before` led."""
    led_here = before.step < snapshot.step
    gradient = fit.step_gradient() if led_here else fit.gradients()
    unit = fit.gradient_unit if led_here else fit.loss_unit
    slopes = flat(gradient).astype(np.float64)
    return Inspection(snapshot, before, slopes, _state(fit), unit, fit.taken.settings.optimizer)


def _state(fit: Fit) -> dict[str, Floats]:
    """What the optimizer has for each parameter in the shape of that parameter."""
    states = [fit.optimizer.state.get(parameter, {}) for parameter in fit.parameters]
    names = [name for name, value in states[0].items() if isinstance(value, Tensor)]
    found = {}
    for name in names:
        kept = [state.get(name) for state in states]
        pairs = zip(kept, fit.parameters, strict=True)
        if all(isinstance(value, Tensor) and value.shape == own.shape for value, own in pairs):
            found[name] = flat([value.detach().cpu().numpy() for value in kept]).astype(np.float64)
    return found
