"""What is timed beside each other: loops and trainers that make steps when they are told to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch

from core.choices import OPTIMIZERS
from core.choices.named import named
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.problem import Problem
from core.training.fit import scaled_loss, start_model
from core.training.speed.figures import BARE, COMPILED, LOADER, Way
from core.training.speed.loops import bare_loop, data_loader_loop, five_lines, with_closure
from core.training.speed.plan import in_each_step
from core.training.trainer import Trainer

LOOPS = {LOADER: data_loader_loop, BARE: bare_loop}


class Contender(Protocol):
    """One way to make steps, with `size` points in each."""

    way: Way
    size: int

    def begin(self) -> None:
        """Before a repetition, untimed."""

    def go(self, steps: int) -> int:
        """Make `steps`, or a few more, or fewer where the run ends; how many it made.

        Raises Problem where it cannot be timed.
        """


class LoopContender:
    """A loop as a course writes it, on a model of its own; `parameters` are those of the model."""

    def __init__(self, way: Way, points: Points, settings: Settings) -> None:
        self.way = way
        self.size = in_each_step(len(points), settings)
        ours = Trainer(points, settings)  # which has made the tensors, and the scaling of the loss
        model = start_model(settings, ours.curve, ours.scaling).to(way.device)
        row = settings.row("optimizer")
        optimizer: torch.optim.Optimizer = named(row.runs)(
            model.parameters(), lr=settings.learning_rate, **row.arguments(settings.values("optimizer"))
        )
        make = five_lines if OPTIMIZERS[settings.optimizer].first_order else with_closure
        step = make(model, scaled_loss(settings, ours.scaling)[0], optimizer)
        x, y = (tensor.to(way.device) for tensor in ours.fit.data())
        self.parameters = list(model.parameters())
        generator = torch.Generator().manual_seed(settings.seed)
        self._losses: Iterator[object] = LOOPS[way.loop](x, y, self.size, generator, step)

    def begin(self) -> None:
        """It needs nothing."""

    def go(self, steps: int) -> int:
        """Exactly so many."""
        losses = self._losses
        for _step in range(steps):
            next(losses)
        return steps


class TrainerContender:
    """The program's own trainer, as its worker steps it: eager, or compiled, which takes its code."""

    def __init__(self, way: Way, points: Points, settings: Settings) -> None:
        self.way = way
        self.size = in_each_step(len(points), settings)
        self._compiled = way.loop == COMPILED
        self._wanted = points, settings
        self.trainer = self._new()

    def begin(self) -> None:
        """A run that has ended starts again."""
        if self.trainer.stopped:
            self.trainer = self._new()

    def go(self, steps: int) -> int:
        """So many; compiled, a few more."""
        trainer = self.trainer
        first = trainer.latest.step
        make = trainer.leap if self._compiled else trainer.step
        end = first + steps
        while trainer.latest.step < end:
            make()
            if trainer.stopped:
                break
        if trainer.device != self.way.device:
            raise Problem(trainer.notice)
        return max(1, trainer.latest.step - first)  # a step into infinity was made, too

    def _new(self) -> Trainer:
        trainer = Trainer(*self._wanted)
        if self._compiled:
            trainer.step()  # the first one is always eager
            trainer.prepare_engine()
            if not trainer.engine.ready:
                raise Problem(trainer.engine.reason)
        return trainer


def contender(way: Way, points: Points, settings: Settings) -> Contender:
    """The contender of a way, upon points and settings that are to be measured."""
    return (
        LoopContender(way, points, settings) if way.loop in LOOPS else TrainerContender(way, points, settings)
    )
