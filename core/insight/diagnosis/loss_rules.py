"""What the losses of the newest steps say: whether a run diverges, swings, crawls, arrives or goes well."""

from __future__ import annotations

import math

import numpy as np

from core.insight.diagnosis.data_rules import ill_conditioned
from core.insight.diagnosis.evidence import WORTH_SAYING, Evidence
from core.insight.diagnosis.finding import Claims, Finding, Remedy
from core.insight.diagnosis.motion import (
    CREEPS,
    ENOUGH,
    FALLS,
    FEW,
    GROWS,
    IN_A_ROW,
    SCATTERS,
    STANDS,
    SWING_WINDOW,
    SWINGS,
)
from core.insight.diagnosis.recent import Recent, recent
from core.insight.diagnosis.remedies import (
    TENTH,
    WELL_BELOW,
    permitted,
    quicker,
    rate_remedy,
    slower,
    was_raised,
)
from core.insight.diagnosis.words import about, close, headed, pace, percent
from core.texts import _, joined, n_

OVERSHOOTS = 0.8  # of the limit; above it plain descent takes long to come to rest
SLOW = 2000  # steps to halve what is left: nobody wants to wait for that
STEADY = 0.3  # of the pace of the whole run; a run that has slowed down more is no slow one from the start
BESIDE = 1e-5  # of the least loss: what is so near shows no difference
MUCH = 0.05  # of the loss: that part can never go away
QUICKER = 10.0  # times the rate, where no theory says what is right
A_LITTLE_QUICKER = 3.0
MOST_POINTS = 10_000  # that a step may look at in the place of a batch
MORE = 4  # times the batch, where there are more points


def diverging(evidence: Evidence) -> Finding | None:
    """The loss grows beyond all it was, or has grown too large to compute with."""
    ended = evidence.stopped == "diverged"
    if not ended and evidence.motion != GROWS:
        return None
    what = _growth(recent(evidence.losses, evidence.step) if ended else evidence.recent)
    if ended and evidence.alike_since is None:
        return _diverged_before(evidence, what)
    share, limit = evidence.share, evidence.limit
    if share is not None and share > 1 and limit is not None:
        why = _too_fast(share, limit)
    elif share is not None and evidence.sure:
        why = _("The learning rate is stable, so it is the numbers themselves that are too large.")
    else:
        why = _("The steps are too long.")
    what = what if ended else headed(_("Diverging"), what)
    return Finding("diverging", joined(what, why), True, slower(evidence), _growing(evidence))


def _growing(evidence: Evidence) -> Claims:
    zone = "diverging" if evidence.share is not None and evidence.share > 1 else None
    return Claims(GROWS, arrived=False, zone=zone)


def _growth(losses: Recent) -> str:
    """How far the losses on the curve have grown, which are not that of the fit on screen."""
    if losses.rises >= IN_A_ROW:
        count = losses.rises * losses.stride
        return n_(
            "The loss before a step grew {count} step in a row, from {first} to {newest}.",
            "The loss before a step grew {count} steps in a row, from {first} to {newest}.",
            count,
        ).format(
            count=f"{count:,}",
            first=about(float(losses.low[-1 - losses.rises])),
            newest=about(float(losses.high[-1])),
        )
    if len(losses.low) > 1 and losses.high[-1] > losses.low.min():
        return _("In {count} steps the loss before a step grew from {first} to {newest}.").format(
            count=f"{(len(losses.low) - 1 - int(losses.low.argmin())) * losses.stride:,}",
            first=about(float(losses.low.min())),
            newest=about(float(losses.high[-1])),
        )
    return _("The very first steps lead to numbers too large to compute with.")


def _too_fast(share: float, limit: float) -> str:
    return _("The learning rate is {share} times the largest stable one, {limit}.").format(
        share=about(share), limit=about(limit)
    )


def _diverged_before(evidence: Evidence, what: str) -> Finding:
    """A run that has ended, and settings of which it says nothing: they count from the next one on."""
    share, limit = evidence.share, evidence.limit
    if share is not None and limit is not None and share > 1:
        return Finding(
            "diverging", joined(what, _too_fast(share, limit)), True, slower(evidence), _growing(evidence)
        )
    now = _("What has been changed since then counts when Run starts again.")
    return Finding("diverging", joined(what, now, pace(evidence)), True)


def unstable(evidence: Evidence) -> Finding | None:
    """The learning rate is beyond the largest stable one, though the curve may not show it yet."""
    share, limit = evidence.share, evidence.limit
    if evidence.step < 1 or not evidence.sure or evidence.zone != "diverging" or evidence.failure is not None:
        return None
    if share is None or limit is None or evidence.stopped == "diverged" or evidence.at_optimum:
        return None
    why = _("From here on every step leads farther away from the lowest point.")
    claims = Claims(arrived=False, zone="diverging")
    return Finding("unstable", joined(_too_fast(share, limit), why), True, slower(evidence), claims)


def oscillating(evidence: Evidence) -> Finding | None:
    """The loss rises again and again, or the rate is so near the limit that every step overshoots."""
    if evidence.batches or evidence.arrived:
        return None
    if evidence.motion == SWINGS and evidence.zone != "diverging":
        newest = evidence.recent.newest_part(SWING_WINDOW)
        what = _(
            "Oscillating: in the last {count} steps the loss rose again {swings} times, by {swing} % each."
        ).format(
            count=f"{len(newest.low) * newest.stride:,}",
            swings=newest.swings,
            swing=percent(newest.swing - 1),
        )
        remedy = _well_below(evidence) or rate_remedy(evidence, TENTH * evidence.rate)
        zone = evidence.zone or None
        return Finding("oscillating", joined(what, pace(evidence)), True, remedy, Claims(SWINGS, False, zone))
    share = evidence.share
    if not evidence.sure or share is None or evidence.step < 1 or evidence.zone != "oscillating":
        return None
    if share < OVERSHOOTS or evidence.settings.values("optimizer")["momentum"]:
        return None
    sentence = _(
        "Oscillating: the learning rate is {share} of the stable limit, so every step overshoots the lowest "
        "point and lands on the other side."
    ).format(share=about(share))
    return Finding("oscillating", sentence, False, _well_below(evidence), Claims(zone="oscillating"))


def _well_below(evidence: Evidence) -> Remedy | None:
    """A learning rate that overshoots nowhere, where theory knows it."""
    zones = None if evidence.theory is None else evidence.theory.zones
    return None if zones is None else rate_remedy(evidence, WELL_BELOW * zones.smooth)


def noise_floor(evidence: Evidence) -> Finding | None:
    """Batches differ so much that the loss no longer falls."""
    size = evidence.settings.batch_size
    if evidence.motion != SCATTERS or size is None or evidence.arrived:
        return None
    what = _(
        "Mini-batch noise: from batch to batch the loss scatters by {scatter} % and falls no more."
    ).format(scatter=percent(math.expm1(evidence.recent.pace[1])))
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
    return Finding("noise_floor", joined(what, why), False, remedy, Claims(SCATTERS, arrived=False))


def crawling(evidence: Evidence) -> Finding | None:
    """The loss falls steadily, and so slowly that the learning rate must be too small."""
    gain = evidence.gain
    if evidence.motion not in (FALLS, CREEPS) or len(gain.low) < FEW or not gain.falls():
        return None
    if evidence.settings.schedule != "constant" or evidence.arrived or not evidence.worth(WORTH_SAYING):
        return None
    if evidence.zone:
        if evidence.zone != "crawling":
            return None
    elif gain.halving < SLOW or len(gain.low) < ENOUGH or not _steady(evidence):
        return None
    what = (
        _("Crawling: at this pace the loss takes {halving} steps to halve.")
        if gain is evidence.recent
        else _("Crawling: at this pace half of what is left to gain takes {halving} steps.")
    ).format(halving=about(gain.halving))
    why = pace(evidence) or _("The steps are very short.")
    remedy = quicker(evidence, math.inf if evidence.zone else QUICKER)
    claims = Claims(evidence.motion, False, "crawling" if evidence.zone else None)
    return Finding("crawling", joined(what, why), True, remedy, claims)


def _steady(evidence: Evidence) -> bool:
    """Whether the loss has fallen at much the same pace from the start, so that it is not just arriving."""
    first, newest = float(evidence.losses.high[0]), evidence.recent.newest
    if not (first > 0 and newest > 0 and np.isfinite(first)):
        return False
    overall = math.log(newest / first) / max(evidence.step, 1)
    return evidence.recent.pace[0] <= STEADY * overall


def arrived(evidence: Evidence) -> Finding | None:
    """Nothing is left to gain."""
    if not evidence.arrived or not len(evidence.losses.low):
        return None
    # That of the newest step is from before its update, which may be a large one.
    excess, least = evidence.excess, evidence.least
    newest = evidence.recent.newest_or(evidence.snapshot.loss)
    loss = close(newest if excess is None or least is None else least + excess)
    if evidence.excess is None and not evidence.at_bound:
        sentence = _("The loss is {loss}.").format(loss=loss)
    elif evidence.excess is not None and evidence.above is None:
        sentence = _("The fit meets every point, as far as {dtype} can.").format(
            dtype=evidence.settings.dtype
        )
    elif evidence.above is None or evidence.above < BESIDE:
        sentence = _("The loss is {loss}, the least that this model can have.").format(loss=loss)
    else:
        sentence = _("The loss is {loss}, {above} % above the least that this model can have.")
        sentence = sentence.format(loss=loss, above=percent(evidence.above))
    if evidence.stopped != "converged":
        sentence = headed(_("Converged"), sentence)
    if evidence.sure and evidence.zone == "diverging" and evidence.share is not None and evidence.limit:
        away = _("Further steps would lead away from it.")
        sentence = joined(sentence, _too_fast(evidence.share, evidence.limit), away)
    return Finding("converged", sentence, claims=Claims(arrived=not evidence.worth(WORTH_SAYING)))


def plateau(evidence: Evidence) -> Finding | None:
    """The loss hardly moves, and has not arrived as far as anybody knows."""
    losses = evidence.recent
    if evidence.motion not in (STANDS, CREEPS) or evidence.arrived or not evidence.worth(WORTH_SAYING):
        return None
    moved, scatter = abs(losses.change), losses.pace[1]
    what = _("Plateau: the last {count} steps changed the loss by only {change} %.").format(
        count=f"{losses.steps:,}", change=percent(math.expm1(moved))
    )
    bounces = evidence.motion == STANDS and scatter > 0
    known = evidence.above is not None
    remedy = permitted(evidence, _off_the_plateau(evidence, bounces, known))
    if evidence.above is not None:
        why = _("It is {above} % above the least possible.").format(above=percent(evidence.above))
    elif remedy is not None:
        why = _("It has arrived, or crosses flat ground; a larger learning rate would tell.")
    else:
        why = _("It has arrived, or crosses flat ground.")
    return Finding("plateau", joined(what, why), False, remedy, Claims(evidence.motion))


def _off_the_plateau(evidence: Evidence, bounces: bool, known: bool) -> Remedy | None:
    """Shorter steps where the loss goes up and down, longer ones where it stands or creeps.

    Where nobody knows whether there is anything to gain, longer ones are tried once, and only where no
    penalty, which has another lowest point, can hold the fit where it is.
    """
    if bounces:
        return rate_remedy(evidence, TENTH * evidence.rate) if known else None
    if not known and (was_raised(evidence) or evidence.penalised):
        return None
    return quicker(evidence, A_LITTLE_QUICKER)


def smooth(evidence: Evidence) -> Finding | None:
    """All is well: how fast the loss falls."""
    gain, losses = evidence.gain, evidence.recent
    near = evidence.above is not None and evidence.above < WORTH_SAYING
    if not (evidence.motion == FALLS or (evidence.motion == CREEPS and near)) or not len(gain.low):
        return None
    if evidence.arrived or unstable(evidence) or crawling(evidence) or ill_conditioned(evidence):
        return None
    if near and evidence.above is not None:
        what = _("Nearly there: the loss is {above} % above the least possible.")
        what = what.format(above=percent(evidence.above))
    elif gain.halving > SLOW:
        what = _("Settling: the last {count} steps lowered the loss by {change} %.")
        what = what.format(count=f"{losses.steps:,}", change=percent(-math.expm1(losses.change)))
    elif evidence.least is not None and evidence.least > MUCH * losses.newest and gain is not losses:
        what = _("what is left to gain halves every {halving} steps.").format(halving=about(gain.halving))
        what = headed(_descending(evidence), what)
    else:
        what = _("the loss halves every {halving} steps.").format(halving=about(losses.halving))
        what = headed(_descending(evidence), what)
    return Finding("smooth", joined(what, pace(evidence)), claims=Claims(FALLS, False, evidence.zone or None))


def _descending(evidence: Evidence) -> str:
    """The word for it, which must not say anything else than the zone of the learning rate."""
    words = {
        "crawling": _("Descending slowly"),
        "oscillating": _("Descending, past the lowest point and back"),
        "diverging": _("Descending so far"),
    }
    return words.get(evidence.zone, _("Descending smoothly"))
