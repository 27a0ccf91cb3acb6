"""Keeps for a control the keys that it uses itself, before the window's shortcuts take them."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QWidget

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
KEYS: tuple[tuple[type[QWidget], tuple[Qt.Key, ...]], ...] = (
    (QAbstractButton, (Qt.Key.Key_Space,)),
    (QAbstractSlider, ARROWS),
    (QComboBox, (Qt.Key.Key_Space, *ARROWS)),
)


class KeyGuard(QObject):
    """Watches the controls below a widget.

    Buttons, sliders and lists keep Space and the arrows while they have the focus, which they take by Tab
    alone: after a click on one, Space still runs and pauses.
    """

    def watch(self, below: QWidget) -> None:
        """Watch all controls in `below`."""
        for kind, _keys in KEYS:
            for control in below.findChildren(kind):
                control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Claim the key for the control."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            for kind, keys in KEYS:
                if isinstance(watched, kind) and event.key() in keys:
                    event.accept()
        return False
