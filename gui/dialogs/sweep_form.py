"""The line of fields that says what a sweep goes through."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLabel, QWidget

from core.choices import Value
from core.experiment import Settings
from core.texts import _
from core.training.sweep_plan import CHOICES, ENDS, SweepPlan, usual_plan
from gui.theme import GRID, Theme
from gui.widgets.fields import field_for


class SweepForm(QWidget):
    """A field for each choice of a SweepPlan; those of the ends are there for what is swept.

    `changed()` says that the plan is another one.
    """

    changed = Signal()

    def __init__(self, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, Value] = {key: choice.default for key, choice in CHOICES.items()}
        self.fields = {key: field_for(choice) for key, choice in CHOICES.items()}
        self._labels = {key: QLabel(_(choice.label)) for key, choice in CHOICES.items()}
        for what, ends in ENDS.items():
            plan = usual_plan(what, settings)
            self._values |= dict(zip(ends, (plan.low, plan.high), strict=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(GRID))
        for key, field in self.fields.items():
            field.setObjectName(f"sweep_{key}")
            field.show_value(self._values[key])
            field.chosen.connect(lambda value, key=key: self._set(key, value))
            self._labels[key].setBuddy(field)
            line.addWidget(self._labels[key])
            line.addWidget(field)
        self._show_ends()

    def plan(self) -> SweepPlan:
        """The plan as it stands; raises Problem where there is none."""
        values = self._values
        what = str(values["what"])
        low, high = (float(str(values[key])) for key in ENDS[what])
        return SweepPlan(what, low, high, int(str(values["runs"])), int(str(values["steps"])))

    def take(self) -> None:
        """Take up what is still being typed."""
        for field in self.fields.values():
            if isinstance(field, QAbstractSpinBox):
                field.interpretText()

    def _set(self, key: str, value: Value) -> None:
        """Another value; a field has gone back already from one that is refused."""
        if not isinstance(value, type(self._values[key])):
            return
        self._values[key] = value
        self._show_ends()
        self.changed.emit()

    def _show_ends(self) -> None:
        """Only the fields of what is swept."""
        chosen = ENDS[str(self._values["what"])]
        for key in (key for ends in ENDS.values() for key in ends):
            self.fields[key].setVisible(key in chosen)
            self._labels[key].setVisible(key in chosen)
