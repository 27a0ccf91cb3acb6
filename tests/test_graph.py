"""The autograd graph of a step, against torch's own: every operation, what it keeps, and where it belongs."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.choices import LOSSES
from core.experiment import Settings
from core.insight.graph import CONSTANT, LEAF, OPERATION, Graph, Node, walk
from core.insight.graph_words import OPERATIONS, words_of
from tests.graphs import POINTS, program

MODELS = [
    Settings(),
    Settings(model="polynomial", options={"polynomial.degree": 12}),
    Settings(model="mlp"),
    Settings(model="mlp", options={"mlp.layers": 3, "mlp.activation": "relu"}),
    Settings(model="mlp", options={"mlp.layers": 2, "mlp.activation": "sigmoid", "mlp.width": 3}),
]


def names_in(function: Any, seen: set[Any] | None = None) -> list[str]:
    """The names of all functions behind one, by plain recursion."""
    seen = set() if seen is None else seen
    if function is None or function in seen:
        return []
    seen.add(function)
    found = [function.name()]
    for after, _place in function.next_functions:
        found += names_in(after, seen)
    return found


def operation(graph: Graph, label: str) -> Node:
    return next(node for node in graph.nodes if node.label == label)


def labels(graph: Graph, group: str) -> list[str]:
    return [node.label for node in graph.nodes if node.group == group and node.kind == OPERATION]


@pytest.mark.parametrize("l1", [0.0, 0.1])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("settings", MODELS, ids=lambda each: f"{each.model} {dict(each.options)}")
def test_the_nodes_are_those_of_torch_for_every_model_and_loss(
    settings: Settings, loss: str, l1: float
) -> None:
    made = program(replace(settings, loss=loss, l1=l1))
    expected = names_in(made.objective.grad_fn)
    found = [node.name for node in made.graph.nodes if node.kind != CONSTANT]
    assert Counter(found) == Counter(expected)
    leaves = {node.symbol: node.shape for node in made.graph.nodes if node.kind == LEAF}
    assert leaves == {name: tuple(each.shape) for name, each in zip(made.names, made.parameters, strict=True)}
    assert {node.label for node in made.graph.nodes if node.kind == OPERATION} <= set(OPERATIONS)


def test_the_edges_are_those_of_torch_in_its_order() -> None:
    made = program(Settings())
    graph = made.graph
    layer = operation(graph, "addmm")
    assert [graph.nodes[each].label for each in layer.inputs] == ["b", "x", "t"]
    assert [graph.nodes[each].symbol for each in operation(graph, "t").inputs] == ["w"]
    assert [graph.nodes[each].label for each in graph.nodes[-1].inputs] == ["addmm", "y"]
    assert graph.nodes[-1].name == made.objective.grad_fn.name()  # type: ignore[union-attr]
    assert all(each < node.id for node in graph.nodes for each in node.inputs)
    assert [node.id for node in graph.nodes] == list(range(len(graph.nodes)))


def test_what_an_operation_keeps_has_the_shapes_of_the_forward_pass() -> None:
    graph = program(Settings(model="mlp", options={"mlp.layers": 2, "mlp.width": 5})).graph
    second = next(node for node in graph.nodes if node.label == "addmm" and node.layer == 2)
    kept = {each.name: each for each in second.saved}
    assert kept["mat1"].shape == (POINTS, 5)  # the inputs of the layer
    assert kept["mat2"].shape == (5, 5)  # its weights, transposed
    bends = [node for node in graph.nodes if node.label == "tanh"]
    assert [[(each.name, each.shape) for each in node.saved] for node in bends] == [
        [("result", (POINTS, 5))],
        [("result", (POINTS, 5))],
    ]
    loss = graph.nodes[-1]
    assert {each.name: each.shape for each in loss.saved if each.shape} == {
        "self": (POINTS, 1),
        "target": (POINTS, 1),
    }
    assert loss.shape == ()
    assert second.shape == (POINTS, 5)


def test_numbers_that_are_kept_have_their_values() -> None:
    huber = program(Settings(loss="huber", options={"huber.delta": 0.25})).graph.nodes[-1]
    assert {each.name: each.value for each in huber.saved}["delta"] == 0.25
    penalty = operation(program(Settings(l1=0.5)).graph, "mul")
    assert [(each.name, each.shape, each.value) for each in penalty.saved] == [("other", (), 0.5)]


def test_a_tensor_that_two_operations_keep_is_counted_once() -> None:
    width = 4
    graph = program(Settings(model="mlp", options={"mlp.width": width})).graph
    # x; the hidden numbers, which both tanh and the next layer keep; its weights; the prediction; y
    assert graph.tensors == 5
    assert graph.numbers == POINTS + POINTS * width + width + POINTS + POINTS


def test_nodes_belong_to_their_layer_the_loss_or_the_penalty() -> None:
    graph = program(Settings(model="mlp", loss="quantile", l1=0.1, options={"mlp.layers": 2})).graph
    layers = [[n.label for n in graph.nodes if n.layer == k and n.kind == OPERATION] for k in (1, 2, 3)]
    assert layers == [["t", "addmm", "tanh"], ["t", "addmm", "tanh"], ["t", "addmm"]]
    assert {n.symbol: n.layer for n in graph.nodes if n.kind == LEAF} == {
        "w1": 1,
        "b1": 1,
        "w2": 2,
        "b2": 2,
        "w3": 3,
        "b3": 3,
    }
    assert labels(graph, "loss") == ["sub", "mul", "mul", "maximum", "mean"]
    assert labels(graph, "penalty") == [*["abs", "sum"] * 3, "stack", "sum", "mul"]
    assert labels(graph, "objective") == ["add"]
    assert graph.layers == 3


def test_inputs_and_targets_are_constants_and_plain_numbers_are_left_out() -> None:
    graph = program(Settings(loss="log_cosh")).graph
    assert [node.symbol for node in graph.nodes if node.kind == CONSTANT] == ["x", "y"]
    first = next(node for node in graph.nodes if node.label == "sub")
    assert [graph.nodes[each].label for each in first.inputs] == ["addmm", "y"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Settings(), Settings(loss="huber")),
        (Settings(loss="mae"), Settings(loss="quantile")),
        (Settings(), Settings(l1=0.1)),
        (Settings(model="mlp"), Settings(model="mlp", options={"mlp.layers": 2})),
        (Settings(model="mlp"), Settings(model="mlp", options={"mlp.activation": "relu"})),
        (Settings(model="mlp"), Settings(model="mlp", options={"mlp.width": 4})),
    ],
)
def test_another_choice_gives_another_graph(one: Settings, other: Settings) -> None:
    assert program(one).graph.structure != program(other).graph.structure


@pytest.mark.parametrize("loss", LOSSES)
def test_the_next_step_and_another_batch_have_the_same_structure(loss: str) -> None:
    settings = Settings(loss=loss)
    structure = program(settings).graph.structure
    assert program(settings, seed=1).graph.structure == structure
    assert program(settings, points=3).graph.structure == structure


def test_a_condition_in_the_program_shows_in_the_graph() -> None:
    def objective(parameter: nn.Parameter) -> torch.Tensor:
        if parameter.item() > 0:
            return (parameter * 2.0).sum()
        return torch.where(parameter > -5.0, parameter, parameter.exp()).sum()

    up, down = nn.Parameter(torch.ones(1)), nn.Parameter(-torch.ones(1))
    graphs = [walk(objective(each), [("p", each)]) for each in (up, down)]
    assert [[node.label for node in graph.nodes] for graph in graphs] == [
        ["p", "mul", "sum"],
        ["p", "exp", "where", "sum"],
    ]
    assert "exp" in graphs[1].nodes[1].words.forward  # it is not in the table


def test_negative_dimensions_and_lists_of_tensors_are_read() -> None:
    parameter = nn.Parameter(torch.ones(3, 2))
    summed = walk(parameter.sum(dim=-1).sum(), [("p", parameter)])
    assert {each.name: each.value for each in summed.nodes[1].saved}["dim"] == (-1,)
    indexed = walk(parameter[torch.tensor([0, 2])].sum(), [("p", parameter)])
    assert ("indices[0]", (2,)) in [(each.name, each.shape) for each in indexed.nodes[1].saved]


def test_a_tensor_that_is_no_parameter_and_a_graph_without_any_are_told_too() -> None:
    free = nn.Parameter(torch.ones(2))
    assert [node.symbol for node in walk(free.sum(), []).nodes] == ["?", ""]
    assert walk(torch.ones(1).sum(), []) == Graph((), 0, 0)


def test_after_backward_the_graph_is_walked_without_what_was_freed() -> None:
    made = program(Settings())
    before = made.graph
    made.objective.backward()  # type: ignore[no-untyped-call]
    after = made.graph
    assert after.structure == before.structure
    assert (before.tensors, after.tensors) == (3, 0)


def test_no_tensor_is_kept_alive() -> None:
    made = program(Settings(model="mlp", loss="log_cosh", l1=0.1))
    graph = made.graph
    alive = [weakref.ref(each) for each in (made.objective, made.prediction, *made.parameters)]
    del made
    gc.collect()
    assert not any(each() is not None for each in alive)
    assert graph.operations > 10


def test_the_words_of_the_losses_say_what_autograd_gives_each_prediction() -> None:
    """The share 1 / n is that of the mean, of four errors here: 0.1, 0.2, 5 and −5."""
    errors = torch.tensor([0.1, 0.2, 5.0, -5.0])

    def gradient(loss: nn.Module) -> list[float]:
        prediction = errors.clone().requires_grad_()
        loss(prediction, torch.zeros(4)).backward()
        assert prediction.grad is not None
        return [float(each) for each in prediction.grad]

    assert "1 / n of its error; where the error exceeds delta, 1 / n of delta" in words("huber_loss")
    assert gradient(nn.HuberLoss(delta=2.0)) == pytest.approx([0.1 / 4, 0.2 / 4, 2 / 4, -2 / 4])
    assert "1 / n of its error divided by beta; where the error exceeds beta, 1 / n" in words(
        "smooth_l1_loss"
    )
    assert gradient(nn.SmoothL1Loss(beta=2.0)) == pytest.approx([0.1 / 8, 0.2 / 8, 1 / 4, -1 / 4])
    assert "2 / n times its error" in words("mse_loss")
    assert gradient(nn.MSELoss()) == pytest.approx([0.2 / 4, 0.4 / 4, 10 / 4, -10 / 4])


def test_the_words_of_a_kink_say_what_autograd_gives_on_it() -> None:
    def gradients(operation: Callable[..., Tensor], *numbers: float) -> list[float]:
        tensors = [torch.tensor(number, requires_grad=True) for number in numbers]
        return [float(each) for each in torch.autograd.grad(operation(*tensors), tensors)]

    assert "where both are equal, each gets half of it" in words("maximum")
    assert gradients(torch.maximum, 3.0, 3.0) == [0.5, 0.5]
    assert gradients(torch.maximum, 3.0, 2.0) == [1.0, 0.0]
    assert "where the number is exactly zero, by zero" in words("abs")
    assert gradients(torch.abs, 0.0) == [0.0]
    assert "passes where the result is above zero, and stops elsewhere" in words("relu")
    assert gradients(torch.relu, 0.0) == [0.0]
    assert "passes where the number is not above the bound" in words("clamp")
    assert gradients(lambda z: z.clamp(max=3.0), 3.0) == [1.0]
    assert gradients(lambda z: z.clamp(max=3.0), 3.5) == [0.0]


def words(label: str) -> str:
    return words_of(label).backward
