"""What the message line says of a run, in the person's language."""

import numpy as np

from core.experiment import Points, Settings
from core.texts import _, n_

SLOWER = 10  # a rate this many times smaller is proposed after a divergence
SMALLEST_RATE = 1e-6


def empty_sentence() -> str:
    """There is nothing to run on."""
    return _("Draw points on the left plot, or load data, then press Run.")


def ready_sentence() -> str:
    """Everything is there."""
    return _("Ready: press Run, or Space.")


def loading_sentence() -> str:
    """Nothing can be run yet."""
    return _("Loading PyTorch …")


def training_sentence() -> str:
    """It goes on."""
    return _("Training. Points, learning rate, loss and batch size can change meanwhile.")


def paused_sentence(step: int) -> str:
    """It rests after `step` steps."""
    return _("Paused at step {step}: Run goes on from here.").format(step=f"{step:,}")


def fault_sentence() -> str:
    """A fault of ours ended it."""
    return _("Something went wrong inside the program; the log has the details. Try Reset.")


def is_constant(points: Points) -> bool:
    """Whether there is more than one point, and all at one x."""
    return len(points) > 1 and not np.ptp(points.x)


def constant_x_sentence() -> str:
    """A slope cannot be found."""
    return _("All x are equal, so no slope can be found: many lines fit equally well. Add other x.")


def stop_sentence(reason: str, step: int, settings: Settings) -> str:
    """Why a run stopped after `step` steps, and what can be done next, in the person's language."""
    if reason == "diverged":
        return _(
            "Diverged after step {step}: the loss grew too large to compute with. "
            "Standardise, or a smaller learning rate (try {rate}), helps; Run starts again."
        ).format(step=f"{step:,}", rate=f"{max(settings.learning_rate / SLOWER, SMALLEST_RATE):.3g}")
    if reason == "converged":
        return n_(
            "Converged after {step} step: no small change of the parameters lowers the loss any more.",
            "Converged after {step} steps: no small change of the parameters lowers the loss any more.",
            step,
        ).format(step=f"{step:,}")
    done = _("Stopped at step {step}: all epochs asked for are done. Run goes on for as many again.")
    if reason == "steps":
        done = _("Stopped at step {step}: all steps asked for are done. Run goes on for as many again.")
    return done.format(step=f"{step:,}")
