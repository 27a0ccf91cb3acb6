"""The choice from one table: which row is chosen, and that row's own parameters."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from core.choices import FIELDS, TABLES
from core.experiment import Settings
from core.texts import _
from gui.theme import Theme
from gui.widgets.fields import WordField, field_for
from gui.widgets.fold import Fold


class TableChoice(QObject):
    """A list of the rows, `field`, and the parameters of the chosen one, `options`; others lay them out.

    `more` are settings that are shown among the options, whichever row is chosen. Up to `shown_at_once`
    options are not folded away. `changed({name: value})` and `option_changed("row.parameter", value)` are
    what the person wants.
    """

    changed = Signal(object)
    option_changed = Signal(str, object)

    def __init__(self, name: str, theme: Theme, shown_at_once: int, more: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._name = name
        self._more = more
        self._shown_at_once = shown_at_once
        self._row = ""
        field = field_for(FIELDS[name])
        assert isinstance(field, WordField)
        self.field = field
        for index, row in enumerate(TABLES[name].values()):
            self.field.setItemData(index, _(row.tip), Qt.ItemDataRole.ToolTipRole)
        self.options = Fold(
            f"{name}_more", _("Hyper-parameters"), _("Show or hide the finer settings of this choice."), theme
        )
        self.field.chosen.connect(lambda key: self.changed.emit({name: key}))
        self.options.chosen.connect(self._choose)

    def show_settings(self, settings: Settings) -> None:
        """Show the chosen row and its parameters."""
        row = settings.row(self._name)
        if row.key != self._row:
            self._row = row.key
            self.field.setToolTip(_(row.tip))
            options = {f"{row.key}.{parameter.key}": parameter for parameter in row.parameters}
            options |= {name: FIELDS[name] for name in self._more}
            self.options.fill(options, folded=len(options) > self._shown_at_once)
        self.field.show_value(row.key)  # also where another was chosen and refused
        values = {f"{row.key}.{key}": value for key, value in settings.values(self._name).items()}
        self.options.show_values(values | {name: getattr(settings, name) for name in self._more})

    def _choose(self, key: str, value: object) -> None:
        if key in self._more:
            self.changed.emit({key: value})
        else:
            self.option_changed.emit(key, value)
