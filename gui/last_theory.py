"""What is known before a run, worked out once for all who ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.best_curve import best_curve, has_curve
from core.insight.optimum import Optimum, optimum, training_points
from core.insight.scaling import Scaling
from core.insight.theory import Theory, linear_curve, theory
from core.texts import language

Floats = NDArray[np.float64]
Asked = tuple[Points, Settings, Scaling | None, str]
Stop = Callable[[], bool]

AT_ONCE = 10_000  # numbers that a model makes of the points: a search among so many is a matter of a moment


class LastTheory:
    """The theory of the points and settings that were asked about last, for all background threads.

    An optimum that has to be searched for among much data is not waited for: whoever asks gets it once
    `searched` has found it. A theory has sentences in it, so another language asks for another one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: Asked | None = None
        self._found = Points(), Theory()
        self._optimum: tuple[Asked, Optimum | None] | None = None

    def of(self, points: Points, settings: Settings, scaling: Scaling | None) -> tuple[Points, Theory]:
        """The training points among `points`, and their theory; the learning rate plays no part in it."""
        asked = _question(points, settings, scaling)
        with self._lock:
            if self._asked is None or not _same(self._asked, asked):
                at_once = points.x.size * _powers(settings) <= AT_ONCE
                self._found = training_points(points, settings), theory(points, asked[1], scaling, at_once)
                self._asked = asked
            training, found = self._found
            if found.pending and self._optimum is not None and _same_optimum(self._optimum[0], asked):
                self._found = training, found.with_optimum(self._optimum[1])
            return self._found

    def searched(
        self, points: Points, settings: Settings, scaling: Scaling | None, stop: Stop
    ) -> tuple[Points, Theory]:
        """That of `of` with the optimum, which may take long. Raises Cancelled once `stop` says so."""
        training, found = self.of(points, settings, scaling)
        if not found.pending:
            return training, found
        curve = linear_curve(settings, training)
        best = None if curve is None else optimum(training, curve, settings, stop)
        with self._lock:
            self._optimum = _question(points, settings, scaling), best
        return self.of(points, settings, scaling)

    def curve(
        self, points: Points, settings: Settings, scaling: Scaling | None, stop: Stop
    ) -> Callable[[Floats], Floats] | None:
        """The best curve to compare with, if one can be drawn. Raises Cancelled once `stop` says so."""
        training, known = self.searched(points, settings, scaling, stop)
        if known.bound is None or not has_curve(training):
            return best_curve(training, settings, stop)
        return known.bound.predict


def _question(points: Points, settings: Settings, scaling: Scaling | None) -> Asked:
    return points, replace(settings, learning_rate=Settings().learning_rate), scaling, language()


def _same(before: Asked, asked: Asked) -> bool:
    """Whether the same is asked, of the very same points and scaling."""
    if before[0] is not asked[0] or before[2] is not asked[2]:
        return False
    return before[1] == asked[1] and before[3] == asked[3]


def _same_optimum(before: Asked, asked: Asked) -> bool:
    """Whether the best fit is the same, which only the points, the model and the loss decide."""
    return before[0] is asked[0] and _decides_optimum(before[1]) == _decides_optimum(asked[1])


def _powers(settings: Settings) -> int:
    """How many numbers a model that is linear in its parameters makes of one of a point."""
    return int(str(settings.values("model").get("degree", 1)))


def _decides_optimum(settings: Settings) -> tuple[object, ...]:
    choices = [(settings.row(name).key, settings.values(name)) for name in ("model", "loss")]
    return choices, settings.validation, settings.validation_seed
