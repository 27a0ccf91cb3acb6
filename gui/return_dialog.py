"""Shows how far a run is on its way to the step at which it was saved, with Cancel, if that takes long."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QWidget

from core.texts import _
from gui.dialogs.progress_dialog import ProgressDialog
from gui.reading import LOOK_EVERY, PATIENCE
from gui.run_builder import Return
from gui.run_sentences import returning_sentence
from gui.session import Session
from gui.theme import Theme


class ReturnDialog(QTimer):
    """Looks at a session while its run comes back, and keeps a dialog over the window meanwhile."""

    def __init__(self, session: Session, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._theme, self._window = session, theme, window
        self._way: Return | None = None
        self._dialog: ProgressDialog | None = None
        self._elapsed = QElapsedTimer()
        self.setInterval(LOOK_EVERY)
        self.timeout.connect(self._look)
        session.state_changed.connect(self._follow)
        self._follow()

    def leave(self) -> None:
        """The window goes; the run comes back all the same."""
        self.stop()
        self._session.state_changed.disconnect(self._follow)
        self._close()

    def _follow(self) -> None:
        """Another run may be on its way, or none."""
        if self._session.on_return is self._way:
            return
        self._way = self._session.on_return
        self._close()
        self.stop()
        if self._way is not None:
            self._elapsed.start()
            self.start()

    def _look(self) -> None:
        way = self._way
        if way is None or self._elapsed.elapsed() < PATIENCE:
            return
        if self._dialog is None:
            self._dialog = ProgressDialog(
                returning_sentence(way.step),
                _("How many of the steps have been made again."),
                _("Stop; the run stays at the step to which it has come."),
                self._theme,
                self._window,
            )
            self._dialog.cancelled.connect(way.halt.set)
            self._dialog.show()
        self._dialog.show_share(way.share)

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None
            self._window.activateWindow()  # or keys would go nowhere where no desktop sees to it
