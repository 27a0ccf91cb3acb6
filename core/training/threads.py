"""How many threads PyTorch computes with: one, but for the steps of a run that asks for more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")


class _HasThreads(Protocol):
    threads: int


S = TypeVar("S", bound=_HasThreads)


def with_own_threads(verb: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let a method compute with the `threads` of its object, and whoever called it then as before.

    torch keeps the number for each thread of the program, and gives a new one what was last set in any of
    them. So nobody may rely on finding the number as he left it: whoever computes says how many he takes.
    """

    @wraps(verb)
    def within(self: S, /, *arguments: P.args, **words: P.kwargs) -> R:
        before, own = torch.get_num_threads(), self.threads
        if before == own:
            return verb(self, *arguments, **words)
        torch.set_num_threads(own)
        try:
            return verb(self, *arguments, **words)
        finally:
            torch.set_num_threads(before)

    return within
