"""What a remedy may do: never lead round in circles, never to where theory says that a run diverges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.experiment import Points, Settings, generate
from core.insight.diagnosis import Evidence, Finding, diagnose, findings
from core.insight.diagnosis.finding import Remedy
from core.insight.diagnosis.remedies import permitted
from core.insight.diagnosis.words import about
from core.insight.theory import theory
from tests.diagnosed import Diagnosed

LINE = generate("line")
SGD: dict[str, Any] = {"optimizer": "sgd", "epochs": None}


def run(steps: int, points: Points = LINE, **changes: Any) -> Diagnosed:
    made = Diagnosed(points, Settings(**{"epochs": None, **changes}))
    made.go(steps)
    return made


def said(made: Diagnosed) -> Finding:
    finding = diagnose(made.evidence)
    assert finding is not None
    return finding


# --- each of them was seen ---------------------------------------------------------------------------------


def test_after_a_divergence_the_rate_that_was_proposed_is_not_proposed_a_tenth_of() -> None:
    """At 14 times the limit, the button was taken, and offered 0.1 of its own proposal, again and again."""
    limit = theory(LINE, Settings(**SGD)).limit
    assert limit is not None
    made = run(500, **SGD, learning_rate=float(f"{14 * limit:.2g}"))
    first = said(made)
    assert "14 times the largest stable one" in first.sentence
    assert first.remedy is not None
    settings = first.remedy.applied(made.settings)
    # As in the window: the run that has ended stays there, and the slider already calls the new rate smooth.
    evidence = replace(made.evidence, settings=settings, alike_since=None, remedied=(made.settings,))
    assert evidence.zone == "smooth"
    then = diagnose(evidence)
    assert then is not None
    assert then.remedy is None
    assert "14 times" not in then.sentence
    assert "counts when Run starts again" in then.sentence
    assert "0.49 of the stable limit" in then.sentence


@pytest.mark.parametrize("loss", ["mse", "huber", "log_cosh", "smooth_l1"])
def test_a_run_that_has_converged_is_not_told_that_a_larger_rate_would_tell(loss: str) -> None:
    made = run(2000, loss=loss)
    evidence = made.evidence
    assert evidence.stopped == "converged"
    for finding in findings(evidence):
        assert "larger learning rate" not in finding.sentence
        assert finding.remedy is None
    assert said(made).key == "converged"


def test_adamw_at_its_minimum_is_not_sent_in_circles() -> None:
    """From 5 to 0.5 to 1.5 to 4.5 it went; the least squares, which numpy knows, are reached at 0.5."""
    made = run(1500, optimizer="adamw", learning_rate=5.0)
    first = said(made)
    assert (first.key, first.remedy and first.remedy.label) == ("oscillating", "Learning rate 0.5")
    assert first.remedy is not None
    made.take(first.remedy.applied(made.settings))
    made.go(1500)
    last = said(made)
    line = np.polyfit(LINE.x[:, 0], LINE.y, 1)
    least = float(np.mean((np.polyval(line, LINE.x[:, 0]) - LINE.y) ** 2))
    assert made.evidence.snapshot.loss == pytest.approx(least, rel=1e-3)
    assert (last.key, last.remedy) == ("converged", None)


def test_the_validation_loss_that_is_quoted_is_the_one_on_the_curve() -> None:
    """The median of the last five was 13,000 where the curve ended at 37,254."""
    made = run(
        1200,
        generate("sine", {"count": 24, "noise": 0.6, "seed": 3}),
        validation=0.4,
        model="mlp",
        standardise=True,
        learning_rate=0.03,
    )
    evidence = made.evidence
    assert evidence.validation is not None
    held = np.array(evidence.validation.low)
    best = int(np.argmin(held))
    held[-5:] = [10_000.0, 13_000.0, 12_000.0, 13_500.0, 37_254.0]
    spiked = replace(evidence, validation=evidence.validation._replace(low=held, high=held))
    (finding,) = [one for one in findings(spiked) if one.key == "overfitting"]
    assert "to 37,300," in finding.sentence
    assert "13,000" not in finding.sentence
    assert f"since step {best + 1}:" in finding.sentence
    gap = 37_254 - float(evidence.losses.low[-1])
    assert f"{float(f'{gap:.3g}'):,.0f}" in finding.sentence


def test_what_a_divergence_quotes_is_the_end_of_the_curve_and_called_so() -> None:
    """The readout beside it shows the loss of the fit, behind the last step; the curve is of those before."""
    made = run(500, **SGD, learning_rate=4.9)
    evidence = made.evidence
    newest, now = float(evidence.losses.low[-1]), made.evidence.snapshot.predict(LINE.x[:, 0])
    assert np.mean((now - LINE.y) ** 2) > 100 * newest
    assert f"The loss before a step grew {len(evidence.losses.low) - 1} steps in a row" in said(made).sentence
    assert f"to {about(newest)}." in said(made).sentence


@pytest.mark.parametrize("changes", [{}, {**SGD, "learning_rate": 0.1}, {"optimizer": "rmsprop"}])
def test_at_the_least_absolute_errors_no_larger_rate_is_proposed(changes: dict[str, Any]) -> None:
    made = run(1500, loss="mae", **changes)
    x, y = LINE.x[:, 0], LINE.y
    # The least absolute errors are those of a line through two of the points.
    first, second = np.triu_indices(len(x), 1)
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    starts = y[first] - slopes * x[first]
    least = min(float(np.abs(y - w * x - b).mean()) for w, b in zip(slopes, starts, strict=True))
    snapshot = made.evidence.snapshot
    assert np.abs(y - snapshot.predict(x)).mean() < 1.01 * least
    assert [finding.remedy for finding in findings(made.evidence)] == [None] * len([*findings(made.evidence)])


def test_what_is_said_of_the_rate_follows_the_rate_that_is_set() -> None:
    made = run(40, **SGD, learning_rate=0.01)
    assert "0.029 of the stable limit" in said(made).sentence
    faster = replace(made.settings, learning_rate=0.31)
    made.take(faster)  # no step has taken it up yet
    finding = said(made)
    assert "0.89 of the stable limit" in finding.sentence
    assert all("0.029" not in one.sentence for one in findings(made.evidence))
    made.take(replace(made.settings, learning_rate=0.5))
    assert "1.4 times the largest stable one" in said(made).sentence


# --- the gate ----------------------------------------------------------------------------------------------


def evidence_of(made: Diagnosed, *remedied: Settings) -> Evidence:
    return replace(made.evidence, remedied=remedied)


def test_what_changes_nothing_or_cannot_be_set_is_no_remedy() -> None:
    evidence = run(5, **SGD, learning_rate=0.01).evidence
    assert permitted(evidence, Remedy("", {"learning_rate": 0.01})) is None
    assert permitted(evidence, Remedy("", {"learning_rate": -1.0})) is None
    assert permitted(evidence, Remedy("", {}, {"sgd.nesterov": True})) is None
    assert permitted(evidence, Remedy("", {"learning_rate": 0.02})) is not None


def test_what_theory_calls_unstable_is_no_remedy_whatever_it_changes() -> None:
    far = Points(LINE.x[:, 0] + 100, LINE.y)
    evidence = run(5, far, **SGD, learning_rate=5e-5, standardise=False).evidence
    assert permitted(evidence, Remedy("", {"learning_rate": 1e-3})) is None
    assert permitted(evidence, Remedy("", {"standardise": True})) is not None
    standardised = run(2, far, **SGD, learning_rate=0.1, standardise=True).evidence
    assert permitted(standardised, Remedy("", {"standardise": False})) is None
    assert permitted(standardised, Remedy("", {"standardise": False, "learning_rate": 5e-5})) is not None


def test_at_an_optimum_only_another_one_is_sought() -> None:
    evidence = run(300, **SGD, learning_rate=0.2).evidence
    assert evidence.at_optimum
    assert permitted(evidence, Remedy("", {"learning_rate": 0.1})) is None
    assert permitted(evidence, Remedy("", {"standardise": True})) is None
    assert permitted(evidence, Remedy("", {"loss": "huber"})) is not None


def test_no_remedy_leads_back_to_where_remedies_came_from() -> None:
    made = run(20, learning_rate=0.1)
    now = made.settings
    larger, smaller = (replace(now, learning_rate=each) for each in (1.0, 0.01))
    after_lowering, after_raising = evidence_of(made, larger), evidence_of(made, smaller)
    assert permitted(after_lowering, Remedy("", {"learning_rate": 0.3})) is None
    assert permitted(after_lowering, Remedy("", {"learning_rate": 0.03})) is not None
    assert permitted(after_raising, Remedy("", {"learning_rate": 0.01})) is None
    assert permitted(after_raising, Remedy("", {"learning_rate": 0.001})) is None
    assert permitted(after_raising, Remedy("", {"learning_rate": 0.03})) is not None
    assert permitted(after_raising, Remedy("", {"learning_rate": 0.3})) is not None
    standardised = evidence_of(made, replace(now, standardise=True))
    assert permitted(standardised, Remedy("", {"standardise": True})) is None


def test_other_start_values_do_not_make_another_rate_right() -> None:
    made = run(20, model="mlp", learning_rate=0.03, seed=2)
    evidence = evidence_of(made, replace(made.settings, learning_rate=0.3, seed=1))
    assert permitted(evidence, Remedy("", {"learning_rate": 0.3})) is None
