"""The mathematics of one step for given settings: one block of formulas for each of its phases."""

from __future__ import annotations

import ast
from typing import NamedTuple

from core.choices.phases import PHASES
from core.experiment.settings import Settings
from core.insight.formulas.clipping import clip_rules
from core.insight.formulas.expression import Rule, names
from core.insight.formulas.losses import loss_rules, slope_rule
from core.insight.formulas.models import model_rules
from core.insight.formulas.sources import sources
from core.insight.formulas.symbols import SLOPE, meaning
from core.insight.formulas.typesetting import latex
from core.insight.formulas.updates import update_rules
from core.insight.formulas.writing import exact, text
from core.texts import N_, _

EMPTIED = r"\textcolor{gradient}{\frac{\partial L}{\partial \theta}} \leftarrow \mathrm{None}"

WORDS = {
    "zero_grad": N_(
        "Forget the slopes of the step before. PyTorch would add the new ones to them, and the step would go "
        "wrong."
    ),
    "forward": N_(
        "Forward: ask the model what it says for each x of the batch, with the parameters as they are."
    ),
    "loss": N_("How wrong is the model? One number for the whole batch: the smaller, the better."),
    "backward": N_(
        "The slope of the loss for every parameter: which way is up, and how steep. It runs back through the "
        "formulas above, by the chain rule."
    ),
    "step": N_("Move every parameter a little way downhill, against its slope. The optimizer says how far."),
}
# What is particular about an optimizer.
ABOUT = {
    "rprop": N_("Δ begins at the learning rate; of the gradient only its sign counts."),
    "asgd": N_("η begins at the learning rate. θ̄ is kept beside the fit, and moves nothing."),
    "radam": N_("While ρ is not above 5 there is too little to go by, and r and l are 1."),
    "lbfgs": N_(
        "Inside one step this optimizer goes through the phases above several times, up to its limit of "
        "iterations. In each it finds a direction from what it remembers of the steps s and the changes y of "
        "the slope: from the newest to the oldest with q, then once with the newest, then back to the newest "
        "with d. Only the sum of these moves is shown as numbers."
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
    """What happens in one phase: its formulas, and what they do in `words`.

    `legend` says what the symbols mean: their text and their meaning. `sources` are pages and papers.
    """

    phase: str
    words: str
    formulas: tuple[Formula, ...]
    legend: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def formulas(settings: Settings, features: int = 1) -> tuple[Block, ...]:
    """The blocks of all PHASES, in their order, for a model on `features` columns of x."""
    return tuple(_block(settings, features, phase) for phase in PHASES)


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
            return [slope_rule(settings), *backward, *clip_rules(settings)]
        case "step":
            return update_rules(settings)
    return []


def _block(settings: Settings, features: int, phase: str) -> Block:
    rules = phase_rules(settings, features, phase)
    each = phase in ("loss", "backward")
    made = [Formula(latex(rule, each), text(rule), rule, _has_matrices(rule)) for rule in rules]
    if phase == "zero_grad":
        made = [Formula(EMPTIED, "∂L/∂θ ← None")]
    return Block(
        phase,
        _words(settings, phase),
        tuple(made),
        _legend(rules),
        sources(settings, phase),
    )


def _has_matrices(rule: Rule) -> bool:
    return any(isinstance(part, ast.MatMult) for part in ast.walk(rule.value))


def _words(settings: Settings, phase: str) -> str:
    said = [_(WORDS[phase])]
    if phase == "forward":
        said.append(_("The numbers are those of the first point."))
        if settings.standardise:
            said.append(_("All symbols and numbers here are of the standardised data."))
    if phase == "step" and settings.optimizer in ABOUT:
        said.append(_(ABOUT[settings.optimizer]))
    begin = settings.values("optimizer").get("initial_accumulator_value")
    if phase == "step" and begin:
        said.append(_("G begins at {value}.").format(value=exact(float(begin))))
    return " ".join(said)


def _legend(rules: list[Rule]) -> tuple[tuple[str, str], ...]:
    """Each symbol of the rules once, in the order in which they come."""
    found: dict[str, str] = {}
    for rule in rules:
        for name in (rule.target, *names(rule.value)):
            said = meaning(SLOPE.sub(r"\2", name))
            if said is not None and name != "dL_any":
                found.setdefault(*said)
    return tuple(found.items())
