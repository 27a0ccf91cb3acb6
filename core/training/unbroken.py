"""Lets a run outlive an error in any of its steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from core.training.step_error import problem_of

P = ParamSpec("P")
R = TypeVar("R")


class _Mends(Protocol):
    torn: bool

    def mend(self) -> None:
        """Stand at the last good step."""


M = TypeVar("M", bound=_Mends)


def unbroken(verb: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """Let a method that an error has ended leave the run at its last good step.

    It is mended before the next one, not at once: memory may be short until the person has done something.
    Raises Problem for what the person can help, and otherwise the error, of whatever class.
    """

    @wraps(verb)
    def whole(self: M, /, *arguments: P.args, **words: P.kwargs) -> R:
        if self.torn:
            self.mend()
            self.torn = False
        try:
            return verb(self, *arguments, **words)
        except BaseException as error:
            self.torn = True
            problem = problem_of(error)
            if problem is None or problem is error:
                raise
            raise problem from error

    return whole
