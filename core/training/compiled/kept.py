"""Compiled code on disk, of which only what is just as it was written is ever loaded."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

from core.whole_file import save_whole

MOST_KEPT = 64  # files of code, of about 2 MB
CODE, DIGEST = ".so", ".sha256"  # how the names end of code, and of the number that says whether it is whole
DAY = 86_400  # seconds: what is younger may still be written


def keep(path: Path, code: bytes) -> None:
    """Write `code` to `path`, and beside it what tells that it is whole; raises Problem if that fails."""
    save_whole(path, [code])
    save_whole(path.with_suffix(DIGEST), [_digest(path, code)])


def is_whole(path: Path) -> bool:
    """Whether what is at `path` was kept there, to the last byte: anything else may end the process."""
    try:
        return path.with_suffix(DIGEST).read_bytes() == _digest(path, path.read_bytes())
    except OSError:
        return False


def note_use(path: Path) -> None:
    """It was wanted just now."""
    with contextlib.suppress(OSError):
        os.utime(path)


def forget_oldest(folder: Path) -> None:
    """Delete the code that was wanted least lately, where there is much, and what belongs to none."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob(f"*{CODE}"), key=lambda file: file.stat().st_mtime)
        for file in files[:-MOST_KEPT]:
            file.unlink()
        code = {file.stem for file in files[-MOST_KEPT:]}
        for file in (*folder.glob(f"*{DIGEST}"), *folder.glob(".*.part")):
            if file.stem not in code and time.time() - file.stat().st_mtime > DAY:
                file.unlink()


def _digest(path: Path, code: bytes) -> bytes:
    """Of the name, too: code under the name of another kind is not what was kept there."""
    return hashlib.sha256(path.stem.encode() + code).hexdigest().encode()
