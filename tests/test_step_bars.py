"""The bars of a step: names stand apart from the numbers that they belong to."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.app import create_app
from gui.panels.step_bars import LINE, StepBars, StepRow
from gui.theme import GRADIENT, Theme

ROWS = [StepRow("gradient", GRADIENT, (1743.0, -1743.0)), StepRow("this step", GRADIENT, (0.5, 0.25))]


def shown(qtbot: QtBot, columns: tuple[str, str], width: int = 340) -> StepBars:
    create_app([])
    bars = StepBars(Theme())
    qtbot.addWidget(bars)
    bars.show_rows(columns, ROWS)
    bars.resize(width, bars.sizeHint().height())
    bars.show()
    return bars


def gaps(bars: StepBars, line: int) -> list[tuple[int, int]]:
    """Where nothing is painted in a line of the bars, from pixel to pixel."""
    image = bars.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1)[:, : image.width()]
    rows = pixels[line * LINE : (line + 1) * LINE]
    inked = np.flatnonzero((np.abs(rows.astype(int) - int(rows[0, -1])) > 40).any(axis=0))
    ends = np.flatnonzero(np.diff(inked) > 1)
    return [(int(inked[end]), int(inked[end + 1])) for end in ends]


@pytest.mark.parametrize("columns", [("w1", "w3"), ("w10", "b"), ("w1[0, 3]", "b2[0]")])
def test_longer_names_stand_above_their_columns_and_short_ones_beside_the_number(
    qtbot: QtBot, columns: tuple[str, str]
) -> None:
    bars, short = shown(qtbot, columns), shown(qtbot, ("w", "b"))
    assert bars.sizeHint().height() == short.sizeHint().height() + LINE
    assert gaps(bars, 0) != gaps(short, 0)
    metrics = bars.fontMetrics()
    assert max(end - begin for begin, end in gaps(bars, 0)) > metrics.averageCharWidth()


def test_the_letter_before_a_number_does_not_touch_it(qtbot: QtBot) -> None:
    bars = shown(qtbot, ("w", "b"))
    wide = [end - begin for begin, end in gaps(bars, 0) if end - begin >= 7]
    assert len(wide) >= 4  # behind the row's name, behind both letters, and before the second one
