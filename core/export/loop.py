"""The section of a program that trains: the five lines of a step, again and again."""

from __future__ import annotations

import math

from core.choices.phases import CODE
from core.experiment.split import EPOCH_STRIDE
from core.export import stopping
from core.export.changes import before_changes, changes_in_loop
from core.export.course import Course
from core.export.page import Page
from core.export.words import literal
from core.texts import _


def loop_section(course: Course) -> Page:
    """The loop, with the five lines of every PyTorch lesson in it."""
    page = Page("loop")
    if course.batched:
        _batches(page, course)
    before_changes(page, course)
    stopping.before_loop(page, course)
    _head(page, course)
    changes_in_loop(page, course, 1)
    stopping.before_step(page, course, 1)
    if course.shuffles_anew:
        page.code("batch = next(batches)", inside=1)
    if course.batched:
        page.code("inputs, targets = all_inputs[batch], all_targets[batch]", inside=1)
    _step(page, course, 1)
    stopping.behind_step(page, course, 1)
    return page


def _head(page: Page, course: Course) -> None:
    """The line that counts the steps."""
    if course.made is not None:
        page.say(_("Steps that the run has made so far: {step}.").format(step=f"{course.made:,}"))
        if course.ended in stopping.ENDED:
            page.say(_(stopping.ENDED[course.ended]))
    if course.end is None:
        steps = "count(1)"
        page.say(_("Nothing limits the number of steps: another rule ends training, or Ctrl+C."))
    else:
        steps = f"range(1, {course.end + 1})"
    if not course.batched:
        page.say(_("Training: each turn is one step, on all points."))
    else:
        page.say(_("Training: each turn is one step, on a few points."))
    if not course.batched or course.shuffles_anew:
        page.code(f"for step in {steps}:")
    elif course.end is None or course.end % course.first.batches == 0:
        page.code("for step, batch in enumerate(batches(), start=1):")
    else:
        page.say(_("The last epoch ends after {steps} steps in all.").format(steps=f"{course.end:,}"))
        page.code(f"for step, batch in zip({steps}, batches()):")


def _batches(page: Page, course: Course) -> None:
    """What gives the points of each step."""
    page.say(_("In every epoch all points come once, in a new order, a few in each step."))
    seed = f"{course.first.settings.seed} * {EPOCH_STRIDE:_} + epoch"
    generator = f"generator = torch.Generator().manual_seed({seed})"
    if course.shuffles_anew:
        page.code("def new_batches(size, epoch):")
        page.code("while size < len(all_targets):", inside=1)
        page.code(generator, inside=2)
        page.code("order = torch.randperm(len(all_targets), generator=generator)", inside=2)
        page.code("yield from order.split(size)\nepoch += 1", inside=2)
        page.code("while True:", inside=1)
        page.code(f"yield slice(None)  # {_('all points')}", inside=2)
        page.gap(2)
        page.code(f"batches = new_batches({course.first.batch_code}, epoch=0)")
    else:
        page.code("def batches():")
        end, batches = course.end, course.first.batches
        epochs = "count()" if end is None else f"range({math.ceil(end / batches)})"
        page.code(f"for epoch in {epochs}:", inside=1)
        page.code(generator, inside=2)
        page.code(f"order = torch.randperm({len(course.first.training[1])}, generator=generator)", inside=2)
        page.code(f"yield from order.split({course.first.batch_size})", inside=2)
        page.gap(2)


# --- the step ---------------------------------------------------------------------------------------------


def _step(page: Page, course: Course, inside: int) -> None:
    """One step of the optimizer, and of the schedule."""
    if course.first.several:
        _step_of_several(page, course, inside)
    else:
        _gradient(page, course, inside)
        _say_step(page, inside)
        page.code(CODE["step"], "step", inside)
    if course.first.schedule is not None:
        _schedule(page, course, inside)


def _say_step(page: Page, inside: int) -> None:
    page.say(_("Step: move every parameter a little."), "step", inside)


def _step_of_several(page: Page, course: Course, inside: int) -> None:
    """The lines as a function, which the optimizer calls as often as it needs."""
    penalised, measured = course.penalised, stopping.keeps_norm(course)
    if penalised:
        page.code("looks = []", inside=inside)
    if measured:
        page.code("norms = []", inside=inside)
    page.gap()
    page.say(_("The optimizer calls this several times in one step."), inside=inside)
    page.code("def closure():", inside=inside)
    _gradient(page, course, inside + 1)
    if penalised:
        page.code("looks.append(loss)", inside=inside + 1)
    page.code("return objective" if penalised else "return loss", inside=inside + 1)
    page.gap()
    _say_step(page, inside)
    if penalised:
        page.code("optimizer.step(closure)\nloss = looks[0]", "step", inside)
    else:
        page.code("loss = optimizer.step(closure)", "step", inside)


def _gradient(page: Page, course: Course, inside: int) -> None:
    """The four lines that lead to the gradient."""
    page.say(_("Empty the old gradients."), "zero_grad", inside)
    page.code(CODE["zero_grad"], "zero_grad", inside)
    page.say(_("Forward: predict y from x."), "forward", inside)
    page.code(CODE["forward"], "forward", inside)
    page.say(_("Loss: how wrong is that?"), "loss", inside)
    page.code(CODE["loss"], "loss", inside)
    if course.penalised:
        varies = course.varies(lambda recipe: recipe.settings.l1)
        l1 = "l1" if varies else literal(course.first.settings.l1)
        penalty = "torch.stack([weight.abs().sum() for weight in weights]).sum()"
        page.code(f"objective = loss + {l1} * {penalty}", "loss", inside)
    page.say(_("Backward: find every gradient."), "backward", inside)
    page.code("objective.backward()" if course.penalised else CODE["backward"], "backward", inside)
    if course.clips:
        _clip(page, course, inside)


def _clip(page: Page, course: Course, inside: int) -> None:
    """Shorten the gradient, and keep its length where a rule asks for it."""
    page.say(_("A gradient that is too long is shortened."), "backward", inside)
    longest = literal(course.first.settings.clip_norm)
    if course.varies(lambda recipe: recipe.settings.clip_norm):
        longest = "clip_norm"
        page.code("if clip_norm is not None:", "backward", inside)
        inside += 1
    clip = f"nn.utils.clip_grad_norm_(model.parameters(), {longest})"
    if stopping.keeps_norm(course):
        clip = f"norms.append({clip})" if course.first.several else f"norm = {clip}"
    page.code(clip, "backward", inside)


def _schedule(page: Page, course: Course, inside: int) -> None:
    """The rate of the next step."""
    row = course.first.schedule
    assert row is not None
    page.say(_("Set the learning rate of the next step."), "step", inside)
    if row.measured:
        _measured(page, course, inside)
    elif row.length:
        last = int(str(course.first.settings.values("schedule")[row.length])) - 1
        page.code(f"if scheduler.last_epoch < {last}:", "step", inside)
        page.code("scheduler.step()", "step", inside + 1)
    else:
        page.code("scheduler.step()", "step", inside)


def _measured(page: Page, course: Course, inside: int) -> None:
    """A schedule that looks at the loss, that of the points held out where there are any."""
    measured = "loss"
    if course.holds_out:
        stopping.validation_loss(page, "step", inside)
        measured = "(validation_loss if len(held_targets) else loss)" if course.mixed else "validation_loss"
    page.code(f"scheduler.step({measured}.item(){course.unit})", "step", inside)
