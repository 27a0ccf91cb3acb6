"""Makes millions of losses drawable: the least and the greatest of every pixel column; no spike is lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.training.history import Series

Floats = NDArray[np.float64]

BLOCK = 64  # kept numbers whose extremes are calculated once
CHUNK = 1 << 9  # blocks taken in at once, so that they stay in the processor's cache
NOTHING = Series(np.empty(0), np.empty(0), 1, 0)
# What is known of some numbers: the least and the greatest of all, and the least of those that are not below
# zero, and of those above it.
LOW, HIGH, FROM_ZERO, ABOVE_ZERO = "low", "high", "from zero", "above zero"


class Extremes:
    """The extremes of a growing series, for linear and for logarithmic axes.

    Non-finite numbers count as missing, for a logarithmic axis also those below zero; the extremes of a
    column without any are NaN.
    """

    def __init__(self) -> None:
        self.series = NOTHING
        self._blocks = 0
        self._first_zero: int | None = None  # the block that it is in
        self._kept = {name: np.empty(0) for name in (LOW, HIGH, FROM_ZERO, ABOVE_ZERO)}

    def __len__(self) -> int:
        return self.series.steps

    def clear(self) -> None:
        """Forget everything."""
        self.series = NOTHING
        self._blocks = 0
        self._first_zero = None

    def take(self, series: Series) -> None:
        """Take in the series as it is now: grown since the last time, cut shorter, coarser, or another."""
        # Its last number may still change, so it is in no block.
        whole = (len(series.low) - 1) // BLOCK if len(series.low) else 0
        self._blocks = min(self._blocks, whole) if self._continues(series) else 0
        if self._first_zero is not None and self._first_zero >= self._blocks:
            self._first_zero = None
        self.series = series
        while self._blocks < whole:
            self._take_blocks(min(whole, self._blocks + CHUNK))

    def _continues(self, series: Series) -> bool:
        """Whether the blocks kept belong to this series.

        A Record only ever appends to its buffers: what differs, or is coarser, lies in others.
        """
        return _buffer(series.low) is _buffer(self.series.low)

    def _take_blocks(self, end: int) -> None:
        """Keep the extremes of the blocks up to `end`."""
        if end > len(self._kept[LOW]):
            room = max(2 * len(self._kept[LOW]), end, BLOCK)
            self._kept = {name: np.resize(values, room) for name, values in self._kept.items()}
        new = slice(self._blocks, end)
        for name, values in self._found(new.start * BLOCK, end * BLOCK, BLOCK).items():
            self._kept[name][new] = values
        zeros = np.flatnonzero(self._kept[FROM_ZERO][new] == 0)
        if len(zeros) and self._first_zero is None:
            self._first_zero = new.start + int(zeros[0])
        self._blocks = end

    def extent(self, logarithmic: bool, first: int = 0) -> tuple[float, float] | None:
        """The least and the greatest number from about step `first` on; None without any that has a height.

        On a logarithmic axis 0 has none: it is infinitely far down.
        """
        _x, low, high = self._columns(first, len(self), 1, ABOVE_ZERO if logarithmic else LOW)
        found = np.isfinite(low)
        return (float(low[found].min()), float(high[found].max())) if found.any() else None

    def has_zero(self) -> bool:
        """Whether any number is exactly 0, and so infinitely far down on a logarithmic axis."""
        rest = slice(self._blocks * BLOCK, None)
        return self._first_zero is not None or any(
            (ends[rest] == 0).any() for ends in (self.series.low, self.series.high)
        )

    def columns(
        self, first: float, last: float, pixels: int, logarithmic: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Step, least and greatest number of each column of the view from step `first` to `last`.

        A column is a power of two of kept numbers and at most a pixel wide, or one number where that is
        wider. Columns start at multiples of their width, so they stay what they are while the series grows.
        """
        return self._columns(first, last, pixels, FROM_ZERO if logarithmic else LOW)

    def _columns(self, first: float, last: float, pixels: int, least: str) -> tuple[Floats, Floats, Floats]:
        """The same, `least` being LOW, FROM_ZERO or ABOVE_ZERO."""
        stride, kept = self.series.stride, len(self.series.low)
        width = 1 << int(np.log2(max(1.0, (last - first) / max(pixels, 1) / stride)))
        start = min(max(int((first - 1) // stride) - width, 0), kept) // width * width
        end = min(max((int(last // stride) // width + 2) * width, 0), kept)
        low, high = self._between(start, end, width, least)
        x = start * stride + (width * stride + 1) / 2 + width * stride * np.arange(len(low), dtype=np.float64)
        return np.minimum(x, len(self)), low, high

    def _between(self, start: int, end: int, width: int, least: str) -> tuple[Floats, Floats]:
        """The extremes of columns of `width` numbers from number `start`."""
        if width < BLOCK:
            found = self._found(start, end, width)
            return found[least], found[HIGH] if least == LOW else _where_known(found[HIGH], found[least])
        rest = self._found(self._blocks * BLOCK, end, BLOCK)
        kept = slice(start // BLOCK, min(-(-end // BLOCK), self._blocks))
        low = _grouped(np.append(self._kept[least][kept], rest[least]), width // BLOCK, np.fmin)
        high = _grouped(np.append(self._kept[HIGH][kept], rest[HIGH]), width // BLOCK, np.fmax)
        return low, _where_known(high, low)

    def _found(self, start: int, end: int, width: int) -> dict[str, Floats]:
        """The extremes of each `width` numbers from `start` to `end`; of the last, perhaps of fewer."""
        low, high = self.series.low[start:end], self.series.high[start:end]
        return _extremes(low, low if self.series.stride == 1 else high, width)


def _buffer(values: Floats) -> object:
    """Where the numbers of a view lie."""
    return values if values.base is None else values.base


def _extremes(least: Floats, greatest: Floats, width: int) -> dict[str, Floats]:
    """What is known of each `width` numbers, by the words above; the last may be fewer."""
    if len(least) and least.min() > 0 and greatest.max() < np.inf:  # the usual case, ten times as fast
        low = _grouped(least, width, np.minimum)
        return {LOW: low, HIGH: _grouped(greatest, width, np.maximum), FROM_ZERO: low, ABOVE_ZERO: low}
    known = np.where(np.isfinite(least), least, greatest)  # one end of a range may be known without the other
    low = np.where(np.isfinite(known), known, np.nan)
    high = np.where(np.isfinite(greatest), greatest, low)
    from_zero = np.where(low >= 0, low, np.where(high >= 0, high, np.nan))
    above_zero = np.where(low > 0, low, np.where(high > 0, high, np.nan))
    return {
        LOW: _grouped(low, width, np.fmin),
        HIGH: _grouped(high, width, np.fmax),
        FROM_ZERO: _grouped(from_zero, width, np.fmin),
        ABOVE_ZERO: _grouped(above_zero, width, np.fmin),
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
