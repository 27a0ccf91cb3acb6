"""Many steps of a fit in one call of compiled code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.training.compiled.code import Code
from core.training.compiled.kind import TOGETHER, Kind
from core.training.compiled.rates import asgd_eta, chosen_rates, lengths
from core.training.compiled.states import STEP, State, as_carried, carried_states

if TYPE_CHECKING:
    from core.training.fit import Fit, Place

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """What `K` steps found; the fit stands where it stood before them until they are kept.

    `losses`, `held` and `rates` `[K]` are those of each step, the losses in the units of the data,
    `parameters` `[K, number of them]` what stood behind it, `norms` `[K]` the length of its gradient.
    """

    losses: Floats
    held: Floats | None
    rates: Floats
    parameters: NDArray[Any]
    norms: Floats | None
    place: Place
    carried: list[Tensor]
    schedule: Any

    def __len__(self) -> int:
        return len(self.losses)


class Blocks:
    """Steps a fit, which has made at least one step, by code for the kind of its steps."""

    def __init__(self, fit: Fit, kind: Kind, code: Code) -> None:
        self.kind = kind
        self._fit = fit
        self._code = code
        self._states = carried_states(fit.optimizer, fit.taken.settings)

    def make(self, steps: int) -> Block:
        """The next `steps`, at least LEAST and in whole turns; nothing of the fit is changed."""
        fit, kind = self._fit, self.kind
        made = self._made()
        before = fit.schedule_state()
        rates = chosen_rates(fit, steps)
        after = fit.schedule_state()
        fit.set_schedule_state(before)
        chosen, place = self._chosen(steps)
        turns = [_in_turns(value) for value in (torch.from_numpy(lengths(fit, rates, made)), *chosen)]
        out = self._code([*self._carried(made), *turns, *self._data()])
        carried = 2 * len(fit.parameters) + len(self._states) + 1
        losses, parameters, *more = (value.flatten(0, 1).numpy() for value in out[carried:])
        held = more.pop(0) * np.float64(fit.loss_unit) if kind.held else None
        norms = more[0].astype(np.float64) if kind.norms else None
        return Block(
            losses * np.float64(fit.loss_unit), held, rates, parameters, norms, place, out[:carried], after
        )

    def keep(self, block: Block) -> None:
        """Let the fit stand behind the steps of `block`."""
        fit, count = self._fit, len(self._fit.parameters)
        made = self._made() + len(block)
        fit.gradient_unit = fit.loss_unit
        with torch.no_grad():
            for parameter, value, gradient in zip(
                fit.parameters, block.carried, block.carried[count:], strict=False
            ):
                parameter.copy_(value)
                parameter.grad = gradient
            for state, value in zip(self._states, block.carried[2 * count :], strict=False):
                self._tensor(state).copy_(value)
            self._count(made, block.rates[-1:])
        fit.set_schedule_state(block.schedule)
        fit.stand(
            float(block.losses[-1]),
            None if block.held is None else float(block.held[-1]),
            float(block.rates[-1]),
            block.place,
            None if block.norms is None else float(block.norms[-1]),
        )

    def gradient(self, block: Block) -> list[NDArray[Any]]:
        """The gradient of the last step of `block`, an array for each parameter."""
        count = len(self._fit.parameters)
        return [value.numpy() for value in block.carried[count : 2 * count]]

    # --- what goes in -----------------------------------------------------------------------------------

    def _carried(self, made: int) -> list[Tensor]:
        fit = self._fit
        parameters = [parameter.detach() for parameter in fit.parameters]
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in fit.parameters]
        states = [as_carried(self._tensor(state)) for state in self._states]
        return [*parameters, *gradients, *states, torch.tensor(float(made), dtype=torch.float64)]

    def _tensor(self, state: State) -> Tensor:
        tensor: Tensor = self._fit.optimizer.state[self._fit.parameters[state.place]][state.name]
        return tensor

    def _made(self) -> int:
        """How many steps the optimizer has made; 1 of one that does not count them."""
        return int(self._fit.optimizer.state[self._fit.parameters[0]].get(STEP, 1))

    def _count(self, made: int, rate: Floats) -> None:
        """Let the optimizer know that it has `made` so many steps, the last one at `rate`."""
        optimizer = self._fit.optimizer
        group = optimizer.param_groups[0]
        for parameter in self._fit.parameters:
            state = optimizer.state[parameter]
            if STEP in state:
                state[STEP].fill_(made)
            if "eta" in state:
                state["eta"].fill_(float(asgd_eta(group, rate, np.array([float(made)]))[0]))
                state["mu"].fill_(1 / max(1, made - group["t0"]))

    def _data(self) -> list[Tensor]:
        fit = self._fit
        unit = [torch.tensor(fit.scaling.y_scale, dtype=fit.dtype)] if self.kind.scaled else []
        return [*(_two_rows(tensor) for tensor in fit.data()), *unit]

    def _chosen(self, steps: int) -> tuple[list[Tensor], Place]:
        """The points of each step and their weights, if it takes only some; the place behind the last."""
        fit = self._fit
        epoch, position = fit.place
        size, total = fit.taken.settings.batch_size, fit.count
        if size is None or size >= total:
            return [], fit.place._replace(epoch=epoch + steps, position=0)
        indices = np.zeros((steps, max(size, 2)), np.int64)
        weights = np.zeros(indices.shape, fit.parameters[0].detach().numpy().dtype)
        step = 0
        while step < steps:
            order = fit.shuffled(epoch, total).numpy()
            whole = min((total - position) // size, steps - step)
            end = position + whole * size
            indices[step : step + whole, :size] = order[position:end].reshape(whole, size)
            weights[step : step + whole, :size] = 1 / size
            step, position = step + whole, end
            if step < steps and position < total:
                rest = total - position
                indices[step, :rest], weights[step, :rest] = order[position:], 1 / rest
                step, position = step + 1, total
            if position == total:
                epoch, position = epoch + 1, 0
        return [torch.from_numpy(indices), torch.from_numpy(weights)], fit.place._replace(
            epoch=epoch, position=position
        )


def _in_turns(steps: Tensor) -> Tensor:
    """Of each step `[K, …]`, as `[turns, TOGETHER, …]`."""
    return steps.reshape(-1, TOGETHER, *steps.shape[1:])


def _two_rows(tensor: Tensor) -> Tensor:
    """The same rows, a single one twice, whose mean is the same: no code is made for one row."""
    return tensor if len(tensor) > 1 else tensor.repeat(2, 1)
