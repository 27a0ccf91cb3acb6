"""A number with its name: the number is never cut, and its name has the room that is left."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.readout import Readout
from gui.widgets.still_label import StillLabel

WIDEST = "0.000×10⁻⁰⁰"


@pytest.fixture
def readout(qtbot: QtBot) -> Readout:
    made = Readout("readout_loss", "loss", WIDEST, "", Theme(), "0.0")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    with qtbot.waitExposed(made):
        made.show()
    return made


def caption(readout: Readout) -> StillLabel:
    (found,) = (label for label in readout.findChildren(StillLabel) if label is not readout.value)
    return found


def is_whole(label: StillLabel) -> bool:
    """Whether all of a text is seen."""
    return label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_with_room_the_value_stays_where_it_is_whatever_it_is(readout: Readout) -> None:
    places = set()
    for text in ("–", "8.396", WIDEST):
        readout.show_text(text)
        places.add((caption(readout).geometry().getRect(), readout.value.geometry().getRect()))
        assert is_whole(caption(readout))
        assert is_whole(readout.value)
    assert len(places) == 1


def test_where_there_is_no_room_for_all_digits_the_value_has_fewer_and_the_name_is_whole(
    readout: Readout,
) -> None:
    readout.resize(readout.minimumSizeHint())
    place = readout.value.pos()
    readout.show_text("8.396", ["8.40", "8.4", "8"])
    assert is_whole(caption(readout))
    assert readout.value.shown() == "8.4"
    readout.resize(readout.sizeHint())
    assert readout.value.shown() == "8.396"
    assert readout.value.pos() == place


def test_a_name_above_a_column_of_values_leaves_its_room_to_the_value(readout: Readout) -> None:
    readout.resize(readout.minimumSizeHint())
    readout.name_elsewhere(True)
    readout.show_text("8.396", ["8.40", "8.4", "8"])
    assert readout.value.shown() == "8.396"
    assert caption(readout).isHidden()
