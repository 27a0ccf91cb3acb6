"""The losses that can be minimised; each is the mean over the points of a batch."""

from dataclasses import dataclass

from core.choices.choice import Choice, Parameter, table
from core.texts import N_


@dataclass(frozen=True)
class Loss(Choice):
    """A loss; with residuals and lengths in y scaled by s, its value scales by s to the power `order`.

    `kink` says that its slope jumps where a prediction is exactly its target. `best` is what the fit
    is called that has the least of it.
    """

    order: int = 1
    kink: bool = False
    best: str = ""


def _knee(key: str, label: str) -> Parameter:
    """The residual at which squares become lines, in units of y."""
    return Parameter(
        key,
        label,
        1.0,
        minimum=0,
        maximum=1e12,
        above=True,
        unit="y",
        live=True,
        tip=N_("Residuals below it count as squares, those above it as lines. In units of y."),
    )


LOSSES = table(
    Loss(
        "mse",
        N_("MSE: mean squared error"),
        "torch.nn.MSELoss",
        tip=N_("The mean of the squared residuals. Points far away pull hard."),
        best=N_("least squares"),
        order=2,
    ),
    Loss(
        "mae",
        N_("MAE: mean absolute error"),
        "torch.nn.L1Loss",
        tip=N_("The mean of the absolute residuals. Outliers pull no harder than other points."),
        kink=True,
        best=N_("best by MAE"),
    ),
    Loss(
        "huber",
        N_("Huber"),
        "torch.nn.HuberLoss",
        (_knee("delta", N_("Delta")),),
        tip=N_("Squared for small residuals, absolute for large ones."),
        best=N_("best by Huber"),
        order=2,
    ),
    Loss(
        "smooth_l1",
        N_("Smooth L1"),
        "torch.nn.SmoothL1Loss",
        (_knee("beta", N_("Beta")),),
        tip=N_("Huber divided by beta: the slope of large residuals is always one."),
        best=N_("best by smooth L1"),
    ),
    Loss(
        "log_cosh",
        N_("Log-cosh"),
        "core.training.losses.LogCoshLoss",
        (
            Parameter(
                "scale",
                N_("Scale"),
                1.0,
                minimum=0,
                maximum=1e12,
                above=True,
                unit="y",
                live=True,
                tip=N_(
                    "Residuals well below it count as squares, those well above it as lines. In units of y."
                ),
            ),
        ),
        tip=N_("The logarithm of the hyperbolic cosine: like Huber, but smooth everywhere."),
        best=N_("best by log-cosh"),
        order=2,
    ),
    Loss(
        "quantile",
        N_("Quantile"),
        "core.training.losses.QuantileLoss",
        (
            Parameter(
                "quantile",
                N_("Quantile"),
                0.5,
                minimum=0,
                maximum=1,
                above=True,
                below=True,
                live=True,
                tip=N_("The share of points that should lie below the fit: 0.5 fits the median."),
            ),
        ),
        tip=N_("Weighs points above and below the fit differently, and so fits a quantile."),
        kink=True,
        best=N_("best by quantile"),
    ),
)
