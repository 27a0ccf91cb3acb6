"""The models that can be fitted."""

from dataclasses import dataclass

from core.choices.choice import Choice, Parameter, table
from core.texts import N_


@dataclass(frozen=True)
class Model(Choice):
    """A model; `curve` names the class in core.insight.curves that reads its parameters without torch.

    Without one the module itself is asked.
    """

    curve: str = ""


MODELS = table(
    Model(
        "line",
        N_("Line"),
        "core.training.models.Line",
        tip=N_("y = w x + b: two parameters, a slope and an intercept."),
        curve="core.insight.curves.Line",
    ),
    Model(
        "polynomial",
        N_("Polynomial"),
        "core.training.models.Polynomial",
        (
            Parameter(
                "degree",
                N_("Degree"),
                3,
                int,
                1,
                12,
                tip=N_("The highest power of x; a higher degree bends more, and overfits sooner."),
            ),
        ),
        tip=N_("A sum of powers of x, still linear in its parameters."),
        curve="core.insight.curves.Polynomial",
    ),
    Model(
        "mlp",
        N_("Small network"),
        "core.training.models.Network",
        (
            Parameter("layers", N_("Hidden layers"), 1, int, 1, 3, tip=N_("How many hidden layers.")),
            Parameter("width", N_("Width"), 16, int, 1, 64, tip=N_("How many units each hidden layer has.")),
            Parameter(
                "activation",
                N_("Activation"),
                "tanh",
                str,
                words={"tanh": "tanh", "relu": "ReLU", "sigmoid": "sigmoid"},
                tip=N_("The bend that each unit applies; without it a network would be a line."),
            ),
        ),
        tip=N_("A multilayer perceptron: it can take any shape, and may take its time."),
        curve="core.insight.curves.Network",
    ),
)
