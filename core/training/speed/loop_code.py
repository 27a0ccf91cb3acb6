"""The loops that are timed, as a person may read them."""

from __future__ import annotations

from core.choices import OPTIMIZERS
from core.experiment.settings import Settings
from core.export.source import functions_of

MODULE = "core.training.speed.loops"


def loop_code(settings: Settings) -> str:
    """The code of the step, of the loop with a DataLoader, and of the bare one, for the chosen optimizer."""
    step = "five_lines" if OPTIMIZERS[settings.optimizer].first_order else "with_closure"
    return functions_of(MODULE, (step, "data_loader_loop", "bare_loop"))
