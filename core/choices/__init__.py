"""The tables of everything that a person can choose."""

from core.choices.choice import Choice, Parameter, Value
from core.choices.fields import FIELDS, STOP_RULES, TABLES
from core.choices.losses import LOSSES
from core.choices.models import MODELS
from core.choices.optimizers import OPTIMIZERS
from core.choices.schedules import SCHEDULES

__all__ = [
    "FIELDS",
    "LOSSES",
    "MODELS",
    "OPTIMIZERS",
    "SCHEDULES",
    "STOP_RULES",
    "TABLES",
    "Choice",
    "Parameter",
    "Value",
]
