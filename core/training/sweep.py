"""Many runs trained together: their parameters have a leading run axis, and one step is a step of each."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import vmap

from core.choices import OPTIMIZERS
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import in_a_row
from core.problem import Problem
from core.texts import _
from core.training.fit import Place, shuffled, start_model
from core.training.joint_steps import JointSteps
from core.training.separate_steps import SeparateSteps
from core.training.stack import Stack
from core.training.step_rates import StepRates
from core.training.sweep_plan import RATE, SEED, START, TOO_LARGE, SweepPlan, check_sweep
from core.training.sweep_record import SweepRecord
from core.training.sweep_view import SweepView
from core.training.threads import with_own_threads
from core.training.trainer import Trainer

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BLOCK = 16  # steps, at most, whose losses are found at once: so they cost next to nothing
ROOM = 4_000_000  # predictions and parameters kept meanwhile
MOST_BYTES = 2 * 10**9  # for what is computed in one step
BACKWARD, FORWARD = 4, 2  # times as many numbers as the layers have, in a step and in looking at all points
SHORTEN = 1e-6  # as torch.nn.utils.clip_grad_norm_ has it


class Made(NamedTuple):
    """A step: what all runs predicted `[R, B]`, the targets, and the parameters `[R, P]` it began with."""

    predictions: Tensor
    targets: Tensor
    before: Tensor


class Sweep:
    """The runs of `plan` upon `points`; every other choice is that of `settings`, the stop rules aside.

    Each run is the one that a Trainer makes of the same settings, but for rounding. Raises Problem where
    nothing can be swept.
    """

    threads = 1  # whatever the settings say, so that the window beside it is not held up

    def __init__(self, points: Points, settings: Settings, plan: SweepPlan) -> None:
        check_sweep(plan, settings)
        self.plan = plan
        self.values = plan.values()
        settings = _alone(settings)
        self._settings = plan.settings_of(settings, self.values[0]) if plan.what == SEED else settings
        self._fit = Trainer(
            points, self._settings
        ).fit  # with points, losses and scales as all runs have them
        self._check_size()
        self._stack = Stack(self._start_models(), self._fit.device)
        if plan.what == START:
            self._stack.numbers.mul_(self._column(self.values))
        self.starts = self._in_data_units()
        self._targets = self._fit.data()[1][:, 0]
        steps = JointSteps if OPTIMIZERS[settings.optimizer].proportional else SeparateSteps
        self._steps: JointSteps | SeparateSteps = steps(self._settings, self._stack)
        given = self.values if plan.what == RATE else np.full(plan.runs, settings.learning_rate)
        self._rates = StepRates(settings, given)
        self._steps.set_rates(self._rates.now)
        self._place = Place(0, 0)
        self._orders: tuple[int, Tensor] | None = None
        self._record = SweepRecord(plan.runs, plan.steps)
        self.step = 0

    # --- the steps --------------------------------------------------------------------------------------

    @with_own_threads
    def advance(self) -> None:
        """Some steps of every run, up to the last."""
        made = [self._step() for _step in range(self._block())]
        first = self.step - len(made)
        for _shape, alike in groupby(made, lambda step: step.targets.shape):  # the last batch may be smaller
            predictions, targets, before = (torch.stack(part) for part in zip(*alike, strict=True))
            losses = self._losses_of(predictions.flatten(0, 1), targets.flatten(0, 1))
            self._record.note(first, losses.reshape(-1, self.plan.runs), _broken(before))
            first += len(predictions)

    def _block(self) -> int:
        """How many steps are made before their losses are looked at."""
        if self._rates.measured:
            return 1
        room = ROOM // (self.plan.runs * (self._batch_size() + self._stack.numbers.shape[1]))
        return min(max(room, 1), BLOCK, self.plan.steps - self.step)

    def _step(self) -> Made:
        """A step of every run."""
        inputs, targets = self._batch()
        predicted = self._stack.predict(inputs)
        targets = targets.expand_as(predicted)
        # Each loss is a mean over the points, so that this is the mean of the losses of the runs.
        objective = self._fit.compare(predicted, targets)
        if self._settings.l1:
            objective = objective + self._settings.l1 / self.plan.runs * self._stack.size_of_weights()
        gradient = self._clipped(self._stack.gradient(objective))
        predicted = predicted.detach()
        before = self._stack.numbers.clone()
        self._steps.step(gradient, before)
        self._next_rates(predicted, targets)
        self.step += 1
        return Made(predicted, targets, before)

    def _clipped(self, gradient: Tensor) -> Tensor:
        """The gradient of each run, shortened if that is wanted."""
        clip = self._settings.clip_norm
        if clip is None:
            return gradient
        lengths: Tensor = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
        return gradient * (clip / (lengths + SHORTEN)).clamp(max=1.0)

    def _next_rates(self, predicted: Tensor, targets: Tensor) -> None:
        """The rates of the next step."""
        if not self._rates.constant:
            self._rates.step(self._measured(predicted, targets) if self._rates.measured else None)
            self._steps.set_rates(self._rates.now)

    def _measured(self, predicted: Tensor, targets: Tensor) -> Floats:
        """The losses that a schedule looks at: of the points held out, or else of this step."""
        held = self._held_losses()
        return self._losses_of(predicted, targets) if held is None else held

    # --- the points of a step ---------------------------------------------------------------------------

    def _batch(self) -> tuple[Tensor, Tensor]:
        """The inputs and targets of this step: those that each single run takes."""
        size, total = self._batch_size(), self._fit.count
        if size == total:
            return self._fit.data()[0], self._targets
        epoch, position = self._place
        end = position + size
        chosen = self._shuffled(epoch)[..., position:end]
        self._place = Place(epoch, end) if end < total else Place(epoch + 1, 0)
        return self._fit.data()[0][chosen], self._targets[chosen]

    def _batch_size(self) -> int:
        """How many points a step takes, but for the last one of an epoch."""
        return min(self._settings.batch_size or self._fit.count, self._fit.count)

    def _shuffled(self, epoch: int) -> Tensor:
        """The order of the points `[N]`, or for seeds those of all runs `[R, N]`."""
        if self._orders is None or self._orders[0] != epoch:
            total = self._fit.count
            if self.plan.what == SEED:
                order = torch.stack([shuffled(int(seed), epoch, total) for seed in self.values])
            else:
                order = shuffled(self._settings.seed, epoch, total)
            self._orders = epoch, order.to(self._fit.device)
        return self._orders[1]

    # --- what was so ------------------------------------------------------------------------------------

    def _losses_of(self, predicted: Tensor, targets: Tensor) -> Floats:
        """The loss of each row of predictions `[k, N]`, in the units of the data."""
        with torch.no_grad():
            found = vmap(self._fit.compare)(predicted, targets)
        losses: Floats = found.cpu().numpy().astype(np.float64) * self._fit.loss_unit
        return losses

    def _held_losses(self) -> Floats | None:
        """The losses `[R]` of the points held out; None where there are none."""
        held = self._fit.data()[2:]
        return self._full_losses(*held) if held else None

    def _full_losses(self, inputs: Tensor, targets: Tensor) -> Floats:
        with torch.no_grad():
            predicted = self._stack.predict(inputs)
        return self._losses_of(predicted, targets[:, 0].expand_as(predicted))

    @with_own_threads
    def view(self, x: Floats) -> SweepView:
        """How the runs stand; with what they predict at x `[M]` or `[M, F]`, in the units of the data."""
        held = self._held_losses()
        standing = self._full_losses(*self._fit.data()[:2]) if held is None else held
        noted = self._record.diverged_at.copy()
        lost = (noted > 0) | ~np.isfinite(standing)
        next_step = np.maximum(self.step + 1 - _broken(self._stack.numbers), 1)
        return SweepView(
            self.plan,
            self.values,
            self.step,
            self._record.losses(self.step),
            self._record.stride,
            np.where(lost, np.inf, standing),
            np.where(lost & (noted == 0), next_step, noted),
            self._curves(x, lost),
            self.starts,
        )

    def _curves(self, x: Floats, lost: Flags) -> Floats:
        fit = self._fit
        columns = x[:, None] if x.ndim == 1 else x
        features = fit.curve.features(fit.scaling.x_in(columns))
        with torch.no_grad():
            predicted = self._stack.predict(torch.tensor(features, dtype=fit.dtype, device=fit.device))
        curves = fit.scaling.y_out(predicted.cpu().numpy().astype(np.float64))
        curves[lost] = np.nan
        return curves

    def parameters(self) -> list[list[Floats]]:
        """The arrays of every run, as a Snapshot has them."""
        numbers = self._stack.numbers.cpu().numpy()
        return [self._fit.curve.arrays(row) for row in numbers]

    # --- building ---------------------------------------------------------------------------------------

    def _start_models(self) -> list[nn.Module]:
        """The model of each run, as a single one has it before its first step."""
        fit, settings, plan = self._fit, self._settings, self.plan
        if plan.what != SEED:
            return [start_model(settings, fit.curve, fit.scaling)] * plan.runs
        each = (plan.settings_of(settings, seed) for seed in self.values)
        return [start_model(own, fit.curve, fit.scaling) for own in each]

    def _in_data_units(self) -> Floats:
        """The parameters of all runs `[R, P]`, as Settings have start values."""
        curve, scaling = self._fit.curve, self._fit.scaling
        return np.array([in_a_row(curve.in_data_units(own, scaling)) for own in self.parameters()])

    def _column(self, values: Floats) -> Tensor:
        """One number for each run `[R, 1]`."""
        return torch.tensor(values[:, None], dtype=self._fit.dtype, device=self._fit.device)

    def _check_size(self) -> None:
        """Raise Problem where a step, or a look at all points, would take too much memory."""
        seen, total = self._batch_size(), self._fit.count
        widths = [parameter.shape[0] for parameter in self._fit.parameters if parameter.dim() > 1] or [1]
        numbers = max(BACKWARD * seen * sum(widths), FORWARD * total * max(widths))
        shuffles = total if self.plan.what == SEED and seen < total else 0
        if (
            self.plan.runs * max(numbers * self._fit.dtype.itemsize, shuffles * torch.long.itemsize)
            > MOST_BYTES
        ):
            raise Problem(_(TOO_LARGE))


def _broken(parameters: Tensor) -> Flags:
    """Which runs of `[…, R, P]` have parameters that are not finite."""
    found: Flags = (~parameters.isfinite().all(dim=-1)).cpu().numpy()
    return found


def _alone(settings: Settings) -> Settings:
    """These settings without all that would end a run, or take a compiler."""
    return replace(
        settings,
        epochs=None,
        steps=None,
        seconds=None,
        loss_below=None,
        gradient_below=None,
        patience=None,
        engine="eager",
    )
