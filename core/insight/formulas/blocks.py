"""The mathematics of one step for given settings: one block of formulas for each of its phases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from core.choices import OPTIMIZERS, Value
from core.choices.phases import PHASES
from core.experiment.settings import Settings
from core.insight.formulas.clipping import clip_rules
from core.insight.formulas.expression import Rule, names
from core.insight.formulas.losses import LOSS_NAMES, loss_rules, slope_rules
from core.insight.formulas.models import model_rules
from core.insight.formulas.sources import sources
from core.insight.formulas.symbols import SLOPE, meaning
from core.insight.formulas.typesetting import latex
from core.insight.formulas.updates import update_rules
from core.insight.formulas.writing import exact, text
from core.texts import N_, _, joined

EMPTIED = r"\textcolor{{gradient}}{{\frac{{\partial {whole}}}{{\partial \theta}}}} \leftarrow \mathrm{{None}}"
# The symbols that are seen of a function; those of sums over powers and columns instead of w and x.
SEEN = {
    "powers": ("wk", "x", "k"),
    "columns": ("wj", "xj"),
    "mean": ("n",),
    "each": ("each",),
    "outer": ("T",),
    "T": ("T",),
}
LONGEST_VALUE = 7  # characters of a number beside its symbol

WORDS = {
    "zero_grad": N_(
        "Throw away the gradients of the step before; PyTorch would add the new ones to them, and the step "
        "would go wrong."
    ),
    "forward": N_(
        "Ask the model for a prediction for each x of the batch. The numbers are those of the first point."
    ),
    "loss": N_("How wrong is the model? One number for the whole batch: the smaller, the better."),
    "backward": N_("The slope of the loss for every parameter: its gradient, in PyTorch .grad."),
    "step": N_("Move every parameter a little, mostly downhill. The optimizer says how far."),
}
OF_THE_ROW = {"forward": "model", "loss": "loss", "backward": "model", "step": "optimizer"}
# What is particular about an optimizer.
ABOUT = {
    "rprop": N_("Δ begins at the learning rate; of the gradient only its sign counts."),
    "asgd": N_("η begins at the learning rate. θ̄ is kept beside the fit, and moves nothing."),
    "radam": N_("While ρ is not above 5, v knows too few steps to be trusted: r and l are 1."),
    "lbfgs": N_(
        "Inside one step LBFGS goes through the phases above several times, up to its limit of iterations. "
        "Each time it finds a direction from the moves Δθ and the changes Δg that it remembers: from the "
        "newest to the oldest with q, then once with the newest, then back to the newest with d. The numbers "
        "show only the sum of these moves."
    ),
}


class Formula(NamedTuple):
    """One formula: as LaTeX with \\textcolor{ROLE}{…}, as text, and as the rule that says it.

    `rule` is None for one that says what no rule can. One `of_layers` has matrices in it.
    """

    latex: str
    text: str
    rule: Rule | None = None
    of_layers: bool = False


class Block(NamedTuple):
    """What happens in one phase: what it does in `words`, its formulas, and `notes` on them, or none.

    `legend` says what the symbols mean: their text, with the number that a person has set, and their meaning.
    `sources` are pages and papers.
    """

    phase: str
    words: str
    formulas: tuple[Formula, ...]
    notes: str
    legend: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def formulas(settings: Settings, features: int = 1, of_data: bool = False) -> tuple[Block, ...]:
    """The blocks of all PHASES, in their order, for a model on `features` columns of x.

    Under Standardise their numbers are to be those as trained, or `of_data` in the units of the data.
    """
    of_data = of_data and settings.standardise
    return tuple(_block(settings, features, phase, of_data) for phase in PHASES)


def whole_name(settings: Settings) -> str:
    """The letter of what is minimised: L, or J with a penalty."""
    return "J" if settings.l1 else "L"


def phase_rules(settings: Settings, features: int, phase: str) -> list[Rule]:
    """The rules of one phase, in their order."""
    match phase:
        case "forward":
            return model_rules(settings, features).forward
        case "loss":
            return loss_rules(settings)
        case "backward":
            backward = model_rules(settings, features).backward
            return [*slope_rules(settings), *backward, *clip_rules(settings)]
        case "step":
            return update_rules(settings)
    return []


def _block(settings: Settings, features: int, phase: str, of_data: bool) -> Block:
    rules = phase_rules(settings, features, phase)
    each = phase in ("loss", "backward")
    made = [Formula(latex(rule, each), text(rule), rule, _has_matrices(rule)) for rule in rules]
    legend = _legend(rules, settings, of_data)
    if phase == "zero_grad":
        whole = whole_name(settings)
        made = [Formula(EMPTIED.format(whole=whole), f"∂{whole}/∂θ ← None")]
        legend = ((f"∂{whole}/∂θ", _slope_in_words(settings)),)
    return Block(
        phase,
        _(WORDS[phase]),
        tuple(made),
        joined(*_notes(settings, phase, of_data), _without(settings, phase, rules)),
        legend,
        sources(settings, phase),
    )


def _has_matrices(rule: Rule) -> bool:
    return any(isinstance(part, ast.MatMult) for part in ast.walk(rule.value))


def _slope_in_words(settings: Settings) -> str:
    if settings.l1:
        return _("slope of the objective J when the parameter θ grows")
    return _("slope of the loss L when the parameter θ grows")


def _notes(settings: Settings, phase: str, of_data: bool) -> Iterator[str]:
    if settings.standardise:
        yield from _on_units(settings, phase) if of_data else (_("All numbers here are as trained."),)
    if phase == "backward":
        yield _("The chain rule leads to it, back through the formulas above.")
        if not OPTIMIZERS[settings.optimizer].first_order:
            yield _(
                "Shown is the gradient of this phase. Inside its step LBFGS finds gradients again, so .grad "
                "is then that of its last look."
            )
    if phase == "step" and settings.optimizer in ABOUT:
        yield _(ABOUT[settings.optimizer])
    begin = settings.values("optimizer").get("initial_accumulator_value")
    if phase == "step" and begin:
        yield _("G begins at {value}.").format(value=exact(float(begin)))


def _without(settings: Settings, phase: str, rules: list[Rule]) -> str:
    """That there is no formula, of what its row alone is known."""
    if rules or phase not in OF_THE_ROW:
        return ""
    label = _(settings.row(OF_THE_ROW[phase]).label)
    return _("There is no formula here for {name}; what it does is in its code.").format(name=label)


def _on_units(settings: Settings, phase: str) -> Iterator[str]:
    """What there is to know of numbers in the units of the data."""
    if phase == "step":
        yield _(
            "The rule moves the parameters as trained. Shown is where that leads in the units of the data; "
            "“as trained” shows the rule with its numbers."
        )
        return
    yield _("All numbers here are in the units of the data.")
    if settings.l1 and phase in ("loss", "backward"):
        yield _("The penalty is on the weights as trained, so its rules have no numbers here.")
    if settings.clip_norm is not None and phase == "backward":
        yield _("The gradient is measured and shortened as trained.")


# --- the legend ------------------------------------------------------------------------------------------


def _legend(rules: list[Rule], settings: Settings, of_data: bool) -> tuple[tuple[str, str], ...]:
    """Each symbol of the rules once, in the order in which they come."""
    set_by_a_person = _set_by_a_person(settings, of_data)
    found: dict[str, tuple[str, str]] = {}
    for name in (name for rule in rules for name in symbols(rule)):
        symbol, words = meaning(name, settings.optimizer)
        value = set_by_a_person.get(name, "")
        found.setdefault(symbol, (f"{symbol} = {value}" if value else symbol, words))
    return tuple(found.values())


def symbols(rule: Rule) -> Iterator[str]:
    """The names of the symbols that are seen in a rule; a slope has two."""
    calls = [part.func for part in ast.walk(rule.value) if isinstance(part, ast.Call)]
    functions = [call.id for call in calls if isinstance(call, ast.Name)]
    hidden = ("w", "x") if "powers" in functions or "columns" in functions else ()
    said = [name for name in names(rule.value) if name not in hidden]
    for name in (rule.target, *chain.from_iterable(SEEN.get(name, ()) for name in functions), *said):
        slope = SLOPE.fullmatch(name)
        yield from (name,) if slope is None else slope.groups()


def _set_by_a_person(settings: Settings, of_data: bool) -> dict[str, str]:
    """The numbers that the names of hyper-parameters stand for, where they are short.

    Not the learning rate, which changes while training runs, nor what standardising divides by the spread of
    the targets.
    """
    chosen: dict[str, Value] = {**settings.values("optimizer"), "l1": settings.l1}
    if settings.clip_norm is not None:
        chosen["clip_norm"] = settings.clip_norm
    losses = settings.values("loss")
    for parameter in settings.row("loss").parameters:
        if of_data or not (settings.standardise and parameter.unit == "y"):
            chosen[LOSS_NAMES.get(parameter.key, parameter.key)] = losses[parameter.key]
    numbers = {name: value for name, value in chosen.items() if type(value) in (int, float)}
    written = {name: exact(float(str(value))) for name, value in numbers.items()}
    return {name: value for name, value in written.items() if len(value) <= LONGEST_VALUE}
