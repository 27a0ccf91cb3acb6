"""What a person saves: points, settings, and both together in a file."""

from core.experiment.points import Points

__all__ = ["Points"]
