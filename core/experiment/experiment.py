"""The whole of what a person works on: the points and how they are fitted."""

from dataclasses import dataclass, field

from core.experiment.points import Points
from core.experiment.settings import Settings


@dataclass(frozen=True)
class Experiment:
    """Points and settings together: what a file holds."""

    points: Points = field(default_factory=Points)
    settings: Settings = field(default_factory=Settings)
