"""How large a window or a dialog can be on its screen, with the frame that the desktop draws around it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = (8, 40)  # pixels, what a desktop sets beside a window, and above and below it


def screen_room(widget: QWidget) -> QSize:
    """The largest size that `widget` may have, without its frame."""
    return widget.screen().availableSize() - QSize(*FRAME)
