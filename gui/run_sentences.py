"""What the message line says of a run, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.experiment import Points, Settings
from core.insight.numbers import told_apart
from core.texts import _, n_

if TYPE_CHECKING:
    from core.training import Trainer


def empty_sentence() -> str:
    """There is nothing to run on."""
    return _("Draw points on the left plot, or load data, then press Run.")


def ready_sentence(after_another: bool) -> str:
    """Everything is there; perhaps undo brings back the run before."""
    if after_another:
        return _("Ready: press Run, or Space. Undo brings back the run before, as it was.")
    return _("Ready: press Run, or Space.")


def loading_sentence() -> str:
    """Nothing can be run yet."""
    return _("Loading PyTorch …")


def returning_sentence(step: int) -> str:
    """The run comes back to the step at which it was saved."""
    return _("Training again up to step {step}, at which the experiment was saved …").format(step=f"{step:,}")


def training_sentence() -> str:
    """It goes on."""
    return _("Training. Points, learning rate, loss and batch size can change meanwhile.")


def training_word() -> str:
    """The same, where more is to be said."""
    return _("Training.")


def paused_sentence(step: int) -> str:
    """It rests after `step` steps."""
    return _("Paused at step {step}: Run goes on from here.").format(step=f"{step:,}")


def mid_step_sentence(step: int, changed: bool) -> str:
    """Some phases of step `step` are done; and perhaps something was changed meanwhile."""
    sentence = (
        _("Step {step} goes on with the old settings; what you changed counts from step {next} on.")
        if changed
        else _("In the middle of step {step}: Down goes on by one phase, Right completes the step.")
    )
    return sentence.format(step=f"{step:,}", next=f"{step + 1:,}")


def past_sentence(step: int, tip: int) -> str:
    """It shows an earlier step than its newest."""
    return _(
        "Step {step} of {tip}, as it was. Run goes on from here as it did; any change begins a branch."
    ).format(step=f"{step:,}", tip=f"{tip:,}")


def branch_sentence(step: int) -> str:
    """It shows an earlier step, and something was changed there."""
    return _(
        "Changed at step {step}: Run begins a branch from here, and what came after it stays as a ghost."
    ).format(step=f"{step:,}")


def recorded_sentence(changes: int) -> str:
    """What was opened holds changes in mid-run."""
    return n_(
        "Ready: Run repeats the recorded run with its {count} change; any edit lets go of it.",
        "Ready: Run repeats the recorded run with its {count} changes; any edit lets go of them.",
        changes,
    ).format(count=changes)


def fault_sentence() -> str:
    """A fault of ours ended it."""
    return _("Something went wrong inside the program; the log has the details. Try Reset.")


def failed_step_sentence(step: int) -> str:
    """An error ended the step behind step `step`; what it was is told elsewhere."""
    return _("Stopped at step {step}: the next step failed. The run is kept; Run tries again.").format(
        step=f"{step:,}"
    )


def step_fault_sentence(error: BaseException) -> str:
    """A fault of ours ended a step."""
    return _(
        "Something went wrong inside the program in a step ({kind}); the log has the details. Try Run again, "
        "or Reset, which undo takes back."
    ).format(kind=type(error).__name__)


def is_constant(points: Points) -> bool:
    """Whether there is more than one point, and all at one x."""
    return len(points) > 1 and points.stands_at_one_x


def constant_x_sentence() -> str:
    """A slope cannot be found."""
    return _("All x are equal, so no slope can be found: many lines fit equally well. Add other x.")


def standing_sentence(trainer: Trainer, settings: Settings) -> tuple[str, bool]:
    """Why a run stands where it stands, and whether that is a warning."""
    reason, step, tip = trainer.stopped, trainer.latest.step, trainer.tip.step
    if trainer.in_mid_step:
        return mid_step_sentence(step + 1, trainer.changed), False
    if reason is not None:
        sentence = stop_sentence(reason, step, settings, trainer.latest.loss)
        return sentence, trainer.failure is not None
    if step < tip:
        return (branch_sentence(step) if trainer.changed else past_sentence(step, tip)), False
    return paused_sentence(step), False


def stop_sentence(reason: str, step: int, settings: Settings, loss: float) -> str:
    """Why a run stopped after `step` steps, and what can be done next, in the person's language.

    `loss` is what the last step found before its update, by which a run is stopped.
    """
    if reason == "converged":
        return n_(
            "Converged after {step} step: the gradient is as good as 0; more steps change next to nothing.",
            "Converged after {step} steps: the gradient is as good as 0; more steps change next to nothing.",
            step,
        ).format(step=f"{step:,}")
    values = {
        name: f"{getattr(settings, name):,}"
        for name in ("seconds", "gradient_below", "patience")
        if getattr(settings, name) is not None
    }
    missing = dict.fromkeys(("seconds", "gradient_below", "patience"), "–")
    ends = ("–", "–") if settings.loss_below is None else told_apart(loss, settings.loss_below)
    numbers = {"step": f"{step:,}"} | dict(zip(("loss", "loss_below"), ends, strict=True))
    return _stops()[reason].format(**numbers, **missing | values)


def _stops() -> Mapping[str, str]:
    """The sentence for each reason to stop."""
    return {
        "diverged": _(
            "Diverged after step {step}: the loss grew too large to compute with; Run starts again."
        ),
        "nan": _(
            "Stopped after step {step}: the next one led to NaN, which is not a number; Run starts again."
        ),
        "epochs": _("Stopped at step {step}: all epochs asked for are done. Run goes on for as many again."),
        "steps": _("Stopped at step {step}: all steps asked for are done. Run goes on for as many again."),
        "seconds": _(
            "Stopped at step {step}: the {seconds} seconds are over. Run goes on for as many again."
        ),
        "loss_below": _(
            "Stopped at step {step}: the loss before it, {loss}, is below {loss_below}. Run goes on."
        ),
        "gradient_below": _(
            "Stopped at step {step}: the gradient is shorter than {gradient_below}. Run goes on."
        ),
        "patience": _(
            "Stopped at step {step}: for {patience} steps the loss before a step reached no new low. Run "
            "goes on for as many again."
        ),
        "early_stopping": _(
            "Stopped early and went back to step {step}, the best: {patience} steps brought no lower "
            "validation loss. Run goes on from here."
        ),
    }
