"""What was changed while the run went on, as a person would write it into the loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.choices import FIELDS
from core.export.course import Change, Course
from core.export.page import Page
from core.export.setting_up import loss_call, set_data
from core.export.stopping import KEEP_BEST, is_patient, stops_early
from core.export.words import literal
from core.texts import _

FEW = 4  # changes of the learning rate that are written one by one


def before_changes(page: Page, course: Course) -> None:
    """What the loop looks up of the changes, and what it changes of itself."""
    settings = course.first.settings
    if course.varies(lambda recipe: recipe.settings.l1):
        page.code(f"l1 = {literal(settings.l1)}")
    if course.varies(lambda recipe: recipe.settings.clip_norm):
        page.code(f"clip_norm = {literal(settings.clip_norm)}")
    rates = _rate_changes(course)
    if len(rates) > FEW:
        page.say(_("The learning rate was changed at these steps, to these numbers."))
        page.numbers("steps = (", np.array([change.since + 1 for change in rates]), ")")
        page.numbers("rates = (", np.array([change.after.settings.learning_rate for change in rates]), ")")
        page.code("rates = dict(zip(steps, rates))")
        page.code(f"rate = {literal(settings.learning_rate)}")


def changes_in_loop(page: Page, course: Course, inside: int) -> None:
    """Each change, before the first step that it holds for."""
    looked_up = len(_rate_changes(course)) > FEW
    with page.few(inside):
        for change in course.changes:
            _one(page, course, change, looked_up, inside)
    if looked_up:
        page.code("if step in rates:", inside=inside)
        _rate(page, course, "rate", "rates[step]", inside + 1)
        page.code("rate = rates[step]", inside=inside + 1)


def _one(page: Page, course: Course, change: Change, looked_up: bool, inside: int) -> None:
    """What one change takes; nothing where it is none of the steps'."""
    body, words = Page(page.section), []
    for name, write in WRITERS.items():
        if CHANGED[name](change) and not (looked_up and name == "learning_rate"):
            write(body, course, change, inside + 1)
            words.append(_(FIELDS[name].label) if name in FIELDS else _("points"))
    if course.shuffles_anew and change.after.begins_anew(change.before):
        fresh = f"new_batches({change.after.batch_code}, epoch={change.epoch})"
        body.code(f"batches = {fresh}", inside=inside + 1)
    if is_patient(course) and not change.after.measures_as(change.before):
        body.code(f'best_loss, best_step = float("inf"), {change.since}', inside=inside + 1)
        if stops_early(course):
            body.code(KEEP_BEST, inside=inside + 1)
    if not body.pieces:
        return
    page.say(_("Changed here: {what}.").format(what=", ".join(words)), inside=inside)
    page.code(f"if step == {change.since + 1}:", inside=inside)
    page.pieces += body.pieces


def _rate_changes(course: Course) -> list[Change]:
    return [change for change in course.changes if CHANGED["learning_rate"](change)]


def _of(name: str) -> Callable[[Change], bool]:
    return lambda change: getattr(change.before.settings, name) != getattr(change.after.settings, name)


def _other_loss(change: Change) -> bool:
    before, after = change.before.settings, change.after.settings
    return before.loss != after.loss or before.values("loss") != after.values("loss")


CHANGED: dict[str, Callable[[Change], bool]] = {
    "learning_rate": _of("learning_rate"),
    "loss": _other_loss,
    "l1": _of("l1"),
    "clip_norm": _of("clip_norm"),
    "points": lambda change: not change.after.has_points_of(change.before),
    "batch_size": _of("batch_size"),
}


def _change_rate(page: Page, course: Course, change: Change, inside: int) -> None:
    before, after = (literal(each.settings.learning_rate) for each in (change.before, change.after))
    _rate(page, course, before, after, inside)


def _rate(page: Page, course: Course, before: str, after: str, inside: int) -> None:
    """Another rate; whatever a schedule has made of it stays in proportion."""
    schedule = course.first.schedule
    page.code("for group in optimizer.param_groups:", inside=inside)
    keys = ("lr",) if schedule is None else schedule.rates
    if len(keys) == 1:
        scaled = after if schedule is None else f'group["lr"] / {before} * {after}'
        page.code(f'group["lr"] = {scaled}', inside=inside + 1)
    else:
        page.code(f"for name in {literal(keys)}:", inside=inside + 1)
        page.code(f"group[name] = group[name] / {before} * {after}", inside=inside + 2)
        base = f"[base / {before} * {after} for base in scheduler.base_lrs]"
        page.code(f"scheduler.base_lrs = {base}", inside=inside)


def _change_loss(page: Page, course: Course, change: Change, inside: int) -> None:
    page.code(f"loss_function = {loss_call(change.after)}", inside=inside)
    if course.changes_unit and change.before.unit != change.after.unit:
        page.code(f"loss_unit = {change.after.loss_unit}", inside=inside)


def _change_l1(page: Page, course: Course, change: Change, inside: int) -> None:
    page.code(f"l1 = {literal(change.after.settings.l1)}", inside=inside)


def _change_clip(page: Page, course: Course, change: Change, inside: int) -> None:
    page.code(f"clip_norm = {literal(change.after.settings.clip_norm)}", inside=inside)


def _change_points(page: Page, course: Course, change: Change, inside: int) -> None:
    end = f"_{change.since + 1}"
    page.code(f"x, y = x{end}, y{end}", inside=inside)
    if course.holds_out:
        page.code(f"held_x, held_y = held_x{end}, held_y{end}", inside=inside)
    set_data(page, course, inside)


def _change_nothing(page: Page, course: Course, change: Change, inside: int) -> None:
    """Another size of the batches takes new ones, as other points do."""


WRITERS: dict[str, Callable[[Page, Course, Change, int], None]] = {
    "learning_rate": _change_rate,
    "loss": _change_loss,
    "l1": _change_l1,
    "clip_norm": _change_clip,
    "points": _change_points,
    "batch_size": _change_nothing,
}
