"""The autograd graph of one step, walked from its end and kept as plain words and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from core.insight.graph_words import Words, words_of

if TYPE_CHECKING:
    from torch import Tensor

OPERATION, LEAF, CONSTANT = KINDS = ("operation", "leaf", "constant")
LAYER, LOSS, PENALTY, OBJECTIVE = GROUPS = ("layer", "loss", "penalty", "objective")
INPUTS, TARGETS = "x", "y"  # what needs no gradient
NO_NAME = "?"  # of a leaf that is none of the parameters

ARRAYS_A_LAYER = 2  # its weight and its bias
SIGNED, UNSIGNED = 1 << 63, 1 << 64  # torch keeps a negative dimension as an unsigned number

Value = float | str | tuple[int, ...]


class Saved(NamedTuple):
    """One thing that an operation keeps for the backward pass, by torch's name for it.

    A tensor has its `shape`; anything else, and a tensor of a single number on the CPU, has its `value`.
    """

    name: str
    shape: tuple[int, ...] | None = None
    value: Value | None = None


class Node(NamedTuple):
    """One node of the graph: an operation, a leaf (a parameter), or a constant that needs no gradient.

    `id` is its place in Graph.nodes, behind all its inputs. `name` is what torch calls it, such as
    "AddmmBackward0", empty for a constant, of which torch's graph knows nothing. `symbol` is the
    parameter's name, or x or y. `group` is a word of GROUPS, with `layer` counted from 1 in the first of them
    and 0 in the others. `inputs` are in the order of next_functions. `shape` is that of what the operation
    gave in the forward pass, or of the parameter; None where it is not known.
    """

    id: int
    name: str
    kind: str
    group: str
    layer: int
    inputs: tuple[int, ...] = ()
    saved: tuple[Saved, ...] = ()
    symbol: str = ""
    shape: tuple[int, ...] | None = None

    @property
    def label(self) -> str:
        """The function of the forward pass, as torch writes it, such as "addmm"; the symbol of a leaf."""
        return self.symbol or function_of(self.name)

    @property
    def words(self) -> Words:
        """What the operation does, in the person's language."""
        return words_of(self.label)


class Graph(NamedTuple):
    """The nodes of one step, inputs first and the objective last.

    `tensors` counts the different tensors that are kept for the backward pass, `numbers` what they hold.
    """

    nodes: tuple[Node, ...]
    tensors: int
    numbers: int

    @property
    def operations(self) -> int:
        """How many operations there are."""
        return sum(node.kind == OPERATION for node in self.nodes)

    @property
    def layers(self) -> int:
        """How many affine layers the model has."""
        return max((node.layer for node in self.nodes), default=0)

    @property
    def structure(self) -> tuple[object, ...]:
        """What is equal for two graphs that differ in numbers alone; the size of the batch is a number."""
        return tuple(
            (node.name, node.kind, node.group, node.layer, node.inputs, node.symbol, _lasting_shape(node))
            for node in self.nodes
        )


def walk(objective: Tensor, parameters: Sequence[tuple[str, Tensor]]) -> Graph:
    """The graph that torch recorded for `objective`, a scalar; before backward frees what it keeps.

    `parameters` are the model's by name: weight and bias of each layer, in order. No tensor is kept alive.
    """
    steps = _Walk(objective, parameters)
    return Graph(tuple(steps.nodes), len(steps.kept), sum(steps.kept.values()))


class _Walk:
    """One walk: `nodes` is what it finds, `kept` the numbers in each piece of memory that is kept."""

    def __init__(self, objective: Tensor, parameters: Sequence[tuple[str, Tensor]]) -> None:
        self.nodes: list[Node] = []
        self.kept: dict[int, int] = {}
        self._ids: dict[Any, int] = {}  # by the function, or the symbol of a constant
        functions = _in_order(objective.grad_fn)
        places = {id(tensor): place for place, (_name, tensor) in enumerate(parameters)}
        tensors = {each: each.variable for each in functions if hasattr(each, "variable")}
        leaves = {each: places.get(id(own), -1) for each, own in tensors.items()}
        self._end = _output(functions, leaves, len(parameters) - 1)
        groups = _groups(functions, leaves, self._end)
        for function in functions:
            if (place := leaves.get(function)) is None:
                self._add_operation(function, *groups[function])
            else:
                symbol = parameters[place][0] if place >= 0 else NO_NAME
                self._add(function, function.name(), LEAF, *groups[function], symbol, tensors[function].shape)

    def _add_operation(self, function: Any, group: str, layer: int) -> None:
        inputs = []
        for after, _place in function.next_functions:
            if after is not None:
                inputs.append(self._ids[after])
            elif symbol := self._constant(function, group):
                if symbol not in self._ids:
                    self._add(symbol, "", CONSTANT, group, layer, symbol)
                inputs.append(self._ids[symbol])
        saved = tuple(_saved(function, self.kept))
        name, shape = function.name(), _shape(function)
        self._add(function, name, OPERATION, group, layer, "", shape, tuple(inputs), saved)

    def _add(
        self,
        key: Any,
        name: str,
        kind: str,
        group: str,
        layer: int,
        symbol: str,
        shape: Sequence[int] | None = None,
        inputs: tuple[int, ...] = (),
        saved: tuple[Saved, ...] = (),
    ) -> None:
        own = self._ids[key] = len(self.nodes)
        size = None if shape is None else tuple(shape)
        self.nodes.append(Node(own, name, kind, group, layer, inputs, saved, symbol, size))

    def _constant(self, function: Any, group: str) -> str:
        """The symbol of an input that needs no gradient; empty for a plain number, which tells nothing."""
        if group == LAYER:
            return INPUTS if len(_after(function)) > 1 else ""  # beside weights and a bias
        return TARGETS if group == LOSS and self._end in _after(function) else ""


@cache
def function_of(name: str) -> str:
    """The function of the forward pass behind torch's name of a node: mse_loss for "MseLossBackward0".

    A capital behind a figure begins a word only where small letters follow: smooth_l1_loss, but log1p.
    """
    bare = re.sub(r"Backward\d*$", "", name.rpartition("::")[2])
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])", "_", bare).lower()


def _in_order(end: Any) -> list[Any]:
    """Every function behind `end`, once, each behind its inputs, in the order in which torch names them."""
    found: dict[Any, None] = {}
    waiting = [(end, False)] if end is not None else []
    while waiting:
        function, is_ready = waiting.pop()
        if is_ready:
            found.setdefault(function)
        elif function not in found:
            waiting.append((function, True))
            waiting += [(after, False) for after, _place in reversed(function.next_functions) if after]
    return list(found)


def _after(function: Any) -> list[Any]:
    return [after for after, _place in function.next_functions if after is not None]


def _output(functions: Sequence[Any], leaves: dict[Any, int], last: int) -> Any:
    """The operation that gives the prediction: the one that takes the last bias. None where there is none."""
    return next(
        (each for each in functions if any(leaves.get(after) == last for after in _after(each))), None
    )


def _groups(functions: Sequence[Any], leaves: dict[Any, int], end: Any) -> dict[Any, tuple[str, int]]:
    """The group and the layer of each function; `end` is the one that gives the prediction."""
    model = set(_in_order(end))
    found: dict[Any, tuple[str, int]] = {}
    behind: set[Any] = set()  # what depends on the prediction
    for function in functions:
        after = _after(function)
        if function is end or any(each in behind for each in after):
            behind.add(function)
        if function in leaves:
            found[function] = LAYER, leaves[function] // ARRAYS_A_LAYER + 1
        elif function in model:
            found[function] = LAYER, max((found[each][1] for each in after), default=0)
        elif function not in behind and end is not None:
            found[function] = PENALTY, 0
        elif any(found[each][0] in (PENALTY, OBJECTIVE) for each in after):
            found[function] = OBJECTIVE, 0
        else:
            found[function] = LOSS, 0
    return found


def _shape(function: Any) -> tuple[int, ...] | None:
    """The shape of what an operation gave, where this torch tells it."""
    try:
        return tuple(function._input_metadata[0].shape)
    except (AttributeError, IndexError, RuntimeError, TypeError):
        return None


def _lasting_shape(node: Node) -> tuple[int, ...] | None:
    return node.shape if node.kind == LEAF else None


@cache
def _names_of_saved(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if name.startswith("_saved_"))


def _saved(function: Any, kept: dict[int, int]) -> Iterator[Saved]:
    """What an operation keeps; the numbers of its tensors are counted in `kept`, by where they lie."""
    kind: Any = type(function)
    for attribute in _names_of_saved(kind):
        try:
            value = getattr(function, attribute)
        except (RuntimeError, AttributeError, TypeError, ValueError):
            continue  # freed by backward, changed since, or of a kind that Python cannot have
        name = attribute.removeprefix("_saved_")
        many = isinstance(value, tuple | list) and any(hasattr(each, "data_ptr") for each in value)
        for place, each in enumerate(value) if many else [(None, value)]:
            if (found := _described(name if place is None else f"{name}[{place}]", each, kept)) is not None:
                yield found


def _described(name: str, value: Any, kept: dict[int, int]) -> Saved | None:
    """One thing that is kept, in words and numbers; None for nothing."""
    if value is None:
        return None
    if hasattr(value, "data_ptr"):
        kept[value.data_ptr()] = max(value.numel(), kept.get(value.data_ptr(), 0))
        is_number = value.dim() == 0 and value.device.type == "cpu" and not value.requires_grad
        return Saved(name, tuple(value.shape), float(value) if is_number else None)
    if isinstance(value, tuple | list):
        return Saved(name, value=tuple(_signed(int(each)) for each in value))
    if isinstance(value, int):
        return Saved(name, value=_signed(value))
    return Saved(name, value=value if isinstance(value, float) else str(value))


def _signed(number: int) -> int:
    return number - UNSIGNED if number >= SIGNED else number
