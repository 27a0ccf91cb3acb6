"""When the loop of a program ends: the rules that are set, as few lines as each takes."""

from __future__ import annotations

import numpy as np

from core.export.course import CONVERGENCE_EVERY, Course
from core.export.page import Page
from core.export.recipe import Recipe
from core.export.words import literal
from core.texts import N_, _

TOLERANCE = "5e-6"  # as core.training.convergence has them, which takes torch
SMALLEST_VARIANCE = "1e-12"
SMALLEST_SPREAD = "1e-15"
ONE_LAYER = 2  # arrays: its weights and its biases

KEEP_BEST = "best = copy.deepcopy(model.state_dict())"
VALIDATION_LOSS = "validation_loss = loss_function(model(held_inputs), held_targets)"

ENDED = {
    "epochs": N_("There all epochs were done."),
    "steps": N_("There all steps were done."),
    "seconds": N_("There its time was up; how many steps it takes is never the same."),
    "loss_below": N_("There the loss was below the limit that was set."),
    "gradient_below": N_("There the gradient was shorter than the limit that was set."),
    "patience": N_("There the loss had not improved for as many steps as its patience."),
    "early_stopping": N_("There the validation loss was lowest; later steps were thrown away."),
    "converged": N_("There it had converged: more steps would change next to nothing."),
    "diverged": N_("The next step would have been infinite."),
    "nan": N_("The next step would have been NaN, not a number."),
}


def imports(course: Course) -> list[str]:
    """What they need of Python's own."""
    if course.made is not None:
        return []
    lines = ["import copy"]
    if course.last.settings.seconds is not None:
        lines.append("import time")
    if course.end is None:
        lines.append("from itertools import count")
    return lines


def is_patient(course: Course) -> bool:
    """Whether the lowest loss is looked for."""
    return course.made is None and course.last.settings.patience is not None


def stops_early(course: Course) -> bool:
    """Whether the run goes back to the step with the lowest loss of the points held out."""
    return is_patient(course) and course.last.holds_out


def _is_alone(recipe: Recipe) -> bool:
    """Whether the model takes one input."""
    return recipe.curve.shapes()[0][1] == 1


def _is_constant(recipe: Recipe) -> bool:
    """Whether x is the same at all points that are trained on, so that nothing is to be found of it."""
    x = recipe.scaling.x_in(recipe.training[0]).astype(recipe.settings.dtype).astype(np.float64)
    return bool((x.std(axis=0) <= float(SMALLEST_SPREAD) * abs(x.mean(axis=0))).all())


def keeps_norm(course: Course) -> bool:
    """Whether a rule asks for the length of a gradient that is shortened."""
    settings = course.last.settings
    return course.made is None and None not in (settings.gradient_below, settings.clip_norm)


# --- before the loop --------------------------------------------------------------------------------------


def before_loop(page: Page, course: Course) -> None:
    """What the rules keep account of."""
    if course.made is not None:
        return
    if course.may_converge:
        _convergence(page, course)
    if is_patient(course):
        page.code('best_loss, best_step = float("inf"), 0')
    if stops_early(course):
        page.code(KEEP_BEST)
    if course.last.settings.seconds is not None:
        page.code("started = time.perf_counter()")


def _convergence(page: Page, course: Course) -> None:
    """The function that says whether a gradient is next to nothing, as core.training.convergence does."""
    recipe, whole = course.last, course.whole
    page.gap()
    page.say(_("Training has converged where the gradient is next to nothing, whatever the units."))
    if recipe.curve.layered and not (_is_alone(recipe) or _is_constant(recipe)):
        page.say(_("For that the inputs are first made independent of each other."))
    page.code("def vanishes(gradients):")
    _gradients(page, recipe, whole)
    dtype = ", dtype=torch.float64" if recipe.double else ""
    place = ", device=device" if recipe.device else ""
    page.say(_("Beside the loss of errors as large as the spread of y."), inside=1)
    page.code(f"off = torch.tensor([[size], [-size]]{dtype}{place})", inside=1)
    page.code(f"return pull <= {TOLERANCE} * loss_function(off, torch.zeros_like(off)).item()", inside=1)
    page.gap(2)


def _gradients(page: Page, recipe: Recipe, whole: str) -> None:
    """How large the gradient is, whatever the units."""
    if not recipe.curve.layered:
        page.code(f"size = {_size(recipe, whole)}", inside=1)
        found = _in_double("gradient", recipe)
        page.code(f"pull = max({found}.abs().max().item() for gradient in gradients)", inside=1)
        return
    inputs, constant = _in_double(f"{whole}inputs", recipe), _is_constant(recipe)
    layered = len(recipe.curve.shapes()) > ONE_LAYER
    found = "weight, bias, *others" if layered else "weight, bias"
    page.code(f"{found} = ({_in_double('gradient', recipe)} for gradient in gradients)", inside=1)
    if _is_alone(recipe) and not constant:
        page.code(f"column = {inputs}", inside=1)
        page.code("weight = (weight - bias[:, None] * column.mean()) / column.std(correction=0)", inside=1)
    elif not constant:
        _make_independent(page, inputs)
    page.code(f"size = {_size(recipe, whole)}", inside=1)
    own = ["bias"] if constant else ["weight", "bias"]  # nothing is to be found of an x that stays
    if layered:
        page.code(f"gradients = [{', '.join([*own, '*others'])}]", inside=1)
        page.code("gradients[-2:] = [gradient * size for gradient in gradients[-2:]]", inside=1)
        page.code("pull = max(gradient.abs().max().item() for gradient in gradients)", inside=1)
    elif constant:
        page.code("pull = bias.abs().item() * size", inside=1)
    else:
        page.code("pull = max(weight.abs().max().item(), bias.abs().item()) * size", inside=1)


def _make_independent(page: Page, inputs: str) -> None:
    """The gradient for inputs of mean 0 and deviation 1 of which none goes with another."""
    page.code(f"columns = {inputs}", inside=1)
    page.code("centre, spread = columns.mean(dim=0), columns.std(dim=0, correction=0)", inside=1)
    page.code(
        f"spread = spread.where(spread > {SMALLEST_SPREAD} * centre.abs(), 1.0)\n"
        "columns = (columns - centre) / spread\n"
        "variances, axes = torch.linalg.eigh(columns.T @ columns / len(columns))\n"
        f"kept = variances > {SMALLEST_VARIANCE} * variances[-1]\n"
        "axes = axes[:, kept] / variances[kept].sqrt() / spread[:, None]\n"
        "weight = (weight - torch.outer(bias, centre)) @ axes",
        inside=1,
    )


def _size(recipe: Recipe, whole: str) -> str:
    """The deviation of y, as code; where all y are equal, their size."""
    y = recipe.scaling.y_in(recipe.training[1]).astype(recipe.settings.dtype)
    if y.min() != y.max():
        return f"{_in_double(whole + 'targets', recipe)}.std(correction=0).item()"
    return literal(float(abs(y[0])) or 1.0)


def _in_double(name: str, recipe: Recipe) -> str:
    return name + ".cpu()" * bool(recipe.device) + ".double()"


# --- in the loop ------------------------------------------------------------------------------------------


def before_step(page: Page, course: Course, inside: int) -> None:
    """What is kept of the parameters before a step, to go back to."""
    if course.made is None:
        page.code("kept = copy.deepcopy(model.state_dict())", inside=inside)


def behind_step(page: Page, course: Course, inside: int) -> None:
    """What is noted behind a step, and the rules in the order in which they are asked."""
    if course.made is not None:
        return
    settings, loss = course.last.settings, f"loss.item(){course.unit}"
    page.say(_("A step into infinity is taken back, and ends training."), inside=inside)
    page.code("if not all(number.isfinite().all() for number in (loss, *model.parameters())):", inside=inside)
    page.code("model.load_state_dict(kept)\nstep -= 1\nbreak", inside=inside + 1)
    if is_patient(course):
        _best(page, course, inside)
    if course.may_converge:
        _has_converged(page, course, inside)
    if settings.loss_below is not None:
        _end_if(page, course, _("Stop below a loss."), f"{loss} < {literal(settings.loss_below)}", inside)
    if settings.gradient_below is not None:
        short = f"{_norm(course)} < {literal(settings.gradient_below)}"
        _end_if(page, course, _("Stop where the gradient is short."), short, inside)
    if settings.patience is not None:
        _patience(page, course, inside)
    if settings.seconds is not None:
        sentence = _("Stop when the time is up; how many steps that takes is never the same.")
        late = f"time.perf_counter() - started >= {literal(settings.seconds)}"
        _end_if(page, course, sentence, late, inside)


def _end_if(page: Page, course: Course, sentence: str, condition: str, inside: int) -> None:
    page.say(sentence, inside=inside)
    page.code(f"if {_behind_changes(course)}{condition}:", inside=inside)
    page.code("break", inside=inside + 1)


def _behind_changes(course: Course) -> str:
    """A run ends only behind its last change."""
    return f"step > {course.changed} and " if course.changed else ""


def _has_converged(page: Page, course: Course, inside: int) -> None:
    """Two looks at the gradient: as the step left it, and of all points behind it."""
    sentence = _("Every {count} steps: stop where training has converged.").format(count=CONVERGENCE_EVERY)
    page.say(sentence, inside=inside)
    look = "vanishes(parameter.grad for parameter in model.parameters())"
    page.code(
        f"if {_behind_changes(course)}step % {CONVERGENCE_EVERY} == 0 and {look}:",
        inside=inside,
    )
    whole = course.whole
    page.code(f"loss_of_all = loss_function(model({whole}inputs), {whole}targets)", inside=inside + 1)
    page.code("if vanishes(torch.autograd.grad(loss_of_all, model.parameters())):", inside=inside + 1)
    page.code("break", inside=inside + 2)


def _norm(course: Course) -> str:
    """The length of the gradient before any clipping, as code."""
    if keeps_norm(course):
        return "norms[-1].item()" if course.first.several else "norm.item()"
    return "nn.utils.get_total_norm([parameter.grad for parameter in model.parameters()]).item()"


def _best(page: Page, course: Course, inside: int) -> None:
    """The lowest loss so far, and where it was."""
    recipe, unit = course.last, course.unit
    counted = f"{'validation_' * recipe.holds_out}loss.item(){unit}"
    if recipe.holds_out and not measures_held_out(course):
        validation_loss(page, "", inside)
    page.code(f"if {counted} < best_loss:", inside=inside)
    page.code(f"best_loss, best_step = {counted}, step", inside=inside + 1)
    if stops_early(course):
        page.code(KEEP_BEST, inside=inside + 1)


def _patience(page: Page, course: Course, inside: int) -> None:
    """So many steps without a new lowest loss."""
    patience = course.last.settings.patience
    since = f"max(best_step, {course.changed})" if course.changed else "best_step"
    early = stops_early(course)
    page.say(
        _("Early stopping: the validation loss improves no more, so go back to its best step.")
        if early
        else _("Patience: stop after so many steps without a new lowest loss."),
        inside=inside,
    )
    page.code(f"if step - {since} >= {patience}:", inside=inside)
    if early:
        page.code("model.load_state_dict(best)\nstep = best_step", inside=inside + 1)
    page.code("break", inside=inside + 1)


def measures_held_out(course: Course) -> bool:
    """Whether the schedule looks at the loss of the points held out, and so finds it in every step."""
    schedule = course.first.schedule
    return schedule is not None and schedule.measured and course.holds_out


def validation_loss(page: Page, phase: str, inside: int) -> None:
    """The loss of the points held out."""
    page.code("with torch.no_grad():", phase, inside)
    page.code(VALIDATION_LOSS, phase, inside + 1)
