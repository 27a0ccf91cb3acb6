"""The diagnosis as a person sees it: in the line of messages, steady, with a button that mends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from core.experiment import Settings, generate
from core.insight.diagnosis import RULES, Finding
from core.texts import LANGUAGES, use_language
from gui.diagnostician import STAYS, Steady
from gui.main_window import MainWindow
from gui.run_sentences import stop_sentence
from tests.windows import (
    LEFT,
    action,
    click,
    message,
    opened,
    part,
    plot_of,
    ready,
    wait_for_rest,
    wait_for_step,
    windows,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # of the platform without a screen

LINE = generate("line")
FAST = Settings(optimizer="sgd", learning_rate=0.5, epochs=None)  # diverges
SLOW = Settings(optimizer="sgd", learning_rate=1e-4, epochs=None)  # crawls
WELL = Settings(optimizer="sgd", learning_rate=0.01, epochs=None)


def says(qtbot: QtBot, window: MainWindow, *words: str) -> None:
    """Wait until the message line has all of `words`."""
    qtbot.waitUntil(lambda: all(word in message(window) for word in words))


def button(window: MainWindow) -> QPushButton:
    return part(window, QPushButton, "message_action")


def step(qtbot: QtBot, window: MainWindow, count: int) -> None:
    """So many steps by the key, one after the other."""
    for _press in range(count):
        qtbot.keyClick(plot_of(window), Qt.Key.Key_Right)


# --- in the window ----------------------------------------------------------------------------------------


def test_a_run_that_diverges_says_why_and_one_click_mends_it(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, FAST) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        says(qtbot, window, "Diverged after step 67", "66 steps in a row", "1.4 times the largest stable one")
        before, edits = window.store.settings, window.store.undo_stack.count()
        assert button(window).text() == "Learning rate 0.17"
        qtbot.mouseClick(button(window), LEFT)
        assert window.store.settings.learning_rate == 0.17
        assert window.store.undo_stack.count() == edits + 1
        assert not button(window).isVisible()
        action(window, "run").trigger()
        says(qtbot, window, "Converged")
        wait_for_rest(qtbot, window)
        assert "Diverg" not in message(window)
        window.store.undo_stack.undo()  # which brings back the run that Run started again
        window.store.undo_stack.undo()
        assert window.store.settings == before


def test_a_healthy_run_says_how_fast_it_descends(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, WELL) as window:
        step(qtbot, window, 40)
        says(
            qtbot,
            window,
            "Paused at step 40",
            "Descending smoothly",
            "halves every 6.8 steps",
            "0.029 of the",
        )
        assert not button(window).isVisible()


def test_it_speaks_while_training_goes_on(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SLOW) as window:
        action(window, "run").trigger()
        says(qtbot, window, "Training. Crawling", "0.00029 of the stable limit")
        assert window.session.running
        qtbot.mouseClick(button(window), LEFT)
        assert window.session.running
        assert window.store.settings.learning_rate == 0.14
        wait_for_rest(qtbot, window)
        says(qtbot, window, "Converged")


def test_a_remedy_of_a_setting_and_an_option_is_one_edit(qtbot: QtBot) -> None:
    odd = generate("line", {"outliers": 0.05, "noise": 0.1})
    with opened(qtbot, odd, Settings(optimizer="sgd", learning_rate=0.1, epochs=200)) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        says(qtbot, window, "Outliers: 6 of 120 points")
        edits = window.store.undo_stack.count()
        qtbot.mouseClick(button(window), LEFT)
        settings = window.store.settings
        assert settings.loss == "huber"
        assert f"{settings.options['huber.delta']:g}" in button(window).text()
        assert window.store.undo_stack.count() == edits + 1


def test_another_run_begins_without_what_was_found_in_the_last(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SLOW) as window:
        step(qtbot, window, 15)
        says(qtbot, window, "Crawling")
        action(window, "reset").trigger()
        ready(qtbot, window)
        assert message(window) == "Ready: press Run, or Space. Undo brings back the run before, as it was."
        assert not button(window).isVisible()


def test_a_flat_start_is_said_before_the_first_step(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, Settings(model="mlp", start="zeros")) as window:
        says(qtbot, window, "Ready", "Flat start: all 32 weights are 0")
        assert button(window).text() == "PyTorch's start values"
        qtbot.mouseClick(button(window), LEFT)
        ready(qtbot, window)
        qtbot.waitUntil(lambda: message(window) == "Ready: press Run, or Space.")


def test_another_window_upon_the_run_says_the_same(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SLOW) as window:
        step(qtbot, window, 15)
        says(qtbot, window, "Crawling")
        before = message(window)
        part(window, QMenu, "menu_theme").actions()[-1].trigger()
        qtbot.waitUntil(lambda: len(windows()) == 1 and windows()[0] is not window)
        (new,) = windows()
        qtbot.waitUntil(lambda: message(new) == before)
        assert button(new).isVisible()


def test_points_that_change_at_rest_are_judged_anew(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, replace(WELL, learning_rate=0.1)) as window:
        step(qtbot, window, 60)
        says(qtbot, window, "Converged")
        click(qtbot, window, 2.0, -2.0)
        assert len(window.store.points) == len(LINE) + 1
        qtbot.waitUntil(lambda: "Converged" not in message(window))


def test_no_points_have_no_diagnosis(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, SLOW) as window:
        step(qtbot, window, 15)
        says(qtbot, window, "Crawling")
        action(window, "clear").trigger()
        qtbot.waitUntil(lambda: message(window).startswith("Draw points"))
        assert "Crawling" not in message(window)
        assert not button(window).isVisible()


def test_closing_the_window_while_it_is_being_diagnosed_leaves_nothing(qtbot: QtBot) -> None:
    with opened(qtbot, LINE, WELL) as window:
        action(window, "run").trigger()
        wait_for_step(qtbot, window, 5)
        window.close()


@pytest.mark.parametrize("size", [(1024, 768), (1280, 720)])
@pytest.mark.parametrize("settings", [FAST, SLOW], ids=["diverges", "crawls"])
def test_what_is_said_fits_its_two_lines(qtbot: QtBot, size: tuple[int, int], settings: Settings) -> None:
    with opened(qtbot, LINE, settings) as window:
        window.resize(*size)
        height = part(window, QLabel, "message").height()
        window.session.step(500)
        wait_for_rest(qtbot, window)
        says(qtbot, window, "stable")
        label = part(window, QLabel, "message")
        assert button(window).isVisible()
        assert label.heightForWidth(label.width()) <= height == label.height()


# --- what is shown of what is found -----------------------------------------------------------------------


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def finding(key: str, sentence: str = "") -> Finding:
    return Finding(key, sentence or key)


def test_a_more_important_finding_is_shown_at_once(clock: Clock) -> None:
    steady = Steady(clock)
    assert steady.take(finding("smooth"), False) == finding("smooth")
    assert steady.take(finding("diverging"), False) == finding("diverging")


def test_a_less_important_one_waits_until_the_other_has_not_been_found_for_a_while(clock: Clock) -> None:
    steady = Steady(clock)
    steady.take(finding("diverging"), False)
    for _look in range(20):  # both in turn, as at the edge of a rule
        clock.now += STAYS / 3
        assert steady.take(finding("smooth"), False) == finding("diverging")
        clock.now += STAYS / 3
        assert steady.take(finding("diverging"), False) == finding("diverging")
    clock.now += STAYS
    assert steady.take(finding("smooth"), False) == finding("smooth")


def test_nothing_found_does_not_make_the_words_flicker(clock: Clock) -> None:
    steady = Steady(clock)
    steady.take(finding("smooth"), False)
    clock.now += STAYS / 2
    assert steady.take(None, False) == finding("smooth")
    clock.now += STAYS
    assert steady.take(None, False) is None


def test_other_numbers_wait_until_the_last_could_be_read(clock: Clock) -> None:
    steady = Steady(clock)
    steady.take(finding("smooth", "38 steps"), False)
    clock.now += STAYS / 2
    assert steady.take(finding("smooth", "39 steps"), False) == finding("smooth", "38 steps")
    clock.now += STAYS / 2
    assert steady.take(finding("smooth", "40 steps"), False) == finding("smooth", "40 steps")


def test_at_rest_it_shows_what_is_so(clock: Clock) -> None:
    steady = Steady(clock)
    steady.take(finding("diverging"), False)
    assert steady.take(finding("smooth", "38 steps"), True) == finding("smooth", "38 steps")
    assert steady.take(finding("smooth", "39 steps"), True) == finding("smooth", "39 steps")
    assert steady.take(None, True) is None


def test_every_rule_has_a_rank() -> None:
    steady = Steady()
    for rule in RULES:
        assert steady.take(finding(rule.key), True) == finding(rule.key)


# --- why a run stopped ------------------------------------------------------------------------------------

REASONS: dict[str, tuple[dict[str, object], str]] = {
    "epochs": ({}, "all epochs"),
    "steps": ({"steps": 10}, "all steps"),
    "seconds": ({"seconds": 2.5}, "the 2.5 seconds"),
    "loss_below": ({"loss_below": 0.01}, "the loss before it, 0.009990, is below 0.01000"),
    "gradient_below": ({"gradient_below": 0.001}, "shorter than 0.001"),
    "patience": ({"patience": 200}, "for 200 steps the loss before a step reached no new low"),
    "early_stopping": ({"patience": 200, "validation": 0.2}, "went back to step 1,234"),
    "converged": ({}, "Converged after 1,234 steps"),
    "diverged": ({}, "Diverged after step 1,234"),
    "nan": ({}, "Stopped after step 1,234: the next one led to NaN"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_to_stop_has_a_sentence(reason: str, language: str) -> None:
    use_language(language)
    changes, words = REASONS[reason]
    make: Callable[..., Settings] = Settings
    sentence = stop_sentence(reason, 1234, make(**changes), 0.00999)
    assert "1,234" in sentence
    assert "{" not in sentence
    if language == "en":
        assert words in sentence


def test_a_rule_that_has_been_lifted_meanwhile_has_its_sentence_all_the_same() -> None:
    assert "1,234" in stop_sentence("seconds", 1234, Settings(), 1.0)
