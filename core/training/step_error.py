"""Says what the person can do about an error that ended a step, where the person can do anything."""

from __future__ import annotations

from core.problem import Problem
from core.texts import _

OF_MEMORY = ("out of memory", "not enough memory", "can't allocate", "cannot allocate", "bad_alloc")
OF_A_LIBRARY = ("shared object", "dll", "dlopen", "library")


def problem_of(error: BaseException) -> Problem | None:
    """The cause of `error` and what helps, in a sentence; None for a fault of the program."""
    text = str(error).lower()
    if isinstance(error, Problem):
        return error
    if isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in text for words in OF_MEMORY)
    ):
        return Problem(
            _(
                "There is not enough memory for this step; close other programs, or use a smaller batch or "
                "fewer points."
            )
        )
    if isinstance(error, ImportError) or (
        isinstance(error, OSError) and any(words in text for words in OF_A_LIBRARY)
    ):
        return Problem(
            _(
                "A part of PyTorch cannot be loaded ({detail}); install it again with: "
                'python -m pip install --force-reinstall "torch>=2.13,<2.14"'
            ).format(detail=first_line(error))
        )
    return None


def first_line(error: BaseException) -> str:
    """The first line of an error's text, at a length that fits a sentence."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:120]
