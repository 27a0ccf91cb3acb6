"""What every step of a run left behind."""

import numpy as np
from numpy.typing import NDArray

FIRST_ROOM = 4096


class History:
    """The loss of every step, in one growing buffer: 8 bytes a step, at most twice that while it grows.

    One thread appends; any thread may read, and gets a view that stays as it is.
    """

    def __init__(self) -> None:
        self._losses = np.empty(FIRST_ROOM)
        self._count = 0

    def append(self, loss: float) -> None:
        """Add the loss of the next step."""
        if self._count == len(self._losses):
            self._losses = np.concatenate((self._losses, np.empty(self._count)))
        self._losses[self._count] = loss
        self._count += 1

    def losses(self) -> NDArray[np.float64]:
        """The losses of steps 1 to n, `[n]`, in the units of the data."""
        count = self._count
        return self._losses[:count]
