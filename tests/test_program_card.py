"""The program with its lit line, and the words about it: true for everything that a person can choose."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.export import program
from core.insight.numbers import significant
from core.insight.phase_words import about, apart, code, done, has_diverged, invitation, said
from core.insight.plane import parameter_names
from core.texts import LANGUAGES, use_language
from core.training import Trainer
from core.training.inside import Inside
from core.training.slow_step import SlowStep
from gui.actions import make_actions
from gui.panels.program_card import ProgramCard
from gui.theme import Theme
from gui.widgets.code_view import CodeView, is_code
from tests.insides import POINTS, insides, tensor
from tests.windows import part, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SGD = Settings(optimizer="sgd")
NAMES = ("phase", "slow_motion", "copy_program", "save_program")


class Line(NamedTuple):
    """A line as the program has it."""

    text: str
    phase: str = ""
    section: str = "loop"


LINES = [
    Line("import torch"),
    Line("for step in range(10):"),
    Line("    # Forget.", "zero_grad"),
    Line("    optimizer.zero_grad()", "zero_grad"),
    Line("    prediction = model(inputs)", "forward"),
    Line("    loss = loss_function(prediction, targets)", "loss"),
    Line("    loss.backward()  # the gradients", "backward"),
    Line("    nn.utils.clip_grad_norm_(model.parameters(), 1.0)", "backward"),
    Line("    optimizer.step()", "step"),
]


@pytest.fixture
def actions(qtbot: QtBot) -> Iterator[dict[str, QAction]]:
    owner = QWidget()
    qtbot.addWidget(owner)
    made = make_actions(owner, Theme())
    yield {name: made[name] for name in NAMES}
    owner.close()


@pytest.fixture
def card(qtbot: QtBot, actions: dict[str, QAction]) -> ProgramCard:
    made = ProgramCard(Theme(), actions)
    qtbot.addWidget(made)
    made.resize(340, 260)
    with qtbot.waitExposed(made):
        made.show()
    made.show_program(LINES)
    return made


def after(phase: str, settings: Settings = SGD, step: int = 1) -> Inside:
    """What there is behind a phase of a step."""
    return insides(settings, step)[(step - 1) * len(PHASES) + PHASES.index(phase)]


# --- the card --------------------------------------------------------------------------------------------


def test_the_lines_of_the_lit_phase_are_marked(card: ProgramCard) -> None:
    pane = part(card, CodeView, "code_view")
    assert pane.toPlainText() == "\n".join(line.text for line in LINES)
    card.light("backward")
    assert pane.lit == (6, 7)
    card.light("")
    assert pane.lit == ()


def test_the_same_phase_stays_lit_in_another_program(card: ProgramCard) -> None:
    card.light("loss")
    card.show_program([Line("# another"), *LINES])
    assert part(card, CodeView, "code_view").lit == (6,)


def test_the_strip_names_the_line_of_the_lit_phase_and_its_place(card: ProgramCard) -> None:
    card.show_inside(after("backward"))
    card.light("backward")
    assert text(card, "phase_title") == "loss.backward()"
    assert text(card, "phase_place") == "4 of 5"
    assert "went back" in text(card, "phase_words")
    card.show_inside(after("zero_grad"))
    card.light("zero_grad")
    assert text(card, "phase_title") == "optimizer.zero_grad()"


def test_with_nothing_under_way_it_says_how_to_begin(card: ProgramCard) -> None:
    assert text(card, "phase_words") == invitation()
    assert "Press Down" in invitation()
    assert "points" in invitation()
    card.show_inside(after("step"))
    assert "Press Down to go through the next step" in text(card, "phase_words")
    assert not part(card, CodeView, "code_view").lit


def test_after_a_divergence_no_next_step_is_promised(card: ProgramCard) -> None:
    card.show_inside(after("step"))
    card.show_end("diverged")
    assert text(card, "phase_words").startswith("This run has diverged: there is no next step.")
    for phase in ("step", "zero_grad"):
        card.light(phase)
        assert "press Home to start again" in text(card, "phase_words")
        assert "Down" not in text(card, "phase_words")
    card.show_end("")
    card.light("step")
    assert "Down begins the next" in text(card, "phase_words")


def test_it_tells_of_the_parameter_that_is_chosen(card: ProgramCard) -> None:
    card.show_inside(after("backward"))
    card.light("backward")
    assert "w.grad is" in text(card, "phase_words")
    card.show_parameter(1)
    assert "b.grad is" in text(card, "phase_words")
    assert "larger b would" in text(card, "phase_words")


def test_the_tools_do_what_their_actions_do_and_have_room(
    qtbot: QtBot, card: ProgramCard, actions: dict[str, QAction]
) -> None:
    for name, action in actions.items():
        button = card.top.widgetForAction(action)
        assert isinstance(button, QToolButton), name
        assert button.isVisible(), name
        assert button.toolTip(), name
        assert button.width() >= button.sizeHint().width(), name
        with qtbot.waitSignal(action.triggered):
            button.click()
    assert actions["slow_motion"].isChecked()
    texts = [actions[name].iconText() for name in ("phase", "slow_motion")]
    assert texts == ["Next line", "Slow motion"]


def test_whoever_copies_all_lines_gets_the_whole_program(
    qtbot: QtBot, card: ProgramCard, actions: dict[str, QAction]
) -> None:
    pane = part(card, CodeView, "code_view")
    qtbot.keyClick(pane, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(actions["copy_program"].triggered):
        qtbot.keyClick(pane, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(330, 250), (430, 330), (700, 500)])
def test_all_words_have_room_and_the_lit_line_is_seen(
    qtbot: QtBot, actions: dict[str, QAction], size: tuple[int, int], scale: float
) -> None:
    theme = Theme(scale=scale)
    made = ProgramCard(theme, actions)
    qtbot.addWidget(made)
    made.resize(theme.px(size[0]), theme.px(size[1]))
    with qtbot.waitExposed(made):
        made.show()
    settings = Settings(model="mlp", optimizer="sgd", clip_norm=0.1, standardise=True, batch_size=7)
    made.show_program(program(POINTS, settings).shown())
    words = part(made, QLabel, "phase_words")
    pane = part(made, CodeView, "code_view")
    for inside in insides(settings, 2):
        made.show_inside(inside)
        made.light(inside.phase)
        qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
        assert made.rect().contains(words.mapTo(made, words.rect().bottomRight()))
        runs = pane.ground(next(line for line in pane.lit if is_code(pane.lines[line])))
        assert runs.top() >= 0
        assert runs.bottom() <= pane.viewport().height()


def test_the_pane_keeps_its_height_while_the_words_change(qtbot: QtBot, card: ProgramCard) -> None:
    pane, heights = part(card, CodeView, "code_view"), set()
    for inside in insides(SGD, 2):
        card.show_inside(inside)
        card.light(inside.phase)
        qtbot.wait(1)
        heights.add(pane.height())
    assert len(heights) == 1


def test_the_program_that_runs_has_a_line_for_each_phase(card: ProgramCard) -> None:
    for settings in (SGD, Settings(optimizer="lbfgs"), Settings(clip_norm=1.0, l1=0.1)):
        card.show_program(program(POINTS, settings).shown())
        for phase in PHASES:
            card.light(phase)
            title = text(card, "phase_title")
            assert code(phase, settings) in title


# --- the words: their numbers are those of the step -------------------------------------------------------


def test_the_words_of_a_step_tell_its_numbers() -> None:
    told = {phase: done(after(phase, step=2)) for phase in PHASES}
    inside = after("step", step=2)
    assert inside.prediction is not None
    assert inside.loss is not None
    assert inside.after is not None
    w = tensor(inside, "w")
    assert w.grad is not None
    first, target = inside.prediction[0], tensor(inside, "targets").values[0, 0]
    assert told["forward"] == (
        f"The model has made 24 predictions, one from the x of each point; the first is "
        f"{significant(first)}, its target y is "
        f"{significant(target)}."
    )
    mse = np.mean((inside.prediction - inside.targets) ** 2)
    assert f"is the loss: {significant(mse)}." in told["loss"]
    assert f"w.grad is {significant(w.grad.item())}" in told["backward"]
    before, now = (significant(values[0].item()) for values in (inside.before, inside.after))
    assert f"from {before} to {now}, against its gradient, to make the loss smaller." in told["step"]
    assert "The learning rate, 0.01, sets how large the steps are." in told["step"]
    assert "The loss shown was found before this move." in told["step"]
    assert "other" not in told["step"]


def test_only_the_first_step_has_no_gradients_to_throw_away() -> None:
    assert "there were none yet" in done(after("zero_grad"))
    assert "are thrown away" in done(after("zero_grad", step=2))
    assert "are thrown away" in done(after("zero_grad")._replace(number=7))  # made again, without them


def test_one_prediction_is_not_called_several() -> None:
    settings = replace(SGD, batch_size=1)
    assert "1 prediction, from the x of the point:" in done(after("forward", settings)._replace(points=1))
    assert "The prediction is compared with its target." in done(after("loss", settings))


def test_of_a_batch_it_is_said_how_many_points_there_are() -> None:
    inside = after("forward", replace(SGD, batch_size=4))._replace(points=24)
    assert "This batch has 4 of the 24 points." in done(inside)
    whole = after("forward")._replace(points=24)
    assert "has made 24 predictions, one from the x of each point;" in done(whole)
    alone = after("forward", replace(SGD, batch_size=1))._replace(points=24)
    assert "has made a prediction from its x: it is" in done(alone)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_larger_parameter_changes_the_loss_as_the_words_say(loss: str, model: str) -> None:
    """Oracle: the next forward pass, with that one parameter a little larger."""
    settings = Settings(model=model, loss=loss, dtype="float64", l1=0.05, seed=3)
    inside = after("backward", settings)
    assert inside.gradient is not None
    flat = np.concatenate([each.ravel() for each in inside.gradient])
    sizes = [each.size for each in inside.before]
    for parameter in (int(np.argmax(np.abs(flat))), len(flat) - 1):
        words = done(inside, parameter)
        assert "the objective" in words
        assert f"larger {parameter_names(inside.curve)[parameter]} would" in words
        assert f"is {significant(float(flat[parameter]))}: " in words
        raised = np.concatenate([each.ravel() for each in inside.before])
        raised[parameter] += 1e-6
        arrays = [
            part.reshape(each.shape)
            for part, each in zip(np.split(raised, np.cumsum(sizes)[:-1]), inside.before, strict=True)
        ]
        change = objective(inside, arrays) - objective(inside, list(inside.before))
        assert ("would raise" if change > 0 else "would lower") in words


def objective(inside: Inside, arrays: list[np.ndarray]) -> float:
    """The loss with the penalty, by torch's own classes."""
    import torch

    from core.training.fit import scaled_loss

    loss, _unit = scaled_loss(inside.settings, inside.scaling)
    columns = inside.inputs
    for layer in range(0, len(arrays), 2):
        columns = columns @ arrays[layer].T + arrays[layer + 1]
        columns = inside.curve.activate(columns) if layer + 2 < len(arrays) else columns
    value = loss(torch.tensor(columns), torch.tensor(inside.targets)[:, None]).item()
    return float(value + inside.settings.l1 * sum(np.abs(weights).sum() for weights in arrays[::2]))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_told_to_go_against_the_gradient_only_where_it_does(optimizer: str) -> None:
    options = {"sgd.momentum": 0.95, "adam.weight_decay": 0.5}
    settings = Settings(optimizer=optimizer, learning_rate=0.3, options=options)
    told = set()
    for inside in insides(settings, 12)[4::5]:
        words = done(inside)
        assert inside.gradient is not None
        assert inside.after is not None
        gradient = inside.gradient[0].item()
        change = (inside.after[0] - inside.before[0]).item()
        against = gradient * change < 0
        assert (", against its gradient" in words) == against
        assert ("this time against what the gradient says" in words) == (gradient * change > 0)
        assert ("has left w at" in words) == (change == 0)
        told.add(against)
    assert True in told


def steps_uphill(settings: Settings, steps: int) -> set[str]:
    """What is said of the steps that go the way in which the gradient points."""
    told = [done(inside).partition("gradient says: ")[2] for inside in insides(settings, steps)[4::5]]
    return {words.partition(".")[0] for words in told if words}


def test_momentum_is_blamed_only_where_it_is_the_reason() -> None:
    momentum = {"the momentum of earlier steps still carries it on"}
    fast = Settings(optimizer="sgd", learning_rate=0.3, options={"sgd.momentum": 0.95})
    assert steps_uphill(fast, 12) == momentum
    assert steps_uphill(Settings(optimizer="adam", learning_rate=0.5), 20) == momentum
    assert steps_uphill(replace(fast, options={}), 12) == set()
    pulled = Settings(optimizer="sgd", learning_rate=0.1, options={"sgd.weight_decay": 2.0})
    inside = after("step", pulled, 3)
    assert inside.gradient is not None
    assert inside.after is not None
    uphill = inside._replace(after=tuple(b + g for b, g in zip(inside.before, inside.gradient, strict=True)))
    assert "toward zero, is the stronger one" in done(uphill)
    both = Settings(optimizer="sgd", options={"sgd.weight_decay": 2.0, "sgd.momentum": 0.9})
    assert "goes by more than the gradient" in done(
        uphill._replace(
            settings=both, state_after=tuple({"momentum_buffer": -each} for each in inside.gradient)
        )
    )


def test_lbfgs_is_told_to_go_through_the_lines_again() -> None:
    inside = after("step", Settings(optimizer="lbfgs"))
    assert "again and again" in done(inside)
    assert "learning rate" not in done(inside)
    assert "again and again" in about("step", inside)
    assert "again and again" not in done(after("step"))


def test_a_penalty_and_a_clipped_gradient_are_told() -> None:
    settings = Settings(optimizer="sgd", l1=0.5, clip_norm=0.25)
    inside = after("backward", settings)
    assert inside.objective is not None
    assert inside.unclipped is not None
    assert significant(inside.objective) in done(after("loss", settings))
    long = significant(inside.unclipped)
    assert f"Before clipping the whole gradient was {long} long; it was shortened to 0.2500" in done(inside)
    assert inside.gradient is not None
    flat = np.concatenate([each.ravel() for each in inside.gradient])
    assert np.linalg.norm(flat) == pytest.approx(0.25, rel=1e-4)
    assert f"of the shortened one. w.grad is {significant(flat[0])}:" in done(inside)
    assert "clipping" not in done(after("backward", replace(settings, clip_norm=1e6)))


def test_numbers_of_standardised_data_are_said_to_be_such_once() -> None:
    settings = replace(SGD, standardise=True)
    for phase in PHASES[1:]:
        assert done(after(phase, settings)).count("standardised data") == 1
    inside = after("loss", settings)
    assert inside.loss is not None
    in_data_units = inside.loss * POINTS.y.std() ** 2
    assert done(inside).endswith(
        "These numbers are as trained, of standardised data. "
        f"In the units of the data the loss is {significant(in_data_units)}."
    )
    assert "standardised" not in done(after("loss"))


def test_parameters_have_the_names_that_the_whole_window_gives_them() -> None:
    network = after("step", Settings(model="mlp", options={"mlp.layers": 2}))
    gradient, flat = network.gradient, parameter_names(network.curve).index("w2[3, 5]")
    assert gradient is not None
    told = done(network._replace(done=4), flat)
    assert f"w2.grad[3, 5] is {significant(gradient[2][3, 5])}" in told
    assert "has moved w2[3, 5] from" in done(network, flat)
    power = after("step", Settings(model="polynomial", options={"polynomial.degree": 12}))
    assert power.gradient is not None
    told = done(power._replace(done=4), 11)
    assert f"The gradient of w12 is {significant(power.gradient[0][0, 11])}" in told
    assert "larger w12 would" in told
    assert "has moved b from" in done(power, 12)
    assert "has moved w1 from" in done(power, 99)  # of another model, that has so many


def test_it_is_said_how_many_other_parameters_moved() -> None:
    inside = after("step", Settings(model="polynomial", options={"polynomial.degree": 12}))
    assert "All other parameters moved too." in done(inside)
    assert inside.after is not None
    w = inside.after[0].copy()
    w[0, 4:8] = inside.before[0][0, 4:8]
    some = inside._replace(after=(w, inside.after[1]))
    assert "Of the 12 other parameters 8 moved." in done(some)
    assert "Of the 12 other parameters 9 moved." in done(some, 5)
    assert "No other parameter moved." in done(inside._replace(after=inside.before))
    w = inside.after[0].copy()
    w[0, 5] = inside.before[0][0, 5]
    assert "has left w6 at" in done(inside._replace(after=(w, inside.after[1])), 5)
    assert "All other parameters moved." in done(inside._replace(after=(w, inside.after[1])), 5)


def test_numbers_that_have_grown_too_large_are_said_to_be() -> None:
    inside = after("step")
    assert inside.gradient is not None
    wild = inside._replace(
        gradient=tuple(np.full_like(each, np.nan) for each in inside.gradient),
        after=tuple(np.full_like(each, np.inf) for each in inside.before),
    )
    assert "to ∞: the numbers have grown too large" in done(wild)
    assert "against" not in done(wild)
    assert done(wild).endswith("press Home to start again.")
    assert said(wild, "zero_grad").startswith("This run has diverged")
    assert "Down" not in done(wild)
    assert has_diverged(wild)
    assert not has_diverged(inside)
    assert "w.grad is nan: the numbers have grown too large" in done(wild._replace(done=4))
    assert "nan" in done(wild._replace(done=3, loss=math.nan))


@pytest.mark.parametrize(
    ("loss", "quantile", "gradient"),
    [("mae", 0.5, "0.000"), ("quantile", 0.1, "0.4000"), ("mse", 0.5, "0.000")],
)
def test_on_a_kink_it_is_not_said_what_a_larger_parameter_would_do(
    loss: str, quantile: float, gradient: str
) -> None:
    """Of one point that the line goes through, either change of b makes the loss larger."""
    settings = Settings(loss=loss, start="zeros", options={"quantile.quantile": quantile})
    made = SlowStep(Trainer(Points([1.0], [0.0]), settings).fit, 1, 1)
    for _phase in range(PHASES.index("backward") + 1):
        made.advance()
    words = done(made.inside, 1)
    assert f"b.grad is {gradient}" in words
    assert ("1 prediction is exactly its target, where the loss has a kink" in words) == (loss != "mse")
    assert ("would" in words) == (loss == "mse")


def test_on_the_kink_of_a_penalty_it_is_said_too() -> None:
    settings = Settings(start="zeros", l1=0.5)
    made = SlowStep(Trainer(Points([1.0, 2.0], [1.0, 3.0]), settings).fit, 1, 1)
    for _phase in range(PHASES.index("backward") + 1):
        made.advance()
    assert "w is exactly 0, where its penalty has a kink" in done(made.inside, 0)
    assert "kink" not in done(made.inside, 1)  # biases are free


def test_a_gradient_of_nothing_changes_nothing() -> None:
    inside = after("step")
    assert inside.gradient is not None
    flat = inside._replace(gradient=tuple(0 * each for each in inside.gradient))
    assert "hardly change the loss" in done(flat._replace(done=4))
    assert "though its gradient is 0" in done(flat)
    assert "has left w at" in done(flat._replace(after=flat.before))


def test_two_numbers_are_told_apart() -> None:
    assert apart(1.2, 1.3) == ("1.200", "1.300")
    assert apart(1.2, 1.2000004) == ("1.2000000", "1.2000004")
    assert apart(1.2, 1.2) == ("1.200", "1.200")
    assert apart(1.0, 1.0 + 1e-15) == ("1.00000000", "1.00000000")


def test_a_phase_to_come_is_told_behind_what_has_been_done() -> None:
    inside = after("forward")
    first, second = said(inside, "loss").split("\n")
    assert first == done(inside)
    assert second.startswith("Next, the predictions are compared")
    assert said(after("step"), "zero_grad").startswith("Next, the gradients")


@pytest.mark.parametrize("tongue", LANGUAGES)
@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_has_its_words_in_every_language(phase: str, tongue: str) -> None:
    use_language(tongue)
    inside = after(phase, step=2)
    for words in (about(phase, inside), done(inside)):
        assert len(words) > 10
        assert "{" not in words
