"""What a person saves: points, settings, and both together in a file."""

from core.experiment.experiment import MOST_STRETCHES, Experiment, Stretch
from core.experiment.file import load_experiment, save_experiment
from core.experiment.generators import GENERATORS, generate
from core.experiment.points import Points
from core.experiment.settings import Settings

__all__ = [
    "GENERATORS",
    "MOST_STRETCHES",
    "Experiment",
    "Points",
    "Settings",
    "Stretch",
    "generate",
    "load_experiment",
    "save_experiment",
]
