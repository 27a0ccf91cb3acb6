"""The engine of one run: makes blocks of its steps at once, as soon as there is code for them."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import numpy as np

from core.texts import _
from core.training.compiled.block import Block, Blocks
from core.training.compiled.compiler import COMPILER, Compilation
from core.training.compiled.kind import kind_of, why_not
from core.training.stop_rules import CONVERGENCE_EVERY
from core.training.threads import with_own_threads

if TYPE_CHECKING:
    from core.training.fit import Fit, Wanted

log = logging.getLogger(__name__)

LONGEST, SHORTEST = 0.004, 0.002  # seconds that a block should take: no pause waits longer
MOST = 8 * CONVERGENCE_EVERY  # steps of a block
FIRST = 64


class Engine:
    """Has the steps that a fit takes compiled, and makes blocks of them once that is done.

    `compilation` is where that stands, None while nothing is to be compiled; `reason` is a sentence that
    says why it is not.
    """

    threads = 1  # whatever the settings say: the code itself knows no other, only what it calls would

    def __init__(self) -> None:
        self.compilation: Compilation | None = None
        self.reason = ""
        self._known: tuple[Fit, Wanted] | None = None
        self._blocks: Blocks | None = None
        self._size = FIRST

    @property
    def ready(self) -> bool:
        """Whether there is code."""
        return self._blocks is not None

    def prepare(self, fit: Fit) -> bool:
        """Have code made for the steps that `fit` takes; whether there is some."""
        if self._known is None or self._known[0] is not fit or self._known[1] is not fit.taken:
            self._known = fit, fit.taken
            self._choose(fit)
        if self.compilation is not None and self.compilation.given_up:
            self._choose(fit)  # somebody else had something compiled meanwhile
        compilation = self.compilation
        if self._blocks is None and compilation is not None:
            compilation.look()
            self.reason = compilation.failure
            if compilation.code is not None:
                self._blocks = Blocks(fit, compilation.kind, compilation.code)
        return self._blocks is not None

    def size(self, step: int, room: float) -> int:
        """How many steps to make at once behind `step`: they end where convergence is looked for."""
        steps = int(min(self._size, room))
        end = step + steps
        if steps >= CONVERGENCE_EVERY:
            return steps - end % CONVERGENCE_EVERY
        return min(steps, CONVERGENCE_EVERY - step % CONVERGENCE_EVERY)

    @with_own_threads
    def make(self, steps: int) -> Block | None:
        """The next `steps`, at least 2, not kept yet; None, and eager from now on, if the code fails."""
        assert self._blocks is not None
        begun = time.perf_counter()
        try:
            block = self._blocks.make(steps)
        except RuntimeError as error:
            log.warning("compiled code failed", exc_info=error)
            self._blocks = self.compilation = None
            self.reason = _("The compiled steps failed, so the run goes on eager; the log has the details.")
            return None
        self._adapt(steps, time.perf_counter() - begun)
        return block

    def keep(self, block: Block) -> None:
        """Let the fit stand behind the steps of `block`."""
        assert self._blocks is not None
        self._blocks.keep(block)

    def _adapt(self, steps: int, seconds: float) -> None:
        if seconds > LONGEST:
            self._size = max(2, min(self._size, steps) // 2)
        elif seconds < SHORTEST:
            self._size = max(self._size, min(MOST, 2 * steps))

    def _choose(self, fit: Fit) -> None:
        """Which code is wanted now."""
        settings = fit.taken.settings
        self._blocks = None
        self.reason = why_not(settings, fit.device)
        if self.reason:
            self.compilation = None
            return
        kind = kind_of(settings, fit.taken.points.x.shape[1], fit.count, len(fit.data()) > 2)
        self.compilation = COMPILER.wanted(kind)


def finite_steps(block: Block) -> int:
    """How many steps of `block` come before the first whose loss or parameters are not finite."""
    if np.isfinite(block.losses).all() and np.isfinite(block.parameters[-1]).all():
        return len(block)
    good = np.isfinite(block.losses) & np.isfinite(block.parameters).all(axis=1)
    return int(np.argmin(good)) if not good.all() else len(block)
