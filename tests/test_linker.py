"""The three linked views: whichever is scrubbed, hovered or brushed, all show what was recorded there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from core.training import Snapshot, Trainer
from core.training.path import flat
from gui.main_window import MainWindow
from gui.plots.landscape_plot import LandscapePlot
from gui.widgets.time_slider import TimeSlider
from tests.landscapes import landscape_of, losses_of, place, settle, surveyor_of
from tests.mouse import CONTROL, SHIFT, between, click, drag, hover, leave, move, press, release
from tests.windows import (
    LINE,
    action,
    opened,
    part,
    plot_of,
    show_panel,
    snapshot,
    text,
    wait_for_step,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

Floats = NDArray[np.float64]
Scrub = Callable[[QtBot, MainWindow, Snapshot], None]

STEPS, CHOSEN = 25, 6
SETTINGS = Settings(
    optimizer="sgd", learning_rate=0.02, start="own", start_values=(-2.0, -1.0), epochs=None, dtype="float64"
)
NETWORK = Settings(model="mlp", optimizer="adam", learning_rate=0.1, epochs=None, options={"mlp.width": 5})
ASIDE = 1.7  # x, where the lines of two steps are far apart


@pytest.fixture(scope="module")
def recorded() -> list[Snapshot]:
    """Every step of the run, by a trainer of its own."""
    return run_of(SETTINGS)


def run_of(settings: Settings, steps: int = STEPS) -> list[Snapshot]:
    trainer = Trainer(LINE, settings)
    return [trainer.latest, *(trainer.step() for _step in range(steps))]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=SETTINGS) as made:
        made.session.step(STEPS)
        settle(qtbot, made)
        yield made


def w_and_b(of: Snapshot) -> tuple[float, float]:
    return float(of.parameters["w"]), float(of.parameters["b"])


# --- where a person points ----------------------------------------------------------------------------------


def on_the_losses(window: MainWindow, step: int) -> QPointF:
    """The pixel of a step on the loss plot, well above the curve."""
    plot = losses_of(window)
    return QPointF(place(plot, step, 0.0).x(), plot.area().top() + 5)


def on_the_path(window: MainWindow, of: Snapshot) -> QPointF:
    plane = surveyor_of(window).plane
    assert plane is not None
    u, v = plane.places(flat(of.arrays)[None])[0]
    return place(landscape_of(window), u, v)


def on_its_line(window: MainWindow, of: Snapshot) -> QPointF:
    return place(plot_of(window), ASIDE, float(of.predict(np.array([ASIDE]))[0]))


# --- what all views show ------------------------------------------------------------------------------------


def at(item: object) -> tuple[float, float]:
    """Where a mark stands."""
    pos = item.pos()  # type: ignore[attr-defined]
    return pos.x(), pos.y()


def curve(window: MainWindow, key: str, x: float) -> float:
    """How high a curve of the fit plot is drawn at x."""
    xs, ys = plot_of(window).traces[key].getData()
    return float(np.interp(x, xs, ys))


def all_show(window: MainWindow, of: Snapshot) -> None:
    """Line, ball, marker and equation are those of this step, and the parameters its own to the last bit."""
    shown = snapshot(window)
    assert shown.step == of.step
    assert [array.tobytes() for array in shown.arrays] == [array.tobytes() for array in of.arrays]
    assert text(window, "readout_step") == str(of.step)
    assert text(window, "readout_equation") == of.equation()
    for x in (-2.2, 0.1, 1.9):
        assert curve(window, "fit", x) == pytest.approx(float(of.predict(np.array([x]))[0]), abs=1e-3)
    plane = surveyor_of(window).plane
    assert plane is not None
    assert at(landscape_of(window).ball) == pytest.approx(tuple(plane.places(flat(of.arrays)[None])[0]))
    if len(plane.origin) == 2:
        assert at(landscape_of(window).ball) == pytest.approx(w_and_b(of))
    dot = losses_of(window).losses.dot
    if of.step:
        assert at(dot) == pytest.approx((of.step, np.log10(of.loss)))
    else:
        assert not dot.isVisible()


# --- scrubbing ----------------------------------------------------------------------------------------------


def by_the_time_slider(qtbot: QtBot, window: MainWindow, of: Snapshot) -> None:
    slider = part(window, TimeSlider, "time_slider")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    for _step in range(of.step):
        qtbot.keyClick(slider, Qt.Key.Key_Right)


def by_a_drag_on_the_losses(qtbot: QtBot, window: MainWindow, of: Snapshot) -> None:
    way = between(on_the_losses(window, 20), on_the_losses(window, of.step), moves=5)
    drag(losses_of(window).viewport(), way)


def by_the_path(qtbot: QtBot, window: MainWindow, of: Snapshot) -> None:
    click(landscape_of(window).viewport(), on_the_path(window, of) + QPointF(1, -2), CONTROL)


def by_its_line(qtbot: QtBot, window: MainWindow, of: Snapshot) -> None:
    click(plot_of(window).viewport(), on_its_line(window, of) + QPointF(0, 2), CONTROL)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("scrub", [by_the_time_slider, by_a_drag_on_the_losses, by_the_path, by_its_line])
def test_scrubbed_to_a_step_all_views_show_what_was_recorded_there(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot], scrub: Scrub
) -> None:
    all_show(window, recorded[STEPS])
    for step in (CHOSEN, 2):
        scrub(qtbot, window, recorded[step])
        settle(qtbot, window)
        all_show(window, recorded[step])
    assert window.store.settings == SETTINGS
    assert len(window.store.points) == len(LINE)
    assert not window.store.undo_stack.canUndo()


def test_step_0_can_be_gone_to_from_the_path_and_the_run_goes_on_from_there(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    by_the_path(qtbot, window, recorded[0])
    settle(qtbot, window)
    all_show(window, recorded[0])
    action(window, "step").trigger()
    settle(qtbot, window)
    all_show(window, recorded[1])


@pytest.mark.one_in(2)
@pytest.mark.parametrize("scrub", [by_the_time_slider, by_a_drag_on_the_losses, by_the_path])
def test_a_networks_views_show_what_was_recorded_too(qtbot: QtBot, scrub: Scrub) -> None:
    recorded = run_of(NETWORK, steps=60)
    with opened(qtbot, settings=NETWORK) as window:
        window.session.step(60)
        settle(qtbot, window)
        for step in (CHOSEN, 3):
            scrub(qtbot, window, recorded[step])
            settle(qtbot, window)
            all_show(window, recorded[step])
        mark = landscape_of(window).mark
        hover(losses_of(window).viewport(), on_the_losses(window, 40))
        plane = surveyor_of(window).plane
        assert plane is not None
        assert at(mark) == pytest.approx(tuple(plane.places(flat(recorded[40].arrays)[None])[0]))


def test_a_standardised_run_is_shown_in_the_units_of_the_data(qtbot: QtBot) -> None:
    settings = replace(SETTINGS, standardise=True)
    recorded = run_of(settings)
    with opened(qtbot, settings=settings) as window:
        window.session.step(STEPS)
        settle(qtbot, window)
        by_the_path(qtbot, window, recorded[CHOSEN])
        settle(qtbot, window)
        all_show(window, recorded[CHOSEN])


def test_a_running_fit_is_scrubbed_and_rests_there(qtbot: QtBot, recorded: list[Snapshot]) -> None:
    with opened(qtbot, settings=SETTINGS, speed=100.0) as window:
        action(window, "run").trigger()
        wait_for_step(qtbot, window, STEPS)
        qtbot.waitUntil(lambda: losses_of(window).view()[0][1] > STEPS)  # the axis follows, frame by frame
        assert window.session.running
        canvas = losses_of(window).viewport()
        press(canvas, on_the_losses(window, 12))
        move(canvas, on_the_losses(window, CHOSEN))  # where it is now: at rest the axis is another
        release(canvas, on_the_losses(window, CHOSEN))
        settle(qtbot, window)
        all_show(window, recorded[CHOSEN])


# --- marking ------------------------------------------------------------------------------------------------


def marked(window: MainWindow) -> tuple[bool, bool, bool]:
    """Whether fit, loss and landscape mark a step."""
    xs, _ys = plot_of(window).traces["marked"].getData()
    on_fit = plot_of(window).curves.predict["marked"] is not None
    assert on_fit == (xs is not None and len(xs) > 0)
    return on_fit, losses_of(window)._hover_dot.isVisible(), landscape_of(window).mark.isVisible()


def all_mark(window: MainWindow, of: Snapshot) -> None:
    """Every view marks this step, and none goes to it."""
    assert marked(window) == (True, True, True)
    assert curve(window, "marked", 0.5) == pytest.approx(float(of.predict(np.array([0.5]))[0]), abs=1e-3)
    assert at(landscape_of(window).mark) == pytest.approx(w_and_b(of))
    assert at(losses_of(window)._hover_dot) == pytest.approx((of.step, np.log10(of.loss)))
    assert f"step {of.step}" in losses_of(window).readout.text()


@pytest.mark.parametrize("view", ["loss", "landscape", "fit"])
def test_a_step_under_the_cursor_is_marked_in_every_view(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot], view: str
) -> None:
    plot = {"loss": losses_of(window), "landscape": landscape_of(window), "fit": plot_of(window)}[view]
    assert marked(window) == (False, False, False)
    for step in (CHOSEN, CHOSEN + 3):
        where = {
            "loss": on_the_losses(window, step),
            "landscape": on_the_path(window, recorded[step]),
            "fit": on_its_line(window, recorded[step]),
        }
        hover(plot.viewport(), where[view])
        all_mark(window, recorded[step])
        assert snapshot(window).step == STEPS
    leave(plot)
    assert marked(window) == (False, False, False)


def test_a_step_is_marked_while_the_run_goes_on(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    window.session.set_speed(200.0)
    action(window, "run").trigger()
    wait_for_step(qtbot, window, STEPS + 10)
    plot = losses_of(window)
    plot.x_range.hold(0.0, 30.0)  # or the steps move on under the cursor
    plot.show_ranges()
    hover(plot.viewport(), on_the_losses(window, CHOSEN))
    all_mark(window, recorded[CHOSEN])
    wait_for_step(qtbot, window, snapshot(window).step + 20)
    all_mark(window, recorded[CHOSEN])
    assert window.session.running


def test_a_mark_stays_on_the_path_when_the_slice_turns(qtbot: QtBot) -> None:
    with opened(qtbot, settings=NETWORK) as window:
        window.session.step(10)
        settle(qtbot, window)
        hover(losses_of(window).viewport(), on_the_losses(window, 4))
        before = at(landscape_of(window).mark)
        window.session.step(50)
        settle(qtbot, window)
        way, plane = window.session.way, surveyor_of(window).plane
        assert way is not None
        assert plane is not None
        hovered = losses_of(window)._hovered()
        assert hovered is not None
        assert at(landscape_of(window).mark) == pytest.approx(tuple(plane.places(way.numbers[[hovered]])[0]))
        assert at(landscape_of(window).mark) != before


def test_a_step_marked_when_the_landscape_comes_is_marked_there_too(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    show_panel(qtbot, window, "theory")
    hover(losses_of(window).viewport(), on_the_losses(window, CHOSEN))
    show_panel(qtbot, window, "landscape")
    settle(qtbot, window)
    all_mark(window, recorded[CHOSEN])


# --- a stretch ----------------------------------------------------------------------------------------------


def pixels(window: MainWindow) -> QImage:
    """The picture of the landscape, without its legend."""
    plot = landscape_of(window)
    return QImage(plot.grab().toImage().copy(plot.area().toRect()))


def brush(window: MainWindow, first: int, last: int) -> None:
    """Mark a stretch of the loss curve, with Shift."""
    way = between(on_the_losses(window, first), on_the_losses(window, last))
    drag(losses_of(window).viewport(), way, SHIFT)
    leave(losses_of(window))


def test_a_stretch_of_the_losses_is_broader_on_the_path_until_it_is_clicked_away(
    window: MainWindow, recorded: list[Snapshot]
) -> None:
    before = pixels(window)
    brush(window, 3, 8)
    assert landscape_of(window).trail._stretch == (3, 8)
    after = pixels(window)
    origin = landscape_of(window).area().topLeft()
    seen, inside = set(), {3, 4, 5, 6, 7, 8}
    for step, of in enumerate(recorded):
        here = (on_the_path(window, of) - origin).toPoint()
        around = [(x, y) for x in range(-4, 5) for y in range(-4, 5)]
        if any(
            after.pixelColor(here.x() + x, here.y() + y) != before.pixelColor(here.x() + x, here.y() + y)
            for x, y in around
        ):
            seen.add(step)
    assert inside <= seen
    assert not seen & {0, 1, *range(12, STEPS + 1)}
    assert snapshot(window).step == STEPS
    click(losses_of(window).viewport(), on_the_losses(window, 15), SHIFT)
    leave(losses_of(window))
    assert landscape_of(window).trail._stretch is None
    assert pixels(window) == before


def test_a_landscape_that_is_first_seen_later_joins_in(qtbot: QtBot, recorded: list[Snapshot]) -> None:
    with opened(qtbot, settings=SETTINGS, mode="simple") as window:
        assert window.findChild(LandscapePlot) is None
        window.session.step(STEPS)
        settle(qtbot, window)
        brush(window, 3, 8)
        action(window, "full").trigger()
        settle(qtbot, window)
        assert landscape_of(window).trail._stretch == (3, 8)
        landscape_of(window).step_hovered.emit(CHOSEN)
        all_mark(window, recorded[CHOSEN])


def test_a_new_run_has_neither_marks_nor_a_stretch(qtbot: QtBot, window: MainWindow) -> None:
    brush(window, 3, 8)
    hover(losses_of(window).viewport(), on_the_losses(window, CHOSEN))
    assert marked(window) == (True, True, True)
    action(window, "reset").trigger()
    settle(qtbot, window)
    assert marked(window) == (False, False, False)
    assert landscape_of(window).trail._stretch is None
    assert len(landscape_of(window).trail.places.steps) == 1


def test_a_stretch_that_a_branch_has_cut_off_does_no_harm(qtbot: QtBot, window: MainWindow) -> None:
    brush(window, 12, 20)
    click(losses_of(window).viewport(), on_the_losses(window, 3))
    settle(qtbot, window)
    window.store.change(learning_rate=0.03)
    action(window, "step").trigger()
    settle(qtbot, window)
    assert len(landscape_of(window).trail.places.steps) == 5
    assert not pixels(window).isNull()
    window.session.step(20)
    settle(qtbot, window)
    assert not pixels(window).isNull()


def test_in_a_hidden_landscape_nothing_is_marked_and_the_others_are(
    qtbot: QtBot, window: MainWindow, recorded: list[Snapshot]
) -> None:
    show_panel(qtbot, window, "theory")
    hover(losses_of(window).viewport(), on_the_losses(window, CHOSEN))
    assert marked(window) == (True, True, False)
    assert curve(window, "marked", 0.5) == pytest.approx(
        float(recorded[CHOSEN].predict(np.array([0.5]))[0]), abs=1e-3
    )
