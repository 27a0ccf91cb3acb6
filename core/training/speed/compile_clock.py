"""How long it takes to have the steps of a run compiled, and why that cannot be, if so."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.training.compiled.compilation import Compilation
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import kind_of, why_not
from core.training.speed.figures import CPU, Compiling
from core.training.speed.plan import measured_settings

Pause = Callable[[float], bool]  # wait so many seconds, or less; whether it should end

LOOK_EVERY = 0.05  # seconds


class CompileClock:
    """Has steps compiled as they are timed; `ready` says whether there is code, `reason` why not.

    `settings` are those of the run itself: where its own steps stay eager, nothing is compiled.
    `compiling` says how long that took, as far as it is known: not of code that was there already, unless
    `before` knows it from earlier.
    """

    def __init__(self, points: Points, settings: Settings, before: Compiling | None = None) -> None:
        self.compiling: Compiling | None = None
        self.ready = False
        self.reason = why_not(settings, CPU)
        self._before = before
        self._kind = kind_of(measured_settings(settings), points.x.shape[1], len(points), held=False)

    def run(self, wait: Pause) -> None:
        """Have the code compiled, if it is not there yet; `wait` is called in between, and may end it."""
        if self.reason:
            return
        found = _finished(lambda: COMPILER.wanted(self._kind), wait)
        self.ready, self.reason = found.code is not None, found.failure
        before, key = self._before, self._kind.key("")
        if before is not None and before.kind == key:
            self.compiling = before
        elif self.ready and not found.kept:
            self.compiling = Compiling(key, found.seconds)

    def again(self, wait: Pause) -> None:
        """Compile what was there already once more, into a folder that is thrown away, to time it."""
        if not self.ready or self.compiling is not None:
            return
        with tempfile.TemporaryDirectory(prefix="speed-", ignore_cleanup_errors=True) as folder:
            compilation = Compilation(self._kind, Path(folder) / "code.so")
            _finished(lambda: compilation, wait)
            if compilation.code is not None:
                self.compiling = Compiling(self._kind.key(""), compilation.seconds)


def _finished(look: Callable[[], Compilation], wait: Pause) -> Compilation:
    """The compilation when it is done, has failed, or was given up; that of others goes on."""
    found = look()
    while found.busy:
        if wait(LOOK_EVERY):
            found.give_up()
            found.wait()
            return found
        found = look()
    return found
