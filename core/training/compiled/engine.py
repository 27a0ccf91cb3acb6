"""The engine of one run: makes blocks of its steps at once, as soon as there is code for them."""

from __future__ import annotations

import logging
import threading
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.experiment.split import count_held_out
from core.texts import _
from core.training.compiled.block import Block, Blocks
from core.training.compiled.compilation import Compilation
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import LEAST, TOGETHER, kind_of, why_not
from core.training.compiled.pace import Pace
from core.training.compiled.trial import Trial
from core.training.path import flat
from core.training.stop_rules import CONVERGENCE_EVERY
from core.training.threads import with_own_threads

if TYPE_CHECKING:
    from core.training.fit import Fit, Wanted

log = logging.getLogger(__name__)


Choice = tuple[Compilation | None, str]
NOTHING: Choice = None, ""


class Engine:
    """Has the steps that are wanted compiled, and makes blocks of those that a fit takes once that is done.

    What is wanted may be said and asked from any thread; everything else is for the thread that steps.
    `steps` counts those of the run that were made by code.
    """

    threads = 1  # whatever the settings say: the code itself knows no other, only what it calls would

    def __init__(self) -> None:
        self._told = self._used = NOTHING
        self._closed = False
        self._lock = threading.Lock()
        self._known: tuple[Fit, Wanted] | None = None
        self._blocks: Blocks | None = None
        self._pace = Pace()
        self._trial = Trial()
        self.steps = 0

    @property
    def compilation(self) -> Compilation | None:
        """Where the code stands that is wanted; None while nothing is to be compiled."""
        return self._told[0]

    @property
    def reason(self) -> str:
        """A sentence that says why nothing is compiled; empty where it is, or is not wanted."""
        compilation, reason = self._told
        return reason if compilation is None else compilation.failure

    @property
    def ready(self) -> bool:
        """Whether there is code."""
        return self.compilation is not None and self.compilation.code is not None

    def want(self, wanted: Wanted, device: str) -> None:
        """Have code made for steps that no fit may have taken up yet; the first wish forgives failures."""
        if self._told == NOTHING:
            COMPILER.forgive()
        self._told = self._choose(wanted, device)

    def rest(self) -> None:
        """No code is wanted."""
        COMPILER.give_up()
        self._told = NOTHING

    def close(self) -> None:
        """Nothing is compiled any more when this returns, nor begun by a step that is still under way."""
        with self._lock:
            self._closed = True
        COMPILER.stop()

    def prepare(self, fit: Fit) -> bool:
        """Have code made for the steps of `fit`, which has made one at least; whether there is some."""
        compilation = self._used[0]
        given_up = compilation is not None and compilation.given_up  # for what somebody else wanted
        if given_up or self._known is None or self._known[0] is not fit or self._known[1] is not fit.taken:
            self._known = fit, fit.taken
            self._blocks = None
            self._pace, self._trial = Pace(), Trial()
            self._told = self._used = self._choose(fit.taken, fit.device)
        compilation = self._used[0]
        if self._blocks is None and compilation is not None and compilation.code is not None:
            self._blocks = Blocks(fit, compilation.kind, compilation.code)
        return self._blocks is not None

    def single(self, fit: Fit, number: int) -> None:
        """Make step number `number`, which tells how long one takes, and whether code does the same."""
        begun = perf_counter()
        fit.step()
        self._pace.stepped(perf_counter() - begun)
        if number == self._trial.end and self._trial.fails(flat(fit.arrays())):
            log.warning("compiled code came to other numbers: %s", fit.taken.settings)
            self._fail(_other_sentence())

    def size(self, step: int, room: float) -> int:
        """How many steps to make at once behind `step`, 0 for none; they end where convergence is looked for.

        Large blocks end at multiples of their size, where checkpoints are taken, also when these get rare.
        None are made before code has come to the same numbers as single steps.
        """
        steps = int(min(self._pace.size, room))
        if steps >= LEAST and not self._trial.passed:
            self._try(step)
            return 0
        if steps >= CONVERGENCE_EVERY:
            whole = CONVERGENCE_EVERY << ((steps // CONVERGENCE_EVERY).bit_length() - 1)
            return steps - (step + steps) % whole
        return min(steps, CONVERGENCE_EVERY - step % CONVERGENCE_EVERY)

    @with_own_threads
    def make(self, steps: int) -> Block | None:
        """As many of the next `steps` as the code makes at once, not kept yet.

        None if they are too few, and, for good, if the code fails.
        """
        steps -= steps % TOGETHER
        if steps < LEAST:
            return None
        assert self._blocks is not None
        begun = perf_counter()
        try:
            block = self._blocks.make(steps)
        except RuntimeError as error:
            log.warning("compiled code failed", exc_info=error)
            self._fail(_failed_sentence())
            return None
        self._pace.made(steps, perf_counter() - begun)
        return block

    def gradient(self, block: Block) -> list[NDArray[Any]]:
        """The gradient of the last step of `block`, an array for each parameter."""
        assert self._blocks is not None
        return self._blocks.gradient(block)

    def keep(self, block: Block) -> None:
        """Let the fit stand behind the steps of `block`."""
        assert self._blocks is not None
        self._blocks.keep(block)

    def _try(self, step: int) -> None:
        """Let code make the next steps, which are made one by one behind that, to be compared."""
        if self._trial.is_under_way(step) or self._known is None:
            return
        before, block = flat(self._known[0].arrays()), self.make(LEAST)
        if block is not None:
            self._trial.begin(step, before, block.parameters[-1])

    def _fail(self, sentence: str) -> None:
        """Eager from now on."""
        self._blocks = None
        self._told = self._used = None, sentence

    def _choose(self, wanted: Wanted, device: str) -> Choice:
        """The code for such steps; None, and a sentence that says why, where they are not compiled."""
        points, settings = wanted
        reason = why_not(settings, device)
        with self._lock:
            if self._closed:
                return NOTHING
            if reason:
                COMPILER.give_up()
                return None, reason
            apart = count_held_out(len(points), settings.validation)
            return COMPILER.wanted(kind_of(settings, points.x.shape[1], len(points) - apart, apart > 0)), ""


def _failed_sentence() -> str:
    return _("The compiled steps failed, so the run goes on eager; the log has the details.")


def _other_sentence() -> str:
    return _("The compiled steps came to other numbers than the eager ones, so the run goes on eager.")


def finite_steps(block: Block) -> int:
    """How many steps of `block` come before the first whose loss or parameters are not finite."""
    if np.isfinite(block.losses).all() and np.isfinite(block.parameters[-1]).all():
        return len(block)
    good = np.isfinite(block.losses) & np.isfinite(block.parameters).all(axis=1)
    return int(np.argmin(good)) if not good.all() else len(block)
