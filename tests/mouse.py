"""A hand with a mouse over any widget: what a test of a plot presses, moves, turns and lets go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
FREE = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    keys: Qt.KeyboardModifier = FREE,
) -> None:
    """One event of the mouse at a place of the widget."""
    event = QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at)), button, held, keys)
    QApplication.sendEvent(widget, event)


def press(widget: QWidget, at: QPointF, keys: Qt.KeyboardModifier = FREE) -> None:
    """The left button goes down."""
    mouse(widget, QEvent.Type.MouseButtonPress, at, LEFT, LEFT, keys)


def move(widget: QWidget, at: QPointF, held: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = FREE) -> None:
    """The mouse comes to a place, with a button held or none."""
    mouse(widget, QEvent.Type.MouseMove, at, NONE, held, keys)


def hover(widget: QWidget, at: QPointF) -> None:
    """The free cursor comes to a place."""
    move(widget, at, NONE)


def leave(widget: QWidget) -> None:
    """The cursor leaves the widget."""
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def release(widget: QWidget, at: QPointF) -> None:
    """The left button goes up."""
    mouse(widget, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)


def click(widget: QWidget, at: QPointF, keys: Qt.KeyboardModifier = FREE) -> None:
    """The left button goes down and up."""
    press(widget, at, keys)
    release(widget, at)


def drag(widget: QWidget, way: Sequence[QPointF], keys: Qt.KeyboardModifier = FREE) -> None:
    """The left button goes down at the first place, past all others, and up at the last."""
    press(widget, way[0], keys)
    for at in way[1:]:
        move(widget, at, LEFT, keys)
    release(widget, way[-1])


def between(start: QPointF, end: QPointF, moves: int = 8) -> list[QPointF]:
    """A straight way in so many moves, with both its ends."""
    return [start + (end - start) * (move / moves) for move in range(moves + 1)]


def turn_wheel(widget: QWidget, at: QPointF, turned: int = 120) -> None:
    """The wheel turns at a place; a notch is 120."""
    free, phase = FREE, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, at, QPoint(), QPoint(0, turned), NONE, free, phase, False)
    QApplication.sendEvent(widget, event)
