"""The landscape of a window holds the run: start, path and goal, at first, while it runs, and by F."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from core.choices import LOSSES, MODELS
from core.experiment import Points, Settings
from core.insight.theory import Theory
from core.tables import load_data_set
from core.texts import _, use_language
from gui import last_theory
from gui.last_theory import LastTheory
from gui.main_window import MainWindow
from gui.plots.surface_plot import SurfacePlot
from gui.widgets.units_switch import UnitsSwitch
from gui.widgets.wrapped_note import WrappedNote
from tests.landscapes import landscape_of, pick, settle, survey_of, surveyor_of
from tests.mouse import turn_wheel
from tests.windows import LINE, PATIENCE, action, opened, part, plot_of, show_panel, snapshot, text, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

Floats = NDArray[np.float64]

STEPS = 25
WORK = 400_000  # predictions for a landscape: coarse ones do, since what is looked at is where they lie
SETTINGS = Settings(epochs=None, steps=STEPS, learning_rate=0.05, options={"mlp.width": 4})
WORLDS = {
    "engel": load_data_set("engel"),
    "nile": load_data_set("nile"),
    "longley": load_data_set("longley"),
    "dinosaur": load_data_set("datasaurus_dino"),
    "large y": Points(np.arange(-10.0, 11.0) / 10.0, 17_000.0 + 2_500.0 * np.sin(np.arange(21.0))),
    "constant x": Points(np.full(8, 3.0), np.arange(8.0)),
    "one point": Points([1.0], [2.0]),
    "line": LINE,
    "seconds": Points(1644488000.0 + np.arange(9.0), 835.0 + np.cos(np.arange(9.0))),
    "two points": Points([0.0, 1.0], [5.0, -3.0]),
}
# Every set of points, every loss and every model, each with and without standardising.
CASES = [
    pytest.param(name, model, loss, standardise, id=f"{name}, {model}, {loss}")
    for name, model, loss, standardise in zip(
        WORLDS, cycle(MODELS), cycle(LOSSES), cycle((False, True, True, False, False)), strict=False
    )
]


@pytest.fixture(autouse=True)
def coarse_landscapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.insight.landscape.WORK", WORK)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=SETTINGS) as made:
        settle(qtbot, made)
        yield made


def run(qtbot: QtBot, window: MainWindow) -> None:
    """Press Run, and wait for the end and all that follows."""
    action(window, "run").trigger()
    qtbot.waitUntil(lambda: window.session.stopped is not None, timeout=PATIENCE)
    settle(qtbot, window)


def press_f(window: MainWindow) -> None:
    """Press F as the window system hands it on, shortcuts first."""
    from PySide6.QtTest import QTest

    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_F)


def numbers_shown(window: MainWindow) -> Floats:
    """Where all steps that are kept are on the plane `[m, 2]`, from their parameters."""
    way, plane = window.session.way, surveyor_of(window).plane
    assert way is not None
    assert plane is not None
    if plane.names == ("w", "b"):
        start = window.session.start
        assert start is not None
        curve = start.curve
        found = [curve.in_data_units(curve.arrays(row), start.scaling) for row in way.numbers]
        return np.array([[row["w"], row["b"]] for row in found], dtype=np.float64)
    return plane.places(way.numbers)


def best(window: MainWindow) -> Floats | None:
    """Where least squares are, of a line without a degenerate x, in the units of the data."""
    points, settings = window.store.points, window.store.settings
    x, y = points.x[:, 0], points.y
    if settings.model != "line" or settings.loss != "mse" or len(np.unique(x)) < 2:
        return None
    w, b = np.polyfit(x - x.mean(), y - y.mean(), 1)
    return np.array([w, b + y.mean() - w * x.mean()])


def is_in_view(window: MainWindow, places: Floats) -> bool:
    """Whether all places `[m, 2]` lie within the axes of the plot from above, and on the surface in space."""
    (left, right), (low, high) = landscape_of(window).view()
    found = survey_of(window)
    assert (found.picture.u[0], found.picture.u[-1]) == (left, right)
    assert (found.picture.v[0], found.picture.v[-1]) == (low, high)
    within = (places >= [left, low]) & (places <= [right, high])
    return bool(within.all())


def holds_the_run(window: MainWindow) -> None:
    assert is_in_view(window, numbers_shown(window))
    goal, cross = best(window), landscape_of(window).optimum
    if goal is not None:
        assert cross.isVisible()
        assert is_in_view(window, goal[None])
    if cross.isVisible():
        assert is_in_view(window, np.array([[cross.pos().x(), cross.pos().y()]]))


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("world", "model", "loss", "standardise"), CASES)
def test_it_holds_start_path_and_goal(
    qtbot: QtBot, world: str, model: str, loss: str, standardise: bool
) -> None:
    settings = replace(SETTINGS, model=model, loss=loss, standardise=standardise)
    with opened(qtbot, WORLDS[world], settings) as window:
        settle(qtbot, window)
        holds_the_run(window)
        run(qtbot, window)
        holds_the_run(window)
        press_f(window)
        settle(qtbot, window)
        holds_the_run(window)
        assert len(survey_of(window).picture.lines) >= 3 or "the same all over" in text(
            window, "landscape_note"
        )


# --- F ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("focus", ["fit", "landscape"])
def test_f_fits_every_plot_wherever_the_focus_is(qtbot: QtBot, window: MainWindow, focus: str) -> None:
    run(qtbot, window)
    plot = landscape_of(window)
    for view in (plot, plot_of(window)):
        turn_wheel(view.viewport(), view.area().center(), 1200)
    settle(qtbot, window)
    assert not is_in_view(window, numbers_shown(window))
    assert plot.is_held()
    (plot if focus == "landscape" else plot_of(window)).setFocus()
    press_f(window)
    settle(qtbot, window)
    holds_the_run(window)
    assert not plot.is_held()
    (left, right), (low, high) = plot_of(window).view()
    assert left <= -2 < 2 <= right
    assert low <= -3.1 < 5.1 <= high


def test_the_menu_fits_the_landscape_too(qtbot: QtBot, window: MainWindow) -> None:
    turn_wheel(landscape_of(window).viewport(), landscape_of(window).area().center(), 1200)
    settle(qtbot, window)
    action(window, "fit_view").trigger()
    settle(qtbot, window)
    holds_the_run(window)


def test_in_space_f_shows_all_of_it_as_at_first(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    surface = part(window, SurfacePlot, "surface_plot")
    turn_wheel(landscape_of(window).viewport(), landscape_of(window).area().center(), 1200)
    action(window, "surface").trigger()
    settle(qtbot, window)
    first = surface.angles
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Left)
    assert surface.angles != first
    press_f(window)
    settle(qtbot, window)
    assert surface.angles == first
    places = numbers_shown(window)
    assert is_in_view(window, places)
    heights = survey_of(window).heights(places)
    pixels = [surface.to_pixel(u, v, height) for (u, v), height in zip(places, heights, strict=True)]
    assert all(pixel is not None and surface.rect().contains(pixel.toPoint()) for pixel in pixels)
    action(window, "surface").trigger()


def test_what_nobody_sees_is_fitted_when_it_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    turn_wheel(landscape_of(window).viewport(), landscape_of(window).area().center(), 1200)
    settle(qtbot, window)
    show_panel(qtbot, window, "theory")
    press_f(window)
    run(qtbot, window)
    show_panel(qtbot, window, "landscape")
    settle(qtbot, window)
    holds_the_run(window)


# --- a run that leaves --------------------------------------------------------------------------------------


def test_a_running_fit_is_followed_in_steps_and_never_shaken(qtbot: QtBot) -> None:
    far = Points(LINE.x, 100.0 * LINE.y)
    settings = replace(SETTINGS, loss="mae", optimizer="adam", learning_rate=1.0, steps=500)
    with opened(qtbot, far, settings) as window:
        settle(qtbot, window)
        views = [landscape_of(window).view()]
        landscape_of(window).view_changed.connect(lambda: views.append(landscape_of(window).view()))
        run(qtbot, window)
        holds_the_run(window)
        for before, after in pairwise(views):
            for (low, high), (lower, higher) in zip(before, after, strict=True):
                assert lower <= low
                assert higher >= high
        assert len(views) < 25


def test_a_view_that_a_person_chose_is_left_alone(qtbot: QtBot, window: MainWindow) -> None:
    plot = landscape_of(window)
    turn_wheel(plot.viewport(), plot.area().center(), 480)
    chosen = plot.view()
    run(qtbot, window)
    assert plot.view() == chosen


# --- a run without end --------------------------------------------------------------------------------------

WILD = replace(SETTINGS, optimizer="sgd", steps=None)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", ["path directions", "two parameters"])
@pytest.mark.parametrize(
    "settings",
    [
        replace(WILD, learning_rate=1.4),
        replace(WILD, learning_rate=10.0, dtype="float64"),
        replace(WILD, learning_rate=3.0, model="polynomial"),
        replace(WILD, learning_rate=10.0, model="mlp", options={"mlp.activation": "relu"}),
        replace(WILD, learning_rate=1.0, model="mlp", options={"mlp.activation": "relu"}, standardise=True),
    ],
    ids=["line", "line in float64", "polynomial", "network", "standardised network"],
)
def test_after_a_divergence_the_last_picture_can_be_read(qtbot: QtBot, settings: Settings, kind: str) -> None:
    with opened(qtbot, settings=settings) as window:
        if settings.model != "line":
            pick(qtbot, window, "landscape_plane", kind)
        settle(qtbot, window)
        run(qtbot, window)
        assert window.session.stopped == "diverged"
        for _time in range(2):
            can_be_read(window)
            assert landscape_of(window).ball_is_out_of_sight()
            said = text(window, "landscape_note")
            assert said.startswith("The run grows beyond all bounds; this is where it came from.")
            press_f(window)
            settle(qtbot, window)


def can_be_read(window: MainWindow) -> None:
    """Contours and colours spread over the view, and start, goal and the first steps stand apart in it."""
    plot, found = landscape_of(window), survey_of(window)
    assert len(found.picture.lines) >= 5
    assert np.isfinite(found.landscape.losses).all()
    shades = np.histogram(found.picture.colours.reshape(-1, 3).sum(axis=1), 8)[0]
    assert shades.max() < 0.7 * shades.sum()
    places = numbers_shown(window)
    assert is_in_view(window, places[:1])
    x, y = plot.to_pixels(*places[:2].T)
    assert np.hypot(*np.diff([x, y])[:, 0]) > 8 or not is_in_view(window, places[1:2])
    goal = best(window)
    if goal is not None:
        assert is_in_view(window, goal[None])
        across, up = plot.to_pixels(goal[:1], goal[1:])
        assert np.hypot(across - x[0], up - y[0]) > 8
    leaves_its_start(window)


def leaves_its_start(window: MainWindow) -> None:
    """A line is drawn from the start towards the second step, whose colour is that of no contour."""
    plot, places = landscape_of(window), numbers_shown(window)
    area, ratio = plot.area(), plot.devicePixelRatioF()
    x, y = (np.asarray(side, dtype=np.float64) for side in plot.to_pixels(*places[:2].T))
    direction = np.array([x[1] - x[0], y[1] - y[0]])
    direction /= np.hypot(*direction)
    reach = min(float(np.hypot(x[1] - x[0], y[1] - y[0])), 16.0)
    at = np.array([x[0], y[0]]) + direction * reach * 0.75
    image = plot.viewport().grab().toImage()
    around = [
        QColor(image.pixel(round(ratio * (at[0] + dx)), round(ratio * (at[1] + dy))))
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]
    assert area.contains(QPointF(*at))
    assert any(colour.red() > colour.blue() + 60 for colour in around), [each.name() for each in around]


@pytest.mark.parametrize(
    ("points", "settings"),
    [
        (
            Points(LINE.x[:, 0], 1e12 * LINE.y),
            replace(WILD, learning_rate=10.0, model="mlp", options={"mlp.activation": "relu"}),
        ),
        (
            Points(100.0 * LINE.x[:, 0], LINE.y),
            replace(WILD, learning_rate=10.0, dtype="float64", model="polynomial", l1=1e-9),
        ),
    ],
    ids=["network", "penalty"],
)
def test_where_the_first_step_leaps_away_and_no_goal_is_known_the_picture_can_be_read(
    qtbot: QtBot, points: Points, settings: Settings
) -> None:
    with opened(qtbot, points, settings) as window:
        pick(qtbot, window, "landscape_plane", "two parameters")
        settle(qtbot, window)
        run(qtbot, window)
        assert np.abs(numbers_shown(window)[1]).max() > 1e6
        for _time in range(2):
            can_be_read(window)
            press_f(window)
            settle(qtbot, window)


# --- data far from zero -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["line", "mlp"])
def test_of_data_far_from_zero_the_view_is_as_wide_as_they_are_spread(qtbot: QtBot, model: str) -> None:
    far = Points(LINE.x[:, 0], 1e6 + LINE.y / LINE.y.std())
    settings = replace(SETTINGS, model=model, standardise=True, seed=1)
    with opened(qtbot, far, settings) as window:
        if model == "mlp":
            pick(qtbot, window, "landscape_plane", "two parameters")
        settle(qtbot, window)
        for _time in range(2):
            holds_the_run(window)
            low, high = landscape_of(window).view()[1]  # of b, or b2
            assert low < 1e6 < high
            assert high - low < 20.0
            along_b = survey_of(window).height.max(axis=0) - survey_of(window).height.min(axis=0)
            assert along_b.min() > 0.05  # the loss differs along b in every column
            run(qtbot, window)


# --- a goal that takes its time -----------------------------------------------------------------------------


def test_the_landscape_does_not_wait_for_a_goal_that_takes_its_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, ask = threading.Event(), LastTheory.searched

    def slow(*asked: Any) -> tuple[Points, Theory]:
        assert door.wait(60)
        return ask(*asked)

    monkeypatch.setattr(LastTheory, "searched", slow)
    monkeypatch.setattr(last_theory, "AT_ONCE", 0)
    far = Points(LINE.x[:, 0], 40.0 + LINE.y)
    with opened(qtbot, far, replace(SETTINGS, loss="mae", learning_rate=1e-4)) as window:
        surveyor, background = surveyor_of(window), window.workspace.background
        try:
            qtbot.waitUntil(lambda: surveyor._answered and not background.busy)
            assert len(survey_of(window).picture.lines) >= 3
            assert is_in_view(window, numbers_shown(window))
            assert not landscape_of(window).optimum.isVisible()
            action(window, "run").trigger()
            qtbot.waitUntil(lambda: window.session.stopped is not None and not background.busy)
            assert landscape_of(window).view()[1][1] < 40.0
        finally:
            door.set()
        settle(qtbot, window)
        holds_the_run(window)


# --- directions that are found anew -------------------------------------------------------------------------


def test_a_direction_keeps_its_sign_whenever_it_is_found_anew(qtbot: QtBot) -> None:
    """While the run goes on, behind another plane, out of sight, and in another window upon the same work."""
    settings = replace(SETTINGS, model="mlp", steps=None)
    with opened(qtbot, settings=settings) as window:
        steps(qtbot, window, 15)
        shown = [directions(window)]
        for _time in range(3):
            steps(qtbot, window, 10)
            shown.append(directions(window))
        pick(qtbot, window, "landscape_plane", "two parameters")
        settle(qtbot, window)
        steps(qtbot, window, 5)
        pick(qtbot, window, "landscape_plane", "path directions")
        settle(qtbot, window)
        shown.append(directions(window))
        show_panel(qtbot, window, "theory")
        steps(qtbot, window, 5)
        show_panel(qtbot, window, "landscape")
        settle(qtbot, window)
        shown.append(directions(window))
        entry = window.findChild(QAction, "language_zh_CN")
        assert entry is not None
        entry.trigger()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        (new,) = windows()
        qtbot.waitUntil(new.isActiveWindow)
        settle(qtbot, new)
        shown.append(directions(new))
        way = new.session.way
        assert way is not None
        centred = way.numbers.astype(np.float64) - way.numbers.mean(axis=0, dtype=np.float64)
        numpys = np.linalg.svd(centred, full_matrices=False)[2][:2]
        assert np.abs(np.sum(shown[-1] * numpys, axis=1)) == pytest.approx([1.0, 1.0], abs=1e-5)
    for before, after in pairwise(shown):
        assert (np.sum(before * after, axis=1) > 0).all()


def steps(qtbot: QtBot, window: MainWindow, count: int) -> None:
    """Press Step so many times, and wait for all that follows."""
    for _press in range(count):
        action(window, "step").trigger()
    settle(qtbot, window)


def directions(window: MainWindow) -> Floats:
    """The directions of the path that are shown `[2, P]`."""
    plane = surveyor_of(window).plane
    assert plane is not None
    assert plane.shares is not None
    return plane.along


def test_a_model_that_comes_back_has_a_plane_of_its_own_at_once(qtbot: QtBot) -> None:
    """The start lies on the directions that its last run had, while another model's plane is shown."""
    network = replace(SETTINGS, model="mlp", steps=None)
    with opened(qtbot, settings=network) as window:
        steps(qtbot, window, 2)
        for model in ("polynomial", "mlp", "line", "mlp"):
            window.store.change(model=model)
            settle(qtbot, window)
            plane = surveyor_of(window).plane
            assert plane is not None
            assert len(plane.origin) == len(snapshot(window).numbers())
            assert is_in_view(window, numbers_shown(window))
            steps(qtbot, window, 2)


# --- what is said and chosen in little room -----------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("size", [(1024, 768), (1280, 720)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_may_be_misread_and_the_units_can_be_seen_in_a_small_window(
    qtbot: QtBot, size: tuple[int, int], language: str
) -> None:
    settings = replace(
        SETTINGS, model="polynomial", optimizer="sgd", learning_rate=3.0, steps=None, standardise=True
    )
    use_language(language)
    with opened(qtbot, settings=settings) as window:
        window.resize(*size)
        settle(qtbot, window)
        run(qtbot, window)
        assert window.session.stopped == "diverged"
        window.grab()
        note = part(window, WrappedNote, "landscape_note")
        seen = "".join(note.wrapped())
        assert seen.startswith(_("The run grows beyond all bounds; this is where it came from."))
        assert seen.rstrip("…").startswith(
            f"{_('The run grows beyond all bounds; this is where it came from.')} "
            + _("The optimum lies beside this slice; the cross is where it falls.")[:18]
        )
        if seen != note.text():
            assert note.text() in note.toolTip()
        dock = part(window, QDockWidget, "dock_landscape")
        (switch,) = dock.findChildren(UnitsSwitch)
        assert switch.isVisible()
        assert dock.rect().contains(QRect(switch.mapTo(dock, QPoint()), switch.size()))
