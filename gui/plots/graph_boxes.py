"""What of a graph is drawn as a box: its nodes, or a whole group of them folded into one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from core.insight.graph import (
    CONSTANT,
    INPUTS,
    LAYER,
    LEAF,
    LOSS,
    OBJECTIVE,
    OPERATION,
    Graph,
    Node,
)
from core.texts import _, n_

FOLDED = "folded"  # the kind of a box that stands for a group; the others are KINDS of nodes
TITLE, NOTE, VALUE, GRADIENT = "title", "note", "value", "gradient"  # what a row of a box is
MOST_OPEN = 5  # operations of a loss or a penalty that are shown without being asked for
MAPS = ("addmm", "t")  # the operations of a layer that do not bend
WIDEST = "−8.888×10⁻⁸"  # a number, so that a box keeps its size whatever the number is
PAIR = "−0.008888, −0.008888, …"


class Row(NamedTuple):
    """A line in a box, with what stands `aside`; of a number, `text` is what it must have room for."""

    kind: str
    text: str
    aside: str = ""


class Box(NamedTuple):
    """One box: `group` is the key of its group, `nodes` are those that it stands for."""

    key: str
    kind: str
    group: str
    layer: int
    nodes: tuple[int, ...]
    rows: tuple[Row, ...]


def group_of(node: Node) -> str:
    """The key of the group that a node is of, such as "layer 2" or "loss"."""
    return f"{node.group} {node.layer}" if node.layer else node.group


def members(graph: Graph, group: str) -> list[Node]:
    """The nodes of a group; what needs no gradient stands outside of all."""
    return [node for node in graph.nodes if node.kind != CONSTANT and group_of(node) == group]


def foldable(graph: Graph) -> tuple[str, ...]:
    """The keys of the groups that can be folded: layers of a network, and any other of many operations."""
    keys = dict.fromkeys(group_of(node) for node in graph.nodes if node.kind == OPERATION)
    return tuple(key for key in keys if _is_foldable(graph, key))


def _is_foldable(graph: Graph, key: str) -> bool:
    own = members(graph, key)
    if own[0].group == LAYER:
        return graph.layers > 1
    return sum(node.kind == OPERATION for node in own) > MOST_OPEN


def title_of(graph: Graph, group: str) -> str:
    """What a group is called on the screen."""
    first = members(graph, group)[0]
    if first.group != LAYER:
        return {LOSS: _("loss"), OBJECTIVE: _("objective")}.get(first.group, _("penalty"))
    if first.layer == graph.layers:
        return _("output layer")
    return _("layer {number}").format(number=first.layer)


def box_of(node: Node, graph: Graph) -> Box:
    """The box of one node."""
    rows = {CONSTANT: _constant_rows, LEAF: _leaf_rows}.get(node.kind, _operation_rows)(node)
    if node.kind == OPERATION and node is graph.nodes[-1]:
        rows = (*rows, Row(VALUE, f"= {WIDEST}"))
    return Box(f"node {node.id}", node.kind, group_of(node), node.layer, (node.id,), rows)


def folded_box(graph: Graph, group: str) -> Box:
    """The box that stands for a whole group."""
    own = members(graph, group)
    rows = [Row(TITLE, title_of(graph, group)), Row(NOTE, _summary(own))]
    leaves = [node for node in own if node.kind == LEAF]
    if leaves:
        rows.append(
            Row(NOTE, ", ".join(f"{leaf.symbol} {brackets(leaf.shape)}" for leaf in _by_name(leaves)))
        )
        rows.append(Row(GRADIENT, _("|grad| {number}").format(number=WIDEST)))
    ids = tuple(node.id for node in own)
    if ids[-1] == graph.nodes[-1].id:
        rows.append(Row(VALUE, f"= {WIDEST}"))
    return Box(group, FOLDED, group, own[0].layer, ids, tuple(rows))


def _by_name(leaves: Iterable[Node]) -> list[Node]:
    """The weights before the bias."""
    return sorted(leaves, key=lambda leaf: leaf.symbol, reverse=True)


def brackets(shape: Collection[int] | None) -> str:
    """A shape as PyTorch shows it: [16, 1]."""
    return f"[{', '.join(str(each) for each in shape or ())}]"


def _summary(own: list[Node]) -> str:
    """What a group is made of, in a few words."""
    operations = [node for node in own if node.kind == OPERATION]
    if own[0].group != LAYER:
        count = len(operations)
        return n_("{count} operation", "{count} operations", count).format(count=count)
    size = (operations[-1].shape or (1,))[-1]
    bend = next((node.label for node in operations if node.label not in MAPS), "")
    if bend:
        return n_("{count} {bend} unit", "{count} {bend} units", size).format(count=size, bend=bend)
    return n_("{count} unit", "{count} units", size).format(count=size)


def _operation_rows(node: Node) -> tuple[Row, ...]:
    return Row(TITLE, node.label), Row(NOTE, node.words.short)


def _constant_rows(node: Node) -> tuple[Row, ...]:
    return Row(TITLE, node.symbol), Row(NOTE, _("inputs") if node.symbol == INPUTS else _("targets"))


def _leaf_rows(node: Node) -> tuple[Row, ...]:
    """A single number stands behind the name; of several, the first ones have a line of their own."""
    size = 1
    for each in node.shape or ():
        size *= each
    if size == 1:
        widest = WIDEST
        first: tuple[Row, ...] = (Row(VALUE, f"{node.symbol} = {widest}"),)
    else:
        widest = PAIR
        first = (Row(TITLE, f"{node.symbol} {brackets(node.shape)}"), Row(VALUE, widest))
    return (*first, Row(GRADIENT, _("grad {numbers}").format(numbers=widest)))
