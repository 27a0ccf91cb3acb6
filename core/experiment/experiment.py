"""The whole of what a person works on: the points and how they are fitted."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.choices.limits import LARGEST_COUNT
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.problem import Problem
from core.texts import _

MOST_STRETCHES = 10_000  # in one run; a drag makes some dozens a second


@dataclass(frozen=True)
class Stretch:
    """A part of a run: up to and including its step `until` these points and settings held.

    Raises Problem where `until` is no step of a run, and where there are no points to train on.
    """

    until: int
    points: Points
    settings: Settings

    def __post_init__(self) -> None:
        if type(self.until) is not int or not 1 <= self.until <= LARGEST_COUNT:
            raise Problem(
                _("A recorded change must come after a step from 1 to {largest}.").format(
                    largest=f"{LARGEST_COUNT:,}"
                )
            )
        if not len(self.points):
            raise Problem(_("A recorded part of a run must have points."))


@dataclass(frozen=True)
class Experiment:
    """Points and settings together: what a file holds.

    `earlier` are the parts of a run before its last change, in the order of their steps; `points` and
    `settings` are in force after them. `step` is the one at which the run stood. Raises Problem where no
    single run can have gone through them.
    """

    points: Points = field(default_factory=Points)
    settings: Settings = field(default_factory=Settings)
    earlier: tuple[Stretch, ...] = ()
    step: int = 0

    def __post_init__(self) -> None:
        if type(self.step) is not int or not 0 <= self.step <= LARGEST_COUNT:
            raise Problem(
                _("The step at which a run stood must be a whole number from 0 to {largest}.").format(
                    largest=f"{LARGEST_COUNT:,}"
                )
            )
        earlier = tuple(self.earlier)
        object.__setattr__(self, "earlier", earlier)
        require_few(len(earlier))
        parts: tuple[Stretch | Experiment, ...] = (*earlier, self)
        for one, other in zip(earlier, parts[1:], strict=True):
            if isinstance(other, Stretch) and other.until <= one.until:
                raise Problem(_("The recorded changes must be in the order of their steps."))
            if one.points.x.shape[1] != other.points.x.shape[1]:
                raise Problem(_("A recorded change cannot change the number of x columns."))
            if one.settings.restarts(other.settings):
                raise Problem(
                    _("The change after step {step} starts a new run; it cannot be part of this one.").format(
                        step=one.until
                    )
                )


def require_few(changes: int) -> None:
    """Raise Problem for more changes of a run than an experiment holds."""
    if changes > MOST_STRETCHES:
        raise Problem(
            _("A run can be kept with {most} changes at most; leave some of them out.").format(
                most=f"{MOST_STRETCHES:,}"
            )
        )
