"""The loss of the person's own points over a plane of parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap

from core.choices.named import named
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.module_curve import ModuleCurve
from core.insight.objective import Objective
from core.insight.optimum import training_points
from core.insight.plane import Plane
from core.insight.tall_qr import tall_triangle
from core.training.fit import scaled_loss

Floats = NDArray[np.float64]
Range = tuple[float, float]
Predictions = Callable[[Tensor], Tensor]  # from places [k, 2] on the plane to predictions [k, N]

MOST_CELLS, FEWEST_CELLS = 200, 24  # of the grid, along each of its sides
WORK = 8_000_000  # predictions by a line that may be made: some hundredths of a second
PATIENCE = 4  # times as much where the fewest cells need it, before points are left out
SHARE_OF_A_PREDICTION = 1 / 3  # that one parameter of a network takes, beside a line's
A_CALL = 8_000  # predictions by a line that can be made while a module is called once, on however few points
AT_ONCE = 128_000  # predictions at a time, so that they stay near the processor
FEW = 1_000  # points that tell how far a fit moves
MOVE = 1e-4  # of the parameters as trained, that tells how fast a network moves
ROOM = 2_000_000  # numbers: more than all that is needed at a time


class Landscape(NamedTuple):
    """The loss over a grid of a plane.

    `losses` `[r, c]` are those of the training points, in the unit of the objective, at the places u `[c]`
    and v `[r]` of `plane`; infinite where they overflow. `points` of `of` training points were looked at.
    """

    plane: Plane
    u: Floats
    v: Floats
    losses: Floats
    points: int
    of: int


def landscape(objective: Objective, plane: Plane, u: Range, v: Range, cells: int = MOST_CELLS) -> Landscape:
    """The loss over the ranges `u` and `v` of a plane, on `cells` by `cells` places, or fewer.

    A large model is looked at on a coarser grid, and of very many points only every second, third … one.
    """
    training = training_points(objective.points, objective.settings)
    loss, unit = _loss_of(objective)
    cost = 1.0
    if not objective.curve.is_linear():
        cost += objective.curve.count() * SHARE_OF_A_PREDICTION
    if not objective.curve.layered:
        cost += A_CALL / max(len(training), 1)
    if objective.settings.loss == "mse" and objective.curve.is_linear():
        predict, targets, share = _quadratic(objective, training, plane)
        seen = len(training)
    else:
        every, share = _stride(len(training), cost), 1.0
        predict, targets = _predictions(objective, training.x[::every], training.y[::every], plane)
        seen = len(targets)
    cells = min(cells, max(FEWEST_CELLS, math.isqrt(int(WORK / (max(len(targets), 1) * cost)))))
    across, up = np.linspace(*u, cells), np.linspace(*v, cells)
    grid = torch.from_numpy(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2))
    found = _losses(loss, unit * share, predict, targets, grid)
    return Landscape(plane, across, up, found.reshape(cells, cells), seen, len(training))


def loss_at(objective: Objective, plane: Plane, places: Floats) -> Floats:
    """The loss `[m]` of all training points at places `[m, 2]` of a plane, in the unit of the objective."""
    training = training_points(objective.points, objective.settings)
    loss, unit = _loss_of(objective)
    predict, targets = _predictions(objective, training.x, training.y, plane)
    return _losses(loss, unit, predict, targets, torch.from_numpy(np.ascontiguousarray(places)))


def reach(objective: Objective, plane: Plane) -> Floats:
    """How far along u and v `[2]` one has to go, from (0, 0), to change the fit by as much as y is spread.

    It is the standard deviation of y over the root mean square of what a step of 1 changes: of a feature's
    column, in a model that is linear in its parameters. Where y does not vary, 1 as trained stands for its
    deviation; infinite where nothing changes.
    """
    training = training_points(objective.points, objective.settings)
    every = max(1, -(-len(training) // FEW))
    x, y = training.x[::every], objective.scaling.y_in(training.y[::every])
    with np.errstate(all="ignore"):
        moved = np.sqrt(np.mean(_columns(objective, x, plane) ** 2, axis=1))
        found = (float(y.std()) or 1.0) / moved
    return np.where(np.isnan(found), np.inf, found)


def _columns(objective: Objective, x: Floats, plane: Plane) -> Floats:
    """What a step of 1 along u and v changes, at (0, 0), in the predictions as trained `[2, N]`."""
    if objective.curve.is_linear():
        return _affine(objective.curve.features(objective.scaling.x_in(x)), plane)[1:]
    predict, _targets = _predictions(objective, x, np.zeros(len(x)), plane)
    steps = np.diag(MOVE / np.linalg.norm(plane.along, axis=1))
    with torch.no_grad():
        found = predict(torch.from_numpy(np.vstack((steps, -steps)))).numpy()
    return np.asarray((found[:2] - found[2:]) / (2 * steps.diagonal()[:, None]), dtype=np.float64)


def _loss_of(objective: Objective) -> tuple[nn.Module, float]:
    """The loss on scaled data, and the unit that it is to be told in."""
    loss, unit = scaled_loss(objective.settings, objective.scaling)
    return loss, 1.0 if objective.as_trained else unit


def _stride(count: int, cost: float) -> int:
    """Every how many-th point is looked at."""
    return max(1, math.ceil(count * cost * FEWEST_CELLS**2 / (PATIENCE * WORK)))


def _losses(loss: nn.Module, unit: float, predict: Predictions, targets: Tensor, places: Tensor) -> Floats:
    """The loss at every place `[k, 2]`, in parts near the processor; infinite where it overflows."""
    each = vmap(loss.forward, in_dims=(0, None))
    size = max(1, AT_ONCE // max(len(targets), 1))
    # Taken and given back, so that glibc keeps as much from part to part. If the system had to give it anew
    # each time, that would take longer than the losses do.
    torch.empty(ROOM, dtype=torch.float64)
    with torch.no_grad():
        found = torch.cat([each(predict(part), targets) for part in torch.split(places, size)]) * unit
    found[found.isnan()] = math.inf
    return np.asarray(found.numpy(), dtype=np.float64)


def _predictions(objective: Objective, x: Floats, y: Floats, plane: Plane) -> tuple[Predictions, Tensor]:
    """What the model predicts on the plane, and what it should, both scaled as in training."""
    inputs = objective.curve.features(objective.scaling.x_in(x))
    targets = torch.from_numpy(np.ascontiguousarray(objective.scaling.y_in(y)))
    if not objective.curve.is_linear():
        return _of_module(objective, torch.from_numpy(np.ascontiguousarray(inputs)), plane), targets
    start, *along = _affine(inputs, plane)
    return _of_affine(start, np.array(along)), targets


def _affine(inputs: Floats, plane: Plane) -> Floats:
    """Of a model linear in its parameters: its predictions `[3, N]` at the origin, and along u and v."""
    design = np.column_stack((inputs, np.ones(len(inputs))))
    with np.errstate(all="ignore"):
        return np.asarray(np.vstack((plane.origin, plane.along)) @ design.T, dtype=np.float64)


def _of_affine(start: Floats, along: Floats) -> Predictions:
    first, both = torch.from_numpy(start.copy()), torch.from_numpy(along.copy())
    return lambda places: torch.addmm(first, places, both)


def _of_module(objective: Objective, inputs: Tensor, plane: Plane) -> Predictions:
    """It is asked anew at each place: one of layers alone for many at once, any other for one by one."""
    settings, curve = objective.settings, objective.curve
    layered = not isinstance(curve, ModuleCurve)
    model = curve.module() if isinstance(curve, ModuleCurve) else _module(settings, inputs.shape[1])
    origin, along = torch.from_numpy(plane.origin), torch.from_numpy(plane.along.copy())
    named_shapes = [(name, parameter.shape) for name, parameter in model.named_parameters()]
    sizes = [shape.numel() for _name, shape in named_shapes]

    def predict(places: Tensor) -> Tensor:
        parts = torch.split(torch.addmm(origin, places, along), sizes, dim=1)
        stacked = {
            name: part.reshape(-1, *shape) for (name, shape), part in zip(named_shapes, parts, strict=True)
        }
        if layered:
            outputs: Tensor = vmap(lambda one: functional_call(model, one, (inputs,)))(stacked)
            return outputs[..., 0]
        each = ({name: part[place] for name, part in stacked.items()} for place in range(len(places)))
        return torch.stack([functional_call(model, one, (inputs,))[..., 0] for one in each])

    return predict


def _module(settings: Settings, inputs: int) -> nn.Module:
    """The module of the model; its own numbers are not needed, and not drawn."""
    row = settings.row("model")
    with torch.device("meta"):
        model: nn.Module = named(row.runs)(inputs, **row.arguments(settings.values("model")))
    return model


def _quadratic(objective: Objective, training: Points, plane: Plane) -> tuple[Predictions, Tensor, float]:
    """Three rows that have the squared error of all points, and what share of the mean theirs is.

    The residuals are affine in u and v, so that the triangle of their QR decomposition says all about
    their squares, however many points there are.
    """
    inputs = objective.curve.features(objective.scaling.x_in(training.x))
    start, *along = _affine(inputs, plane)
    columns = np.column_stack((*along, start - objective.scaling.y_in(training.y)))
    if not np.isfinite(columns).all():
        return _of_affine(start, np.array(along)), torch.from_numpy(objective.scaling.y_in(training.y)), 1.0
    triangle = tall_triangle(columns)
    predict = _of_affine(triangle[:, 2], triangle[:, :2].T)
    return predict, torch.zeros(len(triangle), dtype=torch.float64), len(triangle) / len(training)
