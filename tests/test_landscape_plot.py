"""The landscape by itself as a person uses it: real mouse events, and the pixels of what is painted."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as any_array
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.insight.numbers import significant
from core.insight.plane import Plane
from core.insight.step_on_plane import StepOnPlane
from core.training.inspection import Inspection
from core.training.path import Way
from gui.plots.contour_map import DECADES, Picture, colours, logarithms
from gui.plots.landscape_plot import REACH, LandscapePlot
from gui.plots.landscape_range import HOME
from gui.plots.moves import LONG, SHORT, Moves
from gui.theme import Theme
from tests.mouse import CONTROL, between, click, drag, hover, leave, move, press, release, turn_wheel

Floats = NDArray[np.float64]

LOWEST = (-1.5, 2.0)  # of the bowl
FLAT = Plane(np.zeros(2), np.eye(2), ("w", "b"), (0, 1))
PATH = np.column_stack((np.linspace(2.0, -1.0, 7), np.linspace(-2.0, 1.0, 7)))
EVERY = 10  # steps between those of the path that are kept
THEMES = [pytest.param(Theme(), id="light"), pytest.param(Theme(dark=True), id="dark")]


def bowl(u: Any, v: Any) -> Any:
    """A loss that is lowest at LOWEST, but not 0."""
    return 0.01 + (u - LOWEST[0]) ** 2 + 0.5 * (v - LOWEST[1]) ** 2


def bowl_of(theme: Theme, cells: int = 61) -> Picture:
    """The picture of the bowl over the whole first view."""
    side = np.linspace(*HOME, cells)
    return Picture(side, side, colours(bowl(*np.meshgrid(side, side)), theme.heights), ())


class Desk:
    """A plot with a bowl and a run in it, and what it has asked for."""

    def __init__(self, plot: LandscapePlot) -> None:
        self.plot = plot
        self.log: list[Any] = []
        plot.show_names(("w", "b"))
        plot.show_picture(bowl_of(plot.theme))
        plot.measure = bowl
        way = Way(PATH, EVERY, EVERY * (len(PATH) - 1))
        plot.show_run(1, way, FLAT, way.steps, PATH[-1])
        plot.grabbed.connect(lambda: self.log.append("grabbed"))
        plot.released.connect(lambda: self.log.append("released"))
        plot.place_chosen.connect(lambda u, v: self.log.append((u, v)))
        plot.step_hovered.connect(lambda step: self.log.append(("hovered", step)))
        plot.step_wanted.connect(lambda step: self.log.append(("wanted", step)))
        self.hand = plot.viewport()

    def at(self, u: float, v: float) -> QPointF:
        """Where pyqtgraph says that (u, v) is in the viewport."""
        return cast(QPointF, self.plot.getViewBox().mapViewToScene(QPointF(u, v)))

    def places(self) -> list[tuple[float, float]]:
        """The places that were chosen."""
        words = {"hovered", "wanted"}
        return [entry for entry in self.log if isinstance(entry, tuple) and entry[0] not in words]

    def steps(self, word: str) -> list[int | None]:
        """The steps that were "hovered" or "wanted"."""
        return [entry[1] for entry in self.log if isinstance(entry, tuple) and entry[0] == word]

    def pixel(self) -> float:
        """The larger side of a pixel, in the units of the parameters."""
        return max(6.0 / self.plot.area().width(), 6.0 / self.plot.area().height())

    def lightness(self, u: float, v: float) -> int:
        """How light the ground is painted at a place, of 255."""
        return int(self.plot.grab().toImage().pixelColor(self.at(u, v).toPoint()).lightness())


def made(qtbot: QtBot, theme: Theme | None = None) -> Desk:
    plot = LandscapePlot(theme or Theme())
    qtbot.addWidget(plot)
    plot.resize(480, 420)
    with qtbot.waitExposed(plot):
        plot.show()
    return Desk(plot)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return made(qtbot)


# --- by hand ------------------------------------------------------------------------------------------------


class TestSettingTheStart:
    def test_a_click_chooses_the_place_under_the_cursor(self, desk: Desk) -> None:
        click(desk.hand, desk.at(-2.25, -0.5))
        assert desk.log[0] == "grabbed"
        assert desk.log[-1] == "released"
        (place,) = desk.places()
        assert place == pytest.approx((-2.25, -0.5), abs=desk.pixel())

    def test_a_drag_chooses_every_place_on_its_way_and_is_one_grip(self, desk: Desk) -> None:
        drag(desk.hand, between(desk.at(-2, -2), desk.at(1, 1), moves=6))
        assert [desk.log.count(word) for word in ("grabbed", "released")] == [1, 1]
        expected = [[-2 + share, -2 + share] for share in [0.0, *np.linspace(0, 3, 7)[1:]]]
        assert np.array(desk.places()) == pytest.approx(np.array(expected), abs=desk.pixel())

    def test_a_drag_out_of_the_axes_stays_at_their_edge(self, desk: Desk) -> None:
        drag(desk.hand, between(desk.at(0, 0), desk.at(0, 0) + QPointF(4000, -4000), moves=4))
        assert desk.places()[-1] == pytest.approx((3, 3), abs=1e-9)
        assert desk.log[-1] == "released"

    def test_a_press_beside_the_axes_or_before_there_is_a_landscape_chooses_nothing(self, desk: Desk) -> None:
        click(desk.hand, QPointF(4, 200))
        desk.plot.show_picture(None)
        click(desk.hand, desk.at(-2, -2))
        assert desk.places() == []
        assert "grabbed" not in desk.log

    @pytest.mark.parametrize("ends", ["focus", "another window", "hidden", "untold"])
    def test_however_the_drag_ends_it_is_let_go_once(self, desk: Desk, ends: str) -> None:
        press(desk.hand, desk.at(-2, -2))
        move(desk.hand, desk.at(-1.5, -2))
        if ends == "focus":
            QApplication.sendEvent(desk.plot, QFocusEvent(QEvent.Type.FocusOut))
        elif ends == "another window":
            QApplication.sendEvent(desk.plot, QEvent(QEvent.Type.WindowDeactivate))
        elif ends == "hidden":
            desk.plot.hide()
        else:
            hover(desk.hand, desk.at(-1, -2))
        release(desk.hand, desk.at(-1, -2))
        assert desk.log.count("released") == 1
        assert len(desk.places()) == 2

    def test_the_view_stays_under_the_hand_and_makes_room_afterwards(self, desk: Desk) -> None:
        before, far = desk.plot.view(), np.array([[0.0, 0.0], [8.0, 1.0]])
        press(desk.hand, desk.at(-2, -2))
        desk.plot.follow(far)
        assert desk.plot.view() == before
        release(desk.hand, desk.at(-2, -2))
        desk.plot.follow(far)
        assert desk.plot.view()[0][1] > 8


class TestSteps:
    def test_control_goes_to_the_step_there_and_chooses_no_place(self, desk: Desk) -> None:
        click(desk.hand, desk.at(*PATH[2]) + QPointF(2, -3), CONTROL)
        assert desk.steps("wanted") == [2 * EVERY]
        assert desk.places() == []
        assert "grabbed" not in desk.log

    def test_a_drag_with_control_goes_along_the_path(self, desk: Desk) -> None:
        drag(desk.hand, [desk.at(*place) for place in PATH[1:4]], CONTROL)
        wanted = desk.steps("wanted")
        assert sorted(set(wanted), key=wanted.index) == [EVERY, 2 * EVERY, 3 * EVERY]
        assert desk.places() == []

    def test_with_control_away_from_the_path_nothing_happens(self, desk: Desk) -> None:
        click(desk.hand, desk.at(2, 2), CONTROL)
        assert desk.log == []

    def test_the_step_under_the_cursor_is_told_once_and_that_it_is_left(self, desk: Desk) -> None:
        for shift in range(4):
            hover(desk.hand, desk.at(*PATH[3]) + QPointF(shift, 0))
        hover(desk.hand, desk.at(2.5, 2.5))
        assert desk.steps("hovered") == [3 * EVERY, None]
        hover(desk.hand, desk.at(*PATH[5]))
        leave(desk.plot)
        assert desk.steps("hovered")[2:] == [5 * EVERY, None]

    def test_within_its_reach_and_no_further(self, desk: Desk) -> None:
        # At a right angle to the path, so that no other step is nearer.
        aside = QPointF(1, 1) / math.sqrt(2)
        start = desk.at(*PATH[0])
        hover(desk.hand, start + QPointF(1, 0) * (REACH + 1.5))
        assert desk.steps("hovered") == []
        hover(desk.hand, start + aside * (REACH - 1.5))
        assert desk.steps("hovered") == [0]

    def test_of_steps_at_one_place_it_is_the_newest(self, desk: Desk) -> None:
        still = np.vstack((PATH, PATH[-1:], PATH[-1:]))
        desk.plot.show_run(1, Way(still, EVERY, EVERY * 8), FLAT, EVERY * 8, PATH[-1])
        hover(desk.hand, desk.at(*PATH[-1]))
        assert desk.steps("hovered") == [8 * EVERY]

    def test_the_bubble_says_place_loss_and_step(self, desk: Desk) -> None:
        bubble = desk.plot.bubble
        u, v = PATH[3]
        hover(desk.hand, desk.at(u, v))
        assert bubble.isVisible()
        place = f"w {significant(u)}   b {significant(v)}"
        assert bubble.text().split("\n") == [f"step {3 * EVERY}", place]  # of the step, not of the cursor
        assert not bubble.geometry().contains(desk.at(u, v).toPoint())
        hover(desk.hand, desk.at(2.0, 2.0))
        here = desk.plot.to_data(desk.at(2.0, 2.0))
        assert bubble.text().split("\n") == [
            f"w {here[0]:.3f}   b {here[1]:.3f}",
            f"loss {significant(bowl(*here))}",
        ]
        leave(desk.plot)
        assert not bubble.isVisible()

    def test_the_bubble_is_never_cut_off(self, desk: Desk) -> None:
        for u, v in ((-2.95, -2.95), (2.95, -2.95), (-2.95, 2.95), (2.95, 2.95)):
            hover(desk.hand, desk.at(u, v))
            assert desk.hand.rect().contains(desk.plot.bubble.geometry())
            assert not desk.plot.bubble.geometry().contains(desk.at(u, v).toPoint())


# --- the view -----------------------------------------------------------------------------------------------


class TestTheView:
    def test_the_wheel_asks_for_the_landscape_of_another_view(self, desk: Desk, qtbot: QtBot) -> None:
        before = desk.plot.view()
        with qtbot.waitSignal(desk.plot.view_changed):
            turn_wheel(desk.hand, desk.at(0, 0))
        (left, right), (low, high) = desk.plot.view()
        assert right - left < before[0][1] - before[0][0]
        assert high - low < before[1][1] - before[1][0]
        assert (left + right, low + high) == pytest.approx((0, 0), abs=4 * desk.pixel())

    def test_nothing_is_asked_for_while_the_view_stays(self, desk: Desk) -> None:
        asked: list[None] = []
        desk.plot.view_changed.connect(lambda: asked.append(None))
        desk.plot.redraw()
        desk.plot.follow(PATH)
        hover(desk.hand, desk.at(0, 0))
        assert asked == []

    def test_a_run_that_goes_away_is_followed_in_steps_however_far(self, desk: Desk) -> None:
        desk.plot.set_running(True)
        views = set()
        for far in np.geomspace(1.0, 1e6, 3_000):
            desk.plot.follow(np.array([[0.0, 0.0], [far, -far]]))
            (left, right), (low, high) = desk.plot.view()
            assert left <= 0 < far <= right
            assert low <= -far < 0 <= high
            views.add(desk.plot.view())
        assert right < 2 * 1e6  # and not much further than it takes
        assert len(views) < 60

    def test_a_view_that_suits_stays_when_the_run_rests(self, desk: Desk) -> None:
        desk.plot.set_running(True)
        for far in (1.0, 9.0, 30.0, 31.0):
            desk.plot.follow(np.array([[0.0, 0.0], [far, -far]]))
        before = desk.plot.view()
        desk.plot.set_running(False)
        desk.plot.follow(np.array([[0.0, 0.0], [31.0, -31.0]]))
        assert desk.plot.view() == before
        desk.plot.follow(np.array([[0.0, 0.0], [1.0, -1.0]]))  # what was far away is not there any more
        assert desk.plot.view() == (HOME, HOME)

    def test_a_view_that_the_person_chose_stays_until_it_is_fitted(self, desk: Desk, qtbot: QtBot) -> None:
        turn_wheel(desk.hand, desk.at(0, 0), 480)
        chosen = desk.plot.view()
        desk.plot.follow(np.array([[9.0, 9.0], [-1.0, -1.0]]))
        assert desk.plot.view() == chosen
        desk.plot.fit_view()
        (left, right), (low, high) = desk.plot.view()
        assert left < -1 < 9 < right
        assert low < -1 < 9 < high

    def test_fitted_it_shows_all_that_was_followed_and_at_first_from_minus_3_to_3(self, qtbot: QtBot) -> None:
        desk = made(qtbot)
        desk.plot.fit_view()
        assert desk.plot.view() == (HOME, HOME)
        desk.plot.follow(np.array([[0.2, 100.0], [0.3, 101.0]]))
        desk.plot.fit_view()
        (left, right), (low, high) = desk.plot.view()
        assert left < 0.2 < 0.3 < right < 2
        assert low < 100 < 101 < high
        assert high - low >= 25  # a quarter of how far it is from 0: a shape, not a stripe


# --- the ground ---------------------------------------------------------------------------------------------


def luminance(colour: NDArray[np.uint8]) -> Floats:
    """How light the eye finds colours `[..., 3]` (Rec. 709)."""
    return np.asarray(colour.astype(np.float64) @ [0.2126, 0.7152, 0.0722])


class TestTheGround:
    @pytest.mark.parametrize("theme", THEMES)
    @given(losses=any_array(np.float64, 30, elements=st.floats(1e-3, 1e3)))
    def test_a_higher_loss_is_further_from_the_grounds_own_colour(self, theme: Theme, losses: Floats) -> None:
        order = np.argsort(losses)
        light = luminance(colours(losses, theme.heights))[order]
        rises = np.diff(light) if theme.dark else -np.diff(light)
        assert (rises >= 0).all()
        if losses.max() > 10 * losses.min():
            assert abs(light[-1] - light[0]) > 40

    @pytest.mark.parametrize("theme", THEMES)
    def test_the_lowest_has_the_first_colour_and_the_highest_the_last(self, theme: Theme) -> None:
        found = colours(np.array([1.0, 10.0, 100.0, np.inf]), theme.heights)
        names = [QColor(*map(int, colour)).name().upper() for colour in found]
        assert names == [theme.heights[0], theme.heights[2], theme.heights[-1], theme.heights[-1]]

    def test_heights_are_logarithms_that_end_some_decades_down(self) -> None:
        found = logarithms(np.array([1e3, 10.0, 1e-30, 0.0, np.inf]))
        assert found[:4] == pytest.approx([3, 1, 3 - DECADES, 3 - DECADES])
        assert np.isnan(found[4])
        assert np.isnan(logarithms(np.array([np.inf]))).all()

    def test_one_loss_everywhere_has_one_colour(self) -> None:
        assert len(np.unique(colours(np.full(9, 4.0), Theme().heights), axis=0)) == 1

    @pytest.mark.parametrize("theme", THEMES)
    def test_it_is_painted_the_right_way_up(self, qtbot: QtBot, theme: Theme) -> None:
        desk = made(qtbot, theme)
        here = desk.lightness(*LOWEST)
        others = [desk.lightness(u, v) for u, v in ((1.5, 2), (-1.5, -2), (1.5, -2.6), (-2.8, 0.0))]
        if theme.dark:
            assert here < min(others)
        else:
            assert here > max(others)
        assert abs(here - others[2]) > 20

    def test_a_view_within_it_shows_that_part_of_it(self, desk: Desk) -> None:
        desk.plot.x_range.hold(-2.0, 0.0)
        desk.plot.y_range.hold(1.0, 3.0)
        desk.plot.show_ranges()
        assert desk.lightness(*LOWEST) > desk.lightness(-0.2, 2.0) + 10

    def test_an_empty_plot_says_what_it_waits_for(self, desk: Desk) -> None:
        assert not desk.plot.empty_text.isVisible()
        desk.plot.clear()
        assert desk.plot.empty_text.isVisible()
        assert desk.plot.empty_text.text() != ""
        assert not any(item.isVisible() for item in (desk.plot.ball, desk.plot.start, desk.plot.optimum))
        assert desk.plot.legend.shown == []
        hover(desk.hand, desk.at(0, 0))
        assert not desk.plot.bubble.isVisible()


# --- what stands upon it ------------------------------------------------------------------------------------


def moves(start: tuple[float, float], **ways: tuple[float, float]) -> Moves:
    return Moves(start, ways)


def ends(desk: Desk) -> dict[str, tuple[QPointF, QPointF]]:
    """From where to where the arrows go, in pixels of the viewport, by their names."""
    corner = desk.plot.area().topLeft()
    names = ("gradient", "momentum", "step")
    return {
        name: (arrow.start + corner, arrow.end + corner)
        for name, arrow in zip(names, desk.plot.arrows.shown, strict=True)
    }


def apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())


class TestArrows:
    def test_a_step_that_can_be_seen_ends_at_the_ball(self, desk: Desk) -> None:
        ball = PATH[-1] + [0.4, 0.3]
        desk.plot.show_run(1, Way(np.vstack((PATH, ball)), 1, 7), FLAT, 7, ball)
        desk.plot.show_moves(moves(tuple(PATH[-1]), step=(0.4, 0.3), gradient=(0.5, 0.1)))
        start, end = ends(desk)["step"]
        assert SHORT < apart(start, end) < LONG
        assert apart(end, desk.at(*ball)) < 1
        assert desk.plot.ball.pos() == QPointF(*ball)

    def test_all_start_at_the_place_that_the_step_left(self, desk: Desk) -> None:
        desk.plot.show_moves(moves((1.0, -1.0), step=(0.4, 0.3), gradient=(0.5, 0.1), momentum=(0.0, 0.4)))
        for start, _end in ends(desk).values():
            assert apart(start, desk.at(1.0, -1.0)) < 1e-6

    def test_a_short_step_is_magnified_and_the_legend_says_how_much(self, desk: Desk) -> None:
        way = np.array([0.004, -0.001])
        desk.plot.show_moves(moves((0.0, 0.0), step=tuple(way), gradient=tuple(2 * way)))
        start, end = ends(desk)["step"]
        assert SHORT <= apart(start, end) <= LONG
        (entry,) = [entry for entry in desk.plot.legend.shown if entry.key == "step"]
        said = desk.plot.legend._text(entry)
        assert "×" in said
        times = float(said.split("×")[1].replace(",", ""))
        assert apart(end, desk.at(*(times * way))) < 1
        gradient = ends(desk)["gradient"][1]
        assert apart(gradient, desk.at(*(times * 2 * way))) < 1 or apart(start, gradient) == pytest.approx(
            LONG, abs=1
        )

    def test_a_step_that_is_long_enough_is_not_magnified(self, desk: Desk) -> None:
        desk.plot.show_moves(moves((0.0, 0.0), step=(0.5, 0.0)))
        assert "×" not in " ".join(desk.plot.legend._text(entry) for entry in desk.plot.legend.shown)

    def test_a_step_longer_than_an_arrow_still_ends_at_the_ball(self, desk: Desk) -> None:
        desk.plot.show_moves(moves((-2.0, -2.0), step=(4.0, 4.0), gradient=(8.0, 0.0)))
        assert apart(ends(desk)["step"][1], desk.at(2.0, 2.0)) < 1
        assert apart(*ends(desk)["gradient"]) == pytest.approx(LONG, abs=1)

    def test_the_legend_names_the_arrows_that_there_are(self, desk: Desk) -> None:
        desk.plot.show_moves(moves((0.0, 0.0), step=(0.5, 0.0), gradient=(0.2, 0.2)))
        assert [entry.text for entry in desk.plot.legend.shown] == ["−gradient", "this step"]
        desk.plot.show_moves(moves((0.0, 0.0), step=(0.5, 0.0), gradient=(0.2, 0.2), momentum=(0.0, 0.1)))
        desk.plot.show_optimum(np.array(LOWEST))
        assert [entry.text for entry in desk.plot.legend.shown] == [
            "−gradient",
            "−momentum",
            "this step",
            "optimum",
        ]
        desk.plot.show_moves(None)
        assert desk.plot.arrows.shown == []

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e308, -1e30])
    def test_what_is_beyond_all_numbers_is_not_drawn_and_does_no_harm(self, desk: Desk, bad: float) -> None:
        before = desk.plot.grab().toImage()
        desk.plot.show_moves(moves((0.0, 0.0), step=(bad, 0.0), gradient=(0.0, bad), momentum=(0.0, 0.0)))
        desk.plot.grab()
        if not math.isfinite(bad):
            assert all(apart(*way) == 0 for way in ends(desk).values())
        desk.plot.show_moves(moves((bad, 0.0), step=(0.4, 0.3), gradient=(0.5, 0.1)))
        desk.plot.show_mark(np.array([bad, 0.0]))
        desk.plot.show_optimum(np.array([0.0, bad]))
        desk.plot.show_start(np.array([bad, bad]))
        marks = (desk.plot.mark, desk.plot.optimum, desk.plot.start)
        assert any(item.isVisible() for item in marks) == (bad == -1e30)  # that, one could still zoom out to
        area = desk.plot.area().toRect()
        after = desk.plot.grab().toImage()
        assert after.copy(area) == before.copy(area)

    def test_they_follow_the_view(self, desk: Desk) -> None:
        desk.plot.show_moves(moves((1.0, -1.0), step=(0.4, 0.3)))
        turn_wheel(desk.hand, desk.at(0, 0), 120)
        assert apart(ends(desk)["step"][1], desk.at(1.4, -0.7)) < 1

    def test_they_are_the_step_and_what_gradient_and_momentum_alone_would_have_made_of_it(self) -> None:
        """On a slanted plane, by hand: u and v of a move solve `along.T @ (u, v) = move`.

        What a loss with this gradient gains along u and v is the product of the two with the gradient.
        """
        along = np.array([[2.0, 0.0], [1.0, 0.5]])
        plane = Plane(np.array([1.0, 1.0]), along, ("w", "b"))
        before, after = np.array([3.0, 1.5]), np.array([2.5, 1.25])
        gradient, velocity, rate = np.array([4.0, 1.0]), np.array([6.0, -2.0]), 0.1
        snapshots = [SimpleNamespace(arrays=(each[None, :1], each[1:])) for each in (before, after)]
        snapshots[1].learning_rate = rate
        inspection = Inspection(
            cast(Any, snapshots[1]), cast(Any, snapshots[0]), gradient, {"momentum_buffer": velocity}, 3.0
        )
        found = Moves.of(StepOnPlane(inspection, plane))
        assert found.start == pytest.approx(tuple(np.linalg.solve(along.T, before - plane.origin)))
        assert found.ways["step"] == pytest.approx(tuple(np.linalg.solve(along.T, after - before)))
        assert found.ways["gradient"] == pytest.approx((-rate * 8 * 3, -rate * 4.5 * 3))
        assert found.ways["momentum"] == pytest.approx((-rate * 12 * 3, -rate * 5 * 3))


def test_marks_stand_where_they_were_put(desk: Desk) -> None:
    plot, place = desk.plot, np.array([1.25, -0.75])
    for show, item in (
        (plot.show_optimum, plot.optimum),
        (plot.show_start, plot.start),
        (plot.show_mark, plot.mark),
    ):
        show(place)
        assert item.isVisible()
        assert item.pos() == QPointF(1.25, -0.75)
        show(None)
        assert not item.isVisible()


def test_a_marked_stretch_changes_the_picture_along_the_path_alone(desk: Desk) -> None:
    before = desk.plot.grab().toImage()
    desk.plot.show_stretch((2 * EVERY, 4 * EVERY))
    after = desk.plot.grab().toImage()
    changed = {
        step
        for step, place in enumerate(PATH)
        for shift in (QPointF(1, -1), QPointF(-1, 1))  # aside of the path
        if after.pixelColor((desk.at(*place) + shift).toPoint())
        != before.pixelColor((desk.at(*place) + shift).toPoint())
    }
    assert changed >= {3}
    assert changed <= {2, 3, 4}


def test_it_says_that_there_are_no_points_only_while_there_are_none(desk: Desk) -> None:
    desk.plot.await_points(False)
    desk.plot.show_picture(None)  # that of another view is on its way
    assert not desk.plot.empty_text.isVisible()
    desk.plot.await_points(True)
    assert desk.plot.empty_text.isVisible()
