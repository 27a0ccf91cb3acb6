"""Files that are written whole or not at all, and why the system refuses one, in words."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.file_names import shown_name
from core.problem import Problem
from core.texts import _

LARGEST_FILE = 200_000_000  # bytes; what is larger could be saved, and never opened again
PART, ENDING = ".fitscope-", ".part"  # of the name of a file that is not whole yet
BREATH, EVERY = 5e-5, 4096  # seconds after so many bytes, in which a window beside it may move
LARGE = 131_072  # bytes; so long a piece goes to the system at once, and a window may move meanwhile
OLD = 3600  # seconds after which nobody writes to it any more


def save_whole(path: str | os.PathLike[str], pieces: Iterable[bytes], alone: bool = False) -> None:
    """Write `pieces`, one behind the other, to `path`; raises Problem, and leaves what was, where that fails.

    They are written beside their place, wait until they are on the disk, and are then moved there. `alone`
    says that nobody else can write that file now: what a kill in the middle leaves then has one name.
    """
    try:
        goal = Path(os.path.realpath(path))  # behind a link, so that the link stays one
        part = part_of(goal) if alone else goal.with_name(f"{PART}{os.urandom(6).hex()}{ENDING}")
        _remove_old_parts(goal.parent)
        if goal.exists() and not os.access(goal, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        try:
            _write(pieces, part)
            if goal.exists():
                shutil.copymode(goal, part)
            os.replace(part, goal)
        finally:
            part.unlink(missing_ok=True)
        _settle(goal.parent)
    except (OSError, ValueError) as error:
        raise Problem(
            _("“{file}” could not be saved, because {reason}; choose another place or make room.").format(
                file=shown_name(path), reason=_reason(error, Path(path).parent)
            )
        ) from error


def part_of(goal: Path) -> Path:
    """Where the file `goal` is written first, by whoever alone writes it."""
    return goal.with_name(f"{PART}{goal.name}{ENDING}")


def _remove_old_parts(folder: Path) -> None:
    """Remove what kills in the middle of a save left here long ago."""
    with suppress(OSError):
        for part in folder.glob(f"{PART}*{ENDING}"):
            if abs(time.time() - part.stat().st_mtime) > OLD:
                part.unlink()


def _settle(folder: Path) -> None:
    """Wait until the new name is on the disk too, where a system can tell; Windows cannot."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: OSError | ValueError, folder: Path) -> str:
    """Why nothing could be written to `folder`, in the middle of a sentence."""
    if isinstance(error, FileNotFoundError):
        return _("there is no folder “{folder}”").format(folder=shown_name(folder))
    return reason_in_words(error)


def reason_in_words(error: OSError | ValueError) -> str:
    """Why the system refused a file, in the middle of a sentence."""
    reasons = {
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EFBIG: _("it would be larger than {limit} MB").format(limit=LARGEST_FILE // 1_000_000),
        errno.EACCES: _("you may not read or write there"),
        errno.EPERM: _("you may not read or write there"),
        errno.EROFS: _("you may not read or write there"),
        errno.ENOENT: _("it is not there"),
        errno.ENOTDIR: _("it is not there"),
        errno.EISDIR: _("it is not a file"),
        errno.EEXIST: _("a file is in the place of a folder"),
        errno.EBUSY: _("another program holds it"),
        errno.ETXTBSY: _("another program holds it"),
        errno.EIO: _("the disk does not answer"),
        errno.ENAMETOOLONG: _("its name is too long"),
    }
    number = error.errno if isinstance(error, OSError) else None
    detail = (error.strerror if isinstance(error, OSError) else None) or error
    return reasons.get(number or 0) or _("the system refused it ({detail})").format(detail=detail)


def _write(pieces: Iterable[bytes], path: Path) -> None:
    """Write the new file `path` and wait until it is on the disk."""
    written = since_breath = 0
    with path.open("wb") as stream:
        for piece in pieces:
            written += stream.write(piece)
            since_breath += len(piece) if len(piece) < LARGE else 0
            if since_breath >= EVERY:
                time.sleep(BREATH)
                since_breath = 0
            if written > LARGEST_FILE:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        stream.flush()
        os.fsync(stream.fileno())
