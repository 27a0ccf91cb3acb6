"""The verb `train`: a whole run without a window, and what came out of it in lines or as JSON."""

from __future__ import annotations

import argparse
import json
import math
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from core.choices import LOSSES, MODELS
from core.experiment.experiment import Experiment
from core.experiment.file import save_experiment
from core.experiment.split import held_out, too_few_points
from core.file_names import readable
from core.insight.fit_measures import Measures, measures
from core.insight.numbers import told_apart, typed
from core.problem import Problem
from core.terminal import Progress, complain, say
from core.texts import N_, _, joined, n_
from core.training import Snapshot
from core.training.compiled.words import engine_account, engine_word
from core.training.failure import DIVERGED, NAN
from core.training.history import History
from core.work import Work, idle_options, work_of

if TYPE_CHECKING:
    from core.insight.diagnosis import Remedy
    from core.training import Trainer

Draw = Callable[[Experiment, Snapshot, History, Path], None]

INTERRUPTED = 130  # the exit status of a program that Ctrl-C ended
EXPERIMENT_ENDING = ".fit.json"
WRITTEN = {"learning_rate": "--lr {value}", "standardise": "--standardise"}  # in short, not by --set

WHY = {
    "epochs": N_("It stopped because all epochs are done."),
    "steps": N_("It stopped because all steps are done."),
    "seconds": N_("It stopped because its time is up."),
    "loss_below": N_("It stopped because the loss before its last step, {loss}, is below {limit}."),
    "gradient_below": N_("It stopped because the gradient became shorter than the limit that was set."),
    "patience": N_(
        "It stopped because the loss before a step had not improved for as many steps as its patience."
    ),
    "early_stopping": N_(
        "It stopped because the validation loss improved no more; the numbers are those of its best step."
    ),
    "converged": N_("It stopped because it has converged: more steps would change next to nothing."),
    "diverged": N_("It stopped because it diverged; the numbers are those of the last good step."),
    "nan": N_(
        "It stopped because its next step is NaN, not a number; the numbers are those of the last good step."
    ),
    "interrupted": N_("It was interrupted; the numbers are those of the last step."),
}


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `steps` were done in all, of which `snapshot` may be an earlier one.

    `loss` is that of all training points at `snapshot`, as training computes it, in the units of the data.
    """

    work: Work
    snapshot: Snapshot
    loss: float
    steps: int
    device: str
    seconds: float
    why: str

    def fits(self) -> tuple[Measures, Measures | None]:
        """How well the model fits the training points, and those held out, if there are any.

        Their losses are those of torch, so that the exported program prints the same digits.
        """
        points, settings = self.work.points, self.work.settings
        apart = held_out(len(points), settings.validation, settings.validation_seed)
        training, validation = measures(points, settings, apart, self.snapshot.predict)
        if validation is not None:
            validation = validation._replace(loss=self.snapshot.validation_loss)
        return training._replace(loss=self.loss), validation

    def report(self) -> dict[str, object]:
        """The object of --json; what is not a finite number is None.

        `dropped_rows` says for each reason that there was how many rows of the table are no points; its keys
        are those of core.tables.reading, whatever the language. `sheet` is None where there are no sheets.
        `x_name` and `y_name` are those of the table, `x_unit` and `y_unit` the units that its cells have.
        `x_kind` is "numbers", "dates", "times" or "durations", of which x counts `x_unit` since `x_origin`.
        """
        settings, (training, validation) = self.work.settings, self.fits()
        function = self.snapshot.fitted_function(self.work.points, training.rmse)
        numbers: dict[str, object] = {
            "model": settings.model,
            "parameters": {name: np.asarray(v).tolist() for name, v in function.parameters().items()},
            "equation": function.equation().text,
            "loss": training.loss,
            "r2": training.r2,
            "rmse": training.rmse,
            "mae": training.mae,
            "validation": None if validation is None else validation._asdict(),
            "steps": self.snapshot.step,
            "epochs": self.snapshot.epoch,
            "seconds": self.seconds,
            "steps_per_second": self.steps / self.seconds if self.seconds else None,
            "device": self.device,
            "seed": settings.seed,
            "stopped_because": self.why,
            "points": len(self.work.points),
            "x_name": self.work.x.name,
            "y_name": self.work.y.name,
            **_x_counts(self.work),
            "y_unit": self.work.y.unit,
            "sheet": self.work.sheet,
            "dropped_rows": dict(self.work.dropped_because),
        }
        return {name: _strict(value) for name, value in numbers.items()}


def _x_counts(work: Work) -> dict[str, object]:
    """What x is, its unit, and since when it counts: an origin in ISO 8601, None where there is none."""
    scale = work.points.time_scale
    if scale is None:
        return {"x_kind": "numbers", "x_unit": work.x.unit, "x_origin": None}
    return {"x_kind": scale.kind, "x_unit": scale.unit, "x_origin": scale.since or None}


def train(arguments: argparse.Namespace, draw: Draw | None = None) -> int:
    """Do what `train` asks for, the arguments being those of core.cli.parse; the exit status.

    Raises Problem for what the person can mend, before the first step where it can be known then.
    """
    _check_outputs(arguments, draw)
    work = work_of(arguments)
    from core.training import Trainer

    trainer = Trainer(work.points, work.settings, work.experiment.earlier)
    if arguments.save:
        save_experiment(work.experiment, arguments.save)
    try:
        trainer.prepare_engine()
        outcome = _trained(trainer, work)
    finally:
        trainer.engine.close()
    if arguments.json:
        say(json.dumps(outcome.report(), ensure_ascii=False, allow_nan=False))
    else:
        _tell(outcome, arguments.save)
    for sentence in (
        work.notice,
        *idle_options(arguments.set, work.settings),
        trainer.notice,
        too_few_points(len(work.points), work.settings),
        engine_account(trainer.engine, trainer.tip.step),
        _advice(trainer, work),
    ):
        if sentence:
            complain(sentence)
    if arguments.plot and draw is not None:
        draw(work.experiment, outcome.snapshot, trainer.history, Path(arguments.plot))
    return INTERRUPTED if outcome.why == "interrupted" else 0


def _check_outputs(arguments: argparse.Namespace, draw: Draw | None) -> None:
    """Raise Problem now for an output that would fail after all the training."""
    if arguments.save and not arguments.save.lower().endswith(EXPERIMENT_ENDING):
        raise Problem(_("The file for --save must end in {ending}.").format(ending=EXPERIMENT_ENDING))
    if not arguments.plot:
        return
    if draw is None:
        raise Problem(_("--plot needs the drawing part of Fitscope; start it as: python main.py train."))
    if not Path(arguments.plot).absolute().parent.is_dir():
        raise Problem(
            _("The folder of “{file}” is not there; make it, or choose another.").format(
                file=readable(arguments.plot)
            )
        )


def _trained(trainer: Trainer, work: Work) -> Outcome:
    """Step until it stops or the person stops it."""
    progress = Progress()
    with Interruption() as interruption:
        began = time.perf_counter()
        while trainer.stopped is None and not interruption.happened:
            trainer.leap()
            if progress.is_due():
                progress.show(_progress(trainer))
        seconds = time.perf_counter() - began
    progress.clear()
    why = trainer.stopped or "interrupted"
    latest, loss = trainer.latest, trainer.full_loss()
    return Outcome(work, latest, loss, trainer.tip.step, trainer.device, seconds, why)


def _progress(trainer: Trainer) -> str:
    """How far a run is, in one line, and how far its code, where some is wanted."""
    snapshot = trainer.latest
    standing = _("step {step}  epoch {epoch}  loss {loss}").format(
        step=f"{snapshot.step:,}", epoch=f"{snapshot.epoch:,}", loss=f"{trainer.full_loss():.4g}"
    )
    compiled = trainer.wanted.settings.engine == "compiled"
    return f"{standing}  {engine_word(trainer.engine)}" if compiled else standing


class Interruption:
    """Within it, the first Ctrl-C or SIGTERM is noted and not raised; a second acts as ever."""

    def __init__(self) -> None:
        self.happened = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.happened = True
        self._restore()

    def _restore(self) -> None:
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler)


def _tell(outcome: Outcome, saved: str | None) -> None:
    """The outcome in a few lines."""
    settings, (training, validation) = outcome.work.settings, outcome.fits()
    function = outcome.snapshot.fitted_function(outcome.work.points, training.rmse)
    say(outcome.work.message)
    say(f"{_(MODELS[settings.model].label)}: {function.equation().text}")
    say(
        _("Loss {loss} ({name}), R² {r2}, RMSE {rmse}, MAE {mae}").format(
            name=_(LOSSES[settings.loss].label), **_rounded(training)
        )
    )
    if validation is not None:
        say(
            n_(
                "{count} point held out: validation loss {loss}, R² {r2}, RMSE {rmse}, MAE {mae}",
                "{count} points held out: validation loss {loss}, R² {r2}, RMSE {rmse}, MAE {mae}",
                validation.points,
            ).format(count=validation.points, **_rounded(validation))
        )
    say(
        _("{steps} steps, {epochs} epochs in {seconds} s: {rate} steps a second on {device}").format(
            steps=f"{outcome.snapshot.step:,}",
            epochs=f"{outcome.snapshot.epoch:,}",
            seconds=f"{outcome.seconds:.2f}",
            rate=f"{outcome.steps / max(outcome.seconds, 1e-9):,.0f}",
            device=outcome.device,
        )
    )
    say(_why(outcome))
    if saved:
        say(_("Saved as {file}.").format(file=readable(saved)))


def _why(outcome: Outcome) -> str:
    """Why the run has ended."""
    limit, numbers = outcome.work.settings.loss_below, {}
    if outcome.why == "loss_below" and limit is not None:
        numbers = dict(zip(("loss", "limit"), told_apart(outcome.snapshot.loss, limit), strict=True))
    return _(WHY[outcome.why]).format(**numbers)


def _advice(trainer: Trainer, work: Work) -> str:
    """What to try after a run that has no next step: what the window says of it too."""
    failure = trainer.failure
    if failure is None:
        return ""
    from core.insight.diagnosis import Evidence, diagnose
    from core.insight.optimum import training_points
    from core.insight.theory import theory

    finding = diagnose(
        Evidence(
            training_points(work.points, work.settings),
            work.settings,
            trainer.latest,
            trainer.history.losses(),
            trainer.history.validation_losses(),
            theory(work.points, work.settings, trainer.scaling),
            trainer.stopped,
            failure=failure,
        )
    )
    words = {
        DIVERGED: _("It diverged at step {step}."),
        NAN: _("Step {step} led to NaN, which is not a number."),
    }
    what = words[failure.reason].format(step=f"{failure.step:,}")
    if finding is None or finding.remedy is None:
        return joined(what, "" if finding is None else finding.sentence)
    try_this = _("Try {options}.").format(options=_as_options(finding.remedy))
    return joined(what, finding.sentence, try_this)


def _as_options(remedy: Remedy) -> str:
    """A remedy as a person gives it on the command line."""
    named = [
        WRITTEN.get(name, f"--set {name}={{value}}").format(value=_as_typed(value))
        for name, value in {**remedy.changes, **remedy.options}.items()
    ]
    return " ".join(named)


def _as_typed(value: object) -> str:
    return typed(value) if isinstance(value, float) else str(value)


def _rounded(fit: Measures) -> dict[str, str]:
    """The numbers of a fit in words."""
    numbers = {"loss": fit.loss, "r2": fit.r2, "rmse": fit.rmse, "mae": fit.mae}
    return {name: _("not defined") if value is None else f"{value:.6g}" for name, value in numbers.items()}


def _strict(value: Any) -> Any:
    """`value` with None in place of every number that is not finite."""
    if isinstance(value, dict):
        return {name: _strict(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_strict(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
