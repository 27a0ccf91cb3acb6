"""One run: it steps, remembers how it came there, and goes back to any of its steps."""

from __future__ import annotations

import logging
import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import count

import numpy as np
import torch

from core.choices.cores import threads_used, too_few_cores
from core.experiment.experiment import Stretch
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.curve_of import curve_of
from core.insight.scaling import no_scaling, standard_scaling
from core.insight.trainable import check_points
from core.texts import _
from core.training.checkpoints import Checkpoints
from core.training.compiled.block import Block
from core.training.compiled.engine import Engine, finite_steps
from core.training.devices import check_device
from core.training.failed_step import failure_of
from core.training.failure import Failure
from core.training.fit import Fit, Wanted
from core.training.history import History
from core.training.path import Path, shaped
from core.training.plan import Part, Place, measure, same, size_of
from core.training.run import Ghost, Run
from core.training.slow_step import SlowStep
from core.training.snapshot import Snapshot
from core.training.step_error import first_line, problem_of
from core.training.stop_rules import CONVERGENCE_EVERY, StopRules
from core.training.threads import with_own_threads
from core.training.unbroken import unbroken

log = logging.getLogger(__name__)

torch.set_num_threads(1)  # what makes results repeat, and leaves a core to the window; a run may ask for more

MOST_CHANGED = 64 * 2**20  # bytes of points kept to go back through changes of them

GROWN = 2.0  # times the least loss; one that grew less may fall again

LOOK, OPEN = "look", "open"  # what is wanted of the next step

_run_ids = count(1)


class Trainer(Run):
    """Makes the steps of one run: a model, a loss and an optimizer at work on points.

    `go_to` moves between the steps, and stepping from an earlier one makes the same steps again. `earlier`
    are the parts of a recorded run before `points` and `settings` hold, which are gone through again. Raises
    Problem where no run can start.
    """

    _wish: str | None  # LOOK or OPEN
    _at: int  # the step at which the fit stands
    _next: int  # the part of the plan that comes next
    _rules: StopRules

    def __init__(self, points: Points, settings: Settings, earlier: Sequence[Stretch] = ()) -> None:
        check_device(settings.device, settings.dtype)
        self.run = next(_run_ids)
        self.device = settings.device
        self.threads = threads_used(settings.threads)
        self.notice = too_few_cores(settings.threads)
        self.ghost: Ghost | None = None
        self.opens = False
        self.engine = Engine()
        since = [0, *(stretch.until for stretch in earlier)]
        wishes = [*(Wanted(part.points, part.settings) for part in earlier), Wanted(points, settings)]
        self._plan = [Part(*part) for part in zip(since, wishes, strict=True)]
        self._wanted = self._planned = wishes[-1]
        try:
            self._start()
        except RuntimeError as error:
            self._leave_device(error)
            self._start()

    # --- what the person does -------------------------------------------------------------------------

    def change(self, points: Points | None = None, settings: Settings | None = None) -> None:
        """Let the next step use other points or settings; may be called from any thread.

        Raises Problem if they cannot be trained on, and ValueError if the change takes a new run.
        """
        wanted = Wanted(
            self._wanted.points if points is None else points,
            self._wanted.settings if settings is None else settings,
        )
        if self._wanted.settings.restarts(wanted.settings):
            raise ValueError("this change of settings takes a new Trainer")
        if wanted.points.x.shape[1] != self._wanted.points.x.shape[1]:
            raise ValueError("another number of columns of x takes a new Trainer")
        if points is not None:
            check_points(*wanted, self.curve, self.scaling)
        self._wanted = wanted

    def go_on(self) -> None:
        """After a stop by a rule: let that rule count anew. Before it, the same steps lead there again."""
        here = self.latest.step in (self._stopped_at, self.tip.step)
        if here and self._stopped and self._failure is None:
            self._stopped = None
            self._rules.begin(self.fit.taken.settings, self.tip)

    def rest(self) -> None:
        """Training pauses: the time until the next step does not count."""
        self._rules.rest()

    @unbroken
    @with_own_threads
    def step(self) -> Snapshot:
        """One optimizer update, the five lines of every PyTorch lesson; after a failure none any more."""
        if self.failure is not None:
            return self.latest
        wish, self._wish = self._wish, None  # at once: another thread may have another one meanwhile
        try:
            slow, self._slow = self._slow, None
            if slow is not None:
                self._finish(slow)
            else:
                self._prepare()
                self._make(wish == OPEN)
        except RuntimeError as error:
            self._fall_back(error)
            return self.step()
        self._arrive()
        if wish is not None and self.latest.step == self._before.step + 1:
            self.inspected = self.inspect()
        return self.latest

    @unbroken
    @with_own_threads
    def leap(self, most: float = math.inf) -> Snapshot:
        """As many steps as compiled code makes in a moment, up to `most`; without such code, one."""
        like = self._wish is None and most > 1 and self.stopped is None
        if like and self._can_leap() and self._leap(most):
            return self.latest
        return self.step()

    @unbroken
    @with_own_threads
    def phase(self) -> None:
        """The next phase of a step, which `inside` then shows; the last one completes the step."""
        if self.failure is not None:
            return
        try:
            if self._slow is None:
                self._prepare()
                self._slow = self._open()
            self._slow.advance()
        except RuntimeError as error:
            self._slow = None
            self._fall_back(error)
            self.step()
            return
        self.inside = self._slow.inside
        if self.inside.complete:
            self.step()

    def watch(self, opened: bool = False) -> None:
        """Let the next step be looked into, which takes a moment; may be called from any thread.

        With `opened` it is made phase by phase, and `inside` shows it.
        """
        self.inspected = None
        self._wish = OPEN if opened or self._wish == OPEN else LOOK  # a step may take longer than a frame

    @unbroken
    @with_own_threads
    def go_to(self, step: int, halted: Callable[[], bool] = lambda: False) -> Snapshot:
        """Go to a step of the run, between `earliest` and that of `tip`; `halted` may end it on the way."""
        if self._slow is not None:
            self.step()
        step = min(max(step, self.earliest), self.tip.step)
        again = step == self.latest.step
        if again and not self.is_to_open:
            return self.latest
        if step == self.tip.step == 0:
            self._prepare()
        here = self._place() if again else None
        before = None
        try:
            # From before the step, so that it is made once more and can be looked into; if it is opened, from
            # before the one before it, whose gradients it must find.
            last = max(step - 1 - self.opens, self.earliest)
            since, _state = self._checkpoints.before(last)
            if step <= self.latest.step or since > self.latest.step:
                self._restore(last)
            while self._at < step and not halted():
                if self._skip(last):
                    continue
                before = self._snapshot() if self._at == step - 1 else None
                self._make(self.opens and before is not None)
            if self.opens and self._at == 0:
                self.inside = self._open().inside
        except RuntimeError as error:
            self._leave_device(error)
            before = self._rebuild(step)
        if here is not None and self._at < step:
            self._put_back(here)
            return self.latest
        self.latest = self._known()
        self._before = self.latest if before is None else before
        return self.latest

    # --- the step ---------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Before a new step: take up what has been changed."""
        if self._wanted is not self._planned:
            self._plan_change(self._wanted)
        self._before = self.latest  # of a change before the first step, what it made of the start

    def _make(self, opened: bool = False) -> None:
        """The next step, as it is planned; an `opened` one phase by phase."""
        if opened:
            self._finish(self._open())
            return
        self._take_up_planned()
        self.engine.single(self.fit, self._at + 1)
        self._at += 1

    def _open(self) -> SlowStep:
        """The next step, as it is planned, before its first phase."""
        self._take_up_planned()
        return SlowStep(self.fit, self.run, self._at + 1)

    # --- many steps at once -----------------------------------------------------------------------------

    def prepare_engine(self) -> None:
        """Have the steps compiled that are wanted now, if so; training need not wait for it."""
        if self._wanted.settings.engine == "compiled":
            self.engine.want(self._wanted, self.device)
        else:
            self.engine.rest()

    def _can_leap(self) -> bool:
        """Whether the next steps are like the last one, and there is code for them."""
        return (
            self.fit.taken.settings.engine == "compiled"
            and self._at > 0
            and self._slow is None
            and self._wanted is self._planned
            and self._next == len(self._plan)
            and self.engine.prepare(self.fit)
        )

    def _leap(self, most: float) -> bool:
        """Make some steps at once, up to `most`; whether that can be done."""
        known = self.tip.step - self._at
        room = known or self._rules.room(self.fit.taken.settings, self.fit, self.tip)
        block = self._block(self.engine.size(self._at, min(room, most)))
        if block is None:
            return False
        new = not known and len(block) > CONVERGENCE_EVERY
        if new and self.fit.vanishes(self.engine.gradient(block)):
            return self._leap(CONVERGENCE_EVERY)  # to find out where it converges
        self.engine.keep(block)
        self._at += len(block)
        self._before = self._before_last(block)
        if known:
            self.latest = self._known()
        else:
            self._record_all(block)
        return True

    def _skip(self, step: int) -> bool:
        """Make many steps again at once, up to `step`; whether that can be done."""
        room = step - self._at
        if room < 1 or not self._can_leap():
            return False
        block = self.engine.make(self.engine.size(self._at, room))
        if block is not None:
            self.engine.keep(block)
            self._at += len(block)
        return block is not None

    def _block(self, steps: int) -> Block | None:
        """The next `steps`, or those before one that is not finite and up to one that a rule ends."""
        block = self.engine.make(steps)
        if block is None:
            return None
        good = finite_steps(block)
        if self._at == self.tip.step and good:
            good = self._rules.first(self.fit.taken.settings, self._at, block, good)
        return block if good == len(block) else self.engine.make(good)

    def _before_last(self, block: Block) -> Snapshot:
        """The snapshot of the last step of `block` but one; the fit stands behind the last."""
        held = None if block.held is None else float(block.held[-2])
        return self._snapshot()._replace(
            step=self._at - 1,
            loss=float(block.losses[-2]),
            arrays=shaped(block.parameters[-2], self.latest.arrays),
            learning_rate=float(block.rates[-2]),
            validation_loss=held,
        )

    def _record_all(self, block: Block) -> None:
        """Note what the new steps of `block` did; only behind the last may the run end."""
        held = None if block.held is None else block.held[:-1]
        losses, step = block.losses[:-1], self.tip.step
        self.engine.steps += len(block)
        self.history.extend(losses, held, block.rates[:-1])
        self.path.extend(block.parameters[:-1])
        self._rules.note(step, losses, held)
        self._record(self._snapshot())

    def _finish(self, slow: SlowStep) -> None:
        """Do what is left of a step."""
        slow.finish()
        self.inside = slow.inside
        self._at += 1

    def _take_up_planned(self) -> None:
        if self._next < len(self._plan) and self._plan[self._next].since <= self._at:
            self._take_up(self._plan[self._next].wanted)
            self._next += 1

    def _arrive(self) -> None:
        """After a step: note what it did."""
        if self._at > self.tip.step:
            self._record(self._snapshot())
        else:
            self.latest = self._known()

    def _take_up(self, wanted: Wanted) -> None:
        """Let `wanted` hold; other data or another loss begin another count of the lowest."""
        before = self.fit.taken
        self.fit.take_up(wanted)
        if self._at == self.tip.step:
            self._rules.change(self._at)
            if measure(before) != measure(wanted):
                self._rules.forget_best(self._at)

    def _snapshot(self) -> Snapshot:
        """The numbers of the step at which the fit stands."""
        fit, own = self.fit, (self.curve, self.scaling, self.device)
        return Snapshot(self.run, self._at, fit.place.epoch, fit.loss, fit.arrays(), *own, fit.rate, fit.held)

    def _known(self) -> Snapshot:
        """The snapshot of a step that has been made before."""
        return self.tip if self._at == self.tip.step else self._snapshot()

    def _record(self, after: Snapshot) -> None:
        """Note what a new step did, and whether the run should end; a step into infinity is not counted."""
        if not (math.isfinite(after.loss) and after.finite()):
            self._failure = failure_of(self.fit, after.step, self._has_grown())
            self._stand_at(self.tip.step)  # behind a step that does not count
            self._stop(self._failure.reason)
            return
        self.history.append(
            after.loss, after.validation_loss, None if self.fit.schedule is None else after.learning_rate
        )
        self.path.append(after.arrays)
        self.latest = self.tip = after
        if after.step % self._checkpoints.interval == 0:
            self._keep()
        reason = self._rules.reason(self.fit.taken.settings, self.fit, after)
        if reason is not None and self._next < len(self._plan):
            self._rules.begin(
                self.fit.taken.settings, after
            )  # a recorded run went on here, to its next change
            return
        if reason == "early_stopping":
            self.go_to(self._rules.best_step)
        if reason is not None:
            self._stop(reason)

    def mend(self) -> None:
        """After an error in its midst: stand where the run stands, as if nothing had been begun there."""
        self._slow = None
        self.history.cut(self.tip)
        if self.path.way().steps > self.tip.step:
            self.path.cut(self.tip.step)
        self._stand_at(self.latest.step)

    def _stand_at(self, step: int) -> None:
        """Let the fit stand at `step`, that of `latest`, as if that had just been made."""
        self._before, last = self.latest, max(step - 1, self.earliest)
        self._restore(last)
        while self._at < step:
            if self._skip(last):
                continue
            self._before = self._snapshot()
            self._make()

    def _has_grown(self) -> bool:
        """Whether the newest loss is above one before it, or there is none yet to say that it is not."""
        series = self.history.losses()
        return len(series.low) < 2 or bool(series.high[-1] > GROWN * np.nanmin(series.low))

    def _stop(self, reason: str) -> None:
        self._stopped, self._stopped_at = reason, self.latest.step

    # --- changes, and going back ------------------------------------------------------------------------

    def _plan_change(self, wanted: Wanted) -> None:
        """From here on `wanted` holds; in the past of the run that begins a branch."""
        self._planned = wanted
        if same(wanted, self._plan[-1].wanted):  # another engine, or what was changed has been changed back
            self._plan = [*self._plan[:-1], self._plan[-1]._replace(wanted=wanted)]
            if self._next == len(self._plan):
                self.fit.take_up(wanted)
            return
        if self._at < self.tip.step:
            self._branch()
        self._plan = [part for part in self._plan if part.since < self._at] + [Part(self._at, wanted)]
        if self._at == 0:
            self._start()
        else:
            self._next = len(self._plan) - 1

    def _branch(self) -> None:
        """Abandon what comes after this step."""
        self.ghost = Ghost(self._at, self.history.losses(), self.tip)
        self.history.cut(self.latest)
        self.path.cut(self._at)
        self._checkpoints.cut(self._at)
        self.tip = self.latest
        self._stopped = self._failure = None
        self._rules.rewind(self.tip, self.history)

    def _restore(self, step: int) -> None:
        """Put the fit where it was at the checkpoint before `step`."""
        self._at, state = self._checkpoints.before(step)
        # A checkpoint is taken before a change behind its own step is taken up.
        self._next = max(1, bisect_left([part.since for part in self._plan], self._at))
        self.fit.restore(state, self._plan[self._next - 1].wanted)

    def _place(self) -> Place:
        """Where the run stands, to come back to."""
        gradients = [parameter.grad for parameter in self.fit.parameters]
        fit = self.fit
        return Place(self._at, self._next, fit.taken, fit.state(), gradients, fit.gradient_unit)

    def _put_back(self, place: Place) -> None:
        self._at, self._next, taken, state, gradients, unit = place
        self.fit.restore(state, taken)
        self.fit.gradient_unit = unit
        for parameter, gradient in zip(self.fit.parameters, gradients, strict=True):
            parameter.grad = gradient

    def _keep(self) -> None:
        """Take a checkpoint; let go of the oldest changes if their points take too much memory."""
        self._checkpoints.add(self._at, self.fit.state())
        while len(self._plan) > 1 and size_of(self._plan) > MOST_CHANGED:
            if not self._checkpoints.forget_upto(self._plan[1].since):
                return
            self._plan = self._plan[1:]  # another thread may be reading it
            self._next -= 1

    # --- building ---------------------------------------------------------------------------------------

    @with_own_threads
    def _start(self) -> None:
        """Step 0 of what is planned."""
        first = self._plan[0].wanted
        points, settings = first
        training = ~held_out(len(points), settings.validation, settings.validation_seed)
        self.scaling = (
            standard_scaling(points.x[training], points.y[training])
            if settings.standardise
            else no_scaling(points.x.shape[1])
        )
        self.curve = curve_of(settings, points.x.shape[1])
        for part in self._plan:
            check_points(*part.wanted, self.curve, self.scaling)
        self.fit = Fit(first, self.device, self.curve, self.scaling)
        self._at, self._next = 0, 1
        checkpoints = Checkpoints()
        checkpoints.add(0, self.fit.state())
        self._checkpoints = checkpoints  # with its first state in it: another thread may ask for the earliest
        self._rules = StopRules()
        self._stopped = None
        self._failure: Failure | None = None
        self._stopped_at = 0
        self.history = History()
        self.start = self.latest = self.tip = self._before = self._snapshot()
        self.path = Path(self.latest.arrays)
        self.inspected = self.inside = self._slow = None
        self._wish = None
        self.torn = False

    # --- when the device fails --------------------------------------------------------------------------

    def _fall_back(self, error: RuntimeError) -> None:
        """Go on on the CPU from the last step: the steps since the last checkpoint are made again there."""
        self._leave_device(error)
        self._rebuild(self.latest.step)
        self.fit.set_parameters(self.latest.arrays)

    def _rebuild(self, step: int) -> Snapshot | None:
        """Everything anew, and up to `step` again; the step before it, if there is one."""
        self.fit = Fit(self._plan[0].wanted, self.device, self.curve, self.scaling)
        self._restore(max(step - 1, self.earliest))
        before = None
        while self._at < step:
            before = self._snapshot() if self._at == step - 1 else None
            self._make(self.opens and before is not None)
        return before

    def _leave_device(self, error: RuntimeError) -> None:
        """From now on on the CPU; raises what cannot be helped there."""
        if self.device == "cpu":
            raise problem_of(error) or error
        log.warning("the device %s failed", self.device, exc_info=error)
        self.notice = _("{device} failed ({reason}); the run goes on on the CPU from its last step.").format(
            device=self.device, reason=first_line(error)
        )
        self.device = "cpu"
