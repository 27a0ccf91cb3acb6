"""Nothing that is said of a run contradicts anything else that is said of it, nor the curve beside it."""

from __future__ import annotations

import pytest

from core.insight.diagnosis import diagnose
from core.insight.theory import theory
from tests.diagnosed import LOOKS, contradictions, drawn

RUNS, TOGETHER = 200, 5
MOST_REMEDIES = 6
BETWEEN = 45  # steps from one remedy to the next


@pytest.mark.one_in(4)
@pytest.mark.parametrize("first", range(0, RUNS, TOGETHER))
def test_no_two_sentences_about_a_run_contradict_each_other(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        run, before = drawn(seed), 0
        for step in LOOKS:
            run.go(step - before)
            before = step
            assert list(contradictions(run)) == [], f"seed {seed}, step {step}"


@pytest.mark.one_in(4)
@pytest.mark.parametrize("first", range(0, RUNS, TOGETHER))
def test_remedies_taken_one_after_another_lead_somewhere(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        run = drawn(seed)
        seen = [run.settings]
        for _taken in range(MOST_REMEDIES):
            run.go(BETWEEN)
            finding = diagnose(run.evidence)
            if finding is None or finding.remedy is None:
                break
            after = finding.remedy.applied(run.settings)
            assert not any(after.steps_like(one) for one in seen if after.patience == one.patience), seed
            share = theory(run.points, after).share(after.learning_rate)
            assert share is None or share <= 1 or after.schedule != "constant", seed
            seen.append(after)
            run.take(after)
            assert list(contradictions(run)) == [], f"seed {seed}, {finding.sentence}"
