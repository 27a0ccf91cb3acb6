"""The bar at the top: files, undo, the run and its speed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QSizePolicy, QToolBar, QToolButton, QWidget

from core.texts import _, n_
from gui.session import SPEEDS
from gui.theme import Theme
from gui.widgets.more_button import MoreButton


class RunBar(QToolBar):
    """Shows the actions. `speed_chosen(steps a second or None)` tells a wish."""

    speed_chosen = Signal(object)

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Run"))
        self._theme = theme
        self._run = actions["run"]
        self.setObjectName("run_bar")
        self.setIconSize(theme.icon_size())
        MoreButton(self, theme)
        self.addActions([actions["open"], actions["save"]])
        self.addSeparator()
        self.addActions([actions["undo"], actions["redo"]])
        self.addSeparator()
        self.addActions([actions[name] for name in ("reset", "back", "run", "step", "step_epoch")])
        button = self.widgetForAction(actions["run"])
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setProperty("primary", True)
        button.setMinimumWidth(max(theme.px(80), self._widest(button)))
        self._speed = self._speed_box()
        self.addWidget(self._speed)
        self._add_modes(actions)
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spring)
        self.show_running(False, False)

    def _widest(self, button: QToolButton) -> int:
        """The width of the Run button whatever it says, so that nothing beside it moves."""
        button.ensurePolished()
        width = button.fontMetrics().horizontalAdvance
        words = (_("Run"), _("Pause"), _("Loading…"))
        return button.sizeHint().width() - width(button.text()) + max(map(width, words))

    def show_running(self, running: bool, loading: bool) -> None:
        """Say on the Run button what pressing it would do."""
        self._run.setChecked(running)
        self._run.setIcon(
            self._theme.icon("player-pause" if running else "player-play", self._theme.on_accent)
        )
        self._run.setText(_("Loading…") if running and loading else _("Pause") if running else _("Run"))

    def show_speed(self, speed: float | None) -> None:
        """Show the speed that is chosen."""
        self._speed.setCurrentIndex(SPEEDS.index(speed) if speed in SPEEDS else len(SPEEDS) - 1)

    def _add_modes(self, actions: Mapping[str, QAction]) -> None:
        """The switch between the essential, everything and one step; the way back from any arrangement."""
        for name, side, text in (
            ("simple", "first", _("Simple")),
            ("full", "middle", _("Full")),
            ("inside", "last", _("Inside")),
        ):
            actions[name].setIconText(text)  # that of the menu may end in the letter of its key
            self.addAction(actions[name])
            self.widgetForAction(actions[name]).setProperty("outlined", True)
            self.widgetForAction(actions[name]).setProperty("segment", side)
        self.addAction(actions["arrange"])

    def _speed_box(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("speed")
        box.setAccessibleName(_("Speed"))
        box.setToolTip(_("How many steps a second training takes."))
        for speed in SPEEDS:
            text = (
                _("full speed")
                if speed is None
                else n_("{count} step/s", "{count} steps/s", speed).format(count=speed)
            )
            box.addItem(text, speed)
        box.activated.connect(lambda index: self.speed_chosen.emit(SPEEDS[index]))
        return box
