"""The way that a run took through its parameters, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST_ROOM = 1024  # steps
MOST_BYTES = 16 * 2**20  # a longer path keeps every 2nd, 4th, 8th … step
FEWEST_STEPS = 64  # that are kept, however large the model


class Way(NamedTuple):
    """The parameters behind every `stride`-th step: `numbers` `[m, P]` of steps 0, stride, 2 stride.

    They are flat and as training has them, in the order and the dtype of Snapshot.arrays. `steps` is the
    newest step, which is kept only if the stride meets it; `cuts` counts how often the run has branched.
    """

    numbers: NDArray[Any]
    stride: int
    steps: int
    cuts: int = 0

    def kept(self, step: int) -> int:
        """The newest step up to `step` whose parameters are kept."""
        return min(step, self.steps) // self.stride * self.stride

    def at(self, step: int) -> NDArray[Any]:
        """The parameters `[P]` behind the step that is kept for `step`."""
        row: NDArray[Any] = self.numbers[self.kept(step) // self.stride]
        return row


class Path:
    """Grows by the parameters of each step; it begins with those of step 0.

    One thread appends; any thread may read, and gets a view of which nothing changes any more.
    """

    def __init__(self, start: Sequence[Floats]) -> None:
        self._shapes = [array.shape for array in start]
        self._size = sum(array.size for array in start)
        self._most = max(FEWEST_STEPS, MOST_BYTES // (self._size * start[0].itemsize))
        self._take(np.empty((min(FIRST_ROOM, self._most), self._size), start[0].dtype))
        for part, array in zip(self._parts, start, strict=True):
            part[0] = array
        # The rows with all their room, the stride, the newest step and the cuts; swapped whole, so that no
        # reader gets half a change. A plain tuple, because it is made anew at each step.
        self._kept = self._rows, 1, 0, 0

    @property
    def nbytes(self) -> int:
        """The bytes of all its room."""
        return self._rows.nbytes

    def append(self, arrays: Sequence[Floats]) -> None:
        """Add the parameters of the next step."""
        rows, stride, step, cuts = self._kept
        step += 1
        if step % stride == 0 and step // stride == len(rows):
            rows, stride = self._wider(rows, stride)
            self._take(rows)
        if step % stride == 0:
            place = step // stride
            for part, array in zip(self._parts, arrays, strict=True):
                part[place] = array
        self._kept = rows, stride, step, cuts

    def extend(self, rows: NDArray[Any]) -> None:
        """Add the parameters `[K, P]` of the next steps, flat and in order."""
        kept, stride, step, cuts = self._kept
        last = step + len(rows)
        while last // stride >= len(kept):
            kept, stride = self._wider(kept, stride)
            self._take(kept)
        first = -(-(step + 1) // stride)  # place of the first step that the stride meets
        wanted = rows[first * stride - step - 1 :: stride]
        kept[first : first + len(wanted)] = wanted
        self._kept = kept, stride, last, cuts

    def way(self) -> Way:
        """All that is kept."""
        rows, stride, steps, cuts = self._kept
        return Way(rows[: steps // stride + 1], stride, steps, cuts)

    def cut(self, step: int) -> None:
        """Forget what comes after `step`; a view that was read keeps it."""
        rows, stride, steps, cuts = self._kept
        self._take(rows.copy())
        self._kept = self._rows, stride, min(step, steps), cuts + 1

    def _take(self, rows: NDArray[Any]) -> None:
        """Write into these rows from now on, by way of a view of each array's place in them."""
        ends = np.cumsum([math.prod(shape) for shape in self._shapes])
        self._rows = rows
        self._parts = [
            part.reshape(len(rows), *shape)
            for part, shape in zip(np.split(rows, ends[:-1], axis=1), self._shapes, strict=True)
        ]

    def _wider(self, rows: NDArray[Any], stride: int) -> tuple[NDArray[Any], int]:
        """The same with twice the room, or, at the bound, every second step of it."""
        if len(rows) < self._most:
            wider = np.empty((min(2 * len(rows), self._most), self._size), rows.dtype)
            wider[: len(rows)] = rows
            return wider, stride
        coarser = np.empty_like(rows)
        coarser[: -(-len(rows) // 2)] = rows[::2]
        return coarser, 2 * stride


def flat(arrays: Sequence[Floats]) -> NDArray[Any]:
    """All numbers of `arrays` in a row, in their dtype."""
    return np.concatenate([array.ravel() for array in arrays])


def shaped(numbers: NDArray[Any], like: Sequence[Floats]) -> tuple[Floats, ...]:
    """The inverse of `flat`: arrays of the shapes of `like`, copied."""
    ends = np.cumsum([array.size for array in like])
    parts = np.split(numbers, ends[:-1])
    return tuple(part.reshape(array.shape).copy() for part, array in zip(parts, like, strict=True))
