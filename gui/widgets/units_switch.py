"""The switch between the units of the data and the numbers as trained, in the head of each card with them."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox

from core.texts import _


class UnitsSwitch(QComboBox):
    """Does what `action`, which shows numbers as trained, does; so all switches of a window move together."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.setObjectName("units")
        self.setAccessibleName(_("Units of the numbers"))
        self.setToolTip(action.toolTip())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.addItems([_("units of the data"), _("as trained")])
        self._show_choice()
        self.activated.connect(self._choose)
        action.toggled.connect(self._show_choice)

    def _show_choice(self) -> None:
        self.setCurrentIndex(int(self._action.isChecked()))

    def _choose(self, index: int) -> None:
        if bool(index) != self._action.isChecked():
            self._action.trigger()
