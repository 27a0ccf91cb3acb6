"""What a person is told of the engine: how far its code is, what it cost, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.texts import _

if TYPE_CHECKING:
    from core.training.compiled.engine import Engine

WHOLE = 10  # seconds from which tenths say nothing


def engine_sentence(engine: Engine) -> str:
    """One sentence; empty where nothing is to be compiled."""
    compilation = engine.compilation
    if engine.reason or compilation is None:
        return engine.reason
    seconds = compilation.seconds
    if compilation.busy:
        sentence = (
            _("Compiling for {seconds} s; training goes on eager meanwhile.")
            if compilation.usual is None
            else _("Compiling for {seconds} s, of about {usual}; training goes on eager meanwhile.")
        )
        usual = compilation.usual or 0
        return sentence.format(seconds=int(seconds), usual=round(usual))
    sentence = (
        _("Compiled at an earlier start, loaded in {seconds} s; full speed now makes many steps in one call.")
        if compilation.kept
        else _("Compiled in {seconds} s; full speed now makes many steps in one call.")
    )
    return sentence.format(seconds=f"{seconds:.0f}" if seconds >= WHOLE else f"{seconds:.1g}")


def engine_word(engine: Engine) -> str:
    """The same in a word or two."""
    compilation = engine.compilation
    if engine.ready:
        return _("compiled")
    if compilation is not None and compilation.busy:
        return _("compiling {seconds} s").format(seconds=int(compilation.seconds))
    return _("eager")
