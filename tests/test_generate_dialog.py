"""The dialog that makes points, used as a person uses it."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import GENERATORS, generate
from gui.dialogs.generate_dialog import MOST_SHOWN, GenerateDialog
from gui.theme import DATA, Theme
from gui.widgets.fields import CountField

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # of the platform without a screen

T = TypeVar("T", bound=QWidget)
FIELDS = ("generate_count", "generate_noise", "generate_outliers", "generate_seed")


@pytest.fixture(params=[Theme(), Theme(dark=True, scale=2.0)], ids=["light", "dark and large"])
def dialog(request: pytest.FixtureRequest, qtbot: QtBot) -> GenerateDialog:
    made = GenerateDialog(request.param)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def part(dialog: GenerateDialog, kind: type[T], name: str) -> T:
    found = dialog.findChild(kind, name)
    assert found is not None
    return found


def choose(qtbot: QtBot, dialog: GenerateDialog, key: str) -> None:
    """Go to a row of the list with the keyboard."""
    box = part(dialog, QComboBox, "generator")
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _press in range(list(GENERATORS).index(key)):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def write(qtbot: QtBot, dialog: GenerateDialog, name: str, text: str, enter: bool = True) -> None:
    """Type into a field as a person does."""
    field = part(dialog, QAbstractSpinBox, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    if enter:
        qtbot.keyClick(field, Qt.Key.Key_Tab)


def press(qtbot: QtBot, dialog: GenerateDialog, name: str) -> None:
    qtbot.mouseClick(part(dialog, QAbstractButton, name), Qt.MouseButton.LeftButton)


def shown(dialog: GenerateDialog) -> np.ndarray:
    """The coordinates of the dots in the preview, `[n, 2]`."""
    plot = part(dialog, pg.PlotWidget, "generate_preview")
    (dots,) = [item for item in plot.plotItem.items if isinstance(item, pg.ScatterPlotItem)]
    assert dots.opts["brush"].color().name() == DATA.lower()
    return np.column_stack(dots.getData())


def test_it_opens_on_points_that_can_be_used_at_once(qtbot: QtBot, dialog: GenerateDialog) -> None:
    assert dialog.points() == generate("line")
    press(qtbot, dialog, "generate_ok")
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.points() == generate("line")
    assert dialog.points().source == "generated: line, seed 1"


@pytest.mark.parametrize("key", GENERATORS)
def test_every_kind_can_be_chosen_and_is_shown_with_its_own_defaults(
    qtbot: QtBot, dialog: GenerateDialog, key: str
) -> None:
    choose(qtbot, dialog, key)
    wanted = generate(key)
    assert dialog.points() == wanted
    assert np.array_equal(shown(dialog), np.column_stack((wanted.x[:, 0], wanted.y)))
    assert part(dialog, QLabel, "generate_tip").text() == GENERATORS[key].tip


def test_what_is_written_in_the_fields_makes_the_points(qtbot: QtBot, dialog: GenerateDialog) -> None:
    for name, text in zip(FIELDS, ("50", "0.1", "0.2", "42"), strict=True):
        write(qtbot, dialog, name, text)
    wanted = generate("line", {"count": 50, "noise": 0.1, "outliers": 0.2, "seed": 42})
    assert dialog.points() == wanted
    assert len(shown(dialog)) == 50


def test_another_kind_keeps_the_count_and_the_seed(qtbot: QtBot, dialog: GenerateDialog) -> None:
    write(qtbot, dialog, "generate_count", "33")
    write(qtbot, dialog, "generate_seed", "9")
    write(qtbot, dialog, "generate_noise", "2")
    choose(qtbot, dialog, "sine")
    assert dialog.points() == generate("sine", {"count": 33, "seed": 9})


def test_a_number_still_being_typed_counts_when_the_points_are_used(
    qtbot: QtBot, dialog: GenerateDialog
) -> None:
    write(qtbot, dialog, "generate_count", "77", enter=False)
    dialog.accept()
    assert len(dialog.points()) == 77


def test_the_return_key_uses_the_points(qtbot: QtBot, dialog: GenerateDialog) -> None:
    write(qtbot, dialog, "generate_count", "12", enter=False)
    qtbot.keyClick(part(dialog, CountField, "generate_count"), Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert len(dialog.points()) == 12


def test_the_die_throws_other_seeds(qtbot: QtBot, dialog: GenerateDialog) -> None:
    seeds = set()
    for _throw in range(5):
        press(qtbot, dialog, "generate_dice")
        seed = part(dialog, CountField, "generate_seed").value()
        assert dialog.points() == generate("line", {"seed": seed})
        seeds.add(seed)
    assert len(seeds) > 1


def test_escape_leaves_without_the_points(qtbot: QtBot, dialog: GenerateDialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_of_very_many_points_the_preview_shows_some(qtbot: QtBot, dialog: GenerateDialog) -> None:
    write(qtbot, dialog, "generate_count", "100000")
    assert len(dialog.points()) == 100_000
    assert len(shown(dialog)) == MOST_SHOWN


def test_a_count_out_of_range_cannot_be_written(qtbot: QtBot, dialog: GenerateDialog) -> None:
    write(qtbot, dialog, "generate_count", "100001")
    assert 1 <= len(dialog.points()) <= 100_000


def test_everything_a_person_uses_has_a_name_and_a_tooltip(dialog: GenerateDialog) -> None:
    names = (*FIELDS, "generator", "generate_dice", "generate_ok", "generate_cancel", "generate_preview")
    for name in names:
        widget = part(dialog, QWidget, name)
        assert widget.toolTip()
        assert widget.accessibleName() or widget.text()
