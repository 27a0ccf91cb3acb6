"""How many steps training takes in a second."""

import time

EVERY = 0.1  # seconds; texts have to be read, so they change more slowly than curves
MEMORY = 0.7  # the share of the last figure in the next, so that it can be read


class SpeedMeter:
    """Reads a step counter ten times a second; `steps_per_second` is 0 until the first reading."""

    def __init__(self) -> None:
        self.steps_per_second = 0.0
        self._time, self._step = 0.0, 0

    def start(self, step: int) -> None:
        """Training starts, or goes on, at `step`."""
        self._time, self._step = time.monotonic(), step

    def read(self, step: int) -> bool:
        """Training has come to `step`; whether it was time for another figure."""
        now = time.monotonic()
        if now - self._time < EVERY:
            return False
        rate = max(0, step - self._step) / (now - self._time)
        self._time, self._step = now, step
        before = self.steps_per_second or rate
        self.steps_per_second = MEMORY * before + (1 - MEMORY) * rate
        return True
