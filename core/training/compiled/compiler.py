"""Has steps compiled by another process, one kind at a time, and keeps the code between starts."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import torch

import core
from core.log import data_folder
from core.texts import _
from core.training.compiled.code import Code
from core.training.compiled.compile_child import NO_COMPILER
from core.training.compiled.kind import Kind

log = logging.getLogger(__name__)

LOOK_EVERY = 0.02  # seconds between two looks at the other process
MOST_KEPT = 64  # files, of about 2 MB
CHILD = "core.training.compiled.compile_child"


class Compilation:
    """The code for one kind of steps: `code` is there when it is done, else perhaps a `failure`, a sentence.

    `seconds` is how long it has taken or takes by now; `kept` says that the code was there from before.
    """

    def __init__(self, kind: Kind, path: Path) -> None:
        self.kind = kind
        self.code: Code | None = None
        self.failure = ""
        self.kept = False
        self._path = path
        self._child: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._looked = self._begun = time.monotonic()
        self._seconds: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._begun if self._seconds is None else self._seconds

    @property
    def busy(self) -> bool:
        """Whether the other process is at work."""
        return self._child is not None

    @property
    def given_up(self) -> bool:
        """Whether it was stopped before it was done."""
        return self._seconds is not None and self.code is None and not self.failure

    def begin(self) -> None:
        """Load what was kept, or else start compiling."""
        self._begun, self._seconds = time.monotonic(), None
        if self._path.exists() and self._load():
            self.kept = True
            return
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", CHILD, str(self._path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
            )
            assert self._child.stdin is not None
            with self._child.stdin as pipe:
                pipe.write(self.kind.text().encode())
        except OSError as error:
            log.warning("nothing can be compiled", exc_info=error)
            self._fail()

    def look(self) -> None:
        """See whether the other process is done; costs next to nothing when asked all the time."""
        now = time.monotonic()
        if self._child is None or now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        status = self._child.poll()
        if status is None:
            return
        self._child = None
        if status == 0 and self._load():
            self._done()
        else:
            log.warning("compiling ended with %s: %s", status, self._tail())
            self._fail(missing=status == NO_COMPILER)

    def wait(self) -> None:
        """Return when it is done or has failed."""
        while self._child is not None:
            self._child.wait()
            self._looked = -math.inf
            self.look()

    def stop(self) -> None:
        """Give up, if it is not done."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
            self._done()

    def _load(self) -> bool:
        try:
            self.code = Code(self._path)
        except (OSError, AttributeError, RuntimeError) as error:
            log.warning("the compiled code cannot be loaded", exc_info=error)
            return False
        with contextlib.suppress(OSError):
            os.utime(self._path)  # it was wanted just now
        self._done()
        return True

    def _done(self) -> None:
        self._seconds = time.monotonic() - self._begun
        if self._said is not None:
            self._said.close()
            self._said = None

    def _tail(self) -> str:
        """The last that the other process said."""
        if self._said is None:
            return ""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")[-2000:]

    def _fail(self, missing: bool = False) -> None:
        self.failure = (
            _("There is no C++ compiler on this machine, so the steps stay eager; install one, such as g++.")
            if missing
            else _("These steps could not be compiled, so they stay eager; the log has the details.")
        )
        self._done()


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
            if found is None or found.given_up:
                self._stop()
                found = self._known[kind] = Compilation(kind, _folder() / f"{kind.key(_machine())}.so")
                _forget_oldest(_folder())
                found.begin()
            found.look()
            return found

    def stop(self) -> None:
        """Give up what is under way: nobody wants it any more."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """Give up what is under way, and let go of what was done; what is on disk stays."""
        with self._lock:
            self._stop()
            self._known.clear()

    def _stop(self) -> None:
        for compilation in self._known.values():
            compilation.stop()


COMPILER = Compiler()


def _folder() -> Path:
    return data_folder() / "compiled"


def _machine() -> str:
    """What code depends on, beside its kind."""
    return f"{torch.__version__} {platform.machine()} {sorted(torch.cpu.get_capabilities().items())}"


def _environment() -> Mapping[str, str]:
    """The child finds this very program, and none of its own threads gets in the way of training."""
    return os.environ | {"PYTHONPATH": str(Path(core.__file__).parents[1]), "OMP_NUM_THREADS": "1"}


def _forget_oldest(folder: Path) -> None:
    """Delete the files that were wanted least lately, where there are many."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.so"), key=lambda file: file.stat().st_mtime)
        for file in files[: max(0, len(files) - MOST_KEPT)]:
            file.unlink()
