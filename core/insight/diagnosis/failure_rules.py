"""What a step says that led to no number though nothing had grown: what it is that has none, and what has."""

from __future__ import annotations

import numpy as np

from core.choices import OPTIMIZERS
from core.choices.choice import Choice
from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.finding import Finding, Remedy
from core.insight.diagnosis.remedies import more_digits
from core.insight.diagnosis.words import about
from core.texts import _, joined, n_
from core.training.failure import NAN


def not_a_number(evidence: Evidence) -> Finding | None:
    """The next step is NaN, and not because the numbers have grown."""
    failure, settings = evidence.failure, evidence.settings
    if failure is None or failure.reason != NAN:
        return None
    row, dtype = settings.row("optimizer"), settings.dtype
    name = _(row.label)
    if failure.cause == "variance":
        what = _(
            "{optimizer} divides by the root of the gradient's variance, and {dtype} rounds that to {least}, "
            "which has none. Standardised data or more digits round less; not centered it needs no such root."
        ).format(optimizer=name, dtype=dtype, least=about(failure.least))
        remedy: Remedy | None = Remedy(_("Not centered"), {}, {f"{row.key}.centered": False})
    elif failure.cause == "division":
        what = _("{optimizer} divided 0 by 0: a gradient is 0, and with an epsilon of 0 nothing prevents it.")
        what = what.format(optimizer=name)
        remedy = _epsilon(row)
    elif failure.cause == "gradient":
        what = _("The loss is a number, but its gradient is none in {dtype}.").format(dtype=dtype)
        remedy = more_digits(evidence)
    else:
        what = _("What {optimizer} keeps of the gradients has become too large for {dtype}.")
        what = what.format(optimizer=name, dtype=dtype)
        remedy = more_digits(evidence)
    return Finding(NAN, joined(_fell(evidence), what), True, remedy)


def _fell(evidence: Evidence) -> str:
    """That the losses fell at every step, if they did."""
    losses, steps = evidence.losses.upto(evidence.step), evidence.step
    if len(losses.low) < 2 or losses.stride > 1 or not (np.diff(losses.low) < 0).all():
        return ""
    return n_(
        "The loss fell at {count} step, the only one.", "The loss fell at each of {count} steps.", steps
    ).format(count=f"{steps:,}")


def _epsilon(row: Choice) -> Remedy:
    """The epsilon that PyTorch has for this optimizer."""
    eps = next(parameter for parameter in OPTIMIZERS[row.key].parameters if parameter.key == "eps")
    return Remedy(_("Epsilon {eps}").format(eps=f"{eps.default:g}"), {}, {f"{row.key}.eps": eps.default})
