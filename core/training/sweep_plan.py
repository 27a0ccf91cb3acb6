"""What a sweep goes through: one setting, from a first to a last value, in so many runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.choices import FIELDS, OPTIMIZERS
from core.choices.choice import Parameter
from core.experiment.settings import Settings
from core.problem import Problem
from core.texts import N_, _

Floats = NDArray[np.float64]

RATE, SEED, START = "learning_rate", "seed", "start"

USUAL_RUNS, MOST_RUNS = 64, 256
USUAL_STEPS, MOST_STEPS = 1000, 1_000_000
SLOWEST = 1e-4  # the first rate, where nobody asks for a lower one
SMALLEST, LARGEST = 0.01, 100.0  # times the start values
LOWER, HIGHER = 0.1, 1e6  # times the present rate; the first rate is this or less, the last this or more
ROUND = 2  # digits of such a rate
DIGITS = range(3, 17)  # of a value; as few as tell all of them apart

_rates, _seeds = FIELDS[RATE], FIELDS[SEED]


def _end(key: str, label: str, of: Parameter, default: float, tip: str) -> Parameter:
    """The first or the last value of a sweep."""
    return Parameter(key, label, default, of.kind, of.minimum, of.maximum, tip=tip)


_times = Parameter("times", N_("Times"), 1.0, minimum=1e-6, maximum=1e6)

CHOICES: Mapping[str, Parameter] = MappingProxyType(
    {
        parameter.key: parameter
        for parameter in (
            Parameter(
                "what",
                N_("Sweep"),
                RATE,
                str,
                words={RATE: N_("Learning rates"), SEED: N_("Seeds"), START: N_("Start values")},
                tip=N_(
                    "What differs from run to run: the learning rate, the seed of start values and shuffles, "
                    "or how large the start values are."
                ),
            ),
            _end("rate_low", N_("Lowest learning rate"), _rates, SLOWEST, N_("The lowest learning rate.")),
            _end(
                "rate_high",
                N_("Highest learning rate"),
                _rates,
                _rates.maximum,
                N_("The highest learning rate."),
            ),
            _end("seed_low", N_("First seed"), _seeds, 0, N_("The first seed; the others follow it.")),
            _end(
                "start_low",
                N_("Smallest factor"),
                _times,
                SMALLEST,
                N_("The first run begins with so many times the start values that a run of this seed has."),
            ),
            _end(
                "start_high",
                N_("Largest factor"),
                _times,
                LARGEST,
                N_("The last run begins with so many times the start values that a run of this seed has."),
            ),
            Parameter(
                "runs", N_("Runs"), USUAL_RUNS, int, 2, MOST_RUNS, tip=N_("How many runs train together.")
            ),
            Parameter(
                "steps",
                N_("Steps"),
                USUAL_STEPS,
                int,
                1,
                MOST_STEPS,
                tip=N_("How many steps each run makes."),
            ),
        )
    }
)

ENDS = {RATE: ("rate_low", "rate_high"), SEED: ("seed_low", "seed_low"), START: ("start_low", "start_high")}

NOT_ALONE = N_(
    "{optimizer} looks at the loss several times in a step, as often as its run asks for, so that no two "
    "runs can share a step: it has no sweep."
)
NO_RATE = N_(
    "{optimizer} takes the learning rate for its first step alone and then finds the length of every step by "
    "itself: there is nothing to sweep but seeds and start values."
)
ALL_ZERO = N_(
    "All start values are zero, and so is any number of times them: choose other start values, or sweep "
    "something else."
)
TOO_LARGE = N_("So many runs upon so many points take too much memory; sweep fewer runs, or fewer points.")


@dataclass(frozen=True)
class SweepPlan:
    """`runs` values of `what`, from `low` to `high`, each trained for `steps` steps.

    Learning rates, and what start values are multiplied by, are spaced evenly on a logarithmic axis; seeds
    are counted up from `low`, and `high` plays no part. Raises Problem for values that no run can have.
    """

    what: str = RATE
    low: float = SLOWEST
    high: float = _rates.maximum
    runs: int = USUAL_RUNS
    steps: int = USUAL_STEPS

    def __post_init__(self) -> None:
        for key in ("what", "runs", "steps"):
            CHOICES[key].check(getattr(self, key))
        for key, end in zip(ENDS[self.what], (self.low, self.high), strict=True):
            CHOICES[key].check(end)
        if self.what != SEED and self.low >= self.high:
            raise Problem(_("The first value of the sweep must be below the last."))
        if self.what == SEED and self.low + self.runs - 1 > _seeds.maximum:
            raise Problem(_("The last seed would be too large; begin with a smaller one."))

    def values(self) -> Floats:
        """The value of each run `[R]`, from the lowest to the highest."""
        if self.what == SEED:
            return self.low + np.arange(self.runs, dtype=np.float64)
        spaced = np.geomspace(self.low, self.high, self.runs)
        for digits in DIGITS:
            short = np.array([float(f"{value:.{digits}g}") for value in spaced])
            if len(np.unique(short)) == self.runs:
                return short.clip(self.low, self.high)
        return spaced.clip(self.low, self.high)

    def settings_of(self, settings: Settings, value: float) -> Settings:
        """The settings of the run with `value`; start values are numbers that only the sweep knows."""
        if self.what == RATE:
            return replace(settings, learning_rate=value)
        if self.what == SEED:
            return replace(settings, seed=int(value), start="pytorch")
        return settings


def usual_plan(what: str, settings: Settings) -> SweepPlan:
    """The plan that is offered first for sweeping `what`."""
    if what == SEED:
        first = min(settings.seed, int(_seeds.maximum) - USUAL_RUNS + 1)  # so that the others can follow it
        return SweepPlan(SEED, first, first)
    if what == START:
        return SweepPlan(START, SMALLEST, LARGEST)
    rate = settings.learning_rate
    low, high = (float(f"{rate * share:.{ROUND}g}") for share in (LOWER, HIGHER))
    return SweepPlan(RATE, max(min(SLOWEST, low), _rates.minimum), min(high, _rates.maximum))


def check_sweep(plan: SweepPlan, settings: Settings) -> None:
    """Raise Problem if runs of `settings` cannot be swept so."""
    row = OPTIMIZERS[settings.optimizer]
    if not row.first_order:
        raise Problem(_(NOT_ALONE).format(optimizer=_(row.label)))
    if plan.what == RATE and row.begins_by_rate:
        raise Problem(_(NO_RATE).format(optimizer=_(row.label)))
    if plan.what == START and _starts_at_zero(settings):
        raise Problem(_(ALL_ZERO))


def _starts_at_zero(settings: Settings) -> bool:
    return settings.start == "zeros" or (settings.start == "own" and not any(settings.start_values))
