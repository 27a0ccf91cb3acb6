"""Lets a plot have keys that would else be shortcuts of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def is_claimed(event: QEvent, wants: Callable[[QKeyEvent], bool]) -> bool:
    """Whether `event` asks for a key that the plot wants here and now; then it is taken."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or not wants(event):
        return False
    event.accept()
    return True
