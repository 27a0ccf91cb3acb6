"""The program that is compiled: whole training steps, one after the other, as one function of tensors.

The gradient is torch.func's, the update that of the optimizer's own class of torch.optim. The optimizer
takes its step with a learning rate of 1, and the parameters go as far of that way as the rate says: so the
rate is an input, like the points. Every update of torch.optim is proportional to some rate, but Rprop's,
whose rate only sets its first step sizes, and LBFGS's.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch._export.utils import _compiling_state_context
from torch._higher_order_ops.scan import scan
from torch.fx.experimental.proxy_tensor import make_fx

from core.choices import LOSSES
from core.choices.named import named
from core.experiment.settings import Settings
from core.insight.curve_of import curve_of
from core.insight.scaling import no_scaling
from core.training.compiled.kind import TOGETHER, Kind
from core.training.compiled.states import STEP, as_carried, carried_states, flat
from core.training.fit import scaled_loss

Tensors = Sequence[Tensor]

DECAYS = {"adamw": "weight_decay", "asgd": "lambd"}  # what shortens the parameters, and not by the gradient
TWICE = "nadam"  # moves the parameters twice a step, each time rounded, so it is given the rate itself

# Of the example tensors; all different, so that the compiler takes no two of them for one.
POINTS, HELD, BATCH, TURNS = 11, 7, 5, 13


class Program(nn.Module):
    """The steps of a kind: forward(*carried, *per step, *data) gives (*carried, *found).

    Carried from step to step: the parameters, their gradients, the optimizer's states, the count of steps.
    Steps come in turns of T = TOGETHER. Per step: how far it goes `[K, T]`; for mini-batches the positions of
    their points `[K, T, B]` and the weight of each in the mean `[K, T, B]`. Data: inputs `[N, P]` and targets
    `[N, 1]`, the same of the points held out, the unit of y. Found: the losses `[K, T]`, the parameters
    behind each step `[K, T, number of them]`, and, where there are any, the losses of the points held out
    behind each step `[K, T]` and the lengths of the gradients `[K, T]`. `example` are tensors that fit, in
    that order, and `sizes` which of their dimensions are free.
    """

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        settings = kind.settings
        features = curve_of(settings, kind.columns)
        row = settings.row("model")
        self._model = named(row.runs)(kind.columns, **row.arguments(settings.values("model")))
        self._model.to(getattr(torch, settings.dtype))
        self._names = [name for name, _value in self._model.named_parameters()]
        self._compare = scaled_loss(settings, no_scaling(kind.columns))[0].forward
        self._norms = kind.norms
        carried = self._carried()
        steps, data = self._steps(), self._data(len(features.features(np.ones((1, kind.columns)))[0]))
        self._ends = len(carried), len(carried) + len(steps)
        self.example = (*carried, *steps, *data)
        first = [value[0, 0] for value in steps]
        self._step = make_fx(torch.func.functionalize(self._one), tracing_mode="symbolic")(
            *carried, *first, *data
        )

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """All steps."""
        first, second = self._ends
        carried, steps, data = tensors[:first], tensors[first:second], tensors[second:]

        def body(before: Tensors, turn: Tensors) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
            found = []
            for place in range(TOGETHER):
                out = self._step(*before, *[step[place] for step in turn], *data)
                before = out[:first]
                found.append(out[first:])
            after = tuple(value.clone() for value in before)
            return after, tuple(torch.stack(values) for values in zip(*found, strict=True))

        after, found = scan(body, carried, steps)
        return (*after, *found)

    # --- one step ---------------------------------------------------------------------------------------

    def _one(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        first, second = self._ends
        carried, (length, *batch), data = tensors[:first], tensors[first:second], list(tensors[second:])
        count = len(self._names)
        parameters, states, made = carried[:count], carried[2 * count : -1], carried[-1]
        inputs, targets = data[:2]
        held = data[2:4] if self._kind.held else []
        unit = data[-1] if self._kind.scaled else None
        weights = None
        if batch:
            inputs, targets, weights = inputs[batch[0]], targets[batch[0]], batch[1]

        def objective(*parameters: Tensor) -> tuple[Tensor, Tensor]:
            loss = self._loss(parameters, inputs, targets, unit, weights)
            return self._penalised(loss, parameters), loss

        places = tuple(range(count))
        found_gradients, (_whole, loss) = torch.func.grad_and_value(objective, places, has_aux=True)(
            *parameters
        )
        # One by one: there is no C function for all at once, which the code would call.
        norm = nn.utils.get_total_norm(found_gradients, foreach=False) if self._norms else None
        gradients = self._clipped(list(found_gradients), norm)
        after, kept = self._update(parameters, gradients, states, made, length)
        found = [loss, flat(after)]
        if held:
            found.append(self._loss(after, held[0], held[1], unit))
        if norm is not None:
            found.append(norm)
        return (*after, *gradients, *kept, made + 1, *found)

    def _loss(
        self,
        parameters: Tensors,
        inputs: Tensor,
        targets: Tensor,
        unit: Tensor | None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """The table's own loss; with weights, of each point for itself, and their sum."""
        out = torch.func.functional_call(
            self._model, dict(zip(self._names, parameters, strict=True)), (inputs,)
        )
        if unit is not None:
            out, targets = out * unit, targets * unit
        loss: Tensor
        if weights is None:
            loss = self._compare(out, targets)
        else:
            loss = (torch.func.vmap(self._compare)(out, targets) * weights).sum()
        return loss if unit is None else loss / unit ** LOSSES[self._kind.settings.loss].order

    def _penalised(self, loss: Tensor, parameters: Tensors) -> Tensor:
        l1 = self._kind.settings.l1
        weights = [parameter.abs().sum() for parameter in parameters if parameter.dim() > 1]
        return loss + l1 * torch.stack(weights).sum() if l1 else loss

    def _clipped(self, gradients: Tensors, norm: Tensor | None) -> Tensors:
        """The gradient as torch.nn.utils.clip_grad_norm_ shortens it."""
        longest = self._kind.settings.clip_norm
        if longest is None or norm is None:
            return gradients
        factor = torch.clamp(longest / (norm + 1e-6), max=1.0)
        return [gradient * factor for gradient in gradients]

    def _update(
        self, parameters: Tensors, gradients: Tensors, states: Tensors, made: Tensor, length: Tensor
    ) -> tuple[list[Tensor], list[Tensor]]:
        """The parameters and the optimizer's states behind the step that comes after `made` steps."""
        parameters = self._decayed(parameters, length)
        gone = [parameter.clone() for parameter in parameters]
        optimizer = _unit_optimizer(self._kind.settings, gone)
        if self._kind.settings.optimizer == TWICE:
            optimizer.param_groups[0]["lr"] = length
            length = torch.ones_like(length)
        for parameter, gradient in zip(gone, gradients, strict=True):
            parameter.grad = gradient
            optimizer.state[parameter].update(self._extra(made))
        for (place, name), value in zip(self._states, states, strict=True):
            optimizer.state[gone[place]][name] = value.clone()
        with torch.no_grad(), _capturing(optimizer):
            inspect.unwrap(type(optimizer).step)(optimizer)
        after = [
            torch.lerp(one, two, length.to(one.dtype)) for one, two in zip(parameters, gone, strict=True)
        ]
        kept = [optimizer.state[gone[place]][name] for place, name in self._states]
        if self._kind.settings.optimizer == "asgd":
            kept = self._averaged(after, states, made)
        return after, kept

    def _decayed(self, parameters: Tensors, length: Tensor) -> Tensors:
        """The parameters as AdamW and ASGD shorten them, rounded as they do it: such errors add up."""
        name = DECAYS.get(self._kind.settings.optimizer)
        if name is None:
            return parameters
        factor = 1 - length * float(self._kind.settings.values("optimizer")[name] or 0)
        return [parameter * factor.to(parameter.dtype) for parameter in parameters]

    def _extra(self, made: Tensor) -> dict[str, Tensor]:
        """What an optimizer keeps that is not carried for each parameter."""
        if self._kind.settings.optimizer == "sgd":
            return {}
        if self._kind.settings.optimizer == "asgd":
            return {STEP: made.clone(), "eta": torch.ones(()), "mu": torch.ones(())}
        return {STEP: made.clone()}

    def _averaged(self, after: Tensors, states: Tensors, made: Tensor) -> list[Tensor]:
        """ASGD's average of the parameters; it is of where they came to, so it follows their update."""
        begin = float(self._kind.settings.values("optimizer")["t0"] or 0)
        share = 1 / torch.clamp(made - begin, min=1.0)
        return [
            old + (after[place] - old) * share
            for (place, _name), old in zip(self._states, states, strict=True)
        ]

    # --- tensors that fit -------------------------------------------------------------------------------

    def _carried(self) -> list[Tensor]:
        parameters = [parameter.detach().clone() for parameter in self._model.parameters()]
        optimizer = _unit_optimizer(self._kind.settings, parameters, capturable=False)
        for parameter in parameters:
            parameter.grad = torch.rand_like(parameter)
        optimizer.step()
        self._states = carried_states(optimizer, self._kind.settings)
        states = [as_carried(optimizer.state[parameters[place]][name]) for place, name in self._states]
        gradients = [torch.rand_like(parameter) for parameter in parameters]
        return [*parameters, *gradients, *states, torch.ones((), dtype=torch.float64)]

    def _steps(self) -> list[Tensor]:
        lengths = torch.rand(TURNS, TOGETHER, dtype=torch.float64)
        if not self._kind.batched:
            return [lengths]
        dtype = getattr(torch, self._kind.settings.dtype)
        size = TURNS, TOGETHER, BATCH
        return [lengths, torch.randint(0, POINTS, size), torch.rand(size, dtype=dtype)]

    def _data(self, features: int) -> list[Tensor]:
        dtype = getattr(torch, self._kind.settings.dtype)
        sizes = [POINTS, *([HELD] if self._kind.held else [])]
        data = [torch.rand(size, columns, dtype=dtype) for size in sizes for columns in (features, 1)]
        return [*data, *([torch.ones((), dtype=dtype)] if self._kind.scaled else [])]

    def sizes(self) -> tuple[dict[int, torch.export.Dim], ...]:
        """Which dimensions of the example are free, as torch.export is told."""
        dim = torch.export.Dim
        points, held, batch, turns = (dim(name, min=2) for name in ("points", "held", "batch", "turns"))
        per_step: list[dict[int, torch.export.Dim]] = [{0: turns}]
        if self._kind.batched:
            per_step += [{0: turns, 2: batch}] * 2
        data: list[dict[int, torch.export.Dim]] = [{0: points}] * 2 + (
            [{0: held}] * 2 if self._kind.held else []
        )
        unit: list[dict[int, torch.export.Dim]] = [{}] if self._kind.scaled else []
        return (*({} for _value in range(self._ends[0])), *per_step, *data, *unit)


def _unit_optimizer(
    settings: Settings, parameters: list[Tensor], capturable: bool = True
) -> torch.optim.Optimizer:
    """The chosen optimizer with a learning rate of 1, which nothing in it changes."""
    row = settings.row("optimizer")
    arguments = row.arguments(settings.values("optimizer"))
    optimizer: torch.optim.Optimizer = named(row.runs)(parameters, lr=1.0, foreach=False, **arguments)
    for group in optimizer.param_groups:
        if "lr_decay" in group:
            group["lr_decay"] = 0.0
        if settings.optimizer in DECAYS:
            group[DECAYS[settings.optimizer]] = 0.0  # done before
        if "capturable" in group:
            group["capturable"] = capturable
    return optimizer


def _capturing(optimizer: torch.optim.Optimizer) -> contextlib.AbstractContextManager[object]:
    """Let the optimizer compute with tensors where it would otherwise look at their values."""
    if "capturable" in optimizer.param_groups[0]:
        return _compiling_state_context()
    return contextlib.nullcontext()
