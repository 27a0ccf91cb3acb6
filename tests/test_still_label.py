"""A line of text that stays where it is, whatever it says."""

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.app import create_app
from gui.theme import Theme
from gui.widgets.still_label import StillLabel


def picture(qtbot: QtBot, text: str) -> QImage:
    """The first letter of `text`, as it is drawn."""
    label = StillLabel("y" * 8)
    label.setFont(Theme().font(bold=True))
    qtbot.addWidget(label)
    label.setText(text)
    label.resize(label.sizeHint())
    letter = label.fontMetrics().horizontalAdvance("y")
    return label.grab().toImage().copy(0, 0, letter, label.height())


def test_chinese_letters_do_not_push_the_others_out_of_sight(qtbot: QtBot) -> None:
    create_app([])
    assert picture(qtbot, "y 参数") == picture(qtbot, "y = x")


@pytest.mark.parametrize("shown", ["7.514×10⁻⁶", "7.5×10⁻⁶", "8×10⁻⁶"])
def test_a_number_without_room_loses_digits_and_never_its_power(qtbot: QtBot, shown: str) -> None:
    create_app([])
    pictures = []
    for text, shorter in (("7.514×10⁻⁶", ["7.51×10⁻⁶", "7.5×10⁻⁶", "8×10⁻⁶"]), (shown, [])):
        label = StillLabel()
        label.setFont(Theme().font(bold=True, digits=True))
        qtbot.addWidget(label)
        label.resize(label.fontMetrics().horizontalAdvance(shown), label.sizeHint().height())
        label.setText(text)
        label.show_shorter(shorter)
        pictures.append(label.grab().toImage())
    assert pictures[0] == pictures[1]
