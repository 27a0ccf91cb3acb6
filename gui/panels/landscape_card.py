"""The landscape with its tools: from above or in space, which plane it is of, and the numbers of the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout

from core.texts import N_, _
from gui.panels.cards import Card
from gui.panels.step_bars import StepBars
from gui.plots.landscape_plot import LandscapePlot
from gui.plots.surface_plot import SurfacePlot
from gui.theme import Theme
from gui.widgets.wrapped_note import WrappedNote

# The planes through the parameters of a model that has more than two.
PATH, PARAMETERS = "path", "parameters"
PLANES = {
    PATH: (
        N_("path directions"),
        N_(
            "The plane in which the path of the run moves most: its first two principal directions "
            "(Li et al. 2018)."
        ),
    ),
    PARAMETERS: (N_("two parameters"), N_("Two parameters that you choose; all others stay as they are.")),
}
MOST_NAMES = 12  # that a list shows at once


class LandscapeCard(Card):
    """Holds the LandscapePlot and the SurfacePlot, of which one is to be seen.

    `plane_chosen(key of PLANES)` and `axes_chosen(first, second)`, by the places of two parameters, are what
    the person wants.
    """

    plane_chosen = Signal(str)
    axes_chosen = Signal(int, int)

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Landscape"), theme)
        self.setObjectName("landscape_card")
        self.plot = LandscapePlot(theme)
        self.surface = SurfacePlot(theme)
        self._views = QStackedWidget()
        self._views.addWidget(self.plot)
        self._views.addWidget(self.surface)
        self.add_units_switch(actions["trained_units"])
        self._plane = self._box("landscape_plane", _("Plane"))
        for key, (label, tip) in PLANES.items():
            self._plane.addItem(_(label), key)
            self._plane.setItemData(self._plane.count() - 1, _(tip), 3)  # Qt.ItemDataRole.ToolTipRole
        self._plane.activated.connect(lambda index: self.plane_chosen.emit(self._plane.itemData(index)))
        self._axes = [
            self._box("landscape_first", _("Parameter across")),
            self._box("landscape_second", _("Parameter upwards")),
        ]
        for box in self._axes:
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _index: self._choose_axes())
        self._choices = [self.top.addWidget(box) for box in (self._plane, *self._axes)]
        self.add_spring()
        self._surface_action = actions["surface"]
        self.add_tool(self._surface_action, _("3-D"))
        self.set_plot(self._views)
        self.note = WrappedNote()
        self.note.setObjectName("landscape_note")
        self.note.setAccessibleName(_("What the landscape shows"))
        self.note.setFont(theme.font(12))
        self.bars = StepBars(theme)
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(2))
        lines.addWidget(self.note)
        lines.addWidget(self.bars)
        self.foot.addLayout(lines)
        self._names: Sequence[str] = ()
        self.show_choices(None, (), (0, 0))

    def show_surface(self, shown: bool) -> None:
        """Show the landscape in space, or from above."""
        self._surface_action.setChecked(shown)
        self._views.setCurrentWidget(self.surface if shown else self.plot)

    @property
    def in_space(self) -> bool:
        """Whether the landscape is shown in space."""
        return self._views.currentWidget() is self.surface

    def show_choices(self, plane: str | None, names: Sequence[str], axes: tuple[int, int]) -> None:
        """Offer the planes, of which `plane` is chosen, or none where all parameters are to be seen anyway.

        `names` are those of all parameters, and `axes` the places of the two that span a plane of parameters.
        """
        self._choices[0].setVisible(plane is not None)
        other = names != self._names
        self._names = names
        self._plane.setCurrentIndex(self._plane.findData(plane))
        for box, choice, chosen in zip(self._axes, self._choices[1:], axes, strict=True):
            choice.setVisible(plane == PARAMETERS)
            if other:
                box.clear()
                box.addItems(list(names))
            box.setCurrentIndex(chosen)

    def _choose_axes(self) -> None:
        first, second = (box.currentIndex() for box in self._axes)
        self.axes_chosen.emit(first, second)

    def _box(self, name: str, label: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.setToolTip(label)
        box.setMaxVisibleItems(MOST_NAMES)
        return box
