"""What each of the five lines of a training step does, told with the numbers of the step, for a beginner."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from core.choices.phases import CODE, PHASES
from core.experiment.settings import Settings
from core.insight.numbers import DIGITS, significant
from core.texts import N_, _, n_
from core.training.inside import Inside

MOST_DIGITS = 9  # to tell two numbers apart
RATELESS = ("rprop",)  # the learning rate is but where its step sizes begin

ABOUT = {
    "zero_grad": N_(
        "Next, the gradients of the step before are thrown away; otherwise PyTorch would add the new ones to "
        "them."
    ),
    "forward": N_("Next, the model makes a prediction for every point of this step, from its x."),
    "loss": N_(
        "Next, the predictions are compared with their targets, and all misses are boiled down to one "
        "number: the loss."
    ),
    "backward": N_(
        "Next, PyTorch goes back through everything that led to the loss, and finds for each parameter how "
        "the loss changes with it: its gradient."
    ),
    "step": N_(
        "Next, {optimizer} changes the parameters: it makes its step of their gradients, so that the loss "
        "becomes smaller."
    ),
}


class Number(NamedTuple):
    """One number of a parameter before and after the step, nan as long as that is not done; its gradient."""

    name: str
    grad_name: str
    before: float
    after: float
    gradient: float


def code(phase: str, settings: Settings) -> str:
    """The line of code that is `phase`, as a program of these settings has it."""
    if phase == "backward" and settings.l1:
        return "objective.backward()"
    if phase == "step" and settings.optimizer == "lbfgs":
        return "optimizer.step(closure)"
    return CODE[phase]


def said(inside: Inside | None, lit: str) -> str:
    """What there is to say while the phase `lit` is lit, a word of PHASES; empty where none is."""
    if inside is None:
        return _("Draw points on the left plot, or load data: then a step can be gone through line by line.")
    if not lit:
        return _("Press Down to go through the next step phase by phase, → for a whole step.")
    if lit == inside.phase:
        return done(inside)
    under_way = 0 < inside.done < len(PHASES)
    return "\n".join([*([done(inside)] if under_way else []), about(lit, inside)])


def about(phase: str, inside: Inside) -> str:
    """What `phase` is about to do."""
    text = _(ABOUT[phase]).format(optimizer=_(inside.settings.row("optimizer").label))
    return f"{text} {_repeats()}" if phase == "step" and _is_lbfgs(inside) else text


def done(inside: Inside) -> str:
    """What the phase that was done last has done, with its numbers; there must be one."""
    sentences = _DONE[inside.phase](inside)
    if inside.settings.standardise and inside.phase != "zero_grad":
        sentences += [_("These are numbers of scaled data."), *_loss_of_data(inside)]
    if inside.complete:
        sentences += [_complete()]
    return " ".join(sentences)


# --- the phases ------------------------------------------------------------------------------------------


def _zero_grad(inside: Inside) -> list[str]:
    if any(view.grad is not None for view in inside.views[0]):
        return [
            _(
                "The gradients of the step before are thrown away: every .grad is None. Otherwise PyTorch "
                "would add the new ones to them."
            )
        ]
    return [
        _(
            "There were no gradients yet. From the next step on, this line throws away the old ones; "
            "otherwise PyTorch would add the new ones to them."
        )
    ]


def _forward(inside: Inside) -> list[str]:
    assert inside.prediction is not None
    count = len(inside.prediction)
    return [
        n_(
            "The model has made {count} prediction: it is {first}, its target is {target}.",
            "The model has made {count} predictions; the first is {first}, its target is {target}.",
            count,
        ).format(count=f"{count:,}", first=_text(inside.prediction[0]), target=_text(inside.targets[0]))
    ]


def _loss(inside: Inside) -> list[str]:
    assert inside.loss is not None
    count = len(inside.targets)
    sentences = [
        n_(
            "The miss of {count} prediction is boiled down to one number, the loss: {loss}.",
            "The misses of {count} predictions are boiled down to one number, the loss: {loss}.",
            count,
        ).format(count=f"{count:,}", loss=_text(inside.loss))
    ]
    if inside.settings.l1 and inside.objective is not None:
        sentences.append(
            _("With the penalty for large weights (L1) it is {objective}; that is made smaller.").format(
                objective=_text(inside.objective)
            )
        )
    return sentences


def _loss_of_data(inside: Inside) -> list[str]:
    """The loss as the rest of the window tells it."""
    if inside.phase != "loss" or inside.loss is None or inside.unit == 1.0:
        return []
    return [_("In the units of the data the loss is {loss}.").format(loss=_text(inside.loss * inside.unit))]


def _backward(inside: Inside) -> list[str]:
    number = _number(inside)
    if not math.isfinite(number.gradient):
        words = _(
            "PyTorch went back through the graph, but {grad} is {gradient}: the numbers have grown too "
            "large to compute with."
        )
    elif number.gradient < 0:
        words = _(
            "PyTorch went back through the graph: {grad} is {gradient}, so a slightly larger {name} would "
            "lower {loss}."
        )
    elif number.gradient > 0:
        words = _(
            "PyTorch went back through the graph: {grad} is {gradient}, so a slightly larger {name} would "
            "raise {loss}."
        )
    else:
        words = _(
            "PyTorch went back through the graph: {grad} is {gradient}, so a slightly larger {name} would "
            "hardly change {loss}."
        )
    first = words.format(
        grad=number.grad_name,
        name=number.name,
        gradient=_text(number.gradient),
        loss=_("the loss with its penalty") if inside.settings.l1 else _("the loss"),
    )
    return [first, *_clipping(inside)]


def _clipping(inside: Inside) -> list[str]:
    """That all gradients together were shortened, if they were."""
    limit, length = inside.settings.clip_norm, inside.unclipped
    if limit is None or length is None or not length > limit:
        return []
    return [
        _("All gradients together were {length} long and have been clipped to {limit}.").format(
            length=_text(length), limit=_text(limit)
        )
    ]


def _step(inside: Inside) -> list[str]:
    number, optimizer = _number(inside), _(inside.settings.row("optimizer").label)
    before, after = apart(number.before, number.after)
    first = _moved(number.gradient, number.after - number.before).format(
        optimizer=optimizer, name=number.name, before=before, after=after
    )
    if _is_lbfgs(inside):
        return [first, _repeats()]
    if inside.settings.optimizer in RATELESS:
        return [first]
    return [first, _rate(inside.rate)]


def usual() -> str:
    """As much as there is to say of a phase as a rule, to keep room for."""
    number = _text(-0.1234)
    moved = _moved(1.0, -1.0).format(optimizer="RMSprop", name="w1[00, 0]", before=number, after=number)
    return " ".join([moved, _rate(0.001), _complete()])


def _moved(gradient: float, change: float) -> str:
    """The words for a change of a number whose gradient this is."""
    if not math.isfinite(change):
        return _("{name} went from {before} to {after}: the numbers have grown too large to compute with.")
    if change == 0:
        return _("{optimizer} has left {name} at {before}.")
    if not math.isfinite(gradient):
        return _("{optimizer} has moved {name} from {before} to {after}.")
    if gradient == 0:
        return _("{optimizer} has moved {name} from {before} to {after}, though its gradient is 0.")
    if (change < 0) != (gradient < 0):
        return _("{optimizer} has moved {name} from {before} to {after}, against its gradient.")
    return _(
        "{optimizer} has moved {name} from {before} to {after}, this time not against its gradient: it goes "
        "by more than the gradient of this step."
    )


_DONE = {"zero_grad": _zero_grad, "forward": _forward, "loss": _loss, "backward": _backward, "step": _step}


def _is_lbfgs(inside: Inside) -> bool:
    return inside.settings.optimizer == "lbfgs"


def _rate(rate: float) -> str:
    return _("The learning rate, {rate}, scales its steps.").format(rate=f"{rate:.4g}")


def _complete() -> str:
    return _("The step is complete; Down begins the next.")


def _repeats() -> str:
    return _("Within this one line LBFGS may go through the four lines above again and again.")


# --- the numbers -----------------------------------------------------------------------------------------


def _number(inside: Inside) -> Number:
    """One number to tell of: of the first parameter with any gradient, the one with the largest."""
    assert inside.gradient is not None
    sizes = [float(np.max(np.abs(gradient))) for gradient in inside.gradient]
    which = next((place for place, size in enumerate(sizes) if size), 0)  # also of what is not a number
    gradient = inside.gradient[which]
    place = np.unravel_index(int(np.argmax(np.abs(gradient))), gradient.shape)
    index = "" if gradient.size == 1 else f"[{', '.join(str(int(part)) for part in place)}]"
    name = inside.names[which]
    return Number(
        name + index,
        f"{name}.grad{index}",
        float(inside.before[which][place]),
        math.nan if inside.after is None else float(inside.after[which][place]),
        float(gradient[place]),
    )


def apart(before: float, after: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart."""
    pair = (_text(before), _text(after))
    for digits in range(DIGITS + 1, MOST_DIGITS + 1):
        if before == after or pair[0] != pair[1]:
            break
        pair = (_text(before, digits), _text(after, digits))
    return pair


def _text(value: float, digits: int = DIGITS) -> str:
    """A number to read; one that is none by PyTorch's word."""
    return "nan" if math.isnan(value) else significant(float(value), digits)
