"""The table of rules, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from core.insight.diagnosis.data_rules import (
    constant_x,
    ill_conditioned,
    one_point,
    outliers,
    overfitting,
    too_narrow,
)
from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.failure_rules import not_a_number
from core.insight.diagnosis.finding import Finding
from core.insight.diagnosis.loss_rules import (
    arrived,
    crawling,
    diverging,
    noise_floor,
    oscillating,
    plateau,
    smooth,
    unstable,
)
from core.insight.diagnosis.remedies import permitted
from core.insight.diagnosis.unit_rules import dead_units, flat_start, saturated


class Rule(NamedTuple):
    """One row: the key of its findings, and the function that finds it or nothing."""

    key: str
    find: Callable[[Evidence], Finding | None]


RULES = (
    Rule("nan", not_a_number),
    Rule("diverging", diverging),
    Rule("unstable", unstable),
    Rule("one_point", one_point),
    Rule("constant_x", constant_x),
    Rule("too_narrow", too_narrow),
    Rule("flat_start", flat_start),
    Rule("saturated", saturated),
    Rule("dead_units", dead_units),
    Rule("overfitting", overfitting),
    Rule("outliers", outliers),
    Rule("oscillating", oscillating),
    Rule("ill_conditioned", ill_conditioned),
    Rule("converged", arrived),
    Rule("noise_floor", noise_floor),
    Rule("crawling", crawling),
    Rule("plateau", plateau),
    Rule("smooth", smooth),
)


def diagnose(evidence: Evidence) -> Finding | None:
    """What is most worth saying; None where the evidence says nothing yet."""
    return next(findings(evidence), None)


def findings(evidence: Evidence) -> Iterator[Finding]:
    """All that can be said, the most important first, each with a remedy only where it is permitted."""
    for rule in RULES:
        finding = rule.find(evidence)
        if finding is not None:
            yield replace(finding, remedy=permitted(evidence, finding.remedy))
