"""The inside of a step in a window of 1024x768: nothing is cut off, and nothing lies upon something else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.choices.phases import PHASES
from core.experiment import Settings
from core.texts import LANGUAGES, use_language
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.widgets.formula_label import FormulaLabel
from gui.widgets.still_label import StillLabel
from tests.inside_room import formulas_without_room, graph_without_room, tensors_without_room
from tests.room import whole
from tests.windows import action, opened, part

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SMALL = (1016, 728)  # what a desktop leaves of 1024x768
CARDS = ("graph_card", "tensors_card", "program_card")
CHOICES = ("residuals", "formula_parameter")  # not behind the last button of a bar
CASES = (
    Settings(optimizer="adam", standardise=True),
    Settings(model="mlp", optimizer="nadam", loss="smooth_l1", l1=0.1, options={"mlp.layers": 2}),
)


def notes_without_room(window: MainWindow) -> list[str]:
    lines = [line for card in CARDS for line in part(window, QWidget, card).findChildren(StillLabel)]
    return [line.text() for line in lines if line.isVisible() and line.text() and not whole(line)]


def without_room(window: MainWindow) -> list[str]:
    return [
        *graph_without_room(window, Theme()),
        *tensors_without_room(window),
        *formulas_without_room(window),
        *notes_without_room(window),
        *(name for name in CHOICES if not part(window, QWidget, name).isVisible()),
    ]


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the step is shown, and its formulas are there."""
    session, workspace = window.session, window.workspace
    qtbot.waitUntil(lambda: not (session.loading or session.running or workspace.busy))
    qtbot.waitUntil(lambda: all(label.typeset for label in window.findChildren(FormulaLabel)))
    for _time in range(3):  # formulas have grown, and then what is around them
        QApplication.processEvents()


def walk(qtbot: QtBot, cases: Sequence[Settings]) -> None:
    """Go through a step of each of these phase by phase, and into the next one."""
    with opened(qtbot, settings=cases[0], mode="inside") as window:
        window.resize(*SMALL)
        for settings in cases:
            window.store.apply(lambda _before, settings=settings: settings)
            for place in range(len(PHASES) + 1):
                settle(qtbot, window)
                before = window.session.inside
                action(window, "phase").trigger()
                qtbot.waitUntil(lambda before=before: window.session.inside is not before)
                settle(qtbot, window)
                assert without_room(window) == [], (settings, place)


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_phase_has_room_for_all_that_it_shows(qtbot: QtBot, code: str) -> None:
    use_language(code)
    walk(qtbot, CASES)
