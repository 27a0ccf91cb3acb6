"""Numbers and remedies as the sentences of a diagnosis have them."""

from __future__ import annotations

from core.choices import FIELDS
from core.insight.diagnosis.evidence import Evidence, Remedy
from core.insight.numbers import MINUS, significant, typed
from core.texts import _

DIGITS = 2  # of a number that gives but an idea
MORE_DIGITS = 3  # of one that is compared with another
PLAIN = (1e-3, 1e6)  # numbers that people read without a power of ten
STANDARD_RATE = 0.1  # of the limit that standardised data have
HALF = 0.5  # of the limit: nothing goes faster without overshooting
WELL_BELOW = 0.8  # of the rate from which on a run overshoots
TENTH = 0.1  # of a learning rate that is too large, where no theory says by how much
LIFTED = 10.0  # times the limit; for less, data need not be standardised


def about(value: float, digits: int = DIGITS) -> str:
    """`value` with two digits or so, without zeros behind them: 0.11, 3.2, 12,000, 4.1×10⁹."""
    if value and not PLAIN[0] <= abs(value) < PLAIN[1]:
        return significant(value, digits)
    return f"{float(f'{value:.{digits}g}'):,.10g}".replace("-", MINUS)


def close(value: float) -> str:
    """`value` with the digits that a comparison needs."""
    return about(value, MORE_DIGITS)


def percent(share: float) -> str:
    """`share` as percent, without the sign for it."""
    return about(100 * share)


def headed(word: str, sentence: str) -> str:
    """The sentence with the word for it before it, where nothing else has said that word yet."""
    return _("{word}: {sentence}").format(word=word, sentence=sentence)


def pace(evidence: Evidence) -> str:
    """How the learning rate compares with the largest stable one; nothing where none is known."""
    share = evidence.share
    if share is None or evidence.theory is None:
        return ""
    known = (
        _("The learning rate is about {share} of the stable limit.")
        if evidence.theory.estimated
        else _("The learning rate is {share} of the stable limit.")
    )
    return known.format(share=about(share))


def rate_remedy(rate: float) -> Remedy | None:
    """Another learning rate, rounded as a person would; None for one that the settings do not take."""
    field = FIELDS["learning_rate"]
    rounded = float(f"{rate:.{DIGITS}g}")
    if not field.minimum <= rounded <= field.maximum:
        return None
    return Remedy(_("Learning rate {rate}").format(rate=typed(rounded, DIGITS)), {"learning_rate": rounded})


def standardise(evidence: Evidence) -> Remedy:
    """Standardised data, and a learning rate that they stand, if this one is none."""
    changes: dict[str, object] = {"standardise": True}
    limit = None if evidence.theory is None else evidence.theory.limit_standardised
    if limit is not None and evidence.settings.learning_rate > HALF * limit:
        changes["learning_rate"] = float(f"{STANDARD_RATE * limit:.1g}")
    return Remedy(_("Standardise"), changes)


def slower(evidence: Evidence) -> Remedy | None:
    """What keeps a run from diverging: standardised data where they lift the limit, else a smaller rate."""
    theory, rate = evidence.theory, evidence.settings.learning_rate
    if theory is not None and theory.limit:
        lifted = theory.limit_standardised
        lifts = not evidence.settings.standardise and lifted is not None and lifted > LIFTED * theory.limit
        if lifts:
            return standardise(evidence)
        return rate_remedy(min(HALF * theory.limit, TENTH * rate if rate <= theory.limit else rate))
    return rate_remedy(TENTH * rate) or (None if evidence.settings.standardise else standardise(evidence))
