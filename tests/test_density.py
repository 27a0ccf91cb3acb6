"""Many points as a picture of their density: what is where, how dark, and when it is drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from core.experiment import Points, Settings
from gui.plots.density import FEW, MARGIN, Extent, Scene, drawn
from gui.plots.dots import ALL_DRAWN
from gui.plots.fit_plot import FitPlot
from gui.theme import DATA, Theme
from tests import mouse
from tests.windows import LINE, click, opened, plot_of, wait_for_step

COLOUR, ACCENT = 0x0072B2, 0xFF0000
NOBODY = np.empty(0, dtype=np.intp)
MANY = 40_000
SQUARE = Extent((0.0, 1.0), (0.0, 1.0), 100, 100)


def scene(x, y, selected=NOBODY, extent=SQUARE, radius=1):
    return Scene(np.asarray(x), np.asarray(y), selected, extent, COLOUR, ACCENT, radius)


def cloud(count=MANY, seed=0):
    """A dense cloud in the middle of the unit square, and one lone point at (0.1, 0.9)."""
    random = np.random.default_rng(seed)
    x, y = random.normal(0.5, 0.05, size=(2, count))
    x[0], y[0] = 0.1, 0.9
    return x, y


def alpha_at(picture, x, y):
    """How opaque the picture is where (x, y) is."""
    extent, (height, width) = picture.extent, picture.pixels.shape
    column = int((x - extent.x[0]) / (extent.x[1] - extent.x[0]) * width)
    row = int((extent.y[1] - y) / (extent.y[1] - extent.y[0]) * height)
    return int(picture.pixels[row, column] >> 24)


class TestPicture:
    def test_it_is_opaque_at_every_point_and_empty_where_none_is_near(self):
        x, y = cloud()
        picture = drawn(scene(x, y))
        assert min(alpha_at(picture, *place) for place in zip(x, y, strict=True) if max(place) < 1) > 0
        assert alpha_at(picture, 0.1, 0.1) == 0

    def test_denser_is_deeper(self):
        picture = drawn(scene(*cloud()))
        middle, rim = alpha_at(picture, 0.5, 0.5), alpha_at(picture, 0.5, 0.37)
        assert middle > 1.3 * rim > 0

    def test_one_lone_point_among_many_is_a_dot_of_three_pixels_as_strong_as_a_crowd(self):
        picture = drawn(scene(*cloud()))
        assert alpha_at(picture, 0.1, 0.9) > 0.9 * 255
        height, width = picture.pixels.shape
        corner = picture.pixels[: height // 2, : width // 3]
        assert np.count_nonzero(corner) == 9

    def test_a_pixel_is_as_opaque_as_the_logarithm_of_the_number_of_points(self):
        lumps = np.repeat([[0.2, 0.2], [0.5, 0.5], [0.8, 0.8]], [100, 10_000, 1_000], axis=0)
        picture = drawn(scene(*lumps.T))
        few, most, some = (alpha_at(picture, at, at) for at in (0.2, 0.5, 0.8))
        assert most == 255
        assert some - few == pytest.approx(most - some, abs=2)

    def test_where_hardly_any_lie_on_others_a_group_is_about_as_strong_as_a_lone_point(self):
        places = np.arange(50, 950, 12) / 1000  # so far apart that each is alone
        x, y = (axis.ravel() for axis in np.meshgrid(places, places))
        group = [[0.5005, 0.0125], [0.5025, 0.0125], [0.5005, 0.0145], [0.5025, 0.0145]]
        x, y = np.append(x, np.transpose(group)[0]), np.append(y, np.transpose(group)[1])
        picture = drawn(scene(x, y, extent=Extent((0.0, 1.0), (0.0, 1.0), 1000, 1000)))
        assert alpha_at(picture, x[0], y[0]) > alpha_at(picture, *group[0]) > 0.7 * 255

    def test_selected_points_have_the_colour_of_what_is_chosen(self):
        x, y = cloud()
        picture = drawn(scene(x, y, np.array([0])))
        red, blue = picture.pixels >> 16 & 255, picture.pixels & 255
        assert np.count_nonzero(red > blue) == 9

    def test_selected_points_are_seen_also_where_they_are_few_among_very_many(self):
        x, y = cloud(1_000_000)
        rim = np.flatnonzero((x < 0.35) & (y < 0.6))
        plain, chosen = drawn(scene(x, y)), drawn(scene(x, y, rim))
        faintest = [min(alpha_at(each, x[i], y[i]) for i in rim) for each in (plain, chosen)]
        assert faintest[0] < 0.5 * 255 < 0.7 * 255 < faintest[1]

    def test_of_few_points_in_sight_it_says_which_they_are(self):
        x, y = cloud()
        near = Extent((0.09, 0.11), (0.89, 0.91), 100, 100)
        assert drawn(scene(x, y, extent=near)).few.tolist() == [0]

    def test_the_picture_goes_on_beyond_the_view(self):
        picture = drawn(scene(*cloud()))
        assert picture.extent.x == pytest.approx((-MARGIN, 1 + MARGIN))
        assert picture.pixels.shape == (130, 130)

    @given(st.integers(0, 2**32 - 1), st.floats(1e-140, 1e140))
    def test_it_is_the_same_in_any_unit(self, seed, unit):
        x, y = cloud(2 * FEW, seed)
        one = drawn(scene(x, y))
        extent = Extent((0.0, unit), (0.0, unit), 100, 100)
        other = drawn(scene(x * unit, y * unit, extent=extent))
        assert np.mean(one.pixels != other.pixels) < 0.01  # a point on the edge of a pixel may be rounded

    def test_points_as_far_away_as_floats_go_do_no_harm(self):
        x, y = cloud()
        far = drawn(scene(np.append(x, [1e300, -1e300]), np.append(y, [-1e300, 1e300])))
        assert np.array_equal(far.pixels, drawn(scene(x, y)).pixels)


@pytest.fixture
def plot(qtbot):
    plot = FitPlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(600, 400)
    plot.show()
    return plot


def colour_at(plot, x, y):
    """The colour that the screen has where (x, y) is."""
    at = plot.box.mapViewToScene(QPointF(x, y)).toPoint()
    return plot.grab().toImage().pixelColor(at)


def is_about(seen, wanted):
    """Whether a colour is nearly another."""
    channels = zip(seen.getRgb(), QColor(wanted).getRgb(), strict=True)
    return all(abs(one - other) < 40 for one, other in channels)


class TestPlot:
    def test_so_many_points_are_no_dots(self, plot):
        plot.show_points(Points(*cloud()))
        plot.fit_view()
        assert not len(plot.dots.points.getData()[0])
        assert is_about(colour_at(plot, 0.5, 0.5), DATA)

    def test_of_a_million_points_the_lone_one_can_be_seen(self, plot):
        plot.show_points(Points(*cloud(1_000_000)))
        plot.fit_view()
        assert is_about(colour_at(plot, 0.1, 0.9), DATA)

    def test_one_point_more_than_are_dots_makes_it_a_picture_and_back(self, plot):
        x, y = cloud(ALL_DRAWN + 1)
        for count in (ALL_DRAWN, ALL_DRAWN + 1, ALL_DRAWN):
            plot.show_points(Points(x[:count], y[:count]))
            assert len(plot.dots.points.getData()[0]) == (count if count == ALL_DRAWN else 0)
            assert (plot.cloud.drawn is None) == (count == ALL_DRAWN)

    def test_coming_near_shows_the_points_one_by_one(self, plot):
        points = Points(*cloud())
        plot.show_points(points)
        plot.fit_view()
        plot.x_range.hold(0.09, 0.11)
        plot.y_range.hold(0.89, 0.91)
        plot.show_ranges()
        assert np.column_stack(plot.dots.points.getData()).tolist() == [[0.1, 0.9]]
        plot.fit_view()
        assert not len(plot.dots.points.getData()[0])

    def test_a_point_moved_from_near_by_is_where_it_was_moved_to(self, plot):
        points = Points(*cloud())
        plot.show_points(points)
        plot.x_range.hold(0.09, 0.11)
        plot.y_range.hold(0.89, 0.91)
        plot.show_ranges()
        plot.select([0])
        plot.show_points(points.moved([0], 0.005, 0.0))
        assert plot.dots.points.getData()[0].tolist() == pytest.approx([0.105])
        assert plot.dots.rings.getData()[0].tolist() == pytest.approx([0.105])

    def test_the_legend_says_that_points_held_out_are_among_them(self, plot):
        x, y = cloud()
        plot.show_points(Points(x, y), np.arange(len(x)) < 9_000)
        plot.fit_view()
        assert [entry.text for entry in plot.legend.shown] == ["training and held out"]
        plot.x_range.hold(0.09, 0.11)
        plot.y_range.hold(0.89, 0.91)
        plot.show_ranges()
        assert [entry.text for entry in plot.legend.shown] == ["training", "held out"]
        assert len(plot.dots.hollow.getData()[0]) == 1

    def test_what_is_selected_is_seen(self, plot):
        plot.show_points(Points(*cloud()))
        plot.fit_view()
        plot.select_all()
        dark = colour_at(plot, 0.5, 0.5)
        assert dark.red() > QColor(DATA).red() + 20  # as the accent is
        plot.select([])
        assert is_about(colour_at(plot, 0.5, 0.5), DATA)

    def test_clearing_leaves_nothing(self, plot):
        plot.show_points(Points(*cloud()))
        plot.fit_view()
        plot.show_points(Points())
        assert plot.cloud.drawn is None
        assert colour_at(plot, 0.55, 0.41) == QColor(Theme().surface)


class TestWindow:
    def test_the_picture_is_made_in_the_background_and_follows_the_view(self, qtbot):
        with opened(qtbot, Points(*cloud())) as window:
            plot = plot_of(window)
            qtbot.waitUntil(lambda: plot.cloud.drawn is not None)
            before = plot.view()
            middle = plot.area().center()
            button = Qt.MouseButton.MiddleButton
            mouse.mouse(plot.viewport(), mouse.QEvent.Type.MouseButtonPress, middle, button, button)
            mouse.move(plot.viewport(), middle + QPointF(60, 0), button)
            assert plot.view() != before
            moved = plot.cloud.drawn
            assert moved.scene.extent.x == before[0]  # the old picture, which has moved with the view
            assert is_about(colour_at(plot, 0.5, 0.46), DATA)
            qtbot.waitUntil(lambda: plot.cloud.drawn.scene.extent.x == plot.view()[0])
            mouse.mouse(plot.viewport(), mouse.QEvent.Type.MouseButtonRelease, middle, button, mouse.NONE)

    def test_drawing_and_erasing_go_on_as_with_few_points(self, qtbot):
        with opened(qtbot, Points(*cloud())) as window:
            plot = plot_of(window)
            click(qtbot, window, 0.3, 0.9)
            assert len(window.store.points) == MANY + 1
            qtbot.waitUntil(lambda: len(plot.cloud.drawn.scene.x) == MANY + 1)
            click(qtbot, window, 0.1, 0.9, Qt.MouseButton.RightButton)
            left = window.store.points
            assert len(left) == MANY
            assert not np.any((left.x[:, 0] == 0.1) & (left.y == 0.9))

    def test_training_goes_on_over_the_picture(self, qtbot):
        with opened(qtbot, Points(*cloud()), Settings(epochs=None)) as window:
            window.session.run()
            wait_for_step(qtbot, window, 5)
            window.session.pause()
            assert plot_of(window).cloud.drawn is not None

    def test_other_points_take_its_place(self, qtbot):
        with opened(qtbot, Points(*cloud())) as window:
            plot = plot_of(window)
            qtbot.waitUntil(lambda: plot.cloud.drawn is not None)
            window.store.replace(LINE)
            assert plot.cloud.drawn is None
            assert len(plot.dots.points.getData()[0]) == len(LINE)
