"""What a diagnosis says of real runs: a rule fires where it should and is still nearby; remedies help."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from core.experiment import Points, Settings, generate
from core.experiment.split import held_out
from core.insight.curves import Line, Network
from core.insight.diagnosis import RULES, Evidence, Finding, diagnose
from core.insight.diagnosis.data_rules import ill_conditioned
from core.insight.diagnosis.recent import recent
from core.insight.optimum import training_points
from core.insight.scaling import no_scaling
from core.insight.theory import theory
from core.training import Snapshot, Trainer
from core.training.history import Series

LINE = generate("line")
SINE = generate("sine")
ODD = generate("line", {"outliers": 0.05, "noise": 0.1})
FEW_LEFT = generate("sine", {"count": 24, "noise": 0.6, "seed": 3})
FAR_X = np.linspace(100.0, 130.0, 50)
FAR = Points(FAR_X, 3 * FAR_X + np.random.default_rng(0).standard_normal(50))
THOUSANDS = Points(np.linspace(1000.0, 3000.0, 50), np.sin(np.linspace(0.0, 6.0, 50)))
FIVE = Points([-2.0, -1.0, 0.0, 1.0, 2.0], [-3.1, -0.9, 1.2, 2.8, 5.1])
LARGE = Points(np.linspace(-1.0, 1.0, 21), 20_000 + 3000 * np.linspace(-1.0, 1.0, 21))
HELD: dict[str, Any] = {"loss": "mae", "options": {"adam.weight_decay": 0.5}}  # away from the lowest loss
CENTRED: dict[str, Any] = {
    "optimizer": "rmsprop",
    "learning_rate": 1e-4,
    "options": {"rmsprop.centered": True, "rmsprop.alpha": 0.9},
}


class Run:
    """A run whose points held out are kept from it, and measured here: an oracle for what a trainer does."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self.points, self.settings = points, settings
        self.hidden = held_out(len(points), settings.validation, settings.validation_seed)
        training = Points(points.x[~self.hidden], points.y[~self.hidden])
        self.trainer = Trainer(training, replace(settings, validation=0.0))
        self.held: list[float] = []

    def go(self, steps: int) -> Evidence:
        """So many steps, or fewer where it stops before; the evidence there."""
        for _step in range(steps):
            latest = self.trainer.step()
            if self.hidden.any():
                off = self.points.y[self.hidden] - latest.predict(self.points.x[self.hidden])
                self.held.append(float(np.mean(off**2)))
            if self.trainer.stopped:
                break
        trainer, held = self.trainer, np.array(self.held)
        return Evidence(
            training_points(self.points, self.settings),
            self.settings,
            trainer.latest,
            trainer.history.losses(),
            Series(held, held, 1, len(held)) if self.held else None,
            theory(self.points, self.settings, trainer.latest.scaling),
            trainer.stopped,
            failure=trainer.failure,
        )


def after(points: Points, steps: int, **changes: Any) -> Evidence:
    """The evidence of a run after so many steps, or where it stopped before."""
    return Run(points, Settings(**{"epochs": None, **changes})).go(steps)


def found(evidence: Evidence) -> Finding:
    """What is found; something must be."""
    finding = diagnose(evidence)
    assert finding is not None
    return finding


@dataclass(frozen=True)
class Case:
    """A rule: a run in which it fires, one nearby in which it does not, and whether its remedy ends it."""

    key: str
    points: Points
    steps: int
    ill: dict[str, Any]
    well: dict[str, Any]
    well_points: Points | None = None
    well_steps: int | None = None
    words: tuple[str, ...] = ()
    label: str = ""
    helps: bool = True
    named: str = ""


CASES = (
    Case(
        "nan",
        LARGE,
        400,
        CENTRED,
        {**CENTRED, "dtype": "float64"},
        words=("RMSprop divides by the root of the gradient's variance, and float32 rounds",),
        label="Not centered",
        named="centred RMSprop",
    ),
    Case(
        "diverging",
        LINE,
        500,
        {"optimizer": "sgd", "learning_rate": 0.5},
        {"optimizer": "sgd", "learning_rate": 0.3},
        words=("66 steps in a row", "1.4 times the largest stable one, 0.35"),
        label="Learning rate 0.17",
        named="SGD",
    ),
    Case(
        "diverging",
        LINE,
        20,
        {"optimizer": "sgd", "learning_rate": 0.5},
        {"optimizer": "sgd", "learning_rate": 0.2},
        words=("Diverging: The loss before a step grew 19 steps in a row",),
        named="seen before it ends",
    ),
    Case(
        "diverging",
        FAR,
        500,
        {"optimizer": "sgd"},
        {"optimizer": "sgd", "learning_rate": 5e-5},
        well_steps=15,
        words=("130 times the largest",),
        label="Standardise",
        named="far from 0",
    ),
    Case(
        "diverging",
        LINE,
        400,
        {"optimizer": "sgd", "learning_rate": 1.0, "model": "mlp"},
        {"optimizer": "sgd", "learning_rate": 0.05, "model": "mlp"},
        words=("steps in a row", "The steps are too long"),
        label="Learning rate 0.1",
        named="where no theory knows the limit",
    ),
    Case(
        "one_point",
        Points([0.5], [0.75]),
        200,
        {"optimizer": "sgd", "learning_rate": 0.01},
        {"optimizer": "sgd", "learning_rate": 0.01},
        FIVE,
        words=("Only one point to learn from: every curve through it fits equally well",),
        named="a line",
    ),
    Case(
        "constant_x",
        Points(np.full(10, 3.0), np.arange(10.0)),
        50,
        {},
        {},
        Points(np.append(np.full(9, 3.0), 3.1), np.arange(10.0)),
        words=("all 10 points have x = 3", "the mean of y, 4.5"),
        named="one x",
    ),
    Case(
        "too_narrow",
        Points(1e9 + np.arange(100.0), np.random.default_rng(0).standard_normal(100)),
        100,
        {},
        {"standardise": True},
        words=("near 1.0×10⁹", "varies by only 29", "Of 100 different values its 7 digits leave 3"),
        label="Standardise",
        named="x",
    ),
    Case(
        "too_narrow",
        Points(np.arange(100.0), 1e8 + np.arange(100.0)),
        10,
        {},
        {"dtype": "float64"},
        words=("y lies near 1.0×10⁸",),
        label="Standardise",
        named="y",
    ),
    Case(
        "too_narrow",
        FIVE,
        100,
        {"optimizer": "sgd", "learning_rate": 1e-6, "start": "own", "start_values": (2.0, 1.0)},
        {"optimizer": "sgd", "learning_rate": 1e-6, "start": "own", "start_values": (2.0, 1.0)}
        | {"dtype": "float64"},
        words=("100 steps have changed nothing",),
        label="float64",
        named="steps",
    ),
    Case(
        "flat_start",
        SINE,
        30,
        {"model": "mlp", "start": "zeros"},
        {"model": "mlp"},
        words=("all 32 weights are 0", "saddle"),
        label="PyTorch's start values",
        named="zeros",
    ),
    Case(
        "flat_start",
        SINE,
        30,
        {"model": "mlp", "start": "own", "start_values": (0.1,) * 13, "options": {"mlp.width": 4}},
        {"model": "mlp", "options": {"mlp.width": 4}},
        words=("the 4 units of a layer are all equal",),
        named="equal numbers",
    ),
    Case(
        "saturated",
        THOUSANDS,
        30,
        {"model": "mlp"},
        {"model": "mlp", "standardise": True},
        words=("16 of 16 units of hidden layer 1", "tanh"),
        label="Standardise",
        named="tanh",
    ),
    Case(
        "saturated",
        THOUSANDS,
        30,
        {"model": "mlp", "options": {"mlp.activation": "sigmoid"}},
        {"model": "mlp", "options": {"mlp.activation": "relu", "mlp.width": 2}, "standardise": True},
        words=("sigmoid",),
        named="sigmoid",
    ),
    Case(
        "dead_units",
        THOUSANDS,
        30,
        {"model": "mlp", "options": {"mlp.activation": "relu"}},
        {"model": "mlp", "options": {"mlp.activation": "relu"}, "standardise": True},
        words=("12 of 16 ReLU units of hidden layer 1",),
        label="Standardise",
        named="far from 0",
    ),
    Case(
        "dead_units",
        generate("line", {"count": 30}),
        400,
        {"model": "mlp", "learning_rate": 5.0, "optimizer": "adam", "options": {"mlp.activation": "relu"}},
        {"model": "mlp", "options": {"mlp.activation": "relu"}},
        well_steps=200,
        label="tanh",
        named="thrown out by long steps",
    ),
    Case(
        "overfitting",
        FEW_LEFT,
        1200,
        {"model": "mlp", "validation": 0.4, "standardise": True, "learning_rate": 0.03},
        {"model": "mlp", "validation": 0.4, "standardise": True, "learning_rate": 0.03},
        generate("sine", {"count": 300}),
        1000,
        words=("since step 55", "rose from 2.4"),
        label="Early stopping",
        helps=False,
        named="a network",
    ),
    Case(
        "outliers",
        ODD,
        200,
        {"standardise": False},
        {},
        generate("line", {"noise": 0.1}),
        words=("6 of 120 points",),
        label="Huber loss",
        named="a line",
    ),
    Case(
        "oscillating",
        LINE,
        10,
        {"optimizer": "sgd", "learning_rate": 0.31},
        {"optimizer": "sgd", "learning_rate": 0.2},
        words=("0.89 of the stable limit",),
        label="Learning rate 0.14",
        named="near the limit",
    ),
    Case(
        "oscillating",
        LINE,
        60,
        {"learning_rate": 1.0},
        {"learning_rate": 0.05},
        words=("the loss rose again",),
        label="Learning rate 0.1",
        named="Adam",
    ),
    Case(
        "ill_conditioned",
        FAR,
        300,
        {"optimizer": "sgd", "learning_rate": 5e-5},
        {"optimizer": "sgd", "learning_rate": 5e-5, "standardise": True},
        words=("the condition number is 2.3×10⁶", "Standardised it is 1"),
        label="Standardise",
        named="SGD",
    ),
    Case(
        "ill_conditioned",
        FAR,
        300,
        {},
        {"standardise": True, "learning_rate": 0.1},
        label="Standardise",
        named="Adam",
    ),
    Case(
        "converged",
        LINE,
        2000,
        {},
        {"learning_rate": 0.001},
        well_steps=100,
        words=("0.153", "the least that this model can have"),
        named="least squares",
    ),
    Case(
        "converged",
        Points([-1.0, 0.0, 1.0], [-1.0, 1.0, 3.0]),
        2000,
        {},
        {},
        well_steps=100,
        words=("meets every point",),
        named="a perfect fit",
    ),
    Case(
        "noise_floor",
        LINE,
        1000,
        {"batch_size": 8},
        {},
        words=("from batch to batch", "% above the least possible"),
        label="Batches of all points",
        named="Adam",
    ),
    Case(
        "crawling",
        LINE,
        300,
        {"optimizer": "sgd", "learning_rate": 1e-4},
        {"optimizer": "sgd", "learning_rate": 0.02},
        words=("0.00029 of the stable limit",),
        label="Learning rate 0.14",
        named="SGD",
    ),
    Case(
        "crawling",
        LINE,
        300,
        {"learning_rate": 1e-5},
        {"learning_rate": 0.01},
        label="Learning rate 0.0001",
        helps=False,
        named="Adam",
    ),
    Case(
        "plateau",
        LINE,
        1500,
        HELD,
        {"loss": "mae"},
        words=("the last 200 steps changed the loss by only", "It has arrived, or crosses flat ground."),
        named="held by a penalty",
    ),
    Case(
        "unstable",
        LINE,
        3,
        {"optimizer": "sgd", "learning_rate": 0.5},
        {"optimizer": "sgd", "learning_rate": 0.3},
        words=("1.4 times the largest stable one, 0.35", "leads farther away"),
        label="Learning rate 0.17",
        named="SGD",
    ),
    Case(
        "smooth",
        LINE,
        40,
        {"optimizer": "sgd", "learning_rate": 0.01},
        {"batch_size": 2},
        words=("what is left to gain halves every 6.8 steps", "0.029 of the stable limit"),
        named="SGD",
    ),
)
each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.key}: {case.named}" for case in CASES])


@pytest.mark.one_in(4)
@each_case
def test_it_says_what_is_going_on_and_proposes_what_helps(case: Case) -> None:
    evidence = after(case.points, case.steps, **case.ill)
    finding = found(evidence)
    assert finding.key == case.key
    assert [word for word in case.words if word not in finding.sentence] == []
    assert (finding.remedy.label if finding.remedy else "").startswith(case.label)
    if finding.remedy is not None:
        mended = finding.remedy.applied(evidence.settings)
        assert mended != evidence.settings
        if case.helps:
            then = diagnose(Run(case.points, mended).go(case.steps))
            assert then is None or then.key != case.key


@pytest.mark.one_in(4)
@each_case
def test_it_keeps_still_on_a_healthy_run_nearby(case: Case) -> None:
    points = case.well_points or case.points
    evidence = after(points, case.well_steps or case.steps, **case.well)
    rule = next(rule for rule in RULES if rule.key == case.key)
    assert rule.find(evidence) is None


def test_every_rule_has_its_case_and_gives_its_own_key() -> None:
    assert {case.key for case in CASES} == {rule.key for rule in RULES}
    assert len({rule.key for rule in RULES}) == len(RULES)


# --- numbers in sentences, against an oracle -------------------------------------------------------------


def test_a_lower_degree_is_advised_where_there_is_a_degree_alone() -> None:
    """A line through two x that are far from 0 and next to each other has no powers that go together."""
    near = Points([100.0, 100.1], [1.0, 2.0])
    settings: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 1e-5}
    line = after(near, 50, **settings)
    assert line.theory is not None
    finding = ill_conditioned(replace(line, theory=replace(line.theory, condition_standardised=None)))
    assert finding is not None
    assert "degree" not in finding.sentence
    cubic = after(FIVE, 50, model="polynomial", options={"polynomial.degree": 6}, **settings)
    finding = ill_conditioned(replace(cubic, settings=replace(cubic.settings, standardise=True)))
    assert finding is not None
    assert "a lower degree helps" in finding.sentence


def test_the_condition_number_and_the_limit_are_those_of_the_hessian() -> None:
    design = np.column_stack((FAR.x[:, 0], np.ones(len(FAR))))
    hessian = 2 / len(FAR) * design.T @ design
    ill = found(after(FAR, 100, optimizer="sgd", learning_rate=5e-5))
    assert f"{np.linalg.cond(hessian) / 1e6:.1f}×10⁶" in ill.sentence
    limit = 2 / np.linalg.eigvalsh(hessian)[-1]
    diverging = found(after(FAR, 100, optimizer="sgd", learning_rate=4 * limit))
    assert "4 times the largest stable one" in diverging.sentence


def test_the_pace_is_that_of_the_slowest_direction() -> None:
    """Gradient descent multiplies what is left by (1 - rate λ)² in each direction; the flattest goes last."""
    design = np.column_stack((LINE.x[:, 0], np.ones(len(LINE))))
    least = np.linalg.eigvalsh(2 / len(LINE) * design.T @ design)[0]
    halving = math.log(2) / (-2 * math.log(1 - 0.002 * least))
    evidence = after(LINE, 700, optimizer="sgd", learning_rate=0.002)
    assert evidence.gain.halving == pytest.approx(halving, rel=0.02)


def test_the_share_of_outliers_is_that_of_their_squares() -> None:
    evidence = after(ODD, 400)
    slope, intercept = np.polyfit(ODD.x[:, 0], ODD.y, 1)
    squares = np.sort((ODD.y - slope * ODD.x[:, 0] - intercept) ** 2)
    assert f"make {100 * squares[-6:].sum() / squares.sum():.0f} %" in found(evidence).sentence


def test_a_robust_loss_brings_the_fit_nearer_to_the_truth() -> None:
    evidence = after(ODD, 400)
    remedy = found(evidence).remedy
    assert remedy is not None
    mended = Run(ODD, remedy.applied(evidence.settings)).go(1000)
    for name, value in (("w", 0.8), ("b", 0.3)):
        before = abs(float(np.asarray(evidence.snapshot.parameters[name])) - value)
        assert abs(float(np.asarray(mended.snapshot.parameters[name])) - value) < before / 2


def test_what_batches_leave_is_measured_on_all_points() -> None:
    evidence = after(LINE, 1000, batch_size=8)
    best = np.polyfit(LINE.x[:, 0], LINE.y, 1)
    least = np.mean((LINE.y - np.polyval(best, LINE.x[:, 0])) ** 2)
    now = np.mean((LINE.y - evidence.snapshot.predict(LINE.x)) ** 2)
    assert evidence.above == pytest.approx(now / least - 1, rel=1e-3)
    assert f"On all points it is {100 * (now / least - 1):.2g} % above" in found(evidence).sentence


def test_the_units_that_are_dead_are_counted_by_hand() -> None:
    evidence = after(THOUSANDS, 5, model="mlp", options={"mlp.activation": "relu"})
    weight, bias = evidence.snapshot.arrays[:2]
    dead = sum(all(weight[unit, 0] * x + bias[unit] <= 0 for x in THOUSANDS.x[:, 0]) for unit in range(16))
    assert f"Dead: {dead} of 16" in found(evidence).sentence


def test_a_standardised_run_is_judged_in_its_own_coordinates() -> None:
    """Standardised, the Hessian of a line is twice the identity, so the limit is 1."""
    evidence = after(FAR, 20, optimizer="sgd", learning_rate=0.05, standardise=True)
    assert "0.05 of the stable limit" in found(evidence).sentence


# --- what must not upset it ------------------------------------------------------------------------------


def snapshot(step: int) -> Snapshot:
    """A step of a line of slope and intercept 1."""
    arrays = (np.ones((1, 1)), np.ones(1))
    return Snapshot(1, step, step, 1.0, arrays, Line({}), no_scaling(1), "cpu", 0.01)


def with_losses(losses: list[float], stride: int = 1, **changes: Any) -> Evidence:
    """The evidence of a history that nobody trained."""
    array = np.array(losses, dtype=np.float64)
    series = Series(array, array, stride, stride * len(losses))
    settings = Settings(**changes)
    held = series if "validation" in changes else None
    return Evidence(FIVE, settings, snapshot(series.steps), series, held, theory(FIVE, settings), None)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 300])
@pytest.mark.parametrize("value", [0.0, 1.0, 1e-320, 1e308, math.inf, math.nan])
@pytest.mark.parametrize("stride", [1, 4])
def test_no_history_upsets_it(count: int, value: float, stride: int) -> None:
    kinds: tuple[dict[str, Any], ...] = ({}, {"batch_size": 2}, {"loss": "mae"}, {"validation": 0.2})
    for kind in kinds:
        for losses in ([value] * count, [value if step % 2 else 1.0 for step in range(count)]):
            finding = diagnose(with_losses(losses, stride, **kind))
            assert finding is None or "nan" not in finding.sentence


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "points", [Points([1.0], [2.0]), Points([1.0, 1.0], [2.0, 2.0]), Points([0.0], [0.0])]
)
@pytest.mark.parametrize("model", ["line", "polynomial", "mlp"])
@pytest.mark.parametrize("steps", [0, 1, 40])
def test_a_point_or_two_are_enough_for_it(points: Points, model: str, steps: int) -> None:
    finding = diagnose(after(points, steps, model=model))
    assert finding is None or "nan" not in finding.sentence


def test_parameters_that_are_not_finite_are_at_no_distance() -> None:
    evidence = with_losses([1.0] * 50)
    nowhere = evidence.snapshot._replace(arrays=(np.full((1, 1), np.nan), np.ones(1)))
    evidence = replace(evidence, snapshot=nowhere)
    diagnose(evidence)
    assert evidence.excess is None
    assert not evidence.arrived


def test_a_snapshot_of_another_model_is_not_compared_with_the_theory() -> None:
    network = Network({"layers": 1, "width": 2, "activation": "tanh"})
    arrays = tuple(np.arange(1.0, 1.0 + math.prod(shape)).reshape(shape) for shape in network.shapes())
    evidence = with_losses([1.0] * 50)
    odd = replace(evidence, snapshot=evidence.snapshot._replace(arrays=arrays, curve=network))
    diagnose(odd)
    assert odd.excess is None


def coarse(series: Series, stride: int) -> Series:
    """The same with `stride` steps together, as a long history keeps it."""
    whole = len(series.low) // stride * stride
    parts = series.low[:whole].reshape(-1, stride)
    return Series(parts.min(axis=1), parts.max(axis=1), stride, whole)


@pytest.mark.parametrize(
    ("key", "steps", "changes"),
    [
        ("diverging", 60, {"optimizer": "sgd", "learning_rate": 0.45}),
        ("crawling", 800, {"optimizer": "sgd", "learning_rate": 1e-4}),
        ("noise_floor", 1000, {"batch_size": 8}),
        ("plateau", 1500, HELD),
        ("smooth", 400, {"optimizer": "sgd", "learning_rate": 0.005}),
        ("oscillating", 100, {"learning_rate": 1.0}),
    ],
)
def test_a_coarse_history_says_the_same(key: str, steps: int, changes: dict[str, Any]) -> None:
    evidence = after(LINE, steps, **changes)
    for stride in (1, 4):
        finding = found(replace(evidence, losses=coarse(evidence.losses, stride), stopped=None))
        assert finding.key == key


def test_only_the_chosen_step_and_what_came_before_it_count() -> None:
    evidence = after(LINE, 500, optimizer="sgd", learning_rate=0.5)
    assert evidence.stopped == "diverged"
    early = Run(LINE, evidence.settings).go(3)
    then = replace(evidence, snapshot=early.snapshot, stopped=None, failure=None)
    assert found(then).key == "unstable"  # which theory knows; the curve does not show it yet
    assert recent(evidence.losses, 3).newest == evidence.losses.low[2]


@pytest.mark.parametrize("changes", [{}, {"batch_size": 8}, {"model": "mlp"}, {"validation": 0.3}])
def test_a_long_history_is_judged_in_no_time(changes: dict[str, Any]) -> None:
    evidence = after(LINE, 50, **changes)
    noise = np.exp(np.random.default_rng(0).standard_normal(100_000) / 10)
    series = Series(noise, noise, 1, len(noise))
    last = evidence.snapshot._replace(step=len(noise))
    long = replace(evidence, losses=series, validation=series, snapshot=last)
    assert min(seconds(lambda: diagnose(replace(long))) for _try in range(5)) < 0.001 * len(RULES)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
