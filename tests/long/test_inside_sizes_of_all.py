"""The inside of a step in a window of 1024x768, of each model with each optimizer, and with each loss."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.experiment import Settings
from core.texts import LANGUAGES, use_language
from tests.test_inside_sizes import walk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

DEEP = {"mlp.layers": 2, "polynomial.degree": 5}


def options(model: str) -> dict[str, int]:
    return {key: value for key, value in DEEP.items() if key.startswith(model)}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_optimizer_has_room_for_all_that_a_step_shows(qtbot: QtBot, code: str, model: str) -> None:
    use_language(code)
    walk(qtbot, [Settings(model=model, optimizer=each, options=options(model)) for each in OPTIMIZERS])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_loss_has_room_for_all_that_a_step_shows(qtbot: QtBot, code: str, model: str) -> None:
    use_language(code)
    cases = [Settings(model=model, loss=each, l1=0.1, standardise=True) for each in LOSSES]
    walk(qtbot, cases)
