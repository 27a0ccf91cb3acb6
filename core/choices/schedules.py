"""The schedules of the learning rate: how it changes from step to step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.choices.choice import Choice, Parameter, Value, table
from core.choices.limits import LARGEST_COUNT
from core.problem import Problem
from core.texts import N_, _


@dataclass(frozen=True)
class Schedule(Choice):
    """A schedule; it counts in steps. Without `runs` the learning rate stays.

    `fixed` are arguments of the class that nobody chooses. `rate_argument` names the argument that takes the
    chosen learning rate, where the class does not take it from the optimizer. With `length` the schedule
    ends after as many steps as that parameter says. A `measured` one looks at the loss of each step. `rates`
    are what it keeps in a group of the optimizer in proportion to the learning rate, and this itself.
    """

    fixed: Mapping[str, Value] = field(default_factory=dict, hash=False)
    rate_argument: str = ""
    length: str = ""
    measured: bool = False
    rates: tuple[str, ...] = ("lr", "initial_lr")


def _steps(key: str, label: str, default: int, tip: str, argument: str = "", least: int = 1) -> Parameter:
    """A number of steps."""
    return Parameter(key, label, default, int, least, LARGEST_COUNT, tip=tip, argument=argument)


def _factor(default: float, tip: str) -> Parameter:
    """What the learning rate is multiplied by; below 1."""
    return Parameter("gamma", N_("Factor"), default, minimum=0, maximum=1, above=True, tip=tip)


def _milestone(number: int, label: str, default: int) -> Parameter:
    return _steps(
        f"milestone{number}", label, default, N_("At this step the rate is multiplied."), "milestones"
    )


def _cycle_must_rise(values: Mapping[str, Value]) -> None:
    # PyTorch divides by the number of rising steps less one.
    if float(values["total_steps"] or 0) * float(values["pct_start"] or 0) <= 1:
        raise Problem(
            _("The cycle must rise for more than one step; make it longer, or its rising share larger.")
        )


_LEAST_RATE = Parameter(
    "eta_min",
    N_("Least rate"),
    0.0,
    minimum=0,
    maximum=10,
    tip=N_("The learning rate at the lowest place of the curve."),
)

SCHEDULES = table(
    Schedule("constant", N_("Constant"), "", tip=N_("The learning rate stays as it is set.")),
    Schedule(
        "step",
        N_("Step decay"),
        "torch.optim.lr_scheduler.StepLR",
        (
            _steps("step_size", N_("Every"), 300, N_("After so many steps the rate is multiplied again.")),
            _factor(0.1, N_("What the rate is multiplied by each time.")),
        ),
        tip=N_("Multiplies the learning rate by a factor every so many steps."),
    ),
    Schedule(
        "multi_step",
        N_("Multi-step"),
        "torch.optim.lr_scheduler.MultiStepLR",
        (
            _milestone(1, N_("First"), 300),
            _milestone(2, N_("Second"), 600),
            _milestone(3, N_("Third"), 800),
            _factor(0.1, N_("What the rate is multiplied by each time.")),
        ),
        tip=N_("Multiplies the learning rate by a factor at three chosen steps."),
    ),
    Schedule(
        "exponential",
        N_("Exponential"),
        "torch.optim.lr_scheduler.ExponentialLR",
        (_factor(0.995, N_("What the rate is multiplied by at every step.")),),
        tip=N_("Multiplies the learning rate by a factor at every step."),
    ),
    Schedule(
        "cosine",
        N_("Cosine"),
        "torch.optim.lr_scheduler.CosineAnnealingLR",
        (
            _steps(
                "t_max",
                N_("Half a wave"),
                1000,
                N_("Steps from the highest rate to the lowest; after them it rises again."),
                "T_max",
            ),
            _LEAST_RATE,
        ),
        tip=N_("Lets the learning rate fall along half a cosine wave (Loshchilov and Hutter 2017)."),
    ),
    Schedule(
        "cosine_restarts",
        N_("Cosine with restarts"),
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
        (
            _steps("t_0", N_("First wave"), 200, N_("Steps from the start to the first restart."), "T_0"),
            Parameter(
                "t_mult",
                N_("Times longer"),
                2,
                int,
                1,
                10,
                tip=N_("Each wave is so many times as long as the one before."),
                argument="T_mult",
            ),
            _LEAST_RATE,
        ),
        tip=N_("Falls along a cosine, jumps back up, and falls again (Loshchilov and Hutter 2017)."),
    ),
    Schedule(
        "warmup",
        N_("Linear warm-up"),
        "torch.optim.lr_scheduler.LinearLR",
        (
            Parameter(
                "start_factor",
                N_("Start at"),
                0.01,
                minimum=1e-6,
                maximum=1,
                tip=N_("The share of the learning rate that the first step takes."),
            ),
            _steps(
                "total_iters", N_("Warm-up"), 100, N_("After so many steps the rate is the one that is set.")
            ),
        ),
        tip=N_("Starts with a small learning rate that grows in a straight line to the one that is set."),
    ),
    Schedule(
        "one_cycle",
        N_("One cycle"),
        "torch.optim.lr_scheduler.OneCycleLR",
        (
            _steps(
                "total_steps",
                N_("Length"),
                1000,
                N_("Steps of the whole cycle; then the rate stays."),
                least=2,
            ),
            Parameter(
                "pct_start",
                N_("Rising share"),
                0.3,
                minimum=0,
                maximum=1,
                above=True,
                below=True,
                tip=N_("The share of the cycle in which the rate rises."),
            ),
            Parameter(
                "div_factor",
                N_("Start divisor"),
                25.0,
                minimum=1,
                maximum=1e6,
                tip=N_("The first rate is the highest one divided by this."),
            ),
            Parameter(
                "final_div_factor",
                N_("End divisor"),
                1e4,
                minimum=1,
                maximum=1e9,
                tip=N_("The last rate is the first one divided by this."),
            ),
        ),
        tip=N_("Rises to the learning rate that is set and falls to next to nothing (Smith and Topin 2019)."),
        fixed=MappingProxyType({"cycle_momentum": False}),
        rate_argument="max_lr",
        length="total_steps",
        rates=("lr", "initial_lr", "max_lr", "min_lr"),
        rule=_cycle_must_rise,
    ),
    Schedule(
        "plateau",
        N_("Reduce on plateau"),
        "torch.optim.lr_scheduler.ReduceLROnPlateau",
        (
            Parameter(
                "factor",
                N_("Factor"),
                0.5,
                minimum=0,
                maximum=1,
                above=True,
                below=True,
                tip=N_("What the rate is multiplied by each time."),
            ),
            _steps(
                "wait", N_("Patience"), 50, N_("So many steps may pass without a better loss."), "patience", 0
            ),
            Parameter(
                "threshold",
                N_("Threshold"),
                1e-4,
                minimum=0,
                maximum=1,
                below=True,
                tip=N_("The share by which the loss must fall to count as improved."),
            ),
        ),
        tip=N_("Multiplies the learning rate by a factor whenever the loss no longer improves."),
        measured=True,
        rates=("lr",),
    ),
)
