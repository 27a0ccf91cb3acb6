"""The numbers of a step as the graph shows them: in its boxes, and at length when a box is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.insight.graph import CONSTANT, INPUTS, LEAF, NO_NAME, OPERATION, Graph, Node, Saved
from core.insight.numbers import DIGITS, significant
from core.insight.units import as_trained_only
from core.texts import _, n_
from core.training.inside import Inside
from gui.plots.graph_boxes import FOLDED, GRADIENT, VALUE, WIDEST, Box, Row, brackets, title_of

Array = NDArray[np.float64] | NDArray[np.float32]

FIRST = 2  # numbers of an array that a box shows
MOST, FEWER = 12, 4  # numbers of an array that are told at length, and of one among others
QUIET = ("sizes", "strides", "numel", "alpha", "beta", "reduction", "dim", "keepdim")  # of what is kept


class StepNumbers(NamedTuple):
    """Values and gradients of the parameters by name; None for what is not known, or not there.

    Those that are as trained only have no numbers in the units of the data.
    """

    values: Mapping[str, Array]
    gradients: Mapping[str, Array | None]
    objective: float | None
    values_trained_only: bool = False
    gradients_trained_only: bool = False


NO_NUMBERS = StepNumbers({}, {}, None)


def numbers_of(inside: Inside) -> StepNumbers:
    """The newest values of a step, and the gradients that are there: until zero_grad, those of the last."""
    values = inside.before if inside.after is None else inside.after
    parameters = [view for view in inside.views[-1] if view.role == "parameter"]
    return StepNumbers(
        dict(zip(inside.names, values, strict=True)),
        {view.name: view.grad for view in parameters},
        inside.objective,
        any(view.trained_only for view in parameters),
        any(view.grad_trained_only for view in parameters),
    )


def row_text(row: Row, box: Box, graph: Graph, numbers: StepNumbers) -> str:
    """What stands in a row of a box."""
    if row.kind == VALUE:
        return _value_text(box, graph, numbers)
    if row.kind == GRADIENT:
        return _gradient_text(box, graph, numbers)
    return row.text


def _value_text(box: Box, graph: Graph, numbers: StepNumbers) -> str:
    if box.kind != LEAF:
        return "" if numbers.objective is None else f"= {_short(numbers.objective)}"
    symbol = graph.nodes[box.nodes[0]].symbol
    value = numbers.values.get(symbol)
    if value is None:
        return symbol
    if numbers.values_trained_only:
        return f"{symbol}: {as_trained_only()}"
    return f"{symbol} = {_listed(value, FIRST)}" if value.size == 1 else _listed(value, FIRST)


def _gradient_text(box: Box, graph: Graph, numbers: StepNumbers) -> str:
    symbols = [graph.nodes[each].symbol for each in box.nodes if graph.nodes[each].kind == LEAF]
    known = [found for symbol in symbols if (found := numbers.gradients.get(symbol)) is not None]
    if len(known) < len(symbols):
        return _("grad: none")
    if numbers.gradients_trained_only:
        return _("grad {numbers}").format(numbers=as_trained_only())
    if box.kind == LEAF:
        return _("grad {numbers}").format(numbers=_listed(known[0], FIRST))
    length = float(np.sqrt(sum(float(np.sum(np.square(each, dtype=np.float64))) for each in known)))
    return _("|grad| {number}").format(number=_short(length))


def _short(number: float) -> str:
    """A number that a box has room for: one with a long exponent has a digit less."""
    text = significant(number, DIGITS)
    return text if len(text) <= len(WIDEST) else significant(number, DIGITS - 1)


def _listed(array: Array, most: int) -> str:
    flat = array.ravel()
    shown = ", ".join(_short(float(number)) for number in flat[:most])
    return f"{shown}, …" if flat.size > most else shown


def told(box: Box, graph: Graph, numbers: StepNumbers) -> list[str]:
    """All about a box, in lines of plain words."""
    if box.kind == FOLDED:
        return _told_group(box, graph, numbers)
    node = graph.nodes[box.nodes[0]]
    teller = {CONSTANT: _told_constant, LEAF: _told_leaf}.get(node.kind, _told_operation)
    return teller(node, numbers)


def _told_group(box: Box, graph: Graph, numbers: StepNumbers) -> list[str]:
    nodes = [graph.nodes[each] for each in box.nodes]
    operations = [node.label for node in nodes if node.kind == OPERATION]
    lines = [
        title_of(graph, box.group),
        _("Its operations, in order: {names}.").format(names=", ".join(operations)),
    ]
    lines += [line for node in nodes if node.kind == LEAF for line in _leaf_numbers(node, numbers, FEWER)]
    return [*lines, _("Click, or press Enter, to open it.")]


def _told_constant(node: Node, _numbers: StepNumbers) -> list[str]:
    what = _("x: what the model is given in this step.")
    if node.symbol != INPUTS:
        what = _("y: what the prediction is compared with in this step.")
    return [what, _("It needs no gradient, so nothing goes back to it.")]


def _told_leaf(node: Node, numbers: StepNumbers) -> list[str]:
    if node.symbol == NO_NAME:
        what = _("A tensor {shape} that is none of the model's parameters.")
    else:
        what = _("{name}: a parameter {shape} that the optimizer changes.")
    return [
        what.format(name=node.symbol, shape=brackets(node.shape)),
        *_leaf_numbers(node, numbers),
        _("In PyTorch a leaf; AccumulateGrad adds what comes back to {name}.grad.").format(name=node.symbol),
    ]


def _leaf_numbers(node: Node, numbers: StepNumbers, most: int = MOST) -> list[str]:
    value, gradient = numbers.values.get(node.symbol), numbers.gradients.get(node.symbol)
    lines = []
    if value is not None:
        shown = as_trained_only() if numbers.values_trained_only else _listed(value, most)
        lines.append(f"{node.symbol} = {shown}")
    shown = _("none") if gradient is None else _listed(gradient, most)
    shown = as_trained_only() if numbers.gradients_trained_only else shown
    return [*lines, _("{name}.grad = {numbers}").format(name=node.symbol, numbers=shown)]


def _told_operation(node: Node, _numbers: StepNumbers) -> list[str]:
    words = node.words
    kept = [_saved_text(each) for each in node.saved if not each.name.endswith(QUIET)]
    if kept:
        keeps = _("It keeps for that: {list}.").format(list=", ".join(kept))
    else:
        keeps = _("It need not keep any numbers for that.")
    name = _("In PyTorch's graph: {name}.").format(name=node.name)
    return [f"{node.label}: {words.short}", words.forward, words.backward, keeps, name]


def _saved_text(saved: Saved) -> str:
    if isinstance(saved.value, float | int):
        return f"{saved.name} = {saved.value:g}"
    return f"{saved.name} {brackets(saved.shape) if saved.shape is not None else saved.value}"


def counted(graph: Graph) -> str:
    """How large the graph is, in one line."""
    tensors = n_("{count} saved tensor", "{count} saved tensors", graph.tensors).format(count=graph.tensors)
    return _counted(graph, tensors)


def counted_in_short(graph: Graph) -> str:
    """The same with fewer words."""
    return _counted(graph, n_("{count} tensor", "{count} tensors", graph.tensors).format(count=graph.tensors))


def _counted(graph: Graph, tensors: str) -> str:
    operations = n_("{count} operation", "{count} operations", graph.operations)
    numbers = n_("{count} number kept", "{count} numbers kept", graph.numbers)
    return _("{operations}, {tensors}, {numbers}").format(
        operations=operations.format(count=graph.operations),
        tensors=tensors,
        numbers=numbers.format(count=f"{graph.numbers:,}"),
    )
