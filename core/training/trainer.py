"""One fit in progress: the five lines of every PyTorch lesson, and what a window needs around them."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
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
from core.training.convergence import Convergence
from core.training.devices import check_device, first_line
from core.training.history import History
from core.training.models import draw_start_values
from core.training.named import named
from core.training.snapshot import Snapshot

log = logging.getLogger(__name__)

torch.set_num_threads(1)  # what makes results repeat, and leaves a core to the window

Floats = NDArray[np.float64]

CONVERGENCE_EVERY = 100  # steps between two looks at the gradient
LARGEST = {"float32": 1e18, "float64": 1e150}  # beyond these a squared error overflows
EPOCH_STRIDE = 1_000_003  # between the seeds of two runs' shuffles, so that epochs do not repeat across seeds

_run_ids = count(1)


class Wanted(NamedTuple):
    """What the person wants now; the running fit takes it up, whole, at its next step."""

    points: Points
    settings: Settings


class Place(NamedTuple):
    """Where a run stands: passes over the points that are complete, and points already used in this one."""

    epoch: int
    position: int


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
        self._stopped: str | None = None
        self.notice = ""
        self.scaling = (
            standard_scaling(points.x, points.y) if settings.standardise else no_scaling(points.x.shape[1])
        )
        self.curve: Curve = named(MODELS[settings.model].curve)(settings.values("model"), points.x.shape[1])
        self._check(points, settings)
        self._wanted = self._taken = Wanted(points, settings)
        self._step = self._first_step = self._first_epoch = 0
        self._place = Place(0, 0)
        self._order = torch.empty(0, dtype=torch.long)
        self._convergence: Convergence | None = None
        try:
            self._build()
            self.latest = self._snapshot(0, self._place, self.full_loss())
        except RuntimeError as error:
            self._leave_device(error)
            self.latest = self._snapshot(0, self._place, self.full_loss())

    @property
    def stopped(self) -> str | None:
        """Why the run should end, or None; what was changed since then may be a reason to go on."""
        changed = self._wanted is not self._taken
        return None if changed and self._stopped != "diverged" else self._stopped

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
            self._check(*wanted)
        self._wanted = wanted

    def go_on(self) -> None:
        """After a stop by a limit or by convergence: count the limits anew from here."""
        if self._stopped and self._stopped != "diverged":
            self._stopped = None
            self._first_step, self._first_epoch = self._step, self._place.epoch

    def step(self) -> Snapshot:
        """One optimizer update, the five lines of every PyTorch lesson; after "diverged" none any more."""
        if self._stopped == "diverged":
            return self.latest
        try:
            wanted = self._wanted
            if wanted is not self._taken:
                self._take_up(wanted)
            inputs, targets, place = self._batch()
            return self._record(place, self._update(inputs, targets))
        except RuntimeError as error:
            self._fall_back(error)
            return self.step()

    def full_loss(self) -> float:
        """The loss of all points at the present parameters, in the units of the data."""
        with torch.no_grad():
            loss = self._loss(self._predict(self._inputs), self._targets)
            return loss.item() * self._loss_unit

    # --- the step ---------------------------------------------------------------------------------------

    def _update(self, inputs: Tensor, targets: Tensor) -> float:
        """The step itself; returns its loss in the units of the data."""

        def closure() -> Tensor:
            for parameter in self._parameters:  # optimizer.zero_grad(), without its mark for the profiler,
                parameter.grad = None  # which would take 3 % of the step
            loss = self._loss(self._predict(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        loss = self._optimizer.step(closure)  # type: ignore[arg-type]  # torch says float, and takes tensors
        return float(loss.item()) * self._loss_unit  # type: ignore[attr-defined]

    def _batch(self) -> tuple[Tensor, Tensor, Place]:
        """The inputs and targets of this step, all or the next in this epoch's order; the place behind it."""
        epoch, position = self._place
        size, total = self._taken.settings.batch_size, len(self._taken.points)
        if size is None or size >= total:
            return self._inputs, self._targets, Place(epoch + 1, 0)
        if position == 0:
            seed = self._taken.settings.seed * EPOCH_STRIDE + epoch
            self._order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
        end = position + size
        chosen = self._order[position:end].to(self.device)
        place = Place(epoch, end) if end < total else Place(epoch + 1, 0)
        return self._inputs[chosen], self._targets[chosen], place

    def _record(self, place: Place, loss: float) -> Snapshot:
        """Note what the step did, and whether the run should end; a step into infinity is not counted."""
        after = self._snapshot(self._step + 1, place, loss)
        if not (math.isfinite(loss) and after.finite()):
            self._stopped = "diverged"
            _set(self._parameters, self.latest.arrays)
            return self.latest
        self._step, self._place = after.step, place
        self.history.append(loss)
        self.latest = after
        self._stopped = self._reason_to_stop()
        return after

    def _reason_to_stop(self) -> str | None:
        settings = self._taken.settings
        if self._step % CONVERGENCE_EVERY == 0 and self._converged():
            return "converged"
        if settings.steps is not None and self._step - self._first_step >= settings.steps:
            return "steps"
        if settings.epochs is not None and self._place.epoch - self._first_epoch >= settings.epochs:
            return "epochs"
        return None

    def _converged(self) -> bool:
        """Whether the gradient of this step vanishes, and that of all points behind it too."""
        if self._convergence is None:
            self._convergence = Convergence(_array(self._inputs), _array(self._targets)[:, 0])
        loss = self._typical_loss(self._convergence.deviation)
        before = [_array(parameter.grad) for parameter in self._parameters if parameter.grad is not None]
        return self._convergence.reached(before, loss) and self._convergence.reached(self._gradients(), loss)

    def _typical_loss(self, residual: float) -> float:
        """The loss of two points that are off by `residual`, one up and one down."""
        off = torch.tensor([[residual], [-residual]], dtype=self.dtype)
        loss = self._loss(off, torch.zeros_like(off))
        return loss.item()

    def _gradients(self) -> list[Floats]:
        """The gradient of the loss of all points at the present parameters."""
        loss = self._loss(self._predict(self._inputs), self._targets)
        return [_array(gradient) for gradient in torch.autograd.grad(loss, self._parameters)]

    def _snapshot(self, step: int, place: Place, loss: float) -> Snapshot:
        arrays = tuple([array.copy() for array in self._arrays or self._parameter_arrays()])
        rate = self._taken.settings.learning_rate
        return Snapshot(
            self.run, step, place.epoch, loss, arrays, self.curve, self.scaling, self.device, rate
        )

    # --- building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Everything that lives on the device."""
        model = self._start_model().to(self.device)
        self._predict: Callable[[Tensor], Tensor] = model.forward  # no hooks, so no need to look for any
        self._parameters = list(model.parameters())
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
            _set(model.parameters(), [np.zeros(shape) for shape in self.curve.shapes()])
        else:
            _set(model.parameters(), self._own_start_values(settings))
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
        arrays = self.curve.from_data_units(settings.start_values, self.scaling)
        largest = max(float(np.abs(array).max()) for array in arrays)
        if not largest <= LARGEST[settings.dtype]:
            raise Problem(
                _("The start values reach {value}, too large for {dtype}; choose smaller ones.").format(
                    value=f"{largest:.3g}", dtype=settings.dtype
                )
            )
        return arrays

    def _build_optimizer(self) -> torch.optim.Optimizer:
        settings = self._taken.settings
        row = settings.row("optimizer")
        optimizer: torch.optim.Optimizer = named(row.runs)(
            self._parameters, lr=settings.learning_rate, **row.arguments(settings.values("optimizer"))
        )
        # On the CPU these arrays share the parameters' memory, so that reading them costs next to nothing.
        self._arrays = self._parameter_arrays() if self.device == "cpu" else []
        return optimizer

    def _parameter_arrays(self) -> list[Floats]:
        return [parameter.detach().cpu().numpy() for parameter in self._parameters]

    def _take_up(self, wanted: Wanted) -> None:
        """Make the tensors, the loss and the rate those of `wanted`."""
        before, self._taken = self._taken, wanted
        if wanted.points is not before.points or wanted.settings.batch_size != before.settings.batch_size:
            self._place = Place(self._place.epoch, 0)
        if wanted.points is not before.points:
            self._load_points()
        self._build_loss()
        for group in self._optimizer.param_groups:
            group["lr"] = wanted.settings.learning_rate

    def _load_points(self) -> None:
        points = self._taken.points
        self._inputs = self._tensor(self.curve.features(self.scaling.x_in(points.x)))
        self._targets = self._tensor(self.scaling.y_in(points.y).reshape(-1, 1))
        self._convergence = None  # made when it is first asked

    def _build_loss(self) -> None:
        """The loss on scaled data, and what leads from it to the units of the data."""
        settings = self._taken.settings
        row, values = LOSSES[settings.loss], settings.values("loss")
        for parameter in row.parameters:
            if parameter.unit == "y":
                values[parameter.key] = float(str(values[parameter.key])) / self.scaling.y_scale
        loss: nn.Module = named(row.runs)(**row.arguments(values))
        self._loss: Callable[[Tensor, Tensor], Tensor] = loss.forward
        self._loss_unit = self.scaling.y_scale**row.order

    def _tensor(self, array: Floats) -> Tensor:
        # A copy in memory of torch's own: where NumPy's lies is not always the same, and a matrix product may
        # round differently there.
        return torch.tensor(array, dtype=self.dtype, device=self.device)

    def _check(self, points: Points, settings: Settings) -> None:
        """Raise Problem if these points cannot be trained on."""
        if not len(points):
            raise Problem(_("There are no points to fit yet: draw some, or open a file."))
        if settings.model == "polynomial" and points.x.shape[1] != 1:
            raise Problem(_("A polynomial takes one column of x; choose another model, or one column."))
        raw = max(np.abs(points.x).max(), np.abs(points.y).max())
        farthest = np.abs(self.scaling.x_in(points.x)).max(axis=0)  # whose features are the largest
        largest = max(self.curve.features(farthest[None]).max(), np.abs(self.scaling.y_in(points.y)).max())
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
        failed = self._optimizer
        self._leave_device(error)
        _set(self._parameters, self.latest.arrays)
        try:
            self._optimizer.load_state_dict(failed.state_dict())
        except RuntimeError:
            log.warning("the state of the optimizer is lost; it starts anew", exc_info=True)
            self.notice += " " + _("What the optimizer remembered is lost; it starts anew.")
        for group in self._optimizer.param_groups:
            group["lr"] = self._taken.settings.learning_rate

    def _leave_device(self, error: RuntimeError) -> None:
        """Build everything anew on the CPU; raises what cannot be helped there."""
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
        self.device = "cpu"
        self._build()


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().cpu().numpy().astype(np.float64)


def _set(parameters: Iterable[nn.Parameter], arrays: Sequence[Floats]) -> None:
    """Overwrite the parameters in place, so that an optimizer goes on with them."""
    with torch.no_grad():
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
