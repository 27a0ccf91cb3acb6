"""What a PyTorch program sets up: a model, a loss, an optimizer and a schedule at work on points."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.choices import LOSSES, SCHEDULES
from core.choices.named import named
from core.choices.schedules import Schedule
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import EPOCH_STRIDE, held_out
from core.insight.curves import Curve
from core.insight.scaling import Scaling
from core.insight.trainable import own_start_values
from core.training.convergence import Convergence
from core.training.seeded import seeded

Floats = NDArray[np.float64]

RATES = (
    "lr",
    "initial_lr",
    "max_lr",
    "min_lr",
)  # what a group of an optimizer keeps in proportion to the rate


class Wanted(NamedTuple):
    """What the person wants now; the running fit takes it up, whole, at its next step."""

    points: Points
    settings: Settings


class Place(NamedTuple):
    """Where a run stands: passes over the points that are complete, and points already used in this one."""

    epoch: int
    position: int


class Fit:
    """One model in training on `device`; `place` and the parameters say how far it has come.

    `loss` is what the last step's forward pass gave, without any penalty, `held` the loss of the points held
    out behind it (None where there are none), both in the units of the data; `rate` is the learning
    rate that it took. Before the first step, `loss` is that of all training points. `loss_unit` times a
    loss of scaled data is one in the units of the data, and `gradient_unit` the same of the loss whose
    gradient the parameters have. Raises Problem for start values that do not fit the model.
    """

    def __init__(self, wanted: Wanted, device: str, curve: Curve, scaling: Scaling) -> None:
        self.taken = wanted
        self.device = device
        self.dtype: torch.dtype = getattr(torch, wanted.settings.dtype)
        self.curve = curve
        self.scaling = scaling
        self.place = Place(0, 0)
        self._convergence: Convergence | None = None
        self._unclipped = torch.empty(0)
        self._order: tuple[tuple[int, int], Tensor] | None = None
        model = start_model(wanted.settings, curve, scaling).to(device)
        self.predict: Callable[[Tensor], Tensor] = model.forward  # no hooks, so no need to look for any
        self.parameters = list(model.parameters())
        self._weights = [parameter for parameter in self.parameters if parameter.dim() > 1]
        self.optimizer = self._build_optimizer()
        self.schedule = self._build_schedule()
        self.step_optimizer = self._build_step()
        # On the CPU these arrays share the parameters' memory, so that reading them costs next to nothing.
        self._shared = self._parameter_arrays() if device == "cpu" else []
        self._load_points()
        self._build_loss()
        self.gradient_unit = self.loss_unit
        self.loss, self.held = self.full_loss(), self._validation_loss()
        self.rate: float = self.optimizer.param_groups[0]["lr"]

    # --- the step ---------------------------------------------------------------------------------------

    def step(self) -> None:
        """One update on the next batch."""
        inputs, targets, place = self.batch()
        self.finish(self._update(inputs, targets), place)

    def finish(self, loss: Tensor, place: Place) -> None:
        """What comes behind the update of every step, whose forward pass gave `loss`."""
        self.loss = float(loss.item()) * self.loss_unit
        self.place = place
        self.rate = self.optimizer.param_groups[0]["lr"]
        self.held = self._validation_loss()
        if self.schedule is not None:
            self.step_schedule()

    def stand(
        self, loss: float, held: float | None, rate: float, place: Place, gradient_norm: float | None
    ) -> None:
        """These are the numbers of the last step, which was not made here."""
        self.loss, self.held, self.rate, self.place = loss, held, rate, place
        if gradient_norm is not None:
            self._unclipped = torch.tensor(gradient_norm)

    def step_schedule(self) -> None:
        """Let the schedule set the rate of the next step."""
        row = self._schedule_row()
        if row.measured:
            self.schedule.step(self.loss if self.held is None else self.held)
        elif not row.length or self.schedule.last_epoch < int(self._arguments("schedule")[row.length]) - 1:
            self.schedule.step()

    def _update(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The five lines of every PyTorch lesson; what their forward pass gave."""
        losses: list[Tensor] = []
        self.step_optimizer(self.closure(inputs, targets, losses))
        return losses[0]

    def closure(self, inputs: Tensor, targets: Tensor, losses: list[Tensor]) -> Callable[[], Tensor]:
        """What an optimizer evaluates: all lines but the last; `losses` takes what each forward pass gave."""

        def evaluate() -> Tensor:
            self.zero_grad()
            loss = self.compare(self.predict(inputs), targets)
            losses.append(loss)
            objective = self.objective(loss)
            objective.backward()  # type: ignore[no-untyped-call]
            self.clip()
            return objective

        return evaluate

    def zero_grad(self) -> None:
        """optimizer.zero_grad(), without its mark for the profiler, which would take 3 % of the step."""
        self.gradient_unit = self.loss_unit
        for parameter in self.parameters:
            parameter.grad = None

    def objective(self, loss: Tensor) -> Tensor:
        """What is minimised: the loss, with any penalty."""
        l1 = self.taken.settings.l1
        return loss + l1 * self._size_of_weights() if l1 else loss

    def clip(self) -> None:
        """Shorten the gradient, if that is wanted."""
        clip = self.taken.settings.clip_norm
        if clip is not None:
            self._unclipped = nn.utils.clip_grad_norm_(self.parameters, clip)

    def _size_of_weights(self) -> Tensor:
        """The sum of all absolute weights."""
        return torch.stack([weight.abs().sum() for weight in self._weights]).sum()

    def batch(self) -> tuple[Tensor, Tensor, Place]:
        """The inputs and targets of this step, all or the next in this epoch's order; the place behind it."""
        epoch, position = self.place
        size, total = self.taken.settings.batch_size, len(self._inputs)
        if size is None or size >= total:
            return self._inputs, self._targets, Place(epoch + 1, 0)
        end = position + size
        chosen = self.shuffled(epoch, total)[position:end].to(self.device)
        place = Place(epoch, end) if end < total else Place(epoch + 1, 0)
        return self._inputs[chosen], self._targets[chosen], place

    def shuffled(self, epoch: int, total: int) -> Tensor:
        """The order of the points in an epoch, made anew from the seed whenever it is not at hand."""
        if self._order is None or self._order[0] != (epoch, total):
            self._order = (epoch, total), shuffled(self.taken.settings.seed, epoch, total)
        return self._order[1]

    # --- what is so -------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many points are trained on."""
        return len(self._inputs)

    def steps_to_epoch(self, epoch: int) -> int:
        """How many steps there are until `epoch` passes over the points are complete."""
        size = self.taken.settings.batch_size or self.count
        here, position = self.place
        return (epoch - here) * -(-self.count // size) - position // size

    def data(self) -> list[Tensor]:
        """The inputs and targets trained on, and those held out, where there are any."""
        held = [] if self._held_inputs is None else [self._held_inputs, self._held_targets]
        return [self._inputs, self._targets, *held]

    def arrays(self) -> tuple[Floats, ...]:
        """A copy of the parameters."""
        return tuple([array.copy() for array in self._shared or self._parameter_arrays()])

    def full_loss(self) -> float:
        """The loss of all training points at the present parameters."""
        return self._loss_of(self._inputs, self._targets)

    def _validation_loss(self) -> float | None:
        """The loss of the points held out at the present parameters; None where there are none."""
        return None if self._held_inputs is None else self._loss_of(self._held_inputs, self._held_targets)

    def gradient_norm(self) -> float:
        """The length of the gradient of the last step, before any clipping."""
        if self.taken.settings.clip_norm is not None:
            return float(self._unclipped.item())
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        return float(nn.utils.get_total_norm(gradients).item())

    def converged(self) -> bool:
        """Whether the gradient of the last step vanishes, and that of all training points behind it too."""
        return self.vanishes(self.step_gradient()) and self.vanishes(self.gradients())

    def vanishes(self, gradient: list[Floats]) -> bool:
        """Whether `gradient` is so short that the run may have converged."""
        if self._convergence is None:
            self._convergence = Convergence(self._inputs, self._targets, self.curve.layered)
        return self._convergence.reached(gradient, self._typical_loss(self._convergence.deviation))

    def step_gradient(self) -> list[Floats]:
        """The gradient as the last step left it: with any penalty, and after any clipping."""
        return [_array(parameter.grad) for parameter in self.parameters if parameter.grad is not None]

    def _loss_of(self, inputs: Tensor, targets: Tensor) -> float:
        with torch.no_grad():
            return self.compare(self.predict(inputs), targets).item() * self.loss_unit

    def _typical_loss(self, residual: float) -> float:
        """The loss of two points that are off by `residual`, one up and one down."""
        off = torch.tensor([[residual], [-residual]], dtype=self.dtype)
        loss = self.compare(off, torch.zeros_like(off))
        return loss.item()

    def gradients(self) -> list[Floats]:
        """The gradient of the loss of all training points at the present parameters."""
        loss = self.compare(self.predict(self._inputs), self._targets)
        return [_array(gradient) for gradient in torch.autograd.grad(loss, self.parameters)]

    def _arguments(self, table: str) -> dict[str, Any]:
        """The keyword arguments of the class that the chosen row of a table names."""
        settings = self.taken.settings
        return settings.row(table).arguments(settings.values(table))

    # --- changes in mid-run -----------------------------------------------------------------------------

    def take_up(self, wanted: Wanted) -> None:
        """Make the tensors, the loss and the rate those of `wanted`; other data begin the epoch anew."""
        before = self.taken.settings
        other_points = self._point_choices(self.taken) != self._point_choices(wanted)
        if other_points or wanted.settings.batch_size != before.batch_size:
            self.place = Place(self.place.epoch, 0)
        self.taken = wanted
        if other_points:
            self._load_points()
        self._build_loss()
        if wanted.settings.learning_rate != before.learning_rate:
            self._scale_rates(before.learning_rate, wanted.settings.learning_rate)

    @staticmethod
    def _point_choices(wanted: Wanted) -> tuple[int, float, int]:
        """What decides which points are trained on."""
        return id(wanted.points), wanted.settings.validation, wanted.settings.validation_seed

    def _scale_rates(self, before: float, after: float) -> None:
        """Another learning rate: whatever the schedule has made of it stays in proportion."""
        for group in self.optimizer.param_groups:
            group.update({key: group[key] / before * after for key in RATES if key in group})
        if self.schedule is not None and hasattr(self.schedule, "base_lrs"):
            self.schedule.base_lrs = [rate / before * after for rate in self.schedule.base_lrs]

    def schedule_state(self) -> tuple[float, dict[str, Any]]:
        """The rate of the next step, and where the schedule stands."""
        return self.optimizer.param_groups[0][
            "lr"
        ], {} if self.schedule is None else self.schedule.state_dict()

    def set_schedule_state(self, state: tuple[float, dict[str, Any]]) -> None:
        """Go back or forward to what `schedule_state` told."""
        self.optimizer.param_groups[0]["lr"], kept = state
        if self.schedule is not None:
            self.schedule.load_state_dict(kept)

    # --- going back -------------------------------------------------------------------------------------

    def state(self) -> bytes:
        """All that the next step depends on, beside what is `taken`; kept in memory alone, never in a file.

        One piece of bytes, because Python's collector looks at every container again and again.
        """
        optimizer = self.optimizer
        schedule = None if self.schedule is None else self.schedule.state_dict()
        return pickle.dumps(
            (
                tuple(self.place),
                self._parameter_arrays(),
                [_plain(optimizer.state.get(parameter, {})) for parameter in self.parameters],
                [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups],
                schedule,
                (self.loss, self.rate, self.held),
            ),
            pickle.HIGHEST_PROTOCOL,
        )

    def restore(self, state: bytes, wanted: Wanted) -> None:
        """Go back to `state`, in which `wanted` was taken."""
        place, arrays, states, groups, schedule, numbers = pickle.loads(state)
        self.loss, self.rate, self.held = numbers
        if wanted is not self.taken:
            self.take_up(wanted)
        self.place = Place(*place)
        self.zero_grad()
        self.set_parameters(arrays)
        self.optimizer.state.clear()
        for parameter, kept in zip(self.parameters, states, strict=True):
            if kept:
                self.optimizer.state[parameter] = self._tensors(kept)
        for group, values in zip(self.optimizer.param_groups, groups, strict=True):
            group.update(values)
        if self.schedule is not None:
            self.schedule.load_state_dict(schedule)

    def set_parameters(self, arrays: Iterable[Floats]) -> None:
        """Overwrite the parameters in place, so that the optimizer goes on with them."""
        _set(self.parameters, arrays)

    def _tensors(self, value: Any) -> Any:
        """The inverse of _plain."""
        if isinstance(value, dict):
            return {key: self._tensors(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._tensors(part) for part in value]
        if isinstance(value, _Kept):
            return torch.tensor(value.array, device=self.device if value.on_device else "cpu")
        return value

    # --- building ---------------------------------------------------------------------------------------

    def _build_optimizer(self) -> torch.optim.Optimizer:
        settings = self.taken.settings
        optimizer: torch.optim.Optimizer = named(settings.row("optimizer").runs)(
            self.parameters, lr=settings.learning_rate, **self._arguments("optimizer")
        )
        return optimizer

    def _schedule_row(self) -> Schedule:
        return SCHEDULES[self.taken.settings.schedule]

    def _build_schedule(self) -> Any:
        """The scheduler, at step 0; None where the rate stays."""
        row = self._schedule_row()
        if not row.runs:
            return None
        rate = {row.rate_argument: self.taken.settings.learning_rate} if row.rate_argument else {}
        return named(row.runs)(self.optimizer, **self._arguments("schedule"), **row.fixed, **rate)

    def _build_step(self) -> Callable[[Callable[[], Tensor]], object]:
        """The optimizer's step, without the hooks and the mark for the profiler: a sixth of a small step.

        Schedules count the steps by such a hook.
        """
        if self.schedule is not None:
            step: Callable[[Callable[[], Tensor]], object] = self.optimizer.step  # type: ignore[assignment]
            return step
        plain = inspect.unwrap(type(self.optimizer).step)

        def bare(closure: Callable[[], Tensor]) -> None:
            with torch.no_grad():
                plain(self.optimizer, closure)

        return bare

    def _load_points(self) -> None:
        points, settings = self.taken
        held = held_out(len(points), settings.validation, settings.validation_seed)
        inputs = self.curve.features(self.scaling.x_in(points.x))
        targets = self.scaling.y_in(points.y).reshape(-1, 1)
        self._held_inputs: Tensor | None = None
        self._held_targets = self._inputs = torch.empty(0)
        if held.any():
            self._held_inputs, self._held_targets = self._tensor(inputs[held]), self._tensor(targets[held])
            inputs, targets = inputs[~held], targets[~held]
        self._inputs, self._targets = self._tensor(inputs), self._tensor(targets)
        self._convergence = None  # made when it is first asked

    def _build_loss(self) -> None:
        """The loss on scaled data, and what leads from it to the units of the data."""
        loss, self.loss_unit = scaled_loss(self.taken.settings, self.scaling)
        self.compare: Callable[[Tensor, Tensor], Tensor] = loss.forward

    def _tensor(self, array: Floats) -> Tensor:
        # A copy in memory of torch's own: where NumPy's lies is not always the same, and a matrix product may
        # round differently there.
        return torch.tensor(array, dtype=self.dtype, device=self.device)

    def _parameter_arrays(self) -> list[Floats]:
        return [parameter.detach().cpu().numpy() for parameter in self.parameters]


def start_model(settings: Settings, curve: Curve, scaling: Scaling) -> nn.Module:
    """The model at its start values, on the CPU.

    PyTorch's are those that the module gives itself after torch.manual_seed. They are drawn in float32,
    whatever the precision, so that a seed means one start.
    """
    row = settings.row("model")
    with seeded(settings.seed):
        model: nn.Module = named(row.runs)(curve.inputs, **row.arguments(settings.values("model")))
    model = model.to(getattr(torch, settings.dtype))
    if settings.start == "zeros":
        _set(model.parameters(), [np.zeros(shape) for shape in curve.shapes()])
    elif settings.start == "own":
        _set(model.parameters(), own_start_values(settings, curve, scaling))
    return model


def shuffled(seed: int, epoch: int, total: int) -> Tensor:
    """The order of `total` points in an epoch of the run that `seed` gives."""
    generator = torch.Generator().manual_seed(seed * EPOCH_STRIDE + epoch)
    return torch.randperm(total, generator=generator)


def scaled_loss(settings: Settings, scaling: Scaling) -> tuple[nn.Module, float]:
    """The chosen loss as it acts on scaled data, and the unit that makes it one of the data again."""
    row, values = LOSSES[settings.loss], settings.values("loss")
    for parameter in row.parameters:
        if parameter.unit == "y":
            values[parameter.key] = float(str(values[parameter.key])) / scaling.y_scale
    loss: nn.Module = named(row.runs)(**row.arguments(values))
    return loss, scaling.y_scale**row.order


class _Kept(NamedTuple):
    """A tensor of an optimizer's state, and whether it lay on the device of the parameters."""

    array: NDArray[Any]
    on_device: bool


def _plain(value: Any) -> Any:
    """An optimizer's state, without tensors, copied."""
    if isinstance(value, Tensor):
        return _Kept(value.detach().cpu().numpy(), value.device.type != "cpu")
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().cpu().numpy().astype(np.float64)


def _set(parameters: Iterable[nn.Parameter], arrays: Iterable[Floats] | Sequence[Floats]) -> None:
    with torch.no_grad():
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
