"""What is proposed: the remedies that several rules share, and the gate through which every remedy passes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from core.choices import FIELDS
from core.experiment.settings import Settings
from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.finding import Remedy
from core.insight.numbers import typed
from core.insight.stability import ROUNDING
from core.insight.theory import stable_limit
from core.problem import Problem
from core.texts import _

DIGITS = 2  # of a rate that is proposed
STANDARD_RATE = 0.1  # of the limit that standardised data have
HALF = 0.5  # of the limit: nothing goes faster without overshooting
WELL_BELOW = 0.8  # of the rate from which on a run overshoots
TENTH = 0.1  # of a learning rate that is too large, where no theory says by how much
LIFTED = 10.0  # times the limit; for less, data need not be standardised
NEW = 1.2  # times a rate that was tried: what is nearer to it is no other one

START = ("start", "start_values", "seed")
GOALS = ("model", "loss", "patience", "validation", "l1", *START)


def permitted(evidence: Evidence, remedy: Remedy | None) -> Remedy | None:
    """The remedy, if it is one: no rule proposes any other.

    It must be accepted by the settings and change them; at an optimum it must seek another one, since there
    is no better way to where the run is; it must not lead back to settings from which remedies led here, nor
    to a learning rate that they led away from; and its learning rate must be stable by theory.
    """
    if remedy is None:
        return None
    now = evidence.settings
    try:
        after = remedy.applied(now)
    except Problem:
        return None
    refused = (
        after == now
        or (evidence.at_optimum and not _seeks_another(now, after))
        or _leads_back(evidence, after)
        or _is_unstable(evidence, after)
    )
    return None if refused else remedy


def rate_remedy(evidence: Evidence, rate: float) -> Remedy | None:
    """A learning rate of `rate` from here on, rounded as a person would; None for what cannot be set.

    One that is lower than now stays above all rates that were too low before. On a schedule, what is set is
    that rate's share of the present one.
    """
    field, now = FIELDS["learning_rate"], evidence.settings
    wanted = rate * now.learning_rate / evidence.rate
    _lowered, raised = _turns(evidence, now)
    if raised and wanted < now.learning_rate:
        wanted = max(wanted, math.sqrt(max(raised) * now.learning_rate))
    rounded = float(f"{wanted:.{DIGITS}g}")
    if not field.minimum <= rounded <= field.maximum:
        return None
    return Remedy(_("Learning rate {rate}").format(rate=typed(rounded, DIGITS)), {"learning_rate": rounded})


def standardise(evidence: Evidence) -> Remedy:
    """Standardised data, and a learning rate that they stand, if this one is none."""
    limit = None if evidence.theory is None else evidence.theory.limit_standardised
    if limit is None or evidence.settings.learning_rate <= HALF * limit:
        return Remedy(_("Standardise"), {"standardise": True})
    rate = float(f"{STANDARD_RATE * limit:.1g}")
    label = _("Standardise, learning rate {rate}").format(rate=typed(rate, DIGITS))
    return Remedy(label, {"standardise": True, "learning_rate": rate})


def slower(evidence: Evidence) -> Remedy | None:
    """What keeps a run from diverging: standardised data where they lift the limit, else a smaller rate."""
    theory = evidence.theory
    if theory is None or not theory.limit:
        return rate_remedy(evidence, TENTH * evidence.rate) or more_digits(evidence)
    lifted = theory.limit_standardised
    if not evidence.settings.standardise and lifted is not None and lifted > LIFTED * theory.limit:
        return standardise(evidence)
    if evidence.rate > theory.limit:
        return rate_remedy(evidence, HALF * theory.limit)
    return more_digits(evidence) if evidence.sure else rate_remedy(evidence, TENTH * evidence.rate)


def quicker(evidence: Evidence, times: float) -> Remedy | None:
    """A learning rate so many times as large, or as large as overshoots nowhere, if theory knows that."""
    theory, rate = evidence.theory, times * evidence.rate
    if theory is not None and theory.zones is not None and theory.limit:
        rate = min(rate, HALF * theory.limit, WELL_BELOW * theory.zones.smooth)
    return rate_remedy(evidence, rate) if rate > NEW * evidence.rate else None


def more_digits(evidence: Evidence) -> Remedy | None:
    """Numbers that stay smaller, or more room for them."""
    if not evidence.settings.standardise:
        return standardise(evidence)
    return Remedy("float64", {"dtype": "float64"}) if evidence.settings.dtype == "float32" else None


def has_begun_elsewhere(evidence: Evidence) -> bool:
    """Whether a remedy has brought other start values before: then it is not these that it depends on."""
    return any(before.seed != evidence.settings.seed for before in evidence.remedied)


def was_raised(evidence: Evidence) -> bool:
    """Whether a remedy has raised the learning rate before, of just such steps."""
    return bool(_turns(evidence, evidence.settings)[1])


def _turns(evidence: Evidence, like: Settings) -> tuple[list[float], list[float]]:
    """The learning rates that remedies have led away from: those that they lowered, and those they raised.

    Only of settings that are as `like` in everything else.
    """
    chain = [*evidence.remedied, evidence.settings]
    lowered: list[float] = []
    raised: list[float] = []
    for one, two in pairwise(chain):
        if _but_for_the_rate(one, two) and _but_for_the_rate(two, like):
            (lowered if two.learning_rate < one.learning_rate else raised).append(one.learning_rate)
    return lowered, raised


def _but_for_the_rate(one: Settings, other: Settings) -> bool:
    """Whether two settings take the same steps, each at its own learning rate and from its own start."""
    own = {name: getattr(other, name) for name in ("learning_rate", *START)}
    return replace(one, **own).steps_like(other)


def _seeks_another(now: Settings, after: Settings) -> bool:
    """Whether another loss, another model or another start is sought, and not only another way there."""
    if any(getattr(now, name) != getattr(after, name) for name in GOALS):
        return True
    return any(now.values(name) != after.values(name) for name in ("model", "loss"))


def _leads_back(evidence: Evidence, after: Settings) -> bool:
    """Whether it undoes what was proposed before, wholly or on the way back."""
    now = evidence.settings
    if after.steps_like(now):
        return False
    if any(after.steps_like(before) for before in evidence.remedied):
        return True
    if not _but_for_the_rate(now, after):
        return False
    lowered, raised = _turns(evidence, after)
    if after.learning_rate > now.learning_rate:
        return bool(lowered)
    return bool(raised) and not NEW * max(raised) < after.learning_rate < now.learning_rate / NEW


def _is_unstable(evidence: Evidence, after: Settings) -> bool:
    """Whether theory, of the settings that it leads to, calls its learning rate unstable."""
    now = evidence.settings
    if _but_for_the_rate(now, after):
        limit, rate = evidence.limit, evidence.rate * after.learning_rate / now.learning_rate
    else:
        limit, rate = stable_limit(evidence.points, replace(after, validation=0.0)), after.learning_rate
    return limit is not None and rate > limit * (1 + ROUNDING)
