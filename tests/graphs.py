"""What the tests of the graph share: one step of a plain program, and the inside of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from core.choices.named import named
from core.choices.phases import PHASES
from core.experiment import Settings
from core.insight.graph import Graph, walk
from core.insight.scaling import Scaling
from core.training.fit import scaled_loss
from core.training.inside import Inside, TensorView

POINTS = 20
PLAIN = Scaling(np.zeros(1), np.ones(1), 0.0, 1.0)


class Program(NamedTuple):
    """A forward pass and its loss, before backward."""

    settings: Settings
    objective: Tensor
    loss: Tensor
    prediction: Tensor
    names: tuple[str, ...]
    parameters: tuple[nn.Parameter, ...]

    @property
    def graph(self) -> Graph:
        """What `walk` finds."""
        return walk(self.objective, list(zip(self.names, self.parameters, strict=True)))


def program(settings: Settings, points: int = POINTS, seed: int = 0) -> Program:
    """The forward pass and the loss of `settings`, written as in a lesson, at random numbers."""
    torch.manual_seed(seed)
    model = named(settings.row("model").runs)(1, **settings.row("model").arguments(settings.values("model")))
    loss, _unit = scaled_loss(settings, PLAIN)
    parameters = tuple(model.parameters())
    inputs = torch.randn(points, parameters[0].shape[1])
    prediction = model(inputs)
    given = loss(prediction, torch.randn(points, 1))
    objective = given
    if settings.l1:
        weights = [each for each in parameters if each.dim() > 1]
        objective = given + settings.l1 * torch.stack([each.abs().sum() for each in weights]).sum()
    if len(parameters) == 2:
        names: tuple[str, ...] = ("w", "b")
    else:
        names = tuple(f"{letter}{layer + 1}" for layer in range(len(parameters) // 2) for letter in "wb")
    return Program(settings, objective, given, prediction, names, parameters)


def inside_of(settings: Settings, done: int = len(PHASES), seed: int = 0, number: int = 1) -> Inside:
    """The inside of a step of plain gradient descent of which `done` phases are done."""
    made = program(settings, seed=seed)
    before = tuple(each.detach().numpy().astype(np.float64) for each in made.parameters)
    curve = named(settings.row("model").curve)(settings.values("model"))  # type: ignore[attr-defined]
    after_loss, after_backward = done > PHASES.index("loss"), done > PHASES.index("backward")
    graph = made.graph if after_loss else None
    gradient = None
    if after_backward:
        made.objective.backward()  # type: ignore[no-untyped-call]
        gradient = tuple(
            each.grad.numpy().astype(np.float64) for each in made.parameters if each.grad is not None
        )
    after = None
    if done == len(PHASES) and gradient is not None:
        after = tuple(own - 0.01 * way for own, way in zip(before, gradient, strict=True))
    views = tuple(
        TensorView(
            name,
            "parameter",
            each.detach().numpy(),
            "float32",
            "cpu",
            True,
            grad=None if each.grad is None else each.grad.numpy(),
        )
        for name, each in zip(made.names, made.parameters, strict=True)
    )
    return Inside(
        run=1,
        number=number,
        done=done,
        settings=settings,
        curve=curve,
        scaling=PLAIN,
        names=made.names,
        views=(views,) * (done + 1),
        inputs=np.zeros((POINTS, 1)),
        targets=np.zeros(POINTS),
        before=before,
        state_before=tuple({} for _each in before),
        rate=0.01,
        unit=1.0,
        unit_before=1.0,
        loss=float(made.loss.detach()) if after_loss else None,
        objective=float(made.objective.detach()) if after_loss else None,
        graph=graph,
        gradient=gradient,
        after=after,
    )
