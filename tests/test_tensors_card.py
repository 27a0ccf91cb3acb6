"""The table of the tensors: it shows what torch has, marks what a phase has changed, and costs little."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.insight.numbers import significant
from core.insight.phase_words import invitation
from core.insight.tensor_words import STATE
from core.training.inside import Inside, TensorView
from gui.panels.tensor_row import AFTER, BEFORE, COLUMNS, MOST_COPIED, is_other
from gui.panels.tensor_table import TensorTable
from gui.panels.tensors_card import TensorsCard
from gui.theme import GRADIENT, Theme
from gui.widgets.cell_view import COPIED, CellView
from tests.insides import POINTS, insides, tensor, units_action
from tests.windows import part, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SHOWN = Qt.ItemDataRole.DisplayRole
CTRL = Qt.KeyboardModifier.ControlModifier
RNG = np.random.default_rng(1)
HEADS = [label for label, _tip in COLUMNS]


@pytest.fixture
def card(qtbot: QtBot) -> TensorsCard:
    made = TensorsCard(Theme(), units_action())
    qtbot.addWidget(made)
    made.resize(340, 260)
    with qtbot.waitExposed(made):
        made.show()
    return made


def table(card: TensorsCard) -> CellView:
    return part(card, CellView, "tensors")


def names(card: TensorsCard) -> list[str]:
    """The names at the left, as they are seen."""
    model = table(card).model()
    return [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]


def cell(
    card: TensorsCard, name: str, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole
) -> object:
    model = table(card).model()
    return model.index(names(card).index(name), column).data(role)


def marked(card: TensorsCard) -> set[tuple[str, str]]:
    """The cells that are marked as changed, by their heads."""
    return {
        (name, HEADS[column])
        for name in names(card)
        for column in range(len(COLUMNS))
        if str(cell(card, name, column)).startswith("●")
    }


# --- what it shows ---------------------------------------------------------------------------------------


def test_a_row_says_what_torch_says_of_a_tensor(card: TensorsCard) -> None:
    inside = insides(Settings(optimizer="sgd"))[4]
    card.show_inside(inside, whole=True)
    seen = {HEADS[column]: cell(card, "w", column) for column in range(len(COLUMNS))}
    w, before = tensor(inside, "w"), tensor(inside, "w", 0)
    assert w.grad is not None
    assert seen == {
        "tensor": "w",
        "before": significant(before.values.item()),
        "after": f"● {significant(w.values.item())}",
        "shape": "[1, 1]",
        "dtype": "float32",
        "device": "cpu",
        "requires_grad": "True",
        "grad_fn": "None",
        "grad": f"● {significant(w.grad.item())}",
    }
    assert cell(card, "w.grad", AFTER) == seen["grad"]
    assert cell(card, "prediction", HEADS.index("grad_fn")) == "AddmmBackward0"
    assert cell(card, "loss", HEADS.index("shape")) == "[]"
    assert cell(card, "inputs", HEADS.index("shape")) == "[24, 1]"


def test_data_come_first_then_parameters_results_and_what_the_optimizer_keeps(card: TensorsCard) -> None:
    card.show_inside(insides(Settings(optimizer="sgd", options={"sgd.momentum": 0.9}), 2)[-1], whole=True)
    kept = ["momentum_buffer (w)", "momentum_buffer (b)"]
    own = ["w", "w.grad", "b", "b.grad"]
    assert names(card) == ["inputs", "targets", *own, "prediction", "loss", *kept]


def test_a_gradient_has_a_row_of_its_own_before_and_after(card: TensorsCard) -> None:
    steps = insides(Settings(optimizer="sgd"), 2)
    grad = tensor(steps[4], "w").grad
    assert grad is not None
    card.show_inside(steps[5], whole=False)
    assert cell(card, "w.grad", BEFORE) == significant(grad.item())
    assert cell(card, "w.grad", AFTER) == "● None"
    assert cell(card, "w.grad", HEADS.index("shape")) == "[1, 1]"
    card.show_inside(steps[6], whole=False)
    assert [cell(card, "w.grad", column) for column in (BEFORE, AFTER)] == ["None", "None"]
    assert cell(card, "w.grad", HEADS.index("shape")) == "—"
    card.show_inside(steps[8], whole=False)
    new = tensor(steps[8], "w").grad
    assert new is not None
    assert cell(card, "w.grad", AFTER) == f"● {significant(new.item())}"
    bar = table(card).model().headerData(3, Qt.Orientation.Vertical, Qt.ItemDataRole.DecorationRole)
    assert bar.toImage().pixelColor(1, 1) == QColor(GRADIENT)


def test_what_comes_into_being_was_not_there_before(card: TensorsCard) -> None:
    forward = insides(Settings())[1]
    card.show_inside(forward, whole=False)
    assert cell(card, "prediction", BEFORE) == "—"
    assert cell(card, "prediction", AFTER) != "—"
    assert marked(card) == {("prediction", "after")}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_phase_marks_what_it_changes_and_nothing_else(card: TensorsCard, optimizer: str) -> None:
    first = 5
    inside = dict(zip(PHASES, insides(Settings(optimizer=optimizer), 2)[first:], strict=True))
    changes = {}
    for phase in PHASES:
        card.show_inside(inside[phase], whole=False)
        changes[phase] = marked(card)
    gradients = {("w", "grad"), ("b", "grad"), ("w.grad", "after"), ("b.grad", "after")}
    assert changes["zero_grad"] == gradients
    assert changes["forward"] == {("prediction", "after")}
    assert changes["loss"] == {("loss", "after")}
    assert changes["backward"] == gradients
    assert {("w", "after"), ("b", "after")} <= changes["step"]
    assert {name for name, _head in changes["step"]} & {"inputs", "targets", "prediction", "loss"} == set()


def test_what_changed_is_bold_upon_a_ground_as_well(card: TensorsCard) -> None:
    card.show_inside(insides(Settings())[-1], whole=True)
    fonts = [cell(card, name, AFTER, Qt.ItemDataRole.FontRole) for name in ("w", "inputs")]
    assert [font.bold() for font in fonts if isinstance(font, QFont)] == [True, False]
    ground = cell(card, "w", AFTER, Qt.ItemDataRole.BackgroundRole)
    assert isinstance(ground, QBrush)
    assert ground.color() == QColor(Theme().accent_soft)
    assert cell(card, "inputs", AFTER, Qt.ItemDataRole.BackgroundRole) is None


def test_a_change_too_small_for_four_digits_gets_more_of_them(card: TensorsCard) -> None:
    card.show_inside(insides(Settings(optimizer="sgd", learning_rate=1e-5))[-1], whole=True)
    before, after = str(cell(card, "b", BEFORE)), str(cell(card, "b", AFTER)).removeprefix("● ")
    assert before != after
    assert before[:5] == after[:5]


def test_steps_are_counted_in_whole_numbers(card: TensorsCard) -> None:
    card.show_inside(insides(Settings(optimizer="adam"), 2)[-1], whole=True)
    assert [cell(card, "step (w)", column) for column in (BEFORE, AFTER)] == ["1", "● 2"]


def test_it_says_between_which_moments_it_compares(card: TensorsCard) -> None:
    steps = insides(Settings(), 2)
    card.show_inside(steps[8], whole=False)
    assert text(card, "tensors_note") == "Step 2, before and after loss.backward()"
    card.show_inside(steps[9], whole=True)
    assert text(card, "tensors_note") == "Before and after step 2"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_model_and_loss_has_its_tensors(card: TensorsCard, model: str, loss: str) -> None:
    inside = insides(Settings(model=model, loss=loss, l1=0.1, batch_size=5, standardise=True))[-1]
    card.show_inside(inside, whole=True)
    gradients = {f"{name}.grad" for name in inside.names}
    assert set(names(card)) == {view.name for view in inside.views[-1]} | gradients
    for name in inside.names:
        assert cell(card, name, HEADS.index("shape")) == str(list(tensor(inside, name).values.shape))


def test_without_points_it_says_what_to_do(card: TensorsCard) -> None:
    assert part(card, QLabel, "tensors_empty").isVisible()
    assert text(card, "tensors_empty") == invitation()
    card.show_inside(insides(Settings())[0], whole=False)
    assert table(card).isVisible()
    card.show_inside(None, whole=True)
    assert not table(card).isVisible()
    assert text(card, "tensors_note") == ""


def test_numbers_that_are_none_are_told_as_torch_does(qtbot: QtBot) -> None:
    values = np.array([[np.nan, np.inf, -np.inf]])
    shown = TensorTable(Theme())
    shown.show_views((), (TensorView("w", "parameter", values, "float64", "cpu", True),))
    assert shown.index(0, AFTER).data() == "● nan, ∞, −∞"


# --- tooltips --------------------------------------------------------------------------------------------


def test_the_tooltip_has_more_numbers_with_their_places(card: TensorsCard) -> None:
    inside = insides(Settings(model="mlp", options={"mlp.width": 64}))[-1]
    card.show_inside(inside, whole=True)
    tip = str(cell(card, "w1", AFTER, Qt.ItemDataRole.ToolTipRole))
    assert "64 numbers; the first 24:" in tip
    w1 = tensor(inside, "w1").values
    assert f"<td>[23, 0]</td><td align='right'><b>{significant(w1[23, 0])}</b></td>" in tip
    assert "[24, 0]" not in tip


def test_names_in_tooltips_are_letters_and_no_html(qtbot: QtBot) -> None:
    shown = TensorTable(Theme())
    shown.show_views((), (TensorView("w", "parameter", np.ones(2), "<b>&", "cpu", True),))
    assert "&lt;b&gt;&amp;" in shown.index(0, HEADS.index("dtype")).data(Qt.ItemDataRole.ToolTipRole)


def test_every_head_is_explained(card: TensorsCard) -> None:
    model = table(card).model()
    for column in range(len(COLUMNS)):
        tip = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert len(tip) > 20


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_that_an_optimizer_keeps_is_explained_in_words_of_its_own(
    card: TensorsCard, optimizer: str
) -> None:
    options = {"sgd.momentum": 0.9, "adam.amsgrad": True, "rmsprop.momentum": 0.9, "rmsprop.centered": True}
    chosen = {key: value for key, value in options.items() if key.startswith(f"{optimizer}.")}
    card.show_inside(insides(Settings(optimizer=optimizer, options=chosen), 2)[-1], whole=True)
    model, told = table(card).model(), {}
    for row, name in enumerate(names(card)):
        tip = model.headerData(row, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
        assert name in tip
        assert STATE not in tip
        told[name] = tip.replace(name, "")
    assert "how the loss changes" in told["w.grad"]
    kept = [name.partition(" (")[0] for name in names(card) if name.endswith("(w)")]
    assert len({told[f"{name} (w)"] for name in kept}) == len(kept)


# --- the view --------------------------------------------------------------------------------------------


def test_it_never_goes_sideways_by_itself_but_down_to_what_has_changed(card: TensorsCard) -> None:
    view = table(card)
    card.resize(340, 130)
    for inside in insides(Settings(optimizer="adam"), 2)[5:]:
        card.show_inside(inside, whole=False)
        assert view.horizontalScrollBar().value() == 0
        row = next(row for row, name in enumerate(names(card)) if name in {name for name, _h in marked(card)})
        assert 0 <= view.rowViewportPosition(row) < view.viewport().height()
    view.horizontalScrollBar().setValue(50)
    card.show_inside(insides(Settings(optimizer="adam"))[3], whole=False)
    assert view.horizontalScrollBar().value() == 50
    assert view.verticalHeader().isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_number_before_and_after_is_seen_whole_in_a_narrow_panel(qtbot: QtBot, scale: float) -> None:
    theme = Theme(scale=scale)
    made = TensorsCard(theme, units_action())
    qtbot.addWidget(made)
    made.resize(theme.px(300), theme.px(250))
    with qtbot.waitExposed(made):
        made.show()
    made.show_inside(insides(Settings(optimizer="sgd", options={"sgd.momentum": 0.9}), 2)[-1], whole=True)
    view = table(made)
    metrics = QFontMetrics(theme.font(bold=True, digits=True))
    for column, needed in ((BEFORE, "−0.08888"), (AFTER, "● −8.888 …")):
        assert view.columnWidth(column) > metrics.horizontalAdvance(needed)
        end = view.columnViewportPosition(column) + view.columnWidth(column)
        assert end <= view.viewport().width()


def test_a_wide_panel_gives_its_room_to_the_numbers_unless_a_person_has_drawn_them(card: TensorsCard) -> None:
    card.show_inside(insides(Settings())[-1], whole=True)
    view = table(card)
    narrow = view.columnWidth(AFTER)
    card.resize(1100, 260)
    assert view.columnWidth(AFTER) > narrow
    view.horizontalHeader().resizeSection(AFTER, 77)
    card.resize(900, 260)
    assert view.columnWidth(AFTER) == 77


def test_as_many_numbers_as_have_room_are_shown_and_none_is_cut(card: TensorsCard) -> None:
    card.show_inside(insides(Settings(model="mlp"))[-1], whole=True)
    view = table(card)
    seen = set()
    for width in (430, 1200):
        card.resize(width, 260)
        shown = str(cell(card, "w1", AFTER))
        metrics = QFontMetrics(Theme().font(bold=True, digits=True))
        assert metrics.horizontalAdvance(shown) < view.columnWidth(AFTER)
        assert shown.endswith(" …")
        seen.add(shown.count(","))
    assert len(seen) > 1


def test_numbers_lose_digits_in_a_narrow_panel_before_they_are_cut(card: TensorsCard) -> None:
    small = Points(POINTS.x[:, 0] * 1e-7, POINTS.y * 1e-7)
    for width in (305, 330, 500):
        card.resize(width, 260)
        for inside in insides(Settings(optimizer="adam", learning_rate=1e-12), 2, small):
            card.show_inside(inside, whole=True)
            view = table(card)
            metrics = QFontMetrics(Theme().font(bold=True, digits=True))
            for row in range(view.model().rowCount()):
                for column in (BEFORE, AFTER):
                    shown = str(view.model().index(row, column).data())
                    assert metrics.horizontalAdvance(shown) < view.columnWidth(column), shown


def test_where_a_person_has_scrolled_to_stays_while_a_phase_is_shown_again(card: TensorsCard) -> None:
    inside = insides(Settings())[3]
    card.show_inside(inside, whole=False)
    card.resize(340, 130)
    bar = table(card).verticalScrollBar()
    bar.setValue(7)
    card.show_inside(inside, whole=False)
    assert bar.value() == 7


@pytest.mark.parametrize("height", [190, 260, 340])
def test_what_a_phase_has_changed_first_comes_into_view(card: TensorsCard, height: int) -> None:
    card.resize(340, height)
    for inside in insides(Settings(model="mlp", optimizer="sgd", options={"mlp.layers": 3}), 2):
        card.show_inside(inside, whole=False)
        QGuiApplication.processEvents()
        changed = [name for name in names(card) if (name, "after") in marked(card)]
        if changed:
            view = table(card)
            area = view.visualRect(view.model().index(names(card).index(changed[0]), AFTER))
            assert area.top() >= 0
            assert area.bottom() <= view.viewport().height(), (inside.phase, changed[0])


def test_while_it_runs_only_cells_change_and_a_selection_stays(qtbot: QtBot, card: TensorsCard) -> None:
    whole = insides(Settings(optimizer="sgd"), 3)[4::5]
    card.show_inside(whole[0], whole=True)
    view = table(card)
    view.setCurrentIndex(view.model().index(2, AFTER))
    with qtbot.assertNotEmitted(view.model().modelReset), qtbot.waitSignals([view.model().dataChanged] * 2):
        card.show_inside(whole[1], whole=True)
        card.show_inside(whole[2], whole=True)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (2, AFTER)
    assert view.currentIndex().data() == f"● {significant(tensor(whole[2], 'w').values.item())}"


def test_control_c_copies_a_cell_or_lines_with_names_in_all_digits(qtbot: QtBot, card: TensorsCard) -> None:
    inside = insides(Settings(optimizer="sgd"))[3]
    card.show_inside(inside, whole=False)
    view = table(card)
    view.setFocus()
    view.setCurrentIndex(view.model().index(names(card).index("w"), BEFORE))
    w = tensor(inside, "w")
    assert w.grad is not None
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL)
    assert np.float32(QGuiApplication.clipboard().text()) == w.values.item()
    qtbot.keyClick(view, Qt.Key.Key_Down, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_Right, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL)
    own, grad = (str(np.float32(each.item())) for each in (w.values, w.grad))
    assert QGuiApplication.clipboard().text() == f"w\t{own}\t{own}\nw.grad\tNone\t{grad}"
    assert QGuiApplication.clipboard().text().isascii()


def test_all_numbers_of_a_cell_are_copied_up_to_some_thousand(qtbot: QtBot, card: TensorsCard) -> None:
    inside = insides(Settings(model="mlp", options={"mlp.layers": 3, "mlp.width": 64}))[-1]
    card.show_inside(inside, whole=True)
    copied = str(cell(card, "w2", AFTER, COPIED)).split(", ")
    assert np.array_equal(np.array(copied, np.float32), tensor(inside, "w2").values.ravel())
    huge = TensorTable(Theme())
    huge.show_views((), (TensorView("w", "parameter", RNG.normal(size=9000), "float64", "cpu", True),))
    parts = huge.index(0, AFTER).data(COPIED).split(", ")
    assert (len(parts), parts[-1]) == (MOST_COPIED + 1, "...")


def test_control_and_the_arrows_go_from_cell_to_cell(qtbot: QtBot, card: TensorsCard) -> None:
    card.show_inside(insides(Settings())[-1], whole=True)
    view = table(card)
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, BEFORE))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(view, key, CTRL)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (1, AFTER)
    assert [index.row() for index in view.selectedIndexes()] == [1]


# --- what it costs ---------------------------------------------------------------------------------------


def test_whether_huge_tensors_differ_is_seen_at_a_glance() -> None:
    values = RNG.normal(size=3_000_000)
    same, other, times = values.copy(), values + 1, []
    for _ in range(5):
        begin = perf_counter()
        assert is_other(values, other)
        assert not is_other(values, same)
        assert not is_other(values, values)
        times.append(perf_counter() - begin)
    begin = perf_counter()
    assert np.array_equal(values, same)
    assert min(times) < perf_counter() - begin  # less than to compare all


def test_a_million_points_are_shown_as_quickly_as_a_few(qtbot: QtBot) -> None:
    many = Points(RNG.normal(size=1_000_000), RNG.normal(size=1_000_000))

    def least(steps: list[Inside]) -> float:
        shown, times = TensorTable(Theme()), []
        for inside in steps:
            begin = perf_counter()
            shown.show_views(inside.views[0], inside.views[-1])
            for row in range(shown.rowCount()):
                assert shown.index(row, AFTER).data()
            times.append(perf_counter() - begin)
        return min(times)

    few_time = least(insides(Settings(optimizer="sgd"), 5, POINTS)[4::5])
    assert least(insides(Settings(optimizer="sgd"), 5, many)[4::5]) < 5 * few_time
