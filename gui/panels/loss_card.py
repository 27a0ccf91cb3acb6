"""The loss plot with its tools, and where training goes below it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QAction

from core.texts import _
from core.training import Snapshot
from gui.panels.cards import Card
from gui.plots.loss_plot import LossPlot
from gui.theme import Theme
from gui.widgets.readout import Readout


class LossCard(Card):
    """Holds the LossPlot."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Loss"), theme)
        self.plot = LossPlot(theme)
        self.add_spring()
        self.add_tool(actions["log_loss"], _("logarithmic"))
        self.set_plot(self.plot)
        self._device = Readout(
            "readout_device", _("device"), "cuda:0", _("The processor that trains."), theme, shrinks=True
        )
        self.foot.addStretch(1)
        self.foot.addWidget(self._device)

    def show_device(self, snapshot: Snapshot | None) -> None:
        """Show the device of the run."""
        self._device.show_text("–" if snapshot is None else snapshot.device.upper())
