"""Draws as a program does after torch.manual_seed, without disturbing what anybody else draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

_ONE_AT_A_TIME = Lock()  # PyTorch has one generator for all threads


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let what a module draws by itself come from `seed`; afterwards PyTorch's generator stands as before."""
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
