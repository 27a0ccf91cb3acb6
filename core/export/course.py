"""The parts of a run that was changed on its way: at which step each begins, and where the run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from core.experiment.experiment import Stretch
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.export.recipe import Recipe
from core.insight.scaling import Scaling

CONVERGENCE_EVERY = 128  # steps; as core.training.stop_rules has it, which takes torch


class Change(NamedTuple):
    """Behind step `since`, of the pass `epoch` over the points, `after` holds in place of `before`."""

    since: int
    epoch: int
    before: Recipe
    after: Recipe


class Part(NamedTuple):
    """Behind step `since` `recipe` holds; `epoch` passes over the points are complete there.

    `position` counts the steps of the next one, and so does the part begin anew where its points, or how many
    of them a step takes, are others.
    """

    since: int
    recipe: Recipe
    epoch: int
    position: int

    def epoch_behind(self, step: int) -> int:
        """How many passes are complete behind `step`, which is one of this part."""
        return self.epoch + (self.position + step - self.since) // self.recipe.batches

    def first_step_of(self, epoch: int) -> int:
        """The first step behind which `epoch` passes are complete, or more."""
        return self.since + (epoch - self.epoch) * self.recipe.batches - self.position


@dataclass(frozen=True, eq=False)
class Course:
    """All that a program has to go through; `made` is how many steps the run has made, None for one to come.

    `ended` says why a run that was made has ended, in a word of Trainer.stopped.
    """

    parts: tuple[Part, ...]
    made: int | None
    ended: str | None

    @property
    def first(self) -> Recipe:
        """What holds at the start."""
        return self.parts[0].recipe

    @property
    def last(self) -> Recipe:
        """What holds at the end."""
        return self.parts[-1].recipe

    @property
    def changed(self) -> int:
        """The step behind which the last change came; only behind it may the run end."""
        return self.parts[-1].since

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes in their order."""
        return tuple(
            Change(two.since, two.epoch, one.recipe, two.recipe) for one, two in pairwise(self.parts)
        )

    def ever(self, wanted: Callable[[Recipe], object]) -> bool:
        """Whether any part is as is `wanted`."""
        return any(wanted(part.recipe) for part in self.parts)

    def varies(self, of: Callable[[Recipe], object]) -> bool:
        """Whether something is not the same in all parts."""
        return any(of(change.before) != of(change.after) for change in self.changes)

    @property
    def batched(self) -> bool:
        """Whether any step takes only some of the points."""
        return self.ever(lambda recipe: recipe.batch_size)

    @property
    def shuffles_anew(self) -> bool:
        """Whether a pass over the points, some at a time, ever begins anew in its midst."""
        return self.batched and any(change.after.begins_anew(change.before) for change in self.changes)

    @property
    def penalised(self) -> bool:
        """Whether large weights are ever punished."""
        return self.ever(lambda recipe: recipe.settings.l1)

    @property
    def clips(self) -> bool:
        """Whether gradients are ever shortened."""
        return self.ever(lambda recipe: recipe.settings.clip_norm is not None)

    @property
    def holds_out(self) -> bool:
        """Whether any points are ever held out."""
        return self.ever(lambda recipe: recipe.holds_out)

    @property
    def mixed(self) -> bool:
        """Whether points are held out in some parts alone."""
        return self.varies(lambda recipe: recipe.holds_out)

    @property
    def unit(self) -> str:
        """What makes a loss of scaled data one of the data, as code that is right in every part."""
        return " * loss_unit" if self.changes_unit else self.first.unit

    @property
    def changes_unit(self) -> bool:
        """Whether the unit of the loss is ever another one."""
        return self.varies(lambda recipe: recipe.unit)

    @property
    def whole(self) -> str:
        """What stands before the names of all inputs and targets, where a step takes some of them."""
        return "all_" if self.batched else ""

    @cached_property
    def end(self) -> int | None:
        """The step at which all steps or all epochs are done, or those that were made; None for no such."""
        if self.made is not None:
            return self.made
        ends = [end for end in (self._end_of_steps(), self._end_of_epochs()) if end is not None]
        return min(ends, default=None)

    @property
    def may_converge(self) -> bool:
        """Whether there is a step before its end at which the run is asked whether it has converged."""
        asked = (self.changed // CONVERGENCE_EVERY + 1) * CONVERGENCE_EVERY
        return self.made is None and (self.end is None or asked < self.end)

    def _end_of_steps(self) -> int | None:
        """Where so many steps are done, counted anew wherever a part goes on behind them."""
        first, found = 0, None
        for part, until in self._stretches():
            limit = part.recipe.settings.steps
            found = None if limit is None else max(part.since + 1, first + limit)
            if found is not None and limit and until is not None and found <= until:
                first = until - (until - found) % limit
        return found

    def _end_of_epochs(self) -> int | None:
        """The same for epochs."""
        first, found = 0, None
        for part, until in self._stretches():
            limit = part.recipe.settings.epochs
            if limit is None:
                found = None
                continue
            begin = max(first + limit, part.epoch_behind(part.since + 1))
            found = max(part.since + 1, part.first_step_of(begin))
            if until is not None and found <= until:
                last = part.epoch_behind(until)
                first = last - (last - begin) % limit
        return found

    def _stretches(self) -> Iterator[tuple[Part, int | None]]:
        """Each part and its last step, None for the last one."""
        yield from ((one, two.since) for one, two in pairwise(self.parts))
        yield self.parts[-1], None


def course(
    points: Points,
    settings: Settings,
    earlier: Sequence[Stretch],
    made: int | None,
    scaling: Scaling | None,
    ended: str | None,
) -> Course:
    """The course of a run of which `earlier` are the parts before `points` and `settings` hold.

    Of one that has made some steps, up to the last of them. Raises Problem where no run could start.
    """
    wanted = [*((part.points, part.settings) for part in earlier), (points, settings)]
    since = [0, *(part.until for part in earlier)]
    if made is not None:
        count = max(1, sum(step < made for step in since))
        wanted, since = wanted[:count], since[:count]
    first = Recipe(*wanted[0], scaling)
    parts = [Part(0, first, 0, 0)]
    for step, each in zip(since[1:], wanted[1:], strict=True):
        before = parts[-1]
        recipe = Recipe(*each, first.scaling)
        goes_on = not recipe.begins_anew(before.recipe)
        done = before.position + step - before.since
        epochs, position = divmod(done, before.recipe.batches)
        parts.append(Part(step, recipe, before.epoch + epochs, position * goes_on))
    return Course(tuple(parts), made, ended)
