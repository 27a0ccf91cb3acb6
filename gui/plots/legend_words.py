"""What the entries of the legends are, and what one does with them, in plain words."""

from collections.abc import Mapping
from types import MappingProxyType

from core.texts import N_, _

# By the keys of gui.plots.moves.ARROWS.
ARROW_TIPS: Mapping[str, str] = MappingProxyType(
    {
        "gradient": N_("Straight downhill: against the gradient. Compare where the step really went."),
        "momentum": N_("Where earlier steps still carry it; with it the step need not go straight downhill."),
        "step": N_("The move that this step made. Longer than the valley is wide means too large a rate."),
    }
)


def marked_tip() -> str:
    """The step that the person points at."""
    return _("The fit of the step under the cursor; Ctrl and a click go back to that step.")


def held_out_tip() -> str:
    """The points of the validation."""
    return _("Points that training never sees: how well the fit meets them tells whether it has learnt.")


def best_tip() -> str:
    """The best curve by the chosen loss."""
    return _("The best fit by the chosen loss, computed without training: where training should end.")


def abandoned_tip() -> str:
    """A branch that was left."""
    return _("What came after the step from which the run went on otherwise; compare the two.")


def zero_tip() -> str:
    """Marks of losses that a logarithmic axis cannot show."""
    return _("A loss of exactly 0, which has no place on a logarithmic axis; L shows the axis as it is.")


def training_tip() -> str:
    """The losses of the run."""
    return _("The loss that each step found before its update. It should fall; if it rises, lower the rate.")


def held_out_loss_tip() -> str:
    """The losses of the validation."""
    return _("The loss of the points held out. Where it rises while the other falls, the model overfits.")


def optimum_tip() -> str:
    """The cross on the landscape."""
    return _("The place of the lowest loss: where training should end.")
