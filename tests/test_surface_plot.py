"""The surface as a person sees and turns it: real mouse and key events, and the pixels of what is painted."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.plots.projection import Projection, Room
from gui.plots.surface import MOST_CELLS, Relief, Surface, extent_of, thinned
from gui.plots.surface_frame import SurfaceFrame
from gui.plots.surface_path import LONG, told_apart, without_gaps
from gui.plots.surface_plot import FARTHEST, FIRST_VIEW, NEAREST, SurfacePlot
from gui.theme import MODEL, REFERENCE, Theme

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton
FREE = Qt.KeyboardModifier.NoModifier
FIRST = pytest.approx(FIRST_VIEW)
RED, BLUE, GREY = (230, 20, 20), (20, 20, 230), (120, 120, 120)
SIDE = np.linspace(-1.0, 1.0, 21)


def surface(height, colour=GREY, u=SIDE, v=SIDE):
    """A surface of one colour; `height` is a function of u and v."""
    grid = np.meshgrid(u, v)
    return Surface(u, v, height(*grid) + 0.0 * grid[0], np.full((len(v), len(u), 3), colour, dtype=np.uint8))


def bowl(u, v):
    """log10 of a quadratic loss."""
    return np.log10(0.1 + 4 * u**2 + v**2)


@pytest.fixture
def plot(qtbot):
    """A plot on the screen with a bowl in it."""
    widget = SurfacePlot(Theme(), ("w", "b"))
    qtbot.addWidget(widget)
    widget.resize(420, 300)
    widget.show_surface(surface(bowl))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def picture(widget):
    """The colours [y, x, 3] of what is painted."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(image.height(), -1, 4)[:, : image.width(), 2::-1].astype(int)


def column_and_row(pixel):
    """The pixel in a picture that holds a place on the widget."""
    return int(pixel.x()), int(pixel.y())


def where(widget, colour, tolerance=6):
    """The pixels [n, 2] of a colour, as x and y."""
    wanted = QColor(colour) if isinstance(colour, str) else QColor(*colour)
    away = np.abs(picture(widget) - [wanted.red(), wanted.green(), wanted.blue()]).max(axis=2)
    return np.argwhere(away <= tolerance)[:, ::-1]


def mouse(widget, kind, at, button, buttons):
    QApplication.sendEvent(
        widget, QMouseEvent(kind, QPointF(*at), widget.mapToGlobal(QPointF(*at)), button, buttons, FREE)
    )


def drag(widget, start, end, moves=5):
    mouse(widget, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    for way in np.linspace(start, end, moves + 1)[1:]:
        mouse(widget, QEvent.Type.MouseMove, way, NONE, LEFT)
    mouse(widget, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)


def turn_wheel(widget, notches):
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        NONE,
        FREE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


# What is painted


@pytest.mark.parametrize("azimuth", [-90, -60, 0, 45, 100, 170])
def test_a_nearer_hill_covers_the_one_behind_it(plot, azimuth):
    plot.turn_to(azimuth, 5)
    toward = np.array([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))])
    u, v = np.meshgrid(SIDE, SIDE)
    ahead = u * toward[0] + v * toward[1]
    ridges = np.exp(-(((np.abs(ahead) - 0.5) / 0.15) ** 2))  # one before, one behind, equally high
    colours = np.where((ahead > 0)[..., None], RED, BLUE).astype(np.uint8)
    plot.show_surface(Surface(SIDE, SIDE, ridges, colours))
    red, blue = covered(plot)
    assert red > 2_000
    plot.turn_to(azimuth + 180, 5)
    red_behind, blue_before = covered(plot)
    assert blue_before > 1.5 * blue
    assert red > 1.5 * red_behind


def covered(widget):
    """How many pixels are red, and how many blue, in whatever light."""
    red, _green, blue = np.moveaxis(picture(widget), -1, 0)
    return int((red - blue > 60).sum()), int((blue - red > 60).sum())


@pytest.mark.parametrize("azimuth", [-130, -60, 5, 90])
@pytest.mark.parametrize("elevation", [5, 40, 89])
def test_every_quad_is_painted_after_all_that_it_can_hide(azimuth, elevation):
    made = surface(
        lambda u, v: np.sin(3 * u) * np.cos(2 * v), u=np.linspace(-1, 1, 9), v=np.linspace(0, 5, 7)
    )
    extent = extent_of(made)
    assert extent is not None
    projection = Projection(azimuth, elevation, 1.0, Room(0, 0, 400, 300))
    cells = Relief(made, extent).order(projection)
    place = np.empty(len(cells), dtype=int)
    place[cells] = np.arange(len(cells))
    # A ray from the eye over the ground passes cells from the near to the far one.
    eye = projection.eye[:2]
    for target in np.random.default_rng(0).uniform(-1, 1, (40, 2)):
        way = eye + np.linspace(0, 1, 400)[:, None] * (target - eye)
        inside = (np.abs(way) < 1).all(axis=1)
        across, along = np.floor((way[inside] + 1) / 2 * [8, 6]).astype(int).T
        passed = place[along * 8 + across]
        assert (np.diff(passed) <= 0).all()


def test_the_ball_lies_where_the_surface_is(plot):
    plot.turn_to(-60, 60)
    u, v = np.array([0.8, 0.4, 0.1]), np.array([-0.8, -0.5, 0.6])
    before = picture(plot)
    plot.show_path(u, v, bowl(u, v), 2)
    ball = where(plot, MODEL, 2)
    expected = plot.to_pixel(0.1, 0.6, float(bowl(0.1, 0.6)))
    near = ball[np.hypot(*(ball - [expected.x(), expected.y()]).T) < 8]
    assert len(near) > 40
    assert near.mean(axis=0) == pytest.approx([expected.x(), expected.y()], abs=1.5)
    plot.show_path(u[:0], v[:0], u[:0], 0)
    assert (picture(plot) == before).all()


def test_the_place_on_the_widget_is_that_of_the_projection(plot):
    plot.turn_to(-90, 90)  # a flat plot: the corners of the ground are a square around its middle
    height = float(np.min(bowl(*np.meshgrid(SIDE, SIDE))))
    corners = [plot.to_pixel(u, v, height) for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    xs, ys = [round(c.x(), 6) for c in corners], [round(c.y(), 6) for c in corners]
    assert xs[0] == xs[3] < xs[1] == xs[2]
    assert ys[2] == ys[3] < ys[0] == ys[1]
    assert xs[1] - xs[0] == pytest.approx(ys[0] - ys[2])


def test_the_path_is_strong_up_to_the_ball_and_faded_beyond(plot):
    plot.turn_to(-90, 90)
    u = np.linspace(-0.9, 0.9, 50)
    v = np.full(50, 0.5)
    plot.show_path(u, v, bowl(u, v), 25)
    middle = plot.to_pixel(u[25], 0.5, float(bowl(u[25], 0.5))).x()
    strong, faded = where(plot, MODEL, 2), where(plot, Theme().faded(MODEL), 2)
    assert strong[:, 0].max() < middle + 8
    beyond = (faded[:, 0] > middle).sum()
    assert beyond > 50
    assert beyond > 3 * (faded[:, 0] < middle).sum()  # a soft edge may have that colour too


def test_a_mark_is_hollow_and_the_optimum_green_and_both_can_go(plot):
    plot.turn_to(-60, 60)
    before = picture(plot)
    plot.show_mark(0.5, 0.5, float(bowl(0.5, 0.5)))
    x, y = column_and_row(plot.to_pixel(0.5, 0.5, float(bowl(0.5, 0.5))))
    assert tuple(picture(plot)[y, x]) == (255, 255, 255)
    assert len(where(plot, MODEL, 10)) > 10
    plot.show_mark()
    plot.show_optimum(0.0, 0.0, -1.0)
    at = plot.to_pixel(0.0, 0.0, -1.0)
    green = where(plot, REFERENCE, 10)
    assert len(green) > 10
    assert green.mean(axis=0) == pytest.approx([at.x(), at.y()], abs=2)
    plot.show_optimum()
    assert (picture(plot) == before).all()


def test_where_the_loss_overflowed_there_is_a_hole(plot):
    plot.turn_to(-90, 90)

    def broken(u, v):
        return np.where((np.abs(u) < 0.4) & (np.abs(v) < 0.4), np.nan, np.where(u > 0.85, np.inf, 0.0))

    plot.show_surface(surface(broken, RED))
    painted = picture(plot)
    inside, outside, beyond = (plot.to_pixel(u, 0.0, 0.0) for u in (0.0, -0.8, 0.95))
    ground = QColor(Theme().background).getRgb()[:3]
    hole = painted[
        round(inside.y()) - 6 : round(inside.y()) + 6, round(inside.x()) - 6 : round(inside.x()) + 6
    ]
    assert (np.abs(hole - ground).max(axis=2) < 60).all()  # the ground, and lines on it
    assert (
        painted[round(outside.y()), round(outside.x()), 0]
        > 150 + painted[round(outside.y()), round(outside.x()), 2]
    )
    assert abs(painted[round(beyond.y()), round(beyond.x())] - ground).max() < 60


def test_a_flat_surface_is_a_plane_in_the_middle(plot):
    plot.show_surface(surface(lambda u, v: 0.0 * u, RED))
    assert covered(plot)[0] > 3_000
    assert plot.to_pixel(0, 0, 0.0) is not None


@pytest.mark.parametrize(
    "empty",
    [
        None,
        surface(lambda u, v: np.full_like(u, np.nan)),
        surface(lambda u, v: np.full_like(u, np.inf)),
        Surface(SIDE, SIDE[:1], np.zeros((1, 21)), np.zeros((1, 21, 3), dtype=np.uint8)),
        surface(lambda u, v: u, u=np.zeros(21)),
    ],
)
def test_without_a_surface_a_sentence_stands_there(plot, empty):
    plot.show_path(SIDE, SIDE, SIDE, 3)
    plot.show_mark(0.0, 0.0, 0.0)
    plot.show_surface(empty)
    dark = (picture(plot).sum(axis=2) < 500).sum()
    assert 200 < dark < 6_000  # letters, and nothing else
    assert not covered(plot)[0]
    assert plot.to_pixel(0.0, 0.0, 0.0) is None
    plot.show_surface(surface(bowl, RED))
    assert covered(plot)[0] > 3_000


def test_a_hidden_plot_takes_everything_and_paints_nothing(qtbot, monkeypatch):
    painted = []
    monkeypatch.setattr(Relief, "paint", lambda *_: painted.append(1))
    widget = SurfacePlot(Theme())
    qtbot.addWidget(widget)
    widget.show_surface(surface(bowl))
    for chosen in range(20):
        widget.show_path(SIDE, SIDE, SIDE, chosen)
        widget.turn_to(chosen, 30)
    QApplication.processEvents()
    assert not painted
    with qtbot.waitExposed(widget):
        widget.show()
    widget.repaint()
    assert painted


def test_a_frame_of_a_run_does_not_paint_the_surface_again(plot, monkeypatch):
    painted = []
    real = Relief.paint
    monkeypatch.setattr(Relief, "paint", lambda *given: painted.append(1) or real(*given))
    plot.repaint()
    painted.clear()
    for chosen in range(10):
        plot.show_path(SIDE, SIDE, bowl(SIDE, SIDE), chosen)
        plot.show_mark(0.0, 0.0, 0.0)
        plot.repaint()
    assert not painted
    for change in (
        lambda: plot.turn_to(10, 20),
        lambda: plot.zoom_to(2),
        lambda: plot.resize(500, 340),
        lambda: plot.show_names("slope", "intercept"),
        lambda: plot.show_surface(surface(bowl)),
    ):
        painted.clear()
        change()
        plot.repaint()
        assert len(painted) == 1


def test_the_axes_carry_their_names(plot):
    before = picture(plot)
    plot.show_names("w", "b")
    assert (picture(plot) == before).all()
    plot.show_names("slope", "b")
    changed = np.argwhere((picture(plot) != before).any(axis=2))
    assert len(changed) > 20
    assert changed[:, 0].min() > plot.height() / 2  # under the box


@pytest.mark.parametrize(("width", "name"), [(480, "loss, in powers of ten"), (300, "loss (log)")])
def test_it_says_that_the_loss_is_logarithmic_as_far_as_there_is_room(plot, monkeypatch, width, name):
    written = []
    real = SurfaceFrame._write
    monkeypatch.setattr(
        SurfaceFrame, "_write", lambda frame, text, *given: written.append(text) or real(frame, text, *given)
    )
    plot.resize(width, 200)
    plot.repaint()
    assert [text for text in written if text.startswith("loss")] == [name]


@pytest.mark.parametrize("size", [(160, 160), (900, 170), (180, 700)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_is_painted_at_every_size_and_angle(qtbot, size, scale):
    widget = SurfacePlot(Theme(scale=scale, dark=True), ("a very long name of a parameter of a model", "b"))
    qtbot.addWidget(widget)
    widget.resize(*(round(scale * side) for side in size))
    widget.show_surface(surface(bowl, RED))
    for azimuth, elevation in itertools.product((-180, -90, -45, 0, 91), (5, 60, 90)):
        widget.turn_to(azimuth, elevation)
        assert covered(widget)[0] > 100


def test_a_path_that_leaves_and_overflows_is_painted_as_far_as_it_can_be(plot):
    u = np.array([0.5, -0.6, 5.0, -1e30, 1e300, np.inf, np.nan, 0.2, 0.1])
    height = np.array([0.1, 0.2, 3.0, 60.0, np.inf, np.inf, np.nan, 0.0, 0.1])
    for chosen in range(len(u)):
        plot.show_path(u, u[::-1].copy(), height, chosen)
        assert len(picture(plot))
    plot.show_path(u, np.zeros(len(u)), height, 99)  # beyond the last: the last
    x, y = column_and_row(plot.to_pixel(0.1, 0.0, 0.1))
    assert tuple(picture(plot)[y, x]) == QColor(MODEL).getRgb()[:3]


def test_a_path_that_leaps_to_and_fro_is_painted_too(plot):
    plot.turn_to(-90, 90)
    u, v = 0.8 * (-1.0) ** np.arange(300), np.linspace(-0.9, 0.9, 300)
    plot.show_path(u, v, bowl(u, v), 299)
    pixels = np.array(
        [[p.x(), p.y()] for p in (plot.to_pixel(*at) for at in zip(u, v, bowl(u, v), strict=True))]
    )
    assert np.abs(np.diff(pixels, axis=0)).sum() > LONG
    assert len(where(plot, MODEL, 2)) > 5_000


def test_only_vertices_that_can_be_told_apart_are_painted():
    pixels = np.array([[1.0, 1.0], [1.01, 1.0], [1.02, 1.02], [3.0, 1.0], [3.01, 1.0]])
    np.testing.assert_array_equal(told_apart(pixels), pixels[[0, 3, 4]])
    np.testing.assert_array_equal(told_apart(pixels[:1]), pixels[:1])


def test_a_gap_cuts_a_path_in_two():
    line = np.arange(12.0).reshape(6, 2)
    line[2] = np.nan
    first, second = without_gaps(line)
    np.testing.assert_array_equal(first, line[:2])
    np.testing.assert_array_equal(second, line[3:])
    assert without_gaps(line[2:3]) == without_gaps(line[:0]) == []


@pytest.mark.parametrize("count", [2, 3, 48, 49, 50, 100, 199, 200])
def test_thinning_keeps_equal_steps_and_the_last_line(count):
    lines = thinned(count)
    assert lines[0] == 0
    assert lines[-1] == count - 1
    assert 1 <= len(lines) - 1 <= MOST_CELLS
    steps = np.diff(lines)
    assert (steps[:-1] == steps[0]).all()
    assert 0 < steps[-1] <= steps[0]


def test_the_side_that_faces_the_light_is_brighter(plot):
    extent = extent_of(made := surface(lambda u, v: u, GREY))
    assert extent is not None
    room = Room(0, 0, 400, 300)
    relief = Relief(made, extent)
    rising_to_the_right = relief.shaded(Projection(-90, 30, 1, room), Theme()).mean()
    falling_to_the_right = relief.shaded(Projection(90, 30, 1, room), Theme()).mean()
    assert falling_to_the_right < rising_to_the_right - 5


# What a person does


def test_a_drag_turns_the_surface_with_the_hand(plot):
    azimuth, elevation = plot.angles
    before = plot.to_pixel(0.0, -1.0, -1.0)  # on the near side
    drag(plot, (200, 150), (240, 130))
    assert plot.angles == pytest.approx((azimuth - 20, elevation - 10))
    assert plot.to_pixel(0.0, -1.0, -1.0).x() > before.x()
    drag(plot, (200, 150), (200, 900))
    assert plot.angles[1] == 90
    drag(plot, (200, 150), (200, -900))
    assert plot.angles[1] == 5


def test_while_the_hand_turns_it_half_as_many_cells_along_a_side_are_painted(plot, monkeypatch):
    fine = np.linspace(-1.0, 1.0, 4 * MOST_CELLS + 1)
    plot.show_surface(surface(bowl, u=fine, v=fine))
    painted = []
    real = Relief.paint
    monkeypatch.setattr(
        Relief, "paint", lambda relief, *given: painted.append(relief) or real(relief, *given)
    )

    def cells():
        painted.clear()
        plot.repaint()
        (relief,) = painted
        return len(relief.order(plot._projection()))

    plot.turn_to(10, 20)
    at_rest = cells()
    mouse(plot, QEvent.Type.MouseButtonPress, (200, 150), LEFT, LEFT)
    mouse(plot, QEvent.Type.MouseMove, (220, 150), NONE, LEFT)
    assert cells() == at_rest / 4
    mouse(plot, QEvent.Type.MouseButtonRelease, (220, 150), LEFT, NONE)
    assert cells() == at_rest


def test_the_picture_turns_too(plot):
    before = picture(plot)
    drag(plot, (200, 150), (260, 150))
    assert (picture(plot) != before).any(axis=2).mean() > 0.1


def test_a_move_without_the_button_turns_nothing(plot):
    mouse(plot, QEvent.Type.MouseMove, (100, 100), NONE, NONE)
    mouse(plot, QEvent.Type.MouseButtonPress, (100, 100), LEFT, LEFT)
    mouse(plot, QEvent.Type.MouseMove, (150, 100), NONE, NONE)  # let go where nobody told us
    mouse(plot, QEvent.Type.MouseMove, (200, 100), NONE, LEFT)
    assert plot.angles == FIRST


def test_the_right_button_turns_nothing(plot):
    right = Qt.MouseButton.RightButton
    mouse(plot, QEvent.Type.MouseButtonPress, (100, 100), right, right)
    mouse(plot, QEvent.Type.MouseMove, (150, 100), NONE, right)
    assert plot.angles == FIRST


def test_the_wheel_brings_it_nearer_within_limits(plot):
    middle = plot.to_pixel(0.0, 0.0, -1.0), plot.to_pixel(1.0, 0.0, -1.0)
    turn_wheel(plot, 2)
    nearer = plot.to_pixel(0.0, 0.0, -1.0), plot.to_pixel(1.0, 0.0, -1.0)
    assert plot.zoom > 1.2
    assert (nearer[1] - nearer[0]).x() == pytest.approx((middle[1] - middle[0]).x() * plot.zoom)
    turn_wheel(plot, 100)
    assert plot.zoom == NEAREST
    turn_wheel(plot, -200)
    assert plot.zoom == FARTHEST


def test_a_double_click_shows_it_as_at_first(plot, qtbot):
    before = picture(plot)
    drag(plot, (200, 150), (290, 110))
    turn_wheel(plot, 3)
    assert (picture(plot) != before).any()
    qtbot.mouseDClick(plot, LEFT, pos=QPoint(200, 150))
    assert plot.angles == FIRST
    assert plot.zoom == 1
    assert (picture(plot) == before).all()


def test_the_keys_turn_it_bring_it_nearer_and_reset_it(plot, qtbot):
    azimuth, elevation = plot.angles
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.angles == pytest.approx((azimuth - 5, elevation - 5))
    assert plot.zoom > 1
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert plot.angles == pytest.approx((azimuth + 5, elevation))
    qtbot.keyClick(plot, Qt.Key.Key_F)
    assert plot.angles == FIRST
    assert plot.zoom == 1


def test_arrow_keys_are_its_own_only_while_it_has_the_focus(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    plot, other = SurfacePlot(Theme()), QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(window)
    layout.addWidget(plot)
    layout.addWidget(other)
    pressed = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Home):
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.activated.connect(lambda key=key: pressed.append(key))
    with qtbot.waitActive(window):
        window.show()
    plot.setFocus()
    press(window, Qt.Key.Key_Right)
    assert plot.angles[0] == pytest.approx(FIRST_VIEW[0] - 5)
    assert not pressed
    press(window, Qt.Key.Key_Home)
    assert pressed == [Qt.Key.Key_Home]
    other.setFocus()
    press(window, Qt.Key.Key_Right)
    assert pressed == [Qt.Key.Key_Home, Qt.Key.Key_Right]
    assert plot.angles[0] == pytest.approx(FIRST_VIEW[0] - 5)


def press(window, key):
    """Press a key as the window system hands it on, shortcuts first."""
    QTest.keyClick(window.windowHandle(), key)


def test_other_keys_go_on_to_the_window(plot):
    for key, modifiers in (
        (Qt.Key.Key_Space, FREE),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier),
    ):
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers)
        QApplication.sendEvent(plot, event)
        assert not event.isAccepted()
    assert plot.angles == FIRST


def test_an_empty_plot_has_nothing_to_take_hold_of(plot):
    assert plot.cursor().shape() == Qt.CursorShape.OpenHandCursor
    plot.show_surface(None)
    assert plot.cursor().shape() == Qt.CursorShape.ArrowCursor
    drag(plot, (200, 150), (290, 110))
    turn_wheel(plot, 3)
    assert plot.angles == FIRST
    assert plot.zoom == 1


def test_it_says_what_it_is(plot):
    assert plot.objectName() == "surface_plot"
    assert plot.accessibleName() == "Loss surface"
    assert "Drag turns the surface" in plot.toolTip()
