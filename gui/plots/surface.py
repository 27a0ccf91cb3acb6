"""A surface over a plane as the quads to paint: thinned, shaded, and in order from back to front."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from gui.plots.projection import HEIGHT, Floats, Projection
from gui.theme import Theme

Colours = NDArray[np.uint8]
Indices = NDArray[np.intp]

MOST_CELLS = 48  # along one side
FEWER_CELLS = MOST_CELLS // 2  # while it is turned, so that it keeps up with the hand
LIGHT = np.array([-0.45, 0.55, 0.7])  # where it comes from: right, up, at the eye
DARKEST, LIT = 0.62, 0.52  # the brightness of a slope without light, and what full light adds
UNDERNEATH = 0.45  # how much of the ground's colour the underside takes
OVERLAP = 0.6  # pixels by which a quad reaches over its neighbours, so that nothing shines through
MESH = 8  # fields between the lines on the surface, along one side
MESH_ALPHA = 56  # of 255
SHADES = 0xFCFCFC  # of red, green and blue that are told apart: brushes are made once for each
TINY = 1e-9  # of the box


class Surface(NamedTuple):
    """The loss over a grid of two parameters.

    `u` [c] and `v` [r] are the coordinates of the grid in the units of the parameters, in rising order;
    `height` [r, c] is log10 of the loss, NaN or infinite where there is none; `colours` [r, c, 3].
    """

    u: Floats
    v: Floats
    height: Floats
    colours: Colours


class Extent(NamedTuple):
    """The ranges of a surface, and the way from its units into the box of a Projection."""

    u: tuple[float, float]
    v: tuple[float, float]
    height: tuple[float, float]

    def places(self, u: Floats, v: Floats, height: Floats) -> Floats:
        """The places [..., 3] in the box of coordinates; NaN where one of them is not finite."""
        with np.errstate(all="ignore"):
            sides = [
                _within(values, ends) for values, ends in ((u, self.u), (v, self.v), (height, self.height))
            ]
        places = np.stack((sides[0], sides[1], HEIGHT * sides[2]), axis=-1)
        places[~np.isfinite(places).all(axis=-1)] = np.nan
        return places


def extent_of(surface: Surface) -> Extent | None:
    """The ranges of a surface; None for one with nothing to see."""
    known = surface.height[np.isfinite(surface.height)]
    if not known.size or min(surface.height.shape) < 2:
        return None
    (left, right), (near, far) = (_ends(side) for side in (surface.u, surface.v))
    if not (left < right and near < far):
        return None
    return Extent((left, right), (near, far), (float(known.min()), float(known.max())))


class Relief:
    """The quads of one surface, at most `most` along a side, ready to be painted from any side."""

    def __init__(self, surface: Surface, extent: Extent, most: int = MOST_CELLS) -> None:
        rows, columns = (thinned(count, most) for count in surface.height.shape)
        chosen = np.ix_(rows, columns)
        places = extent.places(*np.meshgrid(surface.u[columns], surface.v[rows]), surface.height[chosen])
        self._places = places.reshape(-1, 3)
        quads = _corners(np.arange(len(self._places)).reshape(places.shape[:2]))
        whole = np.isfinite(self._places[quads]).all(axis=(1, 2))
        self._quads = quads[whole]
        self._cells = np.indices((len(rows) - 1, len(columns) - 1))[::-1].reshape(2, -1)[:, whole]
        self._counts = len(columns) - 1, len(rows) - 1
        self._colours = surface.colours[chosen].reshape(-1, 3)[self._quads].mean(axis=1)
        corners = self._places[self._quads]
        self._middles = corners.mean(axis=1)
        normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        self._normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), TINY)

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        """Paint every quad, the nearer over the farther, and upon each the lines that belong to it."""
        order, pixels = self.order(projection), projection.pixels(self._places)
        outlines = _spread(pixels[self._quads[order]])
        colours = _rgb(self.shaded(projection, theme)[order])
        lines = self._lines(order, projection, pixels)
        # A few thousand calls: looking the methods up, or making points of numbers, would double the time.
        fill, draw, use, rule = painter.setBrush, painter.drawPolygon, painter.setPen, painter.drawLine
        mesh, none = mesh_pen(theme), QPen(Qt.PenStyle.NoPen)
        quad = QPolygonF([QPointF()] * 4)
        corners = pg.functions.ndarray_from_qpolygonf(quad)
        use(none)
        for index, colour in enumerate(colours):
            corners[:] = outlines[index]
            fill(_brush(colour))
            draw(quad)
            if index in lines:
                use(mesh)
                for line in lines[index]:
                    rule(line)
                use(none)

    def order(self, projection: Projection) -> Indices:
        """The quads from back to front.

        They stand above the cells of a grid. Of two cells, the one nearer to the eye along either axis is
        never behind the other: the sum of both distances puts every quad before all that it can hide.
        """
        return np.argsort(-np.abs(self._middles - projection.eye)[:, :2].sum(axis=1), kind="stable")

    def shaded(self, projection: Projection, theme: Theme) -> Floats:
        """The colours [n, 3] as the light falls that comes over the viewer's shoulder."""
        light = LIGHT / np.linalg.norm(LIGHT) @ projection.axes
        bright = self._colours * (DARKEST + LIT * np.maximum(self._normals @ light, 0.0))[:, None]
        sight = projection.eye - self._middles
        under = np.where((self._normals * sight).sum(axis=1) < 0, UNDERNEATH, 0.0)[:, None]
        colour = QColor(theme.muted)
        ground = np.array([colour.red(), colour.green(), colour.blue()])
        shaded: Floats = np.clip(bright * (1 - under) + ground * under, 0, 255)
        return shaded

    def _lines(self, order: Indices, projection: Projection, pixels: Floats) -> dict[int, list[QLineF]]:
        """The lines upon the surface, by the place in the order of the quad that each is painted with."""
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        lines: dict[int, list[QLineF]] = {}
        for quads, edge in self._mesh(projection):
            ends = pixels[self._quads[quads][:, edge]].reshape(-1, 4).T.tolist()
            for quad, line in zip(place[quads].tolist(), map(QLineF, *ends), strict=True):
                lines.setdefault(quad, []).append(line)
        return lines

    def _mesh(self, projection: Projection) -> Iterator[tuple[Indices, tuple[int, int]]]:
        """The lines upon the surface: quads, and the two corners of each that such a line joins.

        Of the two quads beside a line the nearer one has it, which would otherwise hide half of it: every
        quad has the edge away from the eye, and the nearest of all also the one towards it.
        """
        for axis, (low, high) in enumerate((((0, 3), (1, 2)), ((0, 1), (3, 2)))):
            cells, count, middles = self._cells[axis], self._counts[axis], self._middles[:, axis]
            stride = -(-count // MESH)
            away = np.abs(middles - projection.eye[axis])
            nearest = away < away.min() + TINY
            before = middles < projection.eye[axis]
            for edge, line, has in ((low, cells, before | nearest), (high, cells + 1, ~before | nearest)):
                yield np.flatnonzero(has & ((line % stride == 0) | (line == count))), edge


def thinned(count: int, most: int = MOST_CELLS) -> Indices:
    """The indices of every k-th of `count` lines of a grid and of the last, with at most `most` cells."""
    stride = -(-(count - 1) // most)
    return np.append(np.arange(0, count - 1, stride), count - 1)


def _corners(grid: Indices) -> Indices:
    """The values [n, 4] at the corners of the cells of a grid [r, c], one way round."""
    around = (grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1])
    return np.stack(around, axis=2).reshape(-1, 4)


def mesh_pen(theme: Theme) -> QPen:
    """What the lines upon a surface are drawn with: dark in either theme, as the colours are bright."""
    colour = QColor(theme.surface if theme.dark else theme.text)
    colour.setAlpha(MESH_ALPHA)
    return QPen(colour, max(1.0, theme.scale / 2))


def _rgb(colours: Floats) -> list[int]:
    """Colours [n, 3] from 0 to 255 as the numbers of their shades."""
    red, green, blue = colours.astype(np.int64).T
    packed: list[int] = ((red << 16 | green << 8 | blue) & SHADES).tolist()
    return packed


@lru_cache(maxsize=1 << 13)
def _brush(colour: int) -> QBrush:
    """The brush of one shade."""
    return QBrush(QColor.fromRgb(colour))


def _spread(outlines: Floats) -> Floats:
    """Quads [n, 4, 2] that reach OVERLAP pixels farther at every corner."""
    away = outlines - outlines.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(away).sum(axis=2, keepdims=True))
    spread: Floats = outlines + OVERLAP * away / np.maximum(length, OVERLAP)
    return spread


def _ends(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[-1])


def _within(values: Floats, ends: tuple[float, float]) -> Floats:
    """Values between `ends` as numbers from -1 to 1; the middle where the ends are one."""
    low, high = ends
    half = high / 2 - low / 2
    return (values - low) / half - 1.0 if half > 0 else np.where(np.isfinite(values), 0.0, np.nan)
