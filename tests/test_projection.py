"""The picture of a box in space, against rotation matrices multiplied out one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.projection import DISTANCE, HEIGHT, Projection, Room, turned, view_axes

ROOM = Room(50.0, 20.0, 400.0, 300.0)
CORNERS = np.array(list(itertools.product((-1.0, 1.0), (-1.0, 1.0), (-HEIGHT, HEIGHT))))

azimuths = st.floats(-180, 180)
elevations = st.floats(5, 90)


def rotation(axis, degrees):
    """The matrix that turns by an angle about x (0) or z (2), from its sines and cosines."""
    angle = np.radians(degrees)
    one, other = {0: (1, 2), 2: (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[one, one] = matrix[other, other] = np.cos(angle)
    matrix[other, one] = np.sin(angle)
    matrix[one, other] = -np.sin(angle)
    return matrix


def pictured(projection, place):
    """Where a place is in the picture, as (right, up) from the middle of the box in units of the scale."""
    middle = projection.pixels(np.zeros(3))
    right, down = (projection.pixels(np.array(place, dtype=float)) - middle) / projection.scale
    return right, -down


@given(azimuths, elevations)
def test_the_view_is_a_turn_about_the_upright_axis_and_a_tilt(azimuth, elevation):
    # Lay the box so that the eye is above it, then right is x, up is y and the eye is at z.
    expected = rotation(0, elevation - 90) @ rotation(2, -azimuth - 90)
    np.testing.assert_allclose(view_axes(azimuth, elevation), expected, atol=1e-12)


def test_from_above_the_picture_is_the_flat_plot():
    projection = Projection(-90.0, 90.0, 1.0, ROOM)
    assert pictured(projection, (0.5, 0.0, 0.0)) == pytest.approx((0.5, 0.0))
    assert pictured(projection, (0.0, 0.5, 0.0)) == pytest.approx((0.0, 0.5))


@given(azimuths, elevations)
def test_what_is_nearer_to_the_eye_is_larger_as_rays_through_a_screen_say(azimuth, elevation):
    projection = Projection(azimuth, elevation, 1.0, ROOM)
    place = np.array([0.3, -0.7, 0.2])
    eye = projection.eye
    assert np.linalg.norm(eye) == pytest.approx(DISTANCE)
    # The ray from the eye to the place meets the plane through the middle that faces the eye.
    towards = eye / np.linalg.norm(eye)
    ray = place - eye
    met = eye - (eye @ towards) / (ray @ towards) * ray
    right, up, _at_eye = view_axes(azimuth, elevation)
    assert pictured(projection, place) == pytest.approx((met @ right, met @ up), abs=1e-9)


@given(azimuths, elevations)
def test_the_box_is_in_the_room_however_it_is_turned(azimuth, elevation):
    x, y = Projection(azimuth, elevation, 1.0, ROOM).pixels(CORNERS).T
    assert x.min() > ROOM.left - 1e-6
    assert x.max() < ROOM.left + ROOM.width + 1e-6
    assert y.min() > ROOM.top - 1e-6
    assert y.max() < ROOM.top + ROOM.height + 1e-6


def test_the_box_keeps_its_size_as_it_turns():
    scales = {Projection(azimuth, 30.0, 1.0, ROOM).scale for azimuth in (-170.0, -90.0, 0.0, 33.0)}
    assert len(scales) == 1


def test_zoom_enlarges_about_the_middle():
    near, far = Projection(-60.0, 30.0, 2.0, ROOM), Projection(-60.0, 30.0, 1.0, ROOM)
    assert near.scale == pytest.approx(2 * far.scale)
    assert pictured(near, (1, 0.5, 0.2)) == pytest.approx(pictured(far, (1, 0.5, 0.2)))


def test_what_is_far_out_or_missing_stays_drawable():
    far_out = np.array([[1e300, 0, 0], [0, -1e200, 1e300], [-1e300, 1e300, 0], [50, 50, 50]])
    pixels = Projection(-60.0, 30.0, 1.0, ROOM).pixels(far_out)
    assert np.isfinite(pixels).all()
    assert np.abs(pixels).max() < 5_000
    assert np.isnan(Projection(-60.0, 30.0, 1.0, ROOM).pixels(np.array([np.nan, 0, 0]))).all()


def test_a_room_of_nothing_gives_a_picture_of_nothing():
    pixels = Projection(-60.0, 30.0, 1.0, Room(5.0, 5.0, -20.0, -10.0)).pixels(CORNERS)
    assert np.ptp(pixels, axis=0) == pytest.approx((0, 0))


def test_one_cannot_look_from_below_nor_turn_over():
    assert turned(10.0, -30.0) == (10.0, 5.0)
    assert turned(10.0, 120.0) == (10.0, 90.0)
    assert turned(190.0, 45.0) == (-170.0, 45.0)
    assert turned(-540.0, 45.0) == (-180.0, 45.0)
