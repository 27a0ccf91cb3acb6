"""What the losses of the newest steps say: whether a run diverges, swings, crawls, arrives or goes well."""

from __future__ import annotations

import math

import numpy as np

from core.insight.diagnosis.evidence import Evidence, Finding, Remedy
from core.insight.diagnosis.recent import Recent
from core.insight.diagnosis.words import (
    HALF,
    TENTH,
    WELL_BELOW,
    about,
    close,
    headed,
    pace,
    percent,
    rate_remedy,
    slower,
)
from core.texts import _, joined, n_

IN_A_ROW = 5  # steps; chance alone hardly lets a loss grow so many times
GROWN = 2.0  # times; a loss that grew less may fall again
ENOUGH = 30  # numbers of the series, for what is said about many steps
FEW = 10  # numbers, for what a clear curve shows
SWINGS = 4  # within the newest steps
STRONG_SWING = 1.1  # times the loss, on average
SWING_WINDOW = 100  # numbers
OVERSHOOTS = 0.8  # of the limit; above it plain descent takes long to come to rest
NOISY = 0.02  # scatter of the logarithm of the loss: less is no noise to speak of
SURE = 3.0  # standard errors
SLOW = 2000  # steps to halve what is left: nobody wants to wait for that
STEADY = 0.3  # of the pace of the whole run; a run that has slowed down more is no slow one from the start
STILL = 1e-3  # change of the logarithm of the loss over the window
RESTLESS = 0.05  # the same of a loss that goes up and down, and does not fall
BESIDE = 1e-5  # of the least loss: what is so near shows no difference
MUCH = 0.05  # of the loss: that part can never go away
QUICKER = 10.0  # times the rate, where no theory says what is right
A_LITTLE_QUICKER = 3.0
MOST_POINTS = 10_000  # that a step may look at in the place of a batch
MORE = 4  # times the batch, where there are more points
WORTH_SAYING = 0.01  # of the least loss: what is left is more than that


def diverging(evidence: Evidence) -> Finding | None:
    """The loss grows beyond all it was, or has grown too large to compute with."""
    losses = evidence.recent
    if evidence.stopped != "diverged" and not _grows(evidence, losses):
        return None
    if losses.rises >= IN_A_ROW:
        count = losses.rises * losses.stride
        what = n_(
            "The loss grew {count} step in a row, from {first} to {newest}.",
            "The loss grew {count} steps in a row, from {first} to {newest}.",
            count,
        ).format(
            count=f"{count:,}",
            first=about(float(losses.low[-1 - losses.rises])),
            newest=about(float(losses.high[-1])),
        )
    elif len(losses.low) > 1 and losses.high[-1] > losses.low.min():
        what = _("In {count} steps the loss grew from {first} to {newest}.").format(
            count=f"{(len(losses.low) - 1 - int(losses.low.argmin())) * losses.stride:,}",
            first=about(float(losses.low.min())),
            newest=about(float(losses.high[-1])),
        )
    else:
        what = _("The very first steps lead to numbers too large to compute with.")
    share = evidence.share
    why = _("The steps are too long.")
    if share is not None and share > 1 and evidence.limit is not None:
        why = _("The learning rate is {share} times the largest stable one, {limit}.").format(
            share=about(share), limit=about(evidence.limit)
        )
    what = what if evidence.stopped == "diverged" else headed(_("Diverging"), what)
    return Finding("diverging", joined(what, why), True, slower(evidence))


def _grows(evidence: Evidence, losses: Recent) -> bool:
    """Whether the loss is beyond where the run began, and on its way up."""
    if len(losses.low) <= IN_A_ROW:
        return False
    newest = float(losses.high[-1])
    share = evidence.share
    beyond = share is not None and share > 1  # theory is sure of it, so it may be said earlier
    if not beyond and not newest > float(evidence.losses.high[0]):
        return False
    start = len(losses.high) - losses.rises
    earlier = float(losses.high[:start].max())
    if losses.rises >= IN_A_ROW and newest >= GROWN * float(losses.low[start - 1]) and newest >= earlier:
        return True
    if len(losses.high) < ENOUGH:
        return False
    first, second, third = (float(part.max()) for part in np.array_split(losses.high, 3))
    return third > GROWN * second > GROWN * GROWN * first


def oscillating(evidence: Evidence) -> Finding | None:
    """The loss rises again and again, or the rate is so near the limit that every step overshoots."""
    if evidence.batches or evidence.arrived:
        return None
    newest = evidence.recent.newest_part(SWING_WINDOW)
    if newest.swings >= SWINGS and newest.swing >= STRONG_SWING and _matters(evidence):
        what = _(
            "Oscillating: in the last {count} steps the loss rose again {swings} times, by {swing} % each."
        ).format(
            count=f"{len(newest.low) * newest.stride:,}",
            swings=newest.swings,
            swing=percent(newest.swing - 1),
        )
        remedy = rate_remedy(TENTH * evidence.settings.learning_rate)
        return Finding("oscillating", joined(what, pace(evidence)), True, remedy)
    share, theory = evidence.share, evidence.theory
    if theory is None or theory.zones is None or share is None or evidence.step < 1:
        return None
    if not (OVERSHOOTS <= share <= 1) or evidence.settings.values("optimizer")["momentum"]:
        return None
    sentence = _(
        "Oscillating: the learning rate is {share} of the stable limit, so every step overshoots the lowest "
        "point and lands on the other side."
    ).format(share=about(share))
    return Finding("oscillating", sentence, False, rate_remedy(WELL_BELOW * theory.zones.smooth))


def _matters(evidence: Evidence) -> bool:
    """Whether the loss is more than the rounding of a perfect fit, in which every loss swings."""
    return evidence.settings.loss != "mse" or evidence.recent.newest > 1e-9 * evidence.variance


def noise_floor(evidence: Evidence) -> Finding | None:
    """Batches differ so much that the loss no longer falls."""
    losses, size = evidence.recent, evidence.settings.batch_size
    scatter = losses.pace[1]
    if not evidence.batches or size is None or len(losses.low) < ENOUGH:
        return None
    if losses.falls(SURE) or scatter < NOISY:
        return None
    what = _(
        "Mini-batch noise: from batch to batch the loss scatters by {scatter} % and falls no more."
    ).format(scatter=percent(math.expm1(scatter)))
    why = ""
    if evidence.above is not None:
        why = _("On all points it is {above} % above the least possible.").format(
            above=percent(evidence.above)
        )
    count = len(evidence.points)
    remedy = Remedy(_("Batches of all points"), {"batch_size": None})
    if count > MOST_POINTS:
        larger = MORE * size
        remedy = Remedy(_("Batches of {size}").format(size=f"{larger:,}"), {"batch_size": larger})
    return Finding("noise_floor", joined(what, why), False, remedy)


def crawling(evidence: Evidence) -> Finding | None:
    """The loss falls steadily, and so slowly that the learning rate must be too small."""
    gain, theory = evidence.gain, evidence.theory
    if len(gain.low) < FEW or not gain.falls() or evidence.settings.schedule != "constant":
        return None
    if not evidence.worth(WORTH_SAYING):
        return None
    rate = QUICKER * evidence.settings.learning_rate
    if theory is not None and theory.zones is not None and theory.limit:
        if theory.zones.name(evidence.rate) != "crawling":
            return None
        rate = min(HALF * theory.limit, WELL_BELOW * theory.zones.smooth)
    elif gain.halving < SLOW or len(gain.low) < ENOUGH or not _steady(evidence):
        return None
    what = (
        _("Crawling: at this pace the loss takes {halving} steps to halve.")
        if gain is evidence.recent
        else _("Crawling: at this pace half of what is left to gain takes {halving} steps.")
    ).format(halving=about(gain.halving))
    why = pace(evidence) or _("The steps are very short.")
    return Finding("crawling", joined(what, why), True, rate_remedy(rate))


def _steady(evidence: Evidence) -> bool:
    """Whether the loss has fallen at much the same pace from the start, so that it is not just arriving."""
    first, newest = float(evidence.losses.high[0]), evidence.recent.newest
    if not (first > 0 and newest > 0 and np.isfinite(first)):
        return False
    overall = math.log(newest / first) / max(evidence.step, 1)
    return evidence.recent.pace[0] <= STEADY * overall


def arrived(evidence: Evidence) -> Finding | None:
    """Nothing is left to gain."""
    if not evidence.arrived or not len(evidence.recent.low):
        return None
    # That of the newest step is from before its update, which may be a large one.
    excess, least = evidence.excess, evidence.least
    loss = close(evidence.recent.newest if excess is None or least is None else least + excess)
    if evidence.excess is None:
        sentence = _("The loss is {loss}.").format(loss=loss)
    elif evidence.above is None:
        sentence = _("The fit meets every point, as far as {dtype} can.").format(
            dtype=evidence.settings.dtype
        )
    elif evidence.above < BESIDE:
        sentence = _("The loss is {loss}, the least that this model can have.").format(loss=loss)
    else:
        sentence = _("The loss is {loss}, {above} % above the least that this model can have.")
        sentence = sentence.format(loss=loss, above=percent(evidence.above))
    if evidence.stopped != "converged":
        sentence = headed(_("Converged"), sentence)
    return Finding("converged", sentence)


def plateau(evidence: Evidence) -> Finding | None:
    """The loss hardly moves, and has not arrived as far as anybody knows."""
    losses = evidence.recent
    if len(losses.low) < SWING_WINDOW or not evidence.worth(WORTH_SAYING):
        return None
    moved, scatter = abs(losses.change), losses.pace[1]
    if moved + scatter > (STILL if losses.falls() else RESTLESS):
        return None
    what = _("Plateau: the last {count} steps changed the loss by only {change} %.").format(
        count=f"{losses.steps:,}", change=percent(math.expm1(moved))
    )
    why = _("It has arrived, or crosses flat ground; a larger learning rate would tell.")
    if evidence.above is not None:
        why = _("It is {above} % above the least possible.").format(above=percent(evidence.above))
    remedy = rate_remedy(A_LITTLE_QUICKER * evidence.settings.learning_rate)
    return Finding("plateau", joined(what, why), False, remedy)


def smooth(evidence: Evidence) -> Finding | None:
    """All is well: how fast the loss falls."""
    gain, losses = evidence.gain, evidence.recent
    if len(gain.low) < FEW or not gain.falls():
        return None
    if evidence.above is not None and evidence.above < WORTH_SAYING:
        what = _("Nearly there: the loss is {above} % above the least possible.")
        what = what.format(above=percent(evidence.above))
    elif gain.halving > SLOW:
        what = _("Settling: the last {count} steps lowered the loss by {change} %.")
        what = what.format(count=f"{losses.steps:,}", change=percent(-math.expm1(losses.change)))
    elif evidence.least is not None and evidence.least > MUCH * losses.newest and gain is not losses:
        what = _("Descending smoothly: what is left to gain halves every {halving} steps.")
        what = what.format(halving=about(gain.halving))
    else:
        what = _("Descending smoothly: the loss halves every {halving} steps.")
        what = what.format(halving=about(losses.halving))
    return Finding("smooth", joined(what, pace(evidence)))
