"""A dialog is there once, and can be asked for again after its making has failed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.problem import Problem
from gui.dialogs import sweep_form
from gui.widgets.fields import CountField
from tests.windows import message, opened, part, plot_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SWEEP = Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LARGEST_SEED = 2**31 - 1


def test_a_dialog_whose_making_failed_can_be_asked_for_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise Problem("There is no room for it.")

    with opened(qtbot, settings=Settings(seed=LARGEST_SEED)) as window:
        with monkeypatch.context() as broken:
            broken.setattr(sweep_form, "usual_plan", fail)
            qtbot.keyClick(plot_of(window), *SWEEP)
            assert message(window) == "There is no room for it."
        for _time in range(2):
            qtbot.keyClick(plot_of(window), *SWEEP)
            dialog = part(window, QDialog, "sweep_dialog")
            assert dialog.isVisible()
            last = (
                part(dialog, CountField, "sweep_seed_low").value()
                + part(dialog, CountField, "sweep_runs").value()
                - 1
            )
            assert last == LARGEST_SEED
        assert len([d for d in window.findChildren(QDialog) if d.isVisible()]) == 1
        dialog.reject()
