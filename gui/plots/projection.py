"""From a box in space to a flat picture of it: which way one looks, how steeply, and from how near."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HEIGHT = 0.55  # half the height of the box; half its width and half its depth are 1
CORNER = math.sqrt(2.0)  # how far an upright edge of the box is from its middle
DISTANCE = 7.0  # from the eye to the middle of the box: a mild perspective
FARTHEST = 4.0  # what lies farther out is drawn at this distance, well before the eye
LOWEST, HIGHEST = 5.0, 90.0  # degrees of elevation


class Room(NamedTuple):
    """The rectangle of a picture that is free for the box, in pixels."""

    left: float
    top: float
    width: float
    height: float


def turned(azimuth: float, elevation: float) -> tuple[float, float]:
    """The same direction with the azimuth in [-180°, 180°) and the elevation in [LOWEST, HIGHEST]."""
    return (azimuth + 180.0) % 360.0 - 180.0, min(max(elevation, LOWEST), HIGHEST)


def view_axes(azimuth: float, elevation: float) -> Floats:
    """The unit vectors [3, 3] that point right, up and at the eye, for an eye in that direction (degrees).

    At azimuth -90° the first axis of the box runs to the right and, seen from above (elevation 90°), the
    second one up, as in a flat plot.
    """
    a, e = math.radians(azimuth), math.radians(elevation)
    return np.array(
        [
            [-math.sin(a), math.cos(a), 0.0],
            [-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)],
            [math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)],
        ]
    )


class Projection:
    """The picture of a box of 2 x 2 x 2·HEIGHT about the origin, seen from an azimuth and an elevation.

    The box fits into the room at zoom 1 whatever the azimuth is, so that it keeps its size as it turns.
    """

    def __init__(self, azimuth: float, elevation: float, zoom: float, room: Room) -> None:
        self.axes = view_axes(azimuth, elevation)
        self.eye: Floats = DISTANCE * self.axes[2]
        level, steep = math.cos(math.radians(elevation)), math.sin(math.radians(elevation))
        # Turning the box takes each corner farthest down where it is nearest, and farthest up where it is
        # farthest away: the picture of its way is monotone in between.
        ends = [
            (high * level - near * steep) * DISTANCE / (DISTANCE - near * level - high * steep)
            for near in (CORNER, -CORNER)
            for high in (HEIGHT, -HEIGHT)
        ]
        lowest, highest = min(ends), max(ends)
        # The greatest of sin t / (a - b cos t), over all turns t of a corner, is 1 / sqrt(a² - b²).
        widest = CORNER * DISTANCE / math.sqrt((DISTANCE - HEIGHT * steep) ** 2 - (CORNER * level) ** 2)
        fits = min(room.width / (2 * widest), room.height / (highest - lowest))
        self.scale = zoom * max(fits, 0.0)
        self._middle_x = room.left + room.width / 2
        self._middle_y = room.top + room.height / 2 + self.scale * (highest + lowest) / 2

    def pixels(self, places: Floats) -> Floats:
        """Where places [..., 3] of the box are in the picture [..., 2]; y runs down, NaN stays NaN."""
        with np.errstate(over="ignore", invalid="ignore"):
            far = np.maximum(np.linalg.norm(places, axis=-1, keepdims=True) / FARTHEST, 1.0)
            across, up, ahead = np.moveaxis(places / far @ self.axes.T, -1, 0)
        nearness = self.scale * DISTANCE / (DISTANCE - ahead)
        return np.stack((self._middle_x + across * nearness, self._middle_y - up * nearness), axis=-1)
