"""What makes the loss of a run."""

from __future__ import annotations

from typing import NamedTuple

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.scaling import Scaling


class Objective(NamedTuple):
    """The person's points and choices, the model, and how the data are scaled for training.

    The loss is in the units of the data, or `as_trained` in those of training.
    """

    points: Points
    settings: Settings
    curve: Curve
    scaling: Scaling
    as_trained: bool = False
