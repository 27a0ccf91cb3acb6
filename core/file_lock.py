"""A lock upon a file that is held as long as its process lives, however that ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FAR = 2**30  # the byte that is locked where only bytes can be; what is written there nobody reads
MOST = 4096  # bytes that a note has


class FileLock:
    """Held by one at a time, in this process or any other; its file stays, and may hold a short note.

    The system itself lets go of it at the end of the process, so that neither the content of the file nor
    a process that has the number of an older one can make it look held.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    def take(self) -> bool:
        """Whether it is held from now on; another may have it. Raises OSError where there can be no file."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(file)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    @property
    def is_held(self) -> bool:
        """Whether it is held still, and its file is where it was: a folder can be removed."""
        if self._file < 0:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def note(self) -> str:
        """What was noted last in the file, which must be held; nothing where that is no text."""
        os.lseek(self._file, 0, os.SEEK_SET)
        with suppress(OSError, UnicodeDecodeError):
            return os.read(self._file, MOST).decode("ascii")
        return ""

    def write_note(self, text: str) -> None:
        """Note `text` in the file, which must be held; raises OSError where that cannot be."""
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, text.encode("ascii"))

    def release(self) -> None:
        """Let others have it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> None:
    """Lock an open file; raises BlockingIOError where somebody else has it locked."""
    if sys.platform == "win32":
        os.lseek(file, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
