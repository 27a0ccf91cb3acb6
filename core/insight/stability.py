"""Which learning rates gradient descent on the mean squared error survives, and what each looks like.

For a model that is linear in its parameters the MSE is a bowl with the Hessian H = 2/n AᵀA, where A holds the
features and a column of ones. Along an eigenvector of H with eigenvalue λ a step of gradient descent
multiplies the distance to the lowest point by 1 - rate λ, so that it shrinks for rate < 2/λ. With momentum it
is a linear recurrence of two steps, whose roots must lie inside the unit circle; its conditions are below,
in the form of torch.optim.SGD. Source: B. T. Polyak 1964, "Some methods of speeding up the convergence of
iteration methods", for momentum; Nesterov's follows from the same criterion (E. I. Jury 1964).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.experiment.settings import Settings
from core.insight.tall_qr import tall_triangle
from core.texts import N_

Floats = NDArray[np.float64]

ZONES = {
    "crawling": N_("crawling"),
    "smooth": N_("smooth"),
    "oscillating": N_("oscillating"),
    "diverging": N_("diverging"),
}
SLOW = 100  # steps; where a run crawls, so many do not come nearer by the factor e, however steep it is
ROUNDING = 1e-9  # of a rate: one that is meant to be the end of a zone belongs to it
NOISY = 0.5  # of the limit of mini-batches: there their steps shrink the error fastest


class Zones(NamedTuple):
    """The learning rates where `crawling`, `smooth` and `oscillating` end; beyond the last a run diverges.

    A zone that no rate belongs to has the same end as the zone before it.
    """

    crawling: float
    smooth: float
    oscillating: float

    def name(self, rate: float) -> str:
        """The zone of `rate`, a key of ZONES."""
        ends = zip(ZONES, self, strict=False)
        return next((name for name, end in ends if rate <= end * (1 + ROUNDING)), "diverging")


class Descent(NamedTuple):
    """The hyper-parameters of torch.optim.SGD."""

    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> Descent:
        """Those of `settings`, whose optimizer is "sgd"."""
        values = settings.values("optimizer")
        return cls(
            float(str(values["momentum"])),
            float(str(values["dampening"])),
            bool(values["nesterov"]),
            float(str(values["weight_decay"])),
        )

    @property
    def carried(self) -> float:
        """The share of a gradient that enters the momentum; without momentum dampening plays no part."""
        return 1.0 - self.dampening if self.momentum else 1.0

    def limit(self, curvature: float) -> float:
        """The rate from which on steps grow along an eigenvector with this eigenvalue of H."""
        b, bend = self.momentum, curvature + self.weight_decay
        if self.nesterov:
            return 2 * (1 + b) / ((1 + 2 * b) * bend)
        return 2 * (1 + b) / (self.carried * bend)

    def smooth_end(self, curvature: float) -> float:
        """The rate from which on steps overshoot along it: a root of the recurrence is no longer positive."""
        b, bend = self.momentum, curvature + self.weight_decay
        if self.nesterov:
            return ((1 - b) / (1 + b)) ** 2 / bend
        return (1 - math.sqrt(b)) ** 2 / (self.carried * bend)

    def crawling_end(self, curvature: float) -> float:
        """The rate at which SLOW steps bring it nearer along it by the factor e: a root is exp(-1 / SLOW)."""
        b, bend, root = self.momentum, curvature + self.weight_decay, math.exp(-1 / SLOW)
        if (2 * b / (1 + b) if self.nesterov else math.sqrt(b)) >= root:  # where smooth ends, the double root
            return self.smooth_end(curvature)
        if self.nesterov:
            return (1 - root**2 / ((1 + b) * root - b)) / bend
        return (1 - root) * (1 - b / root) / (self.carried * bend)

    def batch_limit(self, curvature: float, longest: float, size: int) -> float:
        """An estimate of the limit for mini-batches of `size` points; `longest` is the largest 2 |a|².

        Without momentum it is 2 m / (longest + (m - 1) λ), from S. Ma, R. Bassily and M. Belkin 2018, "The
        power of interpolation". Written as 1/limit = (longest - λ) / (2 m) + 1/limit of all points, it is a
        part for the noise of the batches and one for the bowl. Momentum b adds up the noise of 1 / (1 - b)
        steps, and so that part grows: for heavy ball this is where the mean square of the recurrence along
        the eigenvector stops being bounded. A flat direction (λ = 0) may be the first to go.
        """
        noise = self.carried / (2 * size * (1 - self.momentum))
        steepest = (longest - curvature) * noise + 1 / self.limit(curvature)
        return 1 / max(steepest, longest * noise)


class Bowl(NamedTuple):
    """The shape of the MSE: the least and the largest eigenvalue of H, and the largest 2 |a|² of a point."""

    least: float
    largest: float
    longest: float

    @classmethod
    def of(cls, features: Floats) -> Bowl | None:
        """That over features `[N, P]` of training; None where numbers are too large or too few."""
        with np.errstate(all="ignore"):
            design = np.column_stack((features, np.ones(len(features))))
            longest = 2 * float(np.max(np.sum(design**2, axis=1), initial=0.0))
        if not len(design) or not math.isfinite(longest * len(design)):
            return None
        least, largest = _singular_values(design)
        return cls(2 * least**2 / len(design), 2 * largest**2 / len(design), longest)

    @property
    def condition(self) -> float:
        """The condition number of H: how much steeper its steepest direction is than its flattest."""
        return self.largest / self.least if self.least else math.inf

    def limit(self, descent: Descent, batch_size: int | None) -> float:
        """The largest stable learning rate; an estimate with a batch size."""
        if batch_size is None:
            return descent.limit(self.largest)
        return descent.batch_limit(self.largest, self.longest, batch_size)

    def zones(self, descent: Descent, batch_size: int | None) -> Zones:
        """The zones of the learning rate."""
        limit = self.limit(descent, batch_size)
        smooth = min(descent.smooth_end(self.largest), NOISY * limit)
        return Zones(min(descent.crawling_end(self.largest), smooth), smooth, limit)


def _singular_values(design: Floats) -> tuple[float, float]:
    """The least and the largest singular value of `design` `[N, P]`; 0 where float64 cannot tell it from 0.

    High powers of x differ by many orders of magnitude, and then the least drowns in the rounding of the
    largest. So the columns are brought to one length before, and it is found as the largest of the inverse.
    """
    lengths = np.linalg.norm(design, axis=0)
    lengths[lengths == 0] = 1.0
    triangle = tall_triangle(design / lengths)
    largest = float(np.linalg.norm(triangle * lengths, 2))
    even = np.linalg.svd(triangle, compute_uv=False)
    if len(design) < design.shape[1] or even[-1] <= np.finfo(float).eps * max(design.shape) * even[0]:
        return 0.0, largest
    return 1 / float(np.linalg.norm(np.linalg.inv(triangle) / lengths[:, None], 2)), largest
