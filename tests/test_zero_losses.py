"""Losses of exactly 0 on a logarithmic axis: they are on the lower edge, marked, and no curve ends there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QPointF
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings, load_experiment
from core.texts import use_language
from core.training.history import Series
from gui.main_window import MainWindow
from gui.plots.decimation import BLOCK, Extremes
from gui.plots.history_curve import HistoryCurve
from gui.plots.loss_plot import DECADES, LossPlot
from gui.plots.rate_plot import RatePlot
from gui.plots.zero_marks import APART, EXACTLY_ZERO, SIZE
from gui.theme import Theme
from tests.windows import action, opened, part, wait_for_rest

PERFECT_FIT = Path(__file__).parent / "messy" / "perfect_fit.fit.json"
# w and b each go a quarter of the way with each step, and then the residual is exactly 0.
MEETS = Points([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0])
MAE = Settings(
    loss="mae", optimizer="sgd", learning_rate=0.125, start="zeros", steps=30, validation=0.25, seed=1
)


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    return shown(qtbot, LossPlot(Theme()))


def shown(qtbot: QtBot, plot: LossPlot) -> LossPlot:
    qtbot.addWidget(plot)
    plot.resize(480, 420)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def series(values: object) -> Series:
    numbers = np.asarray(values, dtype=np.float64)
    return Series(numbers, numbers, 1, len(numbers))


def show(plot: LossPlot, losses: object, step: int | None = None) -> None:
    known = series(losses)
    plot.show_history(known, None, None, known.steps if step is None else step)


def drawn(curve: HistoryCurve) -> tuple[np.ndarray, np.ndarray]:
    x, y = curve.trace.getData()
    return np.asarray(x), np.asarray(y)


def marks(curve: HistoryCurve) -> np.ndarray:
    return np.asarray(curve.zeros.getData()[0]) if curve.zeros.isVisible() else np.empty(0)


def above_the_edge(plot: LossPlot | RatePlot, height: float) -> float:
    """How many pixels a height is above the lower edge of the data."""
    down = plot.to_pixels(np.array([0.0]), np.array([height]))[1][0]
    return plot.area().bottom() - float(down)


def assert_on_the_edge(plot: LossPlot, curve: HistoryCurve, losses: np.ndarray) -> None:
    """Every zero is on the lower edge and the curve goes through it; everything else is at its logarithm."""
    x, y = drawn(curve)
    assert np.isfinite(y).all()
    assert curve.trace.opts["connect"] == "all"
    seen = losses[x.astype(int) - 1]
    assert (seen == 0).any()
    for height in set(y[seen == 0]):
        assert 0 <= above_the_edge(plot, height) <= SIZE
    assert y[seen > 0] == pytest.approx(np.log10(seen[seen > 0]))


def by_torch(experiment: Points, settings: Settings) -> np.ndarray:
    """The loss before each of the steps, by a program written anew."""
    x = torch.tensor(experiment.x, dtype=torch.float32).reshape(-1, 1)
    y = torch.tensor(experiment.y, dtype=torch.float32).reshape(-1, 1)
    w, b = start_of(settings)
    optimizer = torch.optim.LBFGS([w, b], lr=settings.learning_rate)
    losses: list[float] = []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = ((x @ w.T + b - y) ** 2).mean()
        loss.backward()
        return loss

    for _step in range(settings.steps or 0):
        losses.append(float(optimizer.step(closure).item()))
    return np.array(losses)


def start_of(settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    """The start values of a line, drawn as the program draws them."""
    from core.training import Trainer

    arrays = Trainer(Points([0.0], [0.0]), settings).latest.arrays
    w, b = (torch.tensor(array, dtype=torch.float32, requires_grad=True) for array in arrays)
    return w, b


# --- through the window -----------------------------------------------------------------------------------


@pytest.fixture
def perfect(qtbot: QtBot) -> Iterator[MainWindow]:
    experiment = load_experiment(PERFECT_FIT)
    with opened(qtbot, experiment.points, experiment.settings) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        yield window


def test_a_perfect_fit_goes_on_along_the_lower_edge(perfect: MainWindow) -> None:
    experiment = load_experiment(PERFECT_FIT)
    losses = by_torch(experiment.points, experiment.settings)
    assert losses[0] > 0
    assert (losses[2:] == 0).all()  # or this test shows nothing
    plot = part(perfect, LossPlot, "loss_plot")
    assert drawn(plot.losses)[0].tolist() == list(range(1, 41))
    assert_on_the_edge(plot, plot.losses, losses)
    assert set(marks(plot.losses)) <= set(np.flatnonzero(losses == 0) + 1)
    assert plot.losses.dot.isVisible()
    assert 0 <= above_the_edge(plot, plot.losses.dot.y()) <= SIZE
    assert np.isfinite(plot.view()).all()


def test_the_edge_and_the_marks_follow_zoom_and_pan(perfect: MainWindow) -> None:
    experiment = load_experiment(PERFECT_FIT)
    losses = by_torch(experiment.points, experiment.settings)
    plot = part(perfect, LossPlot, "loss_plot")
    middle = plot.area().center()
    for move in (
        lambda: plot.zoom(middle, 0.5),
        lambda: plot.pan(middle, QPointF(0.0, -60.0)),
        lambda: plot.pan(middle, QPointF(0.0, 300.0)),
        lambda: plot.zoom(QPointF(2.0, middle.y()), 40.0),
        plot.fit_view,
    ):
        move()
        assert_on_the_edge(plot, plot.losses, losses)
        places = marks(plot.losses)
        low, high = plot.view()[0]
        assert len(places)
        assert ((places >= low) & (places <= high)).all()
        assert (np.diff(places) / plot.pixel_size()[0] >= APART / 2).all()


@pytest.mark.parametrize(("language", "words"), [("en", "exactly 0"), ("zh_CN", "恰好为 0")])
def test_the_marks_are_explained(qtbot: QtBot, language: str, words: str) -> None:
    use_language(language)
    plot = shown(qtbot, LossPlot(Theme()))
    show(plot, [2.0, 1.0, 0.5])
    assert EXACTLY_ZERO not in [entry.key for entry in plot.legend.shown]
    show(plot, [2.0, 1.0, 0.5, 0.0])
    assert [entry.text for entry in plot.legend.shown if entry.key == EXACTLY_ZERO] == [words]
    plot.show_mark(4)
    assert words in plot.readout.text()
    plot.show_logarithmic(False)  # there 0 has a height
    assert EXACTLY_ZERO not in [entry.key for entry in plot.legend.shown]
    assert not len(marks(plot.losses))


def test_held_out_losses_and_ghosts_have_their_zeros_too(qtbot: QtBot) -> None:
    # By hand: w = b = 0, |w + b - 1| has the slope -1 for both, and 4 steps of 0.125 for each make up for 1.
    losses = np.append([1.0, 0.75, 0.5, 0.25], np.zeros(26))
    held = np.append([0.75, 0.5, 0.25], np.zeros(27))
    with opened(qtbot, MEETS, MAE) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        plot = part(window, LossPlot, "loss_plot")
        assert_on_the_edge(plot, plot.losses, losses)
        assert_on_the_edge(plot, plot.validation, held)
        assert len(marks(plot.losses))
        assert len(marks(plot.validation))
        window.session.go_to(3)
        qtbot.waitUntil(lambda: plot.step == 3)
        assert drawn(plot.losses)[1] == pytest.approx(np.log10(losses[:3]))
        window.store.change(learning_rate=0.01)
        action(window, "step").trigger()
        qtbot.waitUntil(lambda: window.session.ghost is not None)
        x, y = drawn(plot.ghost)
        assert x.tolist() == list(range(3, 31))
        assert np.isfinite(y).all()
        assert 0 <= above_the_edge(plot, y[-1]) <= SIZE
        assert set(marks(plot.ghost)) <= set(range(5, 31))
        assert len(marks(plot.ghost))


# --- the parts --------------------------------------------------------------------------------------------


def test_a_run_of_nothing_but_zeros_is_seen(plot: LossPlot) -> None:
    show(plot, np.zeros(8))
    assert plot.view()[1] == DECADES
    x, y = drawn(plot.losses)
    assert 0 <= above_the_edge(plot, y[0]) <= SIZE
    assert (x[0], x[-1], y[0]) == (1, 8, y[-1])


def test_the_range_is_that_of_what_has_a_height(plot: LossPlot) -> None:
    show(plot, [4.0, 1e-3, 0.0, 0.0, 2.0])
    low, high = plot.view()[1]
    assert -5 < low <= -3
    assert np.log10(4.0) <= high < 2
    plot.fit_view()
    assert -5 < plot.view()[1][0] <= -3


@pytest.mark.parametrize("at", [1, 63, 64, 65, 499_999, 999_999])
def test_one_zero_in_a_million_is_drawn_and_marked(plot: LossPlot, at: int) -> None:
    losses = np.full(1_000_000, 0.5)
    losses[at - 1] = 0.0
    show(plot, losses)
    x, y = drawn(plot.losses)
    lowest = int(np.argmin(y))
    assert 0 <= above_the_edge(plot, y[lowest]) <= SIZE
    assert abs(x[lowest] - at) <= 2 * plot.pixel_size()[0]
    assert marks(plot.losses) == pytest.approx([x[lowest]])


@given(
    st.lists(st.sampled_from([0.0, 1e-30, 0.5, np.nan, np.inf]), min_size=1, max_size=5 * BLOCK),
    st.integers(1, 9),
    st.sampled_from([1, 2, 4]),
)
def test_no_zero_is_lost_and_none_is_in_the_range(losses: list[float], pixels: int, stride: int) -> None:
    values = np.array(losses)
    parts = [values[start : start + stride] for start in range(0, len(values), stride)]
    low, high = (np.array([find.reduce(part) for part in parts]) for find in (np.fmin, np.fmax))
    extremes = Extremes()
    extremes.take(Series(low, low if stride == 1 else high, stride, len(values)))
    _x, least, _greatest = extremes.columns(0, len(values), pixels, True)
    assert (least == 0).any() == extremes.has_zero() == (values == 0).any()
    extent = extremes.extent(True)
    positive = values[np.isfinite(values) & (values > 0)]
    assert extent is None or extent[0] > 0
    if stride == 1:
        assert extent == ((positive.min(), positive.max()) if len(positive) else None)


def test_a_rate_of_nothing_stands_on_the_lower_edge_of_its_strip(plot: LossPlot) -> None:
    plot.show_history(series([4.0, 3.0, 2.0, 2.0]), None, series([0.1, 0.05, 0.0, 0.0]), 4)
    QCoreApplication.processEvents()  # the strip gets its room
    strip = plot.rates
    _x, y = drawn(strip.curve)
    low, high = strip.box.viewRange()[1]
    pixel = (high - low) / strip.area().height()
    assert np.isfinite(y).all()
    assert low <= y[2] == y[3] <= low + SIZE * pixel
    assert set(marks(strip.curve)) == {3.0, 4.0}


def test_the_search_of_a_rate_has_its_zeros_too(qtbot: QtBot) -> None:
    plot = RatePlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_losses(np.array([1e-3, 1e-2, 1e-1, 1.0]), np.array([1.0, 0.01, 0.0, np.inf]))
    x, y = plot.trace.getData()
    assert x == pytest.approx([-3, -2, -1])
    assert y[:2] == pytest.approx([0, -2])
    assert 0 <= above_the_edge(plot, y[2]) <= SIZE
    assert plot.zeros.getData()[0] == pytest.approx([-1])
    assert [entry.key for entry in plot.legend.shown] == [EXACTLY_ZERO]
    plot.show_rate(0.1)
    assert above_the_edge(plot, plot.marker.y()) == pytest.approx(above_the_edge(plot, y[2]))
    plot.show_losses(np.array([1e-3, 1e-2]), np.array([1.0, 0.5]))
    assert not plot.legend.shown
    assert not plot.zeros.isVisible()


def test_without_any_mark_nothing_is_in_sight(plot: LossPlot) -> None:
    show(plot, [2.0, 1.0])
    assert not plot.losses.zeros.isVisible()
    show(plot, [2.0, 0.0])
    assert plot.losses.zeros.isVisible()
    plot.clear()
    assert not plot.losses.zeros.isVisible()
