"""The fields of the settings: what each is called, what it may be, and whether it changes live."""

from collections.abc import Mapping
from types import MappingProxyType

from core.choices.choice import Choice, Parameter
from core.choices.limits import LARGEST_COUNT, MOST_THREADS, SMALLEST_RATE
from core.choices.losses import LOSSES
from core.choices.models import MODELS
from core.choices.optimizers import OPTIMIZERS
from core.choices.schedules import SCHEDULES
from core.texts import N_


def _labels(rows: Mapping[str, Choice]) -> Mapping[str, str]:
    return MappingProxyType({key: row.label for key, row in rows.items()})


FIELDS: Mapping[str, Parameter] = MappingProxyType(
    {
        field.key: field
        for field in (
            Parameter(
                "model",
                N_("Model"),
                "line",
                str,
                words=_labels(MODELS),
                tip=N_("The shape that is fitted to the points."),
            ),
            Parameter(
                "loss",
                N_("Loss"),
                "mse",
                str,
                words=_labels(LOSSES),
                live=True,
                tip=N_("The one number that says how badly the model fits; training makes it small."),
            ),
            Parameter(
                "optimizer",
                N_("Optimizer"),
                "adam",
                str,
                words=_labels(OPTIMIZERS),
                tip=N_("How the gradient becomes a change of the parameters."),
            ),
            Parameter(
                "learning_rate",
                N_("Learning rate"),
                0.01,
                minimum=SMALLEST_RATE,
                maximum=10,
                live=True,
                tip=N_("How far one step goes. Too small crawls, too large diverges."),
            ),
            Parameter(
                "schedule",
                N_("Schedule"),
                "constant",
                str,
                words=_labels(SCHEDULES),
                tip=N_("How the learning rate changes from step to step."),
            ),
            Parameter(
                "clip_norm",
                N_("Clip gradient"),
                None,
                minimum=0,
                maximum=1e12,
                above=True,
                unset=N_("off"),
                live=True,
                usual=1.0,
                tip=N_("A gradient longer than this is shortened to it before the step."),
            ),
            Parameter(
                "l1",
                N_("L1 penalty"),
                0.0,
                minimum=0,
                maximum=1e6,
                live=True,
                tip=N_(
                    "Adds this times the sum of all absolute weights to the loss, and training makes both "
                    "together smaller: the objective. Biases are free."
                ),
            ),
            Parameter(
                "batch_size",
                N_("Batch size"),
                None,
                int,
                1,
                LARGEST_COUNT,
                unset=N_("all points"),
                live=True,
                tip=N_("How many points one step looks at; fewer make it quicker and noisier."),
            ),
            Parameter(
                "epochs",
                N_("Epochs"),
                1000,
                int,
                1,
                LARGEST_COUNT,
                unset=N_("no limit"),
                live=True,
                usual=1000,
                tip=N_("Training stops after so many passes over the points."),
            ),
            Parameter(
                "steps",
                N_("Steps"),
                None,
                int,
                1,
                LARGEST_COUNT,
                unset=N_("no limit"),
                live=True,
                usual=1000,
                tip=N_("Training stops after so many steps."),
            ),
            Parameter(
                "seconds",
                N_("Seconds"),
                None,
                minimum=0,
                maximum=1e6,
                above=True,
                unset=N_("no limit"),
                live=True,
                usual=10.0,
                tip=N_("Training stops after so many seconds of running."),
            ),
            Parameter(
                "loss_below",
                N_("Loss below"),
                None,
                minimum=0,
                maximum=1e300,
                above=True,
                unset=N_("off"),
                live=True,
                usual=0.1,
                tip=N_(
                    "Training stops as soon as the loss before a step, of the points of that step, is below "
                    "this."
                ),
            ),
            Parameter(
                "gradient_below",
                N_("Gradient below"),
                None,
                minimum=0,
                maximum=1e300,
                above=True,
                unset=N_("off"),
                live=True,
                usual=0.001,
                tip=N_(
                    "Training stops as soon as the gradient of a step is shorter than this; "
                    "with Standardise it is that of the standardised data."
                ),
            ),
            Parameter(
                "patience",
                N_("Patience"),
                None,
                int,
                1,
                LARGEST_COUNT,
                unset=N_("off"),
                live=True,
                usual=100,
                tip=N_(
                    "Training stops after so many steps without a new low of the loss before a step. With "
                    "points held out, the validation loss counts, and the run goes back to its best step: "
                    "early stopping."
                ),
            ),
            Parameter(
                "validation",
                N_("Hold out"),
                0.0,
                minimum=0,
                maximum=0.9,
                live=True,
                step=0.1,
                tip=N_(
                    "The share of points that training never sees, drawn hollow; "
                    "their loss is the validation loss."
                ),
            ),
            Parameter(
                "validation_seed",
                N_("Hold-out seed"),
                0,
                int,
                0,
                2**31 - 1,
                live=True,
                tip=N_("Which points are held out is drawn from it."),
            ),
            Parameter(
                "seed",
                N_("Seed"),
                0,
                int,
                0,
                2**31 - 1,
                tip=N_("Start values and shuffles are drawn from it: the same seed, the same run."),
            ),
            Parameter(
                "start",
                N_("Start values"),
                "pytorch",
                str,
                words={"pytorch": N_("PyTorch's"), "zeros": N_("zeros"), "own": N_("own numbers")},
                tip=N_("Where the parameters begin."),
            ),
            Parameter(
                "device",
                N_("Device"),
                "cpu",
                str,
                tip=N_("The processor that trains. For so small a model the CPU is often the fastest."),
            ),
            Parameter(
                "threads",
                N_("Threads"),
                1,
                int,
                1,
                MOST_THREADS,
                tip=N_(
                    "How many cores of the processor a step takes. One gives the same numbers every time; "
                    "more add them up in another order, and are quicker only with very many points or a "
                    "large network. Compiled steps take one."
                ),
            ),
            Parameter(
                "dtype",
                N_("Precision"),
                "float32",
                str,
                words={"float32": "float32", "float64": "float64"},
                tip=N_("How exactly numbers are kept: about 7 or about 16 digits."),
            ),
            Parameter(
                "engine",
                N_("Engine"),
                "eager",
                str,
                words={"eager": N_("eager"), "compiled": N_("compiled")},
                live=True,
                tip=N_(
                    "Eager is PyTorch's usual way: Python asks for each operation. Compiled makes many steps "
                    "into one program, far faster and the same but for rounding. It takes up to half a "
                    "minute to make; until then training is eager."
                ),
            ),
            Parameter(
                "standardise",
                N_("Standardise"),
                False,
                bool,
                tip=N_(
                    "Train on x and y shifted to mean 0 and scaled to deviation 1; "
                    "every number shown stays in the units of the data."
                ),
            ),
        )
    }
)

TABLES: Mapping[str, Mapping[str, Choice]] = MappingProxyType(
    {"model": MODELS, "loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
)
STOP_RULES = ("epochs", "steps", "seconds", "loss_below", "gradient_below", "patience")
