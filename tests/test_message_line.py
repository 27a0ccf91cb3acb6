"""The line at the foot of the window: what stands in it, beside what, and what its button does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.insight.diagnosis import Finding, Remedy
from gui.theme import Theme
from gui.widgets import message_line
from gui.widgets.message_line import MessageLine
from gui.widgets.message_text import MessageText

CRAWLS = Finding("crawling", "Crawling: slow.", True, Remedy("Learning rate 0.1", {"learning_rate": 0.1}))
WELL = Finding("smooth", "Descending smoothly.")

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # of the platform without a screen


@pytest.fixture
def line(qtbot: QtBot) -> MessageLine:
    made = MessageLine(Theme())
    qtbot.addWidget(made)
    made.resize(900, 40)
    with qtbot.waitExposed(made):
        made.show()
    return made


def text(line: MessageLine) -> str:
    label = line.findChild(QLabel, "message")
    assert label is not None
    return label.text()


def warns(line: MessageLine) -> bool:
    """Whether the words are in the colour of a warning."""
    label = line.findChild(QLabel, "message")
    assert label is not None
    return Theme().warning in label.styleSheet()


def button(line: MessageLine) -> QPushButton:
    found = line.findChild(QPushButton, "message_action")
    assert found is not None
    return found


def press(qtbot: QtBot, line: MessageLine) -> None:
    qtbot.mouseClick(button(line), Qt.MouseButton.LeftButton)


def test_what_is_found_stands_behind_the_state_of_the_run(line: MessageLine) -> None:
    line.show_finding(WELL)
    line.say_state("Paused.")
    assert text(line) == "Paused. Descending smoothly."
    line.say_state("Stopped.")
    assert text(line) == "Stopped. Descending smoothly."
    line.show_finding(None)
    assert text(line) == "Stopped."


def test_a_shorter_word_stands_for_the_state_until_that_is_another(line: MessageLine) -> None:
    line.say_state("Training. Everything can change meanwhile.")
    line.show_finding(WELL, instead="Training.")
    assert text(line) == "Training. Descending smoothly."
    line.say_state("Paused.")
    assert text(line) == "Paused. Descending smoothly."


def test_a_sentence_about_something_else_stands_alone(line: MessageLine) -> None:
    line.say_state("Paused.")
    line.show_finding(CRAWLS)
    line.say("Saved.")
    assert text(line) == "Saved."
    assert not warns(line)
    assert not button(line).isVisible()
    line.show_finding(WELL)
    assert text(line) == "Saved."


def test_a_refusal_stays_until_the_person_has_done_better(line: MessageLine) -> None:
    line.warn("Too large.")
    line.show_finding(WELL)
    assert text(line) == "Too large."
    assert line.refuses
    assert not line.has_passed


def test_a_warning_is_one_whoever_says_it(line: MessageLine) -> None:
    line.say_state("Paused.")
    assert not warns(line)
    line.show_finding(CRAWLS)
    assert warns(line)
    line.show_finding(WELL)
    assert not warns(line)
    line.say_state("Diverged.", True)
    assert warns(line)


def test_what_is_no_news_replaces_no_news(line: MessageLine, monkeypatch: pytest.MonkeyPatch) -> None:
    line.idle("Ready.")
    assert text(line) == "Ready."
    line.say("Saved.")
    line.idle("Ready.")
    assert text(line) == "Saved."
    assert not line.has_passed
    monkeypatch.setattr(message_line, "PASSING", -1)
    assert line.has_passed
    line.idle("Ready.")
    assert text(line) == "Ready."
    line.keep("Read 12 rows.")
    line.idle("Ready.")
    assert text(line) == "Read 12 rows."


def test_the_button_does_what_the_finding_proposes_once(qtbot: QtBot, line: MessageLine) -> None:
    done: list[str] = []
    line.say_state("Paused.")
    line.show_finding(CRAWLS, lambda: done.append("remedy"))
    assert button(line).isVisible()
    assert button(line).text() == "Learning rate 0.1"
    assert "Undo" in button(line).toolTip()
    press(qtbot, line)
    assert done == ["remedy"]
    assert not button(line).isVisible()


def test_what_was_proposed_before_comes_back_when_the_finding_goes(qtbot: QtBot, line: MessageLine) -> None:
    done: list[str] = []
    line.propose("Standardise", lambda: done.append("proposal"))
    line.say_state("Paused.")
    assert button(line).text() == "Standardise"
    line.show_finding(CRAWLS, lambda: done.append("remedy"))
    assert button(line).text() == "Learning rate 0.1"
    line.show_finding(WELL)
    assert button(line).text() == "Standardise"
    press(qtbot, line)
    assert done == ["proposal"]
    assert not button(line).isVisible()


def test_what_is_withdrawn_takes_no_remedy_with_it(line: MessageLine) -> None:
    line.say_state("Paused.")
    line.propose("Standardise", lambda: None)
    line.show_finding(CRAWLS)
    line.withdraw()
    assert button(line).text() == "Learning rate 0.1"
    assert button(line).isVisible()


def test_chinese_is_cut_where_the_line_ends_and_words_are_left_whole(qtbot: QtBot) -> None:
    text = MessageText()
    qtbot.addWidget(text)
    text.show_lines(1)
    text.resize(300, text.height())
    metrics = text.fontMetrics()
    for sentence, end in (("已在第 4 步暂停：" + "按运行从这里继续" * 20, 1), ("the loss halves " * 20, 8)):
        text.setText(sentence)
        shown = QLabel.text(text)
        assert shown.endswith("…")
        assert sentence.startswith(shown[:-1])
        room = text.width() - metrics.horizontalAdvance(shown)
        assert 0 <= room <= end * metrics.horizontalAdvance("国")
    assert shown[:-1].split()[-1] in ("the", "loss", "halves")
