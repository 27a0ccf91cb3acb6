"""Parameters that are folded away until somebody asks for them or has set them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from core.choices import Parameter, Value
from core.texts import _
from gui.theme import Theme
from gui.widgets.fields import Field, field_for
from gui.widgets.section import GAP, Form


class Fold(QWidget):
    """A button that shows and hides parameters; one that is not at its default stays in sight.

    `chosen(key, value)` is what the person wants.
    """

    chosen = Signal(str, object)

    def __init__(self, name: str, title: str, tip: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parameters: Mapping[str, Parameter] = {}
        self._fields: dict[str, Field] = {}
        self._values: Mapping[str, Value] = {}
        self._in_sight: set[str] = set()  # although the fold is closed
        self._folded = True
        self._full = True
        self._form: Form | None = None
        self._button = QToolButton()
        self._button.setObjectName(name)
        self._button.setText(title)
        self._button.setToolTip(tip)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setCheckable(True)
        self._button.toggled.connect(self._turn)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.px(GAP))
        self._layout.addWidget(self._button)

    def fill(self, parameters: Mapping[str, Parameter], folded: bool = True) -> None:
        """Have these parameters, by the names of their fields, in the place of those before."""
        if self._form is not None:
            self._layout.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._form = Form(self._theme)
        self._layout.addWidget(self._form)
        self._parameters, self._fields, self._in_sight = parameters, {}, set()
        for key, parameter in parameters.items():
            field = field_for(parameter)
            field.setObjectName(key)
            field.chosen.connect(lambda value, key=key: self.chosen.emit(key, value))
            self._form.add_row(_(parameter.label), field, parameter.live)
            self._fields[key] = field
        self._folded = folded

    def show_full(self, full: bool) -> None:
        """Offer all parameters, or only keep in sight those that are not at their defaults."""
        self._full = full
        self._turn()

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show the values of all parameters."""
        self._values = values
        for key, value in values.items():
            self._fields[key].show_value(value)
        self._in_sight |= self._set()  # what is at its default again stays until somebody folds it away
        self._show_rows()

    def _set(self) -> set[str]:
        """The parameters that are not at their defaults."""
        return {key for key, value in self._values.items() if value != self._parameters[key].default}

    def _turn(self) -> None:
        self._in_sight = self._set()
        self._show_rows()

    def _show_rows(self) -> None:
        opened, folds = self._button.isChecked(), self._folded and self._full
        self._button.setVisible(folds)
        self._button.setIcon(self._theme.icon("chevron-down" if opened else "chevron-right"))
        shown = set(self._fields) if self._full and (opened or not self._folded) else self._in_sight
        if self._form is not None:
            for key, field in self._fields.items():
                self._form.show_row(field, key in shown)
        self.setVisible(bool(shown) or folds)
