"""The code pane: its colours can be read, its lit lines are seen, and what stays the same stays in place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QFontInfo, QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.code_colours import coloured
from gui.widgets.code_view import COPY, GUTTER, CodeView

THEMES = [Theme(), Theme(dark=True)]
PROGRAM = [
    '"""A program',
    'of two lines."""',
    "import torch  # 数据",
    "",
    "for epoch in range(1_000):",
    "    optimizer.zero_grad()",
    "    prediction = model(x)",
    *(f"    number = {number}" for number in range(60)),
]


@pytest.fixture
def view(qtbot: QtBot) -> CodeView:
    return made(qtbot, Theme())


def made(qtbot: QtBot, theme: Theme) -> CodeView:
    code = CodeView(theme)
    qtbot.addWidget(code)
    code.setPalette(theme.palette())
    code.resize(330, 150)
    with qtbot.waitExposed(code):
        code.show()
    return code


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, by WCAG 2.2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def colours_of(view: CodeView, line: int) -> dict[str, str]:
    """The colour of each coloured piece of a line."""
    block = view.document().findBlockByNumber(line)
    return {
        piece.format.foreground().color().name().upper(): block.text()[
            piece.start : piece.start + piece.length
        ]
        for piece in block.layout().formats()
    }


def seen(view: CodeView, line: int) -> bool:
    area = view.ground(line)
    return area.top() >= 0 and area.bottom() <= view.viewport().height()


def colour_at(view: CodeView, x: int, y: float) -> str:
    return view.grab().toImage().pixelColor(x, round(y)).name()


@pytest.mark.parametrize("theme", THEMES)
def test_all_colours_of_a_program_can_be_read_also_upon_a_lit_line(theme: Theme) -> None:
    for colour in [*theme.code.values(), theme.text]:
        for ground in (theme.surface, theme.accent_soft):
            assert contrast(colour, ground) >= 4.5, (colour, ground)


def test_words_of_a_kind_have_the_colour_of_their_kind(view: CodeView) -> None:
    view.show_lines(PROGRAM)
    colours = Theme().code
    assert colours_of(view, 0)[colours["string"]] == '"""A program'
    assert colours_of(view, 1)[colours["string"]] == 'of two lines."""'
    assert colours_of(view, 2) == {colours["keyword"]: "import", colours["comment"]: "# 数据"}
    assert colours_of(view, 4)[colours["number"]] == "1_000"


def test_a_text_that_ends_elsewhere_colours_the_lines_behind_it_anew(view: CodeView) -> None:
    view.show_lines(['"""', "import torch", '"""'])
    string, keyword = Theme().code["string"], Theme().code["keyword"]
    assert colours_of(view, 1) == {string: "import torch"}
    view.show_lines(['""', "import torch", '"""'])
    assert colours_of(view, 1) == {keyword: "import"}
    view.show_lines(['"""', "import torch", '"""'])
    assert colours_of(view, 1) == {string: "import torch"}


def test_colours_stand_where_they_belong_behind_letters_of_two_units() -> None:
    line = "x = '😀'  # 😀 a"
    (spans,) = coloured([line])
    units = line.encode("utf-16-le")
    pieces = {
        kind: units[2 * start : 2 * (start + length)].decode("utf-16-le") for start, length, kind in spans
    }
    assert pieces == {"string": "'", "comment": "# 😀 a"} or pieces["comment"] == "# 😀 a"


def test_each_line_alone_is_coloured_as_in_the_whole_program() -> None:
    """Pygments, over the whole program at once, finds the same comments, words, texts and numbers."""
    whole: list[list[str]] = [[]]
    for token, text in PythonLexer().get_tokens("\n".join(PROGRAM)):
        for number, piece in enumerate(text.split("\n")):
            if number:
                whole.append([])
            if "Comment" in str(token) and piece:
                whole[-1].append(piece)
    found = [
        [line[start : start + length] for start, length, kind in spans if kind == "comment"]
        for line, spans in zip(PROGRAM, coloured(PROGRAM), strict=True)
    ]
    assert found == whole[: len(PROGRAM)]


@pytest.mark.parametrize("theme", THEMES)
def test_a_lit_line_has_a_ground_over_the_full_width_and_a_sign_beside_it(qtbot: QtBot, theme: Theme) -> None:
    view = made(qtbot, theme)
    view.show_lines(["# about", "loss = 1", "other = 2"])
    view.light([0, 1])
    middles = [view.ground(line).center().y() for line in range(3)]
    right = view.width() - 3
    soft, plain = QColor(theme.accent_soft).name(), QColor(theme.surface).name()
    assert [colour_at(view, right, y) for y in middles] == [soft, soft, plain]
    signs = [colour_at(view, GUTTER // 3, y) for y in middles]  # where the sign is at its highest
    assert signs == [soft, QColor(theme.accent).name(), plain]
    view.light([])
    assert colour_at(view, right, middles[1]) == plain


def test_a_line_that_is_too_long_goes_on_below_with_a_sign_and_is_lit_as_a_whole(view: CodeView) -> None:
    view.show_lines(["short = 1", "    long = " + " + ".join(str(number) for number in range(40)), "last"])
    row = view.ground(0).height()
    area = view.ground(1)
    rows = round(area.height() / row)
    assert rows > 2
    assert not view.horizontalScrollBar().isVisible()
    assert view.continued() == pytest.approx([area.top() + row * n for n in range(1, rows)], abs=1)
    view.light([1])
    assert colour_at(view, 200, area.bottom() - 1) == QColor(Theme().accent_soft).name()
    view.resize(3000, 150)
    assert view.continued() == []


def test_a_lit_line_is_brought_into_view_and_nothing_moves_if_it_is_in_view(view: CodeView) -> None:
    view.show_lines(PROGRAM)
    view.light([50, 51])
    assert seen(view, 50)
    assert seen(view, 51)
    there = view.verticalScrollBar().value()
    view.light([52])
    assert view.verticalScrollBar().value() == there
    view.light([5])
    assert seen(view, 5)
    assert not seen(view, 50)


def test_a_lit_line_stays_in_view_when_the_pane_grows_smaller(view: CodeView) -> None:
    view.resize(330, 400)
    view.show_lines(PROGRAM)
    view.light([15])
    view.resize(330, 90)
    assert seen(view, 15)


def test_the_same_program_again_keeps_what_is_selected_and_where_it_is_scrolled(view: CodeView) -> None:
    view.show_lines(PROGRAM)
    select(view, 30)
    view.verticalScrollBar().setValue(20)
    view.show_lines(list(PROGRAM))
    assert view.textCursor().selectedText() == PROGRAM[30]
    assert view.verticalScrollBar().value() == 20


def test_another_line_changes_and_the_rest_stays_in_place(view: CodeView) -> None:
    view.show_lines(PROGRAM)
    select(view, 30)
    view.verticalScrollBar().setValue(20)
    view.show_lines([*PROGRAM[:40], "other", "and more", *PROGRAM[41:]])
    assert view.toPlainText().split("\n")[39:43] == [PROGRAM[39], "other", "and more", PROGRAM[41]]
    assert view.textCursor().selectedText() == PROGRAM[30]
    assert view.verticalScrollBar().value() == 20


def select(view: CodeView, line: int) -> None:
    cursor = QTextCursor(view.document().findBlockByNumber(line))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)


PIECES = st.lists(st.sampled_from(["a = 1", "", "# b", '"""', "c()"]), max_size=6)


@given(programs=st.lists(PIECES, min_size=2, max_size=4))
def test_whatever_is_shown_after_whatever_is_shown_whole_and_coloured(
    qapp: object, programs: list[list[str]]
) -> None:
    view = CodeView(Theme())
    for _before, after in pairwise([[], *programs]):
        view.show_lines(after)
        view.light([2, 5])
        assert view.toPlainText() == "\n".join(after)
        fresh = CodeView(Theme())
        fresh.show_lines(after)
        lines = range(len(after))
        assert [colours_of(view, n) for n in lines] == [colours_of(fresh, n) for n in lines]


def test_letters_are_equally_wide_and_chinese_ones_are_there(view: CodeView) -> None:
    metrics = view.fontMetrics()
    assert metrics.horizontalAdvance("iiii") == metrics.horizontalAdvance("MMMM")
    assert QFontInfo(view.font()).pixelSize() >= 13


def test_a_person_selects_with_the_mouse_copies_and_changes_nothing(qtbot: QtBot, view: CodeView) -> None:
    view.show_lines(PROGRAM)
    start = view.ground(5)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, round(start.center().y())))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(view, "xyz")
    assert QGuiApplication.clipboard().text() == "optimizer"
    assert view.toPlainText() == "\n".join(PROGRAM)


def test_whoever_copies_all_of_it_is_heard(qtbot: QtBot, view: CodeView) -> None:
    view.show_lines(PROGRAM)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(view, Qt.Key.Key_A, control)
    with qtbot.waitSignal(view.all_copied):
        qtbot.keyClick(view, Qt.Key.Key_C, control)
    assert QGuiApplication.clipboard().text() == "\n".join(PROGRAM)
    select(view, 5)
    with qtbot.assertNotEmitted(view.all_copied):
        qtbot.keyClick(view, Qt.Key.Key_C, control)


def test_whoever_copies_all_of_it_from_the_menu_is_heard_too(qtbot: QtBot, view: CodeView) -> None:
    view.show_lines(PROGRAM)
    view.selectAll()
    for is_all in (True, False):
        menu = view.menu(QPoint(5, 5))
        copy = menu.findChild(QAction, COPY)
        assert isinstance(copy, QAction)
        with qtbot.waitSignal(view.all_copied) if is_all else qtbot.assertNotEmitted(view.all_copied):
            copy.trigger()
        assert QGuiApplication.clipboard().text() == ("\n".join(PROGRAM) if is_all else PROGRAM[5])
        menu.deleteLater()
        select(view, 5)


def test_a_word_too_long_for_a_narrow_pane_is_broken_and_nothing_goes_beyond_it(view: CodeView) -> None:
    view.show_lines(["long = " + "x" * 200])
    assert not view.horizontalScrollBar().isVisible()
    assert len(view.continued()) > 2
