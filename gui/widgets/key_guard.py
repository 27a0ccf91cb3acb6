"""Keeps for a control the keys and the wheel that it needs itself, and leaves the others to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QWidget,
)

from gui.widgets.typed_text import TypedText

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)
KEYS: tuple[tuple[type[QWidget], tuple[Qt.Key, ...]], ...] = (
    (QAbstractButton, (Qt.Key.Key_Space,)),
    (QAbstractSlider, (*ARROWS, *UP_AND_DOWN)),
    (QComboBox, (Qt.Key.Key_Space, *ARROWS, *UP_AND_DOWN)),
    (QAbstractSpinBox, (Qt.Key.Key_Space, *UP_AND_DOWN)),
)
ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
POINTED_AT = (QAbstractButton, QAbstractSlider, QComboBox)  # a click on these does all they are for
READ = (QPlainTextEdit, QTableView)  # to read and to copy from
TURNED = (QAbstractSlider, QComboBox, QAbstractSpinBox)  # by the wheel


class KeyGuard(QObject):
    """Watches the controls below a widget.

    Buttons, sliders and lists keep Space and the arrows while they have the focus, which they take by Tab
    alone: after a click on one, Space still runs and pauses. In a field of a number Space does nothing.
    Undo is of use in any field only while it is being edited, so else it goes on to the window. The wheel
    turns only what has the focus: a person who scrolls past a control does not mean to change it. Enter
    takes what a field holds and Escape what it held before, and both leave it, so that letters are keys of
    the window again; in a dialog they are the dialog's. A text and a table to read keep Ctrl and the
    arrows, Ctrl+A and Ctrl+C; they scroll by the page keys and the wheel.
    """

    def watch(self, below: QWidget) -> None:
        """Watch `below` and all controls in it."""
        for control in (below, *below.findChildren(QWidget)):
            if isinstance(control, (*POINTED_AT, *READ, QAbstractSpinBox, QLineEdit)):
                self._watch(control)

    def _watch(self, control: QWidget) -> None:
        if isinstance(control, QScrollBar):
            return
        if control.focusPolicy() != Qt.FocusPolicy.NoFocus:
            by_click = not isinstance(control, POINTED_AT)
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus if by_click else Qt.FocusPolicy.TabFocus)
        control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Claim a key for the control, or pass a key or the wheel by it."""
        passes = False
        if isinstance(watched, QWidget):
            if event.type() == QEvent.Type.Wheel:
                passes = isinstance(watched, TURNED) and not watched.hasFocus()
            elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
                passes = _is_of_no_use(watched, event)
                if _is_needed(watched, event):
                    event.accept()
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if _is_left(watched, event):
                    return True
                if isinstance(watched, QAbstractSpinBox) and event.key() == Qt.Key.Key_Space:
                    return True
        if passes:
            event.ignore()
        return passes


def _is_needed(control: QWidget, event: QKeyEvent) -> bool:
    """Whether a control uses a key itself; a list goes by letters to the words that begin with them."""
    if any(isinstance(control, kind) and event.key() in keys for kind, keys in KEYS):
        return True
    if isinstance(control, READ):
        return _selects(event)
    return isinstance(control, QComboBox) and not event.modifiers() and event.text().isalnum()


def _selects(event: QKeyEvent) -> bool:
    """Whether a key selects or copies what is only to be read."""
    keys = QKeySequence.StandardKey
    moves = event.key() in (*ARROWS, Qt.Key.Key_Up, Qt.Key.Key_Down)
    by_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return (moves and by_ctrl) or event.matches(keys.Copy) or event.matches(keys.SelectAll)


def _is_of_no_use(control: QWidget, event: QKeyEvent) -> bool:
    """Whether a field would take a key and do nothing with it."""
    steps_back = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
    return (
        steps_back and isinstance(control, QAbstractSpinBox | QLineEdit) and not _line(control).isModified()
    )


def _is_left(control: QWidget, event: QKeyEvent) -> bool:
    """Leave a field where a key says so; whether it did. A field takes what it holds when the focus goes."""
    if not isinstance(control, QAbstractSpinBox | QLineEdit) or isinstance(control.window(), QDialog):
        return False
    if event.key() == Qt.Key.Key_Escape:
        for typed in control.findChildren(TypedText):
            typed.field.give_up()
    elif event.key() not in ENTERS:
        return False
    control.clearFocus()
    return True


def _line(field: QAbstractSpinBox | QLineEdit) -> QLineEdit:
    """Where the text of a field is edited."""
    return field if isinstance(field, QLineEdit) else field.lineEdit()
