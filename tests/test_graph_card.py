"""The card of the graph: what stands in its boxes, where they stand, and how a person opens and asks them."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.choices import LOSSES
from core.choices.phases import PHASES
from core.experiment import Settings
from core.insight.graph import CONSTANT, LEAF, walk
from core.insight.numbers import significant
from core.insight.phase_words import invitation
from gui.panels.graph_card import GraphCard
from gui.plots.bubble import Bubble
from gui.plots.graph_boxes import FOLDED, foldable
from gui.plots.graph_drawing import BESIDE, DETAILS, PAD_ACROSS, Drawing, Manner, PlacedBox, draw
from gui.plots.graph_painter import SMALL, GraphPainter, has_light, is_lit
from gui.theme import Theme
from tests.graphs import inside_of, program
from tests.insides import insides, tensor, units_action
from tests.mouse import between, click, drag, hover, leave
from tests.windows import part, text

DEEP = Settings(model="mlp", options={"mlp.layers": 3})
WIDE = Settings(model="polynomial", options={"polynomial.degree": 12})
PANELS = [(340, 240), (430, 330), (700, 500)]
FULL = Settings(model="mlp", loss="log_cosh", l1=0.1, options={"mlp.layers": 3})
ALL_OPEN = ("layer 1", "layer 2", "layer 3", "layer 4", "loss", "penalty")


@pytest.fixture
def card(qtbot: QtBot) -> GraphCard:
    made = GraphCard(Theme(), units_action())
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def drawn(card: GraphCard) -> Drawing:
    assert card.plot.drawing is not None
    return card.plot.drawing


def boxes(card: GraphCard) -> dict[str, PlacedBox]:
    """The boxes by their first row: what a person calls them."""
    return {placed.box.rows[0].text.split(" = ")[0]: placed for placed in drawn(card).boxes}


def lines(card: GraphCard, name: str) -> list[str]:
    return card.plot.text(boxes(card)[name])


def places(card: GraphCard) -> dict[str, QRectF]:
    return {name: placed.rect for name, placed in boxes(card).items()}


def middle(card: GraphCard, key: str) -> QPointF:
    place = card.plot.place_of(key)
    assert not place.isEmpty(), key
    return place.center()


def bubble(card: GraphCard) -> Bubble:
    return part(card, Bubble, "graph_bubble")


def test_without_points_the_card_says_what_to_do(card: GraphCard) -> None:
    card.show_inside(None)
    assert card.plot.drawing is None
    assert card.plot.accessibleDescription() == invitation()
    card.show_inside(inside_of(Settings()))
    card.show_inside(None)
    assert card.plot.drawing is None
    assert text(card, "graph_size") == ""


def test_the_leaves_show_the_numbers_of_torch(card: GraphCard) -> None:
    inside = inside_of(Settings())
    assert inside.after is not None
    assert inside.gradient is not None
    assert inside.objective is not None
    card.show_inside(inside)
    for place, name in enumerate(("w", "b")):
        value, gradient = inside.after[place].item(), inside.gradient[place].item()
        assert lines(card, name) == [
            f"{name} = {significant(value)}",
            f"grad {significant(gradient)}",
        ]
    assert lines(card, "mse_loss")[-1] == f"= {significant(inside.objective)}"
    assert boxes(card)["x"].box.kind == CONSTANT
    assert text(card, "graph_size") == "3 operations, 3 saved tensors, 60 numbers kept"


def test_twelve_weights_stand_in_one_box_and_are_told_in_full(card: GraphCard) -> None:
    inside = inside_of(WIDE)
    card.show_inside(inside)
    name, values, gradient = lines(card, "w [1, 12]")
    assert name == "w [1, 12]"
    assert values.endswith(", …")
    assert values.count(",") == 2
    assert gradient.startswith("grad ")
    hover(card.plot.viewport(), middle(card, boxes(card)["w [1, 12]"].box.key))
    assert inside.after is not None
    for number in inside.after[0].ravel():
        assert significant(float(number)) in bubble(card).text()


def test_the_next_step_changes_numbers_and_no_place(card: GraphCard) -> None:
    card.show_inside(inside_of(FULL))
    card.plot.toggle("layer 2")
    before = drawn(card)
    texts = [card.plot.text(placed) for placed in before.boxes]
    card.show_inside(inside_of(FULL, seed=1, number=2))
    assert drawn(card) is before
    assert [card.plot.text(placed) for placed in before.boxes] != texts
    assert text(card, "graph_change") == "PyTorch builds the graph anew at every step."


def test_another_loss_changes_its_node_alone_and_a_note_says_so(qtbot: QtBot, card: GraphCard) -> None:
    card.show_inside(inside_of(Settings(loss="mse")))
    before = places(card)
    card.show_inside(inside_of(Settings(loss="smooth_l1")))
    after = places(card)
    assert {name: before[name].center().y() for name in "wbxt"} == {
        name: after[name].center().y() for name in "wbxt"
    }
    assert text(card, "graph_change") == "The graph is new: it has changed."
    qtbot.waitUntil(lambda: "new: smooth_l1_loss; gone: mse_loss" in card.change_note.toolTip())
    card.show_inside(inside_of(Settings(loss="quantile")))
    qtbot.waitUntil(lambda: "2 × mul" in card.change_note.toolTip())
    card.show_inside(inside_of(Settings(loss="quantile"))._replace(run=2))
    assert text(card, "graph_change") == "PyTorch builds the graph anew at every step."
    qtbot.waitUntil(lambda: not card.change_note.toolTip())


@pytest.mark.one_in(4)
@pytest.mark.parametrize("opened", [(), ALL_OPEN])
@pytest.mark.parametrize("manner", [Manner(d, u, 1.0) for d in DETAILS for u in (False, True)])
@pytest.mark.parametrize(
    "settings",
    [*(Settings(loss=loss, l1=0.1) for loss in LOSSES), WIDE, DEEP, FULL],
    ids=lambda each: f"{each.model} {each.loss}",
)
def test_no_box_lies_upon_another(settings: Settings, manner: Manner, opened: tuple[str, ...]) -> None:
    graph = inside_of(settings).graph
    assert graph is not None
    drawing = draw(graph, opened, lambda row: 7.0 * len(row.text), manner)
    whole = QRectF(-0.5, -0.5, drawing.width + 1, drawing.height + 1)
    assert all(whole.contains(placed.rect) for placed in drawing.boxes)
    for one, other in combinations([placed.rect for placed in drawing.boxes], 2):
        assert not one.intersects(other)
    for one, other in combinations([frame.rect for frame in drawing.frames], 2):
        assert not one.intersects(other)
    framed = {frame.group: frame.rect for frame in drawing.frames}
    for placed in drawing.boxes:
        for group, rect in framed.items():
            inside = placed.box.group == group and placed.box.kind != CONSTANT
            assert rect.contains(placed.rect) if inside else not rect.intersects(placed.rect)
    shown = sorted(node for placed in drawing.boxes for node in placed.box.nodes)
    assert shown == list(range(len(graph.nodes)))


@pytest.mark.parametrize("upright", [False, True])
def test_forward_arrows_go_one_way_and_backward_arrows_the_other(upright: bool) -> None:
    graph = inside_of(FULL).graph
    assert graph is not None
    drawing = draw(graph, ALL_OPEN, lambda row: 7.0 * len(row.text), Manner(BESIDE, upright, 1.0))
    for wire in drawing.wires:
        paths = [(wire.forward, 1.0)] + ([(wire.backward, -1.0)] if wire.backward is not None else [])
        for path, way in paths:
            by = path.pointAtPercent(1) - path.pointAtPercent(0)
            assert (-by.y() if upright else by.x()) * way > 0
    constants = sum(node.kind == CONSTANT for node in graph.nodes)
    assert sum(wire.backward is None for wire in drawing.wires) == constants


@pytest.mark.parametrize("size", PANELS)
@pytest.mark.parametrize("settings", [Settings(), WIDE, DEEP], ids=["line", "polynomial", "network"])
def test_text_is_never_too_small_and_what_has_no_room_is_reached(
    card: GraphCard, settings: Settings, size: tuple[int, int]
) -> None:
    card.resize(*size)
    card.show_inside(inside_of(settings))
    plot = card.plot
    assert plot.zoom * SMALL >= 11 - 1e-9
    drawing = drawn(card)
    bars = plot.horizontalScrollBar(), plot.verticalScrollBar()
    reached = [drawing.width * plot.zoom - bars[0].maximum(), drawing.height * plot.zoom - bars[1].maximum()]
    room = plot.viewport().size()
    assert reached[0] <= room.width()
    assert reached[1] <= room.height()


def test_a_wide_and_a_high_panel_choose_different_directions(card: GraphCard) -> None:
    card.show_inside(inside_of(DEEP))
    card.resize(1100, 260)
    assert not drawn(card).upright
    card.resize(330, 700)
    assert drawn(card).upright


def test_the_longest_numbers_have_room(card: GraphCard) -> None:
    inside = inside_of(Settings())
    extreme = tuple(np.full(array.shape, -1.2345e-38) for array in inside.before)
    card.show_inside(inside._replace(after=extreme, gradient=extreme, objective=1.2345e30))
    painter = GraphPainter(Theme())
    for placed in drawn(card).boxes:
        for row, shown in zip(placed.box.rows, card.plot.text(placed), strict=True):
            assert (
                painter.width(row._replace(text=shown.removesuffix(row.aside)))
                <= placed.rect.width() - 2 * PAD_ACROSS
            )


def test_a_click_opens_a_layer_and_a_click_on_its_name_folds_it(card: GraphCard) -> None:
    card.show_inside(inside_of(DEEP))
    assert "16 tanh units" in " ".join(lines(card, "layer 2"))
    assert "output layer" in boxes(card)
    hover(card.plot.viewport(), middle(card, "layer 2"))
    assert card.plot.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    click(card.plot.viewport(), middle(card, "layer 2"))
    assert [frame.title for frame in drawn(card).frames] == ["layer 2"]
    assert {"w2 [16, 16]", "b2 [16]", "addmm", "tanh", "t", "layer 1"} <= set(boxes(card))
    click(card.plot.viewport(), middle(card, "layer 2"))
    assert not drawn(card).frames
    assert boxes(card)["layer 2"].box.kind == FOLDED


def test_a_folded_layer_tells_the_length_of_its_gradient(card: GraphCard) -> None:
    inside = inside_of(DEEP)
    card.show_inside(inside)
    assert inside.gradient is not None
    length = math.sqrt(sum(float((each**2).sum()) for each in inside.gradient[2:4]))
    assert lines(card, "layer 2")[-1] == f"|grad| {significant(length)}"


def test_layers_stay_open_while_the_graph_changes(card: GraphCard) -> None:
    card.show_inside(inside_of(DEEP))
    card.plot.toggle("layer 2")
    card.show_inside(inside_of(Settings(model="mlp", loss="huber", options={"mlp.layers": 2})))
    assert [frame.group for frame in drawn(card).frames] == ["layer 2"]


def test_tab_goes_from_box_to_box_and_enter_opens_one(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    card, before, after = GraphCard(Theme(), units_action()), QLineEdit(), QLineEdit()
    layout = QVBoxLayout(window)
    for widget in (before, card, after):
        layout.addWidget(widget)
    window.resize(700, 600)
    with qtbot.waitActive(window):
        window.show()
    card.show_inside(inside_of(DEEP))
    before.setFocus()
    order = [placed.box for placed in drawn(card).boxes]
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert card.plot.hasFocus()
    for _box in order[: [box.key for box in order].index("layer 2")]:
        qtbot.keyClick(card.plot, Qt.Key.Key_Tab)
    told = part(window, Bubble, "graph_bubble")
    assert told.text().startswith("layer 2")
    qtbot.keyClick(card.plot, Qt.Key.Key_Return)
    assert [frame.group for frame in drawn(card).frames] == ["layer 2"]
    qtbot.keyClick(card.plot, Qt.Key.Key_Space)
    assert not drawn(card).frames
    for _box in order:
        qtbot.keyClick(card.plot, Qt.Key.Key_Tab)
        if after.hasFocus():
            break
    assert after.hasFocus()
    assert not told.isVisible()


def test_keys_that_mean_nothing_here_are_left_to_the_window(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings()))
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Right):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(card.plot, event)
        assert not event.isAccepted()


def test_hovering_an_operation_tells_what_it_does_and_keeps(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings(loss="huber")))
    hover(card.plot.viewport(), middle(card, boxes(card)["huber_loss"].box.key))
    told = bubble(card).text()
    assert bubble(card).isVisible()
    for words in ("HuberLossBackward0", "self [20, 1]", "target [20, 1]", "delta = 1", "squared where"):
        assert words in told
    leave(card.plot.viewport())
    assert not bubble(card).isVisible()
    hover(card.plot.viewport(), middle(card, boxes(card)["x"].box.key))
    assert "needs no gradient" in bubble(card).text()


def test_a_click_on_a_box_keeps_its_words_and_one_beside_lets_them_go(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings()))
    click(card.plot.viewport(), middle(card, boxes(card)["addmm"].box.key))
    leave(card.plot.viewport())
    assert "AddmmBackward0" in bubble(card).text()
    assert bubble(card).isVisible()
    card.show_inside(inside_of(Settings(), seed=3))
    assert bubble(card).isVisible()
    click(card.plot.viewport(), QPointF(2, card.plot.viewport().height() - 2))
    assert not bubble(card).isVisible()


def test_before_the_loss_only_the_leaves_are_shown(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings(), done=PHASES.index("loss")))
    assert [placed.box.kind for placed in drawn(card).boxes] == [LEAF, LEAF]
    assert lines(card, "w")[1] == "grad: none"
    assert "not complete yet" in text(card, "graph_size")
    assert "forward pass" in text(card, "graph_change")


def test_a_graph_that_ends_at_the_prediction_is_shown_as_far_as_it_goes(card: GraphCard) -> None:
    made = program(Settings())
    begun = walk(made.prediction, list(zip(made.names, made.parameters, strict=True)))
    inside = inside_of(Settings(), done=PHASES.index("loss"))
    card.show_inside(inside._replace(graph=begun))
    assert set(boxes(card)) == {"w", "b", "x", "t", "addmm"}
    assert is_lit(boxes(card)["addmm"].box, "forward")
    card.show_inside(inside_of(Settings()))
    assert "mse_loss" in boxes(card)
    assert "change" not in text(card, "graph_change")  # it was not another graph, only an unfinished one


def test_in_the_next_step_the_last_graph_waits_greyed_in_its_place(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings()))
    whole, picture = drawn(card), card.plot.grab().toImage()
    card.show_inside(inside_of(Settings(), done=1, number=2))
    assert drawn(card) is whole
    assert card.plot.grab().toImage() != picture
    assert "not complete yet" in text(card, "graph_size")
    assert lines(card, "mse_loss")[-1] == ""
    card.show_inside(inside_of(WIDE, done=1))  # another model: its graph is not that of the line
    assert {placed.box.kind for placed in drawn(card).boxes} == {LEAF}


@pytest.mark.parametrize("dark", [False, True])
def test_every_phase_looks_different(qtbot: QtBot, dark: bool) -> None:
    card = GraphCard(Theme(dark=dark), units_action())
    qtbot.addWidget(card)
    card.resize(430, 330)
    card.show_inside(inside_of(Settings()))
    seen = []
    for phase in ("", *PHASES):
        card.light(phase)
        seen.append(bytes(card.plot.grab().toImage().constBits()))
    assert len(set(seen)) == len(seen)


def test_a_phase_lights_what_it_works_on(card: GraphCard) -> None:
    card.show_inside(inside_of(Settings(l1=0.1)))

    def lit(phase: str) -> set[str]:
        named = boxes(card).items()
        return {name for name, placed in named if is_lit(placed.box, phase)}

    assert lit("forward") == {"t", "addmm"}
    assert lit("loss") == {"mse_loss", "abs", "sum", "stack", "mul", "add"}
    assert lit("step") == {"w", "b"}
    assert lit("backward") == lit("zero_grad") == lit("") == set()


def test_folded_layers_are_lit_as_what_is_in_them(card: GraphCard) -> None:
    card.show_inside(inside_of(FULL))
    folded = {placed.box.key: placed.box for placed in drawn(card).boxes if placed.box.kind == FOLDED}

    def lit(phase: str) -> set[str]:
        return {key for key, box in folded.items() if is_lit(box, phase)}

    layers = {"layer 1", "layer 2", "layer 3", "layer 4"}
    assert lit("forward") == lit("step") == layers
    assert lit("loss") == {"loss", "penalty"}


def test_a_drag_moves_a_graph_that_is_larger_than_the_panel(card: GraphCard) -> None:
    card.resize(340, 240)
    card.show_inside(inside_of(DEEP))
    bar = card.plot.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(0)
    start = QPointF(20, 120)
    drag(card.plot.viewport(), between(start, start - QPointF(0, 60)))
    assert bar.value() == pytest.approx(min(60, bar.maximum()), abs=12)
    assert not drawn(card).frames


def test_what_can_be_folded_depends_on_the_model() -> None:
    graphs = [inside_of(settings).graph for settings in (Settings(), WIDE, DEEP, FULL)]
    keys = [foldable(graph) for graph in graphs if graph is not None]
    layers = ("layer 1", "layer 2", "layer 3", "layer 4")
    assert keys == [(), (), layers, (*layers, "loss", "penalty")]


def test_the_gradients_of_the_last_step_stand_until_they_are_emptied(card: GraphCard) -> None:
    inside = inside_of(Settings(), done=0)
    old = tuple(view._replace(grad=np.full(view.shape, 2.5)) for view in inside.views[0])
    card.show_inside(inside._replace(views=(old,)))
    assert lines(card, "w")[1] == "grad 2.500"
    card.show_inside(inside_of(Settings(), done=1))
    assert lines(card, "w")[1] == "grad: none"


@pytest.mark.parametrize("optimizer", ["sgd", "lbfgs"])
def test_the_gradients_are_those_that_the_table_of_tensors_has(card: GraphCard, optimizer: str) -> None:
    """An optimizer that evaluates the loss again leaves other gradients behind than backward did."""
    steps = insides(Settings(optimizer=optimizer), 2)
    for inside in steps[3:5]:
        card.show_inside(inside)
        for name in ("w", "b"):
            grad = tensor(inside, name).grad
            assert grad is not None
            assert lines(card, name)[1] == f"grad {significant(grad.item())}"


def test_the_first_step_shows_its_graph_from_its_forward_pass_on(card: GraphCard) -> None:
    zero_grad, forward, loss = insides(Settings(optimizer="sgd"))[:3]
    card.show_inside(zero_grad)
    assert set(boxes(card)) == {"w", "b"}
    card.show_inside(forward)
    assert set(boxes(card)) == {"w", "b", "x", "t", "addmm"}
    card.show_inside(loss)
    assert "mse_loss" in boxes(card)


@pytest.mark.parametrize("size", [(300, 250), (430, 330)])
@pytest.mark.parametrize("settings", [WIDE, FULL], ids=["polynomial", "network"])
def test_what_is_lit_is_in_sight(card: GraphCard, settings: Settings, size: tuple[int, int]) -> None:
    card.resize(*size)
    card.show_inside(inside_of(settings))
    card.plot.toggle("layer 2")
    for phase in PHASES:
        card.light(phase)
        seen = QRectF(card.plot.viewport().rect())
        lit = [placed.box.key for placed in drawn(card).boxes if has_light(placed.box, phase)]
        assert any(seen.contains(card.plot.place_of(key)) for key in lit), phase
    card.light("loss")
    card.resize(size[0] + 40, size[1])
    seen = QRectF(card.plot.viewport().rect())
    lit = [placed.box.key for placed in drawn(card).boxes if has_light(placed.box, "loss")]
    assert any(seen.contains(card.plot.place_of(key)) for key in lit)


def test_where_a_person_has_scrolled_to_stays_while_the_same_phase_is_lit(card: GraphCard) -> None:
    card.resize(340, 240)
    card.show_inside(inside_of(DEEP))
    card.light("loss")
    bar = card.plot.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    card.show_inside(inside_of(DEEP, seed=2))
    card.light("loss")
    assert bar.value() == bar.maximum() // 2
