"""Has steps compiled, one kind at a time, and keeps the code between starts."""

from __future__ import annotations

import contextlib
import platform
import threading
from functools import lru_cache
from pathlib import Path

import torch

from core.log import data_folder
from core.training.compiled.compilation import Compilation
from core.training.compiled.kind import Kind

MOST_KEPT = 64  # files, of about 2 MB


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
                _forget_oldest(_folder())
                found = self._known[kind] = Compilation(kind, _folder() / f"{kind.key(_machine())}.so")
            return found

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


@lru_cache(maxsize=1)
def _machine() -> str:
    """What code depends on, beside its kind."""
    return f"{torch.__version__} {platform.machine()} {sorted(torch.cpu.get_capabilities().items())}"


def _forget_oldest(folder: Path) -> None:
    """Delete the files that were wanted least lately, where there are many."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.so"), key=lambda file: file.stat().st_mtime)
        for file in files[: max(0, len(files) - MOST_KEPT)]:
            file.unlink()
