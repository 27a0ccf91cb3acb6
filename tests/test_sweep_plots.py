"""The pictures of a sweep: colours that tell losses, curves that fade, and what explains them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from core.experiment import Settings, generate
from core.training.sweep_plan import SweepPlan
from gui.plots.fan import FAINTEST, STRONGEST, strengths
from gui.plots.heat_map import LOST, Scale, cells, colour_table, scale_of
from gui.plots.sweep_plot import SweepPlot
from gui.theme import MODEL, Theme
from gui.widgets.colour_scale import ColourScale
from tests.sweeps import row, swept

POINTS = generate("line")
SGD = Settings(optimizer="sgd")


def test_the_cells_have_the_colours_of_their_losses() -> None:
    losses_seen = np.array([[1.0, 0.1, 0.01], [1.0, 100.0, np.inf]])
    scale = scale_of(losses_seen)
    assert scale == Scale(-2.0, pytest.approx(0.3), open=True)
    numbers = cells(losses_seen, scale)
    assert numbers[0, 2] == 0
    assert numbers[1, 1] == LOST - 1
    assert numbers[1, 2] == LOST
    assert numbers[0, 1] == int((1.0 / 2.3) * (LOST - 1))
    theme = Theme()
    table = colour_table(theme)
    assert table[0] == QColor(theme.deep_heights[0]).rgb()
    assert table[LOST - 1] == QColor(theme.deep_heights[-1]).rgb()
    assert table[LOST] == QColor(theme.zone_tints["diverging"]).rgb()


@pytest.mark.parametrize(("lowest", "deeper"), [(0.5, False), (1e-9, True), (0.0, True)])
def test_the_first_colour_says_whether_there_are_lower_losses(lowest: float, deeper: bool) -> None:
    losses_seen = np.array([[1.0, 0.75], [1.0, lowest]])
    scale = scale_of(losses_seen)
    assert scale.deeper == deeper
    assert cells(losses_seen, scale)[1, 1] == 0


@pytest.mark.parametrize("value", [0.0, 3.0, np.nan])
def test_losses_that_are_all_alike_have_a_scale_too(value: float) -> None:
    scale = scale_of(np.full((3, 4), value))
    assert scale.low < scale.high
    assert not scale.open


def test_the_worse_a_run_the_fainter_its_curve() -> None:
    drawn = strengths(np.array([0.1, 0.2, 1.0, 1e9, np.inf]))
    assert drawn[0] == STRONGEST
    assert drawn[0] > drawn[1] > drawn[2] > drawn[3] == pytest.approx(FAINTEST)
    assert drawn[4] == 0
    assert strengths(np.full(3, np.inf)).tolist() == [0, 0, 0]


def test_the_colours_are_explained_once_there_are_any(qtbot: QtBot) -> None:
    theme = Theme()
    scale = ColourScale(theme)
    qtbot.addWidget(scale)
    scale.resize(scale.sizeHint())
    pictures = []
    for shown in (None, Scale(-2.0, 1.0), Scale(-2.0, 1.0, open=True), Scale(-2.0, 1.0, deeper=True)):
        scale.show_scale(shown)
        pictures.append(scale.grab().toImage())
    none, ended, endless, deeper = pictures
    assert colours(none) == {none.pixelColor(0, 0).name()}
    assert QColor(MODEL).name() in colours(ended)
    assert QColor(theme.zone_tints["diverging"]).name() in colours(ended)
    assert {name for name in colours(ended) if near(name, theme.deep_heights[0])}
    assert {name for name in colours(ended) if near(name, theme.deep_heights[-1])}
    assert ended != endless
    assert ended != deeper


def colours(picture: QImage) -> set[str]:
    """Those in the middle of a picture, from left to right."""
    return {picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width())}


def near(one: str, other: str) -> bool:
    """Whether two colours can hardly be told apart."""
    pairs = zip(QColor(one).getRgb()[:3], QColor(other).getRgb()[:3], strict=True)
    return all(abs(a - b) <= 4 for a, b in pairs)


def test_each_row_is_painted_in_the_colours_of_its_run(qtbot: QtBot) -> None:
    theme = Theme()
    plot = SweepPlot(theme)
    qtbot.addWidget(plot)
    plot.resize(500, 400)
    with qtbot.waitExposed(plot):
        plot.show()
    view = swept(POINTS, SGD, SweepPlan(steps=400)).view(np.empty(0))
    plot.show_plan(view.plan)
    plot.show_view(view)
    picture = plot.grab().toImage()
    table, numbers = colour_table(theme), cells(view.losses, plot.scale)
    offset = plot.viewport().pos()
    for run in (2, 20, 30):
        for across in (0.3, 0.8):
            place = (row(plot, run, across) + QPointF(offset)).toPoint()
            step = int(across * view.plan.steps)
            near = {table[number] for number in numbers[run, step - 5 : step + 5]}
            assert picture.pixelColor(place).rgb() in near


def test_what_the_colours_mean_goes_into_a_second_line_before_it_is_cut(qtbot: QtBot) -> None:
    scale = ColourScale(Theme())
    qtbot.addWidget(scale)
    scale.show_scale(Scale(-2.0, 1.0, open=True))
    wide = scale.sizeHint().width()
    narrow = wide * 2 // 3
    assert scale.heightForWidth(narrow) == 2 * scale.heightForWidth(wide)
    scale.resize(narrow, scale.heightForWidth(narrow))
    picture = scale.grab().toImage()
    line = picture.height() // 2
    above, below = (picture.copy(0, top, picture.width(), line) for top in (0, line))
    assert QColor(MODEL).name() not in colours(above)
    assert QColor(MODEL).name() in colours(below)
