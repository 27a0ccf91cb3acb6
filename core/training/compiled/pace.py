"""How many steps a block should have, so that nobody who pauses waits for it."""

from __future__ import annotations

from core.training.compiled.kind import LEAST
from core.training.stop_rules import CONVERGENCE_EVERY

LONGEST, SHORTEST = 0.016, 0.006  # seconds that a block should take: no pause waits longer
MOST = 16 * CONVERGENCE_EVERY  # steps of a block
HOPE = 4  # times as fast as eager a step may be that has a lot to calculate


class Pace:
    """Learns from how long steps and blocks take, which may be anything: there may be many points.

    `size` is how many steps to make at once: few at first, and 0 while single steps serve as well, since even
    the smallest block takes too long, or how long a step takes is not known.
    """

    def __init__(self) -> None:
        self._step: float | None = None
        self._size = LEAST
        self._rest = 0  # single steps to come before another block is tried
        self._next_rest = LEAST

    @property
    def size(self) -> int:
        """How many steps to make at once."""
        if self._rest or self._step is None or LEAST * self._step > HOPE * LONGEST:
            return 0
        return self._size

    def stepped(self, seconds: float) -> None:
        """A single step took so long."""
        self._step = seconds
        self._rest = max(0, self._rest - 1)

    def made(self, steps: int, seconds: float) -> None:
        """A block of so many steps took so long."""
        if seconds > LONGEST:
            half = min(self._size, steps) // 2
            self._size = max(LEAST, half)
            if half < LEAST:
                self._rest = self._next_rest  # and then again, as the machine may have been busy
                self._next_rest *= 2
        elif seconds < SHORTEST:
            self._size = max(self._size, min(MOST, 2 * steps))
