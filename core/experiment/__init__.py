"""What a person saves: points, settings, and both together in a file."""

from core.experiment.points import Points
from core.experiment.settings import Settings

__all__ = ["Points", "Settings"]
