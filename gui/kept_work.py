"""Tells what is so of kept work: that it cannot be kept or read, or that gone windows left some."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.experiment import Experiment
from core.experiment.slots import Slot
from core.experiment.work import (
    LeftWork,
    Unreadable,
    discard_work,
    fetch_work,
    left_work,
    remove_work,
)
from core.file_names import readable
from core.problem import Problem
from core.texts import _, joined, n_
from gui.autosave import Autosave, failure_sentence
from gui.notices import Choice, Say

if TYPE_CHECKING:
    from gui.workspace import Workspace

FAILING, PLAIN, BESIDE, DISCARDED = "autosave", "plain", "beside", "discarded"  # keys of notices


class KeptWork(QObject):
    """Puts what there is to say of the work of `autosave` and of others among the notices of a workspace."""

    def __init__(self, autosave: Autosave, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._autosave = autosave
        self._workspace = workspace
        self._notices = workspace.notices
        self._taken: list[tuple[Slot, Experiment]] = []  # work that is shown now, and not yet written here
        autosave.changed.connect(self._show_failure)
        autosave.written.connect(self._remove_taken)
        self._show_failure()
        if autosave.unreadable is not None:
            self._show_unreadable(autosave.unreadable)
        if autosave.starts_plain:
            self._put_once(PLAIN, _plain_sentence, warns=True)
        if autosave.beside_others:
            self._put_once(BESIDE, _beside_sentence, warns=False)
        self._look_for_others()

    # --- work that is not kept, or was not shown ------------------------------------------------------------

    def _show_failure(self) -> None:
        if not self._autosave.failure:
            self._notices.drop(FAILING)
            return
        save = Choice("save", lambda: _("Save elsewhere …"), "save_as")
        self._notices.put(FAILING, lambda: self._autosave.failure, (save,))

    def _show_unreadable(self, work: Unreadable) -> None:
        def sentence() -> str:
            kept = _("The work of the last time could not be shown; it is kept as {file}.")
            return joined(kept.format(file=readable(work.path)), work.reason)

        self._put_once(f"unreadable {work.path}", sentence, warns=True)

    def _put_once(self, key: str, sentence: Say, warns: bool) -> None:
        """A notice that stays until it has been read."""
        read = Choice("read", lambda: _("OK"), lambda: self._notices.drop(key))
        self._notices.put(key, sentence, (read,), warns)

    # --- work of windows that are gone ----------------------------------------------------------------------

    def _look_for_others(self) -> None:
        self._workspace.disk.run(
            "left work",
            partial(left_work, self._autosave.folder, self._autosave.shown),
            self._offer,
            self._say,
        )

    def _offer(self, found: list[LeftWork | Unreadable]) -> None:
        for work in found:
            if isinstance(work, Unreadable):
                self._show_unreadable(work)
            elif work.slot.path not in [slot.path for slot, _experiment in self._taken]:
                take = Choice("take", lambda: _("Open here"), partial(self._take, work))
                discard = Choice("discard", lambda: _("Discard"), partial(self._discard, work))
                say = partial(_left_sentence, work)
                self._notices.put(_key(work.slot), say, (discard, take), warns=False)

    def _take(self, work: LeftWork) -> None:
        """Show that work; what was shown until now is kept, and offered instead."""
        self._notices.drop(_key(work.slot))
        self._workspace.disk.run(
            _key(work.slot),
            partial(fetch_work, work.slot, self._workspace.session.experiment()),
            partial(self._show, work),
            self._take_in_vain,
        )

    def _show(self, work: LeftWork, found: Experiment | Unreadable) -> None:
        if isinstance(found, Unreadable):
            self._show_unreadable(found)
            return
        if self._workspace.store.open(found):
            self._taken.append((work.slot, found))
        self._look_for_others()

    def _remove_taken(self, written: Experiment) -> None:
        """What was taken up is in the slot of this window now, and no longer needed in its own."""
        for slot, experiment in self._taken:
            if experiment is written:
                self._workspace.disk.run(
                    f"remove {slot.number}",
                    partial(remove_work, slot),
                    partial(self._forget, slot),
                    self._say,
                )
        self._taken = [pair for pair in self._taken if pair[1] is not written]

    def _forget(self, slot: Slot, _removed: None) -> None:
        """There is no work in `slot` any more; somebody may have looked before it went."""
        self._notices.drop(_key(slot))

    def _discard(self, work: LeftWork) -> None:
        self._notices.drop(_key(work.slot))
        self._workspace.disk.run(
            _key(work.slot), partial(discard_work, work.slot), self._tell_discarded, self._say
        )

    def _tell_discarded(self, aside: Path | None) -> None:
        """Say where discarded work still is."""
        if aside is not None:
            sentence = _("The work is discarded; until you delete it, it can be opened as {file}.")
            self._put_once(DISCARDED, lambda: sentence.format(file=readable(aside)), warns=False)

    def _take_in_vain(self, error: Exception) -> None:
        self._say(error)
        self._look_for_others()

    def _say(self, error: Exception) -> None:
        """Say what the person can mend."""
        if not isinstance(error, Problem | OSError):
            raise error
        if isinstance(error, OSError):
            sentence = failure_sentence(error, self._autosave.folder)
        else:
            sentence = str(error)
        self._workspace.store.refused.emit(sentence)


def _key(slot: Slot) -> str:
    return f"left {slot.number}"


def _plain_sentence() -> str:
    return _(
        "Fitscope ended unexpectedly twice within six hours, so it has started plain; the work that it had "
        "then is kept."
    )


def _beside_sentence() -> str:
    return _("Another Fitscope was open already when this one started; each of them keeps work of its own.")


def _left_sentence(work: LeftWork) -> str:
    sentence = n_(
        "A window that is gone left work with {count} point, last changed {time}.",
        "A window that is gone left work with {count} points, last changed {time}.",
        work.points,
    )
    when = datetime.fromtimestamp(work.written)
    return sentence.format(count=f"{work.points:,}", time=f"{when:%Y-%m-%d %H:%M}")
