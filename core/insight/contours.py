"""Lines of equal loss on a landscape."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.insight.landscape import Landscape

Floats = NDArray[np.float64]

DECADES = 6.0  # below the highest loss; a fit that meets every point has no lowest contour
FEWEST, MOST = 6, 16  # contours, about
FLAT = 1e-9  # of the loss: lower hills are nothing but rounding
LEAST = float(np.finfo(np.float64).tiny)  # a loss below it has lost its digits
NICE = ((1.0, 2.0, 5.0), (1.0,))  # times powers of ten: where these are too many, tens alone


class Contour(NamedTuple):
    """The places (u, v) `[m, 2]` of the lines on which the loss is `level`."""

    level: float
    lines: tuple[Floats, ...]


def contour_levels(losses: Floats) -> Floats:
    """Losses that are spaced logarithmically through those of a landscape, rounded where there are enough."""
    seen = losses[np.isfinite(losses) & (losses >= LEAST)]
    if not len(seen) or not float(seen.max()) > float(seen.min()) * (1 + FLAT):
        return np.empty(0)
    high = math.log10(float(seen.max()))
    low = max(math.log10(float(seen.min())), high - DECADES)
    for mantissas in NICE:
        powers = range(math.floor(low), math.ceil(high) + 1)
        inside = [
            mantissa * 10.0**power
            for power in powers
            for mantissa in mantissas
            if low < power + math.log10(mantissa) < high
        ]
        if FEWEST <= len(inside) <= MOST:
            return np.array(inside)
    return np.asarray(10.0 ** np.linspace(low, high, 2 * FEWEST)[1:-1], dtype=np.float64)


def contours(landscape: Landscape) -> tuple[Contour, ...]:
    """The lines of equal loss at contour_levels, found on its logarithm, which is smoother."""
    import contourpy  # here, since the first landscape comes long after the window

    levels = contour_levels(landscape.losses)
    if not len(levels):
        return ()
    with np.errstate(divide="ignore"):
        heights = np.ma.masked_invalid(np.log10(landscape.losses))
    generator = contourpy.contour_generator(landscape.u, landscape.v, heights)
    found = []
    for level in levels.tolist():
        lines = generator.lines(math.log10(level))
        found.append(Contour(level, tuple(np.asarray(line, dtype=np.float64) for line in lines)))
    return tuple(found)
