"""Takes up what is typed into a field and not confirmed, before anything else that the person does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
ACTS = (QEvent.Type.Shortcut, QEvent.Type.Drop)  # wherever they arrive


class TypedField(Protocol):
    """A field that holds a TypedText."""

    def take_up(self) -> bool:
        """Confirm what is typed as Enter does, if it is a value by now; whether it is."""

    def give_up(self) -> None:
        """Show again what is so."""


class TypedText(QObject):
    """What is typed into `line`, the text of `field`, until the field says that this has come to its `end`.

    A press of the mouse elsewhere, a key of the window, a file that is dropped and the end of the window
    take it up first. What is no value yet stays as it is written, in the colour of a warning, to be gone on
    with, as long as the window is there.
    """

    def __init__(self, field: TypedField, line: QLineEdit) -> None:
        super().__init__(line)
        self.field = field
        self.pending = False
        self._line = line
        line.textEdited.connect(self._begin)

    def end(self) -> None:
        """It is confirmed, refused or given up."""
        self.pending = False
        if not shiboken6.isValid(self._line):
            return  # Qt asks a field once more for its number while it takes it apart
        self._line.setModified(False)
        self._mark(wrong=False)
        _application().removeEventFilter(self)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let it stand while the field is set to another value by somebody else."""
        written, at = self._line.text(), self._line.cursorPosition()
        yield
        if self.pending and self._line.text() != written:
            self._line.setText(written)
            self._line.setModified(True)
            self._line.setCursorPosition(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take it up before an event by which the person does something else."""
        if not self.pending or not shiboken6.isValid(self._line):
            return False
        if event.type() == QEvent.Type.Close:
            if _goes_with(self._line, watched) and not self.field.take_up():
                self.field.give_up()  # with its window, which must not ask it for a number once more
        elif self._is_act_elsewhere(watched, event.type()):
            self._mark(wrong=not self.field.take_up())
        return False

    def _begin(self) -> None:
        self.pending = True
        self._mark(wrong=False)
        _application().installEventFilter(self)  # of everything, but only while something waits

    def _is_act_elsewhere(self, watched: QObject, kind: QEvent.Type) -> bool:
        if kind in ACTS:
            return True
        if kind not in PRESSES or not isinstance(watched, QWidget):
            return False
        # The field is around its line, and what nobody wants of a press in it goes on to those around.
        return watched is not self._line and not watched.isAncestorOf(self._line)

    def _mark(self, wrong: bool) -> None:
        palette = QApplication.palette(self._line)
        if wrong:
            palette.setColor(QPalette.ColorRole.Text, palette.color(QPalette.ColorRole.BrightText))
        self._line.setPalette(palette)


def _goes_with(widget: QWidget | None, window: QObject) -> bool:
    """Whether `widget` is in `window`, or in a panel or dialog over it, which go when it does."""
    while widget is not None and widget is not window:
        widget = widget.parentWidget()
    return widget is not None


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
