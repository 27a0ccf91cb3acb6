"""What each tensor of a step is for, in words for somebody who does not know it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.texts import N_, _

# By the names that the window gives them.
OF_THE_STEP: Mapping[str, str] = MappingProxyType(
    {
        "inputs": N_("What the model is given in this step: a row for each point."),
        "targets": N_("What the model should predict: the y of each point of this step."),
        "prediction": N_("What the model has made of the inputs: a prediction for each point."),
        "loss": N_("One number for how far the predictions are from their targets, before the step."),
        "objective": N_("The loss and the penalty for large weights together: what is made smaller."),
    }
)

# By PyTorch's names in the state of its optimizers.
KEPT: Mapping[str, str] = MappingProxyType(
    {
        "step": N_("How many steps the optimizer has made with this parameter."),
        "exp_avg": N_("A running mean of the gradients, in which newer ones count more: where to go."),
        "exp_avg_sq": N_(
            "A running mean of the squared gradients, in which newer ones count more; the step is divided by "
            "its square root."
        ),
        "max_exp_avg_sq": N_("The largest that exp_avg_sq has been: AMSGrad divides by its square root."),
        "momentum_buffer": N_(
            "The momentum: what is carried on from the gradients of earlier steps; older ones count less."
        ),
        "square_avg": N_(
            "A running mean of the squared gradients, in which newer ones count more; the step is divided by "
            "its square root."
        ),
        "acc_delta": N_("A running mean of the squared moves so far; the size of the next follows from it."),
        "grad_avg": N_(
            "A running mean of the gradients: with it RMSprop finds the variance that it divides by."
        ),
        "sum": N_(
            "The sum of all squared gradients so far; the step is divided by its square root, so that steps "
            "get smaller."
        ),
        "prev": N_("The gradient of the step before, to see whether it has changed its sign."),
        "step_size": N_(
            "How far the parameter goes in one step: more while its gradient keeps its sign, less once it "
            "changes it."
        ),
        "exp_inf": N_("The size of the largest recent gradient, fading slowly; the step is divided by it."),
        "mu_product": N_(
            "The product of all momentum factors so far: with it the mean is corrected for having begun at 0."
        ),
        "eta": N_("The learning rate as it has decayed so far."),
        "mu": N_("How much the newest value counts in the average ax; 1 until averaging begins."),
        "ax": N_("The average of the parameter over the late steps; before these the parameter itself."),
        "d": N_("The direction of the last move, of all parameters in one row."),
        "t": N_("How far the last move went in its direction."),
        "H_diag": N_("The first guess of the curvature: how far to go for a gradient of 1."),
        "prev_flat_grad": N_("The gradient before the last move, of all parameters in one row."),
    }
)
PARAMETER = N_("A parameter of the model: the optimizer changes it at each step.")
GRADIENT = N_("The gradient of {name}: how the loss changes with each of its numbers. None until backward().")
STATE = N_("What the optimizer keeps for its next step.")


def tensor_words(name: str, role: str) -> str:
    """What the tensor `name` is for; `role` is a word of ROLES, or "gradient" for w.grad."""
    if role == "parameter":
        return _(PARAMETER)
    if role == "gradient":
        return _(GRADIENT).format(name=name.removesuffix(".grad"))
    if role == "state":
        words = KEPT.get(name.partition(" (")[0], STATE)
        return _(words)
    return _(OF_THE_STEP[name]) if name in OF_THE_STEP else ""
