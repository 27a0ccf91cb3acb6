"""Numbers as the sentences of a diagnosis have them."""

from __future__ import annotations

from core.insight.diagnosis.evidence import Evidence
from core.insight.numbers import MINUS, significant
from core.texts import _

DIGITS = 2  # of a number that gives but an idea
MORE_DIGITS = 3  # of one that is compared with another
PLAIN = (1e-3, 1e6)  # numbers that people read without a power of ten


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
    if share > 1 and evidence.theory.estimated:
        words = _("The learning rate is {share} times the estimated limit, so that this may not last.")
    elif evidence.settings.schedule != "constant":
        words = _("Its schedule has brought the learning rate to {share} of the stable limit.")
    elif evidence.theory.estimated:
        words = _("The learning rate is about {share} of the stable limit.")
    else:
        words = _("The learning rate is {share} of the stable limit.")
    return words.format(share=about(share))
