"""The fit plot as a person uses it: real mouse and key events, checked against pyqtgraph's own mapping."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from core.experiment.points import Points
from core.insight.curves import Line
from core.insight.scaling import no_scaling
from core.training.path import Way
from gui.plots.fit_plot import FitPlot
from gui.plots.shown_points import kept_selection
from gui.plots.tools import ERASER
from gui.theme import Theme

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.MouseButton.NoButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
FREE = Qt.KeyboardModifier.NoModifier


class Desk:
    """A plot, a store that does at once what it asks for, and a hand with a mouse."""

    def __init__(self, plot, qtbot):
        self.plot = plot
        self.qtbot = qtbot
        self.points = Points()
        self.log = []
        plot.stroke_began.connect(lambda: self.log.append("began"))
        plot.stroke_ended.connect(lambda: self.log.append("ended"))
        plot.selection_changed.connect(lambda chosen: self.log.append("selection"))
        plot.points_drawn.connect(lambda x, y: self.do("drawn", self.points.added(x, y)))
        plot.points_erased.connect(lambda chosen: self.do("erased", self.points.removed(chosen)))
        plot.points_moved.connect(lambda *move: self.do("moved", self.points.moved(*move)))

    def do(self, word, points):
        self.log.append(word)
        self.show(points)

    def show(self, points):
        self.points = points
        self.plot.show_points(points)

    def pixel(self, x, y):
        """Where pyqtgraph says that (x, y) is in the viewport."""
        return self.plot.getViewBox().mapViewToScene(QPointF(x, y))

    def mouse(self, kind, at, button, buttons, modifiers=FREE):
        everywhere = QPointF(self.plot.viewport().mapToGlobal(at.toPoint()))
        event = QMouseEvent(kind, at, everywhere, button, buttons, modifiers)
        QApplication.sendEvent(self.plot.viewport(), event)

    def press(self, at, button=LEFT, modifiers=FREE):
        self.mouse(QEvent.Type.MouseButtonPress, at, button, button, modifiers)

    def move(self, at, buttons=LEFT, modifiers=FREE):
        self.mouse(QEvent.Type.MouseMove, at, NONE, buttons, modifiers)

    def release(self, at, button=LEFT):
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, NONE)

    def click(self, x, y, button=LEFT, modifiers=FREE):
        self.press(self.pixel(x, y), button, modifiers)
        self.release(self.pixel(x, y), button)

    def drag(self, start, end, button=LEFT, modifiers=FREE, moves=10):
        self.press(self.pixel(*start), button, modifiers)
        for share in np.linspace(0, 1, moves + 1)[1:]:
            at = (1 - share) * np.array(start) + share * np.array(end)
            self.move(self.pixel(*at), button)
        self.release(self.pixel(*end), button)

    def wheel(self, at, turned=120):
        event = QWheelEvent(
            at, at, QPoint(), QPoint(0, turned), NONE, FREE, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(self.plot.viewport(), event)

    def key(self, key, modifiers=FREE):
        self.qtbot.keyClick(self.plot, key, modifiers)

    def view(self):
        return np.array(self.plot.getViewBox().viewRange())


@pytest.fixture
def desk(qtbot):
    plot = FitPlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(480, 420)
    plot.show()
    qtbot.waitExposed(plot)
    return Desk(plot, qtbot)


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(5)
    return Points(random.normal(size=2_000_000), random.normal(size=2_000_000))


def curve(plot, key="fit"):
    x, y = plot.traces[key].getData()
    return np.asarray(x), np.asarray(y)


class TestDrawing:
    def test_a_click_adds_one_point_under_the_cursor(self, desk):
        desk.click(1.25, -0.5)
        assert desk.log == ["began", "drawn", "ended"]
        assert desk.points.x.ravel() == pytest.approx([1.25], abs=1e-9)
        assert desk.points.y == pytest.approx([-0.5], abs=1e-9)

    def test_a_drag_sprays_points_around_its_way(self, desk):
        desk.drag((-2, 0), (2, 0))
        assert 10 < len(desk.points) < 60
        assert desk.log[0] == "began"
        assert desk.log[-1] == "ended"
        assert desk.log.count("began") == 1
        assert desk.points.x.min() < -1.5
        assert desk.points.x.max() > 1.5
        assert 0 < desk.points.y.std() < 0.5

    def test_a_fast_drag_sprays_as_many_points_as_a_slow_one(self, desk):
        desk.drag((-2, 0), (2, 0), moves=1)
        fast = len(desk.points)
        desk.show(Points())
        desk.drag((-2, 0), (2, 0), moves=100)
        assert abs(fast - len(desk.points)) <= 1

    def test_the_same_stroke_gives_the_same_points_in_every_window(self, desk, qtbot):
        other = FitPlot(Theme())
        qtbot.addWidget(other)
        other.resize(desk.plot.size())
        other.show()
        second = Desk(other, qtbot)
        for each in (desk, second):
            each.drag((-2, 1), (2, -1))
        assert desk.points == second.points

    def test_a_double_click_adds_one_point(self, desk):
        at = desk.pixel(1, 1)
        desk.press(at)
        desk.release(at)
        desk.mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT)
        desk.release(at)
        assert len(desk.points) == 1
        assert desk.log == ["began", "drawn", "ended"]

    def test_a_click_on_an_axis_adds_nothing(self, desk):
        at = QPointF(5, 200)
        desk.press(at)
        desk.release(at)
        assert desk.log == []

    def test_points_sprayed_beyond_the_axes_are_not_drawn(self, desk):
        desk.drag((2, 0), (6, 0))
        assert desk.points.x.max() <= 3

    def test_nothing_moves_while_points_are_drawn_inside_the_view(self, desk):
        before = desk.view()
        desk.drag((-2.9, -2.9), (2.9, 2.9))
        desk.click(2.95, 2.95)
        assert np.array_equal(desk.view(), before)

    def test_drawing_works_while_the_fit_moves(self, desk):
        desk.plot.set_running(True)
        at = [desk.pixel(x, 0) for x in np.linspace(-2, 2, 30)]
        desk.press(at[0])
        for frame, place in enumerate(at):
            desk.plot.show_fit(lambda x, frame=frame: frame * x)
            desk.move(place)
        desk.release(at[-1])
        assert len(desk.points) > 10
        assert desk.log.count("ended") == 1


class TestEndsOfAStroke:
    @pytest.fixture
    def drawing(self, desk):
        desk.press(desk.pixel(-1, 0))
        desk.move(desk.pixel(0, 0))
        assert desk.log[0] == "began"
        assert "ended" not in desk.log
        return desk

    def test_released_outside_the_plot(self, drawing):
        drawing.release(QPointF(-500, 9000))
        assert drawing.log.count("ended") == 1

    def test_another_tool(self, drawing):
        drawing.plot.set_tool("move")
        drawing.release(drawing.pixel(0, 0))
        assert drawing.log.count("ended") == 1

    def test_the_window_loses_the_focus(self, drawing):
        QApplication.sendEvent(drawing.plot, QFocusEvent(QEvent.Type.FocusOut))
        assert drawing.log.count("ended") == 1

    def test_another_window_comes_in_front(self, drawing):
        QApplication.sendEvent(drawing.plot, QEvent(QEvent.Type.WindowDeactivate))
        assert drawing.log.count("ended") == 1

    def test_the_plot_is_hidden(self, drawing):
        drawing.plot.hide()
        assert drawing.log.count("ended") == 1

    def test_a_release_that_nobody_told_us_of(self, drawing):
        drawn = len(drawing.points)
        drawing.move(drawing.pixel(2, 2), buttons=NONE)
        assert drawing.log.count("ended") == 1
        assert len(drawing.points) == drawn


class TestErasing:
    @pytest.mark.parametrize(("tool", "button"), [("draw", RIGHT), ("erase", LEFT), ("move", RIGHT)])
    def test_removes_what_the_circle_passes_over(self, desk, tool, button):
        x = np.linspace(-2.5, 2.5, 21)
        desk.show(Points(np.append(x, 0), np.append(0 * x, 2)))
        desk.plot.set_tool(tool)
        desk.drag((-2.9, 0), (3, 0), button, moves=3)
        assert desk.points == Points([0], [2])
        assert desk.log[0] == "began"
        assert desk.log[-1] == "ended"

    def test_leaves_what_is_outside_the_circle(self, desk):
        centre = desk.pixel(0, 0)
        per_pixel = 6 / desk.plot.area().width()
        desk.show(Points([(ERASER - 1) * per_pixel, (ERASER + 1) * per_pixel], [0, 0]))
        desk.press(centre, RIGHT)
        desk.release(centre, RIGHT)
        assert desk.points == Points([(ERASER + 1) * per_pixel], [0])

    def test_on_empty_ground_leaves_nothing_to_undo(self, desk):
        desk.drag((-1, -1), (1, 1), RIGHT)
        assert desk.log == []

    def test_the_right_button_brings_up_no_menu(self, desk):
        at = desk.pixel(0, 0).toPoint()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at)
        QApplication.sendEvent(desk.plot.viewport(), event)
        assert event.isAccepted()
        assert QApplication.activePopupWidget() is None

    def test_the_circle_follows_the_cursor(self, desk):
        desk.plot.set_tool("erase")
        before = desk.plot.grab().toImage()
        desk.move(desk.pixel(0, 0), buttons=NONE)
        assert desk.plot.grab().toImage() != before


class TestMoving:
    @pytest.fixture
    def table(self, desk):
        desk.show(Points([-2, 0, 1, 2], [0, 0, 1, 2]))
        desk.plot.set_tool("move")
        return desk

    def test_a_drag_moves_the_point_under_the_cursor(self, table):
        table.drag((0, 0), (0.5, -1))
        assert table.points.x.ravel() == pytest.approx([-2, 0.5, 1, 2])
        assert table.points.y == pytest.approx([0, -1, 1, 2])
        assert [word for word in table.log if word in ("began", "ended")] == ["began", "ended"]

    def test_a_click_selects_and_changes_nothing(self, table):
        table.click(0, 0)
        assert list(table.plot.selection) == [1]
        assert table.log == ["selection"]

    def test_a_rectangle_selects_what_is_in_it(self, table):
        table.drag((-0.5, -0.5), (2.5, 2.5))
        assert list(table.plot.selection) == [1, 2, 3]
        assert "began" not in table.log

    def test_shift_extends_the_selection(self, table):
        table.drag((-0.5, -0.5), (0.5, 0.5))
        table.drag((0.5, 0.5), (1.5, 1.5), modifiers=SHIFT)
        table.click(2, 2, modifiers=SHIFT)
        assert list(table.plot.selection) == [1, 2, 3]

    def test_shift_click_takes_a_selected_point_out(self, table):
        table.plot.select_all()
        table.click(1, 1, modifiers=SHIFT)
        assert list(table.plot.selection) == [0, 1, 3]

    def test_a_drag_of_a_selected_point_moves_the_whole_selection(self, table):
        table.plot.select([1, 3])
        table.drag((0, 0), (-1, 0.5))
        assert table.points.x.ravel() == pytest.approx([-2, -1, 1, 1])
        assert table.points.y == pytest.approx([0, 0.5, 1, 2.5])
        assert list(table.plot.selection) == [1, 3]

    def test_a_point_dragged_out_of_the_view_moves_the_view_only_afterwards(self, table):
        before = table.view()
        table.press(table.pixel(2, 2))
        table.move(table.pixel(2, 8))
        assert np.array_equal(table.view(), before)
        table.release(QPointF(0, 0))
        assert table.points.y.max() == pytest.approx(8)
        assert table.view()[1, 1] >= 8

    @pytest.mark.parametrize(
        ("key", "direction"),
        [
            (Qt.Key.Key_Left, (-1, 0)),
            (Qt.Key.Key_Right, (1, 0)),
            (Qt.Key.Key_Up, (0, 1)),
            (Qt.Key.Key_Down, (0, -1)),
        ],
    )
    @pytest.mark.parametrize(("modifiers", "pixels"), [(FREE, 1), (SHIFT, 10)])
    def test_arrow_keys_move_a_selection_by_pixels(self, table, key, direction, modifiers, pixels):
        table.plot.select([1])
        before = table.pixel(0, 0)
        table.log.clear()
        table.key(key, modifiers)
        after = table.pixel(table.points.x[1, 0], table.points.y[1])
        assert after.x() - before.x() == pytest.approx(direction[0] * pixels, abs=0.01)
        assert before.y() - after.y() == pytest.approx(direction[1] * pixels, abs=0.01)
        assert table.log == ["moved"]

    @pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
    def test_delete_removes_the_selection(self, table, key):
        table.plot.select([0, 2])
        table.key(key)
        assert table.points == Points([0, 2], [0, 2])
        assert list(table.plot.selection) == []

    def test_escape_clears_the_selection_and_control_a_selects_all(self, table):
        table.key(Qt.Key.Key_A, CONTROL)
        assert list(table.plot.selection) == [0, 1, 2, 3]
        table.key(Qt.Key.Key_Escape)
        assert list(table.plot.selection) == []

    def test_arrow_keys_without_a_selection_are_left_to_the_window(self, table):
        table.key(Qt.Key.Key_Right)
        table.key(Qt.Key.Key_Delete)
        assert table.log == []


class TestSelection:
    def test_stays_on_its_points_when_others_are_erased(self, desk):
        desk.show(Points([0, 1, 2, 3], [5, 6, 7, 8]))
        desk.plot.select([1, 3])
        desk.show(desk.points.removed([0]))
        assert list(desk.plot.selection) == [0, 2]

    def test_stays_when_points_are_added(self, desk):
        desk.show(Points([0, 1], [5, 6]))
        desk.plot.select([1])
        desk.show(desk.points.added([9], [9]))
        assert list(desk.plot.selection) == [1]

    def test_goes_with_another_set_of_points(self, desk):
        desk.show(Points([0, 1], [5, 6]))
        desk.plot.select([1])
        desk.show(Points([10, 11], [5.5, 6.5]))
        assert list(desk.plot.selection) == []

    @given(st.data())
    def test_agrees_with_a_search_by_hand_after_any_removal(self, data):
        count = data.draw(st.integers(1, 30))
        points = Points(np.arange(count), np.arange(count) ** 2)
        selection = data.draw(st.sets(st.integers(0, count - 1)))
        gone = data.draw(st.sets(st.integers(0, count - 1)))
        after = points.removed(sorted(gone))
        kept = kept_selection(np.array(sorted(selection), dtype=int), points, after)
        if gone:
            assert {int(after.x[index, 0]) for index in kept} == selection - gone


class TestView:
    def test_an_empty_plot_says_what_to_do_and_shows_minus_3_to_3(self, desk):
        assert desk.plot.empty_text.isVisible()
        assert "open a file" in desk.plot.empty_text.text()
        assert np.array_equal(desk.view(), [[-3, 3], [-3, 3]])
        desk.click(0, 0)
        assert not desk.plot.empty_text.isVisible()

    def test_the_wheel_zooms_about_the_cursor(self, desk):
        at = desk.pixel(1, 2)
        desk.wheel(at)
        assert np.ptp(desk.view(), axis=1) == pytest.approx([6 * 1.0015**-120] * 2)
        assert (desk.pixel(1, 2) - at).manhattanLength() < 0.01

    @pytest.mark.parametrize(("at", "still"), [(QPointF(5, 200), 0), (QPointF(250, 410), 1)])
    def test_the_wheel_over_an_axis_zooms_that_axis_alone(self, desk, at, still):
        desk.wheel(at)
        assert np.ptp(desk.view()[still]) == 6
        assert np.ptp(desk.view()[1 - still]) < 6

    def test_a_middle_drag_pans(self, desk):
        start, end = desk.pixel(0, 0), desk.pixel(1, 2)
        desk.press(start, MIDDLE)
        desk.move(end, MIDDLE)
        desk.release(end, MIDDLE)
        assert desk.view() == pytest.approx(np.array([[-4, 2], [-5, 1]]))
        assert desk.log == []

    def test_a_zoom_is_respected_until_f(self, desk):
        desk.wheel(desk.pixel(0, 0))
        zoomed = desk.view()
        desk.show(Points([-50, 50], [0, 1]))
        assert np.array_equal(desk.view(), zoomed)
        desk.key(Qt.Key.Key_F)
        assert desk.view()[0, 0] < -50 < 50 < desk.view()[0, 1]

    def test_the_range_never_shrinks_while_running(self, desk):
        desk.plot.set_running(True)
        for size in (1, 10, 3, 100, 0.1, 40):
            before = desk.view()
            desk.show(Points([-size, size], [-size, 2 * size]))
            after = desk.view()
            assert (after[:, 0] <= before[:, 0]).all()
            assert (after[:, 1] >= before[:, 1]).all()
            assert after[0, 0] <= -size
            assert after[1, 1] >= 2 * size

    def test_no_fit_moves_the_view(self, desk):
        desk.show(Points([0, 1], [0, 1]))
        before = desk.view()
        for slope in (1, -1e3, 1e300, np.inf, np.nan):
            desk.plot.show_fit(lambda x, slope=slope: slope * x)
            desk.plot.grab()
        assert np.array_equal(desk.view(), before)

    @pytest.mark.parametrize("size", [1e-300, 1e-100, 1e-9, 1e9, 1e100, 4e299])
    def test_points_of_any_size_can_be_shown(self, desk, size):
        desk.show(Points(np.array([-1, 0, 2]) * size, np.array([2, 1, -1]) * size))
        desk.plot.show_residuals("squares")
        desk.plot.show_fit(lambda x: -x)
        desk.plot.fit_view()
        desk.plot.grab()
        view = desk.view()
        assert np.isfinite(view).all()
        assert (view[:, 0] <= -size).all()
        assert (view[:, 1] >= 2 * size).all()


class TestCurves:
    @pytest.mark.parametrize("key", ["fit", "reference", "start"])
    def test_the_curve_drawn_is_the_function_over_the_whole_view(self, desk, key):
        getattr(desk.plot, f"show_{key}")(np.sin)
        x, y = curve(desk.plot, key)
        assert 256 <= len(x) <= 600
        assert (x[0], x[-1]) == (-3, 3)
        assert np.array_equal(y, np.sin(x))

    def test_the_curve_is_sampled_anew_when_the_view_changes(self, desk):
        desk.plot.show_fit(np.cos)
        desk.wheel(desk.pixel(0, 0), -240)
        x, y = curve(desk.plot)
        assert x[[0, -1]] == pytest.approx(desk.view()[0])
        assert np.array_equal(y, np.cos(x))

    def test_none_takes_the_curve_away(self, desk):
        desk.plot.show_fit(np.cos)
        desk.plot.show_fit(None)
        assert len(curve(desk.plot)[0]) == 0

    def test_what_is_not_finite_leaves_a_gap(self, desk):
        desk.plot.show_fit(np.log)
        x, y = curve(desk.plot)
        connected = desk.plot.traces["fit"].opts["connect"]
        assert not connected[:-1][x[:-1] <= 0].any()
        assert connected[:-1][x[:-1] > 0].all()
        assert np.isfinite(y).all()

    def test_the_legend_names_only_what_is_shown(self, desk):
        def names():
            return [entry.text for entry in desk.plot.legend.shown]

        assert names() == []
        desk.show(Points([0], [0]))
        desk.plot.show_start(np.sin)
        desk.plot.show_reference(np.sin, "least squares")
        assert names() == ["data", "least squares", "start"]
        desk.plot.show_start(None)
        desk.plot.show_fit(np.cos)
        assert names() == ["data", "fit", "least squares"]

    def test_residual_lines_go_from_the_points_to_the_curve(self, desk):
        desk.show(Points([-1, 2], [1, -1]))
        desk.plot.show_fit(lambda x: 0.5 * x)
        desk.plot.show_residuals("lines")
        origin = desk.plot.area().topLeft()
        for line, (x, y) in zip(desk.plot.residuals.lines, [(-1, 1), (2, -1)], strict=True):
            assert (line.p1() + origin - desk.pixel(x, y)).manhattanLength() < 0.01
            assert (line.p2() + origin - desk.pixel(x, 0.5 * x)).manhattanLength() < 0.01

    def test_residual_squares_are_square_on_the_screen(self, desk):
        desk.plot.resize(700, 400)
        desk.show(Points([-1, 2], [1, -1]))
        desk.plot.show_fit(lambda x: 0.5 * x)
        desk.plot.show_residuals("squares")
        sides = [(square.width(), square.height()) for square in desk.plot.residuals.squares]
        expected = [
            abs(desk.pixel(0, 1).y() - desk.pixel(0, -0.5).y()),
            desk.pixel(0, -1).y() - desk.pixel(0, 1).y(),
        ]
        assert sides == [pytest.approx((side, side), abs=0.01) for side in expected]
        desk.plot.show_residuals("off")
        assert desk.plot.residuals.squares == []

    def test_what_was_abandoned_is_a_muted_line(self, desk):
        desk.plot.show_ghost(np.sin)
        x, y = curve(desk.plot, "ghost")
        assert np.array_equal(y, np.sin(x))
        assert [entry.text for entry in desk.plot.legend.shown] == ["abandoned"]
        desk.plot.show_ghost(None)
        assert desk.plot.legend.shown == []


@pytest.fixture
def hand(desk):
    """A desk with the move tool, the line y = x + 1, and a log of what is done to the line."""
    plot = desk.plot
    plot.set_tool("move")
    plot.show_fit(lambda x: x + 1)
    plot.fit_grabbed.connect(lambda: desk.log.append("grabbed"))
    plot.fit_released.connect(lambda: desk.log.append("released"))
    plot.fit_shifted.connect(lambda dy: desk.log.append(("shifted", dy)))
    plot.fit_turned.connect(lambda *turn: desk.log.append(("turned", turn)))
    return desk


def done(log, word):
    return [what[1] for what in log if what[0] == word]


class TestCurveByHand:
    def test_a_drag_shifts_the_curve_by_as_much_as_the_mouse_moves_up(self, hand):
        hand.drag((0, 1), (0.5, -0.5))
        assert (hand.log[0], hand.log[-1]) == ("grabbed", "released")
        assert sum(done(hand.log, "shifted")) == pytest.approx(-1.5)
        assert len(hand.log) == 12

    def test_points_and_selection_stay_as_they_were(self, hand):
        hand.show(Points([-2], [2]))
        hand.plot.select([0])
        hand.log.clear()
        hand.drag((0, 1), (0, 2))
        assert {word if isinstance(word, str) else word[0] for word in hand.log} == {
            "grabbed",
            "shifted",
            "released",
        }
        assert list(hand.plot.selection) == [0]

    def test_a_click_on_the_curve_takes_nothing(self, hand):
        hand.click(0, 1)
        assert hand.log == []

    def test_a_point_upon_the_curve_is_moved_and_not_the_curve(self, hand):
        hand.show(Points([0], [1]))
        hand.drag((0, 1), (0, 2))
        assert hand.points.y == pytest.approx([2])
        assert "grabbed" not in hand.log

    @pytest.mark.parametrize("tool", ["draw", "erase"])
    def test_only_the_move_tool_takes_it(self, hand, tool):
        hand.plot.set_tool(tool)
        hand.drag((0, 1), (0, 2))
        assert "grabbed" not in hand.log

    @pytest.mark.parametrize(("pixels", "taken"), [(9, True), (-9, True), (11, False), (-11, False)])
    def test_within_ten_pixels_of_the_curve_and_no_further(self, hand, pixels, taken):
        hand.plot.show_fit(lambda x: 0 * x)
        at = hand.pixel(0, 0) + QPointF(0, pixels)
        hand.press(at)
        hand.move(at + QPointF(0, 20))
        assert ("grabbed" in hand.log) == taken

    def test_the_distance_to_a_steep_curve_is_that_to_its_side(self, hand):
        hand.plot.show_fit(lambda x: 1000 * x)
        for pixels, taken in ((11, False), (9, True)):
            at = hand.pixel(0, 1) + QPointF(pixels, 0)
            hand.press(at)
            hand.move(at + QPointF(0, 20))
            hand.release(at)
            assert ("grabbed" in hand.log) == taken

    def test_with_shift_a_rectangle_begins_upon_the_curve(self, hand):
        hand.show(Points([0.5], [0.5]))
        hand.drag((0, 1), (1, 0), modifiers=SHIFT)
        assert list(hand.plot.selection) == [0]
        assert "grabbed" not in hand.log

    @pytest.mark.parametrize("x", [-2.5, -1.2, 1.2, 1.9])
    def test_a_line_turns_about_its_middle_in_its_outer_thirds(self, hand, x):
        hand.plot.show_turnable(True)
        hand.drag((x, x + 1), (x, x + 2))
        turns = np.array(done(hand.log, "turned"))
        assert turns[:, :2] == pytest.approx(np.tile([0, 1], (len(turns), 1)))
        assert turns[-1, 2:] == pytest.approx([x, x + 2])
        assert (np.diff(turns[:, 3]) > 0).all()
        assert (hand.log[0], hand.log[-1]) == ("grabbed", "released")

    def test_a_line_that_is_taken_beside_does_not_jump_to_the_cursor(self, hand):
        hand.plot.show_turnable(True)
        start = hand.pixel(2, 3) + QPointF(0, 6)
        hand.press(start)
        hand.move(start + QPointF(0, 30))
        hand.move(start)
        assert done(hand.log, "turned")[-1] == pytest.approx((0, 1, 2, 3))

    def test_in_its_middle_third_a_line_is_shifted(self, hand):
        hand.plot.show_turnable(True)
        hand.drag((0.9, 1.9), (0.9, 1))
        assert sum(done(hand.log, "shifted")) == pytest.approx(-0.9)
        assert done(hand.log, "turned") == []

    def test_a_turned_line_never_stands_upright_nor_turns_over(self, hand):
        hand.plot.show_turnable(True)
        hand.drag((2, 3), (-2, 3), moves=30)
        assert min(turn[2] for turn in done(hand.log, "turned")) > 0.1

    def test_the_pivot_stays_while_the_line_follows_the_hand(self, hand):
        hand.plot.show_turnable(True)
        hand.plot.fit_turned.connect(lambda *turn: hand.plot.show_fit(lambda x: 7 - x))
        hand.drag((2, 3), (2, 1))
        assert {turn[:2] for turn in done(hand.log, "turned")} == {(0, 1)}

    @pytest.mark.parametrize("end", [lambda plot: plot.hide(), lambda plot: plot.set_tool("draw")])
    def test_it_is_let_go_however_the_gesture_ends(self, hand, end):
        hand.press(hand.pixel(0, 1))
        hand.move(hand.pixel(0, 2))
        end(hand.plot)
        assert hand.log[-1] == "released"
        hand.release(hand.pixel(0, 2))
        assert hand.log.count("released") == 1

    @pytest.mark.parametrize("predict", [None, lambda x: np.nan * x])
    def test_there_is_nothing_to_take_without_a_curve(self, hand, predict):
        hand.plot.show_fit(predict)
        hand.drag((0, 1), (0, 2))
        assert hand.log == []

    def test_the_cursor_says_what_a_drag_would_do(self, hand):
        def shape(x, y, **held):
            hand.move(hand.pixel(x, y), NONE, **held)
            return hand.plot.viewport().cursor().shape()

        hand.plot.show_turnable(True)
        assert shape(0, -2) == Qt.CursorShape.ArrowCursor
        assert shape(0, 1) == Qt.CursorShape.SizeVerCursor
        assert shape(2, 3) == Qt.CursorShape.OpenHandCursor
        assert shape(2, 3, modifiers=SHIFT) == Qt.CursorShape.ArrowCursor
        hand.press(hand.pixel(0, 1))
        assert hand.plot.viewport().cursor().shape() == Qt.CursorShape.ClosedHandCursor
        hand.release(hand.pixel(0, 1))
        assert hand.plot.viewport().cursor().shape() == Qt.CursorShape.SizeVerCursor
        hand.plot.set_tool("draw")
        assert shape(0, 1) == Qt.CursorShape.CrossCursor

    def test_the_tip_of_the_tool_says_that_the_line_can_be_dragged(self, hand):
        assert "Drag the line" in hand.plot.accessibleDescription()


@pytest.fixture
def run(desk):
    """A desk with a run of eleven steps, whose lines are y = 0, 0.2, 0.4 … 2, and a log of its steps."""
    numbers = np.column_stack((np.zeros(11), np.linspace(0, 2, 11))).astype(np.float32)
    desk.plot.show_way(Way(numbers, 1, 10), Line({}), no_scaling(1))
    desk.plot.step_hovered.connect(lambda step: desk.log.append(("hovered", step)))
    desk.plot.step_wanted.connect(lambda step: desk.log.append(("wanted", step)))
    return desk


class TestStepsOfARun:
    def test_the_step_whose_line_is_under_the_cursor_is_told_once(self, run):
        for x, y in ((0, 1), (1.5, 1.01), (1.5, 0.6), (1.5, -1), (1.5, -2)):
            run.move(run.pixel(x, y), NONE)
        assert run.log == [("hovered", 5), ("hovered", 3), ("hovered", None)]

    def test_within_six_pixels_and_no_further(self, run):
        top = run.pixel(0, 2)
        run.move(top - QPointF(0, 5.5), NONE)
        run.move(top - QPointF(0, 6.5), NONE)
        assert run.log == [("hovered", 10), ("hovered", None)]

    def test_of_steps_kept_apart_it_is_one_that_is_kept(self, run):
        way = Way(np.array([[0.0, -1.0], [0.0, 1.0]]), 64, 100)
        run.plot.show_way(way, Line({}), no_scaling(1))
        run.move(run.pixel(0, 1), NONE)
        assert run.log == [("hovered", 64)]

    def test_beside_the_axes_there_is_none(self, run):
        run.move(QPointF(5, run.pixel(0, 1).y()), NONE)
        assert run.log == []

    @pytest.mark.parametrize(
        "ends",
        [
            lambda plot: QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave)),
            lambda plot: plot.hide(),
            lambda plot: plot.show_way(None, None, None),
            lambda plot: plot.show_way(Way(np.zeros((3, 2)), 1, 2), Line({}), no_scaling(1)),
        ],
    )
    def test_none_is_told_when_cursor_plot_or_step_are_gone(self, run, ends):
        run.move(run.pixel(0, 1), NONE)
        ends(run.plot)
        assert run.log == [("hovered", 5), ("hovered", None)]

    @pytest.mark.parametrize("button", [LEFT, MIDDLE, RIGHT])
    def test_none_is_hovered_during_a_gesture(self, run, button):
        run.move(run.pixel(0, 1), NONE)
        run.press(run.pixel(0, 1), button)
        run.move(run.pixel(0, 0.6), button)
        hovered = [what for what in run.log if what[0] == "hovered"]
        assert hovered == [("hovered", 5), ("hovered", None)]

    def test_a_model_of_several_features_has_no_steps_here(self, run):
        run.plot.show_way(Way(np.zeros((3, 3)), 1, 2), Line({}, 2), no_scaling(2))
        run.move(run.pixel(0, 0), NONE)
        assert run.log == []

    @pytest.mark.parametrize("tool", ["draw", "move", "erase"])
    def test_a_drag_with_control_goes_to_the_steps_on_its_way_and_draws_nothing(self, run, tool):
        run.plot.set_tool(tool)
        run.show(Points([0], [1]))
        run.drag((0, 1), (0, 0.4), modifiers=CONTROL, moves=6)
        wanted = [step for what, step in run.log if what == "wanted"]
        assert wanted == [5, 4, 3, 2]
        assert {what[0] for what in run.log} <= {"wanted", "hovered"}

    def test_with_control_away_from_every_line_nothing_happens(self, run):
        run.click(0, -2, modifiers=CONTROL)
        assert run.log == []

    def test_every_press_goes_there_anew(self, run):
        run.click(0, 1, modifiers=CONTROL)
        run.click(0, 1, modifiers=CONTROL)
        assert [what for what in run.log if what[0] == "wanted"] == [("wanted", 5)] * 2

    def test_the_cursor_says_that_control_would_go_to_the_step(self, run):
        for place, shape in (
            ((0, 1), Qt.CursorShape.PointingHandCursor),
            ((0, -2), Qt.CursorShape.CrossCursor),
        ):
            run.move(run.pixel(*place), NONE, CONTROL)
            assert run.plot.viewport().cursor().shape() == shape

    def test_a_marked_step_is_a_thin_paler_line_with_a_name(self, run):
        run.plot.show_mark(np.sin)
        x, y = curve(run.plot, "marked")
        assert np.array_equal(y, np.sin(x))
        pens = [run.plot.traces[key].smooth_pen for key in ("marked", "fit")]
        assert pens[0].widthF() < pens[1].widthF()
        assert pens[0].color().lightness() > pens[1].color().lightness()
        assert [entry.text for entry in run.plot.legend.shown] == ["marked"]
        run.plot.show_mark(None)
        assert run.plot.legend.shown == []
        assert len(curve(run.plot, "marked")[0]) == 0


def drawn(scatter):
    """The points that a scatter shows, as a set."""
    return set(zip(*(values.tolist() for values in scatter.getData()), strict=True))


class TestHeldOut:
    POINTS = Points([-2, -1, 0, 1, 2], [0, 1, 2, -1, -2])
    MASK = np.array([False, True, False, True, False])

    def test_they_are_hollow_and_the_others_are_not(self, desk):
        desk.plot.show_points(self.POINTS, self.MASK)
        assert drawn(desk.plot.dots.points) == {(-2, 0), (0, 2), (2, -2)}
        assert drawn(desk.plot.dots.hollow) == {(-1, 1), (1, -1)}
        image = desk.plot.grab().toImage()
        at = [desk.pixel(x, y).toPoint() for x, y in ((-1, 1), (0, 2))]
        assert [image.pixelColor(place).name() for place in at] == ["#ffffff", "#0072b2"]

    def test_the_legend_tells_them_apart_only_while_there_are_any(self, desk):
        def texts():
            return [entry.text for entry in desk.plot.legend.shown]

        desk.plot.show_points(self.POINTS, self.MASK)
        assert texts() == ["training", "held out"]
        for none in (None, ~self.MASK & self.MASK):
            desk.plot.show_points(self.POINTS, none)
            assert texts() == ["data"]
            assert len(drawn(desk.plot.dots.points)) == 5
            assert not len(drawn(desk.plot.dots.hollow))

    def test_a_selected_one_has_its_ring_as_any(self, desk):
        desk.plot.show_points(self.POINTS, self.MASK)
        desk.plot.select([1, 2])
        assert drawn(desk.plot.dots.rings) == {(-1, 1), (0, 2)}

    def test_residuals_are_drawn_for_them_too(self, desk):
        desk.plot.show_points(self.POINTS, self.MASK)
        desk.plot.show_fit(lambda x: 0 * x)
        desk.plot.show_residuals("lines")
        assert len(desk.plot.residuals.lines) == 5


class TestNames:
    def test_a_hostile_column_name_is_shown_as_it_is(self, desk):
        name = "<img src=x> & <b>bold</b>\n\x00"
        desk.show(Points([0], [0], x_name=name, y_name=name))
        label = desk.plot.axes["bottom"].label
        assert label.toPlainText().strip() == "<img src=x> & <b>bold</b>"

    def test_a_very_long_name_is_shortened(self, desk):
        desk.show(Points([0], [0], x_name="long " * 200))
        label = desk.plot.axes["bottom"].label
        assert label.toPlainText().strip().endswith("…")
        assert label.boundingRect().width() <= desk.plot.width()


class TestMany:
    def test_a_frame_costs_about_the_same_over_two_million_points(self, desk, cloud):
        def cost(points):
            desk.show(points)
            desk.plot.viewport().repaint()
            times = []
            for frame in range(15):
                start = time.perf_counter()
                desk.plot.show_fit(lambda x, frame=frame: x * frame)
                desk.plot.viewport().repaint()
                times.append(time.perf_counter() - start)
            return np.median(times)

        few = cost(Points(cloud.x[:128], cloud.y[:128]))
        assert cost(cloud) < 6 * few

    def test_erasing_in_a_cloud_of_two_million_points_finds_the_points(self, desk, cloud):
        desk.show(cloud)
        desk.drag((-0.5, 0), (0.5, 0), RIGHT, moves=2)
        gone = len(cloud) - len(desk.points)
        strip = (np.abs(cloud.x[:, 0]) < 0.5) & (np.abs(cloud.y) < 0.1)
        assert gone > strip.sum()
        left = (np.abs(desk.points.x[:, 0]) < 0.5) & (np.abs(desk.points.y) < 0.1)
        assert not left.any()
