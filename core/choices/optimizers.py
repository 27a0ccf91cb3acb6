"""The optimizers, each with PyTorch's own hyper-parameters at PyTorch's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.choices.choice import Choice, Parameter, Value, table
from core.problem import Problem
from core.texts import N_, _


@dataclass(frozen=True)
class Optimizer(Choice):
    """An optimizer; `learning_rate` is PyTorch's default for it.

    A `first_order` one looks once at the gradient in each step, and at nothing else. The step of a
    `proportional` one is the learning rate times what it makes of each number by itself. One that
    `begins_by_rate` takes the learning rate for its first step alone.
    """

    learning_rate: float = 1e-3
    first_order: bool = True
    proportional: bool = False
    begins_by_rate: bool = False


def _share(key: str, label: str, default: float, tip: str, argument: str = "") -> Parameter:
    """A share in [0, 1), such as a momentum."""
    return Parameter(key, label, default, minimum=0, maximum=1, below=True, tip=tip, argument=argument)


def _small(key: str, label: str, default: float, tip: str) -> Parameter:
    """A number from 0 up, such as a penalty."""
    return Parameter(key, label, default, minimum=0, maximum=1e12, tip=tip)


def _weight_decay(default: float = 0.0) -> Parameter:
    return _small(
        "weight_decay",
        N_("Weight decay"),
        default,
        N_("Pulls every parameter toward zero at each step."),
    )


def _eps(default: float) -> Parameter:
    return _small(
        "eps", N_("Epsilon"), default, N_("Added to the denominator, so that nothing divides by zero.")
    )


def _beta(number: int, default: float) -> Parameter:
    tips = {
        1: N_("How much of the mean of past gradients is kept."),
        2: N_("How much of the mean of past squared gradients is kept."),
    }
    labels = {1: N_("Beta 1"), 2: N_("Beta 2")}
    return _share(f"beta{number}", labels[number], default, tips[number], "betas")


def _switch(key: str, label: str, tip: str) -> Parameter:
    return Parameter(key, label, False, bool, tip=tip)


ADAM_LIKE = (_beta(1, 0.9), _beta(2, 0.999), _eps(1e-8))
AMSGRAD = _switch(
    "amsgrad", N_("AMSGrad"), N_("Divide by the largest second moment so far, not by the newest.")
)
DECOUPLED = _switch(
    "decoupled_weight_decay",
    N_("Decoupled decay"),
    N_("Apply the weight decay to the parameters and not to the gradient, as AdamW does."),
)
MOMENTUM = Parameter(
    "momentum",
    N_("Momentum"),
    0.0,
    minimum=0,
    maximum=1,
    tip=N_("How much of the last step is carried on into the next."),
)


def _nesterov_needs_momentum(values: Mapping[str, Value]) -> None:
    if values["nesterov"] and (not values["momentum"] or values["dampening"]):
        raise Problem(_("Nesterov needs momentum above zero and no dampening; set momentum to 0.9, say."))


OPTIMIZERS = table(
    Optimizer(
        "sgd",
        "SGD",
        "torch.optim.SGD",
        (
            MOMENTUM,
            _share(
                "dampening", N_("Dampening"), 0.0, N_("How much of the gradient the momentum leaves out.")
            ),
            _weight_decay(),
            _switch("nesterov", "Nesterov", N_("Take the gradient where the momentum is about to arrive.")),
        ),
        tip=N_("Stochastic gradient descent: a step down the gradient, learning rate times slope."),
        rule=_nesterov_needs_momentum,
        proportional=True,
    ),
    Optimizer(
        "adam",
        "Adam",
        "torch.optim.Adam",
        (*ADAM_LIKE, _weight_decay(), AMSGRAD, DECOUPLED),
        tip=N_("Adaptive moments: every parameter gets its own step size. A good first choice."),
        proportional=True,
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "torch.optim.AdamW",
        (*ADAM_LIKE, _weight_decay(0.01), AMSGRAD),
        tip=N_("Adam with weight decay applied to the parameters themselves."),
        proportional=True,
    ),
    Optimizer(
        "nadam",
        "NAdam",
        "torch.optim.NAdam",
        (
            *ADAM_LIKE,
            _weight_decay(),
            _small("momentum_decay", N_("Momentum decay"), 0.004, N_("How fast the momentum warms up.")),
            DECOUPLED,
        ),
        tip=N_("Adam with Nesterov's look ahead."),
        learning_rate=2e-3,
        proportional=True,
    ),
    Optimizer(
        "radam",
        "RAdam",
        "torch.optim.RAdam",
        (*ADAM_LIKE, _weight_decay(), DECOUPLED),
        tip=N_("Adam that starts carefully, until its second moment can be trusted."),
        proportional=True,
    ),
    Optimizer(
        "adamax",
        "Adamax",
        "torch.optim.Adamax",
        (*ADAM_LIKE, _weight_decay()),
        tip=N_("Adam with the largest recent gradient in place of the second moment."),
        learning_rate=2e-3,
        proportional=True,
    ),
    Optimizer(
        "adagrad",
        "Adagrad",
        "torch.optim.Adagrad",
        (
            _small("lr_decay", N_("Rate decay"), 0.0, N_("Shrinks the learning rate as steps go by.")),
            _weight_decay(),
            _small(
                "initial_accumulator_value",
                N_("Initial sum"),
                0.0,
                N_("Where the sum of squared gradients starts."),
            ),
            _eps(1e-10),
        ),
        tip=N_("Divides by all squared gradients so far, so that its steps only get smaller."),
        learning_rate=1e-2,
        proportional=True,
    ),
    Optimizer(
        "adadelta",
        "Adadelta",
        "torch.optim.Adadelta",
        (
            _share("rho", "Rho", 0.9, N_("How much of the mean of past squared gradients is kept.")),
            _eps(1e-6),
            _weight_decay(),
        ),
        tip=N_("Finds its own step size; meant for a learning rate of 1, and slow to start."),
        learning_rate=1.0,
        proportional=True,
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        "torch.optim.RMSprop",
        (
            _share("alpha", "Alpha", 0.99, N_("How much of the mean of past squared gradients is kept.")),
            _eps(1e-8),
            _weight_decay(),
            MOMENTUM,
            _switch(
                "centered", N_("Centered"), N_("Divide by the variance of the gradient, not by its square.")
            ),
        ),
        tip=N_("Divides by the recent size of the gradient."),
        learning_rate=1e-2,
        proportional=True,
    ),
    Optimizer(
        "rprop",
        "Rprop",
        "torch.optim.Rprop",
        (
            Parameter(
                "eta_minus",
                N_("Eta minus"),
                0.5,
                minimum=0,
                maximum=1,
                above=True,
                below=True,
                argument="etas",
                tip=N_("The factor of a step size after the gradient has changed its sign."),
            ),
            Parameter(
                "eta_plus",
                N_("Eta plus"),
                1.2,
                minimum=1,
                maximum=10,
                above=True,
                argument="etas",
                tip=N_("The factor of a step size while the gradient keeps its sign."),
            ),
            Parameter(
                "step_min",
                N_("Smallest step"),
                1e-6,
                minimum=0,
                maximum=1e12,
                argument="step_sizes",
                tip=N_("The smallest step size."),
            ),
            Parameter(
                "step_max",
                N_("Largest step"),
                50.0,
                minimum=0,
                maximum=1e12,
                argument="step_sizes",
                tip=N_("The largest step size."),
            ),
        ),
        tip=N_("Looks only at the sign of the gradient; for full batches."),
        learning_rate=1e-2,
        begins_by_rate=True,
    ),
    Optimizer(
        "asgd",
        "ASGD",
        "torch.optim.ASGD",
        (
            _small("lambd", "Lambda", 1e-4, N_("How fast the learning rate decays.")),
            _small("alpha", "Alpha", 0.75, N_("The power of that decay.")),
            _small("t0", "t0", 1e6, N_("The step at which averaging starts.")),
            _weight_decay(),
        ),
        tip=N_("SGD with a decaying rate; its average over the late steps is kept beside it."),
        learning_rate=1e-2,
    ),
    Optimizer(
        "lbfgs",
        "LBFGS",
        "torch.optim.LBFGS",
        (
            Parameter(
                "max_iter",
                N_("Iterations a step"),
                20,
                int,
                1,
                10_000,
                tip=N_("At most so many iterations inside one step."),
            ),
            Parameter(
                "max_eval",
                N_("Evaluations a step"),
                None,
                int,
                1,
                100_000,
                unset=N_("automatic"),
                tip=N_("At most so many evaluations of the loss inside one step."),
            ),
            _small("tolerance_grad", N_("Gradient tolerance"), 1e-7, N_("A step ends below this gradient.")),
            _small("tolerance_change", N_("Change tolerance"), 1e-9, N_("A step ends below this change.")),
            Parameter(
                "history_size",
                N_("History"),
                100,
                int,
                1,
                10_000,
                tip=N_("How many past updates it remembers."),
            ),
            Parameter(
                "line_search_fn",
                N_("Line search"),
                "none",
                str,
                words={"none": N_("none"), "strong_wolfe": "strong Wolfe"},
                tip=N_("How it finds the length of a step."),
            ),
        ),
        tip=N_("Quasi-Newton: few, large, clever steps; for full batches and smooth losses."),
        learning_rate=1.0,
        first_order=False,
    ),
)
