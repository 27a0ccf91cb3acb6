"""The program of a fit: run by itself it comes to the same bits, and no name from outside gets into its code."""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.choices import LOSSES, MODELS, OPTIMIZERS, SCHEDULES, TABLES
from core.experiment import Points, Settings, generate
from core.export import program
from core.training import Trainer

STEPS = 7
FEW = generate("line", {"count": 11})


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """What a program changes for a whole process is put back."""
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    yield
    torch.set_num_threads(threads)
    torch.set_rng_state(state)


def printed(points: Points, settings: Settings, **more: object) -> dict[str, object]:
    """What the program prints, by name; it runs in names of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program(points, settings, **more).text(), "program.py", "exec"), {"__name__": "__main__"})
    lines = [line.split(" ", 1) for line in out.getvalue().splitlines()]
    return {name: json.loads(value) for name, value in lines if not value.startswith("matplotlib")}


def trained(points: Points, settings: Settings, steps: int = STEPS) -> Trainer:
    trainer = Trainer(points, settings)
    for _ in range(steps):
        trainer.step()
    return trainer


def agree(points: Points, settings: Settings, steps: int = STEPS) -> dict[str, object]:
    """The program and a Trainer come to the same bits; what the program printed."""
    trainer = trained(points, settings, steps)
    assert trainer.stopped != "diverged"
    found = printed(points, settings, steps=steps)
    arrays = [np.array(value) for name, value in found.items() if name.startswith("layer")]
    for array, expected in zip(arrays, trainer.latest.arrays, strict=True):
        assert array.tolist() == expected.tolist()
    assert found["loss"] == trainer.latest.loss
    return found


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_loss_and_model_come_to_the_same_bits(
    optimizer: str, loss: str, model: str, standardise: bool
) -> None:
    agree(FEW, Settings(model, loss, optimizer, standardise=standardise))
