"""What is known before a run, worked out once for all who ask."""

from __future__ import annotations

from dataclasses import replace

from core.experiment import Points, Settings
from core.insight.optimum import training_points
from core.insight.scaling import Scaling
from core.insight.theory import Theory, theory
from core.texts import language


class LastTheory:
    """The theory of the points and settings that were asked about last; the background thread alone asks.

    It has sentences in it, so another language asks for another one.
    """

    def __init__(self) -> None:
        self._asked: tuple[Points, Settings, Scaling | None, str] | None = None
        self._found = Points(), Theory()

    def of(self, points: Points, settings: Settings, scaling: Scaling | None) -> tuple[Points, Theory]:
        """The training points among `points`, and their theory; the learning rate plays no part in it."""
        settings = replace(settings, learning_rate=Settings().learning_rate)
        asked = points, settings, scaling, language()
        if not self._is_answered(asked):
            self._found = training_points(points, settings), theory(points, settings, scaling)
            self._asked = asked
        return self._found

    def _is_answered(self, asked: tuple[Points, Settings, Scaling | None, str]) -> bool:
        """Whether the same was asked before, of the very same points and scaling."""
        before = self._asked
        if before is None or before[0] is not asked[0] or before[2] is not asked[2]:
            return False
        return before[1] == asked[1] and before[3] == asked[3]
