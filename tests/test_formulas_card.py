"""The card of formulas: typeset in the background, the step's numbers below, the phase that runs marked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.insight.formulas import formulas, with_step
from core.insight.numbers import significant
from core.insight.plane import parameter_names
from core.training.inside import Inside
from core.training.slow_step import SlowStep
from core.training.trainer import Trainer
from gui.background import Background
from gui.panels.formulas_card import FormulasCard
from gui.theme import DATA, Theme
from gui.widgets.formula_block import FormulaBlock
from gui.widgets.formula_label import FormulaLabel
from gui.widgets.formula_numbers import FormulaNumbers
from gui.widgets.formula_typesetting import inks
from tests.insides import units_action
from tests.landscapes import pick
from tests.windows import part

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

X = np.linspace(-2, 2, 24)
POINTS = Points(X, 2 * X + 1 + np.random.default_rng(1).normal(0, 0.3, 24))
NARROW, USUAL = (330, 230), (430, 500)


def inside(settings: Settings, step: int = 3, done: int = len(PHASES), of: Points = POINTS) -> Inside:
    trainer = Trainer(of, settings)
    for _step in range(step - 1):
        trainer.step()
    made = SlowStep(trainer.fit, 1, step)
    for _phase in range(done):
        made.advance()
    return made.inside


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def card(qtbot: QtBot, background: Background) -> FormulasCard:
    return shown(qtbot, background, Theme())


def shown(qtbot: QtBot, background: Background, theme: Theme, size: tuple[int, int] = USUAL) -> FormulasCard:
    made = FormulasCard(theme, background, units_action())
    qtbot.addWidget(made)
    made.resize(theme.px(size[0]), theme.px(size[1]))
    with qtbot.waitExposed(made):
        made.show()
    return made


def tell(qtbot: QtBot, card: FormulasCard, settings: Settings, seen: Inside | None = None) -> None:
    """Show settings and a step, and wait until all is typeset."""
    card.show_settings(settings, 1)
    card.show_inside(seen)
    qtbot.waitUntil(lambda: all(label.typeset for label in labels(card)), timeout=20_000)


def labels(card: QWidget) -> list[FormulaLabel]:
    return card.findChildren(FormulaLabel)


def block(card: FormulasCard, phase: str) -> FormulaBlock:
    return part(card, FormulaBlock, f"formula_block_{phase}")


def numbers(card: QWidget) -> list[str]:
    """The lines of numbers, from the top."""
    return [each.text() for each in card.findChildren(FormulaNumbers) if each.text() and each.isVisible()]


def scroll(card: FormulasCard) -> QScrollArea:
    return part(card, QScrollArea, "formula_list")


def seen(card: FormulasCard, widget: QWidget) -> bool:
    """Whether the top of a widget is within the scrolled view."""
    top = widget.mapTo(scroll(card).viewport(), QPoint(0, 0)).y()
    return 0 <= top < scroll(card).viewport().height()


def words(card: QWidget) -> str:
    return " ".join(label.text() for label in card.findChildren(QLabel))


# --- what is shown ---------------------------------------------------------------------------------------


def test_the_blocks_stand_in_the_order_of_the_program(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings())
    places = [block(card, phase).y() for phase in PHASES]
    assert places == sorted(places)
    assert len(set(places)) == len(PHASES)
    for code in (
        "optimizer.zero_grad()",
        "prediction = model(inputs)",
        "loss.backward()",
        "optimizer.step()",
    ):
        assert code in words(card)
    assert "Kingma" in words(block(card, "step"))


def test_the_legend_says_what_each_number_of_the_optimizer_does(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings(options={"adam.beta1": 0.8}))
    told = words(block(card, "step")).replace("\N{NO-BREAK SPACE}", " ")
    assert "β₁ = 0.8: how much of the old mean m is kept" in told
    assert "so that nothing is divided by 0" in told
    tell(qtbot, card, Settings(options={"adam.beta1": 0.7}))
    qtbot.waitUntil(lambda: len(card.findChildren(FormulaBlock)) == len(PHASES))
    assert "β₁\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.7" in words(block(card, "step"))


@pytest.mark.parametrize("phase", PHASES)
def test_in_a_small_panel_the_formulas_and_numbers_of_the_phase_that_runs_are_seen_at_once(
    qtbot: QtBot, background: Background, phase: str
) -> None:
    card = shown(qtbot, background, Theme(), (340, 300))
    settings = Settings(optimizer="sgd", options={"sgd.momentum": 0.9})
    tell(qtbot, card, settings, inside(settings))
    card.light(phase)
    qtbot.waitUntil(lambda: seen(card, block(card, phase)))
    lines = [each for each in block(card, phase).findChildren(FormulaNumbers) if each.text()]

    def end() -> int:
        """How far below the top of what is seen the last numbers end."""
        return lines[-1].mapTo(scroll(card).viewport(), QPoint(0, lines[-1].height())).y()

    qtbot.waitUntil(lambda: 0 < end() <= scroll(card).viewport().height())


def test_the_lines_are_those_of_the_step(qtbot: QtBot, card: FormulasCard) -> None:
    step = inside(Settings())
    tell(qtbot, card, Settings(), step)
    expected = [
        "".join(span.text for span in line)
        for lines in with_step(formulas(Settings()), step, 0)
        for line in lines
        if line
    ]
    assert numbers(card) == expected
    assert step.after is not None
    assert numbers(card)[-1].endswith(f" ≈ {significant(float(step.after[0][0, 0]))}")


def test_a_person_chooses_whose_numbers_are_shown(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings(), inside(Settings()))
    assert numbers(card)[-1].startswith("w = ")
    pick(qtbot, card, "formula_parameter", "b")
    assert numbers(card)[-1].startswith("b = ")
    assert any(line.startswith("∂L/∂b") for line in numbers(card))


def test_who_listens_hears_which_parameter_a_person_has_chosen(qtbot: QtBot, card: FormulasCard) -> None:
    heard: list[int] = []
    card.parameter_chosen.connect(heard.append)
    settings = Settings(model="mlp", options={"mlp.width": 3})
    tell(qtbot, card, settings, inside(settings))
    assert (heard.pop(), card.parameter) == (0, 0)  # another model begins anew
    pick(qtbot, card, "formula_parameter", "w2[0, 1]")
    place = parameter_names(inside(settings).curve).index("w2[0, 1]")
    assert (heard, card.parameter) == ([place], place)
    tell(qtbot, card, Settings())
    assert (heard, card.parameter) == ([place, 0], 0)


def test_a_network_offers_all_its_parameters(qtbot: QtBot, card: FormulasCard) -> None:
    settings = Settings(model="mlp", optimizer="sgd")
    tell(qtbot, card, settings, inside(settings))
    box = part(card, QComboBox, "formula_parameter")
    assert box.count() == 49
    assert box.maxVisibleItems() <= 12
    pick(qtbot, card, "formula_parameter", "w2[0, 15]")
    assert numbers(card)[-1].startswith("w2[0, 15] = ")
    tell(qtbot, card, Settings())
    assert [box.itemText(0), box.itemText(1), box.count(), box.currentIndex()] == ["w", "b", 2, 0]


def test_without_points_the_formulas_stand_and_a_sentence_says_what_to_do(
    qtbot: QtBot, card: FormulasCard
) -> None:
    tell(qtbot, card, Settings())
    note = part(card, QLabel, "formulas_note")
    assert note.isVisible()
    assert "points" in note.text()
    assert not numbers(card)
    card.show_inside(inside(Settings()))
    assert not note.isVisible()
    assert numbers(card)
    card.show_inside(None)
    assert note.isVisible()
    assert not numbers(card)


def test_numbers_come_with_the_phases(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings(), inside(Settings(), done=0))
    counts = []
    for done in range(len(PHASES) + 1):
        card.show_inside(inside(Settings(), done=done))
        counts.append(len(numbers(card)))
    assert counts[0] == 0
    assert counts == sorted(set(counts))


def test_numbers_of_other_settings_are_not_put_into_these_formulas(qtbot: QtBot, card: FormulasCard) -> None:
    step = inside(Settings())
    tell(qtbot, card, Settings(), step)
    card.show_settings(Settings(optimizer="sgd"), 1)
    assert not numbers(card)
    card.show_settings(Settings(model="polynomial"), 1)
    assert not numbers(card)
    card.show_settings(Settings(learning_rate=0.5), 1)
    assert numbers(card)  # the formulas are the same


def test_another_optimizer_leaves_the_other_blocks_as_they_are(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings())
    before = {phase: block(card, phase) for phase in PHASES}
    tell(qtbot, card, Settings(optimizer="rprop"))
    qtbot.waitUntil(lambda: len(card.findChildren(FormulaBlock)) == len(PHASES))
    assert [phase for phase in PHASES if block(card, phase) is not before[phase]] == ["step"]
    assert "Riedmiller" in words(card)
    assert "Kingma" not in words(card)


def test_a_formula_is_typeset_once(qtbot: QtBot, card: FormulasCard, monkeypatch: pytest.MonkeyPatch) -> None:
    import gui.widgets.formula_list as module

    asked: list[str] = []
    real = module.typeset

    def counted(wanted: list[str], size: float, colour: str) -> dict[str, bytes]:
        asked.extend(wanted)
        return real(wanted, size, colour)

    monkeypatch.setattr(module, "typeset", counted)
    for settings in (Settings(), Settings(loss="mae"), Settings()):
        tell(qtbot, card, settings)
    card.show_inside(inside(Settings()))
    card.show_inside(inside(Settings(), 4))
    assert asked
    assert len(asked) == len(set(asked))


def test_a_card_that_has_gone_is_not_told_of_its_formulas(qtbot: QtBot, background: Background) -> None:
    made = shown(qtbot, background, Theme())
    made.show_settings(Settings(loss="huber"), 1)
    assert background.busy
    made.deleteLater()
    qtbot.waitUntil(
        lambda: not background.busy, timeout=20_000
    )  # an exception in Qt's loop would fail the test


# --- the phase that runs ---------------------------------------------------------------------------------


def test_the_lit_phase_is_marked_and_in_sight(qtbot: QtBot, background: Background) -> None:
    card = shown(qtbot, background, Theme(), NARROW)
    tell(qtbot, card, Settings(), inside(Settings()))
    for phase in (*PHASES, *reversed(PHASES)):
        card.light(phase)
        assert [each for each in PHASES if block(card, each).lit] == [phase]
        assert seen(card, block(card, phase))
        assert "▶" in words(block(card, phase))
        ground = block(card, phase).grab().toImage().pixelColor(block(card, phase).width() - 2, 3)
        assert ground == QColor(Theme().accent_soft)
    card.light("")
    assert not any(block(card, each).lit for each in PHASES)
    assert "▶" not in words(card)


def test_a_phase_lit_before_its_formulas_are_typeset_is_in_sight_when_they_are(
    qtbot: QtBot, background: Background
) -> None:
    card = shown(qtbot, background, Theme(), NARROW)
    card.show_settings(Settings(), 1)
    card.light("step")
    tell(qtbot, card, Settings(), inside(Settings()))
    qtbot.waitUntil(lambda: seen(card, block(card, "step")))


# --- how it looks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
def test_formulas_are_drawn_in_the_colours_of_the_theme(
    qtbot: QtBot, background: Background, dark: bool
) -> None:
    theme = Theme(dark=dark)
    card = shown(qtbot, background, theme)
    tell(qtbot, card, Settings())
    label = block(card, "forward").labels[0]
    picture = label.grab().toImage()
    near = {theme.text: 0, inks(theme)["data"]: 0, inks(theme)["model"]: 0}
    for x in range(picture.width()):
        for y in range(picture.height()):
            colour = picture.pixelColor(x, y)
            for wanted in near:
                near[wanted] += all(
                    abs(a - b) < 8
                    for a, b in zip(colour.getRgb()[:3], QColor(wanted).getRgb()[:3], strict=True)
                )
    assert min(near.values()) > 0, near


@pytest.mark.parametrize("dark", [False, True])
def test_letters_can_be_read_upon_every_ground(dark: bool) -> None:
    theme = Theme(dark=dark)

    def bright(name: str) -> float:
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(name).getRgbF()[:3]
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for ink in inks(theme).values():
        for ground in (theme.surface, theme.accent_soft):
            low, high = sorted((bright(ink), bright(ground)))
            assert (high + 0.05) / (low + 0.05) >= 4.4
    if not dark:
        assert abs(QColor(inks(theme)["data"]).hue() - QColor(DATA).hue()) < 15  # still that blue


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_formulas_grow_with_the_scale_and_shrink_to_a_narrow_panel(
    qtbot: QtBot, background: Background, scale: float
) -> None:
    theme = Theme(scale=scale)
    card = shown(qtbot, background, theme, NARROW)
    settings = Settings(optimizer="nadam", options={"nadam.weight_decay": 0.1})
    tell(qtbot, card, settings, inside(settings))
    assert block(card, "step").width() <= theme.px(NARROW[0])
    wide = max(labels(card), key=lambda label: label.natural().width())
    assert wide.natural().width() > theme.px(200)
    before = wide.height()
    card.resize(theme.px(200), card.height())
    qtbot.waitUntil(lambda: wide.height() < before)
    for label in labels(card):
        assert label.height() >= 0.5 * label.natural().height()


def test_a_long_line_of_numbers_goes_on_below_and_is_never_cut_off(
    qtbot: QtBot, background: Background
) -> None:
    card = shown(qtbot, background, Theme(), NARROW)
    tell(qtbot, card, Settings(), inside(Settings()))
    lines = [each for each in card.findChildren(FormulaNumbers) if each.text()]
    one = min(each.height() for each in lines)
    longest = max(lines, key=lambda each: each.fontMetrics().horizontalAdvance(each.text()))
    assert longest.fontMetrics().horizontalAdvance(longest.text()) > longest.width()
    assert longest.height() >= 2 * one - 1


def test_lines_do_not_jump_while_numbers_come_and_go(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings(), inside(Settings()))
    QApplication.processEvents()
    places = [block(card, phase).y() for phase in PHASES]
    card.show_inside(inside(Settings(), done=1))
    QApplication.processEvents()
    assert [block(card, phase).y() for phase in PHASES] == places


def test_each_formula_can_be_heard_and_copied(qtbot: QtBot, card: FormulasCard) -> None:
    tell(qtbot, card, Settings(), inside(Settings()))
    for label in labels(card):
        assert label.accessibleName()
        assert "=" in label.accessibleDescription() or "←" in label.accessibleDescription()
    for line in card.findChildren(FormulaNumbers):
        assert line.accessibleDescription() == line.text()
    label = block(card, "forward").labels[0]
    copy_by_menu(qtbot, label)
    copied = QGuiApplication.clipboard().text()
    assert copied == r"{\hat{y}} = {w} \, {x} + {b}"


def copy_by_menu(qtbot: QtBot, label: FormulaLabel) -> None:
    """Press the right button on a formula, and choose the first entry with the keyboard."""
    at = label.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, label.mapToGlobal(at))
    QApplication.sendEvent(label, event)
    menu = part(label, QMenu, "formula_menu")
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


# --- what it costs ---------------------------------------------------------------------------------------


def test_what_nobody_sees_is_not_worked_out(
    qtbot: QtBot, card: FormulasCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gui.widgets.formula_list as module

    tell(qtbot, card, Settings(), inside(Settings()))
    card.hide()
    calls: list[object] = []
    real = module.with_step
    monkeypatch.setattr(module, "with_step", lambda *args: calls.append(args) or real(*args))
    later = inside(Settings(), 9)
    card.show_inside(later)
    assert not calls
    card.show()
    assert len(calls) == 1
    assert later.after is not None
    assert numbers(card)[-1].endswith(significant(float(later.after[0][0, 0])))
