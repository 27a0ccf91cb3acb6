"""The states of a run from which any of its steps can be made again."""

from __future__ import annotations

from bisect import bisect_right

FIRST_INTERVAL = (
    16  # steps between two checkpoints: to make so many again takes less than a frame, a state 1 % of it
)
MOST_BYTES = 48 * 2**20


class Checkpoints:
    """States by step, at equal intervals, which double whenever the states take more than MOST_BYTES."""

    def __init__(self) -> None:
        self.interval = FIRST_INTERVAL
        self._steps: list[int] = []
        self._states: list[bytes] = []
        self._bytes = 0

    @property
    def earliest(self) -> int:
        """The first step that can be gone back to."""
        return self._steps[0]

    @property
    def nbytes(self) -> int:
        """The bytes of all states."""
        return self._bytes

    def add(self, step: int, state: bytes) -> None:
        """Keep the state behind `step`, which comes after all that are kept."""
        self._steps.append(step)
        self._states.append(state)
        self._bytes += len(state)
        while self._bytes > MOST_BYTES and len(self._steps) > 2:
            self._thin()

    def before(self, step: int) -> tuple[int, bytes]:
        """The newest state behind `step` or an earlier one, and its step."""
        place = bisect_right(self._steps, step) - 1
        return self._steps[place], self._states[place]

    def cut(self, step: int) -> None:
        """Forget the states behind later steps."""
        self._keep(range(bisect_right(self._steps, step)))

    def forget_upto(self, step: int) -> bool:
        """Forget the states behind `step` and all earlier ones, if there is a later one; whether there is."""
        later = bisect_right(self._steps, step)
        if later == len(self._steps):
            return False
        self._keep(range(later, len(self._steps)))
        return True

    def _thin(self) -> None:
        self.interval *= 2
        wanted = [k for k, step in enumerate(self._steps) if k == 0 or step % self.interval == 0]
        self._keep(wanted)

    def _keep(self, places: range | list[int]) -> None:
        self._steps = [self._steps[place] for place in places]
        self._states = [self._states[place] for place in places]
        self._bytes = sum(map(len, self._states))
