"""The code for one kind of steps: found on disk, or compiled by another process while training goes on."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import core
from core.texts import _
from core.training.compiled.code import Code
from core.training.compiled.compile_child import NO_COMPILER
from core.training.compiled.kept import is_whole, note_use
from core.training.compiled.kind import Kind

log = logging.getLogger(__name__)

CHILD = "core.training.compiled.compile_child"
TAIL = 2000  # bytes of what the other process said last, for the log
TIMES = "seconds"  # the file that tells how long the last compilation took


class Compilation:
    """Loads or compiles in a thread of its own, begun at once; every property may be read from any thread.

    `code` is there when it is done, else perhaps a `failure`, a sentence. `kept` says that the code was there
    from before, `usual` in how many seconds the last one was compiled, None where nobody knows. `child` is
    the process that compiles, while it does.
    """

    def __init__(self, kind: Kind, path: Path) -> None:
        self.kind = kind
        self.code: Code | None = None
        self.failure = ""
        self.kept = False
        self.usual: float | None = None
        self.given_up = False
        self._path = path
        self.child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._seconds: float | None = None
        self._thread = threading.Thread(target=self._work, name="compiling", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it has taken, or takes by now."""
        return time.monotonic() - self._begun if self._seconds is None else self._seconds

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self._seconds is None and not self.given_up

    def wait(self) -> None:
        """Return when it is done, has failed or was given up."""
        self._thread.join()

    def give_up(self) -> None:
        """Nobody wants it any more; what is done stays."""
        with self._lock:
            if self._seconds is None:
                self.given_up = True
                if self.child is not None:
                    _end(self.child)

    # --- in the thread ----------------------------------------------------------------------------------

    def _work(self) -> None:
        code = None
        try:
            code = self._from_disk()
            self.kept = code is not None
            code = code or self._compiled()
        except Exception as error:  # whatever it is, training goes on, and people are told
            log.warning("nothing can be compiled", exc_info=error)
        with self._lock:
            if code is None and not self.given_up:
                self.failure = self.failure or _failed_sentence()
            self.code = code
            self._seconds = self.seconds

    def _from_disk(self) -> Code | None:
        """The code that was kept; None where there is none that can be loaded."""
        if not is_whole(self._path):
            return None
        try:
            code = Code(self._path)
        except (OSError, AttributeError, ImportError, RuntimeError) as error:
            log.warning("the compiled code cannot be loaded", exc_info=error)
            return None
        note_use(self._path)
        return code

    def _compiled(self) -> Code | None:
        """The code as another process writes it; None where that fails."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        times = self._path.with_name(TIMES)
        with contextlib.suppress(OSError, ValueError):
            self.usual = float(times.read_text())
        with (
            tempfile.TemporaryDirectory(prefix="compile-", ignore_cleanup_errors=True) as folder,
            tempfile.TemporaryFile() as said,
        ):
            status = self._run_child(folder, said)
            code = self._from_disk() if status == 0 else None
            if code is None and not self.given_up:
                said.seek(0)
                log.warning(
                    "compiling ended with %s: %s", status, said.read()[-TAIL:].decode(errors="replace")
                )
                self.failure = _missing_sentence() if status == NO_COMPILER else ""
            if code is not None:
                with contextlib.suppress(OSError):  # then nobody knows; the code is as good
                    times.write_text(f"{self.seconds:.1f}")
            return code

    def _run_child(self, folder: str, said: IO[bytes]) -> int:
        """Let the other process compile, with room in `folder`; its exit status.

        It ends as soon as its standard input does, so that it never outlives this process.
        """
        with self._lock:
            if self.given_up:
                return 0
            self.child = child = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-W",
                    "ignore",
                    "-m",
                    CHILD,
                    str(self._path),
                    folder,
                    self.kind.text(),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=_environment(folder),
                process_group=0,  # so that it is ended with its compiler; a session would take an equal share
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
            )
        with child:
            status = child.wait()
        with self._lock:
            self.child = None
        return status


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a process that is not wanted any more, and those that it has started."""
    if child.returncode is not None:
        return  # its number may be that of another one by now
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _environment(folder: str) -> Mapping[str, str]:
    """The child finds this very program, and what the person has added, and works in `folder`.

    None of its own threads gets in the way of training.
    """
    root = str(Path(core.__file__).parents[1])
    own = os.environ.get("PYTHONPATH")
    places = {"PYTHONPATH": os.pathsep.join([root, own] if own else [root])}
    return os.environ | places | {"OMP_NUM_THREADS": "1"} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)


def _missing_sentence() -> str:
    return _("There is no C++ compiler on this machine, so the steps stay eager; install one, such as g++.")


def _failed_sentence() -> str:
    return _("These steps could not be compiled, so they stay eager; the log has the details.")
