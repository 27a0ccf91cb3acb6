"""What each of the five lines of a training step does, told with the numbers of the step, for a beginner."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.choices import LOSSES, OPTIMIZERS
from core.choices.phases import CODE, PHASES
from core.experiment.settings import Settings
from core.insight.numbers import DIGITS, significant, typed
from core.insight.plane import parameter_names
from core.insight.relu_bend import bends
from core.insight.units import DataUnits
from core.texts import N_, _, joined, n_
from core.training.inside import Inside

Floats = NDArray[np.float64]
Place = tuple[int, ...]

MOST_DIGITS = 9  # to tell two numbers apart
CARRIERS = ("momentum_buffer", "exp_avg")  # what optimizers keep of the direction of earlier steps
DECAYS = ("weight_decay", "lambd")  # hyper-parameters that pull every parameter toward zero

ABOUT = {
    "zero_grad": N_(
        "Next, the gradients of the step before are thrown away; otherwise PyTorch would add the new ones to "
        "them."
    ),
    "forward": N_("Next, the model makes a prediction for every point of this step, from its x."),
    "loss": N_(
        "Next, the predictions are compared with their targets. How far off they are, as one number, is the "
        "loss."
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
    """One parameter before and after the step, nan as long as that is not done, and its gradient.

    `kept` is what the optimizer keeps of its direction in earlier steps, nan for nothing.
    """

    name: str
    grad_name: str
    before: float
    after: float
    gradient: float
    kept: float


def code(phase: str, settings: Settings) -> str:
    """The line of code that is `phase`, as a program of these settings has it."""
    if phase == "backward" and settings.l1:
        return "objective.backward()"
    if phase == "step" and not OPTIMIZERS[settings.optimizer].first_order:
        return "optimizer.step(closure)"
    return CODE[phase]


def shorter_code(line: str) -> tuple[str, ...]:
    """A line of code without where its result goes, and without what it is given."""
    call = line.rpartition(" = ")[2]
    return call, f"{call.partition('(')[0]}(…)"


def said(inside: Inside | None, lit: str, parameter: int = 0, ended: str = "") -> str:
    """What there is to say while the phase `lit` is lit, a word of PHASES; empty where none is.

    `parameter` is the place, in a flat row of all, of the one that is told of; `ended` is "diverged" or
    "nan" where the run cannot go on.
    """
    if inside is None:
        return invitation()
    if lit and lit == inside.phase:
        return done(inside, parameter, ended)
    if ended or (inside.complete and has_diverged(inside)):
        return _end(ended or _reason(inside))
    if not lit:
        return _("Press Down to go through the next step phase by phase, → for a whole step.")
    under_way = 0 < inside.done < len(PHASES)
    return "\n".join([*([done(inside, parameter)] if under_way else []), about(lit, inside)])


def invitation() -> str:
    """What stands where no step can be told of: there are no points, or nobody has asked for a step."""
    return _(
        "Press Down to go through a step, phase by phase. If there are no points yet, draw some in the Fit "
        "panel or load data first."
    )


def about(phase: str, inside: Inside) -> str:
    """What `phase` is about to do."""
    text = _(ABOUT[phase]).format(optimizer=_(inside.settings.row("optimizer").label))
    return joined(text, _repeats()) if phase == "step" and _looks_again(inside) else text


def done(inside: Inside, parameter: int = 0, ended: str = "") -> str:
    """What the phase that was done last has done, with its numbers; there must be one."""
    sentences = _DONE[inside.phase](inside, parameter)
    if inside.settings.standardise and inside.phase != "zero_grad":
        sentences += _units(inside)
    if inside.complete:
        lost = ended or has_diverged(inside)
        sentences += [_end(ended or _reason(inside)) if lost else _complete()]
    return joined(*sentences)


def has_diverged(inside: Inside) -> bool:
    """Whether a step has led to what is no number, so that no other can follow it."""
    inside = inside.trained or inside
    found = (*(inside.after or ()), np.array(0.0 if inside.loss is None else inside.loss))
    return not all(np.isfinite(each).all() for each in found)


def _reason(inside: Inside) -> str:
    """Why a step has no number: "nan" where all that went into its last line had one, else "diverged"."""
    inside = inside.trained or inside
    found = (np.array(inside.loss), *(inside.gradient or ()))
    numbers = all(np.isfinite(each).all() for each in found)
    return "nan" if numbers and any(np.isnan(each).any() for each in inside.after or ()) else "diverged"


# --- the phases ------------------------------------------------------------------------------------------


def _zero_grad(inside: Inside, _parameter: int) -> list[str]:
    if inside.number == 1 and all(view.grad is None for view in inside.views[0]):
        return [
            _(
                "A gradient says how the loss changes with a parameter; there were none yet. From the next "
                "step on, this line throws away the old ones; otherwise PyTorch would add the new ones to "
                "them."
            )
        ]
    return [
        _(
            "The gradients of the step before are thrown away: every .grad is None. Otherwise PyTorch would "
            "add the new ones to them."
        )
    ]


def _forward(inside: Inside, _parameter: int) -> list[str]:
    assert inside.prediction is not None
    count = len(inside.prediction)
    told = {
        "count": f"{count:,}",
        "points": f"{inside.points:,}",
        "first": _text(inside.prediction[0]),
        "target": _text(inside.targets[0]),
    }
    if count < inside.points:
        words = n_(
            "This batch has {count} of the {points} points. The model has made a prediction from its x: it "
            "is {first}, its target y is {target}.",
            "This batch has {count} of the {points} points. The model has made a prediction from the x of "
            "each; the first is {first}, its target y is {target}.",
            count,
        )
    else:
        words = n_(
            "The model has made {count} prediction, from the x of the point: it is {first}, its target y is "
            "{target}.",
            "The model has made {count} predictions, one from the x of each point; the first is {first}, its "
            "target y is {target}.",
            count,
        )
    return [words.format(**told)]


def _loss(inside: Inside, _parameter: int) -> list[str]:
    assert inside.loss is not None
    count = len(inside.targets)
    sentences = [
        n_(
            "The prediction is compared with its target. How far off it is, as one number, is the loss: "
            "{loss}. The smaller, the better.",
            "The {count} predictions are compared with their targets. How far off they are, as one number, "
            "is the loss: {loss}. The smaller, the better.",
            count,
        ).format(count=f"{count:,}", loss=_text(inside.loss))
    ]
    if inside.settings.l1 and inside.objective is not None:
        sentences.append(
            _(
                "With the penalty for large weights (L1) it is the objective, {objective}; that is made "
                "smaller."
            ).format(objective=_text(inside.objective))
        )
    return sentences


def _units(inside: Inside) -> list[str]:
    """What the numbers are in, where training has standardised data."""
    if not inside.of_data:
        return [_("These numbers are as trained, of standardised data."), *_loss_of_data(inside)]
    if inside.phase == "step":
        return [_("The step was made as trained; told is where it leads in the units of the data.")]
    return [_("Told in the units of the data; the program computes as trained.")]


def _loss_of_data(inside: Inside) -> list[str]:
    """The loss as the rest of the window tells it."""
    if inside.phase != "loss" or inside.loss is None or inside.unit == 1.0:
        return []
    return [_("In the units of the data the loss is {loss}.").format(loss=_text(inside.loss * inside.unit))]


def _backward(inside: Inside, parameter: int) -> list[str]:
    number = _number(inside, parameter)
    if not math.isfinite(number.gradient):
        words = _("{grad} is {gradient}: the numbers have grown too large to compute with.")
        if inside.trained is not None and math.isfinite(_number(inside.trained, parameter).gradient):
            words = _("{grad} is as trained only: it is too large for the units of the data.")
    elif kink := _kink(inside, parameter):
        words = kink
    elif number.gradient < 0:
        words = _(
            "{grad} is {gradient}: a slightly larger {name} would lower {loss}, and a smaller one raise it."
        )
    elif number.gradient > 0:
        words = _(
            "{grad} is {gradient}: a slightly larger {name} would raise {loss}, and a smaller one lower it."
        )
    else:
        words = _("{grad} is {gradient}: a slightly larger or smaller {name} would hardly change {loss}.")
    told = words.format(
        grad=number.grad_name,
        name=number.name,
        count=f"{_met(inside):,}",
        gradient=_text(number.gradient),
        loss=_what_falls(inside),
    )
    went = _("PyTorch went back through the graph, from the loss to each parameter, and found its gradient.")
    return [went, *_clipping(inside), told]


def _met(inside: Inside) -> int:
    """How many predictions are exactly their targets, where the loss has a kink there."""
    inside = inside.trained or inside  # rounding may part them, or join them, in other units
    if not LOSSES[inside.settings.loss].kink:
        return 0
    return int(np.count_nonzero(inside.prediction == inside.targets))


def _kink(inside: Inside, parameter: int) -> str:
    """The words for a gradient where what is minimised has another slope on each side; empty elsewhere."""
    if met := _met(inside):
        return n_(
            "{grad} is {gradient}. {count} prediction is exactly its target, where {loss} has a kink: "
            "PyTorch takes the slope halfway between those on both sides.",
            "{grad} is {gradient}. {count} predictions are exactly their targets, where {loss} has a kink: "
            "PyTorch takes the slope halfway between those on both sides.",
            met,
        )
    trained, move = inside.trained or inside, _move_of_training(inside, parameter)
    if inside.bends and bends(trained.before, move, trained.inputs[list(inside.bends)]):
        return _(
            "{grad} is {gradient}. An input of ReLU is exactly 0, where it has a kink: PyTorch takes its "
            "slope there to be 0."
        )
    if not inside.settings.l1 or not any(map(_leaves_zero, trained.before, move)):
        return ""
    if not inside.of_data:
        return _(
            "{grad} is {gradient}. {name} is exactly 0, where its penalty has a kink: PyTorch takes the "
            "slope halfway between those on both sides."
        )
    return _(
        "{grad} is {gradient}. A weight that goes with {name} is exactly 0 as trained, where its penalty has "
        "a kink: PyTorch takes the slope halfway between those on both sides."
    )


def _leaves_zero(array: Floats, move: Floats) -> bool:
    """Whether a weight of an array that is exactly 0 goes from there along `move`."""
    return array.ndim > 1 and bool(np.any(move[array == 0]))


def _move_of_training(inside: Inside, parameter: int) -> Sequence[Floats]:
    """How the arrays of training go where one parameter goes up by 1, in the units in which it is told."""
    row = np.zeros(inside.curve.count())
    row[parameter if parameter < len(row) else 0] = 1.0
    if inside.trained is not None:
        row = DataUnits(inside.curve, inside.trained.scaling).trained_move(row)
    return inside.curve.arrays(row)


def _clipping(inside: Inside) -> list[str]:
    """That all gradients together were shortened, if they were."""
    limit, length = inside.settings.clip_norm, inside.unclipped
    if limit is None or length is None or not length > limit:
        return []
    if inside.of_data:
        return [
            _(
                "Clipping, which measures as trained, shortened the whole gradient to {share} of its length, "
                "its direction kept. The number that follows is of the shortened one."
            ).format(share=_text(limit / length))
        ]
    return [
        _(
            "Before clipping the whole gradient was {length} long; it was shortened to {limit}, its "
            "direction kept. The number that follows is of the shortened one."
        ).format(length=_text(length), limit=_text(limit))
    ]


def _step(inside: Inside, parameter: int) -> list[str]:
    number, optimizer = _number(inside, parameter), _(inside.settings.row("optimizer").label)
    before, after = apart(number.before, number.after)
    moved = _told_move(inside, number, parameter).format(
        optimizer=optimizer, name=number.name, before=before, after=after, loss=_what_falls(inside)
    )
    sentences = [moved, *_others(inside, parameter)]
    if _looks_again(inside):
        sentences.append(_repeats())
    elif not OPTIMIZERS[inside.settings.optimizer].begins_by_rate:
        sentences.append(_rate(inside.rate))
    return [*sentences, _loss_is_before()]


def _told_move(inside: Inside, number: Number, parameter: int) -> str:
    """The words for a change of a parameter, by the rule of the optimizer where that holds."""
    if inside.trained is None:
        return _moved(number, _outweighing(inside, number))
    if math.isfinite(_number(inside.trained, parameter).after) and not math.isfinite(number.after):
        return _("{name} is as trained only: it is too large for the units of the data.")
    return _moved(number._replace(gradient=math.nan) if math.isfinite(number.after) else number, "")


def _others(inside: Inside, parameter: int) -> list[str]:
    """That the parameters which are not told of have moved too, where there are several."""
    assert inside.after is not None
    changes = [now != was for was, now in zip(inside.before, inside.after, strict=True)]
    others = sum(change.size for change in changes) - 1
    if others < 2 or has_diverged(inside):
        return []
    which, place = _place(inside, parameter)
    own = int(changes[which][place])
    moved = sum(int(np.count_nonzero(change)) for change in changes) - own
    if moved == others:
        return [_all_others() if own else _("All other parameters moved.")]
    if not moved:
        return [_("No other parameter moved.")]
    words = _("Of the {others} other parameters {moved} moved.")
    return [words.format(others=f"{others:,}", moved=f"{moved:,}")]


def _outweighing(inside: Inside, number: Number) -> str:
    """What it is that has led a parameter the way in which its gradient points."""
    values = inside.settings.values("optimizer")
    decays, is_carried = any(values.get(key) for key in DECAYS), number.kept * number.gradient < 0
    if is_carried and not decays:
        return _(
            "{optimizer} has moved {name} from {before} to {after}, this time against what the gradient "
            "says: the momentum of earlier steps still carries it on."
        )
    if decays and not is_carried:
        return _(
            "{optimizer} has moved {name} from {before} to {after}, this time against what the gradient "
            "says: the decay, which pulls every parameter toward zero, is the stronger one."
        )
    return _(
        "{optimizer} has moved {name} from {before} to {after}, this time against what the gradient says: it "
        "goes by more than the gradient of this step."
    )


def usual() -> str:
    """As much as there is to say of a phase as a rule, to keep room for."""
    shown = _text(-0.1234)
    number = Number("w1[00, 0]", "", 1.0, 0.0, 1.0, math.nan)
    moved = _moved(number, "").format(
        optimizer="RMSprop", name=number.name, before=shown, after=shown, loss=_("the loss")
    )
    return joined(moved, _all_others(), _rate(0.001), _loss_is_before(), _complete())


def _moved(number: Number, outweighed: str) -> str:
    """The words for a change; those `outweighed` where it goes the way in which the gradient points."""
    change, gradient = number.after - number.before, number.gradient
    if math.isnan(number.after) and math.isfinite(gradient):
        return _("{optimizer} has moved {name} from {before} to NaN, which is not a number.")
    if not math.isfinite(change):
        return _("{name} went from {before} to {after}: the numbers have grown too large to compute with.")
    if change == 0:
        return _("{optimizer} has left {name} at {before}.")
    if not math.isfinite(gradient):
        return _("{optimizer} has moved {name} from {before} to {after}.")
    if gradient == 0:
        return _("{optimizer} has moved {name} from {before} to {after}, though its gradient is 0.")
    if (change < 0) != (gradient < 0):
        return _(
            "{optimizer} has moved {name} from {before} to {after}, against its gradient, to make "
            "{loss} smaller."
        )
    return outweighed


_DONE = {"zero_grad": _zero_grad, "forward": _forward, "loss": _loss, "backward": _backward, "step": _step}


def _what_falls(inside: Inside) -> str:
    """What training makes smaller."""
    return _("the objective") if inside.settings.l1 else _("the loss")


def _looks_again(inside: Inside) -> bool:
    return not OPTIMIZERS[inside.settings.optimizer].first_order


def _rate(rate: float) -> str:
    return _("The learning rate, {rate}, sets how large the steps are.").format(rate=typed(rate, DIGITS))


def _all_others() -> str:
    return _("All other parameters moved too.")


def _loss_is_before() -> str:
    return _("The loss shown was found before this move.")


def _complete() -> str:
    return _("The step is complete; Down begins the next.")


def _end(reason: str) -> str:
    if reason == "nan":
        return _("This step has led to NaN, which is not a number: there is no next step. Home starts again.")
    return _(
        "This run has diverged: there is no next step. Take a smaller learning rate, or press Home to start "
        "again."
    )


def _repeats() -> str:
    return _("Within this one line LBFGS may go through the four lines above again and again.")


# --- the numbers -----------------------------------------------------------------------------------------


def _number(inside: Inside, parameter: int) -> Number:
    """What there is to tell of one parameter, by its place in a flat row of all."""
    assert inside.gradient is not None
    which, place = _place(inside, parameter)
    state = (inside.state_after or inside.state_before)[which]
    kept = next((found for key in CARRIERS if isinstance(found := state.get(key), np.ndarray)), None)
    return Number(
        *_names(inside, which, place),
        float(inside.before[which][place]),
        math.nan if inside.after is None else float(inside.after[which][place]),
        float(inside.gradient[which][place]),
        math.nan if kept is None else float(kept[place]),
    )


def _place(inside: Inside, parameter: int) -> tuple[int, Place]:
    """Which array a parameter is in, and where; the first of all for one that this model does not have."""
    left = parameter
    for which, array in enumerate(inside.before):
        if 0 <= left < array.size:
            return which, tuple(int(part) for part in np.unravel_index(left, array.shape))
        left -= array.size
    return 0, (0,) * inside.before[0].ndim


def _names(inside: Inside, which: int, place: Place) -> tuple[str, str]:
    """The name of a parameter, and of its gradient at the beginning of a sentence."""
    array = inside.names[which]
    flat = sum(each.size for each in inside.before[:which])
    flat += int(np.ravel_multi_index(place, inside.before[which].shape))
    name = parameter_names(inside.curve)[flat]
    if name == array:
        return name, f"{array}.grad"
    if name.startswith(f"{array}["):
        return name, f"{array}.grad{name.removeprefix(array)}"
    return name, _("The gradient of {name}").format(name=name)


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
