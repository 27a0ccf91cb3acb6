"""The window at all scales upon small screens: nothing beyond the screen, nothing important cut off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.insight.fit_measures import Measures
from core.texts import LANGUAGES, use_language
from gui.actions import make_actions
from gui.main_window import MainWindow
from gui.panels.fit_card import FitCard
from gui.preferences import Preferences
from gui.room import COLUMN, room_for
from gui.theme import Theme
from tests.room import cut_tabs, outside, overlapping, readouts_without_room
from tests.windows import action, opened, part, wait_for_rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

RUN = ("readout_step", "readout_epoch", "readout_loss", "readout_rate")
FIT = ("readout_r2", "readout_rmse", "readout_mae")
SMALL, LARGE = (1016, 728), (1912, 1040)  # what a desktop leaves of 1024x768 and 1920x1080
BESIDE = [(0, 0), (1, 0), (2, 0), (2, 1)]


def settle(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for _time in range(5):  # panels are arranged anew once the size is known, and then laid out
        QApplication.processEvents()


@pytest.mark.one_in(2)
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("scale", "size"), [("1.25", SMALL), ("2", SMALL), ("3", SMALL), ("3", LARGE)])
def test_everything_has_room_at_every_scale_in_every_mode(
    qtbot: QtBot, scale: str, size: tuple[int, int], code: str
) -> None:
    use_language(code)
    Preferences().put("scale", scale)
    with opened(qtbot, settings=Settings(validation=0.4), mode="simple") as window:
        settle(window, size)
        for _step in range(3):
            window.session.step()
            wait_for_rest(qtbot, window)
        for mode in ("simple", "full", "inside"):
            action(window, mode).trigger()
            settle(window, size)
            assert (window.width(), window.height()) == size
            assert not readouts_without_room(window, RUN)
            assert window.arrangement.seen("fit")
            assert not readouts_without_room(window, FIT)
            assert not outside(window)
            assert not overlapping(window)
            assert not cut_tabs(window)
            area = part(window, QDockWidget, "dock_settings").widget()
            assert isinstance(area, QScrollArea)
            assert not area.horizontalScrollBar().isVisible()


def test_panels_come_together_where_there_is_no_room_and_part_again(qtbot: QtBot) -> None:
    with opened(qtbot, mode="simple") as window:
        docks = {key: part(window, QDockWidget, f"dock_{key}") for key in ("settings", "fit", "loss")}
        settle(window, (1280, 720))
        before = docks["settings"].width()
        settle(window, (600, 500))
        assert docks["loss"] in window.tabifiedDockWidgets(docks["fit"])
        assert docks["settings"] not in window.tabifiedDockWidgets(docks["fit"])
        settle(window, (440, 500))
        assert docks["settings"] in window.tabifiedDockWidgets(docks["fit"])
        assert window.arrangement.seen("fit")
        settle(window, (1280, 720))
        assert docks["settings"].width() == pytest.approx(before, abs=4)
        assert docks["fit"].width() > docks["loss"].width() >= COLUMN


def test_the_measures_never_lie_upon_the_plot_however_wide_their_card_is(qtbot: QtBot) -> None:
    keeps_actions = QWidget()
    qtbot.addWidget(keeps_actions)
    card = FitCard(Theme(), make_actions(keeps_actions, Theme()))
    qtbot.addWidget(card)
    fit = Measures(60, 0.5, 0.5, 3.5, 3.1)
    card.show_measures(fit, fit)
    card.show()
    for width in (335, 252, 335, 252):
        card.resize(width, 154)
        QApplication.processEvents()
        below = part(card, QLabel, "readout_equation").parentWidget()
        assert not below.geometry().intersects(card.plot.geometry())


def test_a_squeezed_column_is_usable_in_a_larger_window(qtbot: QtBot) -> None:
    with opened(qtbot, mode="simple") as window:
        settle(window, (560, 400))
        settle(window, (400, 360))
        settle(window, (1280, 720))
        for key in ("settings", "fit", "loss"):
            assert part(window, QWidget, f"dock_{key}").width() >= 240


def test_a_sentence_without_room_ends_in_an_ellipsis_and_its_tooltip_has_all(qtbot: QtBot) -> None:
    with opened(qtbot, mode="simple") as window:
        settle(window, (600, 420))
        line = part(window, QWidget, "message")
        height = line.height()
        sentence = "One word after the other. " * 30
        window.warn(sentence.strip())
        assert line.height() == height
        assert line.text() == sentence.strip()  # type: ignore[attr-defined]
        assert "the other. One word" in line.toolTip()
        window.warn("Short.")
        assert not line.toolTip()


@pytest.mark.parametrize("name", ["theme_light", "theme_dark"])
def test_a_floated_panel_has_a_frame_and_a_docked_one_has_none(qtbot: QtBot, name: str) -> None:
    Preferences().put("theme", name.removeprefix("theme_"))
    with opened(qtbot, mode="simple") as window:
        dock, button = part(window, QDockWidget, "dock_loss"), part(window, QToolButton, "float_loss")
        accent = QColor(Theme(name == "theme_dark").accent)
        for floating in (True, False):
            button.click()
            QApplication.processEvents()
            image = dock.grab().toImage()
            for across in (0, image.width() - 1):
                assert (image.pixelColor(across, image.height() // 2) == accent) == floating


@pytest.mark.parametrize(
    ("size", "last", "stacks"),
    [((1280, 720), 2, True), ((600, 900), 1, True), ((600, 400), 1, False), ((300, 240), 0, False)],
)
def test_the_room_of_a_window(size: tuple[int, int], last: int, stacks: bool) -> None:
    room = room_for(BESIDE, QSize(*size))
    assert (room.last, room.stacks) == (last, stacks)
    assert room.place((2, 1)) == (last, int(stacks))
    assert bool(room.name) != room.everything
