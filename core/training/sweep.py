"""Many runs trained together: their parameters have a leading run axis, and one step is a step of each."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import vmap

from core.choices import MODELS
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.experiment.split import held_out
from core.insight.curves import in_a_row
from core.insight.scaling import no_scaling, standard_scaling
from core.insight.trainable import check_points
from core.problem import Problem
from core.texts import _
from core.training.devices import check_device
from core.training.fit import Fit, Place, Wanted, shuffled, start_model
from core.training.named import named
from core.training.stack import Stack
from core.training.step_rates import StepRates
from core.training.sweep_plan import RATE, SEED, START, SweepPlan, check_sweep
from core.training.sweep_view import SweepView

Floats = NDArray[np.float64]

KEPT = 1000  # losses of each run, at most; of a longer one those of every second, third … step
BLOCK = 16  # steps, at most, whose losses are found at once: so they cost next to nothing
ROOM = 4_000_000  # predictions kept meanwhile
MOST_NUMBERS = 60_000_000  # in the widest layer of all runs, for one step
SHORTEN = 1e-6  # as torch.nn.utils.clip_grad_norm_ has it


class Sweep:
    """The runs of `plan` upon `points`; every other choice is that of `settings`, the stop rules aside.

    Each run is the one that a Trainer makes of the same settings, but for rounding: the optimizer takes all
    of them at a learning rate of 1, and each run goes its own rate's share of the way. Raises Problem where
    nothing can be swept.
    """

    def __init__(self, points: Points, settings: Settings, plan: SweepPlan) -> None:
        check_sweep(plan, settings)
        check_device(settings.device, settings.dtype)
        self.plan = plan
        self.values = plan.values()
        settings = _alone(settings)
        if plan.what == SEED:
            settings = plan.settings_of(settings, self.values[0])
        self._settings = settings
        self._fit = self._one_fit(points)
        self._stack = self._start()
        self._targets = self._fit.data()[1][:, 0]
        self._check_size()
        self._own_rates = settings.optimizer != "rprop"  # which takes it for its first step alone
        self._optimizer = self._build_optimizer()
        rates = self.values if plan.what == RATE else np.full(plan.runs, settings.learning_rate)
        self._rates = StepRates(settings, rates)
        if settings.optimizer == "asgd":
            rates = _as_asgd_keeps(rates)
        self._lengths = self._column(rates)  # what the next step multiplies the optimizer's step by
        self._place = Place(0, 0)
        self._orders: tuple[int, Tensor] | None = None
        self._stride = -(-plan.steps // KEPT)
        self._losses = np.full((-(-plan.steps // self._stride), plan.runs), np.nan)
        self._diverged_at = np.zeros(plan.runs, dtype=np.intp)
        self.step = 0

    # --- the steps --------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Some steps of every run, up to the last."""
        made: list[tuple[Tensor, Tensor]] = []
        first = self.step
        for _step in range(self._block()):
            made.append(self._step())
        for _shape, steps in groupby(made, lambda step: step[0].shape):  # the last batch may be smaller
            predictions, targets = zip(*steps, strict=True)
            self._note(first, self._losses_of(torch.cat(predictions), torch.cat(targets)))
            first += len(predictions)

    def _block(self) -> int:
        """How many steps are made before their losses are looked at."""
        if self._rates.measured:
            return 1
        size = self._settings.batch_size or self._fit.count
        room = ROOM // (self.plan.runs * min(size, self._fit.count))
        return min(max(room, 1), BLOCK, self.plan.steps - self.step)

    def _step(self) -> tuple[Tensor, Tensor]:
        """A step of every run; its predictions `[R, B]`, and its targets of the same shape."""
        inputs, targets = self._batch()
        predicted = self._stack.predict(inputs)
        targets = targets.expand_as(predicted)
        # Each loss is a mean over the points, so that this is the sum of the losses of the runs.
        objective = self.plan.runs * self._fit.compare(predicted, targets)
        if self._settings.l1:
            objective = objective + self._settings.l1 * self._stack.size_of_weights()
        self._update(self._clipped(self._stack.gradient(objective)))
        self._next_rates(predicted, targets)
        self.step += 1
        return predicted.detach(), targets

    def _update(self, gradient: Tensor) -> None:
        """What the optimizer makes of the gradient `[R, P]`, each run at its rate."""
        numbers = self._stack.numbers
        numbers.grad = gradient
        if not self._own_rates:
            self._optimizer.step()
            return
        before = numbers.clone()
        self._optimizer.step()
        torch.lerp(before, numbers, self._lengths, out=numbers)

    def _clipped(self, gradient: Tensor) -> Tensor:
        """The gradient of each run, shortened if that is wanted."""
        clip = self._settings.clip_norm
        if clip is None:
            return gradient
        lengths: Tensor = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
        return gradient * (clip / (lengths + SHORTEN)).clamp(max=1.0)

    def _next_rates(self, predicted: Tensor, targets: Tensor) -> None:
        """The rates of the next step."""
        taken = self._rates.now
        if not self._rates.constant:
            self._rates.step(self._measured(predicted, targets) if self._rates.measured else None)
        if self._settings.optimizer == "asgd":
            self._lengths = self._column(self._decayed(taken))
            self._optimizer.state[self._stack.numbers]["eta"].fill_(1.0)
        elif not self._rates.constant:
            self._lengths = self._column(self._rates.now)

    def _decayed(self, taken: Floats) -> Floats:
        """What ASGD makes of the rates `taken` at this step for the next one, as torch.optim.ASGD has it."""
        values = self._settings.values("optimizer")
        lambd, alpha = float(str(values["lambd"])), float(str(values["alpha"]))
        return _as_asgd_keeps(taken / (1 + lambd * taken * (self.step + 1)) ** alpha)

    def _measured(self, predicted: Tensor, targets: Tensor) -> Floats:
        """The losses that a schedule looks at: of the points held out, or else of this step."""
        held = self._held_losses()
        return self._losses_of(predicted.detach(), targets) if held is None else held

    # --- the points of a step ---------------------------------------------------------------------------

    def _batch(self) -> tuple[Tensor, Tensor]:
        """The inputs and targets of this step: those that each single run takes."""
        size, total = self._settings.batch_size, self._fit.count
        if size is None or size >= total:
            return self._fit.data()[0], self._targets
        epoch, position = self._place
        end = position + size
        chosen = self._shuffled(epoch)[..., position:end]
        self._place = Place(epoch, end) if end < total else Place(epoch + 1, 0)
        return self._fit.data()[0][chosen], self._targets[chosen]

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

    def _note(self, first: int, losses: Floats) -> None:
        """Note the losses of the steps behind step `first`, and which runs have diverged in them."""
        losses = losses.reshape(-1, self.plan.runs)
        lost = ~np.isfinite(losses)
        newly = lost.any(axis=0) & (self._diverged_at == 0)
        self._diverged_at[newly] = first + 1 + lost.argmax(axis=0)[newly]
        skipped = -first % self._stride
        kept = losses[skipped :: self._stride]
        place = (first + skipped) // self._stride
        self._losses[place : place + len(kept)] = kept

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

    def view(self, x: Floats) -> SweepView:
        """How the runs stand; with what they predict at x `[M]`, in the units of the data."""
        held = self._held_losses()
        standing = self._full_losses(*self._fit.data()[:2]) if held is None else held
        diverged_at = self._diverged_at.copy()
        lost = (diverged_at > 0) | ~np.isfinite(standing)
        kept = -(-self.step // self._stride)
        return SweepView(
            self.plan,
            self.values,
            self.step,
            self._losses[:kept].T,
            self._stride,
            np.where(lost, np.inf, standing),
            np.where(lost & (diverged_at == 0), self.step + 1, diverged_at),
            self._curves(x, lost),
            self.starts,
        )

    def _curves(self, x: Floats, lost: NDArray[np.bool_]) -> Floats:
        fit = self._fit
        columns = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
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

    def _one_fit(self, points: Points) -> Fit:
        """A fit that has loaded the points, and compares as all runs do."""
        settings = self._settings
        training = ~held_out(len(points), settings.validation, settings.validation_seed)
        scaling = (
            standard_scaling(points.x[training], points.y[training])
            if settings.standardise and len(points)
            else no_scaling(points.x.shape[1])
        )
        curve = named(MODELS[settings.model].curve)(settings.values("model"), points.x.shape[1])
        check_points(points, settings, curve, scaling)
        return Fit(Wanted(points, settings), settings.device, curve, scaling)

    def _start(self) -> Stack:
        """All runs at their start values."""
        fit, settings, plan = self._fit, self._settings, self.plan
        if plan.what == SEED:
            wanted = [plan.settings_of(settings, seed) for seed in self.values]
            models = [start_model(each, fit.curve, fit.scaling) for each in wanted]
        else:
            models = [start_model(settings, fit.curve, fit.scaling)] * plan.runs
        stack = Stack(models, fit.device)
        if plan.what == START:
            stack.numbers.mul_(self._column(self.values))
        rows = stack.numbers.cpu().numpy()
        named_rows = [fit.curve.in_data_units(fit.curve.arrays(row), fit.scaling) for row in rows]
        self.starts = np.array([in_a_row(parameters) for parameters in named_rows])
        return stack

    def _build_optimizer(self) -> torch.optim.Optimizer:
        settings = self._settings
        row = settings.row("optimizer")
        rate = 1.0 if self._own_rates else settings.learning_rate
        optimizer: torch.optim.Optimizer = named(row.runs)(
            [self._stack.numbers], lr=rate, **row.arguments(settings.values("optimizer"))
        )
        return optimizer

    def _column(self, values: Floats) -> Tensor:
        """One number for each run `[R, 1]`."""
        return torch.tensor(values[:, None], dtype=self._fit.dtype, device=self._fit.device)

    def _check_size(self) -> None:
        """Raise Problem where a step would take too much memory."""
        widest = max(part.shape[1] for part in self._stack.parts)
        seen = min(self._settings.batch_size or self._fit.count, self._fit.count)
        shuffles = self._fit.count if self.plan.what == SEED and seen < self._fit.count else 0
        if self.plan.runs * max(widest * self._fit.count, shuffles) > MOST_NUMBERS:
            raise Problem(
                _("So many runs upon so many points take too much memory; sweep fewer runs, or fewer points.")
            )


def _as_asgd_keeps(rates: Floats) -> Floats:
    """The rates as torch.optim.ASGD has them, which rounds them on the way."""
    rounded: Floats = rates.astype(np.float32).astype(np.float64)
    return rounded


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
