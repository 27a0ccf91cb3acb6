"""The places in the data folder where each window keeps its work, and whose work is in them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from core.file_lock import FileLock
from core.problem import Problem
from core.texts import _
from core.whole_file import part_of

log = logging.getLogger(__name__)

SLOTS = 999  # windows at once, and works of others that nobody has decided on
RECENT = 6 * 3600  # seconds in which ends by a crash count together
ENDING = ".fit.json"
UNREAD, DISCARDED = "unread", "discarded"  # before the name of work that is put aside


class Slot:
    """One place: the file `path` for the work, held by one window at a time.

    Beside it a note says when each of the windows began that had the slot and did not end well.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.path = folder / f"work-{number}{ENDING}"
        self._lock = FileLock(folder / f"work-{number}.lock")

    def take(self) -> bool:
        """Whether it is held from now on; another window may have it. Raises OSError.

        What a kill in the middle of a write left here goes.
        """
        if not self._lock.take():
            return False
        with suppress(OSError):
            part_of(self.path).unlink(missing_ok=True)
        return True

    @property
    def is_held(self) -> bool:
        """Whether it is still there, and held by this one."""
        return self._lock.is_held

    def release(self) -> None:
        """Let others have it."""
        self._lock.release()

    def crashes(self) -> int:
        """How many windows ended badly here lately; the slot must be held."""
        return len(self._begun())

    def begin(self) -> None:
        """A window has the slot from now on; unless it says otherwise, it has crashed."""
        with suppress(OSError):
            self._lock.write_note("".join(f"{begun:.0f}\n" for begun in (*self._begun(), time.time())))

    def forget_crashes(self) -> None:
        """A window ended well, or the work is another."""
        with suppress(OSError):
            self._lock.write_note("")

    def _begun(self) -> list[float]:
        now = time.time()
        times = [float(line) for line in self._lock.note().split() if line.isdigit()]
        return [begun for begun in times if abs(now - begun) < RECENT]  # a clock may be set back


def take_slot(folder: Path, fits: Callable[[Slot], bool]) -> Slot:
    """The first slot that nobody has and that `fits`; it is held from now on.

    Raises OSError where none can be held, and Problem where all are taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    refusal: OSError | None = None
    for number in range(1, SLOTS + 1):
        slot = Slot(folder, number)
        try:
            if not slot.take():
                continue
        except OSError as error:
            refusal = refusal or error
            continue
        if fits(slot):
            return slot
        slot.release()
    raise refusal or Problem(_("too many windows are open; close one"))


def known_slots(folder: Path) -> Iterator[Slot]:
    """Every slot that a window has had, in the order of their numbers."""
    with suppress(OSError):
        names = {path.name.partition(".")[0].removeprefix("work-") for path in folder.glob("work-*")}
        for number in sorted(int(name) for name in names if name.isdigit()):
            yield Slot(folder, number)


def is_open(slot: Slot) -> bool:
    """Whether a window has `slot` now; one whose lock is damaged none has."""
    try:
        taken = slot.take()
    except OSError:
        return False
    slot.release()
    return not taken


def put_aside(path: Path, why: str) -> Path:
    """Give a file a name that no other has, with `why` first; the new path, or its own where it must stay."""
    count = 1
    while (aside := path.with_name(f"{why}-{count}-{path.name}")).exists():
        count += 1
    try:
        return path.rename(aside)
    except OSError:
        log.warning("%s cannot be put aside", path, exc_info=True)
        return path
