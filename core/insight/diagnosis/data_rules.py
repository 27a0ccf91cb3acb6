"""What the points say: whether they can be told apart, what dominates their loss, what is learnt by heart."""

from __future__ import annotations

import math

import numpy as np

from core.choices import OPTIMIZERS
from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.finding import Claims, Finding, Remedy
from core.insight.diagnosis.motion import FALLS, GROWS, STANDS
from core.insight.diagnosis.recent import recent
from core.insight.diagnosis.remedies import standardise
from core.insight.diagnosis.words import about, close, percent
from core.texts import _, joined, n_

SINGLE = 2.0**-24  # the rounding of a float32, as a share of the number
COARSE = 1e-3  # roundings in a standard deviation; a fit would show it
UNMOVED = 50  # steps that change nothing
FEWEST = 10  # points, before some of them can be strays
STRAY = 4.0  # robust standard deviations
DEVIATION = 1.4826  # times the median absolute deviation is the standard deviation of a normal distribution
FEW = 0.2  # of the points
DOMINATE = 0.5  # of the loss
KNEE = 1.345  # standard deviations, where Huber's loss loses but 5 % on normal residuals (Huber 1981)
ILL = 1000.0  # a condition number that makes descent slow
ROUNDER = 10.0  # times rounder, for standardising to be worth it
SEEN = 20  # numbers of the validation series
WAITED = 20  # steps, before anything is said of what takes long
LONGER = 0.1  # of the steps up to the best one
RISEN = 1.05  # times the lowest validation loss
SETTLED = 5  # numbers that are seen together
SHORTEST_PATIENCE = 50  # steps
SETTLING = 0.5  # change of the logarithm of the loss in so many steps
VISIBLE = 0.01  # of the least loss
NOT_THERE = Claims(arrived=False)
QUICK = 20  # steps to halve what is left: nothing crawls


def one_point(evidence: Evidence) -> Finding | None:
    """A single point decides nothing but one number."""
    if evidence.step < 1 or len(evidence.points) != 1:
        return None
    sentence = _(
        "Only one point to learn from: every curve through it fits equally well. More points decide which."
    )
    return Finding("one_point", sentence)


def constant_x(evidence: Evidence) -> Finding | None:
    """All x are equal, so the slope has nothing to go by."""
    points = evidence.points
    if evidence.step < 1 or len(points) < 2 or not points.stands_at_one_x:
        return None
    sentence = _(
        "Constant x: all {count} points have {name} = {x}, so no slope can be learnt, only the mean of y, "
        "{mean}."
    ).format(
        count=f"{len(points):,}",
        name=points.x_name,
        x=close(float(points.x[0, 0])),
        mean=close(float(points.y.mean())),
    )
    return Finding("constant_x", sentence, True)


def too_narrow(evidence: Evidence) -> Finding | None:
    """The seven digits of a float32 are not enough for these numbers, or for steps as short as these."""
    if evidence.settings.dtype != "float32":
        return None
    return _too_coarse(evidence) or _too_short_steps(evidence)


def _too_coarse(evidence: Evidence) -> Finding | None:
    """What is far from 0, and differs little, is rounded to a few values."""
    points = evidence.looked_at
    if evidence.settings.standardise or len(points) < 2:
        return None
    for name, values in ((points.x_name, points.x[:, 0]), (points.y_name, points.y)):
        largest, deviation = float(np.abs(values).max()), float(np.std(values))
        if deviation > 0 and SINGLE * largest > COARSE * deviation:
            here, left = len(np.unique(values)), len(np.unique(values.astype(np.float32)))
            what = _(
                "float32 is too narrow: {name} lies near {largest} and varies by only {deviation}."
            ).format(name=name, largest=about(largest), deviation=about(deviation))
            why = _("Of {here} different values its 7 digits leave {left}.").format(
                here=f"{here:,}", left=f"{left:,}"
            )
            if left == here:
                why = _("Its 7 digits tell no more than {steps} values in that range apart.").format(
                    steps=about(deviation / (2 * SINGLE * largest))
                )
            return Finding("too_narrow", joined(what, why), True, standardise(evidence))
    return None


def _too_short_steps(evidence: Evidence) -> Finding | None:
    """Steps that are below the last digit of the parameters change nothing."""
    losses = evidence.recent
    if evidence.batches or len(losses.low) < UNMOVED or evidence.above is None or evidence.above < COARSE:
        return None
    if losses.low[-UNMOVED:].min() != losses.high[-UNMOVED:].max():
        return None
    moved = np.flatnonzero(losses.low != losses.newest)
    still = len(losses.low) - (int(moved[-1]) + 1 if len(moved) else 0)
    sentence = _(
        "float32 is too narrow: {count} steps have changed nothing, though the loss is {above} % above the "
        "least possible. They are shorter than its 7 digits can hold."
    ).format(count=f"{still * losses.stride:,}", above=percent(evidence.above))
    remedy = Remedy("float64", {"dtype": "float64"})
    return Finding("too_narrow", sentence, True, remedy, Claims(STANDS, arrived=False))


def overfitting(evidence: Evidence) -> Finding | None:
    """The points held out are fitted worse and worse, while those of training are fitted better."""
    if evidence.validation is None or evidence.motion == GROWS:
        return None
    seen = evidence.validation.upto(evidence.step)
    first = -(-evidence.since // seen.stride)
    if np.count_nonzero(np.isfinite(seen.low[first:])) < SEEN:
        return None
    best = first + int(np.nanargmin(seen.low[first:]))
    since, least = (best + 1) * seen.stride, float(seen.low[best])
    now = recent(seen, evidence.step, SETTLED)
    if evidence.step - since < max(WAITED, LONGER * since) or not len(now.low):
        return None
    training = recent(evidence.losses, evidence.step, SETTLED)
    then = recent(evidence.losses, since, SETTLED)
    fell = len(training.low) and len(then.low) and np.median(training.low) < np.median(then.low)
    newest = float(now.high[-1])  # what is told must be on the curve; what it is judged by, need not
    if not fell or min(newest, float(np.median(now.low))) <= RISEN * least:
        return None
    sentence = _(
        "Overfitting since step {step}: the validation loss rose from {least} there to {newest}, a gap of "
        "{gap} to the training loss, which fell on."
    ).format(
        step=f"{since:,}",
        least=close(least),
        newest=close(newest),
        gap=close(newest - training.newest),
    )
    return Finding("overfitting", sentence, True, _simpler(evidence, since))


def _simpler(evidence: Evidence, best: int) -> Remedy | None:
    """Early stopping; where that is on already, a model that bends less."""
    settings = evidence.settings
    if settings.patience is None:
        patience = max(SHORTEST_PATIENCE, int(float(f"{best / 2:.1g}")))
        return Remedy(_("Early stopping"), {"patience": patience})
    degree = int(str(settings.values("model").get("degree", 1)))
    if degree > 1:
        lower = max(degree // 2, 1)
        return Remedy(_("Degree {degree}").format(degree=lower), {}, {"polynomial.degree": lower})
    return None


def outliers(evidence: Evidence) -> Finding | None:
    """A few points far away make most of the squared loss."""
    if evidence.settings.loss != "mse" or len(evidence.looked_at) < FEWEST:
        return None
    if evidence.recent.newest_part(WAITED).change < -SETTLING or evidence.step < WAITED:
        return None  # as long as the fit moves on, what is far from it may yet come near
    residuals = evidence.residuals
    if not np.isfinite(residuals).all():
        return None
    off = np.abs(residuals - np.median(residuals))
    deviation = DEVIATION * float(np.median(off))
    largest = float(off.max())
    if not 0 < largest < math.sqrt(np.finfo(float).max / len(off)):
        return None
    far = off > max(STRAY * deviation, 1e-9 * largest)
    count = int(np.count_nonzero(far))
    total = float(np.sum(residuals**2))
    share = float(np.sum(residuals[far] ** 2)) / total if total else 0.0
    if not count or count > FEW * len(off) or share < DOMINATE:
        return None
    sentence = n_(
        "Outliers: {count} of {points} points makes {share} % of the squared loss, and pulls the fit.",
        "Outliers: {count} of {points} points make {share} % of the squared loss, and pull the fit.",
        count,
    ).format(count=f"{count:,}", points=f"{len(off):,}", share=percent(share))
    delta = float(f"{KNEE * deviation:.2g}")
    remedy = Remedy(_("Mean absolute error"), {"loss": "mae"})
    if delta:
        remedy = Remedy(
            _("Huber loss, delta {delta}").format(delta=f"{delta:g}"),
            {"loss": "huber"},
            {"huber.delta": delta},
        )
    return Finding("outliers", sentence, True, remedy)


def ill_conditioned(evidence: Evidence) -> Finding | None:
    """The bowl of the loss is far steeper in one direction than in another, so descent takes long."""
    theory, settings = evidence.theory, evidence.settings
    if theory is None or theory.condition is None or not OPTIMIZERS[settings.optimizer].first_order:
        return None
    if theory.condition < ILL or evidence.step < WAITED or not evidence.worth(VISIBLE):
        return None
    if evidence.motion == FALLS and evidence.gain.halving < QUICK:
        return None
    what = _(
        "Ill-conditioned inputs: the condition number is {condition}, so steps that suit the steepest "
        "direction crawl along the flattest."
    ).format(condition=about(theory.condition))
    after = theory.condition_standardised
    if settings.standardise or after is None or not theory.condition > ROUNDER * after:
        lower = _lower_degree(evidence)
        if lower is not None:
            what = joined(what, _("Powers of x go together; a lower degree helps."))
        return Finding("ill_conditioned", what, False, lower, NOT_THERE)
    why = _("Standardised it is {after}.").format(after=about(after))
    return Finding("ill_conditioned", joined(what, why), True, standardise(evidence), NOT_THERE)


def _lower_degree(evidence: Evidence) -> Remedy | None:
    """A polynomial of half the degree."""
    degree = int(str(evidence.settings.values("model").get("degree", 1)))
    if degree < 2:
        return None
    lower = max(degree // 2, 1)
    return Remedy(_("Degree {degree}").format(degree=lower), {}, {"polynomial.degree": lower})
