"""A run of gradient descent on a line in a few lines of NumPy, to hold the program's runs against."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.experiment import Points, Settings


@dataclass(frozen=True)
class Wanted:
    """The points and settings that a step is to take."""

    points: Points
    settings: Settings

    def same_step(self, other: Wanted) -> bool:
        """Whether a step with the one is a step with the other: of the very same points."""
        return self.points is other.points and self.settings == other.settings


@dataclass
class PlainRun:
    """All steps of a run as a list: `path[step]` is (w, b), `at` the step at which it stands.

    `plan` has what was taken from behind which step on, `wanted` what the next new step takes.
    """

    wanted: Wanted
    at: int = 0
    path: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])
    plan: list[tuple[int, Wanted]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = self.plan or [(0, self.wanted)]

    @property
    def tip(self) -> int:
        """The newest step."""
        return len(self.path) - 1

    def step(self) -> None:
        """The next step: the one that is known already, or, after a change, another one."""
        if not self.wanted.same_step(self.plan[-1][1]):
            self.path = self.path[: self.at + 1]
            self.plan = [part for part in self.plan if part[0] < self.at] + [(self.at, self.wanted)]
        if self.at == self.tip:
            taken = [wanted for since, wanted in self.plan if since <= self.at][-1]
            self.path.append(descended(self.path[-1], taken))
        self.at += 1

    def go_to(self, step: int) -> None:
        """Stand at another step, of those that there are."""
        self.at = min(max(step, 0), self.tip)


def descended(place: tuple[float, float], wanted: Wanted) -> tuple[float, float]:
    """(w, b) after one step of gradient descent, by the derivatives of the mean squared error or of Huber's.

    Neither jumps anywhere, as that of the absolute error does where a residual is zero but for its rounding.
    """
    w, b = place
    x, y, rate = wanted.points.x[:, 0], wanted.points.y, wanted.settings.learning_rate
    residuals = w * x + b - y
    slopes = 2 * residuals if wanted.settings.loss == "mse" else np.clip(residuals, -1, 1)
    return float(w - rate * np.mean(slopes * x)), float(b - rate * np.mean(slopes))
