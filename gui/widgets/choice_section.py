"""The section of one table: which row is chosen, and that row's own parameters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton

from core.choices import FIELDS, TABLES
from core.experiment import Settings
from core.texts import _
from gui.theme import Theme
from gui.widgets.fields import Field, WordField, field_for
from gui.widgets.section import Form, Section, live_mark

SHOWN_AT_ONCE = 3  # parameters; more are folded away


class ChoiceSection(Section):
    """A list of the rows and below it the parameters of the chosen one.

    `chosen(key)` and `option_chosen("row.parameter", value)` are what the person wants.
    """

    chosen = Signal(object)
    option_chosen = Signal(str, object)

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__(_(FIELDS[name].label), theme)
        self._name = name
        self._row = ""
        self._fields: dict[str, Field] = {}
        self._form: Form | None = None
        self._choice = field_for(FIELDS[name])
        assert isinstance(self._choice, WordField)
        for index, row in enumerate(TABLES[name].values()):
            self._choice.setItemData(index, _(row.tip), Qt.ItemDataRole.ToolTipRole)
        self._choice.chosen.connect(self.chosen)
        self.heading.addWidget(live_mark(FIELDS[name].live, theme))
        self.body.addWidget(self._choice)
        self._more = QToolButton()
        self._more.setObjectName(f"{name}_more")
        self._more.setText(_("Hyper-parameters"))
        self._more.setToolTip(_("Show or hide the finer settings of this choice."))
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setCheckable(True)
        self._more.toggled.connect(self._unfold)
        self.body.addWidget(self._more)

    def show_settings(self, settings: Settings) -> None:
        """Show the chosen row and its parameters."""
        row = settings.row(self._name)
        if row.key != self._row:
            self._row = row.key
            self._choice.setToolTip(_(row.tip))
            self._build_form()
        self._choice.show_value(row.key)  # also where another was chosen and refused
        for key, value in settings.values(self._name).items():
            self._fields[key].show_value(value)

    def _build_form(self) -> None:
        """The form of the chosen row, in the place of the last one."""
        if self._form is not None:
            self.body.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        parameters = TABLES[self._name][self._row].parameters
        self._form = self.add_form()
        self._fields = {}
        for parameter in parameters:
            field = field_for(parameter)
            key = f"{self._row}.{parameter.key}"
            field.setObjectName(key)
            field.chosen.connect(lambda value, key=key: self.option_chosen.emit(key, value))
            self._form.add_row(_(parameter.label), field, parameter.live)
            self._fields[parameter.key] = field
        self._more.setVisible(len(parameters) > SHOWN_AT_ONCE)
        self._unfold(self._more.isChecked())

    def _unfold(self, open_: bool) -> None:
        self._more.setIcon(self.theme.icon("chevron-down" if open_ else "chevron-right"))
        if self._form is not None:
            self._form.setVisible(bool(self._fields) and (open_ or self._more.isHidden()))
