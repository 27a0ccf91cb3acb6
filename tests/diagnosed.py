"""Runs that are drawn from a seed and diagnosed, and what two sentences about one run must not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from core.choices import LOSSES, OPTIMIZERS
from core.experiment import Points, Settings
from core.insight.diagnosis import Evidence, Finding, findings
from core.insight.diagnosis.motion import CREEPS, FALLS, GROWS, SWINGS
from core.insight.diagnosis.words import about
from core.insight.optimum import training_points
from core.insight.theory import Theory, theory
from core.problem import Problem
from core.training import Trainer

LOOKS = (2, 15, 50, 130)  # steps at which a run is looked at
LBFGS = 8  # times fewer steps: each evaluates the loss many times
GOALS = {"loss", "start", "seed", "patience"}  # settings that say what is sought, and not how
POINTS = ("line", "noise", "outliers", "far", "large", "constant", "few", "two", "sine", "small")
OTHERS = [key for key in OPTIMIZERS if key not in ("sgd", "lbfgs")]


class Diagnosed:
    """A run, and the settings before each remedy that was taken, as the window remembers them."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self.points, self.settings = points, settings
        self.remedied: tuple[Settings, ...] = ()
        self._trainer = Trainer(points, settings)

    def go(self, steps: int) -> None:
        """So many steps, or fewer where it stops before, or where one of them is as good as many."""
        if self.settings.optimizer == "lbfgs":
            steps = -(-steps // LBFGS)
        end = self._trainer.latest.step + steps
        while self._trainer.stopped is None and self._trainer.latest.step < end:
            self._trainer.step()

    def take(self, settings: Settings) -> None:
        """Go on with `settings`, which a remedy has made of those before, as the window does."""
        self.remedied = (*self.remedied, self.settings)
        restarts = self.settings.restarts(settings) or self._trainer.failure is not None
        if restarts:
            self._trainer = Trainer(self.points, settings)
        else:
            self._trainer.go_on()
            self._trainer.change(settings=settings)
        self.settings = settings

    @property
    def evidence(self) -> Evidence:
        """What is known where it stands."""
        trainer, settings = self._trainer, self.settings
        return Evidence(
            training_points(self.points, settings),
            settings,
            trainer.latest,
            trainer.history.losses(),
            trainer.history.validation_losses(),
            self.theory,
            trainer.stopped,
            trainer.measured_since,
            trainer.failure,
            trainer.alike_since,
            remedied=self.remedied,
        )

    @property
    def theory(self) -> Theory:
        """What is known of it before it begins."""
        return theory(self.points, self.settings, self._trainer.latest.scaling)


def drawn(seed: int) -> Diagnosed:
    """The run of a seed; another seed where these points cannot be trained on."""
    for attempt in range(seed, seed + 100_000, 1000):
        rng = np.random.default_rng(attempt)
        points = _points(rng)
        try:
            return Diagnosed(points, _settings(rng, points))
        except Problem:
            continue
    raise AssertionError("no points can be trained on")


def _points(rng: np.random.Generator) -> Points:
    kind = POINTS[rng.integers(len(POINTS))]
    count = {"few": 4, "two": 2}.get(kind, int(rng.integers(8, 50)))
    x = rng.uniform(-2, 2, count)
    y = 0.8 * x + 0.3 + rng.normal(0, 0.3, count) * (kind != "line")
    if kind == "outliers":
        y[: max(count // 10, 1)] += 30
    elif kind == "far":
        x, y = x + 100, y + 50
    elif kind == "large":
        y = 1e4 * y + 1e5
    elif kind == "constant":
        x[:] = 3.0
    elif kind == "sine":
        y = np.sin(3 * x) + rng.normal(0, 0.1, count)
    elif kind == "small":
        x, y = 1e-3 * x, 1e-4 * y
    return Points(x, y)


def _settings(rng: np.random.Generator, points: Points) -> Settings:
    optimizer = str(rng.choice(["sgd", "sgd", "adam", "adamw", str(rng.choice(OTHERS)), "lbfgs"]))
    model = str(rng.choice(["line", "line", "polynomial", "mlp"]))
    options: dict[str, Any] = {"mlp.width": 4, "mlp.activation": str(rng.choice(["tanh", "relu"]))}
    options |= {"polynomial.degree": int(rng.integers(2, 7)), "lbfgs.max_iter": 4}
    if rng.random() < 0.3:
        options["sgd.momentum"] = float(rng.choice([0.5, 0.9]))
    if rng.random() < 0.15:
        options |= {"sgd.weight_decay": 0.1, "adam.weight_decay": 0.1}
    if rng.random() < 0.3:
        options |= {"rmsprop.centered": True, "rmsprop.alpha": 0.9}
    settings = Settings(
        model=model,
        loss=str(rng.choice(["mse", "mse", str(rng.choice(list(LOSSES)))])),
        optimizer=optimizer,
        learning_rate=float(f"{10 ** rng.uniform(-5, 0.9):.2g}"),
        batch_size=int(rng.integers(1, len(points) + 1)) if rng.random() < 0.3 else None,
        validation=0.3 if rng.random() < 0.25 and len(points) > 5 else 0.0,
        standardise=bool(rng.random() < 0.3),
        dtype=str(rng.choice(["float32", "float32", "float64"])),
        start=str(rng.choice(["pytorch", "pytorch", "pytorch", "zeros"])),
        schedule=str(rng.choice(["constant"] * 6 + ["step"])),
        epochs=None,
        options=options,
    )
    limit = theory(points, settings).limit
    if limit and rng.random() < 0.7:  # else most rates would diverge or crawl
        rate = float(f"{limit * 10 ** rng.uniform(-2.5, 0.5):.2g}")
        settings = replace(settings, learning_rate=min(max(rate, 1e-6), 10.0))
    return settings


# --- what cannot both hold ---------------------------------------------------------------------------------


def contradictions(run: Diagnosed) -> Iterator[str]:
    """Every pair of sentences about `run` that cannot both hold, and every one that theory cannot hold with.

    All rules are asked, and not only the first that has found something.
    """
    evidence = run.evidence
    found = list(findings(evidence))
    for one, other in combinations(found, 2):
        for reason in _between(one, other, run.settings):
            yield f"{reason}:\n  {one.sentence}\n  {other.sentence}\n  {run.settings}"
    for finding in found:
        for reason in _beside_theory(finding, evidence, run.theory):
            yield f"{reason} ({evidence.zone}, {evidence.share}):\n  {finding.sentence}\n  {run.settings}"
        for reason in _of_remedy(finding, run):
            yield f"{reason}:\n  {finding.sentence}\n  {finding.remedy}\n  {run.settings}"


def _between(one: Finding, other: Finding, settings: Settings) -> Iterator[str]:
    first, second = one.claims, other.claims
    losses = {first.loss, second.loss} - {None}
    if len(losses) == 2 and losses != {CREEPS, FALLS}:
        yield f"the loss {first.loss} and {second.loss}"
    if {first.arrived, second.arrived} == {True, False}:
        yield "arrived and not arrived"
    for claims in ((first, second), (second, first)):
        if claims[0].arrived and claims[1].loss in (GROWS, FALLS, SWINGS):
            yield f"arrived, and the loss {claims[1].loss}"
    if len({first.zone, second.zone} - {None}) == 2:
        yield f"the rate is {first.zone} and {second.zone}"
    rates = [_rate(finding, settings) for finding in (one, other)]
    if None not in rates and rates[0] != rates[1] and sum(r > settings.learning_rate for r in rates) == 1:  # type: ignore[operator,misc]
        yield f"a rate of {rates[0]} and of {rates[1]}"


def _rate(finding: Finding, settings: Settings) -> float | None:
    """The learning rate that it proposes, where it proposes nothing else."""
    if finding.remedy is None or set(finding.remedy.changes) != {"learning_rate"}:
        return None
    return finding.remedy.applied(settings).learning_rate


def _beside_theory(finding: Finding, evidence: Evidence, known: Theory) -> Iterator[str]:
    """What the card of theory and the zones of the slider say beside it, of the learning rate now."""
    if known.zones is None:
        if finding.claims.zone:
            yield "a zone where no theory knows one"
        return
    zone, sentence = known.zones.name(evidence.rate), finding.sentence
    if finding.claims.zone not in (None, zone):
        yield f"says {finding.claims.zone}"
    words = {
        "smoothly": ("smooth",),
        "Crawling": ("crawling",),
        "slowly": ("crawling",),
        "Oscillating": ("oscillating",),
        "past the lowest point": ("oscillating",),
        "Descending so far": ("diverging",),
        "times the largest stable one": ("diverging",),
        "is stable": ("crawling", "smooth", "oscillating"),
    }
    for word, zones in words.items():
        if word in sentence and zone not in zones:
            yield f"says “{word}”"
    share = about(known.share(evidence.rate) or 0.0)
    if ("stable limit" in sentence or "largest stable one" in sentence) and share not in sentence:
        yield "another share of the limit than the card has"


def _of_remedy(finding: Finding, run: Diagnosed) -> Iterator[str]:
    """What is wrong with a remedy, by theory and by the least squares."""
    if finding.remedy is None:
        return
    after = finding.remedy.applied(run.settings)
    share = theory(run.points, after).share(after.learning_rate)
    if share is not None and share > 1 and after.schedule == "constant":
        yield f"a remedy that theory calls unstable, {share}"
    changed = set(finding.remedy.changes) | {key.split(".")[0] for key in finding.remedy.options}
    if _is_best(run) and not changed & (GOALS | {run.settings.model}):
        yield "a remedy at the optimum"


def _is_best(run: Diagnosed) -> bool:
    """Whether the run is at the least squares, by numpy and not by the diagnosis."""
    settings, snapshot = run.settings, run.evidence.snapshot
    if settings.model == "mlp" or settings.loss != "mse":
        return False
    points = training_points(run.points, settings)
    x = points.x[:, 0] - points.x[:, 0].mean()
    degree = min(int(str(settings.values("model").get("degree", 1))), len(np.unique(x)) - 1)
    basis = np.polynomial.legendre.legvander(x / (np.abs(x).max() or 1.0), degree)
    best = basis @ np.linalg.lstsq(basis, points.y, rcond=None)[0]
    now = float(np.mean((snapshot.predict(points.x) - points.y) ** 2))
    least = float(np.mean((best - points.y) ** 2))
    return now - least <= 1e-6 * least + 1e-13 * float(np.var(points.y))
