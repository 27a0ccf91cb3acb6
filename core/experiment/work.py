"""Reads the work that a window left in its slot, and puts aside what cannot be read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from core.experiment.experiment import Experiment
from core.experiment.file import load_experiment
from core.experiment.points import require_one_column
from core.experiment.slots import put_aside
from core.problem import Problem

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unreadable:
    """Work that cannot be read: why, in a sentence, and where it is now."""

    reason: str
    path: Path


def read_work(path: Path, alone: bool = True) -> Experiment | Unreadable:
    """The work in the file `path`; what cannot be read, or not be shown, is put aside.

    `alone` as in load_experiment.
    """
    try:
        experiment = load_experiment(path, alone)
        require_one_column(experiment.points)
    except Problem as problem:
        log.warning("the work of the last time cannot be read: %s", problem)
        return Unreadable(str(problem), put_aside(path))
    return experiment
