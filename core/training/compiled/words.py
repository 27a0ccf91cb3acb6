"""What a person is told of the engine: how far its code is, what it cost, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.texts import _

if TYPE_CHECKING:
    from core.training.compiled.compilation import Compilation
    from core.training.compiled.engine import Engine

WHOLE = 10  # seconds from which tenths say nothing


def engine_sentence(engine: Engine) -> str:
    """One sentence; empty where nothing is to be compiled."""
    compilation = engine.compilation
    if engine.reason or compilation is None:
        return engine.reason
    if compilation.busy:
        seconds, usual = compilation.seconds, compilation.usual or 0
        sentence = (
            _("Compiling for {seconds} s, of about {usual}; until it is done, training is eager.")
            if seconds < usual
            else _("Compiling for {seconds} s; until it is done, training is eager.")
        )
        return sentence.format(seconds=int(seconds), usual=round(usual))
    if compilation.code is None:
        return _("Waiting to be compiled: other code comes first; training is eager meanwhile.")
    if compilation.kept:
        return _("Compiled at an earlier start: at full speed, training is now faster.")
    sentence = _("Compiled in {seconds} s: at full speed, training is now faster.")
    return sentence.format(seconds=_cost(compilation))


def is_waiting(engine: Engine) -> bool:
    """Whether there may be code in a while: it is being made, or was given up for what others wanted."""
    return engine.compilation is not None and not engine.ready and not engine.reason


def engine_word(engine: Engine) -> str:
    """The same in a word or two."""
    compilation = engine.compilation
    if engine.ready:
        return _("compiled")
    if compilation is not None and compilation.busy:
        return _("compiling {seconds} s").format(seconds=int(compilation.seconds))
    return _("eager")


def engine_account(engine: Engine, steps: int) -> str:
    """How many of the `steps` of a run that is over were compiled; empty where nothing was to be."""
    compilation = engine.compilation
    if engine.reason or compilation is None:
        return engine.reason
    if compilation.code is None:
        return _(
            "All steps were eager: the run was over before its code was compiled. It pays for long runs only."
        )
    sentence = (
        _("Compiled steps: {count} of {steps}; the code was there from before, loaded in {seconds} s.")
        if compilation.kept
        else _("Compiled steps: {count} of {steps}; the code was made in {seconds} s.")
    )
    return sentence.format(count=f"{engine.steps:,}", steps=f"{steps:,}", seconds=_cost(compilation))


def _cost(compilation: Compilation) -> str:
    """The seconds that it has taken."""
    seconds = compilation.seconds
    return f"{seconds:.0f}" if seconds >= WHOLE else f"{seconds:.1g}"
