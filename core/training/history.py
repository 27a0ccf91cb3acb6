"""What every step of a run left behind, in bounded memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.training.snapshot import Snapshot

Floats = NDArray[np.float64]

FIRST_ROOM = 4096  # numbers
MOST_ROOM = 1 << 20  # numbers; a longer run keeps the least and the greatest of 2, 4, 8 … steps together


class Series(NamedTuple):
    """One number for each of the steps 1 to `steps`, as far as it is kept.

    `low` and `high` `[m]` are the least and the greatest number of every `stride` steps; number k is about
    steps k stride + 1 to (k + 1) stride. With a stride of 1 both are the same array. What is not a number
    counts as missing.
    """

    low: Floats
    high: Floats
    stride: int
    steps: int

    def upto(self, step: int) -> Series:
        """The part about the steps 1 to `step`."""
        kept = -(-step // self.stride)
        return Series(self.low[:kept], self.high[:kept], self.stride, min(step, self.steps))

    def at(self, step: int) -> tuple[float, float]:
        """The least and the greatest number kept for `step`, which are one where the stride is 1."""
        place = (step - 1) // self.stride
        return float(self.low[place]), float(self.high[place])


class Kept(NamedTuple):
    """The buffers of a Record; they are swapped together, so that no reader gets one without the other."""

    low: Floats
    high: Floats
    stride: int


class Record:
    """One growing Series, the first `missing` numbers of which are not there.

    One thread appends; any thread may read, and gets views of which at most the newest number changes.
    """

    def __init__(self, missing: int = 0) -> None:
        self._kept = _room(FIRST_ROOM)
        self._count = 0
        while self._count < missing:
            self._count = min(missing, len(self._kept.low) * self._kept.stride)
            self._kept.low[:] = self._kept.high[:] = np.nan
            if self._count < missing:
                self._kept = _wider(self._kept)

    def append(self, value: float) -> None:
        """Add the number of the next step."""
        low, high, stride = self._kept
        place, within = divmod(self._count, stride)
        if place == len(low):
            self._kept = low, high, stride = _wider(self._kept)
            place, within = divmod(self._count, stride)
        if within == 0:
            low[place] = high[place] = value
        else:
            low[place], high[place] = np.fmin(low[place], value), np.fmax(high[place], value)
        self._count += 1

    def extend(self, values: Floats) -> None:
        """Add the numbers of the next steps."""
        while len(values):
            low, high, stride = self._kept
            place, within = divmod(self._count, stride)
            if place == len(low):
                self._kept = _wider(self._kept)
                continue
            whole = 0 if within else min(len(values) // stride, len(low) - place)
            if whole:
                groups = values[: whole * stride].reshape(whole, stride)
                np.fmin.reduce(groups, axis=1, out=low[place : place + whole])
                np.fmax.reduce(groups, axis=1, out=high[place : place + whole])
            else:
                groups = values[: stride - within]
                known = [low[place], high[place]] if within else [groups[0]]
                low[place] = np.fmin.reduce([*known, *groups])
                high[place] = np.fmax.reduce([*known, *groups])
            self._count += groups.size
            values = values[groups.size :]

    @property
    def nbytes(self) -> int:
        """The bytes of all its room."""
        low, high, _stride = self._kept
        return low.nbytes if low is high else low.nbytes + high.nbytes

    def series(self) -> Series:
        """All that is kept."""
        count = self._count  # first, since what is kept may grow meanwhile
        low, high, stride = self._kept
        kept = -(-count // stride)
        return Series(low[:kept], high[:kept], stride, count)

    def cut(self, count: int, newest: float) -> None:
        """Forget what comes after step `count`, whose number is `newest`; views that were read keep it."""
        if count < self._count:
            low, high, stride = self._kept
            copy = low.copy()
            self._kept = Kept(copy, copy if high is low else high.copy(), stride)
            self._count = count
            if count % stride:  # the last numbers are kept together with forgotten ones
                self._kept.low[count // stride] = self._kept.high[count // stride] = newest


def _room(size: int) -> Kept:
    """Buffers for `size` numbers, one for each step."""
    both = np.empty(size)
    return Kept(both, both, 1)


def _wider(kept: Kept) -> Kept:
    """The same with twice the room, or, at the bound, with half the resolution."""
    low, high, stride = kept
    if len(low) < MOST_ROOM:
        wider = _room(2 * len(low))
        wider.low[: len(low)] = low
        return wider
    coarser = Kept(np.empty(len(low)), np.empty(len(low)), 2 * stride)
    half = len(low) // 2
    coarser.low[:half] = np.fmin(low[::2], low[1::2])
    coarser.high[:half] = np.fmax(high[::2], high[1::2])
    return coarser


class History:
    """The loss of every step; where there are any, the loss of the points held out, and the learning rate.

    `rates` is None for a run whose learning rate follows no schedule, and `validation_losses` are NaN
    for steps that had no points held out, None where no step had.
    """

    def __init__(self) -> None:
        self._losses = Record()
        self._validation: Record | None = None
        self._rates: Record | None = None

    def append(self, loss: float, validation_loss: float | None = None, rate: float | None = None) -> None:
        """Add the numbers of the next step; losses in the units of the data."""
        if validation_loss is not None and self._validation is None:
            self._validation = Record(self.losses().steps)
        if rate is not None and self._rates is None:
            self._rates = Record(self.losses().steps)
        self._losses.append(loss)
        if self._validation is not None:
            self._validation.append(np.nan if validation_loss is None else validation_loss)
        if self._rates is not None:
            self._rates.append(np.nan if rate is None else rate)

    def extend(self, losses: Floats, held: Floats | None = None, rates: Floats | None = None) -> None:
        """Add the numbers `[K]` of the next steps, where some must have been added one by one before."""
        for record, values in ((self._losses, losses), (self._validation, held), (self._rates, rates)):
            if record is not None:
                record.extend(np.full(len(losses), np.nan) if values is None else values)

    @property
    def nbytes(self) -> int:
        """The bytes of all that is kept."""
        records = (self._losses, self._validation, self._rates)
        return sum(record.nbytes for record in records if record is not None)

    def losses(self) -> Series:
        """The losses of steps 1 to n."""
        return self._losses.series()

    def validation_losses(self) -> Series | None:
        """The losses of the points held out, behind steps 1 to n."""
        return None if self._validation is None else self._validation.series()

    def rates(self) -> Series | None:
        """The learning rates of steps 1 to n."""
        return None if self._rates is None else self._rates.series()

    def cut(self, snapshot: Snapshot) -> None:
        """Forget what comes after `snapshot`: the run goes on from there in another way."""
        held = np.nan if snapshot.validation_loss is None else snapshot.validation_loss
        for record, newest in (
            (self._losses, snapshot.loss),
            (self._validation, held),
            (self._rates, snapshot.learning_rate),
        ):
            if record is not None:
                record.cut(snapshot.step, newest)
