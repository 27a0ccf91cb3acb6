"""Has steps compiled, one kind at a time, and keeps the code between starts."""

from __future__ import annotations

import platform
import threading
from functools import lru_cache
from pathlib import Path

from core.log import data_folder
from core.training.compiled.compilation import Compilation
from core.training.compiled.kept import CODE, forget_oldest
from core.training.compiled.kind import Kind
from core.training.compiled.sources import sources_digest


class Compiler:
    """What has been compiled since the program started, and what is being compiled: one kind at a time.

    May be asked from any thread.
    """

    def __init__(self) -> None:
        self._known: dict[Kind, Compilation] = {}
        self._lock = threading.Lock()

    def wanted(self, kind: Kind) -> Compilation:
        """The compilation of `kind`, begun now if it was not before; another one under way is given up."""
        with self._lock:
            found = self._known.get(kind)
            self._give_up(but=found)
            if found is None or found.given_up:
                forget_oldest(_folder())
                found = self._known[kind] = Compilation(kind, code_path(kind))
            return found

    def forgive(self) -> None:
        """What has failed is tried again when it is wanted next: something may have been mended meanwhile."""
        with self._lock:
            self._known = {kind: found for kind, found in self._known.items() if not found.failure}

    def give_up(self) -> None:
        """End what is under way, without waiting for its end: nobody wants it any more."""
        with self._lock:
            self._give_up()

    def stop(self) -> None:
        """End what is under way; nothing of it is left when this returns."""
        self.give_up()
        for compilation in list(self._known.values()):
            compilation.wait()

    def forget(self) -> None:
        """End what is under way, and let go of what was done; what is on disk stays."""
        self.stop()
        self._known.clear()

    def _give_up(self, but: Compilation | None = None) -> None:
        for compilation in self._known.values():
            if compilation is not but:
                compilation.give_up()


COMPILER = Compiler()


def _folder() -> Path:
    return data_folder() / "compiled"


def code_path(kind: Kind) -> Path:
    """Where the code for `kind` is kept that this very program made on this machine."""
    return _folder() / f"{kind.key(makers())}{CODE}"


@lru_cache(maxsize=1)
def makers() -> str:
    """What code depends on, beside its kind: who made it, and for which processor. It takes reading."""
    import torch  # here, since the window is there before it

    processor = f"{platform.machine()} {sorted(torch.cpu.get_capabilities().items())}"
    return f"{sources_digest()} {torch.__version__} {processor}"
