"""The line of fields that says what a sweep goes through."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.choices import Value
from core.experiment import Settings
from core.problem import Problem
from core.texts import _
from core.training.sweep_plan import CHOICES, ENDS, SweepPlan, usual_plan
from gui.preferences import Preferences
from gui.theme import GRID, Theme
from gui.widgets.fields import field_for

LEAST = 72  # pixels, of a field for a number


class SweepForm(QWidget):
    """A field for each choice of a SweepPlan; those of the ends are there for what is swept.

    It begins with the choices that were remembered last, or else with what suits the `settings`. `changed()`
    says that the plan is another one, `refused(sentence)` why something that was typed is not taken.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(
        self, theme: Theme, settings: Settings, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._refused = False
        self._values = _usual_values(settings)
        self._recall()
        self.fields = {key: field_for(choice) for key, choice in CHOICES.items()}
        self._labels = {key: QLabel(_(choice.label)) for key, choice in CHOICES.items()}
        for first, last in ENDS.values():
            self._labels[last].setText(_("to"))
            self._labels[first].setText(_("From"))
        self._gap = theme.px(GRID)
        self.setFont(theme.font())
        for key, field in self.fields.items():
            field.setParent(self)  # which says in what font it asks for room
            self._labels[key].setParent(self)
            field.setObjectName(f"sweep_{key}")
            field.show_value(self._values[key])
            field.chosen.connect(lambda value, key=key: self._set(key, value))
            self._labels[key].setBuddy(field)
            if isinstance(field, QComboBox):
                field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
                field.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            else:
                field.setMinimumWidth(theme.px(LEAST))
        self._show_ends()

    def lay_out(self, room: int) -> None:
        """Place the fields beside each other, in as many lines as it takes in `room` pixels."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._gap)
        left = 0
        for keys in self._groups():
            width = self._width(keys)
            if width > left:
                line = QHBoxLayout()
                line.setSpacing(self._gap)
                layout.addLayout(line)
                left = room
            else:
                line.takeAt(line.count() - 1)  # the stretch
            left -= width + self._gap
            for key in keys:
                line.addWidget(self._labels[key])
                line.addWidget(self.fields[key])
            line.addStretch()

    def _groups(self) -> list[list[str]]:
        """The keys of the fields that stand in one line: of the ends, only those of one thing are there."""
        ends = list(dict.fromkeys(key for pair in ENDS.values() for key in pair))
        alone = [key for key in self.fields if key not in ends]
        return [[alone[0]], ends, *([key] for key in alone[1:])]

    def _width(self, keys: list[str]) -> int:
        """How wide these fields are, with their labels; of ends those that are the widest."""
        widths = {
            key: self._labels[key].sizeHint().width() + self.fields[key].sizeHint().width() + 2 * self._gap
            for key in keys
        }
        pairs = [pair for pair in ENDS.values() if pair[0] in widths]
        return max((sum(widths[key] for key in set(pair)) for pair in pairs), default=sum(widths.values()))

    def plan(self) -> SweepPlan:
        """The plan as it stands; raises Problem where there is none."""
        values = self._values
        what = str(values["what"])
        low, high = (float(str(values[key])) for key in ENDS[what])
        return SweepPlan(what, low, high, int(str(values["runs"])), int(str(values["steps"])))

    def take(self) -> bool:
        """Take up what is still being typed; whether all of it could be."""
        self._refused = False
        for field in self.fields.values():
            if isinstance(field, QAbstractSpinBox):
                field.interpretText()
        return not self._refused

    def remember(self) -> None:
        """Begin with these choices next time."""
        for key, value in self._values.items():
            self._preferences.put(f"sweep_{key}", str(value))

    def _recall(self) -> None:
        """Take the choices that were remembered, as far as they can be taken."""
        for key, choice in CHOICES.items():
            with suppress(Problem):
                self._values[key] = choice.parse(self._preferences.get(f"sweep_{key}", ""))

    def _set(self, key: str, value: Value) -> None:
        """Another value; a field goes back from one that is refused."""
        try:
            self._values[key] = CHOICES[key].check(value)
        except Problem as problem:
            self.fields[key].show_value(self._values[key])
            self._refused = True
            self.refused.emit(str(problem))
            return
        self._show_ends()
        self.changed.emit()

    def _show_ends(self) -> None:
        """Only the fields of what is swept."""
        chosen = ENDS[str(self._values["what"])]
        for key in (key for ends in ENDS.values() for key in ends):
            self.fields[key].setVisible(key in chosen)
            self._labels[key].setVisible(key in chosen)


def _usual_values(settings: Settings) -> dict[str, Value]:
    """What suits these settings."""
    values = {key: choice.default for key, choice in CHOICES.items()}
    for what, ends in ENDS.items():
        plan = usual_plan(what, settings)
        values |= dict(zip(ends, (plan.low, plan.high), strict=True))
    return values
