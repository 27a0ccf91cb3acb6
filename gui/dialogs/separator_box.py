"""The list of usual separators, into which any other character can be typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from core.reading_options import SEPARATOR_WORDS
from core.tables.reading import SEPARATORS
from core.texts import _

SHORTEST = 8  # letters of a list, however long its words are


class SeparatorBox(QComboBox):
    """Shows what stands between two cells; `chosen(text)` is what the person wants there instead."""

    chosen = Signal(str)

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._shown: str | None = None
        prepare_combo(self, "import_separator", _("Separator"), tip)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # it would make a comma of a typed c
        self._offer()
        self.setCurrentIndex(-1)
        self.activated.connect(lambda: self._choose(self.currentData()))
        line = self.lineEdit()
        assert line is not None
        line.setAccessibleName(self.accessibleName())
        line.setToolTip(tip)
        line.editingFinished.connect(self._take_typed)

    def show_separator(self, separator: str | None) -> None:
        """Show what was proposed or chosen; an unusual one gets a place in the list."""
        self._shown = separator
        self._offer()
        self.setCurrentIndex(self.findData(separator))

    def _offer(self) -> None:
        """List the usual ones, and the one that is shown."""
        self.clear()
        for key, label in SEPARATORS.items():
            self.addItem(_(label), key)
        if self._shown is not None and self._shown not in SEPARATORS:
            self.addItem(_("Character {character}").format(character=self._shown), self._shown)

    def _take_typed(self) -> None:
        """Take what was typed: the words of the list, those of the command line, or a character."""
        text = self.currentText()
        listed = self.findText(text)
        if listed >= 0:
            self._choose(self.itemData(listed))
        elif text:
            self._choose(SEPARATOR_WORDS.get(text.strip().lower(), text.strip() or " "))

    def _choose(self, separator: str) -> None:
        if separator != self._shown:
            self._shown = separator  # not twice, when the focus goes elsewhere
            self.chosen.emit(separator)


def prepare_combo(combo: QComboBox, name: str, title: str, tip: str) -> None:
    """Give a list its names, and as much width as there is room, however long its words are."""
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(tip)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(SHORTEST)
