"""What outlives a window: the store, the session, and what keeps them; windows come and go upon it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.experiment import Experiment
from core.insight.plane import Plane
from core.insight.units import DATA, TRAINED
from core.texts import _, language_complaint
from gui.autosave import Autosave
from gui.background import Background
from gui.kept_work import KeptWork
from gui.last_theory import LastTheory
from gui.notices import Choice, Notices, Say
from gui.open_file import OpenFile
from gui.preferences import Preferences
from gui.session import Session
from gui.store import Store

TROUBLE = "trouble"  # the key of what there is to be noticed of the run
CLOSING = 0.5  # seconds that the end of the program waits for a step


class Workspace(QObject):
    """The parts of the program that have no look. Without `autosave` nothing is kept on disk.

    `optimum_found()` tells that `last_theory` knows the optimum that had to be searched for.
    """

    optimum_found = Signal()

    def __init__(
        self,
        experiment: Experiment | None = None,
        autosave: Autosave | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        super().__init__()
        self.preferences = preferences or Preferences()
        self.notices = Notices(self)
        self.notices.put("language", language_complaint)
        self.background = Background(self)  # for what can be computed again
        self.drawing = Background(self)  # for pictures, which should not wait for anything else
        self.solver = Background(self)  # for best fits, of which some take long
        self.disk = Background(self)  # for reading and writing files
        self.store = Store(experiment or (autosave.restore() if autosave else None), self)
        self.session = Session(self.store, self.background, self)
        self.session.troubled.connect(self._show_trouble)
        self.last_theory = LastTheory()  # asked by background threads alone
        self.directions: tuple[int, Plane] | None = None  # of the path of a run, by its number, found last
        self.open_file = OpenFile(self.store, self)
        self.ends_process = False  # then nobody waits for what is being computed, such as PyTorch's loading
        self.gives_up = False  # work that cannot be kept, since the person said so
        self._autosave = autosave
        if autosave is not None:
            autosave.watch(self.store, self.session)
            self.session.state_changed.connect(autosave.follow_run)
            KeptWork(autosave, self)

    @property
    def as_trained(self) -> bool:
        """Whether numbers are shown as training has them, where these are not those of the data."""
        return self.store.settings.standardise and self.preferences.get("units", DATA) == TRAINED

    @property
    def busy(self) -> bool:
        """Whether something is being computed or drawn that will be shown."""
        return self.background.busy or self.drawing.busy or self.solver.busy

    @property
    def keeps_work(self) -> bool:
        """Whether the work is on disk, or about to be, as far as is known."""
        return self._autosave is not None and not self._autosave.failure

    @property
    def why_not_kept(self) -> str:
        """Why the work is not on disk, in a sentence; "" where nothing is known to be wrong."""
        return "" if self._autosave is None else self._autosave.failure

    @property
    def loses_work(self) -> bool:
        """Whether work goes with the window that is neither kept nor saved, and nobody said that it may."""
        autosave = self._autosave
        if autosave is None or autosave.is_written or not autosave.failure or self.gives_up:
            return False
        return not (self.open_file.path and self.store.undo_stack.isClean())

    def _show_trouble(self, say: Say | None) -> None:
        """Something happened to the run, which stays in sight until the person has acted."""
        if say is None:
            self.notices.drop(TROUBLE)
            return
        read = Choice("trouble_read", lambda: _("OK"), lambda: self.notices.drop(TROUBLE))
        self.notices.put(TROUBLE, say, (read,))

    def finish_writing(self) -> bool:
        """Write what is not written yet; whether nothing is lost now, or may be."""
        self.session.pause()
        if self._autosave is not None:
            self._autosave.flush()
        return not self.loses_work

    def close(self) -> None:
        """End every thread and write what is not written yet."""
        self.session.close(CLOSING if self.ends_process else None)
        self.background.close(wait=not self.ends_process)
        self.drawing.close(wait=not self.ends_process)
        self.solver.close(wait=not self.ends_process)
        if self._autosave is not None:
            self._autosave.flush()
        self.disk.finish()
        if self._autosave is not None:
            self._autosave.close()
            self._autosave = None
        self.store.close()
