"""Very many points as one picture: each is a small dot, and where dots lie on dots the colour is deeper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gui.plots.range_keeper import Range

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Counts = NDArray[np.int32]
Alphas = NDArray[np.uint8]
Pixels = NDArray[np.uint32]

FEW = 5_000  # points; so many in sight are drawn one by one
MARGIN = 0.15  # of the view, drawn beyond each of its sides for the time when it moves
AT_ONCE = 1 << 16  # points, so that they stay in the processor's cache
FAINT, LONE = 0.35, 0.95  # opacity of one point among others, and of one without neighbours
DENSE = 100  # dots over one pixel, from which one among others is as faint as that
CHOSEN = 0.75  # the least opacity of a selected point
ALONE = 4  # pixels around a point in which at most one other lies if it is without neighbours


class Extent(NamedTuple):
    """The ranges that a picture shows, and its size in pixels."""

    x: Range
    y: Range
    width: int
    height: int

    def widened(self) -> Extent:
        """The same with a margin on every side."""
        across, up = round(MARGIN * self.width), round(MARGIN * self.height)
        wide, high = (self.x[1] - self.x[0]) / self.width, (self.y[1] - self.y[0]) / self.height
        return Extent(
            (self.x[0] - across * wide, self.x[1] + across * wide),
            (self.y[0] - up * high, self.y[1] + up * high),
            self.width + 2 * across,
            self.height + 2 * up,
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """What is to be drawn: points x, y `[N]`, in `colour`, those at `selected` in `accent` (both 0xRRGGBB).

    Dots reach `radius` pixels beyond their middle.
    """

    x: Floats
    y: Floats
    selected: Indices
    extent: Extent
    colour: int
    accent: int
    radius: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """What came of a scene: `pixels` `[height, width]` of `extent`, premultiplied 0xAARRGGBB, or the `few`.

    `few` are the indices of the points in sight where these are few, and None where they are not.
    """

    scene: Scene
    extent: Extent
    pixels: Pixels
    few: Indices | None = None


def drawn(scene: Scene) -> Drawn:
    """The picture of a scene. O(N)."""
    extent = scene.extent.widened()
    cells, inside = _cells(scene.x, scene.y, extent)
    if len(cells) <= FEW:
        return Drawn(scene, extent, np.empty((0, 0), dtype=np.uint32), np.flatnonzero(inside))
    counts = _counts(cells, extent)
    alphas = _alphas(counts, scene.radius)
    pixels = _shades(scene.colour)[alphas]
    if len(scene.selected):
        x, y = scene.x[scene.selected], scene.y[scene.selected]
        chosen = _spread(_counts(_cells(x, y, extent)[0], extent), scene.radius) > 0
        pixels[chosen] = _shades(scene.accent)[np.maximum(alphas[chosen], round(255 * CHOSEN))]
    return Drawn(scene, extent, pixels)


def _cells(x: Floats, y: Floats, extent: Extent) -> tuple[Indices, NDArray[np.bool_]]:
    """The cells of the points inside the extent, row by row from the top; and which points those are."""
    inside = np.zeros(len(x), dtype=np.bool_)
    parts = []
    across, down = _factor(extent.x, extent.width), _factor(extent.y, extent.height)
    for start in range(0, len(x), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        with np.errstate(over="ignore"):
            columns = (x[part] - extent.x[0]) * across
            rows = (extent.y[1] - y[part]) * down
        inside[part] = good = (columns >= 0) & (columns < extent.width) & (rows >= 0) & (rows < extent.height)
        parts.append(rows[good].astype(np.intp) * extent.width + columns[good].astype(np.intp))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.intp), inside


def _factor(span: Range, pixels: int) -> float:
    return pixels / (span[1] - span[0])


def _counts(cells: Indices, extent: Extent) -> Counts:
    """How many points are in each cell."""
    counts = np.bincount(cells, minlength=extent.width * extent.height)
    return counts.reshape(extent.height, extent.width).astype(np.int32)


def _alphas(counts: Counts, radius: int) -> Alphas:
    """How opaque each pixel is, by the logarithm of the number of dots that cover it."""
    covering = _spread(counts, radius)
    most = max(int(covering.max()), 1)
    by_count = np.empty(most + 1)
    by_count[0] = 0
    logarithms = np.log(np.arange(1, most + 1))
    one = LONE - (LONE - FAINT) * min(logarithms[-1] / np.log(DENSE), 1.0)
    by_count[1:] = one + (1 - one) * logarithms / max(logarithms[-1], 1.0)
    alphas: Alphas = np.round(255 * by_count).astype(np.uint8)[covering]
    alphas[(covering > 0) & (_around(counts, ALONE * radius) <= 2)] = round(255 * LONE)
    return alphas


def _spread(counts: Counts, radius: int) -> Counts:
    """The number of dots over each pixel: discs that reach `radius` pixels from the cell of their point."""
    height, width = counts.shape
    total = counts.copy()
    for down, across in _disc(radius):
        to = slice(max(down, 0), height + min(down, 0)), slice(max(across, 0), width + min(across, 0))
        of = slice(max(-down, 0), height + min(-down, 0)), slice(max(-across, 0), width + min(-across, 0))
        total[to] += counts[of]
    return total


def _disc(radius: int) -> Sequence[tuple[int, int]]:
    """The cells of a disc but its middle."""
    reach = range(-radius, radius + 1)
    return [(i, j) for i in reach for j in reach if 0 < i * i + j * j <= radius * (radius + 1)]


def _around(counts: Counts, reach: int) -> Counts:
    """The number of points within `reach` cells of each cell, across and down."""
    sums = counts
    for axis in (0, 1):
        long = np.concatenate((np.zeros_like(sums.take([0], axis)), sums.cumsum(axis, dtype=np.int32)), axis)
        last = counts.shape[axis]
        end = np.minimum(np.arange(last) + reach + 1, last)
        start = np.maximum(np.arange(last) - reach, 0)
        sums = long.take(end, axis) - long.take(start, axis)
    return sums


def _shades(colour: int) -> Pixels:
    """A colour at each opacity from 0 to 255, premultiplied."""
    alpha = np.arange(256, dtype=np.uint32)
    channels = [(colour >> shift & 255) * alpha // 255 << shift for shift in (16, 8, 0)]
    shades: Pixels = (alpha << 24 | channels[0] | channels[1] | channels[2]).astype(np.uint32)
    return shades
