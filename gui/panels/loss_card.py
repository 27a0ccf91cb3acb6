"""The loss plot with its tools."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QAction

from core.texts import _
from gui.panels.cards import Card
from gui.plots.loss_plot import LossPlot
from gui.theme import Theme


class LossCard(Card):
    """Holds the LossPlot."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Loss"), theme)
        self.plot = LossPlot(theme)
        self.add_spring()
        self.add_tool(actions["log_loss"], _("logarithmic"))
        self.set_plot(self.plot)
