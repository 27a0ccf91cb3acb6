"""One step of a fit made phase by phase, so that each phase can be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear

from core.choices.phases import PHASES
from core.insight.curves import LAYER
from core.insight.graph import Graph, walk
from core.training.fit import Fit
from core.training.inside import Floats, Inside, Numbers, TensorView

MOST_BENDS = 64  # points that are told of


class SlowStep:
    """The next step of `fit`, which is step `number` of `run`; complete, it has done what `Fit.step` does.

    The numbers are the same to the last bit. An optimizer that evaluates the loss itself, as LBFGS does, does
    the first four phases over again in its own, the last one.
    """

    def __init__(self, fit: Fit, run: int, number: int) -> None:
        self._fit = fit
        self._inputs, self._targets, self._place = fit.batch()
        self._prediction: Tensor | None = None
        self._given: Tensor | None = None  # by the forward pass and the loss, without any penalty
        self._objective: Tensor | None = None
        self._same: dict[str, TensorView] = {}
        self._names = fit.curve.names()
        settings = fit.taken.settings
        self.inside = Inside(
            run=run,
            number=number,
            done=0,
            settings=settings,
            curve=fit.curve,
            scaling=fit.scaling,
            names=self._names,
            views=(self._views(),),
            inputs=_numbers(self._inputs),
            targets=_numbers(self._targets)[:, 0],
            before=_arrays(fit.parameters),
            state_before=self._state(),
            rate=float(fit.optimizer.param_groups[0]["lr"]),
            unit=fit.loss_unit,
            unit_before=fit.gradient_unit,
            points=fit.count,
        )

    def advance(self) -> None:
        """Do the next phase."""
        phase = PHASES[self.inside.done]
        found: dict[str, Any] = getattr(self, f"_{phase}")()
        inside = self.inside
        self.inside = inside._replace(done=inside.done + 1, views=(*inside.views, self._views()), **found)

    def finish(self) -> None:
        """Do all phases that are left."""
        while not self.inside.complete:
            self.advance()

    # --- the phases -------------------------------------------------------------------------------------

    def _zero_grad(self) -> dict[str, object]:
        self._fit.zero_grad()
        return {}

    def _forward(self) -> dict[str, object]:
        self._prediction = self._fit.predict(self._inputs)
        return {
            "prediction": _numbers(self._prediction)[:, 0],
            "graph": self._graph(self._prediction),
            "bends": self._bends(),
        }

    def _loss(self) -> dict[str, object]:
        assert self._prediction is not None
        loss = self._fit.compare(self._prediction, self._targets)
        self._given, self._objective = loss, self._fit.objective(loss)
        return {
            "loss": float(loss.item()),
            "objective": float(self._objective.item()),
            "graph": self._graph(self._objective),
        }

    def _backward(self) -> dict[str, object]:
        assert self._objective is not None
        self._objective.backward()  # type: ignore[no-untyped-call]
        unclipped = torch.nn.utils.get_total_norm(
            [p.grad for p in self._fit.parameters if p.grad is not None]
        )
        self._fit.clip()
        gradient = _arrays([p.grad for p in self._fit.parameters if p.grad is not None])
        return {"gradient": gradient, "unclipped": float(unclipped.item())}

    def _step(self) -> dict[str, object]:
        assert self._given is not None
        optimizer = self._fit.optimizer
        if isinstance(optimizer, torch.optim.LBFGS):
            optimizer.step(self._fit.closure(self._inputs, self._targets, []))  # type: ignore[no-untyped-call]
        else:
            optimizer.step()
        self._fit.finish(self._given, self._place)
        return {"after": _arrays(self._fit.parameters), "state_after": self._state()}

    def _bends(self) -> tuple[int, ...]:
        """The first points for which an input of ReLU is exactly 0."""
        of_relu = self._fit.taken.settings.values("model").get("activation") == "relu"
        if not (of_relu and self._fit.curve.layered):
            return ()
        hidden, parameters = self._inputs, iter(self._fit.parameters[:-LAYER])
        found = torch.zeros(len(hidden), dtype=torch.bool, device=hidden.device)
        with torch.no_grad():
            for weight, bias in zip(parameters, parameters, strict=True):
                hidden = linear(hidden, weight, bias)
                found |= (hidden == 0).any(1)
                hidden = hidden.relu()
        return tuple(found.nonzero()[:MOST_BENDS, 0].tolist())

    def _graph(self, end: Tensor) -> Graph:
        """The graph that PyTorch has made on the way to `end`."""
        return walk(end, tuple(zip(self._names, self._fit.parameters, strict=True)))

    # --- looking ----------------------------------------------------------------------------------------

    def _views(self) -> tuple[TensorView, ...]:
        """Every tensor as it is now; those of the forward pass once they are there."""
        parameters = zip(self._names, self._fit.parameters, strict=True)
        views = [self._seen("inputs", "data", self._inputs), self._seen("targets", "data", self._targets)]
        views += [_view(name, "parameter", parameter) for name, parameter in parameters]
        results = {"prediction": self._prediction, "loss": self._given}
        if self._objective is not self._given:
            results["objective"] = self._objective
        views += [self._seen(name, "result", found) for name, found in results.items() if found is not None]
        for name, parameter in zip(self._names, self._fit.parameters, strict=True):
            state = self._fit.optimizer.state.get(parameter, {})
            kept = {key: value for key, value in state.items() if isinstance(value, Tensor)}
            views += [_view(f"{key} ({name})", "state", value) for key, value in kept.items()]
        return tuple(views)

    def _seen(self, name: str, role: str, tensor: Tensor) -> TensorView:
        """One that stays as it is, looked at once: from another device that takes its time, and room."""
        return self._same.setdefault(name, _view(name, role, tensor))

    def _state(self) -> tuple[Mapping[str, Floats | float], ...]:
        """What the optimizer keeps for each parameter: numbers, and arrays of the parameter's shape."""
        found = []
        for parameter in self._fit.parameters:
            state = self._fit.optimizer.state.get(parameter, {})
            known = {name: _kept(value, parameter) for name, value in state.items()}
            found.append({name: value for name, value in known.items() if value is not None})
        return tuple(found)


def _kept(value: object, parameter: Tensor) -> Floats | float | None:
    """One thing that an optimizer keeps; None for what is neither a number nor of the parameter's shape."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Tensor) and value.dim() == 0:
        return float(value.item())
    if isinstance(value, Tensor) and value.shape == parameter.shape:
        return _arrays([value])[0]
    return None


def _view(name: str, role: str, tensor: Tensor) -> TensorView:
    """How `tensor` is at this moment; what is overwritten in place is copied."""
    changes = role in ("parameter", "state")
    values = _numbers(tensor)
    return TensorView(
        name,
        role,
        values.copy() if changes else values,
        str(tensor.dtype).removeprefix("torch."),
        str(tensor.device),
        tensor.requires_grad,
        "" if tensor.grad_fn is None else tensor.grad_fn.name(),
        None if not tensor.is_leaf or tensor.grad is None else _numbers(tensor.grad).copy(),
    )


def _numbers(tensor: Tensor) -> Numbers:
    """The numbers of `tensor`; on the CPU in its own memory."""
    numbers: Numbers = tensor.detach().cpu().numpy()
    return numbers


def _arrays(tensors: Iterable[Tensor]) -> tuple[Floats, ...]:
    """Copies in float64."""
    return tuple(_numbers(tensor).astype(np.float64) for tensor in tensors)
