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
    made = Readout("readout_loss", "loss", WIDEST, "", Theme(), shrinks=True)
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


def test_where_there_is_no_room_for_both_the_name_gives_way_to_a_wide_value_alone(readout: Readout) -> None:
    readout.resize(readout.minimumSizeHint())
    readout.show_text("8.396")
    assert is_whole(caption(readout))
    assert is_whole(readout.value)
    readout.show_text(WIDEST)
    assert not is_whole(caption(readout))
    assert is_whole(readout.value)


def test_a_narrower_value_leaves_it_in_its_place(readout: Readout) -> None:
    readout.resize(readout.minimumSizeHint())
    readout.show_text(WIDEST)
    place = readout.value.pos()
    readout.show_text("8.396")
    assert readout.value.pos() == place
