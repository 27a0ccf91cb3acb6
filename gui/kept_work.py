"""Tells the person, as long as it is so, that work is not kept on disk, or could not be read."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.file_names import readable
from core.texts import _, joined
from gui.autosave import Autosave
from gui.notices import Choice, Notices

FAILING, UNREADABLE = "autosave", "unreadable"  # keys of notices


class KeptWork(QObject):
    """Puts what `autosave` has to say among the notices."""

    def __init__(self, autosave: Autosave, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave = autosave
        self._notices = notices
        autosave.changed.connect(self._show_failure)
        self._show_failure()
        self._show_unreadable()

    def _show_failure(self) -> None:
        if not self._autosave.failure:
            self._notices.drop(FAILING)
            return
        save = Choice("save", lambda: _("Save elsewhere …"), "save_as")
        self._notices.put(FAILING, lambda: self._autosave.failure, (save,))

    def _show_unreadable(self) -> None:
        work = self._autosave.unreadable
        if work is None:
            return

        def sentence() -> str:
            kept = _("The work of the last time could not be shown; it is kept as {file}.")
            return joined(kept.format(file=readable(work.path)), work.reason)

        read = Choice("read", lambda: _("OK"), lambda: self._notices.drop(UNREADABLE))
        self._notices.put(UNREADABLE, sentence, (read,))
