"""The parts of a line that lie within a rectangle, however far away its corners are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOST = 1e6  # sizes of the rectangle; where a leg between two places so far out passes is rounding
FARTHEST = 1e150  # lest differences overflow


class Legs(NamedTuple):
    """Pieces from `begin` `[k, 2]` to `end` `[k, 2]`; `joined` `[k]` are those that begin where one ended."""

    begin: Floats
    end: Floats
    joined: NDArray[np.bool_]

    def lengths(self) -> Floats:
        """How long each is `[k]`."""
        return np.asarray(np.hypot(*(self.end - self.begin).T), dtype=np.float64)

    def both_ends(self, longest: float) -> Legs:
        """At most `longest` of it, the rest left out between its first and its last pieces."""
        lengths = self.lengths()
        from_begin, from_end = np.cumsum(lengths), np.cumsum(lengths[::-1])[::-1]
        if not len(lengths) or from_end[0] <= longest:
            return self
        kept = (from_begin <= longest / 2) | (from_end <= longest / 2)
        joined = self.joined & np.append(False, kept[:-1])
        return Legs(self.begin[kept], self.end[kept], joined[kept])

    def corners(self) -> tuple[Floats, NDArray[np.int32]]:
        """The corners `[m, 2]`, each once, and whether a line leads from each to the next `[m]`."""
        on = np.ones(len(self.joined), dtype=np.int32)
        corners = np.stack((self.begin, self.end), axis=1).reshape(-1, 2)
        first = np.stack((~self.joined, on.astype(bool)), axis=1).ravel()
        leads = np.stack((on, np.append(self.joined, False)[1:]), axis=1).ravel().astype(np.int32)
        return corners[first], leads[first]


def legs_within(corners: Floats, wide: float, high: float, margin: float = 0.0) -> Legs:
    """What of the line through `corners` `[m, 2]` lies between (0, 0) and (wide, high), and a margin around.

    A leg to what is not finite is none. After Liang and Barsky 1984, "A New Concept and Method for Line
    Clipping".
    """
    size = np.array([wide, high])
    low, top = np.full(2, -margin), size + margin
    known: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(corners), axis=1)
    with np.errstate(all="ignore"):
        out = (np.abs(corners) / size).max(axis=1)
    corners = np.clip(corners, -FARTHEST, FARTHEST)
    back: NDArray[np.bool_] = np.greater(out[:-1], out[1:])  # seen from its nearer end a leg loses no digits
    near, far = (np.where(way[:, None], corners[1:], corners[:-1]) for way in (back, ~back))
    enters, leaves = _shares(near, far, low, top)
    seen = np.flatnonzero(
        (enters < leaves) & known[:-1] & known[1:] & (np.minimum(out[:-1], out[1:]) <= LOST)
    )
    enters, leaves, near, far, back = enters[seen], leaves[seen], near[seen], far[seen], back[seen]
    first = np.clip(near + enters[:, None] * (far - near), low, top)
    last = np.where(leaves[:, None] == 1, far, np.clip(near + leaves[:, None] * (far - near), low, top))
    whole_begin, whole_end = (
        np.where(back, leaves == 1, enters == 0),
        np.where(back, enters == 0, leaves == 1),
    )
    joined = (np.diff(seen) == 1) & whole_end[:-1] & whole_begin[1:]
    begin, end = (np.where(way[:, None], last, first) for way in (back, ~back))
    return Legs(begin, end, np.append(np.zeros(min(len(seen), 1), dtype=bool), joined))


def _shares(begin: Floats, end: Floats, low: Floats, top: Floats) -> tuple[Floats, Floats]:
    """Where each leg enters the rectangle from `low` to `top` and leaves it, as shares of the leg."""
    move = end - begin
    with np.errstate(all="ignore"):
        sides = np.stack(((low - begin) / move, (top - begin) / move))
    still, beside = move == 0, (begin < low) | (begin > top)
    enters = np.where(still, np.where(beside, np.inf, -np.inf), sides.min(axis=0))
    leaves = np.where(still, np.where(beside, -np.inf, np.inf), sides.max(axis=0))
    return np.maximum(enters.max(axis=1), 0.0), np.minimum(leaves.min(axis=1), 1.0)
