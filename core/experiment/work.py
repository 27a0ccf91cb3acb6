"""The work that windows left in their slots: what there is, to take up or to discard."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.experiment.experiment import Experiment
from core.experiment.file import load_experiment, save_work
from core.experiment.points import require_one_column
from core.experiment.slots import DISCARDED, UNREAD, Slot, is_open, known_slots, put_aside, take_slot
from core.problem import Problem
from core.texts import _

Result = TypeVar("Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unreadable:
    """Work that cannot be read: why, in a sentence, and where it is now."""

    reason: str
    path: Path


@dataclass(frozen=True)
class LeftWork:
    """Work in a slot that no window has: its points, and when it was last written, in seconds since 1970."""

    slot: Slot
    points: int
    written: float


def left_work(folder: Path, shown: Path | None) -> list[LeftWork | Unreadable]:
    """All work that no window has, except for that in the file `shown`, if there is anything in it."""
    found: list[LeftWork | Unreadable] = []
    for slot in known_slots(folder):
        if slot.path == shown or is_open(slot) or not slot.path.exists():
            continue
        with suppress(OSError):  # somebody is about to take it up
            written = slot.path.stat().st_mtime
            work = read_work(slot.path, alone=False)
            if isinstance(work, Unreadable):
                found.append(work)
            elif len(work.points):
                found.append(LeftWork(slot, len(work.points), written))
            else:  # nobody will decide on it, and it crashes nothing
                _with_lock(slot, lambda: None)
    return found


def fetch_work(slot: Slot, present: Experiment) -> Experiment | Unreadable:
    """The work in `slot`, to be shown in the place of `present`, which is kept in a slot of its own.

    Raises Problem where another window has taken it up, and OSError or Problem where `present` cannot be
    kept.
    """
    if is_open(slot) or not slot.path.exists():
        raise Problem(_("Another window has taken up that work by now."))
    work = read_work(slot.path, alone=False)
    if len(present.points) and not isinstance(work, Unreadable):
        vacant = take_slot(slot.path.parent, lambda other: not other.path.exists())
        try:
            save_work(present, vacant.path)
        finally:
            vacant.release()
    return work


def remove_work(slot: Slot) -> None:
    """The work in `slot` is kept elsewhere now."""
    _with_lock(slot, lambda: slot.path.unlink(missing_ok=True))


def discard_work(slot: Slot) -> Path | None:
    """Nobody wants the work in `slot`; its file stays under another name, which is returned.

    None where another window has taken it up.
    """
    return _with_lock(slot, lambda: put_aside(slot.path, DISCARDED))


def _with_lock(slot: Slot, does: Callable[[], Result]) -> Result | None:
    """Do something to work that no window has, and tell what came of it, unless one has taken it up."""
    locked = True
    try:
        if not slot.take():
            return None
    except OSError:  # its lock is damaged
        locked = False
    result = None
    with suppress(OSError):
        result = does()
    if locked:
        slot.forget_crashes()
        slot.release()
    return result


def read_work(path: Path, alone: bool = True) -> Experiment | Unreadable:
    """The work in the file `path`; what cannot be read, or not be shown, is put aside.

    `alone` as in load_experiment.
    """
    try:
        experiment = load_experiment(path, alone)
        require_one_column(experiment.points)
    except Problem as problem:
        log.warning("the work of the last time cannot be read: %s", problem)
        cause = problem.__cause__  # without the name of the file, which is another one from now on
        return Unreadable(str(cause if isinstance(cause, Problem) else problem), put_aside(path, UNREAD))
    return experiment
