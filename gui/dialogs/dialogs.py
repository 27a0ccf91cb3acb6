"""The dialogs over a window: made when they are wanted, there once at most, and gone with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from core.problem import Problem

D = TypeVar("D", bound=QDialog)


class Dialogs(QObject):
    """Keeps the dialogs of `window`, each by its class, from when it is made until it is finished.

    One whose making fails leaves nothing behind, so that it can be asked for again; `refused(sentence)` says
    why, where the person can mend that.
    """

    refused = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._open: dict[type[QDialog], QDialog] = {}

    def open(
        self, kind: type[D], make: Callable[[], D], join: Callable[[D], object] = lambda _dialog: None
    ) -> None:
        """Make a dialog that is to be answered before the window is used again, `join` it and show it."""
        dialog = self._open.get(kind) or self._made(kind, make, join)
        if dialog is not None:
            dialog.open()

    def show(
        self, kind: type[D], make: Callable[[], D], join: Callable[[D], object] = lambda _dialog: None
    ) -> None:
        """Make a dialog beside which the window is used, `join` it and show it; there is one at most."""
        dialog = self._open.get(kind) or self._made(kind, make, join)
        if dialog is not None:
            dialog.show()
            dialog.raise_()
            dialog.activateWindow()

    def close(self) -> None:
        """The window goes, and all dialogs with it."""
        for dialog in list(self._open.values()):
            dialog.reject()

    def _made(self, kind: type[D], make: Callable[[], D], join: Callable[[D], object]) -> D | None:
        before = self._window.findChildren(kind)
        try:
            dialog = make()
        except Exception as error:
            for half in self._window.findChildren(kind):
                if half not in before:
                    half.setParent(None)  # at once, or it would be found in the place of the next one
                    half.deleteLater()
            if not isinstance(error, Problem):
                raise
            self.refused.emit(str(error))
            return None
        self._open[kind] = dialog
        dialog.finished.connect(lambda: self._forget(kind))
        join(dialog)
        return dialog

    def _forget(self, kind: type[QDialog]) -> None:
        dialog = self._open.pop(kind, None)
        if dialog is not None:  # a second word of its end, by another way in the same moment
            dialog.deleteLater()
