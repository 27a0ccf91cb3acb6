"""A monkey at the window: whatever it does, nothing goes wrong that a person should never meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.monkey.faults import Faults
from tests.monkey.monkey import LOOKS, Monkey

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SEED = 15
ACTS = 500
MOST_LEFT = 12  # actions in so few acts: which ones they are changes with all that a window has
LONGEST = 900  # seconds, on a machine that does other things too
AGAIN = "python -m tests.long.run_monkey --seed {seed} --actions {number} --stop"


@pytest.mark.timeout(LONGEST)
def test_nothing_goes_wrong_whatever_a_monkey_does(qapp: QApplication, tmp_path: Path) -> None:
    font, palette, hints = qapp.font(), qapp.palette(), QGuiApplication.styleHints()
    between = hints.mouseDoubleClickInterval()
    hints.setMouseDoubleClickInterval(1)
    with Faults() as faults:
        monkey = Monkey(SEED, tmp_path, faults)
        try:
            for number in range(1, ACTS + 1):
                monkey.open()
                act = monkey.choose()
                monkey.do(act)
                assert not faults.seen, f"{act}: {AGAIN.format(seed=SEED, number=number)}\n" + faults.seen[0]
        finally:
            monkey.close()
            hints.setMouseDoubleClickInterval(between)
            qapp.setFont(font)
            qapp.setPalette(palette)
    assert not faults.seen
    left = [name for name in monkey.curiosity.actions_left() if not name.startswith(LOOKS)]
    assert len(left) <= MOST_LEFT, left
