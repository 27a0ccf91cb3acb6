"""A note of one or two lines: what it shows is the text, as far as there is room, and the tooltip has all."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.app import create_app
from gui.widgets.wrapped_note import WrappedNote

ENGLISH = (
    "The run grows beyond all bounds; this is where it came from. Slice through 49 parameters, all stay."
)
CHINESE = "训练已发散到无穷远；这里是它出发的地方。最优点不在切片上；十字是它在切片上的投影。其余不变。"


def note(qtbot: QtBot, text: str, width: int) -> WrappedNote:
    create_app([])
    made = WrappedNote()
    qtbot.addWidget(made)
    made.setText(text)
    made.resize(width, 10)
    made.show()
    made.resize(width, made.sizeHint().height())
    made.grab()
    return made


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 1.2])
def test_it_takes_a_second_line_where_it_needs_one_and_no_line_is_wider_than_the_note(
    qtbot: QtBot, text: str, share: float
) -> None:
    metrics = note(qtbot, text, 100).fontMetrics()
    width = int(share * metrics.horizontalAdvance(text))
    made = note(qtbot, text, width)
    lines = made.wrapped()
    assert len(lines) == (1 if share > 1 else 2)
    assert made.sizeHint().height() >= len(lines) * metrics.height()
    assert all(metrics.horizontalAdvance(line.rstrip()) <= width for line in lines)
    if share > 0.5:
        assert "".join(lines) == text
        assert made.toolTip() == ""
    else:
        assert text.startswith("".join(lines)[:-1].rstrip())
        assert lines[-1].endswith("…")
        assert text in made.toolTip()


def test_without_room_for_two_lines_the_first_is_cut_off(qtbot: QtBot) -> None:
    made = note(qtbot, ENGLISH, 300)
    made.resize(300, made.fontMetrics().height())
    (line,) = made.wrapped()
    assert line.endswith("…")


def test_another_text_of_as_many_lines_asks_for_no_other_height(qtbot: QtBot) -> None:
    made = note(qtbot, ENGLISH, 500)
    height = made.sizeHint().height()
    made.setText(ENGLISH[::-1])
    assert made.sizeHint().height() == height
    made.setText("Short.")
    assert made.sizeHint().height() < height
    assert made.text() == "Short."
