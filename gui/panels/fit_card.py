"""The fit plot with its tools, and the fitted equation below it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QVBoxLayout

from core.choices import LOSSES
from core.experiment import Settings
from core.insight.fit_measures import Measures
from core.texts import N_, _
from gui.panels.cards import Card
from gui.panels.measures_table import MeasuresTable
from gui.plots.fit_curves import Predict
from gui.plots.fit_plot import FitPlot
from gui.plots.residuals import Mode
from gui.theme import Theme
from gui.widgets.equation_label import EquationLabel

TOOLS = ("draw", "move", "erase")
RESIDUALS: dict[Mode, str] = {"off": N_("no residuals"), "lines": N_("residuals"), "squares": N_("squares")}


class FitCard(Card):
    """Holds the FitPlot. `residuals_chosen(mode)` and `tool_chosen(name)` are what the person wants."""

    residuals_chosen = Signal(str)
    tool_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Fit"), theme)
        self.plot = FitPlot(theme)
        self._tools = QActionGroup(self)
        self._tools.setExclusive(True)
        self._tool_actions = {name: actions[name] for name in TOOLS}
        for name, action in self._tool_actions.items():
            self._tools.addAction(action)
            self.add_tool(action)
            action.triggered.connect(lambda _checked, name=name: self.tool_chosen.emit(name))
        self.add_spring()
        self.top.addWidget(self._residuals_box())
        self._reference = actions["reference"]
        self.add_tool(self._reference, _(LOSSES[Settings().loss].best))
        self.add_tool(actions["fit_view"])
        self.set_plot(self.plot)
        self._equation = EquationLabel(theme)
        self._equation.setObjectName("readout_equation")
        self._measures = MeasuresTable(theme)
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(2))
        lines.addWidget(self._equation)
        lines.addWidget(self._measures)
        self.foot.addLayout(lines)

    def show_tool(self, name: str) -> None:
        """Let the mouse be the tool `name` (one of TOOLS, else the first), and show which that is."""
        known = name if name in TOOLS else TOOLS[0]
        self._tool_actions[known].setChecked(True)
        self.plot.set_tool(known)

    def show_residuals(self, mode: str) -> None:
        """Draw the residuals `mode` (a key of RESIDUALS, else none), and show which that is."""
        known: Mode = next((key for key in RESIDUALS if key == mode), "off")
        self._residuals.setCurrentIndex(self._residuals.findData(known))
        self.plot.show_residuals(known)

    def show_reference(self, loss: str, predict: Predict | None) -> None:
        """Show the best curve by `loss`, a key of LOSSES, or none, and call it what it is."""
        name = _(LOSSES[loss].best)
        self._reference.setIconText(name)
        self.plot.show_reference(predict, name)

    def show_equation(self, text: str) -> None:
        """Show the fitted function, or nothing where there is none."""
        self._equation.setText(text)

    def show_measures(self, training: Measures | None, held_out: Measures | None) -> None:
        """Show how well the fit fits the training points, and those held out, as far as there are any."""
        self._measures.show_measures(training, held_out)

    def _residuals_box(self) -> QComboBox:
        self._residuals = QComboBox()
        self._residuals.setObjectName("residuals")
        self._residuals.setAccessibleName(_("Residuals"))
        self._residuals.setToolTip(_("The distances from the points to the fit: as lines, or squared."))
        for key, label in RESIDUALS.items():
            self._residuals.addItem(_(label), key)
        self._residuals.activated.connect(
            lambda index: self.residuals_chosen.emit(self._residuals.itemData(index))
        )
        return self._residuals
