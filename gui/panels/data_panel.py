"""What the points are, where they come from, and the ways to get others."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QToolButton

from core.experiment import Points
from core.texts import _, n_
from gui.theme import Theme
from gui.widgets.plain_button import PlainButton
from gui.widgets.section import Section
from gui.widgets.still_label import StillLabel


class DataPanel(Section):
    """The number of points and their source, above the buttons of the actions on them."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction], ready_made: QMenu) -> None:
        super().__init__(
            _("Data"), _("The points that the model is to come near. Draw, open or generate them."), theme
        )
        self._count = QLabel()
        self._count.setObjectName("readout_points")
        self._count.setToolTip(_("How many points there are, those held out among them."))
        self._source = StillLabel(shrinks=True)
        self._source.setObjectName("readout_source")
        self._source.setProperty("muted", True)
        self.body.addWidget(self._count)
        self.body.addWidget(self._source)
        ready = PlainButton(theme)
        ready.setObjectName("ready_made")
        ready.setText(_("Ready-made"))
        ready.setIcon(theme.icon("database"))
        ready.setToolTip(_("Generated points, and real data with their sources."))
        ready.setMenu(ready_made)
        ready.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        grid = QGridLayout()
        grid.setSpacing(theme.px(6))
        grid.addWidget(ready, 0, 0)
        for place, (name, text) in enumerate(
            (("open", _("Open…")), ("paste", _("Paste")), ("clear", _("Clear"))), start=1
        ):
            button = PlainButton(theme)
            actions[name].setIconText(text)
            button.setDefaultAction(actions[name])
            grid.addWidget(button, place // 2, place % 2)
        self.body.addLayout(grid)

    def show_points(self, points: Points) -> None:
        """Show how many points there are, and where they come from."""
        count = len(points)
        self._count.setText(n_("{count} point", "{count} points", count).format(count=f"{count:,}"))
        self._source.setText(points.source)
