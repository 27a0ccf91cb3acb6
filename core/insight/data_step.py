"""One step of a standardised run told in the units of the data, as far as it has a meaning there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import Polynomial
from core.insight.graph import Graph, Node
from core.insight.scaling import no_scaling
from core.insight.units import PLACE, PURE, SLOPE, DataUnits, as_trained_only, kind_of
from core.training.inside import Inside, Numbers, TensorView

Floats = NDArray[np.float64]
Views = tuple[TensorView, ...]

MOST_DECIMALS = 300  # before or behind the point


def of_data(inside: Inside) -> Inside:
    """`inside` with its data, parameters, gradients and losses in the units of the data.

    The data have the digits that training had of them, so that they are what the person has given. What
    says something of the parameters as trained alone is left out: the mappings of what the optimizer keeps
    are empty, and such views are `trained_only`. The length of the gradient stays what the clipping measures.
    """
    step = _DataStep(inside)
    return inside._replace(
        trained=inside,
        scaling=no_scaling(inside.curve.inputs),
        unit=1.0,
        unit_before=1.0,
        views=tuple(tuple(step.views(*each)) for each in enumerate(inside.views)),
        inputs=step.inputs(inside.inputs),
        targets=step.y(inside.targets),
        prediction=None if inside.prediction is None else step.y(inside.prediction),
        loss=None if inside.loss is None else inside.loss * inside.unit,
        objective=None if inside.objective is None else inside.objective * inside.unit,
        graph=None if inside.graph is None else _without_constants(inside.graph),
        gradient=None if inside.gradient is None else step.arrays(SLOPE, inside.gradient),
        before=step.arrays(PLACE, inside.before),
        after=None if inside.after is None else step.arrays(PLACE, inside.after),
        state_before=tuple({} for _each in inside.state_before),
        state_after=None if inside.state_after is None else tuple({} for _each in inside.state_after),
    )


class _DataStep:
    """Tells the numbers of one step; those that stay as they are from phase to phase are told once."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._units = DataUnits(inside.curve, inside.scaling, inside.unit)
        self._units_before = replace(self._units, loss=inside.unit_before)
        self._known: dict[int, TensorView] = {}
        self._told: dict[tuple[str, float, bytes], tuple[Floats, ...]] = {}
        self._precision = float(np.finfo(inside.inputs.dtype).eps)

    def inputs(self, numbers: Numbers) -> Numbers:
        """What the model would be given of the data as they are `[n, P]`."""
        curve, scaling = self._inside.curve, self._inside.scaling
        columns = (numbers[:, :1] if isinstance(curve, Polynomial) else numbers).astype(np.float64)
        x = [
            self._rounded(column * scale + mean, column, float(scale))
            for column, scale, mean in zip(columns.T, scaling.x_scale, scaling.x_mean, strict=True)
        ]
        return curve.features(np.stack(x, axis=1))

    def y(self, numbers: Numbers) -> Numbers:
        """Targets or predictions."""
        scaling, as_trained = self._inside.scaling, numbers.astype(np.float64)
        return self._rounded(scaling.y_out(as_trained), as_trained, scaling.y_scale)

    def _rounded(self, values: Floats, as_trained: Floats, scale: float) -> Floats:
        """Without the digits that training has not seen, so that data are what a person has given."""
        with np.errstate(all="ignore"):
            place = np.log10(self._precision * scale * np.abs(as_trained).max(initial=1.0))
        decimals = -np.ceil(place)
        return np.round(values, int(decimals)) if abs(decimals) <= MOST_DECIMALS else values

    def arrays(
        self, kind: str, arrays: Sequence[Numbers], units: DataUnits | None = None
    ) -> tuple[Floats, ...]:
        """Numbers of one kind of all parameters, by the units of the step or others that are given."""
        units = units or self._units
        row = np.concatenate([array.ravel() for array in arrays]).astype(np.float64)
        key = kind, units.loss, row.tobytes()
        if key not in self._told:
            self._told[key] = tuple(self._inside.curve.arrays(units.of_kind(kind, row)))
        return self._told[key]

    def views(self, done: int, views: Views) -> Iterator[TensorView]:
        """All tensors behind so many phases, in their order."""
        told = dict(self._of_parameters(views, self._units if done else self._units_before)) | dict(
            self._of_the_optimizer(views)
        )
        for view in views:
            if view.name not in told and id(view) not in self._known:
                self._known[id(view)] = self._of_the_batch(view)
            yield told.get(view.name) or self._known[id(view)]

    def _of_the_batch(self, view: TensorView) -> TensorView:
        """The data, the prediction or a loss."""
        if view.name == "inputs":
            return view._replace(values=self.inputs(view.values))
        if view.name in ("targets", "prediction"):
            return view._replace(values=self.y(view.values))
        return view._replace(values=np.asarray(view.values.astype(np.float64) * self._inside.unit))

    def _of_parameters(self, views: Views, units: DataUnits) -> Iterator[tuple[str, TensorView]]:
        own = [view for view in views if view.role == "parameter"]
        values = self.arrays(PLACE, [view.values for view in own])
        slopes = [view.grad for view in own if view.grad is not None]
        grads = self.arrays(SLOPE, slopes, units) if len(slopes) == len(own) else (None,) * len(own)
        lost, lost_grads = _is_lost(values, [view.values for view in own]), _is_lost(grads, slopes)
        for view, value, grad in zip(own, values, grads, strict=True):
            told = view._replace(values=value, grad=grad, trained_only=lost, grad_trained_only=lost_grads)
            yield view.name, told

    def _of_the_optimizer(self, views: Views) -> Iterator[tuple[str, TensorView]]:
        own = [view for view in views if view.role == "state"]
        names = dict.fromkeys(view.name.partition(" (")[0] for view in own)
        for name in names:
            kept = [view for view in own if view.name.startswith(f"{name} (")]
            told = self._kept(name, [view.values for view in kept])
            for place, view in enumerate(kept):
                if told is None:
                    yield view.name, view._replace(values=np.full(view.shape, np.nan), trained_only=True)
                else:
                    yield view.name, view._replace(values=told[place])

    def _kept(self, name: str, values: Sequence[Numbers]) -> Sequence[Numbers] | None:
        """What the optimizer keeps by one name; None for what there is as trained only."""
        kind, sizes = kind_of(name, self._inside.settings.optimizer), [array.size for array in values]
        if kind == PURE:
            return values
        if kind is None or sum(sizes) != self._inside.curve.count():
            return None
        if len(sizes) == 1:  # of all parameters in one row
            return [self._units.of_kind(kind, values[0].astype(np.float64))]
        return self.arrays(kind, values)


def _is_lost(told: Sequence[Floats | None], as_trained: Sequence[Numbers]) -> bool:
    """Whether numbers of training are too large for the units of the data."""
    return _is_finite(as_trained) and not _is_finite([array for array in told if array is not None])


def _is_finite(arrays: Sequence[Numbers]) -> bool:
    return all(np.isfinite(array).all() for array in arrays)


def _without_constants(graph: Graph) -> Graph:
    """A graph without the plain numbers that its operations keep: they are for standardised data."""
    return graph._replace(nodes=tuple(_without_numbers(node) for node in graph.nodes))


def _without_numbers(node: Node) -> Node:
    saved = tuple(
        each._replace(value=as_trained_only()) if isinstance(each.value, float) else each
        for each in node.saved
    )
    return node._replace(saved=saved)
