"""Whether a network of ReLU bends where a parameter stands: its slope there is another on each side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import LAYER

Floats = NDArray[np.float64]

ROUNDING = 1e-9  # of two slopes that are the same


def bends(arrays: Sequence[Floats], move: Sequence[Floats], inputs: Floats | NDArray[np.float32]) -> bool:
    """Whether a prediction at `inputs` `[N, P]` bends where `arrays` go along `move`, and back.

    An input of ReLU is 0 where it is so in the precision of `inputs`.
    """
    precision, given = float(np.finfo(inputs.dtype).eps), inputs.astype(np.float64)
    ahead, back = (_slopes(arrays, move, given, precision, side) for side in (1.0, -1.0))
    return bool(np.any(np.abs(ahead + back) > ROUNDING * (np.abs(ahead) + np.abs(back))))


def _slopes(
    arrays: Sequence[Floats], move: Sequence[Floats], inputs: Floats, precision: float, side: float
) -> Floats:
    """How fast the predictions `[N, 1]` change along `side` times `move`, on that side alone."""
    hidden, slope = inputs, np.zeros(inputs.shape)
    for end, (begin, after) in enumerate(pairwise(range(0, len(arrays) + LAYER, LAYER)), 1):
        weight, bias = arrays[begin:after]
        slope = slope @ weight.T + side * (hidden @ move[begin].T + move[begin + 1])
        size = np.abs(hidden) @ np.abs(weight.T) + np.abs(bias)
        hidden = hidden @ weight.T + bias
        if end * LAYER < len(arrays):
            at_bend = np.abs(hidden) <= precision * size
            slope = np.where(at_bend, np.maximum(slope, 0.0), np.where(hidden > 0, slope, 0.0))
            hidden = np.where(at_bend, 0.0, np.maximum(hidden, 0.0))
    return slope
