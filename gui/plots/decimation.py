"""Makes millions of losses drawable: the least and the greatest of every pixel column; no spike is lost."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 64  # steps whose extremes are calculated once and kept
CHUNK = 1 << 9  # blocks taken in at once, so that they stay in the processor's cache


class Extremes:
    """The extremes of a growing history, for linear and for logarithmic axes.

    Non-finite losses count as missing, for a logarithmic axis also those that are not above zero; the
    extremes of a column without any are NaN.
    """

    def __init__(self) -> None:
        self.losses: Floats = np.empty(0)
        self._blocks = 0
        self._kept = {name: np.empty(0) for name in ("low", "high", "above")}

    def __len__(self) -> int:
        return len(self.losses)

    def clear(self) -> None:
        """Forget everything."""
        self.losses = np.empty(0)
        self._blocks = 0

    def take(self, losses: Floats) -> None:
        """Take in the history as it is now: longer than the last time, or shorter after a step back."""
        if len(losses) < self._blocks * BLOCK:
            self._blocks = len(losses) // BLOCK
        if self._blocks and not self._continues(losses):
            self._blocks = 0
        self.losses = losses
        while len(losses) - self._blocks * BLOCK >= BLOCK:
            self._take_blocks(min(len(losses) // BLOCK, self._blocks + CHUNK))

    def _continues(self, losses: Floats) -> bool:
        """Whether the blocks kept belong to this history: the ends of the last one are as they were."""
        last = slice((self._blocks - 1) * BLOCK, self._blocks * BLOCK)
        return all(
            np.array_equal(self._kept[name][self._blocks - 1 : self._blocks], values, equal_nan=True)
            for name, values in _extremes(losses[last], BLOCK).items()
        )

    def _take_blocks(self, end: int) -> None:
        """Keep the extremes of the blocks up to `end`."""
        if end > len(self._kept["low"]):
            room = max(2 * len(self._kept["low"]), end, BLOCK)
            self._kept = {name: np.resize(values, room) for name, values in self._kept.items()}
        new = slice(self._blocks, end)
        for name, values in _extremes(self.losses[new.start * BLOCK : end * BLOCK], BLOCK).items():
            self._kept[name][new] = values
        self._blocks = end

    def extent(self, logarithmic: bool) -> tuple[float, float] | None:
        """The least and the greatest loss of all; None without any that can be drawn."""
        _x, low, high = self.columns(0, len(self), 1, logarithmic)
        found = np.isfinite(low)
        return (float(low[found].min()), float(high[found].max())) if found.any() else None

    def columns(
        self, first: float, last: float, pixels: int, logarithmic: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Step, least and greatest loss of each column of the view from step `first` to `last`.

        A column is a power of two of steps and at most a pixel wide, or one step where that is wider. Columns
        start at multiples of their width, so they stay what they are while the history grows.
        """
        per_pixel = max(1.0, (last - first) / max(pixels, 1))
        width = 1 << int(np.log2(per_pixel))
        start = min(max(int(first) - 1 - width, 0), len(self)) // width * width
        end = min(max(int(last) + 1 + width, 0), len(self))
        low, high = self._between(start, end, width, "above" if logarithmic else "low")
        x = start + (width + 1) / 2 + width * np.arange(len(low), dtype=np.float64)
        return np.minimum(x, len(self)), low, high

    def _between(self, start: int, end: int, width: int, least: str) -> tuple[Floats, Floats]:
        """The extremes of columns of `width` steps from step number `start`."""
        if width < BLOCK:
            found = _extremes(self.losses[start:end], width)
            return found[least], found["high"] if least == "low" else _where_known(
                found["high"], found[least]
            )
        rest = _extremes(self.losses[self._blocks * BLOCK : end], BLOCK)
        kept = slice(start // BLOCK, min(-(-end // BLOCK), self._blocks))
        low = _grouped(np.append(self._kept[least][kept], rest[least]), width // BLOCK, np.fmin)
        high = _grouped(np.append(self._kept["high"][kept], rest["high"]), width // BLOCK, np.fmax)
        return low, _where_known(high, low)


def _extremes(values: Floats, width: int) -> dict[str, Floats]:
    """The least, the greatest and the least above zero of each `width` values; the last may be fewer."""
    if len(values) % width == 0 and len(values) and values.min() > 0 and values.max() < np.inf:
        groups = values.reshape(-1, width)
        low = groups.min(axis=1)
        return {"low": low, "high": groups.max(axis=1), "above": low}  # the usual case, ten times as fast
    finite = np.where(np.isfinite(values), values, np.nan)
    above = np.where(finite > 0, finite, np.nan)
    return {
        "low": _grouped(finite, width, np.fmin),
        "high": _grouped(finite, width, np.fmax),
        "above": _grouped(above, width, np.fmin),
    }


def _grouped(values: Floats, size: int, reduce: np.ufunc) -> Floats:
    """`reduce` over each `size` values, ignoring NaN."""
    if size == 1 or not len(values):
        return values
    whole = len(values) // size * size
    groups: Floats = reduce.reduce(values[:whole].reshape(-1, size), axis=1)
    return np.append(groups, reduce.reduce(values[whole:])) if whole < len(values) else groups


def _where_known(high: Floats, low: Floats) -> Floats:
    """A column with nothing to draw below has nothing to draw above."""
    return np.where(np.isnan(low), np.nan, high)
