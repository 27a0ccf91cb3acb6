"""One fit in progress: the five lines of every PyTorch lesson, and what a window needs around them."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.choices import LOSSES, MODELS
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.scaling import no_scaling, standard_scaling
from core.problem import Problem
from core.texts import _, n_
from core.training.devices import check_device, first_line
from core.training.history import History
from core.training.models import draw_start_values
from core.training.named import named
from core.training.snapshot import Snapshot

log = logging.getLogger(__name__)

torch.set_num_threads(1)  # what makes results repeat, and leaves a core to the window

Floats = NDArray[np.float64]

CONVERGENCE_EVERY = 50  # steps between two looks at the gradient
CONVERGENCE_TOLERANCE = 1e-5
LARGEST = {"float32": 1e18, "float64": 1e150}  # beyond these a squared error overflows
EPOCH_STRIDE = 1_000_003  # between the seeds of two runs' shuffles, so that epochs do not repeat across seeds

_run_ids = count(1)


class Wanted(NamedTuple):
    """What the person wants now; the running fit takes it up, whole, at its next step."""

    points: Points
    settings: Settings


class Trainer:
    """One run: a model, a loss and an optimizer at work on points.

    `latest` is the newest Snapshot (at first that of step 0), `history` holds every step's loss, `stopped`
    says why the run should end ("epochs", "steps", "converged" or "diverged") or is None, `notice` is
    a sentence about something that happened on the way. Raises Problem where no run can start.
    """

    def __init__(self, points: Points, settings: Settings) -> None:
        check_device(settings.device, settings.dtype)
        self.run = next(_run_ids)
        self.device = settings.device
        self.dtype: torch.dtype = getattr(torch, settings.dtype)
        self.history = History()
        self.stopped: str | None = None
        self.notice = ""
        self.scaling = (
            standard_scaling(points.x, points.y) if settings.standardise else no_scaling(points.x.shape[1])
        )
        self.curve: Curve = named(MODELS[settings.model].curve)(settings.values("model"), points.x.shape[1])
        self._check(points, settings)
        self._wanted = self._taken = Wanted(points, settings)
        self._step = self._epoch = self._position = self._first_step = self._first_epoch = 0
        self._order = torch.empty(0, dtype=torch.long)
        try:
            self._build()
        except RuntimeError as error:
            self._fall_back(error)
        self.latest = self._before = self._snapshot(self.full_loss())

    # --- what the person does -------------------------------------------------------------------------

    def change(self, points: Points | None = None, settings: Settings | None = None) -> None:
        """Let the next step use other points or settings; may be called from any thread.

        Raises Problem if they cannot be trained on, and ValueError if the change takes a new run.
        """
        wanted = Wanted(points or self._wanted.points, settings or self._wanted.settings)
        if self._wanted.settings.restarts(wanted.settings):
            raise ValueError("this change of settings takes a new Trainer")
        self._check(*wanted)
        self._wanted = wanted
        if self.stopped != "diverged":
            self.stopped = None

    def go_on(self) -> None:
        """After a stop by a limit or by convergence: count the limits anew from here."""
        if self.stopped and self.stopped != "diverged":
            self.stopped = None
            self._first_step, self._first_epoch = self._step, self._epoch

    def step(self) -> Snapshot:
        """One optimizer update, the five lines of every PyTorch lesson; after "diverged" none any more."""
        if self.stopped == "diverged":
            return self.latest
        if self._wanted is not self._taken:
            self._take_up(self._wanted)
        place = self._epoch, self._position
        try:
            loss = self._update(*self._batch())
        except RuntimeError as error:
            self._epoch, self._position = place
            self._fall_back(error)
            return self.step()
        return self._record(loss)

    def full_loss(self) -> float:
        """The loss of all points at the present parameters, in the units of the data."""
        with torch.no_grad():
            loss: Tensor = self._loss(self._model(self._inputs), self._targets)
            return loss.item() * self._loss_unit

    # --- the step ---------------------------------------------------------------------------------------

    def _update(self, inputs: Tensor, targets: Tensor) -> float:
        """The step itself; returns its loss in the units of the data."""

        def closure() -> Tensor:
            self._optimizer.zero_grad()
            loss: Tensor = self._loss(self._model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        loss = self._optimizer.step(closure)  # type: ignore[arg-type]  # torch says float, and takes tensors
        return float(loss.item()) * self._loss_unit  # type: ignore[attr-defined]

    def _batch(self) -> tuple[Tensor, Tensor]:
        """The inputs and targets of this step: all of them, or the next ones in this epoch's order."""
        size, total = self._taken.settings.batch_size, len(self._targets)
        if size is None or size >= total:
            self._epoch += 1
            return self._inputs, self._targets
        if self._position == 0:
            seed = self._taken.settings.seed * EPOCH_STRIDE + self._epoch
            generator = torch.Generator().manual_seed(seed)
            self._order = torch.randperm(total, generator=generator)
        chosen = self._order[self._position : self._position + size].to(self.device)
        self._position += size
        if self._position >= total:
            self._position = 0
            self._epoch += 1
        return self._inputs[chosen], self._targets[chosen]

    def _record(self, loss: float) -> Snapshot:
        """Note what the step did, and whether the run should end."""
        if not math.isfinite(loss):
            return self._diverge()
        self._step += 1
        self.history.append(loss)
        self._before, self.latest = self.latest, self._snapshot(loss)
        self.stopped = self._reason_to_stop(loss)
        return self.latest

    def _diverge(self) -> Snapshot:
        """Keep the last snapshot with finite numbers; the run ends there."""
        self.latest = self.latest if self.latest.finite() else self._before
        self._step, self._epoch = self.latest.step, self.latest.epoch
        self.history.truncate(self._step)
        self.stopped = "diverged"
        return self.latest

    def _reason_to_stop(self, loss: float) -> str | None:
        settings = self._taken.settings
        if self._step % CONVERGENCE_EVERY == 0 and self._converged(loss):
            return "converged"
        if settings.steps is not None and self._step - self._first_step >= settings.steps:
            return "steps"
        if settings.epochs is not None and self._epoch - self._first_epoch >= settings.epochs:
            return "epochs"
        return None

    def _converged(self, loss: float) -> bool:
        """Whether the full-batch gradient is nothing beside the loss, or the loss nothing beside y.

        max |g| (1 + |θ|) <= tolerance · loss: the loss would change by less than the tolerance if any
        parameter changed by its own size. With mini-batches the gradient never rests, so there it is no sign.
        """
        size = self._taken.settings.batch_size
        if size is not None and size < len(self._targets):
            return False
        if loss <= self._loss_floor:
            return True
        pull = max(
            float((p.grad.abs() * (1.0 + p.detach().abs())).max())
            for p in self._model.parameters()
            if p.grad is not None
        )
        return pull <= CONVERGENCE_TOLERANCE * loss / self._loss_unit

    def _snapshot(self, loss: float) -> Snapshot:
        arrays = tuple([array.copy() for array in self._arrays or self._parameter_arrays()])
        return Snapshot(
            self.run, self._step, self._epoch, loss, arrays, self.curve, self.scaling, self.device
        )

    # --- building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Everything that lives on the device."""
        self._model = self._start_model().to(self.device)
        self._optimizer = self._build_optimizer()
        self._load_points()
        self._build_loss()

    def _start_model(self) -> nn.Module:
        """The model at its start values, on the CPU."""
        points, settings = self._taken
        row = settings.row("model")
        with torch.device("meta"):
            model: nn.Module = named(row.runs)(points.x.shape[1], **row.arguments(settings.values("model")))
        model = model.to(self.dtype).to_empty(device="cpu")
        if settings.start == "pytorch":
            draw_start_values(model, torch.Generator().manual_seed(settings.seed))
        elif settings.start == "zeros":
            self._set_parameters(model, [np.zeros(shape) for shape in self.curve.shapes()])
        else:
            self._set_parameters(model, self._own_start_values(settings))
        return model

    def _own_start_values(self, settings: Settings) -> list[Floats]:
        given, needed = len(settings.start_values), self.curve.count()
        if given != needed:
            raise Problem(
                n_(
                    "The model has {needed} parameter, and {given} start values are given; give {needed}.",
                    "The model has {needed} parameters, and {given} start values are given; give {needed}.",
                    needed,
                ).format(needed=needed, given=given)
            )
        return self.curve.from_data_units(settings.start_values, self.scaling)

    @staticmethod
    def _set_parameters(model: nn.Module, arrays: Sequence[Floats]) -> None:
        with torch.no_grad():
            for parameter, array in zip(model.parameters(), arrays, strict=True):
                parameter.copy_(torch.from_numpy(array))

    def _build_optimizer(self) -> torch.optim.Optimizer:
        settings = self._taken.settings
        row = settings.row("optimizer")
        optimizer: torch.optim.Optimizer = named(row.runs)(
            self._model.parameters(), lr=settings.learning_rate, **row.arguments(settings.values("optimizer"))
        )
        # On the CPU these arrays share the parameters' memory, so that reading them costs next to nothing.
        self._arrays = self._parameter_arrays() if self.device == "cpu" else []
        return optimizer

    def _parameter_arrays(self) -> list[Floats]:
        return [parameter.detach().cpu().numpy() for parameter in self._model.parameters()]

    def _take_up(self, wanted: Wanted) -> None:
        """Make the tensors, the loss and the rate those of `wanted`."""
        before, self._taken = self._taken, wanted
        if wanted.points is not before.points:
            self._load_points()
        if wanted.points is not before.points or wanted.settings.batch_size != before.settings.batch_size:
            self._position = 0
        self._build_loss()
        for group in self._optimizer.param_groups:
            group["lr"] = wanted.settings.learning_rate

    def _load_points(self) -> None:
        points = self._taken.points
        self._inputs = self._tensor(self.curve.features(self.scaling.x_in(points.x)))
        self._targets = self._tensor(self.scaling.y_in(points.y).reshape(-1, 1))

    def _build_loss(self) -> None:
        """The loss on scaled data, and what leads from it to the units of the data."""
        points, settings = self._taken
        row, values = LOSSES[settings.loss], settings.values("loss")
        for parameter in row.parameters:
            if parameter.unit == "y":
                values[parameter.key] = float(str(values[parameter.key])) / self.scaling.y_scale
        self._loss: nn.Module = named(row.runs)(**row.arguments(values))
        self._loss_unit = self.scaling.y_scale**row.order
        rounding = 10 * torch.finfo(self.dtype).eps * float(np.abs(points.y).max())
        self._loss_floor = rounding**row.order

    def _tensor(self, array: Floats) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(dtype=self.dtype, device=self.device)

    def _check(self, points: Points, settings: Settings) -> None:
        """Raise Problem if these points cannot be trained on."""
        if not len(points):
            raise Problem(_("There are no points to fit yet: draw some, or open a file."))
        if settings.model == "polynomial" and points.x.shape[1] != 1:
            raise Problem(_("A polynomial takes one column of x; choose another model, or one column."))
        inputs, targets = self.curve.features(self.scaling.x_in(points.x)), self.scaling.y_in(points.y)
        raw = max(np.abs(points.x).max(), np.abs(points.y).max())
        largest = max(np.abs(inputs).max(), np.abs(targets).max())
        if largest > LARGEST[settings.dtype] or raw > LARGEST["float64"]:
            raise Problem(
                _(
                    "The numbers reach {value}, too large to train on in {dtype}: "
                    "scale the data down, choose Standardise, or choose float64."
                ).format(value=f"{max(raw, largest):.3g}", dtype=settings.dtype)
            )

    # --- when the device fails --------------------------------------------------------------------------

    def _fall_back(self, error: RuntimeError) -> None:
        """Go on on the CPU from the last step, with the optimizer's state if it can still be read."""
        if self.device == "cpu":
            if "memory" in str(error):
                raise Problem(
                    _("There is not enough memory for this step; use a smaller batch or fewer points.")
                ) from error
            raise error
        log.warning("the device %s failed", self.device, exc_info=error)
        self.notice = _("{device} failed ({reason}); the run goes on on the CPU from its last step.").format(
            device=self.device, reason=first_line(error)
        )
        failed = getattr(self, "_optimizer", None)
        self.device = "cpu"
        self._build()
        if failed is None:
            return
        self._set_parameters(self._model, self.latest.arrays)
        try:
            self._optimizer.load_state_dict(failed.state_dict())
        except RuntimeError:
            log.warning("the state of the optimizer is lost; it starts anew", exc_info=True)
        for group in self._optimizer.param_groups:
            group["lr"] = self._taken.settings.learning_rate
