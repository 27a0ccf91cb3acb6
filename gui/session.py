"""The run that is going on: starts it, pauses it, steps it, and shows one snapshot a frame."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.experiment import Experiment, Points, Settings
from core.problem import Problem
from core.training import Snapshot, Worker
from core.training.step_error import problem_of
from gui.background import Background
from gui.run_builder import Return, RunBuilder
from gui.run_sentences import (
    constant_x_sentence,
    empty_sentence,
    failed_step_sentence,
    fault_sentence,
    is_constant,
    loading_sentence,
    ready_sentence,
    recorded_sentence,
    returning_sentence,
    standing_sentence,
    step_fault_sentence,
    training_sentence,
)
from gui.speed_meter import SpeedMeter
from gui.standing import Standing
from gui.store import Store

if TYPE_CHECKING:
    from core.training import Trainer
    from core.training.devices import Device

log = logging.getLogger(__name__)

FRAME = 19  # milliseconds
SEEKING = 8  # milliseconds from look to look on the way to another step, which takes about as long
PATIENCE = 0.2  # seconds that the window waits for the end of a step, unless it is known to take longer
AT_ONCE = 10_000  # points times parameters: a run is built within a frame
SPEEDS = (1, 5, 20, 100, None)  # steps a second; None is as fast as it can


class Session(Standing):
    """Owns the trainer and its worker, and follows the store.

    `run_started(snapshot)` brings step 0 of a new run, or None where there is nothing to run.
    `snapshot_changed(snapshot)` comes at most once a frame with the step at which the run stands, which may
    be an earlier one, `numbers_changed(snapshot)` ten times a second and at rest. `branched(ghost)` brings
    what was abandoned when a run went on from an earlier step in another way. `inside_changed(inside)` brings
    the step that is told phase by phase, or None. `state_changed()` says that `running` or `loading` may
    differ. `points_wanted()` says that there is nothing to run on. `said(sentence, warning)` is for the
    message line, `idle(sentence)` what to say there if there is no news. `troubled(say)` brings what is
    to stay in sight until the person has acted, by a function that gives it, and then None.
    `devices_found(devices)` comes once torch is loaded.
    """

    run_started = Signal(object)
    snapshot_changed = Signal(object)
    numbers_changed = Signal(object)
    state_changed = Signal()
    said = Signal(str, object)
    idle = Signal(str)
    devices_found = Signal(object)
    branched = Signal(object)
    inside_changed = Signal(object)
    troubled = Signal(object)
    points_wanted = Signal()

    def __init__(self, store: Store, background: Background, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.devices: tuple[Device, ...] = ()
        self.start: Snapshot | None = None
        self.sentence = ("", False)
        self._warm = False
        self._builder = RunBuilder(background, self._built, self._not_built)
        self._play_when_built = False
        self._when_built: Callable[[], None] | None = None  # what was asked for meanwhile, other than to play
        self._ending: list[Worker] = []
        self._goal: int | None = None
        self._goes_on = False
        self._notice = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._pull)
        self._opener = QTimer(self)
        self._opener.setSingleShot(True)
        self._opener.timeout.connect(self._open)
        store.changed.connect(self._follow)

    # --- what is so -------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether training goes on, or will as soon as the run is built."""
        return self._play_when_built or (self._timer.isActive() and self._goal is None)

    @property
    def loading(self) -> bool:
        """Whether a run is being built, which the first time takes as long as PyTorch takes to load."""
        return self._builder.busy

    @property
    def on_return(self) -> Return | None:
        """How far the run that is being built is on its way to the step at which it was saved, if it is."""
        return self._builder.on_return

    # --- what the person does ---------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Load PyTorch, once, build a run where there is none yet, and then look for devices."""
        cold, self._warm = not self._warm, True
        if cold:
            self._builder.load_torch()
        if self._worker is None and not self._builder.busy:
            self._build()
        if cold:
            self._builder.find_devices(self._show_devices, self._miss_devices)

    def run(self) -> None:
        """Start or go on training; a run that has no next step starts again."""
        self.troubled.emit(None)
        if self._lacks_points():
            return
        trainer = self._worker.trainer if self._worker else None
        if self._builder.busy or trainer is None or trainer.failure is not None:
            self._play_when_built = True
            if not self._builder.busy:
                self._begin_again()
            self.state_changed.emit()
            return
        if self._goal is not None:
            self.pause()  # it is on the way to another step: run on from where it is
        trainer.go_on()
        self._play()

    def pause(self) -> None:
        """Stop training where it is: at once, or, if a step takes long, when that step is done."""
        self._play_when_built, self._when_built = False, None
        self._goal = None
        if (
            self._worker is not None
            and self._timer.isActive()
            and self._worker.pause(_patience(self._worker))
        ):
            self._come_to_rest(self._worker)
        self.state_changed.emit()

    def toggle(self, on: bool) -> None:
        """Run or pause."""
        if on:
            self.run()
        else:
            self.pause()

    def step(self, steps: int = 1) -> None:
        """Exactly so many steps, unless it diverges before; none of them is shown but the last."""
        self._play_on(steps=steps)

    def phase(self) -> None:
        """The next phase of a step; after the last one the step is made."""
        self.troubled.emit(None)
        if self._lacks_points():
            return
        self.pause()
        worker = self._worker
        if self._builder.busy:
            self._when_built = self.phase
        if worker is None or self._builder.busy or worker.running:
            return
        if not worker.trainer.in_mid_step:
            worker.trainer.go_on()
        self._slow = True
        worker.phase()
        self._timer.start(FRAME)
        if worker.wait(_patience(worker)):
            self._come_to_rest(worker)

    def finish_step(self) -> None:
        """Leave slow motion: a step of which some phases are done is completed."""
        if self._worker is not None and self._worker.trainer.in_mid_step:
            self.step()
        self._slow = False

    def step_epoch(self) -> None:
        """On to the end of the epoch under way."""
        self._play_on(epochs=1)

    def back(self) -> None:
        """One step back."""
        if self._goal is None:
            self.pause()
            self.finish_step()
        if self.snapshot is not None:
            self.go_to((self.snapshot.step if self._goal is None else self._goal) - 1)

    def go_to(self, step: int) -> None:
        """Show another step of the run, as it was; Run goes on from there."""
        self.troubled.emit(None)
        if self._timer.isActive() and self._goal is None:
            self.pause()
        worker = self._worker
        if worker is None or self._builder.busy or (worker.running and self._goal is None):
            return
        self._slow = False
        self._seek(worker, min(max(step, worker.trainer.earliest), worker.trainer.tip.step))

    def reset(self) -> None:
        """Back to step 0, at the same start values; undo brings back the run that this ends."""
        self.troubled.emit(None)
        self.pause()
        self._begin_again()

    def use_own_start_values(self) -> None:
        """Let the person edit the start values, beginning with those of this run."""
        values = () if self.start is None else self.start.numbers()
        self._store.change(start="own", start_values=values)

    def set_speed(self, speed: float | None) -> None:
        """So many steps a second from now on; None for as fast as it can."""
        self._speed = speed
        if self._worker is not None:
            self._worker.speed = speed

    def prepare_engine(self) -> None:
        """Have the steps of the run compiled, if so, where others have wanted other code meanwhile."""
        if self._worker is not None:
            self._worker.trainer.prepare_engine()

    def watch(self, watching: bool) -> None:
        """Look into the steps that are shown from now on, or do not."""
        self._watcher.looks = watching
        self._look_again()

    def open_up(self, opening: bool) -> None:
        """Tell the steps that are shown phase by phase from now on, or do not."""
        self._watcher.opens = opening
        if not opening:
            self.finish_step()
            if self._worker is not None:
                self._worker.trainer.inside = None  # the tensors of many points take room
        self._look_again()

    def hold(self) -> None:
        """The person has the run in the hand, and moves its start: it waits until it is let go."""
        self._in_hand, self._goes_on = True, self.running
        self.pause()

    def let_go(self) -> None:
        """Go on as before `hold`."""
        goes_on, self._in_hand, self._goes_on = self._goes_on, False, False
        if goes_on:
            self.run()

    def adopt(self, trainer: Trainer) -> None:
        """Make `trainer`, which may have come back to the step of a file, the run that is shown."""
        self._end_run()
        self._show_run(Worker(trainer, self._speed))
        self.say_again()

    def close(self, timeout: float | None = None) -> None:
        """End the run; its thread has ended when this returns, or `timeout` seconds have gone by."""
        from core.training.compiled.compiler import COMPILER  # later than the window is painted

        self._play_when_built = self._in_hand = self._goes_on = False
        self._when_built = None
        self._timer.stop()
        self._opener.stop()
        self._builder.drop()
        for worker in (*self._ending, self._worker):
            if worker is not None:
                worker.pause(timeout)
                worker.trainer.engine.close()
        COMPILER.stop()  # what nobody's run wants any more, too

    def _show_run(self, worker: Worker) -> None:
        """Let `worker` have the run that is shown."""
        self._watcher.forget()
        self._slow = False
        self._worker = worker
        worker.trainer.prepare_engine()  # now, so that Run finds it compiled
        self._notice = ""
        self._ghost = None
        self._meter = SpeedMeter()
        self.start = worker.trainer.start
        self.run_started.emit(self.start)
        self._rest()

    # --- following the store ----------------------------------------------------------------------------

    def _show_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices
        self.devices_found.emit(devices)

    def _miss_devices(self, error: Exception) -> None:
        """The CPU is offered all the same."""
        log.error("no devices could be found", exc_info=error)
        self._show_devices(())

    def _follow(self, after: Experiment, before: Experiment, anew: bool) -> None:
        """Take a change up in the run that goes on, or start another one."""
        self.troubled.emit(None)
        redrawn = after.points is not before.points
        anew = anew or (not redrawn and after.settings == before.settings)  # it is to start again
        worker = None if self._builder.busy else self._worker
        if anew or worker is None or before.settings.restarts(after.settings) or not len(after.points):
            self._restart()
        elif (
            worker.trainer.tip.step == 0
            and not worker.trainer.in_mid_step
            and (redrawn or _other_loss(before.settings, after.settings))
        ):
            self._restart()  # nothing is lost, and what is known of step 0 is of these points and this loss
        else:
            self._live(after.points if redrawn else None, after.settings)

    def _live(self, points: Points | None, settings: Settings) -> None:
        """Let the run take points and settings up at its next step; it keeps its own if it cannot."""
        assert self._worker is not None
        trainer = self._worker.trainer
        if not self._worker.running:
            trainer.go_on()  # now, while it still knows that it stopped: Run gives it its limits anew
        try:
            trainer.change(points, settings)
        except Problem as problem:
            self._say(str(problem), True)
        else:
            trainer.prepare_engine()
            if not self.running:
                self.say_again()  # why it stopped belonged to what was before
                self._opener.start()  # and so did what the first step would do

    def _restart(self) -> None:
        """Have another run, that which undo or redo brings back or a new one; it goes on if this one did."""
        going_on = self.running
        self._end_run()
        kept = self._store.exchange_run(self._run_to_keep())
        if isinstance(kept, Worker):
            self._bring_back(kept, going_on)
            return
        experiment = self._store.experiment
        self._play_when_built = going_on and bool(len(experiment.points)) and not experiment.step
        self._build()

    def _begin_again(self) -> None:
        """Have the run from its start; what has been trained is kept for undo."""
        if self._run_to_keep() is None:
            self._build(from_start=True)
        else:
            self._store.start_again()

    def _run_to_keep(self) -> Worker | None:
        """What would be lost if the run ended, or None; while another is built, this one is kept already."""
        worker = self._worker
        if worker is None or self._builder.busy:
            return None
        return worker if worker.trainer.tip.step or worker.trainer.in_mid_step else None

    def _bring_back(self, worker: Worker, going_on: bool) -> None:
        """Have a run again that had ended, at the step at which it stood."""
        self._builder.drop()
        self._play_when_built = False
        worker.speed = self._speed
        self._show_run(worker)
        self._say_why_it_stopped(worker)
        if worker.running:
            self._timer.start(FRAME)  # a long step of it is under way still
        elif going_on and worker.trainer.failure is None:
            worker.trainer.go_on()
            self._play()
        self.state_changed.emit()

    # --- building ---------------------------------------------------------------------------------------

    def _build(self, from_start: bool = False) -> None:
        """Build the run of the store's experiment; it begins where it was saved, or `from_start`."""
        experiment = self._store.experiment
        if from_start and experiment.step:
            experiment = replace(experiment, step=0)
        if not len(experiment.points):
            self._refuse(empty_sentence(), warning=False)
            return
        self._builder.build(experiment, at_once=self._in_hand and self._is_light(experiment.points))
        if self._builder.busy and (self.on_return is not None or not self.devices):
            self._say(self._building_sentence(), False)  # it takes long enough to be read
        self.state_changed.emit()

    def _lacks_points(self) -> bool:
        """Whether there is nothing to run on; then it is said."""
        if len(self._store.points):
            return False
        self._build()
        self.points_wanted.emit()
        return True

    def _is_light(self, points: Points) -> bool:
        """Whether PyTorch is there, and a run of the same model upon `points` is built within a frame."""
        if not self.devices or self.start is None:
            return False
        return len(points) * self.start.curve.count() <= AT_ONCE

    def _built(self, trainer: Trainer) -> None:
        play, self._play_when_built = self._play_when_built, False
        asked, self._when_built = self._when_built, None
        self.adopt(trainer)
        if play:
            self._play()
        elif asked is not None:
            asked()
        self.state_changed.emit()

    def _not_built(self, error: Exception) -> None:
        if isinstance(error, Problem):
            self._refuse(str(error))
        else:
            self._fail(error)

    def _refuse(self, sentence: str, warning: bool = True) -> None:
        """There is no run; the sentence says why."""
        self._end_run()
        self._builder.drop()
        self._play_when_built, self._when_built = False, None
        if self._worker is not None:
            self._worker.trainer.engine.rest()
        self._worker = self.start = self._shown = None
        self._meter = SpeedMeter()
        self._show_inside()
        self.run_started.emit(None)
        self.state_changed.emit()
        self._say(sentence, warning)

    def _fail(self, error: Exception) -> None:
        log.error("training failed", exc_info=error)
        self._refuse(fault_sentence())

    def _end_run(self) -> None:
        """Let go of the run; a long step of it may end by itself, unseen."""
        self._timer.stop()
        self._goal = None
        self._ending = [worker for worker in self._ending if worker.running]
        if self._worker is not None and not self._worker.pause(_patience(self._worker)):
            self._ending.append(self._worker)

    # --- frames -----------------------------------------------------------------------------------------

    def _play_on(self, steps: int = 0, epochs: int = 0) -> None:
        """Train for so many steps or epochs more; what takes but a moment is done when this returns."""
        self.troubled.emit(None)
        if self._lacks_points():
            return
        self.pause()
        worker = self._worker
        if self._builder.busy:
            self._when_built = partial(self._play_on, steps, epochs)
        if worker is None or self._builder.busy or worker.running:
            return
        worker.trainer.go_on()
        latest = worker.latest
        patience = _patience(
            worker, worker.trainer.fit.steps_to_epoch(latest.epoch + epochs) if epochs else 1
        )
        self._play(latest.epoch + epochs if epochs else None, latest.step + steps if steps else None)
        if worker.wait(patience):
            self._come_to_rest(worker)

    def _play(self, to_epoch: int | None = None, to_step: int | None = None) -> None:
        if self._worker is None:
            return
        self._slow = False
        self._watcher.begin(self._worker, to_step == self._worker.latest.step + 1)
        self._meter.start(self._worker.latest.step)
        self._worker.play(to_epoch, to_step)
        self._timer.start(FRAME)
        self._say(training_sentence(), False)
        self.state_changed.emit()

    def _pull(self) -> None:
        """Once a frame: show what the worker has published; come to rest when it has."""
        worker = self._worker
        if worker is None:
            return
        if not worker.running:
            self._arrive(worker)
            return
        watched = self._watcher.at_work and self._goal is None and not worker.trainer.in_mid_step
        self._show(self._watcher.frame(worker) if watched else worker.latest)
        self._show_inside()
        self._say_notice(worker.trainer.notice)
        if self._meter.read(worker.latest.step):
            self.numbers_changed.emit(self._shown)

    def _arrive(self, worker: Worker) -> None:
        """The thread has ended; a wish that came too late for it is carried out now."""
        if self._goal is not None and worker.error is None and worker.latest.step != self._goal:
            worker.go_to(self._goal)
            return
        self._goal = None
        self._come_to_rest(worker)

    def _come_to_rest(self, worker: Worker) -> None:
        """The thread has ended: show where it stands, and say why."""
        self._rest()
        if worker.error is not None:
            self._tell_error(worker.error)
        self._say_why_it_stopped(worker)
        self.state_changed.emit()

    def _tell_error(self, error: BaseException) -> None:
        """A step failed: the run stands at its last good one, and the cause stays in sight."""
        problem = problem_of(error)
        if problem is None:
            log.error("training failed", exc_info=error)
            self.troubled.emit(lambda: step_fault_sentence(error))
        else:
            log.warning("a step could not be made: %s", problem)
            self.troubled.emit(lambda: str(problem_of(error)))

    def _look_again(self) -> None:
        """Somebody wants to see more of the step than before, or less."""
        worker = self._worker
        if worker is None:
            return
        if worker.running:
            self._watcher.begin(worker)  # what was seen before is long past
        else:
            self._look_inside(worker)
            self._show(worker.latest)

    def _look_inside(self, worker: Worker) -> None:
        """Look into the step at which the run stands; one that was made as a whole is made once more."""
        self._watcher.rest(worker, len(self._store.points))
        trainer = worker.trainer
        if trainer.is_to_open and worker.error is None:
            self._opener.start()  # not at once: training may be about to go on
        self._show_inside()

    def _open(self) -> None:
        """Make the step at which the run stands once more, to tell it phase by phase."""
        worker = self._worker
        if worker is None or worker.running or self._goal is not None or not worker.trainer.is_to_open:
            return
        if worker.latest.step:
            self._seek(worker, worker.latest.step)
            return
        try:
            worker.trainer.go_to(0)
        except Exception as error:  # from torch, or for want of memory
            worker.error = error
            self._tell_error(error)
        else:
            self._show_inside()

    def _seek(self, worker: Worker, step: int) -> None:
        self._goal = step
        worker.go_to(step)
        if not self._timer.isActive():  # started again at each wish, it would not come to its end in a drag
            self._timer.start(SEEKING)

    def _show_inside(self) -> None:
        """Say, once, what is in the step."""
        inside = None if self._worker is None else self._watcher.inside_of(self._worker)
        if inside is not self._inside:
            self._inside = inside
            self.inside_changed.emit(inside)

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot is not self._shown:
            self._shown = snapshot
            self._show_ghost()
            self.snapshot_changed.emit(snapshot)

    def _show_ghost(self) -> None:
        """Say, once, that the run has branched."""
        ghost = None if self._worker is None else self._worker.trainer.ghost
        if ghost is not self._ghost:
            self._ghost = ghost
            self.branched.emit(ghost)

    def _rest(self) -> None:
        """Show the last snapshot and its numbers."""
        self._timer.stop()
        if self._worker is not None:
            self._look_inside(self._worker)
            self._show(self._worker.latest)
            self.numbers_changed.emit(self._worker.latest)
            self._say_notice(self._worker.trainer.notice)

    # --- words ------------------------------------------------------------------------------------------

    def _say(self, sentence: str, warning: bool) -> None:
        self.sentence = sentence, warning
        self.said.emit(sentence, warning)

    def say_again(self) -> None:
        """Say what is so: in another language perhaps, or after something refused has been mended."""
        worker = self._worker
        if self.running or self._builder.busy:
            self._say(training_sentence() if self.running else self._building_sentence(), False)
        elif worker is None:
            self._say(*((empty_sentence(), False) if not len(self._store.points) else self.sentence))
        elif worker.trainer.tip.step or worker.trainer.in_mid_step:
            self._say_why_it_stopped(worker)
        else:
            self._say_ready()

    def _building_sentence(self) -> str:
        way = self.on_return
        return loading_sentence() if way is None else returning_sentence(way.step)

    def _say_notice(self, notice: str) -> None:
        """Say, once, what happened on the way."""
        if notice != self._notice:
            self._notice = notice
            self._say(notice, True)
            self.troubled.emit(lambda: notice)

    def _say_ready(self) -> None:
        if is_constant(self._store.points):
            self._say(constant_x_sentence(), True)
        elif self._store.experiment.earlier:
            self._say(recorded_sentence(len(self._store.experiment.earlier)), False)
        else:
            self.sentence = ready_sentence(self._store.brings_back_a_run), False
            self.idle.emit(self.sentence[0])

    def _say_why_it_stopped(self, worker: Worker) -> None:
        if worker.error is not None:
            self._say(failed_step_sentence(worker.latest.step), True)
            return
        self._say(*standing_sentence(worker.trainer, self._store.settings))


def _patience(worker: Worker, steps: int = 1) -> float:
    """How many seconds to wait for some steps: not in vain."""
    return PATIENCE if steps * worker.step_seconds < PATIENCE else 0.0


def _other_loss(one: Settings, other: Settings) -> bool:
    """Whether two settings measure the same fit differently."""
    return (one.loss, one.values("loss")) != (other.loss, other.values("loss"))
